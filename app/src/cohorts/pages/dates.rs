use domain::{
    FieldProblem,
    cohorts::{CohortDates, DatedModule},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    cohorts::{
        api::{SetCohortDates, load_cohort_dates},
        parts::Head,
    },
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply, TextField},
    },
};

/// `/cohorts/{cohort}/dates`: the day by which each module should be completed.
#[component]
pub fn Dates() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let page = PageData::new(
        move || {
            let cohort = params.read().get("cohort").unwrap_or_default();
            (cohort, query.read().get("done").unwrap_or_default())
        },
        |(cohort, done)| async move { load_cohort_dates(cohort).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <DatesView done page /> } /> }
}

#[component]
fn DatesView(done: String, page: CohortDates) -> impl IntoView {
    let reply = Reply::to(&[SetCohortDates::PATH]);
    let done = (done == "set").then(|| "The dates are saved.".to_owned());
    let CohortDates { id, name, organisation, modules } = page;
    let titles: Vec<_> = modules.iter().map(|module| (field(module), module.title.clone())).collect();
    let words = move |FieldProblem { field, problem }: FieldProblem| {
        let title = titles.iter().find(|(of, _)| *of == field);
        let message = problem.message().into_owned();
        title.map_or_else(|| message.clone(), |(_, title)| format!("{title}: {message}"))
    };
    let none = modules.is_empty();
    // What was typed, by module: a form that was refused is drawn again with it.
    let typed: Vec<_> = reply.all("modules").into_iter().zip(reply.all("due")).collect();
    let fields = modules.into_iter().map(|module| one(module, &typed, reply)).collect_view();
    view! {
        <Head cohort=id name organisation heading="Target dates" words=Callback::new(words) reply />
        <Done reply text=done />
        <div class="narrow">
            <p>"By which day should each module be completed? A student who has not completed a module when its day is over is listed as behind. Students are not shut out, and a module without a date counts for nobody."</p>
            {if none {
                view! { <p>"The course has no modules yet."</p> }.into_any()
            } else {
                view! {
                    <PostForm to=SetCohortDates::PATH>
                        <input type="hidden" name="cohort" value=id.to_string() />
                        <p class="hint">"Days end at midnight, UK time. Empty a field to take its date away."</p>
                        {fields}
                        <button type="submit" class="button">"Save the dates"</button>
                    </PostForm>
                }
                .into_any()
            }}
        </div>
    }
}

fn field(module: &DatedModule) -> String {
    format!("due-{}", module.module)
}

fn one(module: DatedModule, typed: &[(String, String)], reply: Reply) -> AnyView {
    let id = field(&module);
    let value = typed.iter().find(|(of, _)| *of == module.module).map(|(_, due)| due.clone());
    let value = value.unwrap_or_else(|| module.due.clone());
    let stands = if value == module.due {
        None
    } else if module.due.is_empty() {
        Some("It has no date now".to_owned())
    } else {
        Some(format!("It is {} now", module.said))
    };
    let by = module.by.filter(|_| !module.due.is_empty()).map(|by| format!("Set by {by}"));
    let hint: Vec<_> = [stands, by].into_iter().flatten().collect();
    let problem = reply.problem(&id);
    let (label, hint) = (module.title, hint.join(". "));
    let input = if hint.is_empty() {
        view! { <TextField id name="due[]" label kind="date" value problem /> }.into_any()
    } else {
        view! { <TextField id name="due[]" label hint kind="date" value problem /> }.into_any()
    };
    view! {
        <input type="hidden" name="modules[]" value=module.module />
        <input type="hidden" name="was[]" value=module.due />
        {input}
    }
    .into_any()
}
