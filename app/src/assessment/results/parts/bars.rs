use domain::assessment::results::whole_percent;
use leptos::prelude::*;

/// One bar: the marks reached out of the marks available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub label: String,
    pub mark: u32,
    pub available: u32,
    /// The place of a line across the bar, in per cent.
    pub pass_percent: Option<u8>,
    /// More text under the bar.
    pub note: Option<String>,
}

impl Bar {
    /// Whole per cent, rounded down like marks.
    fn percent(&self) -> u32 {
        whole_percent(self.mark, self.available).min(100)
    }
}

/// Bars in a column. They are decoration, because the numbers are beside them. Attributes draw them, because the content security policy
/// allows no `style`.
#[component]
pub fn Bars(bars: Vec<Bar>) -> impl IntoView {
    view! { <ul class="bars">{bars.into_iter().map(|bar| view! { <BarItem bar /> }).collect_view()}</ul> }
}

#[component]
fn BarItem(bar: Bar) -> impl IntoView {
    let percent = bar.percent();
    let number = format!("{} of {} ({percent}%)", bar.mark, bar.available);
    view! {
        <li>
            <span class="bar-label">{bar.label}</span>
            <span class="number">{number}</span>
            <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <rect class="bar-whole" width="100" height="4" />
                <rect class="bar-part" width=percent.to_string() height="4" />
                {bar.pass_percent.map(|at| view! {
                    <rect class="bar-pass" x=at.min(99).to_string() width="0.6" height="4" />
                })}
            </svg>
            {bar.note.map(|note| view! { <span class="bar-note">{note}</span> })}
        </li>
    }
}
