use domain::learning::{Note, PageNote, SaidClear};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::highlights::HighlightsForm;
use crate::{
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, ChangedMeanwhile, CheckBox, Done, FormErrors, Heading, Loaded, PostForm, Radios,
            Reply, TextArea, TextField, Title,
        },
    },
    learning::api::{SaveHighlights, SaveNote, SayClear, load_note},
};

const NOTE: &[&str] = &[SaveNote::PATH];
const CLEAR: &[&str] = &[SayClear::PATH];

/// The slugs of the course, the module and the page.
pub(super) type Address = [String; 3];

const TITLE: &str = "My note and highlights, and was this page clear?";

/// `/learn/{course}/{module}/{page}/note`: what the learner keeps of a page for themselves, and whether it was clear to them.
#[component]
pub fn NoteOfPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address = move || {
        let params = params.read();
        let [course, module, page] = ["course", "module", "page"].map(|name| params.get(name));
        [course, module, page, query.read().get("done")].map(Option::unwrap_or_default)
    };
    let page = PageData::new(address, |[course, module, page, done]: [String; 4]| async move {
        let note = load_note(course.clone(), module.clone(), page.clone()).await?;
        Ok(([course, module, page], done, note))
    });
    view! { <Loaded resource=page page=|(address, done, page)| view! { <NoteView address done page /> } /> }
}

#[component]
fn NoteView(address: Address, done: String, page: PageNote) -> impl IntoView {
    let reply = Reply::to(&[SaveNote::PATH, SayClear::PATH, SaveHighlights::PATH]);
    let [course, module, slug] = &address;
    let above = format!("/learn/{course}");
    let all = format!("{above}/notes");
    let base = format!("{above}/{module}");
    let back = format!("{base}/{slug}");
    let steps = vec![
        ("/learn".to_owned(), "My courses".to_owned()),
        (above, page.course_title),
        (base, page.module_title),
        (back.clone(), page.title.clone()),
    ];
    view! {
        <Title text=reply.title(format!("{TITLE} {}", page.title)) />
        <Breadcrumbs steps />
        <FormErrors reply />
        <p class="over">{page.title.clone()}</p>
        <Heading>{TITLE}</Heading>
        <NoteForm address=address.clone() note=page.note saved=done == "note" reply />
        <WasClear address=address.clone() version=page.version said=page.said saved=done == "clear" reply />
        <HighlightsForm address highlights=page.highlights title=page.title.clone() saved=done == "highlights" reply />
        <p><a href=back>"Back to “"{page.title}"”"</a></p>
        <p><a href=all>"All my notes, highlights and bookmarks"</a></p>
    }
}

/// What names the page and the version of what is shown of it, in each form.
pub(super) fn about(address: Address, version: i32) -> AnyView {
    let [course, module, page] = address;
    view! {
        <input type="hidden" name="course" value=course />
        <input type="hidden" name="module" value=module />
        <input type="hidden" name="page" value=page />
        <input type="hidden" name="version" value=version.to_string() />
    }
    .into_any()
}

/// What the learner keeps of the page for themselves.
#[component]
fn NoteForm(
    address: Address,
    note: Note,
    /// It was saved just now.
    saved: bool,
    reply: Reply,
) -> impl IntoView {
    let reply = reply.of(NOTE);
    let again = format!("/learn/{}/note", address.join("/"));
    let kept = !note.text.is_empty() || note.bookmarked;
    let stands = if note.text.is_empty() { "No note.".to_owned() } else { note.text.clone() };
    let done = saved.then_some(if kept {
        "Saved. Only you see it."
    } else {
        "Nothing is kept of this page any more."
    });
    let checked = reply.ticked(NOTE, "bookmarked", note.bookmarked);
    view! {
        <section aria-labelledby="my-note">
            <h2 id="my-note">"My note"</h2>
            <Done reply text=done.map(str::to_owned) />
            <ChangedMeanwhile reply again>
                <p class="as-typed">{stands}</p>
            </ChangedMeanwhile>
            <PostForm to=SaveNote::PATH>
                {about(address, note.version)}
                <TextArea id="note" label="Note to myself" hint="Nobody else reads it, no tutor and no support. At most 4,000 characters."
                    value=reply.typed("note", &note.text) problem=reply.problem("note") />
                <CheckBox id="bookmarked" label="Bookmark this page" checked />
                <button type="submit" class="button secondary small">"Save"</button>
            </PostForm>
        </section>
    }
}

/// "Was this page clear?"
#[component]
fn WasClear(
    address: Address,
    /// That of the text.
    version: i32,
    said: Option<SaidClear>,
    /// It was said just now.
    saved: bool,
    reply: Reply,
) -> impl IntoView {
    let reply = reply.of(CLEAR);
    let (answer, words) = said.map_or((None, String::new()), |said| (Some(said.clear), said.words));
    let chosen = match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    let done = saved.then(|| "Thank you. You can change it at any time.".to_owned());
    view! {
        <section aria-labelledby="was-clear">
            <h2 id="was-clear">"Was this page clear?"</h2>
            <Done reply text=done />
            <PostForm to=SayClear::PATH>
                {about(address, version)}
                <Radios id="was_clear" label="Was it clear?" options=vec![("yes", "Yes"), ("no", "Not quite")]
                    chosen=reply.typed("was_clear", chosen) problem=reply.problem("was_clear") />
                <TextField id="unclear_words" label="What was not (optional)"
                    hint="One sentence, at most 200 characters. It helps who writes the course; your tutor does not see it."
                    value=reply.typed("unclear_words", &words) problem=reply.problem("unclear_words") />
                <button type="submit" class="button secondary small">"Send"</button>
            </PostForm>
        </section>
    }
}
