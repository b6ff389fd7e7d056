//! Files of the library of an area, whole or in parts: a browser asks for parts of a video.

use app::kit::api::RequestContext;
use axum::{
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{learning::Slug, zone::resources::VersionId};
use services::zone::resources::{Part, Reading, file};

use super::{answering, naming::disposition};
use crate::web::WebState;

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
    match file(&state.services, actor, &area, resource, version, part).await {
        Ok(reading) => sent(reading, version, asked),
        Err(error) => answering::answer(Err(error), answering::TEXT),
    }
}

/// What a version holds never changes: its id is the tag by which a browser knows it again.
fn sent(reading: Reading, version: VersionId, asked: &HeaderMap) -> Response {
    let tag = format!("\"{version}\"");
    let named = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let headers = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    if named(header::IF_NONE_MATCH) == Some(tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let all = reading.bytes.len();
    let called = disposition(&reading.title, &format!("version {}", reading.number), reading.extension);
    let kind =
        [(header::CONTENT_TYPE, reading.content_type.to_owned()), (header::CONTENT_DISPOSITION, called)];
    // A part of another version would not fit to what the browser has.
    let same = named(header::IF_RANGE).is_none_or(|range| range == tag);
    match named(header::RANGE).filter(|_| same).map_or(Range::Whole, |text| range(text, all)) {
        Range::Whole => (headers, kind, reading.bytes).into_response(),
        Range::Part { first, last } => {
            let part = reading.bytes.get(first..=last).unwrap_or_default().to_vec();
            let range = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{all}"))];
            (StatusCode::PARTIAL_CONTENT, headers, kind, range, part).into_response()
        }
        Range::Beyond => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{all}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    /// Both are of it.
    Part {
        first: usize,
        last: usize,
    },
    Beyond,
}

/// What is asked for of so many bytes. Several parts at once are answered with the whole, as a server may.
fn range(text: &str, all: usize) -> Range {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Range::Whole;
    };
    let end = all.saturating_sub(1);
    let number = |text: &str| text.parse::<usize>().ok();
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

    #[tokio::test]
    async fn a_file_is_downloaded_and_never_opened_by_the_browser_as_a_page() {
        let version = VersionId(Uuid::nil());
        let reading = || Reading {
            title: "../\"Guide\"\r\n<b>".into(),
            number: 2,
            content_type: "application/pdf",
            extension: "pdf",
            bytes: b"0123456789".to_vec(),
        };
        let ask = |name: HeaderName, value: &str| {
            let mut asked = HeaderMap::new();
            asked.insert(name, HeaderValue::from_str(value).unwrap());
            sent(reading(), version, &asked)
        };
        let whole = sent(reading(), version, &HeaderMap::new());
        let text = |name: HeaderName| whole.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(whole.status(), StatusCode::OK);
        assert_eq!(text(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(
            text(header::CONTENT_DISPOSITION),
            "attachment; filename=\"Guide-b-version-2.pdf\"; filename*=UTF-8''Guide-b-version-2.pdf"
        );
        assert!(text(header::CONTENT_SECURITY_POLICY).starts_with("sandbox;"));
        assert_eq!(text(header::CACHE_CONTROL), "private, no-cache");

        let part = ask(header::RANGE, "bytes=2-3");
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.headers()[header::CONTENT_RANGE], "bytes 2-3/10");
        assert_eq!(to_bytes(part.into_body(), 100).await.unwrap(), "23");
        assert_eq!(ask(header::RANGE, "bytes=10-").status(), StatusCode::RANGE_NOT_SATISFIABLE);
        let tag = format!("\"{version}\"");
        assert_eq!(ask(header::IF_NONE_MATCH, &tag).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask(header::IF_NONE_MATCH, "\"another\"").status(), StatusCode::OK);
    }
}
