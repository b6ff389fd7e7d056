use domain::{
    assessment::results::{Verification, Verified},
    count,
    learning::{CourseVerification, in_hours},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    assessment::results::api::load_verification,
    kit::{
        api::{ErrorKind, PageData},
        ui::{ErrorPage, Heading, Title, until_there},
    },
};

/// `/verify/{code}`: the public check of a certificate.
#[component]
pub fn Verify() -> impl IntoView {
    let params = use_params_map();
    let found = PageData::new(move || params.read().get("code").unwrap_or_default(), load_verification);
    until_there(found, |found| match found {
        Ok(Verified::Paper(certificate)) => view! { <Genuine certificate /> }.into_any(),
        Ok(Verified::Course(certificate)) => view! { <OfCourse certificate /> }.into_any(),
        // The server function has set the status. This page replaces the usual one, which would not say what to check.
        Err(error) if error.kind == ErrorKind::NotFound => view! { <NoCertificate /> }.into_any(),
        Err(error) => view! { <ErrorPage error /> }.into_any(),
    })
}

/// A certificate that is valid, or whose sitting is still to be marked again after a correction.
#[component]
fn Genuine(certificate: Verification) -> impl IntoView {
    let (heading, result) = if certificate.remarking {
        ("This certificate is being checked again", "Being checked again")
    } else {
        ("This certificate is valid", "Passed")
    };
    view! {
        <Title text=heading />
        <div class="narrow">
            <div class="confirmation" class:not-passed=certificate.remarking><Heading>{heading}</Heading></div>
            {certificate.remarking.then(|| view! {
                <p>"A question of this paper was corrected after the exam, and its answers are being marked again. The mark may change, and the certificate may be withdrawn. Check it again in a few minutes."</p>
            })}
            <dl class="summary-list">
                <div><dt>"Initials"</dt><dd>{certificate.initials}</dd></div>
                <div><dt>"Result"</dt><dd>{result}</dd></div>
                <div><dt>"Paper"</dt><dd>{certificate.paper}</dd></div>
                <div><dt>"Kind"</dt><dd>{certificate.kind.label()}</dd></div>
                <div><dt>"Mark"</dt><dd>{certificate.mark}</dd></div>
                <div><dt>"Date"</dt><dd>{certificate.date}</dd></div>
                <div><dt>"Organisation"</dt><dd>{certificate.organisation}</dd></div>
            </dl>
            <p>"Compare each of them with the certificate that you were shown."</p>
        </div>
    }
}

#[component]
fn OfCourse(certificate: CourseVerification) -> impl IntoView {
    view! {
        <Title text="This certificate is valid" />
        <div class="narrow">
            <div class="confirmation"><Heading>"This certificate is valid"</Heading></div>
            <dl class="summary-list">
                <div><dt>"Initials"</dt><dd>{certificate.initials}</dd></div>
                <div><dt>"Result"</dt><dd>"Completed the course"</dd></div>
                <div><dt>"Course"</dt><dd>{certificate.course}</dd></div>
                <div><dt>"Modules"</dt><dd>{count(certificate.modules, "module")}</dd></div>
                <div><dt>"Time"</dt><dd>{in_hours(certificate.minutes)}</dd></div>
                <div><dt>"Date"</dt><dd>{certificate.date}</dd></div>
            </dl>
            <p>"Compare each of them with the certificate that you were shown."</p>
        </div>
    }
}

#[component]
fn NoCertificate() -> impl IntoView {
    view! {
        <Title text="No such certificate" />
        <div class="narrow">
            <Heading>"No such certificate"</Heading>
            <p>"No certificate that is valid now has this code."</p>
            <p>"Check the code: it is printed on the certificate, three times four letters and digits. There is no 0 or 1 in it, and no letter I or O."</p>
            <p>"If it is right, the certificate may have been withdrawn, or may be too old for us to hold."</p>
        </div>
    }
}
