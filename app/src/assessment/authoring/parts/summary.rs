use domain::{assessment::authoring::PaperPage, count};
use leptos::prelude::*;

use crate::kit::ui::Time;

fn yes(on: bool) -> &'static str {
    if on { "Yes" } else { "No" }
}

/// The settings of a paper, to read.
#[component]
pub fn SettingsSummary(
    page: PaperPage,
    /// With the access code. Elsewhere the list of candidates shows it: see `CandidateList`.
    #[prop(optional)]
    with_code: bool,
) -> impl IntoView {
    let settings = page.settings;
    let code = if settings.access_code.is_empty() { "None".to_owned() } else { settings.access_code };
    let instructions =
        if settings.instructions.is_empty() { "None".to_owned() } else { settings.instructions };
    let notes = page.time_notes.into_iter().map(|note| view! { <p class="notice">{note}</p> }).collect_view();
    view! {
        {notes}
        <dl class="summary-list">
            <div><dt>"Title"</dt><dd>{settings.title}</dd></div>
            <div><dt>"Kind"</dt><dd>{settings.kind.label()}</dd></div>
            <div><dt>"Organisation"</dt><dd>{page.organisation}</dd></div>
            <div><dt>"Instructions"</dt><dd class="as-typed">{instructions}</dd></div>
            <div><dt>"Opens"</dt><dd><Time moment=page.opens /></dd></div>
            <div><dt>"Closes"</dt><dd><Time moment=page.closes /></dd></div>
            <div><dt>"Time limit"</dt><dd>{count(settings.limit_minutes, "minute")}</dd></div>
            <div><dt>"Attempts"</dt><dd>{settings.attempts}</dd></div>
            <div><dt>"Pass mark"</dt><dd>{settings.pass_percent}"%"</dd></div>
            <div><dt>"Calculator"</dt><dd>{yes(settings.calculator)}</dd></div>
            <div><dt>"Questions in random order"</dt><dd>{yes(settings.shuffle)}</dd></div>
            <div><dt>"Hints"</dt><dd>{yes(settings.hints)}</dd></div>
            <div><dt>"Results"</dt><dd>{settings.release.label()}</dd></div>
            {with_code.then(|| view! { <div><dt>"Access code"</dt><dd>{code}</dd></div> })}
        </dl>
    }
}
