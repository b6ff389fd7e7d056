use domain::assessment::PaperId;
use leptos::prelude::*;

/// A page of a paper that the others lead to. Those below them, such as its settings, are no tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperTab {
    /// The paper's own page: the tasks of a draft, or the candidates who sit it.
    Own,
    Questions,
    Preview,
    Try,
    Candidates,
    Results,
    Items,
    Change,
}

impl PaperTab {
    /// The end of the address, and the words.
    fn of(self, draft: bool) -> (&'static str, &'static str) {
        match self {
            Self::Own if draft => ("", "Draft"),
            Self::Own => ("", "Watch"),
            Self::Questions => ("/questions", "Questions"),
            Self::Preview => ("/preview", "Preview"),
            Self::Try => ("/try", "Try as a candidate"),
            Self::Candidates => ("/candidates", "Candidates"),
            Self::Results => ("/results", "Results"),
            Self::Items => ("/items", "Item analysis"),
            Self::Change if draft => ("/change", "Copy"),
            Self::Change => ("/change", "Change or copy"),
        }
    }
}

const OF_A_DRAFT: &[PaperTab] = &[
    PaperTab::Own,
    PaperTab::Questions,
    PaperTab::Candidates,
    PaperTab::Preview,
    PaperTab::Try,
    PaperTab::Change,
];

const OF_A_PAPER: &[PaperTab] = &[
    PaperTab::Own,
    PaperTab::Candidates,
    PaperTab::Preview,
    PaperTab::Try,
    PaperTab::Results,
    PaperTab::Items,
    PaperTab::Change,
];

/// The way between the pages of a paper: the same on each of them. The one that is shown says so.
pub fn paper_tabs(paper: PaperId, draft: bool, here: Option<PaperTab>) -> AnyView {
    let tab = move |tab: &PaperTab| {
        let (end, words) = tab.of(draft);
        let href = format!("/assessments/papers/{paper}{end}");
        let current = (Some(*tab) == here).then_some("page");
        view! { <li><a href=href aria-current=current>{words}</a></li> }
    };
    let tabs = if draft { OF_A_DRAFT } else { OF_A_PAPER };
    view! {
        <nav aria-label="This paper" class="on-screen">
            <ul class="paper-links">{tabs.iter().map(tab).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn each_page_of_a_paper_is_one_of_its_tabs_and_the_only_current_one() {
        for (draft, tabs) in [(true, OF_A_DRAFT), (false, OF_A_PAPER)] {
            for tab in tabs {
                let paper = PaperId(uuid::Uuid::nil());
                let html = Owner::new().with(|| paper_tabs(paper, draft, Some(*tab)).to_html());
                let (end, words) = tab.of(draft);
                assert_eq!(html.matches("aria-current=\"page\"").count(), 1, "{html}");
                let current = html.split("<a ").find(|link| link.contains("aria-current")).unwrap();
                let href = format!("href=\"/assessments/papers/{paper}{end}\"");
                assert!(current.contains(&href) && current.contains(words), "{current}");
            }
        }
    }

    #[test]
    fn a_draft_has_no_results() {
        let ends = |tabs: &[PaperTab], draft| tabs.iter().map(|tab| tab.of(draft).0).collect::<Vec<_>>();
        assert!(!ends(OF_A_DRAFT, true).contains(&"/results"));
        assert!(ends(OF_A_PAPER, false).contains(&"/results"));
    }
}
