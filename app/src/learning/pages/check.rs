use domain::{
    Problem,
    learning::{AskedQuestion, CheckPage, CourseProgress},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::{ApiError, ErrorKind, PageState},
    learning::{
        api::{SubmitCheck, load_check},
        parts::{CourseFrame, QuestionField, ResultView, WhyNotTicked},
    },
    ui::{ErrorSummary, Loaded, Tick, Title, problem_for},
};

/// `/learn/{course}/{module}/check`: the questions, or with `?attempt=` an attempt, marked.
#[component]
pub fn Check() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address = move || {
        let (params, query) = (params.read(), query.read());
        [params.get("course"), params.get("module"), query.get("attempt")].map(Option::unwrap_or_default)
    };
    let check = Resource::new(address, |[course, module, attempt]| async move {
        load_check(course, module.clone(), attempt).await.map(|page| (module, page))
    });
    view! { <Loaded resource=check page=|(module, page)| view! { <CheckView module page /> } /> }
}

#[component]
fn CheckView(module: String, page: CheckPage) -> impl IntoView {
    let course = page.progress.course.clone();
    let here = page.progress.module(&module);
    let module_title = here.map(|module| module.title.clone()).unwrap_or_default();
    let pass_mark = here.map(|module| module.check.pass_mark).unwrap_or_default();
    let base = format!("/learn/{course}/{module}");
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        (format!("/learn/{course}"), page.course_title.clone()),
        (base.clone(), module_title.clone()),
    ];
    let title = if page.result.is_some() { "Knowledge check: result" } else { "Knowledge check" }.to_owned();
    let again = format!("{base}/check");
    let came_back = PageState::error_of(SubmitCheck::PATH);
    let tab = came_back.as_ref().map(|_| "Error: Knowledge check");
    let after = page.result.is_some().then(|| after_check(&page.progress, &module));
    view! {
        <CourseFrame title steps progress=page.progress over=module_title>
            {tab.map(|tab| view! { <Title text=tab /> })}
            {match page.result {
                Some(result) => view! {
                    <ResultView result pass_mark again><div id="after" data-live>{after}</div></ResultView>
                }.into_any(),
                None => view! {
                    <CheckForm questions=page.questions version=page.version course module pass_mark came_back />
                }.into_any(),
            }}
        </CourseFrame>
    }
}

/// What the result means for the module: the tick, or what is missing; and where to go on.
fn after_check(progress: &CourseProgress, module: &str) -> impl IntoView + use<> {
    let course = progress.course.clone();
    let here = progress.module(module).cloned()?;
    let next = progress.next().filter(|next| here.completed && next.slug != here.slug).cloned();
    Some(view! {
        {here.completed.then(|| view! { <p class="ticked"><Tick />"You have completed this module."</p> })}
        {next.map(|next| view! {
            <p><a href=format!("/learn/{course}/{}", next.slug) class="button">"Next module: "{next.title}</a></p>
        })}
        <WhyNotTicked course=course.clone() module=here />
    })
}

/// The questions. Sent by scripts the answers stay on the page until they have arrived; sent without, the page comes back.
#[island]
fn CheckForm(
    questions: Vec<AskedQuestion>,
    version: i32,
    course: String,
    module: String,
    pass_mark: u8,
    /// The error of a form that was sent without scripts.
    came_back: Option<ApiError>,
) -> impl IntoView {
    let action = ServerAction::<SubmitCheck>::new();
    let came_back = StoredValue::new(came_back);
    let error = Memo::new(move |_| match action.value().get() {
        Some(result) => result.err(),
        None => came_back.get_value(),
    });
    let problems = Memo::new(move |_| {
        error
            .get()
            .filter(|error| error.kind == ErrorKind::Invalid)
            .map(|error| error.fields)
            .unwrap_or_default()
    });
    let count = questions.len();
    view! {
        <ErrorSummary problems=Signal::from(problems) />
        {move || error.get().filter(|error| error.kind != ErrorKind::Invalid).map(|error| view! {
            <p class="notice" role="alert">
                {(error.kind == ErrorKind::SignedOut).then(|| view! {
                    "You have been signed out. Your answers are still on this page: "
                    <a href="/sign-in" target="_blank" rel="noopener">"sign in in another tab"</a>", then send them again."
                })}
                {match error.kind {
                    ErrorKind::SignedOut => "",
                    ErrorKind::Offline => "Not sent: we cannot reach the server. Your answers are still on this page; try again in a moment.",
                    _ => "Not sent: the service is not available just now. Your answers are still on this page; try again in a moment.",
                }}
            </p>
        })}
        {move || problems.read().iter().any(|problem| problem.problem == Problem::QuestionsChanged).then(|| view! {
            <p><a class="button secondary" href="">"Load the new questions"</a></p>
        })}
        <p class="lede">{format!("{count} questions. {pass_mark}% or more is a pass, and you can take it as often as you like.")}</p>
        <ActionForm action attr:novalidate="" attr:class="check">
            <input type="hidden" name="course" value=course />
            <input type="hidden" name="module" value=module />
            <input type="hidden" name="version" value=version.to_string() />
            {questions
                .into_iter()
                .enumerate()
                .map(|(n, question)| {
                    let field = format!("q-{}", question.id);
                    let problem = Signal::derive(move || problem_for(&problems.read(), &field));
                    let typed = came_back.get_value().map(|error| error.typed).unwrap_or_default();
                    let given: Vec<_> =
                        typed.into_iter().filter(|(id, _)| *id == question.id).map(|(_, value)| value).collect();
                    view! { <QuestionField number=n + 1 question given problem /> }
                })
                .collect_view()}
            <button type="submit" class="button" disabled=move || action.pending().get()>
                {move || if action.pending().get() { "Sending…" } else { "Check my answers" }}
            </button>
        </ActionForm>
    }
}
