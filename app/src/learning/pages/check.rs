use domain::{
    FieldProblem, Problem,
    learning::{CheckPage, CheckTry, CheckView as View, CourseProgress, EarlierTry, at_least},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

#[cfg(feature = "hydrate")]
use crate::kit::ui::whenever;
use crate::{
    kit::{
        api::{ErrorKind, PageData},
        ui::{ErrorSummary, Loaded, PostForm, Refused, Reply, Tick, Time, Title, problem_for},
    },
    learning::{
        api::{LATER, SubmitCheck, load_check},
        parts::{
            CheckKeeper, CourseFrame, QuestionField, ResultView, SaveStatus, WhyNotTicked, in_summary,
            keep_progress,
        },
    },
};

/// `/learn/{course}/{module}/check`: the questions, or with `?attempt=` a marked attempt.
#[component]
pub fn Check() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address = move || {
        let (params, query) = (params.read(), query.read());
        [params.get("course"), params.get("module"), query.get("attempt")].map(Option::unwrap_or_default)
    };
    let check = PageData::new(address, |[course, module, attempt]| async move {
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
    let passed = here.is_some_and(|module| module.check.passed);
    let base = format!("/learn/{course}/{module}");
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        (format!("/learn/{course}"), page.course_title.clone()),
        (base.clone(), module_title.clone()),
    ];
    let is_marked = matches!(page.view, View::Marked(_));
    let title = if is_marked { "Knowledge check: result" } else { "Knowledge check" }.to_owned();
    let again = format!("{base}/check");
    let reply = Reply::to(&[SubmitCheck::PATH]);
    let tab = move || reply.any().then(|| view! { <Title text="Error: Knowledge check" /> });
    let mut progress = page.progress;
    if matches!(&page.view, View::Marked(result) if result.completed) {
        progress.completed_here(&module);
    }
    let (progress, connection) = keep_progress(progress);
    let slug = module.clone();
    view! {
        <CourseFrame title steps progress connection over=module_title>
            {tab}
            {match page.view {
                View::Marked(result) => view! {
                    <ResultView result pass_mark again base>
                        <div id="after">{move || after_check(&progress.read(), &slug)}</div>
                    </ResultView>
                }.into_any(),
                View::Asked(asked) => view! {
                    {passed.then(|| view! { <p class="notice">"You have passed this check. Taking it again takes nothing away."</p> })}
                    {earlier(&asked.earlier, &again)}
                    <CheckForm asked course module pass_mark reply />
                }.into_any(),
            }}
        </CourseFrame>
    }
}

/// The tries before this one, each with its answers.
fn earlier(tries: &[EarlierTry], check: &str) -> AnyView {
    let Some(words) = EarlierTry::all_in_words(tries) else { return ().into_any() };
    let row = |tried: &EarlierTry| {
        let (mark, passed) = (tried.mark(), if tried.passed { "passed" } else { "not passed" });
        view! { <li><a href=format!("{check}?attempt={}", tried.id)><Time moment=tried.taken.clone() /></a>": "{mark}", "{passed}</li> }
    };
    view! {
        <details class="earlier on-screen">
            <summary>{words}</summary>
            <ul class="plain-list">{tries.iter().map(row).collect_view()}</ul>
        </details>
    }
    .into_any()
}

/// The consequence for the module: the tick, or the missing parts; and where to go on.
fn after_check(progress: &CourseProgress, module: &str) -> AnyView {
    let course = progress.course.clone();
    let Some(here) = progress.module(module).cloned() else { return ().into_any() };
    let next = progress.next().filter(|next| here.completed && next.slug != here.slug).cloned();
    view! {
        {here.completed.then(|| view! { <p class="ticked"><Tick />" You have completed this module."</p> })}
        {next.map(|next| view! {
            <p><a href=format!("/learn/{course}/{}", next.slug) class="button">"Next module: "{next.title}</a></p>
        })}
        <WhyNotTicked course=course.clone() module=here />
    }
    .into_any()
}

/// The questions. With scripts each answer is saved as it is given, and the form stays until it has arrived; without
/// scripts the form can be saved for later, and the page returns.
#[component]
fn CheckForm(asked: CheckTry, course: String, module: String, pass_mark: u8, reply: Reply) -> impl IntoView {
    let keeper = CheckKeeper::new(&asked, &course, &module);
    #[cfg(feature = "hydrate")]
    whenever(move || untrack(|| keeper.start()));
    // Everything in an accepted form is on the server.
    let taken = move || {
        #[cfg(feature = "hydrate")]
        keeper.forget();
    };
    let sending = RwSignal::new(false);
    let error = Memo::new(move |_| reply.error());
    let problems = reply.problems();
    let questions = StoredValue::new(asked.questions.clone());
    let words =
        move |problem: FieldProblem| questions.with_value(|questions| in_summary(questions, &problem));
    // In a refused form, answers that were not kept differ from this, and are sent as new.
    let drawn = serde_json::to_string(&asked.answers).unwrap_or_default();
    let count = asked.questions.len();
    let others = asked.drawn.then_some(" Each time it asks other questions.");
    let overtaken = move || {
        let overtaken = keeper.overtaken.read();
        let numbers: Vec<_> = questions.with_value(|questions| {
            let all = questions.iter().zip(1..).filter(|(question, _)| overtaken.contains(&question.id));
            all.map(|(_, n): (_, usize)| n.to_string()).collect()
        });
        match &numbers[..] {
            [] => None,
            [one] => Some(format!(
                "Question {one} was answered in another window since, and that answer is kept. "
            )),
            [all @ .., last] => Some(format!(
                "Questions {} and {last} were answered in another window since, and those answers are kept. ",
                all.join(", ")
            )),
        }
    };
    let refused = move || {
        let refused = keeper.refused.read();
        let words = |problem: &FieldProblem| questions.with_value(|questions| in_summary(questions, problem));
        let all: Vec<_> = refused.iter().map(|problem| format!("{}. ", words(problem))).collect();
        (!all.is_empty()).then(|| all.concat())
    };
    let changed = move || {
        keeper.changed.get()
            || problems.read().iter().any(|problem| problem.problem == Problem::QuestionsChanged)
    };
    view! {
        <ErrorSummary problems words=Callback::new(words) />
        {move || error.get().filter(|error| error.kind != ErrorKind::Invalid).map(|error| view! {
            <Refused>
                {(error.kind == ErrorKind::SignedOut).then(|| view! {
                    "You have been signed out. Your answers are still on this page: "
                    <a href="/sign-in" target="_blank" rel="noopener">"sign in in another tab"</a>", then send them again."
                })}
                {match error.kind {
                    ErrorKind::SignedOut => "",
                    ErrorKind::Offline => "Not sent: we cannot reach the server. Your answers are still on this page; try again in a moment.",
                    ErrorKind::NotFound => "Not saved: this try was sent from another window, or somebody else is signed in in this browser now. Your answers are still on this page. Load it again in another tab to see how it stands.",
                    _ => "Not sent: the service is not available just now. Your answers are still on this page; try again in a moment.",
                }}
            </Refused>
        })}
        {move || changed().then(|| view! {
            <p><a class="button secondary" href="" rel="external">"Load the new questions"</a></p>
        })}
        <p class="lede">{format!("{}. {} is a pass, and you can take it as often as you like.", domain::count(count, "question"), at_least(pass_mark))}{others}</p>
        <PostForm to=SubmitCheck::PATH id="check" class="check" sending taken=Callback::new(move |()| taken())>
            <input type="hidden" name="course" value=course />
            <input type="hidden" name="module" value=module />
            <input type="hidden" name="attempt" value=asked.id.to_string() />
            <input type="hidden" name="version" value=asked.version.to_string() />
            <input type="hidden" name="drawn" value=drawn />
            <input type="hidden" name="sequence" value=move || keeper.form_sequence().to_string()
                prop:value=move || keeper.form_sequence().to_string() />
            {asked
                .questions
                .into_iter()
                .enumerate()
                .map(|(n, question)| {
                    let field = format!("q-{}", question.id);
                    let problem = Signal::derive(move || problem_for(&problems.read(), &field));
                    // A refused form shows its contents, even empty ones. A processed form has been saved: any other
                    // answer was given in another window since.
                    let kept = asked.answers.get(&question.id).cloned().unwrap_or_default();
                    let given = match untrack(|| reply.error()) {
                        Some(error) => {
                            let typed = reply.all(&format!("answers[{}]", question.id));
                            let blank = typed.iter().all(|text| text.trim().is_empty());
                            if blank && error.kind == ErrorKind::Invalid { kept } else { typed }
                        }
                        None => kept,
                    };
                    view! { <QuestionField number=n + 1 of=count question given problem /> }
                })
                .collect_view()}
            <p class="actions">
                <button type="submit" class="button" aria-disabled=move || sending.get().then_some("true")>
                    {move || if sending.get() { "Sending…" } else { "Check my answers" }}
                </button>
                <button type="submit" name="go" value=LATER class="button secondary">"Save and finish later"</button>
            </p>
            // Below the buttons: it appears when an answer has been saved, and would move a button while it is pressed.
            <p class="hint" role="status" id="kept">{move || match keeper.status.get() {
                SaveStatus::Fresh => ().into_any(),
                SaveStatus::Saved => match (refused(), overtaken()) {
                    (Some(words), others) => view! { "Not all saved. "{words}{others} }.into_any(),
                    (None, Some(words)) => view! {
                        "Not all saved. "{words}<a href="" rel="external">"Load the page again"</a>" to see it, and to change it."
                    }.into_any(),
                    (None, None) if keeper.changed.get() => "Saved, except the questions that have been updated since.".into_any(),
                    (None, None) => "Saved. You can go on later, on any device.".into_any(),
                },
                SaveStatus::Unsaved => "Not saved yet: we cannot reach the server. Your answers stay on this device and are sent as soon as we can.".into_any(),
                SaveStatus::SignedOut => view! {
                    "Not saved yet: you have been signed out. Your answers stay on this device; "
                    <a href="/sign-in" target="_blank">"sign in in another tab"</a>" to save them."
                }.into_any(),
                SaveStatus::Over => view! {
                    "Not saved: this try was sent from another window. "<a href="" rel="external">"Load the page again"</a>
                }.into_any(),
                SaveStatus::SomebodyElse => "Not saved: somebody else is signed in in this browser now. Your answers stay on this device. Sign in again as yourself in another tab, then load this page again.".into_any(),
            }}</p>
        </PostForm>
    }
}
