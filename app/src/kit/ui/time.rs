use domain::Moment;
use leptos::prelude::*;

/// A time in the server's words, with a machine-readable one.
#[component]
pub fn Time(moment: Moment) -> impl IntoView {
    view! { <time datetime=moment.utc>{moment.london}</time> }
}
