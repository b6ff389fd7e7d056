//! Files of people. How one arrives is in `server/src/web/uploads.rs`.

use domain::organisations::{UploadPage, Uploads};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::id,
    crate::kit::api::{answer, request, slug},
    domain::organisations::{RowsQuery, UploadsQuery},
    leptos_axum::redirect,
    services::organisations::{self, FileSaid},
};

/// What the page of an upload says where it was confirmed before the form arrived.
#[cfg(feature = "ssr")]
fn done_before(in_time: bool) -> &'static str {
    if in_time { "" } else { "?done=before" }
}

#[server(prefix = "/api", endpoint = "organisations/load_uploads", protocol = Wire)]
pub async fn load_uploads(
    organisation: String,
    #[server(default)] query: String,
) -> Result<Uploads, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let query = UploadsQuery::read(&query);
    answer(&request, organisations::uploads_page(&request.services, actor, &slug, &query).await)
}

#[server(prefix = "/api", endpoint = "organisations/load_upload", protocol = Wire)]
pub async fn load_upload(
    organisation: String,
    upload: String,
    #[server(default)] query: String,
) -> Result<UploadPage, ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let (upload, query) = (id(&request, &upload)?, RowsQuery::read(&query));
    answer(&request, organisations::upload_page(&request.services, actor, &slug, upload, &query).await)
}

/// `fields` has the word of what it tells for each column, in order, or an empty text; `sheet` the place of the sheet to read, where the
/// file has several.
#[server(prefix = "/api", endpoint = "organisations/match_columns")]
pub async fn match_columns(
    organisation: String,
    upload: String,
    #[server(default)] version: String,
    #[server(default)] sheet: String,
    #[server(default)] fields: Vec<String>,
    #[server(default)] linked: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    // A form that does not say its version shows none that exists.
    let version = version.parse().unwrap_or(u32::MAX);
    // One that is no place in a file is none of its sheets.
    let sheet = Some(sheet).filter(|sheet| !sheet.is_empty()).map(|sheet| sheet.parse().unwrap_or(u32::MAX));
    let file = FileSaid { sheet, fields, linked_addresses: linked == "true" };
    let matched = organisations::match_columns(&request.services, actor, &slug, upload, version, file).await;
    let in_time = answer(&request, matched)?;
    redirect(&format!("/organisation/{slug}/uploads/{upload}{}", done_before(in_time)));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/confirm_upload")]
pub async fn confirm_upload(
    organisation: String,
    upload: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    let version = version.parse().unwrap_or(u32::MAX);
    let confirmed = organisations::confirm_upload(&request.services, actor, &slug, upload, version).await;
    let in_time = answer(&request, confirmed)?;
    redirect(&format!("/organisation/{slug}/uploads/{upload}{}", done_before(in_time)));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/discard_upload")]
pub async fn discard_upload(organisation: String, upload: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    answer(&request, organisations::discard_upload(&request.services, actor, &slug, upload).await)?;
    redirect(&format!("/organisation/{slug}/uploads?done=discarded"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "organisations/undo_upload")]
pub async fn undo_upload(organisation: String, upload: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, slug) = (request.actor()?, slug(&request, &organisation)?);
    let upload = id(&request, &upload)?;
    let in_time =
        answer(&request, organisations::undo_upload(&request.services, actor, &slug, upload).await)?;
    let done = if in_time { "" } else { "?done=undone" };
    redirect(&format!("/organisation/{slug}/uploads/{upload}{done}"));
    Ok(())
}
