pub mod home;
mod roles;
mod welcome;
