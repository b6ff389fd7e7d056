use domain::{Moment, ago};
use leptos::prelude::*;

/// A time in the server's words, with a machine-readable one.
#[component]
pub fn Time(moment: Moment) -> impl IntoView {
    view! { <time datetime=moment.utc>{moment.london}</time> }
}

/// How long ago a time is, where a list has many of them. The time itself is its title, and what a screen reader reads after it.
#[component]
pub fn Ago(
    moment: Moment,
    /// How many days ago, in London.
    days: u32,
) -> impl IntoView {
    let title = moment.london.clone();
    view! {
        <time datetime=moment.utc title=title>
            {ago(days)}<span class="visually-hidden">", "{moment.london}</span>
        </time>
    }
}

/// A time where a table has many of them, on one line.
#[component]
pub fn ShortTime(moment: Moment) -> impl IntoView {
    let short = moment.short();
    view! { <time class="number" datetime=moment.utc title=moment.london>{short}</time> }
}
