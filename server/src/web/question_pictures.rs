//! Pictures of questions. `POST /question-pictures?organisation={id}&draft={id}` takes one into the draft of a question, as a browser sends
//! a form with a file: the reply is the form of the question. `GET /question-pictures/{picture}` shows one.

use std::sync::Arc;

use app::{assessment::bank::parts::picture::QUESTION_PICTURE_PATH, kit::api::RequestContext};
use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{assessment::bank::QuestionDraftId, organisations::OrganisationId};
use serde::Deserialize;
use services::{Error, Result, Services, accounts::Actor, assessment::bank};
use uuid::Uuid;

use super::{
    WebState,
    file_forms::{FileForm, Sent},
};

/// The route that shows one.
pub const SHOWN: &str = "/question-pictures/{picture}";

/// The form that brings one, into a draft.
pub(super) struct QuestionPictureForm(OrganisationId, QuestionDraftId);

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    draft: String,
}

impl FileForm for QuestionPictureForm {
    const PATH: &'static str = QUESTION_PICTURE_PATH;
    const FILES: &'static [(&'static str, usize)] = &[("picture", bank::MOST_PICTURE_BYTES)];
    const TEXTS: &'static [&'static str] = &["alt"];
    type Asked = Asked;

    fn of(asked: &Asked) -> Option<Self> {
        Some(Self(asked.organisation.parse().ok()?, asked.draft.parse().ok()?))
    }

    fn page(&self) -> String {
        let Self(organisation, draft) = self;
        format!("/assessments/questions/{organisation}/write?draft={draft}&show=picture")
    }

    async fn allowed(&self, services: &Services, actor: &Actor) -> Result<()> {
        bank::may_bring_picture(services, actor, self.0, self.1).await
    }

    fn too_large() -> Error {
        bank::picture_too_large()
    }

    fn too_many_at_once() -> Error {
        bank::too_many_pictures_at_once()
    }

    async fn take(&self, services: &Services, actor: &Actor, mut sent: Sent) -> Result<String> {
        let Self(organisation, draft) = *self;
        let (file, alt) = (sent.file("picture").bytes, sent.text("alt"));
        bank::bring_picture(services, actor, organisation, draft, file, &alt).await?;
        Ok(format!("/assessments/questions/{organisation}/write?draft={draft}#figure.alt"))
    }
}

/// `GET /question-pictures/{picture}`. A picture of an address never changes, so a browser may keep it for a while: a
/// candidate who goes through the questions asks for it once.
pub(super) async fn show(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(picture): Path<String>,
) -> Response {
    let Some(actor) = &context.actor else { return Redirect::to("/sign-in").into_response() };
    let Ok(picture) = picture.parse::<Uuid>() else { return StatusCode::NOT_FOUND.into_response() };
    match bank::question_picture(&state.services, actor, picture).await {
        Ok(bytes) => {
            let shown = [
                (header::CONTENT_TYPE, "image/jpeg"),
                (header::CONTENT_DISPOSITION, "inline"),
                (header::CACHE_CONTROL, "private, max-age=3600"),
            ];
            (shown, bytes).into_response()
        }
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(Error::Failed(error)) => {
            tracing::error!(%error, "could not show the picture of a question");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
