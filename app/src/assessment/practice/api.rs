//! The server functions of practice.

use domain::assessment::practice::{PracticeHome, PracticePage};
use leptos::prelude::*;

use crate::{
    assessment::question::form::AnswerForm,
    kit::api::{ApiError, Wire},
};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::api::{answer, request, unfinished},
    },
    domain::assessment::{Category, practice::PracticeId, question::Response},
    leptos_axum::redirect,
    services::assessment,
};

#[server(prefix = "/api", endpoint = "assessment/load_practice", protocol = Wire)]
pub async fn load_practice() -> Result<PracticeHome, ApiError> {
    let request = request()?;
    answer(&request, assessment::practice::practice_home(&request.services, request.actor()?).await)
}

/// Asks a fresh question of the category, or without one of the weakest.
#[server(prefix = "/api", endpoint = "assessment/ask_practice")]
pub async fn ask_practice(#[server(default)] category: String) -> Result<(), ApiError> {
    let request = request()?;
    let category = Category::parse(&category);
    let id = answer(
        &request,
        assessment::practice::ask_practice(&request.services, request.actor()?, category).await,
    )?;
    redirect(&format!("/assessments/practice/{id}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_practice_question", protocol = Wire)]
pub async fn load_practice_question(question: String) -> Result<PracticePage, ApiError> {
    let request = request()?;
    let id = parse::id(&request, &question)?;
    answer(&request, assessment::practice::practice_page(&request.services, request.actor()?, id).await)
}

/// Marks an answer at once. The button `hint` opens the next hint, `up-b` and `down-b` change the order; the typed text
/// stays.
#[server(prefix = "/api", endpoint = "assessment/answer_practice")]
pub async fn answer_practice(question: String, #[server(flatten)] given: AnswerForm) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let id: PracticeId = parse::id(&request, &question)?;
    match given.go.as_str() {
        "" | "answer" => {
            let response = given.response().unwrap_or(Response::Chosen(Vec::new()));
            answer(
                &request,
                assessment::practice::answer_practice(&request.services, actor, id, &response).await,
            )?;
        }
        "hint" => {
            answer(&request, assessment::practice::open_practice_hint(&request.services, actor, id).await)?;
            return Err(unfinished(&request));
        }
        _ => return Err(unfinished(&request)),
    }
    redirect(&format!("/assessments/practice/{id}"));
    Ok(())
}
