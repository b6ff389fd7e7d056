pub mod sitting;
