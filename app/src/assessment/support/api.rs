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

/// Support gives a reason for looking at a paper, at an organisation's extra time or its people, at a person, or at the audit. It leads to
/// the page that asked for the reason, `from`.
#[server(prefix = "/api", endpoint = "assessment/give_reason")]
pub async fn give_reason(
    about: String,
    #[server(default)] reason: String,
    #[server(default)] from: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let what: LookedAt = parse::id(&request, &about)?;
    answer(&request, access::give_reason(&request.services, actor, what, &reason).await)?;
    let opens = match what {
        LookedAt::Paper(paper) => format!("/assessments/papers/{paper}"),
        LookedAt::Adjustments(organisation) => format!("/assessments/adjustments/{organisation}"),
        LookedAt::Person(person) => format!("/support/people/{person}"),
        LookedAt::Log => "/support/log".to_owned(),
        LookedAt::Members(organisation) => {
            let slug = organisations::slug_of(&request.services, organisation).await;
            format!("/organisation/{}", answer(&request, slug)?)
        }
    };
    redirect(asked_for(&from, &opens).unwrap_or(&opens));
    Ok(())
}

/// The page that asked for the reason, with its search, if it lies within what the reason `opens`.
#[cfg(feature = "ssr")]
fn asked_for<'a>(from: &'a str, opens: &str) -> Option<&'a str> {
    let within = from.strip_prefix(opens)?;
    let path = within.split('?').next().unwrap_or_default();
    let is_path = path.is_empty() || path.starts_with('/');
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-".contains(&byte));
    // What else an address can have, a header cannot.
    (is_path && plain && from.bytes().all(|byte| byte.is_ascii_graphic())).then_some(from)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::asked_for;

    #[test]
    fn a_reason_leads_to_the_page_that_asked_for_it_and_nowhere_else() {
        let opens = "/organisation/north";
        for from in [
            "/organisation/north",
            "/organisation/north?done=x",
            "/organisation/north/people?search=a..b%20c",
            "/organisation/north/cohorts/01a00000-0000-7000-8000-000000000001",
        ] {
            assert_eq!(asked_for(from, opens), Some(from));
        }
        for from in [
            "",
            "/",
            "/organisation/north-west",
            "/organisation/north/../../..//evil.example",
            "/organisation/north/%2e%2e/support",
            "/organisation/north/\\evil.example",
            "/organisation/north?search=a\r\nb",
            "/organisation/north?search=é",
            "https://evil.example/organisation/north",
            "//evil.example",
        ] {
            assert_eq!(asked_for(from, opens), None, "{from}");
        }
    }
}
