//! Files of the library of an area, whole or in parts: a browser asks for parts of a video.

use std::ops;

use app::kit::api::RequestContext;
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{learning::Slug, zone::resources::VersionId};
use services::{
    Result,
    zone::resources::{Part, file},
};

use super::{answering, naming::disposition};
use crate::web::{WebState, headers::AS_IT_IS};

/// Opened as a document, a file can do nothing, and has no origin.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

pub(super) async fn send(
    state: &WebState,
    context: &RequestContext,
    (area, resource, version): (String, String, String),
    part: Part,
    asked: &HeaderMap,
) -> Response {
    let Some(actor) = &context.actor else { return Redirect::to("/sign-in").into_response() };
    let (Ok(area), Ok(resource), Ok(version)) =
        (Slug::parse(&area), resource.parse(), version.parse::<VersionId>())
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let services = &state.services;
    let reading = match file(services, actor, &area, resource, version, part).await {
        Ok(reading) => reading,
        Err(error) => return answering::answer(Err(error), answering::TEXT),
    };
    let called = disposition(&reading.title, &format!("version {}", reading.number), reading.extension);
    let size = async || reading.size(services).await;
    let open = async |part| reading.part(services, part).await.map(Body::from_stream);
    let response = sent((called, reading.content_type), version, asked, size, open).await;
    response.unwrap_or_else(|error| answering::answer(Err(error), answering::TEXT))
}

/// What a version holds never changes: its id is the tag by which a browser knows it again, and the file is not asked for then.
async fn sent(
    (called, kind): (String, &'static str),
    version: VersionId,
    asked: &HeaderMap,
    size: impl AsyncFnOnce() -> Result<u64>,
    open: impl AsyncFnOnce(ops::Range<u64>) -> Result<Body>,
) -> Result<Response> {
    let tag = format!("\"{version}\"");
    let named = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let headers = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, format!("private, no-cache, {AS_IT_IS}")),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    if named(header::IF_NONE_MATCH) == Some(tag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let all = size().await?;
    // A part of another version would not fit to what the browser has.
    let same = named(header::IF_RANGE).is_none_or(|range| range == tag);
    let wanted = named(header::RANGE).filter(|_| same).map_or(Range::Whole, |text| range(text, all));
    let (status, part) = match wanted {
        Range::Whole => (StatusCode::OK, 0..all),
        Range::Part { first, last } => (StatusCode::PARTIAL_CONTENT, first..last + 1),
        Range::Beyond => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{all}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response());
        }
    };
    let many = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, called),
        (header::CONTENT_LENGTH, (part.end - part.start).to_string()),
    ];
    let range = (status == StatusCode::PARTIAL_CONTENT)
        .then(|| [(header::CONTENT_RANGE, format!("bytes {}-{}/{all}", part.start, part.end - 1))]);
    let body = if part.is_empty() { Body::empty() } else { open(part).await? };
    Ok((status, headers, many, range, body).into_response())
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    /// Both are of it.
    Part {
        first: u64,
        last: u64,
    },
    Beyond,
}

/// What is asked for of so many bytes. Several parts at once are answered with the whole, as a server may.
fn range(text: &str, all: u64) -> Range {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Range::Whole;
    };
    let end = all.saturating_sub(1);
    let number = |text: &str| text.parse::<u64>().ok();
    let (first, last) = match (first.trim(), last.trim()) {
        // The last so many.
        ("", last) => match number(last) {
            Some(0) => return Range::Beyond,
            Some(many) => (all.saturating_sub(many), end),
            None => return Range::Whole,
        },
        (first, "") => match number(first) {
            Some(first) => (first, end),
            None => return Range::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => (first, last.min(end)),
            _ => return Range::Whole,
        },
    };
    if first >= all { Range::Beyond } else { Range::Part { first, last } }
}

#[cfg(test)]
mod tests {
    use axum::{body::to_bytes, http::HeaderValue};
    use services::Error;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_part_is_within_the_file() {
        for (text, part) in [
            ("bytes=0-4", Range::Part { first: 0, last: 4 }),
            ("bytes=0-", Range::Part { first: 0, last: 9 }),
            ("bytes=5-99", Range::Part { first: 5, last: 9 }),
            ("bytes=-3", Range::Part { first: 7, last: 9 }),
            ("bytes=-99", Range::Part { first: 0, last: 9 }),
            ("bytes=10-", Range::Beyond),
            ("bytes=-0", Range::Beyond),
            ("bytes=4-2", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("lines=0-1", Range::Whole),
            ("bytes=-", Range::Whole),
        ] {
            assert_eq!(range(text, 10), part, "{text}");
        }
        assert_eq!(range("bytes=0-", 0), Range::Beyond);
    }

    /// The answer for a file of ten bytes.
    async fn answer(asked: &[(HeaderName, &str)]) -> Response {
        let asked: HeaderMap =
            asked.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
        let called = disposition("../\"Guide\"\r\n<b>", "version 2", "pdf");
        let open = async |part: ops::Range<u64>| {
            let (first, end) = (usize::try_from(part.start).unwrap(), usize::try_from(part.end).unwrap());
            Ok(Body::from(b"0123456789"[first..end].to_vec()))
        };
        let version = VersionId(Uuid::nil());
        sent((called, "application/pdf"), version, &asked, async || Ok(10), open).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_downloaded_and_never_opened_by_the_browser_as_a_page() {
        let whole = answer(&[]).await;
        let text = |name: HeaderName| whole.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(whole.status(), StatusCode::OK);
        assert_eq!(text(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(
            text(header::CONTENT_DISPOSITION),
            "attachment; filename=\"Guide-b-version-2.pdf\"; filename*=UTF-8''Guide-b-version-2.pdf"
        );
        assert!(text(header::CONTENT_SECURITY_POLICY).starts_with("sandbox;"));
        assert_eq!(text(header::CACHE_CONTROL), "private, no-cache, no-transform");
        assert_eq!(text(header::CONTENT_LENGTH), "10");
        assert!(!whole.headers().contains_key(header::CONTENT_RANGE));
        assert_eq!(to_bytes(whole.into_body(), 100).await.unwrap(), "0123456789");

        let part = answer(&[(header::RANGE, "bytes=2-3")]).await;
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.headers()[header::CONTENT_RANGE], "bytes 2-3/10");
        assert_eq!(part.headers()[header::CONTENT_LENGTH], "2");
        assert_eq!(to_bytes(part.into_body(), 100).await.unwrap(), "23");
        assert_eq!(answer(&[(header::RANGE, "bytes=10-")]).await.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        let other = [(header::RANGE, "bytes=2-3"), (header::IF_RANGE, "\"another\"")];
        assert_eq!(answer(&other).await.status(), StatusCode::OK);
        assert_eq!(answer(&[(header::IF_NONE_MATCH, "\"another\"")]).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn of_a_file_that_the_browser_has_nothing_is_read() {
        let version = VersionId(Uuid::nil());
        let asked =
            HeaderMap::from_iter([(header::IF_NONE_MATCH, format!("\"{version}\"").parse().unwrap())]);
        let file = (String::new(), "application/pdf");
        let known =
            sent(file, version, &asked, async || Err(Error::NotFound), async |_| Err(Error::NotFound));
        assert_eq!(known.await.unwrap().status(), StatusCode::NOT_MODIFIED);
    }
}
