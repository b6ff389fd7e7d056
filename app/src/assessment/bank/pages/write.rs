use domain::assessment::bank::Writing;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::parts::{OrganisationHead, Position, use_organisation},
        bank::{
            api::{WriteQuestion, load_writing},
            parts::{
                draws::draws,
                picture::picture_form,
                written::{FORM, Typed, all_fields, problem_of},
            },
        },
    },
    kit::{
        api::PageData,
        ui::{Loaded, PostForm, Reply, TextArea},
    },
};

/// `/assessments/questions/{organisation}/write`: a question in a form, to be written or changed.
#[component]
pub fn Write() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let writing = PageData::new(
        move || {
            let asked = |name: &str| query.read().get(name).unwrap_or_default();
            let organisation = params.read().get("organisation").unwrap_or_default();
            (organisation, asked("draft"), asked("template"), asked("show"))
        },
        |(organisation, draft, template, show)| load_writing(organisation, draft, template, show),
    );
    view! { <Loaded resource=writing page=|writing| view! { <WritingView writing /> } /> }
}

#[component]
fn WritingView(writing: Writing) -> impl IntoView {
    let Writing { organisation, draft, changes, version, fields, toml, tried } = writing;
    let faults: Vec<_> = tried.iter().flat_map(|tried| &tried.faults).map(problem_of).collect();
    let reply = Reply::to(FORM).or_all(faults.clone());
    let typed = Typed { fields: StoredValue::new(fields), problems: RwSignal::new(faults), reply };
    let here = use_organisation();
    let position = Position {
        steps: vec![(format!("/assessments/questions/{here}"), "Question bank".to_owned())],
        over: organisation,
    };
    let heading = if changes.is_some() { "Change a question" } else { "Write a question" };
    #[cfg(feature = "hydrate")]
    let asked = tried.is_some();
    let shown = RwSignal::new(tried);
    #[cfg(feature = "hydrate")]
    let changed = {
        use crate::assessment::bank::parts::live;
        // The fields of a new form are not wrong before somebody has asked for a preview.
        let tell = Callback::new(move |tried: domain::assessment::bank::TriedQuestion| {
            if asked {
                let _ = typed.problems.try_set(tried.faults.iter().map(problem_of).collect());
            }
            let _ = shown.try_set(Some(tried));
        });
        on_cleanup(live::stop);
        let here = here.clone();
        move |_: leptos::ev::Event| live::go_on(&here, tell)
    };
    #[cfg(not(feature = "hydrate"))]
    let changed = |_: leptos::ev::Event| ();
    let template = changes.map(|template| template.to_string()).unwrap_or_default();
    if use_query_map().with_untracked(|query| query.get("show")).as_deref() == Some("picture") {
        return view! {
            <OrganisationHead heading position reply />
            {picture_form(&here, &draft.to_string(), reply)}
        }
        .into_any();
    }
    view! {
        <OrganisationHead heading position reply />
        <PostForm to=WriteQuestion::PATH id="writing">
            <input type="hidden" name="organisation" value=here />
            <input type="hidden" name="draft" value=draft.to_string() />
            <input type="hidden" name="template" value=template />
            <input type="hidden" name="version" value=version.to_string() />
            // The Enter key presses the first button of a form.
            <button type="submit" name="act" value="preview" class="visually-hidden" tabindex="-1" aria-hidden="true">"Preview"</button>
            <div class="writing" on:input=changed>
                <div class="narrow">
                    <p>"Papers ask it in every way that its numbers allow. What you type is kept each time that you press a button, for thirty days, and nobody else sees it before you save it. An empty row is left out."</p>
                    {all_fields(typed, changes.is_some())}
                </div>
                <section aria-labelledby="preview">
                    <h2 id="preview" tabindex="-1">"Preview"</h2>
                    {move || draws(shown.get())}
                </section>
            </div>
            <div class="actions">
                <button type="submit" name="act" value="save" class="button">"Save the question"</button>
                <button type="submit" name="act" value="preview" class="button secondary">"Preview"</button>
            </div>
            <p class="narrow">"Papers that are published keep their questions as they are. All others ask what you save from then on."</p>
            <section class="narrow" aria-labelledby="text-title">
                <h2 id="text-title">"As text"</h2>
                <p>"The form and the text of a file say the same, both ways. Only comments, which begin with "<code>"#"</code>", are not kept."</p>
                <TextArea id="pasted" label="Text of the question" rows=12 code=true value=reply.typed("pasted", &toml.unwrap_or_default()) problem=reply.problem("pasted") />
                <div class="actions">
                    <button type="submit" name="act" value="text" class="button secondary">"Show the form as text"</button>
                    <button type="submit" name="act" value="paste" class="button secondary">"Fill in the form from this text"</button>
                </div>
            </section>
        </PostForm>
    }
    .into_any()
}
