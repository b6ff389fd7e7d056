use std::future::Future;

use domain::kit::live::Topic;
use leptos::prelude::*;

use crate::kit::api::ApiError;

/// How what is shown stands against the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    Open,
    /// The server does not answer just now.
    Lost,
    /// Signed out, or no longer allowed to see it.
    Over,
}

/// When to ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// When the stream tells that whoever is signed in has come further in a course.
    OwnProgress,
    /// When the stream tells of this.
    Of(Topic),
    /// After so many seconds, for what nobody tells news of.
    Every(u32),
    /// The same; and something is due in so many seconds: then at once, and every few seconds from there on.
    Due { every: u32, due_in: u32 },
}

/// Asks whenever there is news, and gives what was found to `take`, for as long as the page is there. One question is under way at a
/// time: whatever news comes meanwhile, and for a moment afterwards, is asked for once. Says how it stands.
///
/// Nothing is asked while the tab is hidden, but once for what becomes due. After the answer that nobody is signed in, or that they may not
/// see it any more, nothing is asked until the tab is shown again.
pub fn keep_current<T, F>(
    news: Refresh,
    ask: impl Fn() -> F + 'static,
    take: impl Fn(T) + 'static,
) -> RwSignal<ConnectionState>
where
    T: 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let connection = RwSignal::new(ConnectionState::Open);
    #[cfg(feature = "hydrate")]
    super::asker::start(news, ask, take, connection);
    #[cfg(not(feature = "hydrate"))]
    let _ = (news, ask, take);
    connection
}

/// Says to somebody who watches a page to see what happens when it does not.
#[component]
pub fn StillCurrent(connection: RwSignal<ConnectionState>) -> impl IntoView {
    let text = move || match connection.get() {
        ConnectionState::Open => None,
        ConnectionState::Lost => {
            Some("The server does not answer. What you see may be out of date. We keep trying.")
        }
        ConnectionState::Over => Some("This page is not kept up to date any more. Load it again."),
    };
    // There from the start, so that what comes into it is read out.
    view! { <div aria-live="polite">{move || text().map(|text| view! { <p class="notice">{text}</p> })}</div> }
}
