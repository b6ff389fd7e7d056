pub mod account;
pub mod choose_password;
pub mod forgotten;
pub mod home;
pub mod sign_in;
