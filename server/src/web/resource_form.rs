//! `POST /zone-resources?area={slug}`: a link or a file for the library of an area, as a browser sends a form with a file; with
//! `&resource={id}` a version of what is there. The reply is a page, as for [`super::uploads`].

use std::sync::{Arc, atomic::AtomicUsize};

use app::{
    kit::api::{RequestContext, answer},
    zone::RESOURCE_PATH,
};
use axum::{
    Extension,
    extract::{DefaultBodyLimit, Multipart, Query, State, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use domain::{
    FormToken,
    learning::Slug,
    zone::resources::{MOST_CAPTION_BYTES, MOST_VIDEO_BYTES, ResourceId},
};
use serde::Deserialize;
use services::zone::resources::{self, NewVersion, Said};
use tokio::time::timeout;

use super::{
    WebState, plain,
    uploads::{LIMIT, WAITS, at_a_pace, failed, text, whole},
};

/// The route.
pub(super) const ROUTE: &str = RESOURCE_PATH;

pub(super) fn route() -> MethodRouter<WebState> {
    post(take).layer(DefaultBodyLimit::max(LIMIT))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    area: String,
    #[serde(default)]
    resource: String,
}

/// The fields of the form.
#[derive(Default)]
struct Sent {
    said: Said,
    new: NewVersion,
    change: String,
    form: Option<FormToken>,
    /// Those that the page shows again.
    typed: Vec<(String, String)>,
    /// The page that the form is on.
    from: Option<String>,
}

async fn take(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    let refused = |status| state.plain.refused(status, &headers, &context.request_id);
    let area = Slug::parse(&asked.area);
    let resource = Some(&asked.resource).filter(|id| !id.is_empty()).map(|id| id.parse::<ResourceId>());
    let resource = resource.transpose();
    let Some(actor) = &context.actor else {
        if !plain::wants_page(&headers) {
            return refused(StatusCode::UNAUTHORIZED);
        }
        let page = area.as_ref().map_or_else(|_| "/".to_owned(), |area| page_of(area, None));
        return state.plain.file_not_taken(&page);
    };
    let (Ok(area), Ok(resource)) = (area, resource) else { return refused(StatusCode::NOT_FOUND) };
    let page = page_of(&area, resource);
    // Nobody else's file is waited for, nor one for which there is no room.
    if let Err(error) = resources::may_add(&state.services, actor, &area, resource).await {
        let outcome = answer(&context, Err(error));
        return failed(&state, &context, headers, RESOURCE_PATH, page, Vec::new(), outcome).await;
    }
    // Both until the reply.
    let Some(_own) = state.own_uploads.take(actor.person()) else {
        let outcome = answer(&context, Err(resources::too_many_at_once()));
        return failed(&state, &context, headers, RESOURCE_PATH, page, Vec::new(), outcome).await;
    };
    let Ok(Ok(_place)) = timeout(WAITS, state.uploads.acquire()).await else {
        return state.plain.unavailable().into_response();
    };
    let bytes = AtomicUsize::new(0);
    let mut sent = Sent::default();
    let all = at_a_pace(arrived(form, &bytes, &mut sent), &bytes).await;
    let Sent { said, new, change, form, typed, from } = sent;
    let page = from.filter(|page| page.starts_with('/')).unwrap_or(page);
    match all {
        Some(Ok(())) => {}
        // What was typed before the file stays.
        Some(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let outcome = answer(&context, Err(resources::too_large()));
            return failed(&state, &context, headers, RESOURCE_PATH, page, typed, outcome).await;
        }
        Some(Err(error)) => return refused(error.status()),
        None => return refused(StatusCode::REQUEST_TIMEOUT),
    }
    let done = match resource {
        Some(resource) => resources::add_version(&state.services, actor, &area, resource, &change, new, form)
            .await
            .map(|added| if added.suggested { "suggested" } else { "version" }),
        None => resources::add(&state.services, actor, &area, said, new, form)
            .await
            .map(|added| if added.suggested { "suggested" } else { "added" }),
    };
    match answer(&context, done) {
        Ok(done) => {
            let to = format!("{}?done={done}", page_of(&area, resource));
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        Err(error) => failed(&state, &context, headers, RESOURCE_PATH, page, typed, Err(error)).await,
    }
}

fn page_of(area: &Slug, resource: Option<ResourceId>) -> String {
    match resource {
        Some(resource) => format!("/zone/{area}/resources/{resource}"),
        None => format!("/zone/{area}/resources"),
    }
}

/// All of the form. The names of its fields come from our pages; what else is sent is passed over.
async fn arrived(mut form: Multipart, bytes: &AtomicUsize, sent: &mut Sent) -> Result<(), MultipartError> {
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => sent.new.file = whole(field, bytes, MOST_VIDEO_BYTES).await?,
            "captions" => sent.new.captions = whole(field, bytes, MOST_CAPTION_BYTES).await?,
            "from" => sent.from = Some(text(field, bytes).await?),
            "form" => sent.form = text(field, bytes).await?.parse().ok(),
            "title" | "purpose" | "owner" | "review_on" | "url" | "alt" | "change" => {
                let typed = text(field, bytes).await?;
                sent.typed.push((name.clone(), typed.clone()));
                let place = match name.as_str() {
                    "title" => &mut sent.said.title,
                    "purpose" => &mut sent.said.purpose,
                    "owner" => &mut sent.said.owner,
                    "review_on" => &mut sent.said.review_on,
                    "url" => &mut sent.new.url,
                    "alt" => &mut sent.new.alt,
                    _ => &mut sent.change,
                };
                *place = typed;
            }
            _ => {}
        }
    }
    Ok(())
}
