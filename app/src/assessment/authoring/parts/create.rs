use domain::{
    FormToken,
    assessment::{PaperKind, authoring::ListChoice},
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::authoring::api::CreatePaper,
    kit::ui::{PostForm, Radios, Reply, SelectField, TextField},
};

/// Starts a draft. Where there is one organisation only, nobody is asked which.
#[component]
pub fn CreateForm(
    organisations: Vec<ListChoice>,
    /// Whether the page is about several organisations, so that the form names its own.
    several: bool,
    /// Whether there are papers to copy.
    again: bool,
    /// Whether what is typed stays when the list of papers is searched.
    keeps: bool,
    form: FormToken,
    reply: Reply,
) -> impl IntoView {
    let chosen = reply.typed("organisation", "");
    let organisation = match organisations.as_slice() {
        [only] => {
            let named = several
                .then(|| view! { <p>"It will be a paper of "<strong>{only.label.clone()}</strong>"."</p> });
            view! { {named}<input type="hidden" name="organisation" value=only.id.clone() /> }.into_any()
        }
        _ => view! {
            <SelectField id="organisation" label="Organisation" problem=reply.problem("organisation")>
                <option value="">"Choose an organisation"</option>
                {organisations.into_iter().map(|organisation| {
                    let selected = organisation.id == chosen;
                    view! { <option value=organisation.id selected=selected>{organisation.label}</option> }
                }).collect_view()}
            </SelectField>
        }
        .into_any(),
    };
    let kinds = PaperKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    view! {
        <section id="create" class="narrow" aria-labelledby="create-title">
            <h2 id="create-title">"Create a paper"</h2>
            {again.then(|| view! { <p>"To set one as last time, make a copy of that paper: “Copy” in the list above leads there. A copy has its settings, sections and rules."</p> })}
            <PostForm to=CreatePaper::PATH id="new-paper" keeps=keeps>
                {organisation}
                <input type="hidden" name="form" value=form.to_string() />
                <TextField id="title" label="Title" hint="As candidates see it, for example: Numeracy mock, autumn"
                    value=reply.typed("title", "") problem=reply.problem("title") />
                <Radios id="kind" label="Kind" hint="A mock paper is for practice under exam conditions. You can change this until you publish."
                    options=kinds chosen=reply.typed("kind", "") problem=reply.problem("kind") />
                <button type="submit" class="button">"Create a draft"</button>
            </PostForm>
        </section>
    }
}
