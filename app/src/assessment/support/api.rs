//! Support gives a reason for looking.

use leptos::prelude::*;

use crate::kit::api::ApiError;
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::api::{answer, request},
    },
    leptos_axum::redirect,
    services::{
        access::{self, LookedAt},
        organisations,
    },
};

/// Support gives a reason for looking at a paper, at an organisation's extra time or its people, at a person, or at the audit.
#[server(prefix = "/api", endpoint = "assessment/give_reason")]
pub async fn give_reason(about: String, #[server(default)] reason: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let what: LookedAt = parse::id(&request, &about)?;
    answer(&request, access::give_reason(&request.services, actor, what, &reason).await)?;
    redirect(&match what {
        LookedAt::Paper(paper) => format!("/assessments/papers/{paper}"),
        LookedAt::Adjustments(organisation) => format!("/assessments/adjustments/{organisation}"),
        LookedAt::Person(person) => format!("/support/people/{person}"),
        LookedAt::Log => "/support/log".to_owned(),
        LookedAt::Members(organisation) => {
            let slug = organisations::slug_of(&request.services, organisation).await;
            format!("/organisation/{}", answer(&request, slug)?)
        }
    });
    Ok(())
}
