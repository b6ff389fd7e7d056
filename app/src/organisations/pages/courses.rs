use domain::{
    FieldProblem, count,
    organisations::{AssignmentLine, Audience, OrganisationCourses},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply, SelectField, Time},
    },
    organisations::{
        api::{AssignCourse, TakeBackCourse, load_organisation_courses},
        parts::{Head, use_slug},
    },
};

/// `/organisation/{slug}/courses`: which course is given to whom, and the form to give one.
#[component]
pub fn Courses() -> impl IntoView {
    let (slug, query) = (use_slug(), use_query_map());
    let page = PageData::new(
        move || {
            let asked = |name: &str| query.read().get(name).unwrap_or_default();
            (slug(), (asked("done"), asked("assignment")))
        },
        |(slug, done)| async move { load_organisation_courses(slug).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <CoursesView done page /> } /> }
}

#[component]
fn CoursesView(done: (String, String), page: OrganisationCourses) -> impl IntoView {
    let reply = Reply::to(&[AssignCourse::PATH, TakeBackCourse::PATH]);
    let (done, assignment) = done;
    let stands = page.assignments.iter().any(|line| line.id.is_some_and(|id| id.to_string() == assignment));
    let shown = u32::try_from(page.assignments.len()).unwrap_or(u32::MAX);
    let all = page.all;
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "given" if stands || shown < all => Some(given(&page.assignments, &assignment)),
        "had" if shown > 0 => Some("They have this course already. Nothing has changed.".to_owned()),
        "taken-back" if !stands && !assignment.is_empty() => {
            Some("It is taken back. Progress is kept.".to_owned())
        }
        _ => None,
    };
    let slug = page.head.slug.clone();
    let lines = page.assignments.iter().cloned().map(|line| row(&slug, line)).collect_view();
    view! {
        <Head head=page.head.clone() heading="Courses" words=Callback::new(named) reply />
        <Done reply text=done />
        {if shown == 0 {
            view! { <p>"No course is given to anybody yet. Choose one below, and who it is for: they see this course and no other."</p> }.into_any()
        } else {
            view! {
                {(shown < all).then(|| view! { <p>"The first "{shown}" of "{all}"."</p> })}
                <div class="table-frame" role="region" aria-label="Courses" tabindex="0">
                    <table class="cohorts">
                        <caption class="visually-hidden">"Courses of the organisation, and who they are given to"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Course"</th><th scope="col">"Given to"</th><th scope="col">"People"</th>
                                <th scope="col">"Since (UK time)"</th><th scope="col">"Change"</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            }.into_any()
        }}
        <Give page reply />
    }
}

fn people(number: u32) -> String {
    if number == 1 { "1 person".to_owned() } else { format!("{number} people") }
}

/// The problem of a field, after the name of the field: both lists are chosen from.
fn named(FieldProblem { field, problem }: FieldProblem) -> String {
    match field.as_str() {
        "course" => format!("{COURSE}: {}", problem.message()),
        "to" => format!("{TO}: {}", problem.message()),
        _ => problem.message().into_owned(),
    }
}

const COURSE: &str = "Course";
const TO: &str = "Who it is for";

fn whom(line: &AssignmentLine) -> String {
    match (&line.team, &line.cohort) {
        (Some(team), _) => format!("Team {team}"),
        (_, Some(cohort)) => format!("Cohort {cohort}"),
        _ => "Everyone".to_owned(),
    }
}

/// What was given to whom. It is not in the list when it has been taken back meanwhile.
fn given(lines: &[AssignmentLine], assignment: &str) -> String {
    let line = lines.iter().find(|line| line.id.is_some_and(|id| id.to_string() == assignment));
    let Some(line) = line else { return "The course is given. People who join later get it too.".to_owned() };
    let when = if line.cohort.is_some() { "now, or on its days of access if it has any" } else { "now" };
    format!("{} can open “{}” {when}. People who join later can too.", whom(line), line.course)
}

fn row(slug: &str, line: AssignmentLine) -> AnyView {
    let to = whom(&line);
    let AssignmentLine { id, course, people: reached, since, by, .. } = line;
    let what = format!(" {course}: {to}");
    let change = match id {
        None => "The cohort's own course".into_any(),
        Some(id) => {
            let slug = slug.to_owned();
            view! {
                <details>
                    <summary>"Take back"<span class="visually-hidden">{what}</span></summary>
                    <p class="hint">
                        {people(reached)}" cannot open it any more, unless something else gives it to them. Their progress is kept, and is there again if you give it again. You see their records again only if you give it again: download the report first."
                    </p>
                    <PostForm to=TakeBackCourse::PATH>
                        <input type="hidden" name="organisation" value=slug />
                        <input type="hidden" name="assignment" value=id.to_string() />
                        <button type="submit" class="button secondary small">"Yes, take it back"</button>
                    </PostForm>
                </details>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row">{course}</th>
            <td>{to}</td>
            <td class="number">{reached}</td>
            <td>
                {since.map(|since| view! { <Time moment=since /> })}
                {by.map(|by| view! { <span class="hint">"by "{by}</span> })}
            </td>
            <td>{change}</td>
        </tr>
    }
    .into_any()
}

/// What a list of choices leaves out.
fn cut(shown: usize, all: u32, what: &str) -> Option<String> {
    let more = u32::try_from(shown).is_ok_and(|shown| shown < all);
    more.then(|| format!("The list has the first {shown} of {all} {what}, by name."))
}

#[component]
fn Give(page: OrganisationCourses, reply: Reply) -> impl IntoView {
    let OrganisationCourses {
        head, people: everyone, courses, teams, all_teams, cohorts, all_cohorts, ..
    } = page;
    let cut = [cut(teams.len(), all_teams, "teams"), cut(cohorts.len(), all_cohorts, "cohorts")];
    let (course, to) = (reply.typed("course", ""), reply.typed("to", ""));
    let option = move |audience: Audience, words: String| {
        let value = audience.to_string();
        let selected = value == to;
        view! { <option value=value selected=selected>{words}</option> }.into_any()
    };
    let all = option(Audience::Everyone, format!("Everyone ({})", people(everyone)));
    let teams: Vec<_> = teams
        .into_iter()
        .map(|team| {
            let words = format!("{} ({})", team.name, people(team.people));
            option(Audience::Team(team.name), words)
        })
        .collect();
    let cohorts: Vec<_> = cohorts
        .into_iter()
        .map(|cohort| {
            let words = format!("{} ({})", cohort.name, count(cohort.people, "student"));
            option(Audience::Cohort(cohort.id), words)
        })
        .collect();
    let group = |label: &'static str, options: Vec<AnyView>| {
        (!options.is_empty()).then(|| view! { <optgroup label=label>{options}</optgroup> })
    };
    view! {
        <section class="narrow" aria-labelledby="give-title">
            <h2 id="give-title">"Give a course"</h2>
            <PostForm to=AssignCourse::PATH>
                <input type="hidden" name="organisation" value=head.slug />
                <SelectField id="course" label=COURSE problem=reply.problem("course")>
                    <option value="">"Choose a course"</option>
                    {courses.into_iter().map(|choice| {
                        let selected = choice.slug == course;
                        view! { <option value=choice.slug selected=selected>{choice.title}</option> }
                    }).collect_view()}
                </SelectField>
                <SelectField id="to" label=TO
                    hint="People who join later get the course too. A team is in the list when somebody belongs to it. For a cohort, its days of access hold. Who follows the course already, alone or for another organisation, goes on there, and you see nothing of what they do in it, unless they follow it alone and you pay for them."
                    problem=reply.problem("to")>
                    <option value="">"Choose who gets it"</option>
                    {all}
                    {group("Teams", teams)}
                    {group("Cohorts", cohorts)}
                </SelectField>
                {cut.into_iter().flatten().map(|words| view! { <p class="hint">{words}</p> }).collect_view()}
                <button type="submit" class="button">"Give this course"</button>
            </PostForm>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{Problem, organisations::AssignmentId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_list_without_a_choice_is_named() {
        let said = |field: &str| named(FieldProblem::new(field, Problem::ChoiceMissing));
        assert_eq!(said("course"), "Course: Choose one from the list");
        assert_eq!(said("to"), "Who it is for: Choose one from the list");
    }

    #[test]
    fn what_was_given_names_the_course_and_whom() {
        let line = |id: u128, team: Option<&str>, cohort: Option<&str>| AssignmentLine {
            id: Some(AssignmentId(Uuid::from_u128(id))),
            course: "First aid".to_owned(),
            team: team.map(str::to_owned),
            cohort: cohort.map(str::to_owned),
            people: 1,
            since: None,
            by: None,
        };
        let lines = [line(1, None, None), line(2, Some("Ward 8"), None), line(3, None, Some("Autumn"))];
        let said = |id: u128| given(&lines, &Uuid::from_u128(id).to_string());
        assert!(said(1).starts_with("Everyone can open “First aid” now."));
        assert!(said(2).starts_with("Team Ward 8 can open “First aid” now."));
        assert!(said(3).starts_with("Cohort Autumn can open “First aid” now, or on its days of access"));
        assert!(said(4).starts_with("The course is given."));
    }

    #[test]
    fn taking_a_course_back_says_first_that_its_records_leave_the_report() {
        let line = AssignmentLine {
            id: Some(AssignmentId(Uuid::nil())),
            course: "Non-medical prescribing".into(),
            team: None,
            cohort: None,
            people: 2,
            since: None,
            by: None,
        };
        let html = Owner::new().with(|| row("north", line).to_html());
        let (before, _) = html.split_once("Yes, take it back").unwrap();
        assert!(before.contains("download the report first"), "{html}");
    }
}
