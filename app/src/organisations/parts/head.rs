use domain::{FieldProblem, organisations::OrganisationHead};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::kit::ui::{Breadcrumbs, FormErrors, Heading, Reply, Title};

/// The organisation that the address names, as written there.
pub fn use_slug() -> impl Fn() -> String + Copy + Send + Sync {
    let params = use_params_map();
    move || params.read().get("slug").unwrap_or_default()
}

/// Title, breadcrumbs, problems and heading of a page below that of an organisation.
#[component]
pub fn Head(
    head: OrganisationHead,
    #[prop(into)] heading: String,
    /// The step between the organisation and this page: the end of its address, and its name.
    #[prop(optional)]
    below: Option<(&'static str, &'static str)>,
    /// States a problem in words of its own, with the name of the field.
    #[prop(optional, into)]
    words: Option<Callback<FieldProblem, String>>,
    reply: Reply,
) -> impl IntoView {
    let base = format!("/organisation/{}", head.slug);
    let mut steps = vec![("/cohorts".to_owned(), "Cohorts".to_owned()), (base.clone(), head.name.clone())];
    steps.extend(below.map(|(end, name)| (format!("{base}/{end}"), name.to_owned())));
    let own = |FieldProblem { problem, .. }: FieldProblem| problem.message().into_owned();
    let words = words.unwrap_or_else(|| Callback::new(own));
    view! {
        <Title text=reply.title(format!("{heading}: {}", head.name)) />
        <Breadcrumbs steps />
        <FormErrors reply words />
        <p class="over">{head.name}</p>
        <Heading>{heading}</Heading>
    }
}
