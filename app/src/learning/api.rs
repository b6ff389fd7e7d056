//! The server functions of the learning area. Each page calls one of them, once.

mod reminders;

pub use reminders::{
    LoadOwnReminders, MakeCalendar, RemoveCalendar, SetOwnReminders, StopOwnReminders, load_own_reminders,
    make_calendar, remove_calendar, set_own_reminders, stop_own_reminders,
};

use std::collections::BTreeMap;

use domain::learning::{
    Answers, CheckPage, CheckSave, CheckSaved, CourseEnd, CourseNotes, CoursePage, CourseSearch, CpdRecord,
    Glossary, LateOpening, ModulePage, MyCourses, PageNote, PrintedModule, ProgressNews, ReadingPage,
    ReflectionPage,
};
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{answer, request, slug},
    crate::learning::parts::contents,
    domain::learning::{AttemptId, Note, Reflection},
    leptos_axum::redirect,
    services::learning,
};

#[server(prefix = "/api", endpoint = "learning/load_courses", protocol = Wire)]
pub async fn load_courses() -> Result<MyCourses, ApiError> {
    let request = request()?;
    answer(&request, learning::my_courses(&request.services, request.actor()?).await)
}

#[server(prefix = "/api", endpoint = "learning/load_course", protocol = Wire)]
pub async fn load_course(course: String) -> Result<CoursePage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, learning::course_page(&request.services, actor, &slug(&request, &course)?).await)
}

#[server(prefix = "/api", endpoint = "learning/load_module", protocol = Wire)]
pub async fn load_module(course: String, module: String) -> Result<ModulePage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module) = (slug(&request, &course)?, slug(&request, &module)?);
    answer(&request, learning::module_page(&request.services, actor, &course, &module).await)
}

/// The learner's progress, for a page of the course that is already shown. `module` if the page shows the result of its
/// check.
#[server(prefix = "/api", endpoint = "learning/load_progress", protocol = Wire)]
pub async fn load_progress(
    course: String,
    #[server(default)] module: String,
) -> Result<ProgressNews, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let course = slug(&request, &course)?;
    let module = if module.is_empty() { None } else { Some(slug(&request, &module)?) };
    answer(&request, learning::progress(&request.services, actor, &course, module.as_ref()).await)
}

/// Returns a page and records that it was opened, unless it is fetched `ahead`.
#[server(prefix = "/api", endpoint = "learning/read_page", protocol = Wire)]
pub async fn read_page(
    course: String,
    module: String,
    page: String,
    #[server(default)] ahead: bool,
) -> Result<ReadingPage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module, page) = (slug(&request, &course)?, slug(&request, &module)?, slug(&request, &page)?);
    let (services, looked_at) = (&request.services, actor.looks() && !ahead);
    let read = learning::read_page(services, actor, &course, &module, &page, looked_at).await;
    let with_contents = |mut found: ReadingPage| {
        let beside = contents(&found, module.as_str(), page.as_str());
        found.html.push_str(&beside);
        found
    };
    answer(&request, read.map(with_contents))
}

/// Records the opening of a page that was fetched ahead.
#[server(prefix = "/api", endpoint = "learning/open_page", protocol = Wire)]
pub async fn open_page(course: String, module: String, page: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module, page) = (slug(&request, &course)?, slug(&request, &module)?, slug(&request, &page)?);
    answer(&request, learning::open_page(&request.services, actor, &course, &module, &page).await)
}

/// The addresses of the pages that a device keeps for reading without a network. `public/offline.js` calls it.
#[server(prefix = "/api", endpoint = "learning/pages_to_keep", protocol = Wire)]
pub async fn pages_to_keep() -> Result<Vec<String>, ApiError> {
    let request = request()?;
    answer(&request, learning::pages_to_keep(&request.services, request.actor()?).await)
}

/// Counts the pages that were read without a network. `public/offline.js` calls it.
#[server(prefix = "/api", endpoint = "learning/send_openings", protocol = Wire<Json>)]
pub async fn send_openings(openings: Vec<LateOpening>) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, learning::take_late_openings(&request.services, request.actor()?, &openings).await)
}

#[server(prefix = "/api", endpoint = "learning/search_course", protocol = Wire)]
pub async fn search_course(
    course: String,
    #[server(default)] search: String,
) -> Result<CourseSearch, ApiError> {
    let request = request()?;
    let (actor, course) = (request.actor()?, slug(&request, &course)?);
    answer(&request, learning::search_course(&request.services, actor, &course, &search).await)
}

/// What the learner keeps of a page and says of it. It does not count as an opening of the page.
#[server(prefix = "/api", endpoint = "learning/load_note", protocol = Wire)]
pub async fn load_note(course: String, module: String, page: String) -> Result<PageNote, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module, page) = (slug(&request, &course)?, slug(&request, &module)?, slug(&request, &page)?);
    let at = learning::PageAddress { course: &course, module: &module, page: &page };
    answer(&request, learning::note_page(&request.services, actor, at).await)
}

/// The words that the course explains.
#[server(prefix = "/api", endpoint = "learning/load_glossary", protocol = Wire)]
pub async fn load_glossary(course: String) -> Result<Glossary, ApiError> {
    let request = request()?;
    let (actor, course) = (request.actor()?, slug(&request, &course)?);
    answer(&request, learning::glossary(&request.services, actor, &course).await)
}

#[server(prefix = "/api", endpoint = "learning/load_notes", protocol = Wire)]
pub async fn load_notes(course: String) -> Result<CourseNotes, ApiError> {
    let request = request()?;
    let (actor, course) = (request.actor()?, slug(&request, &course)?);
    answer(&request, learning::notes_page(&request.services, actor, &course).await)
}

/// Keeps the learner's own note and bookmark of a page.
#[server(prefix = "/api", endpoint = "learning/save_note")]
pub async fn save_note(
    course: String,
    module: String,
    page: String,
    #[server(default)] note: String,
    #[server(default)] bookmarked: bool,
    #[server(default)] version: i32,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module, page) = (slug(&request, &course)?, slug(&request, &module)?, slug(&request, &page)?);
    let at = learning::PageAddress { course: &course, module: &module, page: &page };
    let typed = Note { text: note, bookmarked, version };
    answer(&request, learning::save_note(&request.services, actor, at, typed).await)?;
    redirect(&format!("/learn/{course}/{module}/{page}/note?done=note"));
    Ok(())
}

/// Highlights these passages of a page and no others. `version` is that of the highlights.
#[server(prefix = "/api", endpoint = "learning/save_highlights")]
pub async fn save_highlights(
    course: String,
    module: String,
    page: String,
    #[server(default)] highlights: Vec<String>,
    #[server(default)] version: i32,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module, page) = (slug(&request, &course)?, slug(&request, &module)?, slug(&request, &page)?);
    let at = learning::PageAddress { course: &course, module: &module, page: &page };
    let saved = learning::save_highlights(&request.services, actor, at, &highlights, version).await;
    answer(&request, saved)?;
    redirect(&format!("/learn/{course}/{module}/{page}/note?done=highlights"));
    Ok(())
}

/// All pages of a module, to print. It does not count as an opening of them.
#[server(prefix = "/api", endpoint = "learning/load_printed", protocol = Wire)]
pub async fn load_printed(course: String, module: String) -> Result<PrintedModule, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module) = (slug(&request, &course)?, slug(&request, &module)?);
    answer(&request, learning::printed_module(&request.services, actor, &course, &module).await)
}

/// Whether this text of a page was clear to the learner.
#[server(prefix = "/api", endpoint = "learning/say_clear")]
pub async fn say_clear(
    course: String,
    module: String,
    page: String,
    #[server(default)] version: i32,
    #[server(default)] was_clear: String,
    #[server(default)] unclear_words: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module, page) = (slug(&request, &course)?, slug(&request, &module)?, slug(&request, &page)?);
    let at = learning::PageAddress { course: &course, module: &module, page: &page };
    let said = learning::say_clear(&request.services, actor, at, version, &was_clear, &unclear_words).await;
    answer(&request, said)?;
    redirect(&format!("/learn/{course}/{module}/{page}/note?done=clear"));
    Ok(())
}

/// Removes all that is kept of a page, from the list of it.
#[server(prefix = "/api", endpoint = "learning/remove_note")]
pub async fn remove_note(
    course: String,
    module: String,
    page: String,
    #[server(default)] version: i32,
    #[server(default)] highlights_version: i32,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module, page) = (slug(&request, &course)?, slug(&request, &module)?, slug(&request, &page)?);
    let at = learning::PageAddress { course: &course, module: &module, page: &page };
    let versions = learning::KeptVersions { note: version, highlights: highlights_version };
    answer(&request, learning::remove_note(&request.services, actor, at, versions).await)?;
    redirect(&format!("/learn/{course}/notes?done=removed"));
    Ok(())
}

/// What the learner has completed, and what they make of it.
#[server(prefix = "/api", endpoint = "learning/load_record", protocol = Wire)]
pub async fn load_record() -> Result<CpdRecord, ApiError> {
    let request = request()?;
    answer(&request, learning::record_page(&request.services, request.actor()?).await)
}

/// What the learner writes about a module that they have completed.
#[server(prefix = "/api", endpoint = "learning/load_reflection", protocol = Wire)]
pub async fn load_reflection(course: String, module: String) -> Result<ReflectionPage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module) = (slug(&request, &course)?, slug(&request, &module)?);
    answer(&request, learning::reflection_page(&request.services, actor, &course, &module).await)
}

#[server(prefix = "/api", endpoint = "learning/save_reflection")]
pub async fn save_reflection(
    course: String,
    module: String,
    #[server(default)] learnt: String,
    #[server(default)] used: String,
    #[server(default)] competencies: Vec<String>,
    #[server(default)] version: i32,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module) = (slug(&request, &course)?, slug(&request, &module)?);
    let typed = Reflection { learnt, used, competencies, version };
    answer(&request, learning::save_reflection(&request.services, actor, &course, &module, typed).await)?;
    redirect("/learn/record?done=reflection");
    Ok(())
}

/// Makes the certificate of a course that the learner has completed.
#[server(prefix = "/api", endpoint = "learning/make_certificate")]
pub async fn make_certificate(
    course: String,
    #[server(default)] certificate_name: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, course) = (request.actor()?, slug(&request, &course)?);
    let made = learning::make_certificate(&request.services, actor, &course, &certificate_name).await;
    answer(&request, made)?;
    redirect("/learn/record?done=certificate");
    Ok(())
}

/// The questions, or the attempt that the address names, marked. A malformed attempt id counts as a missing attempt.
#[server(prefix = "/api", endpoint = "learning/load_check", protocol = Wire)]
pub async fn load_check(
    course: String,
    module: String,
    #[server(default)] attempt: String,
) -> Result<CheckPage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module) = (slug(&request, &course)?, slug(&request, &module)?);
    let attempt = match attempt.as_str() {
        "" => None,
        id => match id.parse::<domain::learning::AttemptId>() {
            Ok(id) => Some(id),
            Err(_) => return answer(&request, Err(services::Error::NotFound)),
        },
    };
    let (services, looked_at) = (&request.services, actor.looks());
    answer(&request, learning::check_page(services, actor, &course, &module, attempt, looked_at).await)
}

/// Keeps the answers so far: the changes since the last call. Returns those that are not kept.
#[server(prefix = "/api", endpoint = "learning/save_check", protocol = Wire<Json>)]
pub async fn save_check(course: String, module: String, save: CheckSave) -> Result<CheckSaved, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let (course, module) = (slug(&request, &course)?, slug(&request, &module)?);
    answer(&request, learning::save_check(&request.services, actor, &course, &module, save).await)
}

/// The value of `go` that keeps the answers for later.
pub const LATER: &str = "later";

/// Marks the answers, keeps them, and goes on to the result. With [`LATER`] they are only kept.
#[server(prefix = "/api", endpoint = "learning/submit_check")]
pub async fn submit_check(
    course: String,
    module: String,
    version: i32,
    #[server(default)] attempt: String,
    #[server(default)] sequence: i64,
    #[server(default)] drawn: String,
    #[server(default)] answers: Answers,
    #[server(default)] go: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let taken = learning::TakenCheck {
        course: slug(&request, &course)?,
        module: slug(&request, &module)?,
        // A malformed id names no try: the reply is the same as for another person's.
        attempt: (!attempt.is_empty()).then(|| attempt.parse().unwrap_or(AttemptId(uuid::Uuid::nil()))),
        version,
        sequence,
        // A form that does not say how it was drawn replaces only the answers of its own window.
        drawn: serde_json::from_str(&drawn).unwrap_or_default(),
        answers,
    };
    if go == LATER {
        answer(&request, learning::put_aside(&request.services, actor, taken).await)?;
        redirect(&format!("/learn/{course}/{module}"));
        return Ok(());
    }
    let attempt = answer(&request, learning::take_check(&request.services, actor, taken).await)?;
    redirect(&format!("/learn/{course}/{module}/check?attempt={attempt}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "learning/load_end", protocol = Wire)]
pub async fn load_end(course: String) -> Result<CourseEnd, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, learning::end_page(&request.services, actor, &slug(&request, &course)?).await)
}

/// The fields of the form at the end of a course, besides those that every form has.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EndFields {
    /// The versions of the questions that the page asks: about the time after the course, and about the course.
    pub wishes_version: String,
    pub keep_access: String,
    pub join_zone: String,
    pub version: String,
    pub comment: String,
    /// A rating for each question, by its id: `domain::learning::FEEDBACK` alone knows them.
    #[serde(flatten)]
    pub ratings: BTreeMap<String, String>,
}

/// What the learner wants after the course, and what they think of it.
#[server(prefix = "/api", endpoint = "learning/answer_end")]
pub async fn answer_end(course: String, #[server(flatten)] answers: EndFields) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, course) = (request.actor()?, slug(&request, &course)?);
    let EndFields { wishes_version, keep_access, join_zone, version, comment, ratings } = answers;
    let form = learning::EndForm {
        wishes: learning::WishesForm { version: wishes_version, keep_access, join_zone },
        feedback: learning::FeedbackForm { version, ratings, comment },
    };
    answer(&request, learning::answer_end(&request.services, actor, &course, &form).await)?;
    redirect(&format!("/learn/{course}/end?done=answers"));
    Ok(())
}
