use domain::learning::Note;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::ui::{ChangedMeanwhile, CheckBox, Done, PostForm, Reply, TextArea},
    learning::api::{SaveNote, SayClear},
};

/// The functions of the forms of a page that is read.
pub const PAGE_FORMS: &[&str] = &[SaveNote::PATH, SayClear::PATH];
const FORM: &[&str] = &[SaveNote::PATH];

/// What the learner keeps of a page for themselves, folded away beside the text.
#[component]
pub fn NoteForm(
    course: String,
    module: String,
    page: String,
    note: Note,
    /// It was saved just now.
    saved: bool,
    /// To [`PAGE_FORMS`].
    reply: Reply,
) -> impl IntoView {
    let reply = reply.of(FORM);
    let address = format!("/learn/{course}/{module}/{page}");
    let all = format!("/learn/{course}/notes");
    let kept = match (note.text.is_empty(), note.bookmarked) {
        (false, true) => Some("written, and bookmarked"),
        (false, false) => Some("written"),
        (true, true) => Some("bookmarked"),
        (true, false) => None,
    };
    let stands = if note.text.is_empty() { "No note.".to_owned() } else { note.text.clone() };
    let done = saved.then(|| {
        if kept.is_some() { "Saved. Only you see it." } else { "Nothing is kept of this page any more." }
    });
    let open = saved || untrack(|| reply.any());
    let checked = reply.ticked(FORM, "bookmarked", note.bookmarked);
    view! {
        <details class="my-note" id="my-note" open=open>
            <summary>"My note"{kept.map(|kept| view! { <span class="hint">": "{kept}</span> })}</summary>
            <Done reply text=done.map(str::to_owned) />
            <ChangedMeanwhile reply again=address>
                <p class="as-typed">{stands}</p>
            </ChangedMeanwhile>
            <PostForm to=SaveNote::PATH>
                <input type="hidden" name="course" value=course />
                <input type="hidden" name="module" value=module />
                <input type="hidden" name="page" value=page />
                <input type="hidden" name="version" value=note.version.to_string() />
                <TextArea id="note" label="Note to myself" hint="Nobody else reads it, no tutor and no support. At most 4,000 characters."
                    value=reply.typed("note", &note.text) problem=reply.problem("note") />
                <CheckBox id="bookmarked" label="Bookmark this page" checked />
                <button type="submit" class="button secondary small">"Save"</button>
            </PostForm>
            <p><a href=all>"All my notes and bookmarks"</a></p>
        </details>
    }
}
