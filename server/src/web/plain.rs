//! The pages of last resort, which need neither database nor application: plain HTML with the site's own style.

use std::{any::Any, path::Path, sync::Arc};

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use tower_http::catch_panic::ResponseForPanic;

#[derive(Default)]
pub(super) struct PlainPages {
    /// Address of the built style sheet, whose name has a hash in it.
    style: Option<String>,
}

impl PlainPages {
    pub(super) fn new(site_root: &Path) -> Self {
        let names = std::fs::read_dir(site_root.join("pkg")).into_iter().flatten();
        let style = names
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .find(|name| name.ends_with(".css"))
            .map(|name| format!("/pkg/{name}"));
        Self { style }
    }

    /// The database is away.
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
        let page = self.page(
            "Sorry, something went wrong",
            &format!(
                "<p>The fault is ours, and it has been logged. Please try again.</p>\
                 <p class=\"hint\">If it keeps happening, tell us this number: <code>{request_id}</code></p>"
            ),
        );
        (StatusCode::INTERNAL_SERVER_ERROR, [(header::CACHE_CONTROL, "no-store")], page)
    }

    fn page(&self, title: &str, text: &str) -> Html<String> {
        let style = self
            .style
            .as_ref()
            .map(|style| format!("<link rel=\"stylesheet\" href=\"{style}\">"))
            .unwrap_or_default();
        Html(format!(
            "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><title>{title} – {site}</title>{style}</head><body>\
             <header class=\"site-header\"><div class=\"width\"><a class=\"site-name\" href=\"/\">{site}</a></div></header>\
             <main id=\"main\"><div class=\"narrow\"><h1>{title}</h1>{text}</div></main></body></html>",
            site = app::ui::SITE,
        ))
    }
}

/// In place of a handler that panicked.
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
        // The handler for panics is not told of the request: the span that the log line stands in has the id.
        let request_id = super::headers::current_request_id();
        self.0.failed(&request_id).into_response()
    }
}
