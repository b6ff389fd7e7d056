use domain::{
    FieldProblem, count,
    learning::{CourseEnd, FEEDBACK, GivenFeedback, LONGEST_COMMENT, RATINGS, WISHES, Wishes},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, Done, FormErrors, Heading, Loaded, PostForm, Radios, Reply, SITE, TextArea, Time,
            Title,
        },
    },
    learning::api::{AnswerEnd, load_end},
};

/// `/learn/{course}/end`: what a learner who has completed every module is asked.
#[component]
pub fn End() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let page = PageData::new(
        move || {
            let course = params.read().get("course").unwrap_or_default();
            (course, query.read().get("done").unwrap_or_default())
        },
        |(course, done)| async move { load_end(course.clone()).await.map(|page| (course, done, page)) },
    );
    view! { <Loaded resource=page page=|(course, done, page)| view! { <EndView course done page /> } /> }
}

#[component]
fn EndView(course: String, done: String, page: CourseEnd) -> impl IntoView {
    let reply = Reply::to(&[AnswerEnd::PATH]);
    let done = (done == "answers").then_some("Thank you: your answers are kept.");
    let asks = page.asks();
    let CourseEnd { title, closed, unfinished, wishes, feedback } = page;
    let mut steps = vec![("/learn".to_owned(), "My courses".to_owned())];
    steps.extend((!closed).then(|| (format!("/learn/{course}"), title.clone())));
    view! {
        <Title text=reply.title(format!("End of the course: {title}")) />
        <Breadcrumbs steps />
        <FormErrors reply words=Callback::new(with_question) />
        <p class="over">{title}</p>
        <Heading>"End of the course"</Heading>
        <Done reply text=done.map(str::to_owned) />
        {if unfinished == 0 {
            view! {
                <div class="confirmation"><p>"Well done: you have completed every module of this course."</p></div>
                <p>"Your hours and your certificate are in "<a href="/learn/record">"your CPD record"</a>"."</p>
            }.into_any()
        } else {
            view! { <p>"You have not completed every module yet. Still to do: "{count(unfinished, "module")}"."</p> }.into_any()
        }}
        {if asks {
            view! {
                <p>"There are two parts. You can leave one of them empty, and answer it later."</p>
                <PostForm to=AnswerEnd::PATH>
                    <input type="hidden" name="course" value=course />
                    <AfterCourse wishes reply />
                    <AboutCourse feedback reply />
                    <button type="submit" class="button">"Send your answers"</button>
                </PostForm>
            }.into_any()
        } else if closed {
            view! { <p>"The course is not open to you now."</p> }.into_any()
        } else {
            view! { <p>"Then we ask you here whether you want to keep your access, and what you think of the course."</p> }.into_any()
        }}
    }
}

/// The problem of a field, after what the field asks.
fn with_question(FieldProblem { field, problem }: FieldProblem) -> String {
    let (asked, then) = match field.as_str() {
        "keep_access" => (WISHES.keep_access, " "),
        "join_zone" => (WISHES.join_zone, " "),
        field => match FEEDBACK.questions.iter().find(|question| question.id == field) {
            Some(question) => (question.text, ": "),
            None => ("", ""),
        },
    };
    format!("{asked}{then}{}", problem.message())
}

const YES_OR_NO: [(&str, &str); 2] = [("yes", "Yes"), ("no", "No")];

#[component]
fn AfterCourse(wishes: Option<Wishes>, reply: Reply) -> impl IntoView {
    let said = |yes: bool| if yes { "yes" } else { "no" };
    let wanted = wishes.as_ref().and_then(|wishes| wishes.to(&WISHES));
    let keep_access = wanted.map_or("", |wanted| said(wanted.keep_access));
    let join_zone = wanted.map_or("", |wanted| said(wanted.join_zone));
    let wants_zone = wanted.is_some_and(|wanted| wanted.join_zone);
    view! {
        <section class="narrow" aria-labelledby="after-title">
            <h2 id="after-title">"After the course"</h2>
            {wants_zone.then(|| view! { <p>"You want to join NMP Zone: "<a href="/zone">"choose an area and ask to join"</a>"."</p> })}
            {wishes.map(|wishes| view! { <p class="hint">"You answered on "<Time moment=wishes.said />". You can change your answers."</p> })}
            <input type="hidden" name="wishes_version" value=WISHES.version />
            <Radios id="keep_access" label=WISHES.keep_access
                hint="We keep your answer. Nothing changes by itself: whether you can keep access also depends on who pays for it."
                options=YES_OR_NO.to_vec() chosen=reply.typed("keep_access", keep_access) problem=reply.problem("keep_access") />
            <Radios id="join_zone" label=WISHES.join_zone
                hint="Closed communities of people who prescribe. You join an area yourself, after this: we keep your answer, and nothing changes by it."
                options=YES_OR_NO.to_vec() chosen=reply.typed("join_zone", join_zone) problem=reply.problem("join_zone") />
        </section>
    }
}

#[component]
fn AboutCourse(feedback: Option<GivenFeedback>, reply: Reply) -> impl IntoView {
    let (ratings, comment) = feedback.as_ref().and_then(|given| given.to(&FEEDBACK)).unwrap_or_default();
    let comment = reply.typed("comment", comment.unwrap_or_default());
    let questions = FEEDBACK.questions.iter().enumerate().map(|(place, question)| {
        let before = ratings.get(place).map(u8::to_string).unwrap_or_default();
        view! {
            <Radios id=question.id label=question.text options=RATINGS.to_vec() chosen=reply.typed(question.id, &before)
                problem=reply.problem(question.id) />
        }
    });
    let questions = questions.collect_view();
    let given = feedback.map(|given| given.given);
    view! {
        <section class="narrow" aria-labelledby="about-title">
            <h2 id="about-title">"What do you think of the course?"</h2>
            {given.map(|given| view! { <p class="hint">"You answered on "<Time moment=given />". You can change your answers."</p> })}
            <p>
                "How far do you agree? If your university or employer gave you the course, it sees these answers as figures only, of five people "
                "or more together, and never who said what. Figures in which you are counted already stay as they are when you change your answers."
            </p>
            <input type="hidden" name="version" value=FEEDBACK.version />
            {questions}
            <TextArea id="comment" label="Is there anything else that you want to say? (optional)"
                hint=format!("Only the staff of the {SITE} read this, without your name. Your university or employer never sees it. Name no patients and no colleagues. At most {LONGEST_COMMENT} characters.")
                value=comment problem=reply.problem("comment") />
        </section>
    }
}
