use domain::learning::{CourseFigures, FEEDBACK, OrganisationFeedback, QuestionFigures, RATINGS};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        ui::{Loaded, Reply},
    },
    organisations::{
        api::load_feedback,
        parts::{Head, use_slug},
    },
};

/// `/organisation/{slug}/feedback`: what people think of their courses, in figures.
#[component]
pub fn Feedback() -> impl IntoView {
    let page = PageData::new(use_slug(), load_feedback);
    view! { <Loaded resource=page page=|page| view! { <FeedbackView page /> } /> }
}

#[component]
fn FeedbackView(page: OrganisationFeedback) -> impl IntoView {
    let OrganisationFeedback { head, courses } = page;
    let base = format!("/organisation/{}", head.slug);
    let any = courses.iter().any(|course| !course.questions.is_empty());
    view! {
        <Head head heading="Feedback" reply=Reply::to(&[]) />
        <p class="narrow">
            "People who have completed a course say what they think of it. You see figures of five people or more, and they change only when at "
            "least five more have answered, so that nobody's own answers can be told from them. What people write in their own words is read by "
            "our staff alone."
        </p>
        {courses.is_empty().then(|| view! {
            <p>
                "You give no course yet. Give one to everyone or to a team under "<a href=format!("{base}/courses")>"Courses"</a>
                ", or make a cohort under "<a href=format!("{base}/cohorts")>"Cohorts"</a>"."
            </p>
        })}
        {courses.into_iter().map(figures).collect_view()}
        {any.then(|| view! {
            <div class="downloads on-screen">
                <p>
                    <a href=format!("{base}/feedback.xlsx") rel="external">"Download the figures as XLSX"</a>
                    <a href=format!("{base}/feedback.csv") rel="external">"as CSV"</a>
                </p>
            </div>
        })}
    }
}

fn figures(course: CourseFigures) -> AnyView {
    let CourseFigures { title, version, questions } = course;
    let earlier = (version != FEEDBACK.version).then(|| format!("Earlier questions, of {version}"));
    let label = match &earlier {
        Some(earlier) => format!("Figures: {title}. {earlier}"),
        None => format!("Figures: {title}"),
    };
    let table = if questions.is_empty() {
        view! { <p>"No figures yet: fewer than five people have answered."</p> }.into_any()
    } else {
        let heads = RATINGS.map(|(_, words)| view! { <th scope="col">{words}</th> });
        view! {
            <div class="table-frame" role="region" aria-label=label tabindex="0">
                <table class="figures">
                    <caption class="visually-hidden">"How many people gave which answer"</caption>
                    <thead>
                        <tr><th scope="col">"Statement"</th><th scope="col">"People"</th><th scope="col">"Mean"</th>{heads.into_iter().collect_view()}</tr>
                    </thead>
                    <tbody>{questions.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <h2>{title}</h2>
        {earlier.map(|earlier| view! { <p class="hint">{earlier}</p> })}
        {table}
    }
    .into_any()
}

fn row(question: QuestionFigures) -> AnyView {
    let (answers, mean) = (question.answers(), question.mean());
    let people = question.people.map(|people| view! { <td class="number">{people}</td> });
    view! {
        <tr>
            <th scope="row">{question.text}</th>
            <td class="number">{answers}</td>
            <td class="number">{mean}</td>
            {people.into_iter().collect_view()}
        </tr>
    }
    .into_any()
}
