//! Which courses an organisation gives to whom.

use domain::organisations::OrganisationCourses;
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::id,
    crate::kit::api::{answer, request, slug},
    domain::organisations::AssignmentId,
    leptos_axum::redirect,
    services::organisations,
};

#[server(prefix = "/api", endpoint = "organisations/load_organisation_courses", protocol = Wire)]
pub async fn load_organisation_courses(organisation: String) -> Result<OrganisationCourses, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    answer(&request, organisations::courses_page(&request.services, actor, &slug).await)
}

/// `to` is an [`Audience`](domain::organisations::Audience) as text.
#[server(prefix = "/api", endpoint = "organisations/assign_course")]
pub async fn assign_course(
    organisation: String,
    #[server(default)] course: String,
    #[server(default)] to: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let given = organisations::assign_course(&request.services, actor, &slug, &course, &to).await;
    match answer(&request, given)? {
        Some(assignment) => {
            redirect(&format!("/organisation/{slug}/courses?done=given&assignment={assignment}"));
        }
        None => redirect(&format!("/organisation/{slug}/courses?done=had")),
    }
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/take_back_course")]
pub async fn take_back_course(organisation: String, assignment: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let assignment: AssignmentId = id(&request, &assignment)?;
    answer(&request, organisations::take_back_course(&request.services, actor, &slug, assignment).await)?;
    redirect(&format!("/organisation/{slug}/courses?done=taken-back&assignment={assignment}"));
    Ok(())
}
