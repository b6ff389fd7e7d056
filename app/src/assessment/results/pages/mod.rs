pub mod items;
pub mod result;
pub mod results;
pub mod verify;
