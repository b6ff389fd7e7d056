use domain::learning::ReflectionPage;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, ChangedMeanwhile, CheckBox, FormErrors, Heading, Loaded, PostForm, Reply, TextArea,
            Time, Title,
        },
    },
    learning::api::{SaveReflection, load_reflection},
};

const FORM: &[&str] = &[SaveReflection::PATH];

/// `/learn/record/{course}/{module}`: what the learner writes about a module that they have completed.
#[component]
pub fn Reflect() -> impl IntoView {
    let params = use_params_map();
    let address = move || {
        let params = params.read();
        ["course", "module"].map(|name| params.get(name).unwrap_or_default())
    };
    let page = PageData::new(address, |[course, module]| async move {
        load_reflection(course.clone(), module.clone()).await.map(|page| (course, module, page))
    });
    view! { <Loaded resource=page page=|(course, module, page)| view! { <ReflectView course module page /> } /> }
}

#[component]
fn ReflectView(course: String, module: String, page: ReflectionPage) -> impl IntoView {
    let reply = Reply::to(FORM);
    let title = format!("My reflection: {}", page.title);
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        ("/learn/record".to_owned(), "My CPD record".to_owned()),
    ];
    let address = format!("/learn/record/{course}/{module}");
    let written = page.reflection;
    let (learnt, used) = (written.learnt.clone(), written.used.clone());
    let nothing = written.is_empty().then_some("Nothing.");
    // At first those that the module serves.
    let fresh = written.version == 0;
    let boxes = page
        .competencies
        .into_iter()
        .map(|competency| {
            let before = fresh || written.competencies.contains(&competency.id);
            let checked = reply.among(FORM, "competencies", &competency.id, before);
            view! {
                <CheckBox id=format!("competency-{}", competency.id) name="competencies[]" value=competency.id.clone()
                    label=competency.in_words() checked />
            }
        })
        .collect_view();
    view! {
        <Title text=reply.title(title) />
        <Breadcrumbs steps />
        <FormErrors reply />
        <p class="over">{page.title}</p>
        <Heading>"My reflection"</Heading>
        <p class="lede">"Only you read it: no tutor, no organisation and no support. Name no patients and no colleagues."</p>
        <p>"You completed this module of “"{page.course_title}"” on "<Time moment=page.completed />"."</p>
        <ChangedMeanwhile reply again=address>
            {nothing}
            <p class="as-typed">{learnt}</p>
            <p class="as-typed">{used}</p>
        </ChangedMeanwhile>
        <PostForm to=SaveReflection::PATH class="narrow">
            <input type="hidden" name="course" value=course />
            <input type="hidden" name="module" value=module />
            <input type="hidden" name="version" value=written.version.to_string() />
            <TextArea id="learnt" label="What I learnt" hint="At most 4,000 characters."
                value=reply.typed("learnt", &written.learnt) problem=reply.problem("learnt") />
            <TextArea id="used" label="How I use it" hint="In your practice, now or soon. At most 4,000 characters."
                value=reply.typed("used", &written.used) problem=reply.problem("used") />
            <fieldset class="field">
                <legend>"Competencies that this is about"</legend>
                <p class="hint">{page.framework}</p>
                {boxes}
            </fieldset>
            <button type="submit" class="button">"Save"</button>
            <p class="hint">"To remove your reflection, empty both texts and save."</p>
        </PostForm>
    }
}
