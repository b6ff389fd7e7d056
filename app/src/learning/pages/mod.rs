pub mod check;
pub mod course;
pub mod courses;
pub mod end;
pub mod module;
pub mod notes;
pub mod reading;
pub mod search;
