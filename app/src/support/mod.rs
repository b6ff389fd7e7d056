//! The pages for support.

pub mod api;
pub mod pages;

use pages::{feedback, find, log, person};

crate::kit::area::area! {
    SupportPages in support (show_support, fetch_support) {
        Find => find::Find,
        Person => person::Person,
        Log => log::Log,
        Feedback => feedback::Feedback,
    }
}
