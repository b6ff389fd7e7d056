use domain::{
    FieldProblem,
    assessment::{PaperId, PaperState, authoring::PaperPage},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use serde::{Serialize, de::DeserializeOwned};

use super::{PaperTab, paper_tabs};
use crate::{
    assessment::authoring::api::load_paper,
    kit::{
        api::{ApiError, PageData},
        ui::{Breadcrumbs, FormErrors, Heading, Reply, Title},
    },
};

/// The paper that the address names.
pub fn use_paper() -> PageData<PaperPage> {
    of_paper(load_paper)
}

/// A page's view of the paper that the address names.
pub fn of_paper<T, F>(load: fn(String) -> F) -> PageData<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let params = use_params_map();
    PageData::new(move || params.read().get("paper").unwrap_or_default(), load)
}

/// The organisation that the address names, as written there.
pub fn use_organisation() -> String {
    use_params_map().with_untracked(|params| params.get("organisation").unwrap_or_default())
}

/// The place of a page.
#[derive(Debug, Clone, Default)]
pub struct Position {
    /// Steps below "Papers".
    pub steps: Vec<(String, String)>,
    /// The line above the heading: the paper, or the organisation.
    pub over: String,
}

/// The names of these pages' fields in the error summary: several take a number, or a time. A name with a hyphen at its
/// end is that of a list's field: `questions` alone is the part of a paper that is checked before publication.
const LABELS: &[(&str, &str)] = &[
    ("organisation", "Organisation"),
    ("title", "Title"),
    ("kind", "Kind"),
    ("opens", "Opens"),
    ("closes", "Closes"),
    ("limit_minutes", "Time limit"),
    ("attempts", "Attempts"),
    ("pass_percent", "Pass mark"),
    ("release", "When candidates see their results"),
    ("section_title", "Title of the section"),
    ("section_pass", "Pass mark of the section"),
    ("source", "About"),
    ("place", "Paper and section"),
    ("difficulty", "Difficulty"),
    ("questions-", "How many questions"),
    ("marks", "Marks for each"),
    ("extra_percent", "Extra time in %"),
    ("extra_minutes", "Extra minutes"),
    ("break_minutes", "Rest breaks"),
    ("minutes", "Minutes to add"),
    ("reason", "Reason"),
    ("withdraw_reason", "Reason"),
    ("close_reason", "Reason"),
    ("wording_reason", "Reason"),
    ("code_reason", "Reason"),
    ("note", "Incident"),
    ("right", "Right answer"),
];

/// A problem with the name of its field, for the summary: by its id or the part before the hyphen in it.
pub fn with_label(FieldProblem { field, problem }: FieldProblem) -> String {
    let named = |(id, _): &&(&str, &str)| {
        field
            .strip_prefix(id)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || id.ends_with('-'))
    };
    match LABELS.iter().find(named) {
        Some((_, label)) => format!("{label}: {}", problem.message()),
        None => problem.message().into_owned(),
    }
}

/// The top of a page about a paper.
#[component]
pub fn PaperHead(
    page: PaperPage,
    heading: &'static str,
    /// The tab that the page is. A page below a tab is none.
    #[prop(optional)]
    tab: Option<PaperTab>,
    reply: Reply,
) -> impl IntoView {
    paper_head(page.id, page.settings.title, page.state == PaperState::Draft, heading, tab, reply)
}

/// The same for a page that has no more of the paper: a browser would load the code that reads all of it.
pub fn paper_head(
    id: PaperId,
    title: String,
    draft: bool,
    heading: &'static str,
    tab: Option<PaperTab>,
    reply: Reply,
) -> AnyView {
    let steps = vec![(format!("/assessments/papers/{id}"), title.clone())];
    view! {
        <Head heading position=Position { steps, over: title } list=false reply />
        {paper_tabs(id, draft, tab)}
    }
    .into_any()
}

/// The top of a page about papers in general, or about data that an organisation shares between all of them.
#[component]
pub fn OrganisationHead(
    heading: &'static str,
    #[prop(optional)] position: Position,
    /// The list of papers itself, which is above the others.
    #[prop(optional)]
    list: bool,
    reply: Reply,
) -> impl IntoView {
    view! { <Head heading position list reply /> }
}

/// Title, breadcrumbs, problems and heading, in reading order.
#[component]
fn Head(heading: &'static str, position: Position, list: bool, reply: Reply) -> impl IntoView {
    let Position { steps: below, over } = position;
    let title = if over.is_empty() { heading.to_owned() } else { format!("{heading}: {over}") };
    let mut steps = vec![("/assessments".to_owned(), "Assessments".to_owned())];
    if !list {
        steps.push(("/assessments/papers".to_owned(), "Papers".to_owned()));
    }
    steps.extend(below);
    view! {
        <Title text=reply.title(&title) />
        <Breadcrumbs steps />
        <FormErrors reply words=Callback::new(with_label) />
        {(!over.is_empty()).then(|| view! { <p class="over">{over}</p> })}
        <Heading>{heading}</Heading>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::Problem;

    use super::*;

    #[test]
    fn a_problem_has_the_name_of_its_own_field() {
        let said = |field: &str| with_label(FieldProblem::new(field, Problem::QuestionsMissing));
        let message = Problem::QuestionsMissing.message().into_owned();
        assert_eq!(said("title"), format!("Title: {message}"));
        assert_eq!(said("questions-7"), format!("How many questions: {message}"));
        assert_eq!(said("questions"), message);
        assert_eq!(said("rightly"), message);
    }
}
