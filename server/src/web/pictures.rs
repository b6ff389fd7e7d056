//! Pictures of the members of an area of the Zone. `POST /pictures?area={slug}` takes one, as a browser sends a form with a file: the reply is
//! the page of the profile. `GET /zone/{area}/members/{member}/picture` shows one to members of the area.

use std::sync::Arc;

use app::{kit::api::RequestContext, zone::PICTURE_PATH};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{learning::Slug, zone::MemberId};
use serde::Deserialize;
use services::{Error, Result, Services, accounts::Actor, zone::pictures};

use super::{
    WebState,
    file_forms::{FileForm, Sent},
};

/// The route that shows one.
pub const SHOWN: &str = "/zone/{area}/members/{member}/picture";

/// The form that brings one, of an area.
pub(super) struct PictureForm(Slug);

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    area: String,
}

impl FileForm for PictureForm {
    const PATH: &'static str = PICTURE_PATH;
    const FILES: &'static [(&'static str, usize)] = &[("picture", pictures::MOST_BYTES)];
    const TEXTS: &'static [&'static str] = &[];
    type Asked = Asked;

    fn of(asked: &Asked) -> Option<Self> {
        Slug::parse(&asked.area).ok().map(Self)
    }

    fn page(&self) -> String {
        format!("/zone/{}/profile", self.0)
    }

    async fn allowed(&self, services: &Services, actor: &Actor) -> Result<()> {
        pictures::may_bring(services, actor, &self.0).await
    }

    fn too_large() -> Error {
        pictures::too_large()
    }

    fn too_many_at_once() -> Error {
        pictures::too_many_at_once()
    }

    async fn take(&self, services: &Services, actor: &Actor, mut sent: Sent) -> Result<String> {
        let picture = sent.file("picture").bytes;
        pictures::change(services, actor, &self.0, sent.form, picture).await?;
        Ok(format!("{}?done=picture", self.page()))
    }
}

/// `GET /zone/{area}/members/{member}/picture`. A browser may keep it, and asks each time whether it may still show it: who is no member any
/// more sees no picture, and a picture that was removed is seen by nobody.
pub(super) async fn show(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path((area, member)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(actor) = &context.actor else { return Redirect::to("/sign-in").into_response() };
    match found(&state.services, actor, &area, &member, &headers).await {
        Ok((tag, picture)) => {
            let kept = [(header::CACHE_CONTROL, "private, no-cache"), (header::ETAG, tag.as_str())];
            let Some(picture) = picture else { return (StatusCode::NOT_MODIFIED, kept).into_response() };
            let shown = [(header::CONTENT_TYPE, "image/jpeg"), (header::CONTENT_DISPOSITION, "inline")];
            (kept, shown, picture).into_response()
        }
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(Error::Failed(error)) => {
            tracing::error!(%error, "could not show a picture");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The tag of the picture, and its bytes unless the browser has them.
async fn found(
    services: &Services,
    actor: &Actor,
    area: &str,
    member: &str,
    asked: &HeaderMap,
) -> Result<(String, Option<Vec<u8>>)> {
    let area = Slug::parse(area).map_err(|_| Error::NotFound)?;
    let member: MemberId = member.parse().map_err(|_| Error::NotFound)?;
    let picture = pictures::picture_of(services, actor, &area, member).await?;
    let tag = format!("\"{picture}\"");
    let known = asked.get_all(header::IF_NONE_MATCH).iter().any(|tags| {
        tags.to_str()
            .is_ok_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag))
    });
    let bytes = if known { None } else { Some(pictures::bytes_of(services, picture).await?) };
    Ok((tag, bytes))
}
