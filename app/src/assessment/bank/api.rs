//! The server functions of the banks.

use std::collections::BTreeMap;

use domain::assessment::bank::{BankPage, BankPreviewed, BankQuestion, OwnTemplates, TriedQuestion, Writing};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::{
            api::{Form, answer, request},
            list::with,
        },
    },
    domain::{
        Problem,
        assessment::{
            PaperId, SectionId,
            bank::{BankDraftId, BankQuery, QuestionDraftId, TemplateId, TemplatesQuery, form::Fields},
        },
        organisations::OrganisationId,
    },
    leptos_axum::redirect,
    services::assessment::{
        self,
        bank::{Beside, Press, Written, Wrote},
    },
};

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "assessment/load_bank", protocol = Wire)]
pub async fn load_bank(#[server(default)] query: String) -> Result<BankPage, ApiError> {
    let request = request()?;
    let (actor, query) = (request.actor()?, BankQuery::read(&query));
    answer(&request, assessment::bank::bank_page(&request.services, actor, &query).await)
}

/// One question with an example. `seed` is that of the address; without one it is the first.
#[server(prefix = "/api", endpoint = "assessment/load_bank_question", protocol = Wire)]
pub async fn load_bank_question(
    template: String,
    #[server(default)] seed: String,
) -> Result<BankQuestion, ApiError> {
    let request = request()?;
    let (actor, template) = (request.actor()?, parse::id(&request, &template)?);
    let seed = seed.parse().unwrap_or(1);
    answer(&request, assessment::bank::bank_question(&request.services, actor, template, seed).await)
}

/// Adds a question to a draft. `place` is one of [`BankQuestion::drafts`].
#[server(prefix = "/api", endpoint = "assessment/add_to_paper")]
pub async fn add_to_paper(
    template: String,
    #[server(default)] place: String,
    #[server(default)] marks: String,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, once) = (request.actor()?, form.parse().ok());
    let template: TemplateId = parse::id(&request, &template)?;
    let mut form = Form::new(&request);
    let place = form.field("place", place_of(&place).ok_or(Problem::ChoiceMissing));
    let marks = form.field("marks", parse::whole(&marks));
    let (Some((paper, section)), Some(marks)) = (place, marks) else { return Err(form.refused()) };
    let added =
        assessment::authoring::add_template(&request.services, actor, paper, section, template, marks, once)
            .await;
    let section = answer(&request, added)?;
    redirect(&format!("/assessments/papers/{paper}/questions?add={section}&done=added#section-{section}"));
    Ok(())
}

/// A draft and its section, as `{paper}/{section}`; `{paper}/` is a draft without sections.
#[cfg(feature = "ssr")]
fn place_of(text: &str) -> Option<(PaperId, Option<SectionId>)> {
    let (paper, section) = text.split_once('/')?;
    let section = if section.is_empty() { None } else { Some(section.parse().ok()?) };
    Some((paper.parse().ok()?, section))
}

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

/// The form for a question: of a draft, of a question to be changed, or an empty one. `show` is `preview` or `text`.
#[server(prefix = "/api", endpoint = "assessment/load_writing", protocol = Wire)]
pub async fn load_writing(
    organisation: String,
    #[server(default)] draft: String,
    #[server(default)] template: String,
    #[server(default)] show: String,
) -> Result<Writing, ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let draft: Option<QuestionDraftId> = named(&draft).map(|id| parse::id(&request, id)).transpose()?;
    let template: Option<TemplateId> = named(&template).map(|id| parse::id(&request, id)).transpose()?;
    let beside = match show.as_str() {
        "preview" => Beside::Preview,
        "text" => Beside::Text,
        _ => Beside::Nothing,
    };
    let actor = request.actor()?;
    let page =
        assessment::bank::writing(&request.services, actor, organisation, draft, template, beside).await;
    answer(&request, page)
}

/// What an address or a form leaves empty names nothing.
#[cfg(feature = "ssr")]
fn named(id: &str) -> Option<&str> {
    Some(id).filter(|id| !id.is_empty())
}

/// Tries what stands in the form, without keeping it. `typed` is the form as a browser would send it.
#[server(prefix = "/api", endpoint = "assessment/try_question", protocol = Wire)]
pub async fn try_question(
    organisation: String,
    #[server(default)] typed: String,
) -> Result<TriedQuestion, ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let sent = url::form_urlencoded::parse(typed.as_bytes());
    let fields = Fields::typed(sent.filter_map(|(name, text)| {
        let key = name.strip_prefix("fields[")?.strip_suffix(']')?;
        Some((key.to_owned(), text.into_owned()))
    }));
    let tried =
        assessment::bank::look_at_fields(&request.services, request.actor()?, organisation, fields).await;
    answer(&request, tried)
}

/// Keeps what is typed into the form, and does what the pressed button says: `act` is `preview`, `text`, `picture`, `paste`, `save`,
/// or `add-` and the name of a list.
#[server(prefix = "/api", endpoint = "assessment/write_question")]
pub async fn write_question(
    organisation: String,
    draft: String,
    #[server(default)] template: String,
    #[server(default)] version: String,
    #[server(default)] fields: BTreeMap<String, String>,
    #[server(default)] pasted: String,
    #[server(default)] act: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let draft: QuestionDraftId = parse::id(&request, &draft)?;
    let changes: Option<TemplateId> = named(&template).map(|id| parse::id(&request, id)).transpose()?;
    let fields = Fields::typed(fields);
    let mut form = Form::new(&request);
    let pressed = match (act.as_str(), act.strip_prefix("add-")) {
        ("preview" | "text" | "picture", _) => Ok(Press::Look),
        ("paste", _) => Ok(Press::Paste),
        ("save", _) => Ok(Press::Save),
        (_, Some(list)) if Fields::is_list(list) => Ok(Press::Add(list.to_owned())),
        _ => Err(Problem::ChoiceMissing),
    };
    let Some(press) = form.field("wording", pressed) else { return Err(form.refused()) };
    let page = format!("/assessments/questions/{organisation}/write?draft={draft}");
    // The new row is the last when the empty ones are gone.
    let added = if let Press::Add(list) = &press {
        let mut fields = fields.clone();
        fields.tidy(Some(list));
        fields.last_row(list)
    } else {
        String::new()
    };
    let written = Written { draft, changes, version: version.parse().unwrap_or(0), fields, pasted };
    let wrote =
        assessment::bank::write_question(&request.services, actor, organisation, written, press).await;
    let leads = match (answer(&request, wrote)?, act.as_str()) {
        (Wrote::Saved, _) => format!("/assessments/questions/{organisation}?done=written"),
        (Wrote::Faulty, "save") => format!("{page}&show=preview"),
        (_, "preview") => format!("{page}&show=preview#preview"),
        (_, "text") => format!("{page}&show=text#pasted"),
        (_, "picture") => format!("{page}&show=picture"),
        (_, "paste") => page,
        _ => format!("{page}#{added}"),
    };
    redirect(&leads);
    Ok(())
}
