//! What waits for the roles of a person: tutor, setter, administrator, lead, support.

use domain::{
    count,
    home::{AreaWaits, CohortSeen, NEWEST_COHORTS, OrganisationWaits, PaperSat, PaperToRelease, PapersKept},
};
use leptos::prelude::*;

/// For a tutor: who has not been here for a while, each cohort with the way to just these students.
pub fn cohorts(cohorts: Vec<CohortSeen>) -> Option<AnyView> {
    let where_to = everywhere(cohorts.len());
    let cohorts: Vec<_> = cohorts.into_iter().filter(|cohort| cohort.students > 0).collect();
    if cohorts.is_empty() {
        return None;
    }
    let away: Vec<_> =
        cohorts.into_iter().filter(|cohort| cohort.not_seen + cohort.never > 0).map(away).collect();
    let said = if away.is_empty() {
        view! { <p>{where_to}" has been here within the last 14 days, or has completed the course."</p> }
            .into_any()
    } else {
        view! { <ul class="papers">{away}</ul> }.into_any()
    };
    Some(
        view! {
            <section aria-labelledby="cohorts-title">
                <h2 id="cohorts-title">"Your students"</h2>
                {said}
                <p><a href="/cohorts">"All your cohorts"</a></p>
            </section>
        }
        .into_any(),
    )
}

/// Everybody of so many cohorts, where there may be more that were not looked at.
fn everywhere(looked_at: usize) -> String {
    if looked_at < usize::from(NEWEST_COHORTS) {
        "Everybody in your cohorts".to_owned()
    } else {
        format!("Everybody in the newest {NEWEST_COHORTS} of your cohorts")
    }
}

/// A cohort with those who have not been here, and the lists of just these.
fn away(cohort: CohortSeen) -> AnyView {
    let CohortSeen { cohort, name, students, not_seen, never } = cohort;
    let base = format!("/cohorts/{cohort}");
    let have = |number| if number == 1 { "has" } else { "have" };
    let counts = [
        (
            not_seen,
            "not-seen",
            format!("{not_seen} of {students} {} not been seen for 14 days", have(not_seen)),
        ),
        (never, "never", format!("{never} of {students} {} never been here", have(never))),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(_, which, words)| {
            let name = name.clone();
            let href = format!("{base}?attention={which}");
            view! { <li><a href=href>{words}<span class="visually-hidden">": "{name}</span></a></li> }
        })
        .collect();
    view! {
        <li>
            <div>
                <a href=base>{name}</a>
                <ul class="in-line">{counts}</ul>
            </div>
        </li>
    }
    .into_any()
}

/// For a setter: what is sat now, what waits for them, and how many papers there are in each state.
pub fn kept(kept: Option<PapersKept>) -> Option<AnyView> {
    let PapersKept { drafts, waiting, open, closed, sat, to_release } = kept?;
    let states = [
        (drafts, "draft", count(drafts, "draft")),
        (waiting, "waiting", format!("{waiting} waiting to open")),
        (open, "open", format!("{open} open")),
        (closed, "closed", format!("{closed} closed")),
    ];
    let states: Vec<_> = states
        .into_iter()
        .filter(|(papers, ..)| *papers > 0)
        .map(|(_, state, words)| view! { <li><a href=format!("/assessments/papers?show={state}")>{words}</a></li> })
        .collect();
    let said = if states.is_empty() {
        view! { <p>"You have set no paper yet. "<a href="/assessments/papers">"Set your first paper"</a></p> }
            .into_any()
    } else {
        view! { <ul class="in-line">{states}</ul> }.into_any()
    };
    let waits: Vec<_> = sat.into_iter().map(sat_now).chain(to_release.into_iter().map(release)).collect();
    let waits = (!waits.is_empty()).then(|| view! { <ul class="papers">{waits}</ul> });
    Some(
        view! {
            <section aria-labelledby="kept-title">
                <h2 id="kept-title">"Papers that you set"</h2>
                {waits}
                {said}
            </section>
        }
        .into_any(),
    )
}

fn sat_now(paper: PaperSat) -> AnyView {
    let words = match paper.sitting {
        1 => "1 candidate is sitting it now.".to_owned(),
        candidates => format!("{candidates} candidates are sitting it now."),
    };
    view! {
        <li>
            <div>
                <a href=format!("/assessments/papers/{}", paper.paper)>{paper.title}</a>
                <p class="hint">{words}</p>
            </div>
            <span class="tag tag-in-progress">"Now"</span>
        </li>
    }
    .into_any()
}

fn release(paper: PaperToRelease) -> AnyView {
    view! {
        <li>
            <div>
                <a href=format!("/assessments/papers/{}", paper.paper)>{paper.title}</a>
                <p class="hint">"It has closed. The candidates wait until you release the results."</p>
            </div>
            <span class="tag">"To be released"</span>
        </li>
    }
    .into_any()
}

/// For an administrator: each organisation, and what waits for a decision there.
pub fn organisations(organisations: Vec<OrganisationWaits>) -> Option<AnyView> {
    let organisation = |organisation: OrganisationWaits| {
        let OrganisationWaits { slug, name, uploads, asking } = organisation;
        let base = format!("/organisation/{slug}");
        let asks = if asking == 1 { "asks" } else { "ask" };
        let waits = vec![
            (uploads, format!("{base}/uploads"), format!("{} to be confirmed", count(uploads, "upload"))),
            (
                asking,
                format!("{base}/sponsored"),
                format!("{} {asks} whether you pay for them", count(asking, "learner")),
            ),
        ];
        place(base, name, waits)
    };
    listed(
        "organisations-title",
        "Organisations that you administer",
        organisations.into_iter().map(organisation).collect(),
    )
}

/// For a lead of areas of NMP Zone: each area, and what waits for a decision there.
pub fn areas(areas: Vec<AreaWaits>) -> Option<AnyView> {
    let area = |area: AreaWaits| {
        let AreaWaits { slug, name, applications, reports, suggestions } = area;
        let base = format!("/zone/{slug}");
        let waits = vec![
            (applications, format!("{base}/applications"), count(applications, "application")),
            (reports, format!("{base}/reports"), count(reports, "report")),
            (
                suggestions,
                format!("{base}/resources?state=suggested"),
                count(suggestions, "suggestion") + " for the library",
            ),
        ];
        place(base, name, waits)
    };
    listed("areas-title", "Areas of NMP Zone that you lead", areas.into_iter().map(area).collect())
}

/// A place with what waits there: how much of it, where to decide, and its words.
fn place(base: String, name: String, waits: Vec<(u32, String, String)>) -> AnyView {
    let waits: Vec<_> = waits
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(_, href, words)| {
            let name = name.clone();
            view! { <li><a href=href>{words}<span class="visually-hidden">": "{name}</span></a></li> }
        })
        .collect();
    let said = if waits.is_empty() {
        view! { <p class="hint">"Nothing waits for you there."</p> }.into_any()
    } else {
        view! { <ul class="in-line">{waits}</ul> }.into_any()
    };
    view! {
        <li>
            <div>
                <a href=base>{name}</a>
                {said}
            </div>
        </li>
    }
    .into_any()
}

fn listed(id: &'static str, title: &'static str, places: Vec<AnyView>) -> Option<AnyView> {
    (!places.is_empty()).then(|| {
        view! {
            <section aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <ul class="papers">{places}</ul>
            </section>
        }
        .into_any()
    })
}

/// For support: the search for people, at hand.
pub fn helping() -> AnyView {
    view! {
        <section aria-labelledby="helping-title">
            <h2 id="helping-title">"Help somebody"</h2>
            <form method="get" action="/support" class="search" role="search" autocomplete="off">
                <div class="field">
                    <label for="search">"Name, e-mail address or student number"</label>
                    <input id="search" name="search" type="search" />
                </div>
                <button type="submit" class="button secondary small">"Search"</button>
            </form>
            <p><a href="/support/feedback">"What learners write at the end of a course"</a></p>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_of_the_cohorts_alone_that_were_looked_at() {
        assert_eq!(everywhere(7), "Everybody in your cohorts");
        assert_eq!(everywhere(8), "Everybody in the newest 8 of your cohorts");
    }
}
