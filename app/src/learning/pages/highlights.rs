use domain::learning::{Highlights, PagePart, Passage};
use leptos::{prelude::*, server_fn::ServerFn};

use super::note::{Address, about};
use crate::{
    kit::ui::{ChangedMeanwhile, CheckBox, Done, PostForm, Reply},
    learning::api::SaveHighlights,
};

const FORM: &[&str] = &[SaveHighlights::PATH];

/// The passages of a page, to choose those that are highlighted in it.
#[component]
pub(super) fn HighlightsForm(
    address: Address,
    highlights: Highlights,
    /// The page's.
    title: String,
    /// They were saved just now.
    saved: bool,
    reply: Reply,
) -> impl IntoView {
    let reply = reply.of(FORM);
    let again = format!("/learn/{}/note", address.join("/"));
    let stands: Vec<_> =
        highlights.chosen().map(|text| view! { <li>{text.to_owned()}</li> }.into_any()).collect();
    let nothing = stands.is_empty().then_some("Nothing is highlighted.");
    let stands = nothing.is_none().then(|| view! { <ul>{stands}</ul> });
    let done = saved.then_some(if nothing.is_none() {
        "Saved. Your highlights are marked on the page, for you alone."
    } else {
        "Nothing of this page is highlighted any more."
    });
    // The first box has the id of the field, which the error summary leads to.
    let mut first = true;
    let mut id = move |passage: &Passage| {
        if std::mem::take(&mut first) { "highlights".to_owned() } else { format!("passage-{}", passage.key) }
    };
    let mut boxes = Vec::new();
    for PagePart { heading, paragraphs } in highlights.parts {
        let legend = if heading.is_empty() { title.clone() } else { heading };
        let paragraphs = paragraphs
            .into_iter()
            .map(|paragraph| {
                let passages = paragraph
                    .into_iter()
                    .map(|passage| choice(id(&passage), passage, reply))
                    .collect::<Vec<_>>();
                view! { <div class="passages">{passages}</div> }.into_any()
            })
            .collect::<Vec<_>>();
        boxes.push(group(legend, paragraphs));
    }
    if !highlights.gone.is_empty() {
        let passages = highlights.gone.into_iter().map(|passage| choice(id(&passage), passage, reply));
        boxes.push(group("No longer on the page".to_owned(), passages.collect()));
    }
    let content = if boxes.is_empty() {
        view! { <p>"This page has no text to highlight."</p> }.into_any()
    } else {
        view! {
            <PostForm to=SaveHighlights::PATH>
                {about(address, highlights.version)}
                {boxes}
                <button type="submit" class="button secondary small">"Save the highlights"</button>
            </PostForm>
        }
        .into_any()
    };
    view! {
        <section id="my-highlights" aria-labelledby="my-highlights-title">
            <h2 id="my-highlights-title">"My highlights"</h2>
            <Done reply text=done.map(str::to_owned) />
            <ChangedMeanwhile reply again says="What you ticked is still ticked. If you save it, it takes the place of what stands here. ">
                {nothing.map(|nothing| view! { <p>{nothing}</p> })}
                {stands}
            </ChangedMeanwhile>
            <p class="hint">"Tick what you want to find again, up to 100 passages of a page. It is marked when you read the page, and nobody else sees it."</p>
            {content}
        </section>
    }
}

fn group(legend: String, content: Vec<AnyView>) -> AnyView {
    view! {
        <fieldset class="field">
            <legend>{legend}</legend>
            {content}
        </fieldset>
    }
    .into_any()
}

fn choice(id: String, passage: Passage, reply: Reply) -> AnyView {
    let checked = reply.among(FORM, "highlights", &passage.key, passage.chosen);
    let problem = reply.problem(&id);
    view! { <CheckBox id name="highlights[]" value=passage.key label=passage.text checked problem /> }
        .into_any()
}
