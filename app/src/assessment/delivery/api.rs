//! The server functions of candidates: their papers, the exam room, the receipt.

use domain::assessment::{
    ItemId,
    delivery::{CandidateHome, CandidatePaper, EpochBegun, Receipt, Room, RoomState, Save, Saved, SittingId},
};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    assessment::question::form::AnswerForm,
    kit::api::{ApiError, Wire},
};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::{parse, question::order::moves},
        kit::api::{RequestContext, answer, request},
    },
    leptos_axum::redirect,
    services::assessment::{
        self,
        delivery::{PlainAnswer, PlainSaved},
    },
};

#[server(prefix = "/api", endpoint = "assessment/load_home", protocol = Wire)]
pub async fn load_home() -> Result<CandidateHome, ApiError> {
    let request = request()?;
    answer(&request, assessment::delivery::candidate_home(&request.services, request.actor()?).await)
}

/// Leads to the paper with this access code.
#[server(prefix = "/api", endpoint = "assessment/enter_code")]
pub async fn enter_code(#[server(default)] code: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper = answer(&request, assessment::delivery::paper_by_code(&request.services, actor, &code).await)?;
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    redirect(&format!("/assessments/start/{paper}?code={code}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_start", protocol = Wire)]
pub async fn load_start(paper: String, #[server(default)] code: String) -> Result<CandidatePaper, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(
        &request,
        assessment::delivery::start_page(&request.services, request.actor()?, paper, &code).await,
    )
}

/// Starts the clock and goes to the exam room.
#[server(prefix = "/api", endpoint = "assessment/start_sitting")]
pub async fn start_sitting(paper: String, #[server(default)] code: String) -> Result<(), ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    let sitting = answer(
        &request,
        assessment::delivery::start_sitting(&request.services, request.actor()?, paper, &code).await,
    )?;
    redirect(&format!("/assessments/sittings/{sitting}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/open_room", protocol = Wire)]
pub async fn open_room(sitting: String) -> Result<Room, ApiError> {
    let request = request()?;
    let sitting = parse::id(&request, &sitting)?;
    answer(&request, assessment::delivery::open_room(&request.services, request.actor()?, sitting).await)
}

/// The running page begins its epoch, newer than all before.
#[server(prefix = "/api", endpoint = "assessment/begin_epoch", protocol = Wire)]
pub async fn begin_epoch(sitting: SittingId) -> Result<EpochBegun, ApiError> {
    let request = request()?;
    answer(&request, assessment::delivery::begin_epoch(&request.services, request.actor()?, sitting).await)
}

#[server(prefix = "/api", endpoint = "assessment/load_room_state", protocol = Wire)]
pub async fn load_room_state(sitting: SittingId) -> Result<RoomState, ApiError> {
    let request = request()?;
    answer(&request, assessment::delivery::room_news(&request.services, request.actor()?, sitting).await)
}

/// Replies only when the answers are on the database's disk.
#[server(prefix = "/api", endpoint = "assessment/save_answers", protocol = Wire<Json>)]
pub async fn save_answers(sitting: SittingId, saves: Vec<Save>) -> Result<Saved, ApiError> {
    let request = request()?;
    answer(
        &request,
        assessment::delivery::save_answers(&request.services, request.actor()?, sitting, &saves).await,
    )
}

/// `review`; the number of a question is shorter.
#[cfg(feature = "ssr")]
const LONGEST_PLACE: usize = 6;

/// The exam room's form, sent without scripts: saves one answer and goes where `go` says: a question's number,
/// `review`, or, after a hint, a changed order or a cleared choice, the same question again.
#[server(prefix = "/api", endpoint = "assessment/save_and_go")]
pub async fn save_and_go(
    sitting: String,
    item: String,
    place: String,
    #[server(default)] drawn: String,
    #[server(default)] flagged: String,
    #[server(flatten)] given: AnswerForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let sitting: SittingId = parse::id(&request, &sitting)?;
    let item: ItemId = parse::id(&request, &item)?;
    let go = given.go.clone();
    let (moves, clears) = (moves(&go), go == "clear");
    let (response, flagged) = (given.response(), flagged == "true");
    let given = PlainAnswer { item, drawn: serde_json::from_str(&drawn).ok(), response, flagged };
    let kept = assessment::delivery::save_plain(&request.services, actor, sitting, given).await;
    let PlainSaved { saved, overtaken } = answer(&request, kept)?;
    if go == "hint" {
        answer(&request, assessment::delivery::open_hint(&request.services, actor, sitting, item).await)?;
    }
    // An answer that cannot be marked as it is is shown again, once: a second press of the same button goes on. So is
    // an answer that was given elsewhere meanwhile.
    let stay = moves
        || clears
        || overtaken
        || go == "hint"
        || go.is_empty()
        || !saved.problems.is_empty() && !go.starts_with("on-");
    let to = if stay { place } else { go.trim_start_matches("on-").to_owned() };
    if saved.state.submitted {
        redirect(&format!("/assessments/sittings/{sitting}/receipt"));
    } else {
        let late = if saved.late { "&late=yes" } else { "" };
        redirect(&format!("/assessments/sittings/{sitting}?question={}{late}", written(&to)));
    }
    Ok(())
}

/// Opens the next hint; returns all open ones, as HTML.
#[server(prefix = "/api", endpoint = "assessment/open_hint", protocol = Wire)]
pub async fn open_hint(sitting: SittingId, item: ItemId) -> Result<Vec<String>, ApiError> {
    let request = request()?;
    answer(
        &request,
        assessment::delivery::open_hint(&request.services, request.actor()?, sitting, item).await,
    )
}

/// A place in the room as written in an address.
#[cfg(feature = "ssr")]
fn written(place: &str) -> String {
    place.chars().filter(char::is_ascii_alphanumeric).take(LONGEST_PLACE).collect()
}

/// Leads to the heading of that place in the room: otherwise a screen reader would begin at the top of the page. An
/// older form names no place.
#[cfg(feature = "ssr")]
fn to_heading(sitting: SittingId, place: &str) {
    let place = written(place);
    let query = if place.is_empty() { place } else { format!("?question={place}") };
    redirect(&format!("/assessments/sittings/{sitting}{query}#question-heading"));
}

/// `place` is where the candidate is, as in [`save_and_go`].
#[server(prefix = "/api", endpoint = "assessment/pause_sitting")]
pub async fn pause_sitting(sitting: SittingId, #[server(default)] place: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, assessment::delivery::pause(&request.services, request.actor()?, sitting).await)?;
    to_heading(sitting, &place);
    Ok(())
}

/// `place` is where the candidate was before.
#[server(prefix = "/api", endpoint = "assessment/resume_sitting")]
pub async fn resume_sitting(sitting: SittingId, #[server(default)] place: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, assessment::delivery::resume(&request.services, request.actor()?, sitting).await)?;
    to_heading(sitting, &place);
    Ok(())
}

/// The candidate left the exam's window, or came back to it.
#[server(prefix = "/api", endpoint = "assessment/report_window", protocol = Wire)]
pub async fn report_window(sitting: SittingId, left: bool) -> Result<(), ApiError> {
    let request = request()?;
    answer(
        &request,
        assessment::delivery::report_window(&request.services, request.actor()?, sitting, left).await,
    )
}

/// Submits the answers that the server has.
#[server(prefix = "/api", endpoint = "assessment/submit_sitting")]
pub async fn submit_sitting(sitting: SittingId) -> Result<(), ApiError> {
    let request = request()?;
    answer(
        &request,
        assessment::delivery::submit_sitting(&request.services, request.actor()?, sitting, &[]).await,
    )?;
    redirect(&format!("/assessments/sittings/{sitting}/receipt"));
    Ok(())
}

/// Submits with the answers that were still on their way. `time_up`: the candidate did not ask for it, so it submits
/// only if the time is up by the database's clock too; the reply has the state of the sitting.
#[server(prefix = "/api", endpoint = "assessment/submit_answers", protocol = Wire<Json>)]
pub async fn submit_answers(
    sitting: SittingId,
    saves: Vec<Save>,
    #[server(default)] time_up: bool,
) -> Result<RoomState, ApiError> {
    let request = request()?;
    let (services, actor) = (&request.services, request.actor()?);
    if time_up {
        answer(&request, assessment::delivery::submit_if_over(services, actor, sitting, &saves).await)?;
    } else {
        answer(&request, assessment::delivery::submit_sitting(services, actor, sitting, &saves).await)?;
    }
    answer(&request, assessment::delivery::room_state(services, actor, sitting).await)
}

/// `None` while the sitting goes on, or goes on again: then there is only the room.
#[server(prefix = "/api", endpoint = "assessment/load_receipt", protocol = Wire)]
pub async fn load_receipt(sitting: String) -> Result<Option<Receipt>, ApiError> {
    let request = request()?;
    let sitting = parse::id(&request, &sitting)?;
    let receipt = assessment::delivery::receipt(&request.services, request.actor()?, sitting).await;
    answer(&request, unless_it_goes_on(&request, sitting, receipt).await)
}

#[cfg(feature = "ssr")]
pub async fn unless_it_goes_on<T>(
    request: &RequestContext,
    sitting: SittingId,
    found: services::Result<T>,
) -> services::Result<Option<T>> {
    let actor = request.actor.as_ref().filter(|_| matches!(found, Err(services::Error::NotFound)));
    let goes_on = match actor {
        Some(actor) => assessment::delivery::goes_on(&request.services, actor, sitting).await?,
        None => false,
    };
    if goes_on { Ok(None) } else { found.map(Some) }
}
