//! The design system: the pieces that every area draws with.

mod address_form;
mod attribute;
mod breadcrumbs;
mod changed;
mod chart;
mod choices;
#[cfg(test)]
mod colours;
mod errors;
mod fields;
mod file_form;
mod frame;
mod how_far;
mod inputs;
mod loaded;
mod post_form;
mod reply;
mod search;
mod sign_out;
mod tags;
mod time;
mod title;
mod whenever;

pub use address_form::AddressForm;
pub use attribute::{attribute, fixed, handler, property, uncorrected};
pub use breadcrumbs::{BackLink, Breadcrumbs};
pub use changed::ChangedMeanwhile;
pub use chart::{Bar, Bars, Column, ColumnChart, Dots, Line, LineChart, Numbers, bar, folded_numbers};
pub use choices::{CheckBox, Radios};
pub use errors::{Done, Elsewhere, ErrorPage, ErrorSummary, FormErrors, NotFound, Refused};
pub use fields::{PasswordField, TextField, problem_for, problem_line};
pub use file_form::{FileField, FileForm};
pub use frame::{SiteFooter, SiteHeader, SkipLink};
pub use how_far::HowFar;
pub use inputs::{SelectField, TextArea};
pub use loaded::{Loaded, until_there};
pub use post_form::{FromPage, PostForm};
pub use reply::Reply;
pub use search::SearchField;
pub use tags::{StatusTag, Tick};
pub use time::{Ago, ShortTime, Time};
pub use title::{PageTitle, Title, provide_title};
pub use whenever::{known, when, whenever};

pub use crate::kit::navigation::{Heading, page_address};

/// The site's name.
pub const SITE: &str = "Health and Education Co-operative";
