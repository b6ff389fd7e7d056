//! The forms that correct a published paper besides its times.

use domain::assessment::{Release, authoring::PaperPage};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::authoring::api::{ChangeCode, ClosePaper, CorrectWording},
    kit::ui::{CheckBox, PostForm, Reply, TextArea, TextField},
};

/// The paper, and the version of its settings that the form shows.
#[component]
fn Of(page: PaperPage) -> impl IntoView {
    view! {
        <input type="hidden" name="paper" value=page.id.to_string() />
        <input type="hidden" name="version" value=page.versions.settings.to_string() />
    }
}

/// Why, which every correction needs.
#[component]
fn Why(id: &'static str, reply: Reply) -> impl IntoView {
    view! {
        <TextArea id label="Reason" rows=2 hint="At most 500 characters. It stays on record with your name."
            value=reply.typed(id, "") problem=reply.problem(id) />
    }
}

/// Closes an open paper.
#[component]
pub fn CloseForm(page: PaperPage, reply: Reply) -> impl IntoView {
    let confirmed = reply.problem("close_confirmed");
    let results = (page.settings.release == Release::AtClose && !page.results_out)
        .then_some(" Candidates see their results as soon as nobody sits it any more.");
    view! {
        <section aria-labelledby="close-title">
            <h2 id="close-title">"Close now"</h2>
            <p>"Nobody can start the paper from now on. Who is sitting it goes on until their own time is up. You can open it again by a later closing time."{results}</p>
            <PostForm to=ClosePaper::PATH>
                <Of page />
                <Why id="close_reason" reply />
                <div class="field" class:wrong=move || confirmed.read().is_some()>
                    <CheckBox id="close_confirmed" name="confirmed" label="I want to close this paper now" checked=false problem=confirmed />
                </div>
                <button type="submit" class="button secondary">"Close the paper now"</button>
            </PostForm>
        </section>
    }
}

/// Corrects what candidates read.
#[component]
pub fn WordingForm(page: PaperPage, reply: Reply) -> impl IntoView {
    let reply = reply.of(&[CorrectWording::PATH]);
    let (title, instructions) = (page.settings.title.clone(), page.settings.instructions.clone());
    view! {
        <section aria-labelledby="wording-title">
            <h2 id="wording-title">"Correct the title or the instructions"</h2>
            <p>"Candidates see the new words at once; results and certificates have the new title too."</p>
            <PostForm to=CorrectWording::PATH>
                <Of page />
                <TextField id="title" label="Title" hint="As candidates see it. At most 200 characters."
                    value=reply.typed("title", &title) problem=reply.problem("title") />
                <TextArea id="instructions" label="Instructions (optional)"
                    hint="Candidates read this before they start. At most 4,000 characters."
                    value=reply.typed("instructions", &instructions) problem=reply.problem("instructions") />
                <Why id="wording_reason" reply />
                <button type="submit" class="button secondary">"Correct the words"</button>
            </PostForm>
        </section>
    }
}

/// Changes who else can sit the paper.
#[component]
pub fn CodeForm(page: PaperPage, reply: Reply) -> impl IntoView {
    let reply = reply.of(&[ChangeCode::PATH]);
    let code = page.settings.access_code.clone();
    view! {
        <section aria-labelledby="code-title">
            <h2 id="code-title">"Access code"</h2>
            <p>"Another code takes the place of the one before; an empty one removes it. Who has started goes on."</p>
            <PostForm to=ChangeCode::PATH>
                <Of page />
                <TextField id="access_code" label="Access code (optional)"
                    hint="6 to 20 letters and digits. Any signed-in person who has the code can sit the paper."
                    value=reply.typed("access_code", &code) problem=reply.problem("access_code") />
                <Why id="code_reason" reply />
                <button type="submit" class="button secondary">"Change the access code"</button>
            </PostForm>
        </section>
    }
}
