//! The pages for people who administer an organisation.

pub mod api;
mod forms;
pub mod pages;
mod parts;

use pages::{
    cohort, cohorts, courses, feedback, new_person, overview, people, reports, sponsored, upload, uploads,
};

/// Where the form with a file is sent. It is no server function: a browser sends files in another way than forms.
pub const UPLOAD_PATH: &str = "/uploads";

crate::kit::area::area! {
    OrganisationPages in organisation (show_organisation, fetch_organisation) {
        Overview => overview::Overview,
        People => people::People,
        NewPerson => new_person::NewPerson,
        Sponsored => sponsored::SponsoredLearners,
        Cohorts => cohorts::Cohorts,
        Cohort => cohort::Cohort,
        Courses => courses::Courses,
        Reports => reports::Reports,
        Feedback => feedback::Feedback,
    }
}

crate::kit::area::area! {
    UploadPages in upload (show_upload, fetch_upload) {
        Uploads => uploads::UploadList,
        Upload => upload::Upload,
    }
}
