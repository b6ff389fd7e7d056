use domain::{
    cohorts::{AttentionShown, CohortPage, StudentRow, StudentSort},
    kit::list::Filter,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    cohorts::{
        api::{BeginReminder, load_cohort},
        parts::{Head, Reasons, StudentList, WORDS, tabs},
    },
    kit::{
        api::PageData,
        list::{Chosen, Tick, TickAll, asked},
        ui::{Ago, Loaded, PostForm, Reply, problem_line},
    },
};

/// `/cohorts/{cohort}/remind`: the students who get a reminder are ticked. It is no part of the table of the cohort: there the news of the
/// cohort may put another student into the place of a ticked one.
#[component]
pub fn Remind() -> impl IntoView {
    let (params, asked) = (use_params_map(), asked());
    let page = PageData::new(
        move || (params.read().get("cohort").unwrap_or_default(), asked()),
        |(cohort, asked)| async move { load_cohort(cohort, asked.clone()).await.map(|page| (asked, page)) },
    );
    // Here, because a search and another page of the list draw everything else anew.
    let ticked = RwSignal::new(Vec::<String>::new());
    view! { <Loaded resource=page page=move |(asked, page)| view! { <RemindView asked page ticked /> } /> }
}

#[component]
fn RemindView(asked: String, page: CohortPage, ticked: RwSignal<Vec<String>>) -> impl IntoView {
    let reply = Reply::to(&[BeginReminder::PATH]);
    let list = StudentList::new(format!("/cohorts/{}/remind", page.id), WORDS, &asked);
    let (id, name, organisation) = (page.id, page.name.clone(), page.organisation.clone());
    view! {
        <Head cohort=id name organisation heading="Choose who gets a reminder" reply />
        <p class="narrow">"Tick the students, then write to them on the next page: nothing is sent yet. A student gets one reminder a week from this cohort at most."</p>
        {if page.students.in_all == 0 {
            view! { <p>"Nobody is in this cohort yet."</p> }.into_any()
        } else {
            view! {
                {list.form_beside(AttentionShown::NAME)}
                {tabs(&list, &page)}
                {list.found(&page.students)}
                {choice(list, page, reply, ticked)}
            }
            .into_any()
        }}
    }
}

fn choice(list: StudentList, page: CohortPage, reply: Reply, ticked: RwSignal<Vec<String>>) -> AnyView {
    let CohortPage { id, modules, students, .. } = page;
    let all = modules.len();
    let (turns, here) = (list.turns(&students), list.query.link(&list.base));
    let mut chosen = ticked.get_untracked();
    // A form that was sent without scripts brings its own along.
    if chosen.is_empty() {
        chosen = reply.all("chosen");
    }
    let none = students.rows.is_empty();
    let (shown, elsewhere): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|person| students.rows.iter().any(|row| row.person == *person));
    if none && elsewhere.is_empty() {
        return ().into_any();
    }
    let (student, completed, seen) = (
        list.head(StudentSort::Name, "Student", ""),
        list.head(StudentSort::Completed, "Completed", ""),
        list.head(StudentSort::LastSeen, "Last seen", ""),
    );
    let pages = list.pages(&students);
    let rows = students.rows.into_iter().map(move |row| {
        let checked = shown.contains(&row.person);
        student_row(row, all, checked)
    });
    let rows = rows.collect_view();
    let table = view! {
        <div class="table-frame" role="region" aria-label="Students" tabindex="0">
            <table class="reminded">
                <caption class="visually-hidden">"Students, to be ticked"</caption>
                <thead><tr><TickAll within="chosen" />{student}{completed}{seen}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    };
    let problem = reply.problem("chosen");
    view! {
        <PostForm to=BeginReminder::PATH class="remove-candidates" taken=Callback::new(move |()| ticked.set(Vec::new()))>
            <input type="hidden" name="cohort" value=id.to_string() />
            {move || problem_line("chosen", problem.get())}
            <Chosen id="chosen" name="chosen[]" ticked elsewhere turns here>{(!none).then_some(table)}</Chosen>
            <div class="actions"><button type="submit" class="button">"Write to the ticked students"</button></div>
        </PostForm>
        {pages}
    }
    .into_any()
}

fn student_row(row: StudentRow, all: usize, checked: bool) -> impl IntoView {
    let label = format!("Choose {}", row.name);
    view! {
        <tr>
            <Tick name="chosen[]" value=row.person label checked />
            <th scope="row">{row.name}<span class="hint">{row.email}</span><Reasons reasons=row.reasons /></th>
            <td class="number">{format!("{} of {all}", row.completed)}</td>
            <td>{match row.last_seen {
                Some(moment) => view! { <Ago moment days=row.seen_days_ago /> }.into_any(),
                None => "Not yet".into_any(),
            }}</td>
        </tr>
    }
}
