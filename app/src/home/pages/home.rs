use domain::{
    accounts::SignedIn,
    count,
    home::{NewResult, PaperSoon, SittingNow, Waiting},
    learning::{CourseCard, GoOn},
};
use leptos::prelude::*;

use super::{
    roles::{areas, cohorts, helping, kept, organisations},
    welcome::Welcome,
};
use crate::{
    home::api::load_waiting,
    kit::{
        api::{PageData, PageState},
        ui::{Heading, Loaded, Time, Title},
    },
    learning::CourseOverview,
};

/// The start page: what the site is for, or, when the person is signed in, what waits for them.
#[component]
pub fn Home() -> impl IntoView {
    let Some(person) = PageState::get().signed_in else {
        return view! {
            <Title text="" />
            <Welcome />
        }
        .into_any();
    };
    let waiting = PageData::new(|| (), |()| load_waiting());
    let page = move |waiting: Waiting| view! { <HomeView person=person.clone() waiting /> };
    view! { <Loaded resource=waiting page /> }.into_any()
}

/// One thing above all else: a paper that is sat now, otherwise the course to go on with. Then what has an end, what is new, and what waits
/// for the roles of the person.
#[component]
fn HomeView(person: SignedIn, waiting: Waiting) -> impl IntoView {
    let nothing = is_empty(&person, &waiting);
    let mut courses = waiting.courses.into_iter();
    let first = courses.next().map(|course| {
        view! { <div class="cards courses"><CourseOverview about=course.go_on.is_none() course /></div> }
    });
    view! {
        <Title text="" />
        <Heading>"Hello, "{person.name}</Heading>
        {waiting.sitting.map(sitting)}
        {first}
        {results(waiting.results)}
        {papers(waiting.papers, waiting.more_papers)}
        {kept(waiting.kept)}
        {cohorts(waiting.cohorts)}
        {organisations(waiting.organisations)}
        {areas(waiting.areas)}
        {person.support.then(helping)}
        {other_courses(courses.collect())}
        {nothing.then(what_to_do)}
    }
}

fn is_empty(person: &SignedIn, waiting: &Waiting) -> bool {
    // A role says by itself what there is to do.
    !person.support && !person.follows_cohorts && *waiting == Waiting::default()
}

fn sitting(now: SittingNow) -> AnyView {
    let left = match (now.paused, now.minutes) {
        (true, _) => "Your rest break is on, and the clock stands.".to_owned(),
        (false, minutes) => format!("You have about {} left.", count(minutes, "minute")),
    };
    view! {
        <section class="onward first" aria-labelledby="sitting-title">
            <div>
                <h2 id="sitting-title">"You are sitting “"{now.title}"”"</h2>
                <p>{left}</p>
            </div>
            // The exam room has a document of its own.
            <a href=format!("/assessments/sittings/{}", now.sitting) rel="external" class="button">"Go back to the paper"</a>
        </section>
    }
    .into_any()
}

fn results(results: Vec<NewResult>) -> Option<AnyView> {
    let result = |result: NewResult| {
        let outcome = result.outcome.in_words();
        let words = if result.outcome.passed {
            format!("Passed with {outcome}.")
        } else {
            format!("Not passed: {outcome}.")
        };
        view! {
            <li>
                <div>
                    <a href=format!("/assessments/sittings/{}/result", result.sitting)>{result.title}</a>
                    <p class="hint">{words}{result.changed.then_some(" A correction of the paper has changed it.")}</p>
                </div>
                <span class="tag tag-in-progress">{if result.changed { "Changed" } else { "New" }}</span>
            </li>
        }
    };
    (!results.is_empty()).then(|| {
        view! {
            <section aria-labelledby="results-title">
                <h2 id="results-title">"Your new results"</h2>
                <ul class="papers">{results.into_iter().map(result).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn papers(papers: Vec<PaperSoon>, more: u32) -> Option<AnyView> {
    let paper = |paper: PaperSoon| {
        let words = paper.in_words();
        let class = if paper.open && paper.days < 3 { "tag tag-wrong" } else { "tag" };
        view! {
            <li>
                <div>
                    <a href=format!("/assessments/start/{}", paper.paper)>{paper.title}</a>
                    <p class="hint">{if paper.open { "Closes " } else { "Opens " }}<Time moment=paper.at />", UK time"</p>
                </div>
                <span class=class>{words}</span>
            </li>
        }
    };
    (!papers.is_empty()).then(|| {
        view! {
            <section aria-labelledby="papers-title">
                <h2 id="papers-title">"Papers for you to sit"</h2>
                <ul class="papers">{papers.into_iter().map(paper).collect_view()}</ul>
                {(more > 0).then(|| view! { <p><a href="/assessments">{format!("{} more", count(more, "paper"))}</a></p> })}
            </section>
        }
        .into_any()
    })
}

fn other_courses(courses: Vec<CourseCard>) -> Option<AnyView> {
    let course = |course: CourseCard| {
        let mut words = course.go_on.as_ref().map_or_else(|| course.completed().in_words(), GoOn::in_words);
        if let Some(due) = course.due.first() {
            words = format!("{words}. {due}");
        }
        view! {
            <li>
                <div>
                    <a href=format!("/learn/{}", course.leads_to)>{course.title}</a>
                    <p class="hint">{words}</p>
                </div>
            </li>
        }
    };
    (!courses.is_empty()).then(|| {
        view! {
            <section aria-labelledby="courses-title">
                <h2 id="courses-title">"Your other courses"</h2>
                <ul class="papers">{courses.into_iter().map(course).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// For somebody for whom nothing waits.
fn what_to_do() -> AnyView {
    view! {
        <div class="narrow">
            <p class="lede">"Nothing waits for you here yet. This is what you can do:"</p>
            <ul class="papers">
                <li><div>
                    <a href="/learn">"Find your course"</a>
                    <p class="hint">"Your university or employer puts you on it. If it is not there, ask them which e-mail address they gave us: it must be the one that you signed in with."</p>
                </div></li>
                <li><div>
                    <a href="/assessments">"Enter an access code, or practise"</a>
                    <p class="hint">"With a code from your tutor you sit a paper. Practice is there at any time, and only you see how it goes."</p>
                </div></li>
                <li><div>
                    <a href="/zone">"Look at NMP Zone"</a>
                    <p class="hint">"Closed areas in which people who prescribe find each other."</p>
                </div></li>
                <li><div>
                    <a href="/account">"Say who pays for you"</a>
                    <p class="hint">"If your employer pays for your learning and gave you a code, your account has a place for it."</p>
                </div></li>
            </ul>
        </div>
    }
    .into_any()
}
