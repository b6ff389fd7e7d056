use domain::{
    assessment::authoring::{PaperPage, SectionView},
    count,
};
use leptos::prelude::*;

use crate::kit::ui::Tick;

/// The progress of a step towards publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Completed,
    InProgress,
    NotStarted,
    /// Nothing is wrong with it, but the setter should check it.
    ToCheck,
    Ready,
    CannotYet,
}

impl Stage {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Completed => ("tag tag-completed", "Completed"),
            Self::InProgress => ("tag tag-in-progress", "In progress"),
            Self::NotStarted => ("tag", "Not yet started"),
            Self::ToCheck => ("tag tag-in-progress", "To check"),
            Self::Ready => ("tag tag-in-progress", "Ready"),
            Self::CannotYet => ("tag", "Cannot start yet"),
        }
    }
}

/// Until they are saved, a paper has settings that the setter did not choose for it: the usual ones, or for a copy the
/// usual times.
fn settings(page: &PaperPage) -> Stage {
    if page.versions.settings == 0 { Stage::ToCheck } else { Stage::Completed }
}

fn questions(page: &PaperPage) -> Stage {
    let empty = |section: &SectionView| section.questions() == 0;
    match (page.sections.is_empty(), page.sections.iter().any(empty)) {
        (true, _) => Stage::NotStarted,
        (false, true) => Stage::InProgress,
        (false, false) => Stage::Completed,
    }
}

fn candidates(page: &PaperPage) -> Stage {
    let cohort = page.cohorts.iter().any(|cohort| cohort.chosen);
    let anybody = cohort || page.named > 0 || !page.settings.access_code.is_empty();
    if anybody { Stage::Completed } else { Stage::NotStarted }
}

/// How many may sit it: "2 cohorts, 1 learner by address".
pub fn who_sits(page: &PaperPage) -> String {
    let cohorts = page.cohorts.iter().filter(|cohort| cohort.chosen).count();
    let cohorts = count(u32::try_from(cohorts).unwrap_or(0), "cohort");
    format!("{cohorts}, {} by address", count(page.named, "learner"))
}

/// The remaining tasks of a draft, with their places.
#[component]
pub fn Tasks(page: PaperPage) -> impl IntoView {
    let (questions, candidates) = (questions(&page), candidates(&page));
    let (minutes, marks) = (count(page.settings.limit_minutes, "minute"), count(page.marks(), "mark"));
    let complete = (questions, candidates) == (Stage::Completed, Stage::Completed);
    let ready = |yes: bool| if yes { Stage::Ready } else { Stage::CannotYet };
    let tasks = [
        (
            "settings",
            "Settings",
            settings(&page),
            format!("{minutes}, pass mark {}%", page.settings.pass_percent),
        ),
        ("questions", "Questions", questions, format!("{}, {marks}", count(page.questions(), "question"))),
        ("candidates", "Candidates", candidates, who_sits(&page)),
        (
            "preview",
            "Preview",
            ready(page.questions() > 0),
            "See the questions with their answers".to_owned(),
        ),
        (
            "publish",
            "Check and publish",
            ready(complete),
            if complete {
                "See everything once more, then publish"
            } else {
                "Questions and candidates come first"
            }
            .to_owned(),
        ),
    ];
    let task = |(path, name, stage, about): (&str, &'static str, Stage, String)| {
        let (class, words) = stage.words();
        let named = match stage {
            // Nothing is there to do yet.
            Stage::CannotYet => view! { <strong>{name}</strong> }.into_any(),
            _ => view! {
                <a href=format!("/assessments/papers/{}/{path}", page.id) aria-describedby=format!("{path}-stage")>{name}</a>
            }
            .into_any(),
        };
        view! {
            <li>
                <div class="task-text">
                    {named}
                    <p class="hint">{about}</p>
                </div>
                <span class=class id=format!("{path}-stage")>{(stage == Stage::Completed).then(|| view! { <Tick /> })}{words}</span>
            </li>
        }
    };
    view! { <ul class="task-list">{tasks.map(task).into_iter().collect_view()}</ul> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::assessment::authoring::parts::sample::draft;

    #[test]
    fn only_what_can_be_done_is_a_link() {
        // It has no questions yet.
        let page = draft();
        let id = page.id;
        let html = Owner::new().with(|| view! { <Tasks page /> }.to_html());
        for (path, ready) in [("settings", true), ("questions", true), ("preview", false), ("publish", false)]
        {
            let link = format!("href=\"/assessments/papers/{id}/{path}\"");
            assert_eq!(html.contains(&link), ready, "{path}: {html}");
        }
    }

    #[test]
    fn settings_have_to_be_checked_until_they_are_saved() {
        let mut copy = draft();
        assert_eq!(settings(&copy), Stage::ToCheck);
        // The other paper does not determine the times, which a copy has by default.
        (copy.settings.instructions, copy.settings.pass_percent) = ("Bring a pen.".into(), 77);
        assert_eq!(settings(&copy), Stage::ToCheck);
        copy.versions.settings = 1;
        assert_eq!(settings(&copy), Stage::Completed);
        // The usual settings, by choice.
        let mut chosen = draft();
        chosen.versions.settings = 1;
        assert_eq!(settings(&chosen), Stage::Completed);
    }
}
