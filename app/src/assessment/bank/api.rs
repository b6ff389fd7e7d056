//! The server functions of an organisation's own bank.

use domain::assessment::bank::{BankPreviewed, OwnTemplates};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::{
            api::{answer, request},
            list::with,
        },
    },
    domain::{
        assessment::bank::{BankDraftId, TemplatesQuery},
        organisations::OrganisationId,
    },
    leptos_axum::redirect,
    services::assessment,
};

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "assessment/load_questions", protocol = Wire)]
pub async fn load_questions(
    organisation: String,
    #[server(default)] query: String,
) -> Result<OwnTemplates, ApiError> {
    let request = request()?;
    let organisation = parse::id(&request, &organisation)?;
    let (actor, query) = (request.actor()?, TemplatesQuery::read(&query));
    answer(&request, assessment::bank::own_templates(&request.services, actor, organisation, &query).await)
}

/// Retires a template of the organisation's own, or with `back` restores it. `query` is the query of the list, which stays.
#[server(prefix = "/api", endpoint = "assessment/retire_template")]
pub async fn retire_template(
    organisation: String,
    template: String,
    #[server(default)] back: bool,
    #[server(default)] query: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let template = parse::id(&request, &template)?;
    let retired =
        assessment::bank::retire_template(&request.services, request.actor()?, organisation, template, !back)
            .await;
    answer(&request, retired)?;
    let done = if back { "done=brought-back" } else { "done=retired" };
    let list = TemplatesQuery::read(&query).first().link(&format!("/assessments/questions/{organisation}"));
    redirect(&with(&list, done));
    Ok(())
}

/// Takes the text of a bank and shows what it would import.
#[server(prefix = "/api", endpoint = "assessment/draft_bank")]
pub async fn draft_bank(organisation: String, #[server(default)] bank: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let draft =
        answer(&request, assessment::bank::draft_bank(&request.services, actor, organisation, &bank).await)?;
    redirect(&format!("/assessments/questions/{organisation}/{draft}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_bank_draft", protocol = Wire)]
pub async fn load_bank_draft(draft: String) -> Result<BankPreviewed, ApiError> {
    let request = request()?;
    let draft = parse::id(&request, &draft)?;
    answer(&request, assessment::bank::bank_draft(&request.services, request.actor()?, draft).await)
}

#[server(prefix = "/api", endpoint = "assessment/import_bank")]
pub async fn import_bank(draft: String) -> Result<(), ApiError> {
    let request = request()?;
    let draft: BankDraftId = parse::id(&request, &draft)?;
    let organisation =
        answer(&request, assessment::bank::import_draft(&request.services, request.actor()?, draft).await)?;
    redirect(&format!("/assessments/questions/{organisation}?done=imported"));
    Ok(())
}
