use std::future::Future;

use domain::kit::live::Topic;
use leptos::prelude::*;

use crate::kit::api::ApiError;

/// How the shown data compares with the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    Open,
    /// The server does not reply just now.
    Lost,
    /// Signed out, or no longer allowed to see it.
    Over,
}

/// When to ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// When the stream has news that the signed-in person has made progress in a course.
    OwnProgress,
    /// When the stream has news of this topic.
    Of(Topic),
    /// After this number of seconds, for data that makes no news.
    Every(u32),
    /// The same; and something is due in this number of seconds: then at once, and every few seconds from there on.
    Due { every: u32, due_in: u32 },
}

/// Asks whenever there is news, and passes the result to `take`, for as long as the page is there. One request runs at
/// a time: all news during it, and for a moment afterwards, causes one more. Returns the state of the data.
///
/// Nothing is requested while the tab is hidden, except once when something becomes due. After a reply that the person
/// is signed out, or has lost permission, nothing is requested until the tab is shown again.
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

/// Tells a person who watches a page when it is not up to date.
#[component]
pub fn StillCurrent(connection: RwSignal<ConnectionState>) -> impl IntoView {
    // There from the start, so that screen readers announce its later text.
    view! { <div aria-live="polite">{move || notice(connection.get())}</div> }
}

fn notice(connection: ConnectionState) -> AnyView {
    let text = match connection {
        ConnectionState::Open => return ().into_any(),
        ConnectionState::Lost => {
            "The server does not answer. What you see may be out of date. We keep trying."
        }
        ConnectionState::Over => "This page is not kept up to date any more. Load it again.",
    };
    view! { <p class="notice">{text}</p> }.into_any()
}
