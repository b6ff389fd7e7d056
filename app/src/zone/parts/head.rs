use domain::{FieldProblem, zone::AreaHead};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::kit::ui::{Breadcrumbs, FormErrors, Heading, Reply, Title};

/// The area that the address names, as written there.
pub fn use_area() -> impl Fn() -> String + Copy + Send + Sync {
    let params = use_params_map();
    move || params.read().get("area").unwrap_or_default()
}

/// Title, breadcrumbs, problems and heading of a page below that of an area.
#[component]
pub fn Head(
    head: AreaHead,
    #[prop(into)] heading: String,
    /// The step between the area and this page: the end of its address, and its name.
    #[prop(optional)]
    below: Option<(&'static str, &'static str)>,
    reply: Reply,
) -> impl IntoView {
    let base = format!("/zone/{}", head.slug);
    let mut steps = vec![("/zone".to_owned(), "NMP Zone".to_owned()), (base.clone(), head.name.clone())];
    steps.extend(below.map(|(end, name)| (format!("{base}/{end}"), name.to_owned())));
    let own = |FieldProblem { problem, .. }: FieldProblem| problem.message().into_owned();
    view! {
        <Title text=reply.title(format!("{heading}: {}", head.name)) />
        <Breadcrumbs steps />
        <FormErrors reply words=Callback::new(own) />
        <p class="over">{head.name}</p>
        <Heading>{heading}</Heading>
    }
}
