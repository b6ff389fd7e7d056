use leptos::prelude::*;

use super::setting::CameBack;
use crate::ui::{Breadcrumbs, ErrorSummary, Heading, Title};

/// The top of a page on which a paper is run or looked back at: way, problems, what was done, and heading, in the order in
/// which they are read.
#[component]
pub fn RunHead(
    /// Address and name of each step below "Papers".
    steps: Vec<(String, String)>,
    #[prop(into)] heading: String,
    /// The line above the heading.
    #[prop(into)]
    over: String,
    came_back: CameBack,
    /// What the form that was sent last has done.
    done: Option<String>,
) -> impl IntoView {
    let title = if over.is_empty() { heading.clone() } else { format!("{heading}: {over}") };
    let failed = came_back.failed();
    let done = done.filter(|_| failed.is_none() && came_back.problems().is_empty());
    let way = [("/assessments", "Assessments"), ("/assessments/papers", "Papers")];
    let way = way.into_iter().map(|(href, name)| (href.to_owned(), name.to_owned())).chain(steps).collect();
    view! {
        <Title text=came_back.title(&title) />
        <Breadcrumbs steps=way />
        <ErrorSummary problems=came_back.problems() />
        {failed.map(|text| view! { <p class="notice" role="alert">{text}</p> })}
        {done.map(|text| view! { <p class="notice success" role="status">{text}</p> })}
        {(!over.is_empty()).then(|| view! { <p class="over">{over}</p> })}
        <Heading>{heading}</Heading>
    }
}
