use domain::{FieldProblem, cohorts::CohortId};
use leptos::prelude::*;

use crate::kit::ui::{Breadcrumbs, FormErrors, Heading, Reply, Title};

/// Title, breadcrumbs, problems and heading of a page below that of a cohort.
#[component]
pub fn Head(
    cohort: CohortId,
    name: String,
    organisation: String,
    #[prop(into)] heading: String,
    /// States a problem in words of its own, with the name of the field.
    #[prop(optional, into)]
    words: Option<Callback<FieldProblem, String>>,
    reply: Reply,
) -> impl IntoView {
    let steps =
        vec![("/cohorts".to_owned(), "Cohorts".to_owned()), (format!("/cohorts/{cohort}"), name.clone())];
    let own = |FieldProblem { problem, .. }: FieldProblem| problem.message().into_owned();
    let words = words.unwrap_or_else(|| Callback::new(own));
    view! {
        <Title text=reply.title(format!("{heading}: {name}")) />
        <Breadcrumbs steps />
        <FormErrors reply words />
        <p class="over">{organisation}", "{name}</p>
        <Heading>{heading}</Heading>
    }
}
