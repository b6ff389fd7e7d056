use domain::{
    count,
    learning::{CourseNotes, NotedPage},
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
            <p>"You keep nothing of this course yet. Below each page is “My note”: what you write there, and the pages that you bookmark, are listed here."</p>
            <p><a class="button" href=base.clone()>"Go to the course"</a></p>
        }
        .into_any()
    } else {
        view! { <ul class="papers">{notes}</ul> }.into_any()
    };
    view! {
        <Title text=reply.title(format!("My notes and bookmarks: {}", page.title)) />
        <Breadcrumbs steps />
        <FormErrors reply />
        <p class="over">{page.title.clone()}</p>
        <Heading>"My notes and bookmarks"</Heading>
        <Done reply text=done />
        <ChangedMeanwhile reply again=format!("{base}/notes") says="Nothing was removed: what you keep of that page is not what you saw. ">
            <p>{count(kept, "page")}" with a note or a bookmark."</p>
        </ChangedMeanwhile>
        <p class="lede">"Only you see them: no tutor, no organisation and no support."</p>
        {list}
    }
}

fn noted(course: &str, noted: NotedPage) -> AnyView {
    let NotedPage { module, module_title, page, title, gone, note, changed } = noted;
    let address = format!("/learn/{course}/{module}/{page}");
    let has_text = !note.text.is_empty();
    let head = if gone {
        view! { <strong>{title.clone()}</strong> }.into_any()
    } else {
        view! { <a href=address>{title.clone()}</a> }.into_any()
    };
    let lost = if has_text { "The note is gone for good." } else { "You can bookmark the page again." };
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
                <details>
                    <summary>"Remove"<span class="visually-hidden">": "{title}</span></summary>
                    <p>{lost}</p>
                    <PostForm to=RemoveNote::PATH>
                        <input type="hidden" name="course" value=course />
                        <input type="hidden" name="module" value=module />
                        <input type="hidden" name="page" value=page />
                        <input type="hidden" name="version" value=note.version.to_string() />
                        <button type="submit" class="button secondary small">"Yes, remove it"</button>
                    </PostForm>
                </details>
            </div>
        </li>
    }
    .into_any()
}
