use domain::learning::SaidClear;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::ui::{Done, PostForm, Radios, Reply, TextField},
    learning::api::SayClear,
};

const FORM: &[&str] = &[SayClear::PATH];

/// "Was this page clear?", folded away below the text.
#[component]
pub fn WasClear(
    course: String,
    module: String,
    page: String,
    /// That of the text.
    version: i32,
    said: Option<SaidClear>,
    /// It was said just now.
    saved: bool,
    /// To [`PAGE_FORMS`](super::PAGE_FORMS).
    reply: Reply,
) -> impl IntoView {
    let reply = reply.of(FORM);
    let (answer, words) = said.map_or((None, String::new()), |said| (Some(said.clear), said.words));
    let (chosen, told) = match answer {
        Some(true) => ("yes", " You said yes."),
        Some(false) => ("no", " You said not quite."),
        None => ("", ""),
    };
    let open = saved || untrack(|| reply.any());
    let done = saved.then(|| "Thank you. You can change it at any time.".to_owned());
    view! {
        <details class="was-clear" open=open>
            <summary>"Was this page clear?"<span class="hint">{told}</span></summary>
            <Done reply text=done />
            <PostForm to=SayClear::PATH>
                <input type="hidden" name="course" value=course />
                <input type="hidden" name="module" value=module />
                <input type="hidden" name="page" value=page />
                <input type="hidden" name="version" value=version.to_string() />
                <Radios id="was_clear" label="Was it clear?" options=vec![("yes", "Yes"), ("no", "Not quite")]
                    chosen=reply.typed("was_clear", chosen) problem=reply.problem("was_clear") />
                <TextField id="unclear_words" label="What was not (optional)"
                    hint="One sentence, at most 200 characters. It helps who writes the course; your tutor does not see it."
                    value=reply.typed("unclear_words", &words) problem=reply.problem("unclear_words") />
                <button type="submit" class="button secondary small">"Send"</button>
            </PostForm>
        </details>
    }
}
