//! The pages of last resort, which need neither database nor application: plain HTML with the site's own style.

use std::{any::Any, path::Path, sync::Arc};

use app::kit::api::{ApiError, ErrorKind};
use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::support::contact_address;
use tower_http::catch_panic::ResponseForPanic;

/// The title of what somebody reads whose session has ended.
const SIGNED_OUT: &str = "You have been signed out";

#[derive(Default)]
pub(super) struct PlainPages {
    /// Address of the built style sheet, whose name has a hash in it.
    style: Option<String>,
    /// How to reach support, as these pages show it.
    help: String,
}

impl PlainPages {
    pub(super) fn new(site_root: &Path, folder: &str, contact: &str) -> Self {
        let names = std::fs::read_dir(site_root.join(folder)).into_iter().flatten();
        let style = names
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .find(|name| name.ends_with(".css"))
            .map(|name| format!("/{folder}/{name}"));
        let (address, shown) = (escaped(&contact_address(contact)), escaped(contact));
        let help = format!("<p>If you cannot go on, ask support: <a href=\"{address}\">{shown}</a></p>");
        Self { style, help: if contact.is_empty() { String::new() } else { help } }
    }

    /// The database is down.
    pub(super) fn unavailable(&self) -> (StatusCode, [(header::HeaderName, &'static str); 1], Html<String>) {
        let page = self.page(
            "The service is not available just now",
            "<p>It should be back in a few minutes. Nothing that you did is lost. Wait a moment, then load the page again.</p>",
        );
        (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")], page)
    }

    /// A fault of ours. The id leads to its log line.
    pub(super) fn failed(
        &self,
        request_id: &str,
    ) -> (StatusCode, [(header::HeaderName, &'static str); 1], Html<String>) {
        let request_id = escaped(request_id);
        let page = self.page(
            "Sorry, something went wrong",
            &format!(
                "<p>The fault is ours, and it has been logged. Please try again.</p>\
                 <p class=\"hint\">If it keeps happening, tell us this number: <code>{request_id}</code></p>"
            ),
        );
        (StatusCode::INTERNAL_SERVER_ERROR, [(header::CACHE_CONTROL, "no-store")], page)
    }

    /// Refuses a request, in words: with a page for a person, and with the error of a server function for the page's
    /// scripts.
    pub(super) fn refused(&self, status: StatusCode, asked: &HeaderMap, request_id: &str) -> Response {
        if wants_page(asked) {
            return (status, self.about(status)).into_response();
        }
        let kind = match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ErrorKind::NotFound,
            // The page says that it is the connection, keeps what is typed, and offers to send it again.
            StatusCode::REQUEST_TIMEOUT => ErrorKind::Offline,
            StatusCode::UNAUTHORIZED => ErrorKind::SignedOut,
            _ => ErrorKind::Invalid,
        };
        let error = ApiError { request_id: Some(request_id.to_owned()), ..ApiError::new(kind) };
        (status, Json(error)).into_response()
    }

    /// The meaning of a status for its reader.
    fn about(&self, status: StatusCode) -> Html<String> {
        let (title, text) = match status {
            StatusCode::BAD_REQUEST => (
                "Not all of it arrived",
                "Part of what you sent was lost on its way. Go back and send it again.",
            ),
            StatusCode::UNAUTHORIZED => (SIGNED_OUT, "Sign in, then try again."),
            StatusCode::FORBIDDEN => (
                "This form cannot be taken",
                "It was not sent from a page of this site. Go back, load the page again, and send it from there.",
            ),
            StatusCode::NOT_FOUND => (
                "Page not found",
                "If you typed the address, check that it is right. If you followed a link, the page may have moved, or it may be \
                 for other people.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                "There is nothing to see here",
                "This address takes forms. Open the page that the form is on.",
            ),
            StatusCode::REQUEST_TIMEOUT => (
                "This took too long to arrive",
                "Nothing was changed. What you typed has not arrived whole, so we cannot show it here. Go back: most browsers still have it in \
                 the form. If yours has, copy it to be safe, check your connection, then send it again.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "This is too large to send",
                "At most 256 kB are taken at once. Go back, make it shorter, and send it again.",
            ),
            StatusCode::UNPROCESSABLE_ENTITY => (
                "This form cannot be taken",
                "Something in it is missing or wrong. Go back, load the page again, and fill it in once more.",
            ),
            StatusCode::TOO_MANY_REQUESTS => {
                ("Too many pages are open", "Close some of them, or wait a moment, and load this one again.")
            }
            StatusCode::SERVICE_UNAVAILABLE => (
                "The service is not available just now",
                "It should be back in a few minutes. Nothing that you did is lost. Wait a moment, then load the page again.",
            ),
            _ => ("Sorry, something went wrong", "Please go back and try again."),
        };
        self.page(
            title,
            &format!("<p>{text}</p><p><a class=\"button secondary\" href=\"/\">Go to the start</a></p>"),
        )
    }

    /// The answer to a form of a person who has been signed out: what they typed, if they did, to be copied into the form when they are
    /// signed in. What they ticked is not kept, and the answer says so.
    pub(super) fn signed_out(&self, page: &str, typed: &str) -> Response {
        if typed.is_empty() {
            let again = "Nothing was changed. Sign in, then send the form again: what you ticked or chose has to be ticked or chosen again.";
            return self.sign_in_again(page, again);
        }
        let sign_in = sign_in(page);
        let typed = escaped(typed);
        // A browser drops a line break at the very beginning of the text.
        let page = self.page(
            SIGNED_OUT,
            &format!(
                "<p>Nothing was changed. What you typed is here: sign in in another tab, and copy it into the form there. What you ticked \
                 or chose has to be ticked or chosen again.</p>\
                 <div class=\"field\"><label for=\"typed\">What you typed</label>\
                 <textarea id=\"typed\" rows=\"10\" readonly>\n{typed}</textarea></div>\
                 <p><a class=\"button\" href=\"{sign_in}\" target=\"_blank\" rel=\"noopener\">Sign in in another tab</a></p>"
            ),
        );
        (StatusCode::UNAUTHORIZED, page).into_response()
    }

    /// The answer to a file of a person who has been signed out, who may otherwise believe that it was taken.
    pub(super) fn file_not_taken(&self, page: &str) -> Response {
        let again = "The file was not taken, and nothing was changed. Sign in, then choose the file again.";
        self.sign_in_again(page, again)
    }

    fn sign_in_again(&self, page: &str, words: &str) -> Response {
        let sign_in = sign_in(page);
        let text = format!("<p>{words}</p><p><a class=\"button\" href=\"{sign_in}\">Sign in</a></p>");
        (StatusCode::UNAUTHORIZED, self.page(SIGNED_OUT, &text)).into_response()
    }

    /// A refused form that has no page to return to.
    pub(super) fn returned(&self, error: &ApiError) -> Response {
        match error.kind {
            ErrorKind::Unavailable | ErrorKind::Offline | ErrorKind::Unreadable => {
                return self.unavailable().into_response();
            }
            ErrorKind::Failed => {
                return self.failed(error.request_id.as_deref().unwrap_or_default()).into_response();
            }
            _ => {}
        }
        let status = error.kind.status();
        if error.fields.is_empty() {
            return (status, self.about(status)).into_response();
        }
        let problems: String =
            error.fields.iter().map(|field| format!("<li>{}</li>", field.problem.message())).collect();
        let page = self.page(
            "There is a problem",
            &format!("<ul>{problems}</ul><p>Go back to the form: what you typed is still in it.</p>"),
        );
        (status, page).into_response()
    }

    fn page(&self, title: &str, text: &str) -> Html<String> {
        let style = self
            .style
            .as_ref()
            .map(|style| format!("<link rel=\"stylesheet\" href=\"{style}\">"))
            .unwrap_or_default();
        Html(format!(
            "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><title>{title} – {site}</title>\
             <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">{style}</head><body>\
             <header class=\"site-header\"><div class=\"width\"><a class=\"site-name\" href=\"/\">{site}</a></div></header>\
             <main id=\"main\"><div class=\"narrow\"><h1>{title}</h1>{text}{help}</div></main></body></html>",
            help = self.help,
            site = app::kit::ui::SITE,
        ))
    }
}

/// The text escaped for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where one signs in to come to this page.
fn sign_in(page: &str) -> String {
    let next: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
    format!("/sign-in?next={next}")
}

/// Whether the client is a person's browser, and not a script.
pub(super) fn wants_page(asked: &HeaderMap) -> bool {
    asked
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// So that a person never sees the bare text or the empty page of a refusal, from whatever layer.
pub(super) async fn in_words(State(plain): State<Arc<PlainPages>>, request: Request, next: Next) -> Response {
    let page = wants_page(request.headers());
    let mut response = next.run(request).await;
    let status = response.status();
    let has_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|content_type| {
        ["text/html", "application/json"]
            .iter()
            .any(|known| content_type.as_bytes().starts_with(known.as_bytes()))
    });
    if page && !has_page && (status.is_client_error() || status.is_server_error()) {
        let Html(text) = plain.about(status);
        for gone in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING] {
            response.headers_mut().remove(gone);
        }
        let html = axum::http::HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, html);
        *response.body_mut() = Body::from(text);
    }
    response
}

/// Replaces a handler that panicked.
#[derive(Clone)]
pub(super) struct Panicked(pub(super) Arc<PlainPages>);

impl ResponseForPanic for Panicked {
    type ResponseBody = Body;

    fn response_for_panic(&mut self, panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
        let what = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        tracing::error!(what = what.unwrap_or("no message"), "a request panicked");
        // The handler for panics does not get the request: the span of the log line has the id.
        let request_id = super::headers::current_request_id();
        self.0.failed(&request_id).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_last_resort_escapes_its_text() {
        let (_, _, Html(page)) = PlainPages::default().failed("<b>&\"evil");
        assert!(page.contains("<code>&lt;b&gt;&amp;&quot;evil</code>"), "{page}");
    }

    #[tokio::test]
    async fn who_sends_too_slowly_reads_what_became_of_it_and_what_to_do() {
        let answer = async |accept: &'static str| {
            let asked =
                HeaderMap::from_iter([(header::ACCEPT, axum::http::HeaderValue::from_static(accept))]);
            let answer = PlainPages::default().refused(StatusCode::REQUEST_TIMEOUT, &asked, "x");
            assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            String::from_utf8(body.to_vec()).unwrap()
        };
        let page = answer("text/html").await;
        for says in
            ["This took too long to arrive", "Nothing was changed", "we cannot show it here", "Go back"]
        {
            assert!(page.contains(says), "{page}");
        }
        // Scripts treat it as a lost connection, which keeps what is typed.
        assert!(answer("application/json").await.contains("Offline"));
    }
}
