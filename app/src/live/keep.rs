use leptos::prelude::*;

/// How the page stands against the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part of this file uses it"))]
enum Way {
    Open,
    /// The server does not answer just now.
    Lost,
    /// Signed out, or no longer allowed to see it.
    Over,
}

/// Keeps every element of the page that has an id and `data-live` equal to what the server would draw now, whatever changes it,
/// here or on another device. One on a page is enough.
#[island]
pub fn KeepCurrent(
    /// The page to fetch, where it is not the one that is shown: one whose opening is recorded is not fetched again and again.
    #[prop(optional_no_strip)]
    from: Option<String>,
    /// Listens to the news of this cohort too, for whoever may follow it.
    #[prop(optional, into)]
    cohort: Option<String>,
    /// Asks every so many seconds, for what nobody tells news of.
    #[prop(optional, into)]
    every: Option<u32>,
    /// Something is due in so many seconds: then it asks at once, and every few seconds from there on.
    #[prop(optional, into)]
    due_in: Option<u32>,
    /// Somebody watches the page to see what happens: it is said when it does not.
    watched: bool,
) -> impl IntoView {
    let way = RwSignal::new(Way::Open);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        browser::keep(from.clone(), cohort.as_deref(), every, way);
        if let Some(seconds) = due_in {
            browser::keep_from(seconds, from.clone(), way);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (from, cohort, every, due_in);
    let text = move || match way.get() {
        Way::Open => None,
        Way::Lost => Some("The server does not answer. What you see may be out of date. We keep trying."),
        Way::Over => Some("This page is not kept up to date any more. Load it again."),
    };
    // There from the start, so that what comes into it is read out.
    watched.then(|| {
        view! { <div aria-live="polite">{move || text().map(|text| view! { <p class="notice">{text}</p> })}</div> }
    })
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Document, DomParser, Element, Response, SupportedType};

    use super::Way;
    use crate::live::{Found, News, listen, morph::morph};

    pub fn keep(from: Option<String>, cohort: Option<&str>, every: Option<u32>, way: RwSignal<Way>) {
        let news = match (every, cohort) {
            (Some(seconds), _) => News::Every(Duration::from_secs(seconds.into())),
            (None, Some(cohort)) => News::Stream(format!("/live?cohort={cohort}")),
            (None, None) => News::Stream("/live".to_owned()),
        };
        let ask = move || {
            let url = from.clone().or_else(|| window().location().href().ok()).unwrap_or_default();
            async move { fetch(&url).await.unwrap_or(Found::Lost) }
        };
        listen(news, ask, move |found| {
            way.set(match &found {
                Found::Now(_) => Way::Open,
                Found::Lost => Way::Lost,
                Found::Over => Way::Over,
            });
            if let Found::Now(drawn) = found {
                put_in(&drawn);
            }
        });
    }

    /// Everybody who waits for the same thing asks within these milliseconds, and not at the same moment.
    const SPREAD: f64 = 2_000.0;
    /// More than this nobody waits in front of a page.
    const LONGEST: u32 = 24 * 60 * 60;

    pub fn keep_from(seconds: u32, from: Option<String>, way: RwSignal<Way>) {
        if seconds > LONGEST {
            return;
        }
        let now = window().performance().map(|clock| clock.now()).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the spread")]
        let spread = (now * 1_000.0 % SPREAD) as u64;
        let due = Duration::from_secs(seconds.into()) + Duration::from_millis(spread);
        set_timeout(move || keep(from, None, Some(3), way), due);
    }

    /// The page as the server draws it now. Who is signed out is sent elsewhere.
    async fn fetch(url: &str) -> Result<Found<Document>, JsValue> {
        let response: Response = JsFuture::from(window().fetch_with_str(url)).await?.dyn_into()?;
        if response.redirected() || response.status() == 404 {
            return Ok(Found::Over);
        }
        if !response.ok() {
            return Ok(Found::Lost);
        }
        let html = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        DomParser::new()?.parse_from_string(&html, SupportedType::TextHtml).map(Found::Now)
    }

    fn put_in(drawn: &Document) {
        let Ok(live) = document().query_selector_all("[data-live]") else { return };
        for shown in (0..live.length()).filter_map(|n| live.get(n)?.dyn_into::<Element>().ok()) {
            if let Some(new) = drawn.get_element_by_id(&shown.id()) {
                morph(&shown, &new);
            }
        }
    }
}
