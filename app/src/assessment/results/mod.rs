//! The pages of results: a candidate's result, the results of a paper, its item analysis, and the public check of a certificate.

pub mod api;
pub mod forms;
pub mod pages;
pub mod parts;
