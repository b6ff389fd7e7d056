pub mod practice;
pub mod practice_question;
