//! Messages between members of an area, blocks, and reports to its leads.

use domain::zone::messages::{Messages, Reports};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::id,
    crate::kit::api::{Form, answer, invalid, request, slug},
    domain::{
        FieldProblem, FormToken,
        learning::Slug,
        zone::{
            MemberId,
            messages::{MessageId, MessageText, MessagesQuery, ReportId, ReportSaid, report_note},
        },
    },
    leptos_axum::redirect,
    services::zone::messages::{self, NewMessage, NewReport},
};

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "zone/load_messages", protocol = Wire)]
pub async fn load_messages(area: String, #[server(default)] query: String) -> Result<Messages, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let query = MessagesQuery::read(&query);
    answer(&request, messages::messages_page(&request.services, actor, &area, &query).await)
}

#[server(prefix = "/api", endpoint = "zone/load_reports", protocol = Wire)]
pub async fn load_reports(area: String) -> Result<Reports, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    answer(&request, messages::reports_page(&request.services, actor, &area).await)
}

/// `form` is the token that the page was drawn with.
#[server(prefix = "/api", endpoint = "zone/send_message")]
pub async fn send_message(
    area: String,
    member: String,
    #[server(default)] message_text: String,
    #[server(default)] shows_address: bool,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let to: MemberId = id(&request, &member)?;
    let mut fields = Form::new(&request);
    let text = fields.field("message_text", MessageText::parse(&message_text));
    let Some(text) = text else { return Err(fields.refused()) };
    let form: Option<FormToken> = form.parse().ok();
    let new = NewMessage { to, text: &text, shows_address, form };
    answer(&request, messages::send(&request.services, actor, &area, new).await)?;
    redirect(&format!("/zone/{area}/members/{to}?done=sent"));
    Ok(())
}

/// `at` is "messages" where the form was on the page of the messages; otherwise it was on that of the member. So it is below.
#[server(prefix = "/api", endpoint = "zone/block_member")]
pub async fn block_member(
    area: String,
    member: String,
    #[server(default)] at: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let member: MemberId = id(&request, &member)?;
    answer(&request, messages::block(&request.services, actor, &area, member).await)?;
    back(&area, Some(member), &at, "blocked");
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/unblock_member")]
pub async fn unblock_member(
    area: String,
    member: String,
    #[server(default)] at: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let member: MemberId = id(&request, &member)?;
    answer(&request, messages::unblock(&request.services, actor, &area, member).await)?;
    back(&area, Some(member), &at, "unblocked");
    Ok(())
}

/// Reports the message, if one is named, and otherwise the member.
#[server(prefix = "/api", endpoint = "zone/report_to_leads")]
pub async fn report_to_leads(
    area: String,
    #[server(default)] member: String,
    #[server(default)] message: String,
    #[server(default)] kind: String,
    #[server(default)] words: String,
    #[server(default)] at: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let (about, subject, member) = if message.is_empty() {
        let member: MemberId = id(&request, &member)?;
        (NewReport::Member(member), member.to_string(), Some(member))
    } else {
        let message: MessageId = id(&request, &message)?;
        (NewReport::Message(message), message.to_string(), None)
    };
    let said = ReportSaid::parse(&kind, &words).map_err(|(kind, words)| {
        let of = [(kind, "kind"), (words, "words")].into_iter();
        let problems = of.filter_map(|(problem, name)| {
            problem.map(|problem| FieldProblem::new(format!("{name}-{subject}"), problem))
        });
        invalid(&request, problems.collect())
    })?;
    answer(&request, messages::report(&request.services, actor, &area, about, &said).await)?;
    back(&area, member, &at, "reported");
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/close_report")]
pub async fn close_report(
    area: String,
    report: String,
    #[server(default)] note: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let report: ReportId = id(&request, &report)?;
    let mut fields = Form::new(&request);
    let note = fields.field(&format!("note-{report}"), report_note(&note));
    let Some(note) = note else { return Err(fields.refused()) };
    answer(&request, messages::close_report(&request.services, actor, &area, report, &note).await)?;
    redirect(&format!("/zone/{area}/reports?done=closed&of={report}"));
    Ok(())
}

/// Takes no more messages of the members of an area. The reply is the same for a token that nobody has.
#[server(prefix = "/api", endpoint = "zone/stop_messages")]
pub async fn stop_messages(token: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, messages::stop(&request.services, &token).await)?;
    redirect("/stop-messages/done");
    Ok(())
}

/// Leads to the page that the form was on.
#[cfg(feature = "ssr")]
fn back(area: &Slug, member: Option<MemberId>, at: &str, done: &str) {
    redirect(&match member.filter(|_| at != "messages") {
        Some(member) => format!("/zone/{area}/members/{member}?done={done}"),
        None => format!("/zone/{area}/messages?done={done}"),
    });
}
