use domain::FieldProblem;
use leptos::prelude::*;

use super::{Reply, Title, page_address, whenever};
#[cfg(feature = "hydrate")]
use crate::kit::navigation;
use crate::{
    assessment::AskReason,
    kit::{
        api::{ApiError, ErrorKind},
        navigation::Heading,
    },
};

/// The problems of a form, at its top: each line leads to its field. Takes the focus when it appears, with the page
/// (`autofocus`) or later.
#[component]
pub fn ErrorSummary(
    #[prop(into)] problems: Signal<Vec<FieldProblem>>,
    /// States a problem in words of its own, with the name of the field.
    #[prop(optional, into)]
    words: Option<Callback<FieldProblem, String>>,
) -> impl IntoView {
    let summary = NodeRef::<leptos::html::Div>::new();
    whenever(move || {
        if !problems.read().is_empty()
            && let Some(summary) = summary.get()
        {
            let _ = summary.focus();
        }
    });
    // A closure in a `view!` that gives an `AnyView` has the one type of all of them.
    view! { {move || summed_up(problems.get(), words, summary)} }
}

fn summed_up(
    problems: Vec<FieldProblem>,
    words: Option<Callback<FieldProblem, String>>,
    summary: NodeRef<leptos::html::Div>,
) -> AnyView {
    if problems.is_empty() {
        return ().into_any();
    }
    let line = |problem: FieldProblem| {
        let href = format!("#{}", problem.field);
        let message = problem.problem.message();
        let words = words.map_or_else(|| message.into_owned(), |words| words.run(problem));
        // The browser itself moves the focus into the field.
        view! { <li><a href=href rel="external">{words}</a></li> }
    };
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title" node_ref=summary>
            <h2 id="error-summary-title">"There is a problem"</h2>
            <ul>{problems.into_iter().map(line).collect_view()}</ul>
        </div>
    }
    .into_any()
}

/// The problems of a form of the page, or why it could not be accepted. Every page with a form has this at the top.
#[component]
pub fn FormErrors(
    reply: Reply,
    /// States a problem in words of its own, with the name of the field.
    #[prop(optional, into)]
    words: Option<Callback<FieldProblem, String>>,
) -> impl IntoView {
    let failed = Memo::new(move |_| reply.failed());
    let summary = match words {
        Some(words) => view! { <ErrorSummary problems=reply.problems() words /> }.into_any(),
        None => view! { <ErrorSummary problems=reply.problems() /> }.into_any(),
    };
    view! {
        {summary}
        {move || match failed.get() {
            Some(text) => view! {
                <Refused>
                    {text}
                    {reply.is_signed_out().then(|| view! { " "<a href="/sign-in" target="_blank" rel="noopener">"Sign in in another tab"</a> })}
                </Refused>
            }.into_any(),
            None => ().into_any(),
        }}
    }
}

/// Why a form without problems could not be accepted. It takes the focus when it appears, as the summary does: the
/// pressed button may be far below.
#[component]
pub fn Refused(children: Children) -> impl IntoView {
    let notice = NodeRef::<leptos::html::P>::new();
    whenever(move || {
        if let Some(notice) = notice.get() {
            let _ = notice.focus();
        }
    });
    view! { <p class="notice" role="alert" tabindex="-1" autofocus node_ref=notice>{children()}</p> }
}

/// The effect of the last form, as long as no other has failed since. With scripts a page that is loaded again does not say it again.
#[component]
pub fn Done(reply: Reply, #[prop(into)] text: Option<String>) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if text.is_some() {
        expect_context::<navigation::Navigation>().says_once();
    }
    let text = StoredValue::new(text);
    view! {
        {move || {
            if reply.any() {
                text.set_value(None);
            }
            match text.get_value() {
                Some(text) => view! { <p class="notice success" role="status">{text}</p> }.into_any(),
                None => ().into_any(),
            }
        }}
    }
}

/// Replaces a page that cannot be shown.
#[component]
pub fn ErrorPage(
    error: ApiError,
    /// Fetches the page once more, if that is possible without loading the document.
    #[prop(optional, into)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    let (title, text) = match error.kind {
        ErrorKind::NotFound | ErrorKind::Invalid | ErrorKind::Unfinished => return NotFound().into_any(),
        ErrorKind::ReasonNeeded => {
            return view! { <AskReason about=error.about.unwrap_or_default() /> }.into_any();
        }
        ErrorKind::SignedOut => (
            "You have been signed out",
            "Your time was up, or you signed out somewhere else. Nothing that you did is lost.",
        ),
        ErrorKind::Offline => (
            "We cannot reach the server",
            "Check your connection, then try again. Nothing that you did is lost.",
        ),
        ErrorKind::Unavailable | ErrorKind::Unreadable => (
            "The service is not available just now",
            "It should be back in a few minutes. Nothing that you did is lost.",
        ),
        ErrorKind::Failed => {
            ("Sorry, something went wrong", "The fault is ours, and it has been logged. Please try again.")
        }
    };
    // A temporary failure is retried automatically.
    #[cfg(feature = "hydrate")]
    if let Some(again) = again
        .filter(|_| matches!(error.kind, ErrorKind::Offline | ErrorKind::Unavailable | ErrorKind::Unreadable))
    {
        whenever(move || navigation::try_again(again));
    }
    let asked_again = move |event: leptos::ev::MouseEvent| {
        if let Some(again) = again {
            event.prevent_default();
            again.run(());
        }
    };
    view! {
        <Title text=title />
        <div class="narrow">
            <Heading>{title}</Heading>
            <p>{text}</p>
            {match error.kind {
                ErrorKind::SignedOut => view! { <p><a class="button" href="/sign-in">"Sign in"</a></p> }.into_any(),
                _ => view! { <p><a class="button secondary" href=page_address() rel="external" on:click=asked_again>"Try again"</a></p> }.into_any(),
            }}
            {error
                .request_id
                .filter(|_| error.kind == ErrorKind::Failed)
                .map(|id| view! { <p class="hint">"If it keeps happening, tell us this number: "<code>{id}</code></p> })}
        </div>
    }
    .into_any()
}

/// For an address without a page in this application. The server may know it all the same: the browser requests a
/// document, unless the server has just said that there is none.
#[component]
pub fn Elsewhere() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if !navigation::is_first_page() {
        navigation::load_document();
        return ().into_any();
    }
    view! { <NotFound /> }.into_any()
}

/// For every unknown address, and for pages of another person.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Page not found" />
        <div class="narrow">
            <Heading>"Page not found"</Heading>
            <p>"If you typed the address, check that it is right. If you followed a link, the page may have moved, or it may be for other people."</p>
            <p><a class="button secondary" href="/">"Go to the start"</a></p>
            <p>"Or to " <a href="/learn">"My courses"</a> ", " <a href="/assessments">"Assessments"</a> " or " <a href="/help">"Help"</a> "."</p>
        </div>
    }
}
