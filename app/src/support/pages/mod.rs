pub mod feedback;
pub mod find;
pub mod log;
pub mod person;
