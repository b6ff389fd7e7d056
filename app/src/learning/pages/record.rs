use domain::{
    count,
    learning::{CourseCertificate, CpdRecord, RecordedCourse, RecordedModule, in_hours},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        ui::{Breadcrumbs, Done, FormErrors, Heading, Loaded, PostForm, Reply, TextField, Time, Title},
    },
    learning::api::{MakeCertificate, load_record},
};

const TITLE: &str = "My CPD record";

/// `/learn/record`: what the learner has completed, for a portfolio and for revalidation.
#[component]
pub fn Record() -> impl IntoView {
    let query = use_query_map();
    let page = PageData::new(
        move || query.read().get("done").unwrap_or_default(),
        |done| async move { load_record().await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <RecordView done page /> } /> }
}

#[component]
fn RecordView(done: String, page: CpdRecord) -> impl IntoView {
    let reply = Reply::to(&[MakeCertificate::PATH]);
    let done = match done.as_str() {
        "reflection" => Some("Saved. Only you see it."),
        "certificate" => Some("Your certificate is made: you can download it below."),
        _ => None,
    };
    let total = format!("{}, {}", count(page.modules(), "module"), in_hours(page.minutes()));
    let content = if page.courses.is_empty() {
        view! {
            <p>"Nothing is in your record yet. A module is here as soon as you have opened all its pages and passed its check."</p>
            <p><a class="button" href="/learn">"Go to my courses"</a></p>
        }
        .into_any()
    } else {
        let courses = page.courses.into_iter().map(|course| recorded(course, reply)).collect_view();
        view! {
            <p>"Completed: "<strong>{total}</strong>". The minutes are those that the course stated for a module on that day. They are not measured."</p>
            <ul class="on-screen">
                <li><a href="/learn/record.pdf" rel="external">"Download the record (PDF)"</a></li>
                <li><a href="/learn/record.xlsx" rel="external">"Download the modules (Excel)"</a></li>
                <li><a href="/learn/record.csv" rel="external">"Download the modules (CSV)"</a></li>
            </ul>
            {courses}
        }
        .into_any()
    };
    view! {
        <Title text=reply.title(TITLE) />
        <Breadcrumbs steps=vec![("/learn".to_owned(), "My courses".to_owned())] />
        <FormErrors reply />
        <Heading>{TITLE}</Heading>
        <Done reply text=done.map(str::to_owned) />
        <p class="lede">"For your portfolio and your revalidation. Only you see this page: no tutor, no organisation and no support."</p>
        {content}
    }
}

fn recorded(course: RecordedCourse, reply: Reply) -> AnyView {
    let id = format!("course-{}", course.slug);
    let heading = id.clone();
    let modules = course.modules.iter().map(|module| completed(&course, module)).collect_view();
    let served = course
        .served()
        .into_iter()
        .map(|served| {
            let titles = |modules: &[&RecordedModule]| {
                modules.iter().map(|module| module.title.as_str()).collect::<Vec<_>>().join("; ")
            };
            let written: Vec<_> = served.reflections.iter().map(|(module, _)| *module).collect();
            let reflections = (!written.is_empty()).then(|| titles(&written));
            let modules = (!served.modules.is_empty()).then(|| titles(&served.modules));
            view! {
                <div>
                    <dt>{served.competency.in_words()}</dt>
                    <dd>
                        {modules.map(|titles| view! { <p>"Modules: "{titles}</p> })}
                        {reflections.map(|titles| view! { <p>"Your reflections on: "{titles}</p> })}
                    </dd>
                </div>
            }
        })
        .collect_view();
    let total = format!("{}, {}", count(course.modules.len(), "module"), in_hours(course.minutes()));
    view! {
        <section aria-labelledby=id>
            <h2 id=heading>{course.title.clone()}</h2>
            <p>{total}</p>
            {certificate(&course, reply)}
            <h3>"Modules, in the order in which you completed them"</h3>
            <ul class="papers">{modules}</ul>
            <h3>"By competency"</h3>
            <dl class="summary-list">{served}</dl>
            <p class="hint">{course.framework}</p>
        </section>
    }
    .into_any()
}

fn completed(course: &RecordedCourse, module: &RecordedModule) -> AnyView {
    let ids = module.competencies.join(", ");
    let competencies = (!ids.is_empty()).then(|| format!(" Competencies: {ids}."));
    let reflection = module.reflection.clone().map(|reflection| {
        let about: Vec<_> = reflection.competencies.iter().map(|id| course.competency(id)).collect();
        let text = |label: &'static str, text: String| {
            (!text.is_empty())
                .then(|| view! { <p><strong>{label}</strong></p><p class="as-typed">{text}</p> })
        };
        view! {
            {text("What I learnt", reflection.learnt)}
            {text("How I use it", reflection.used)}
            {(!about.is_empty()).then(|| view! { <p class="hint">"About: "{about.join("; ")}</p> })}
        }
    });
    let action = if reflection.is_some() { "Change your reflection" } else { "Write a reflection" };
    view! {
        <li>
            <div>
                <strong>{module.title.clone()}</strong>
                <p class="hint">
                    "Completed "<Time moment=module.completed.clone() />". "{count(module.minutes, "minute")}"."{competencies}
                </p>
                {reflection}
                <p class="on-screen">
                    <a href=format!("/learn/record/{}/{}", course.slug, module.slug)>
                        {action}<span class="visually-hidden">": "{module.title.clone()}</span>
                    </a>
                </p>
            </div>
        </li>
    }
    .into_any()
}

fn certificate(course: &RecordedCourse, reply: Reply) -> Option<AnyView> {
    let slug = course.slug.clone();
    match course.certificate.clone() {
        CourseCertificate::NotYet => None,
        CourseCertificate::Ready { asks_name } => {
            let name = asks_name.then(|| {
                view! {
                    <p>"The certificate cannot show your name in the script that you write it in. Tell us how it is written in Latin letters."</p>
                    {latin_name(&slug, "", reply)}
                }
            });
            Some(
                view! {
                    <PostForm to=MakeCertificate::PATH class="narrow">
                        <p>"You have completed every module. Your certificate has your name, the course, the day and the time of its modules, and a code. Whoever has the code can check it, and reads your initials in place of your name."</p>
                        <input type="hidden" name="course" value=slug />
                        {name}
                        <button type="submit" class="button">"Make my certificate"</button>
                    </PostForm>
                }
                .into_any(),
            )
        }
        CourseCertificate::Made { code, latin } => {
            let file = format!("/learn/{slug}/certificate.pdf");
            let renamed = latin.map(|latin| {
                let field = latin_name(&slug, &latin, reply);
                view! {
                    <p>"It says your name as “"{latin}"”."</p>
                    <PostForm to=MakeCertificate::PATH class="narrow">
                        <input type="hidden" name="course" value=slug />
                        {field}
                        <button type="submit" class="button secondary">"Use this name"</button>
                    </PostForm>
                }
            });
            Some(
                view! {
                    <p>
                        <a href=file rel="external">"Download your certificate (PDF)"</a>
                        ". Its code is "<a href=format!("/verify/{code}")>{code.clone()}</a>"."
                    </p>
                    {renamed}
                }
                .into_any(),
            )
        }
    }
}

/// Asks for the name where the certificate cannot show the learner's own.
fn latin_name(slug: &str, before: &str, reply: Reply) -> AnyView {
    let id = format!("certificate_name-{slug}");
    view! {
        <TextField id=id.clone() name="certificate_name" label="Your name in Latin letters"
            hint="As your passport has it. It is used for this certificate only, and written down that you gave it."
            value=reply.typed("certificate_name", before) problem=reply.problem(&id) />
    }
    .into_any()
}
