pub mod candidates;
pub mod change;
pub mod paper;
pub mod papers;
pub mod preview;
pub mod publish;
pub mod sections;
pub mod settings;
