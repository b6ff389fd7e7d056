use leptos::prelude::*;

use crate::{
    assessment::authoring::parts::with_label,
    kit::ui::{Breadcrumbs, Done, FormErrors, Heading, Reply, Title},
};

/// The top of a page on which a paper is run or reviewed: breadcrumbs, problems, the result of the last action, and
/// heading, in reading order.
#[component]
pub fn RunHead(
    /// Address and name of each step below "Papers".
    steps: Vec<(String, String)>,
    #[prop(into)] heading: String,
    /// The line above the heading.
    #[prop(into)]
    over: String,
    reply: Reply,
    /// The effect of the last form.
    done: Option<String>,
) -> impl IntoView {
    let title = if over.is_empty() { heading.clone() } else { format!("{heading}: {over}") };
    let way = [("/assessments", "Assessments"), ("/assessments/papers", "Papers")];
    let way = way.into_iter().map(|(href, name)| (href.to_owned(), name.to_owned())).chain(steps).collect();
    view! {
        <Title text=reply.title(&title) />
        <Breadcrumbs steps=way />
        <FormErrors reply words=Callback::new(with_label) />
        <Done reply text=done />
        {(!over.is_empty()).then(|| view! { <p class="over">{over}</p> })}
        <Heading>{heading}</Heading>
    }
}
