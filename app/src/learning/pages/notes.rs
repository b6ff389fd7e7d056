use domain::{
    count,
    learning::{CourseNotes, Highlight, NotedPage},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, ChangedMeanwhile, Done, FormErrors, Heading, Loaded, PostForm, Reply, Time, Title,
        },
    },
    learning::api::{RemoveNote, load_notes},
};

/// `/learn/{course}/notes`: what the learner keeps of a course for themselves.
#[component]
pub fn Notes() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address =
        move || [params.read().get("course"), query.read().get("done")].map(Option::unwrap_or_default);
    let page = PageData::new(address, |[course, done]| async move {
        load_notes(course.clone()).await.map(|page| (course, done, page))
    });
    view! { <Loaded resource=page page=|(course, done, page)| view! { <NotesView course done page /> } /> }
}

#[component]
fn NotesView(course: String, done: String, page: CourseNotes) -> impl IntoView {
    let reply = Reply::to(&[RemoveNote::PATH]);
    let base = format!("/learn/{course}");
    let steps = vec![("/learn".to_owned(), "My courses".to_owned()), (base.clone(), page.title.clone())];
    let done = (done == "removed").then(|| "It is removed.".to_owned());
    let kept = page.notes.len();
    let notes = page.notes.into_iter().map(|note| noted(&course, note)).collect_view();
    let list = if kept == 0 {
        view! {
            <p>"You keep nothing of this course yet. Below each page is “My note and highlights”: what you write and highlight there, and the pages that you bookmark, are listed here."</p>
            <p><a class="button" href=base.clone()>"Go to the course"</a></p>
        }
        .into_any()
    } else {
        view! {
            <ul class="on-screen">
                <li><a href=format!("{base}/notes.pdf") rel="external">"Download all of it (PDF)"</a></li>
                <li><a href=format!("{base}/notes.xlsx") rel="external">"Download it as rows (Excel)"</a></li>
                <li><a href=format!("{base}/notes.csv") rel="external">"Download it as rows (CSV)"</a></li>
            </ul>
            <ul class="papers">{notes}</ul>
        }
        .into_any()
    };
    view! {
        <Title text=reply.title(format!("My notes and bookmarks: {}", page.title)) />
        <Breadcrumbs steps />
        <FormErrors reply />
        <p class="over">{page.title.clone()}</p>
        <Heading>"My notes and bookmarks"</Heading>
        <Done reply text=done />
        <ChangedMeanwhile reply again=format!("{base}/notes") says="Nothing was removed: what you keep of that page is not what you saw. ">
            <p>{count(kept, "page")}" with a note, a highlight or a bookmark."</p>
        </ChangedMeanwhile>
        <p class="lede">"Only you see them: no tutor, no organisation and no support."</p>
        {list}
    }
}

fn noted(course: &str, noted: NotedPage) -> AnyView {
    let NotedPage { module, module_title, page, title, gone, note, highlights, highlights_version, changed } =
        noted;
    let address = format!("/learn/{course}/{module}/{page}");
    let has_text = !note.text.is_empty();
    let head = if gone {
        view! { <strong>{title.clone()}</strong> }.into_any()
    } else {
        view! { <a href=address.clone()>{title.clone()}</a> }.into_any()
    };
    let lost = match (has_text, highlights.is_empty()) {
        (true, true) => "The note is gone for good.",
        (true, false) => "The note and the highlights are gone for good.",
        (false, false) => "The highlights are gone for good.",
        (false, true) => "You can bookmark the page again.",
    };
    let choose = (!gone && !highlights.is_empty()).then(|| format!("{address}/note#my-highlights"));
    let choose = choose.map(|href| {
        view! { <p><a href=href>"Change the highlights"<span class="visually-hidden">": "{title.clone()}</span></a></p> }
    });
    let (lost_passages, passages): (Vec<_>, Vec<_>) =
        highlights.into_iter().partition(|passage| passage.gone);
    let passages = [("Highlighted", passages), ("Highlighted, and no longer on the page", lost_passages)]
        .map(|(label, passages)| passages_of(label, passages));
    let course = course.to_owned();
    view! {
        <li>
            <div>
                {head}
                <p class="hint">
                    {module_title}". "
                    {gone.then_some("This page is no longer in the course. ")}
                    {note.bookmarked.then_some("Bookmarked. ")}
                    "Changed "<Time moment=changed />
                </p>
                {has_text.then(|| view! { <p class="as-typed">{note.text}</p> })}
                {passages.into_iter().collect_view()}
                {choose}
                <details>
                    <summary>"Remove"<span class="visually-hidden">": "{title}</span></summary>
                    <p>{lost}</p>
                    <PostForm to=RemoveNote::PATH>
                        <input type="hidden" name="course" value=course />
                        <input type="hidden" name="module" value=module />
                        <input type="hidden" name="page" value=page />
                        <input type="hidden" name="version" value=note.version.to_string() />
                        <input type="hidden" name="highlights_version" value=highlights_version.to_string() />
                        <button type="submit" class="button secondary small">"Yes, remove it"</button>
                    </PostForm>
                </details>
            </div>
        </li>
    }
    .into_any()
}

fn passages_of(label: &'static str, passages: Vec<Highlight>) -> Option<AnyView> {
    if passages.is_empty() {
        return None;
    }
    let passages = passages.into_iter().map(|passage| view! { <li>{passage.text}</li> }).collect_view();
    Some(view! { <p class="hint">{label}</p><ul class="highlighted">{passages}</ul> }.into_any())
}
