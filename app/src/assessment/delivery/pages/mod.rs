pub mod home;
pub mod receipt;
pub mod room;
pub mod start;
