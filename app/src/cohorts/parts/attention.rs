//! Who needs attention: a link for each reason, its rule in words, and the reasons of one student.

use domain::{
    cohorts::{AttentionShown, CohortPage, Reason, StudentFilters},
    kit::list::{Choice, Filter},
};
use leptos::prelude::*;

use super::StudentList;

/// A link for each reason, with how many students have it, and the rule of the one that is chosen. Without closures, for it is in what is
/// drawn anew with the table.
pub fn tabs(list: &StudentList, page: &CohortPage) -> impl IntoView + use<> {
    let chosen = list.query.filters.attention;
    let tab = |shown: AttentionShown| {
        let filters = StudentFilters { attention: shown, ..list.query.filters.clone() };
        let mut query = list.query.first();
        query.filters = filters;
        let (href, id) = (query.link(&list.base), format!("attention-{}", shown.as_str()));
        let number = page.attention.of(shown, page.students.in_all);
        let current = (shown == chosen).then_some("true");
        view! {
            <li><a id=id href=href aria-current=current data-noscroll="">{words(shown)}" "<span class="number">{number}</span></a></li>
        }
    };
    let tabs: Vec<_> = AttentionShown::ALL.iter().copied().map(tab).collect();
    view! {
        <nav class="attention-tabs on-screen" aria-label="Who needs attention"><ul>{tabs}</ul></nav>
        <p class="hint">{rule(chosen, page)}</p>
    }
}

fn words(shown: AttentionShown) -> &'static str {
    match shown {
        AttentionShown::Any => "Need attention",
        other => other.label(),
    }
}

/// What makes a student appear here.
fn rule(shown: AttentionShown, page: &CohortPage) -> String {
    match shown {
        AttentionShown::Everybody => "Everybody in the cohort. The other lists say what they go by.".to_owned(),
        AttentionShown::Any => "Everybody to whom one of the rules applies: not seen for 14 days, never seen, a check not passed, or behind. The reason stands below the name.".to_owned(),
        AttentionShown::NotSeen => {
            "Who has modules left, and has opened no page of the course for 14 days.".to_owned()
        }
        AttentionShown::Never => "Who has not opened a page of the course yet.".to_owned(),
        AttentionShown::Check => {
            "Who has tried the same check three times or more, and has not passed it.".to_owned()
        }
        AttentionShown::Behind if page.dated => {
            "Who has not completed a module whose target date is over.".to_owned()
        }
        AttentionShown::Behind => {
            let median = page.median.unwrap_or_default();
            format!(
                "No module has a target date. So these are the students who have completed more than one module less than the median of the cohort, which is {median}."
            )
        }
    }
}

/// Why a student needs attention, below their name.
#[component]
pub fn Reasons(reasons: Vec<Reason>) -> impl IntoView {
    let reasons: Vec<_> =
        reasons.into_iter().map(|reason| view! { <span class="reason">{reason.words()}</span> }).collect();
    reasons
}

#[cfg(test)]
mod tests {
    use domain::{
        cohorts::{AttentionCounts, CohortId, Quarters},
        kit::list::Page,
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_rule_of_who_is_behind_says_what_it_goes_by() {
        let page = |dated, median| CohortPage {
            id: CohortId(Uuid::nil()),
            name: String::new(),
            organisation: String::new(),
            course: String::new(),
            modules: Vec::new(),
            students: Page { rows: Vec::new(), found: 0, in_all: 0, next: None, anew: false },
            attention: AttentionCounts::default(),
            dated,
            median,
            at: None,
        };
        let behind = |page: CohortPage| rule(AttentionShown::Behind, &page);
        assert!(behind(page(true, None)).contains("target date is over"));
        assert!(behind(page(false, Some(Quarters(18)))).ends_with("which is 4.5."));
        let said: std::collections::BTreeSet<_> =
            AttentionShown::ALL.iter().map(|shown| rule(*shown, &page(true, None))).collect();
        assert_eq!(said.len(), AttentionShown::ALL.len());
    }
}
