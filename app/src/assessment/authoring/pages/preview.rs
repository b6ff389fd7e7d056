use domain::{
    assessment::{PaperState, authoring::PaperPage, bank::PreviewedQuestion},
    count,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    assessment::{
        authoring::{
            api::load_preview,
            parts::{PaperHead, PaperTab},
        },
        bank::parts::previewed::PreviewedList,
    },
    kit::{
        api::{ErrorKind, PageData},
        ui::{Heading, Loaded, Reply, Title},
    },
};

/// `/assessments/papers/{paper}/preview`.
#[component]
pub fn Preview() -> impl IntoView {
    let params = use_params_map();
    let address = move || params.read().get("paper").unwrap_or_default();
    let preview = PageData::new(address, |paper| async move {
        match load_preview(paper.clone()).await {
            // The bank has no template for a line any more: that is corrected on the page of questions.
            Err(error) if error.kind == ErrorKind::Invalid => Ok(Err(paper)),
            other => other.map(Ok),
        }
    });
    view! { <Loaded resource=preview page=|preview| view! { <PreviewOrNone preview /> } /> }
}

#[component]
fn PreviewOrNone(preview: Result<(PaperPage, Vec<PreviewedQuestion>), String>) -> impl IntoView {
    match preview {
        Ok((page, questions)) => view! { <PreviewView page questions /> }.into_any(),
        Err(paper) => view! { <NoPreview paper /> }.into_any(),
    }
}

#[component]
fn PreviewView(page: PaperPage, questions: Vec<PreviewedQuestion>) -> impl IntoView {
    let draft = page.state == PaperState::Draft;
    let banner = if draft {
        "This is a preview. Nothing is saved, and the numbers are drawn again each time you look; those of the paper itself are drawn when you publish it."
    } else {
        "This is a preview. Nothing is saved. These are the questions of the first attempt."
    };
    let empty = questions.is_empty();
    let mut rest = questions.into_iter();
    let mut first = 1;
    // Questions come section by section, in the order of the paper.
    let parts: Vec<_> = page
        .sections
        .iter()
        .map(|section| {
            let size = usize::try_from(section.questions()).unwrap_or(0);
            let questions: Vec<_> = rest.by_ref().take(size).collect();
            let (from, title, total) = (first, section.title.clone(), count(section.marks(), "mark"));
            first += questions.len();
            view! {
                <section>
                    <h2>{title}</h2>
                    <p class="hint">{total}</p>
                    <PreviewedList questions first=from />
                </section>
            }
        })
        .collect();
    let id = page.id;
    view! {
        <PaperHead page heading="Preview" tab=PaperTab::Preview reply=Reply::to(&[]) />
        <p class="notice">{banner}</p>
        {if empty {
            view! { <p>"There are no questions yet. "<a href=format!("/assessments/papers/{id}/questions")>"Add some"</a>"."</p> }.into_any()
        } else {
            parts.into_any()
        }}
        <div class="actions">
            {draft.then(|| view! { <a class="button" href=format!("/assessments/papers/{id}/publish")>"Check and publish"</a> })}
            <a href=format!("/assessments/papers/{id}/try")>"Try it in the room of the candidates"</a>
            <a href=format!("/assessments/papers/{id}")>"Back to the paper"</a>
        </div>
    }
}

/// For a draft that asks for what the bank does not have.
#[component]
pub fn NoPreview(paper: String) -> impl IntoView {
    view! {
        <Title text="No preview" />
        <div class="narrow">
            <Heading>"No preview"</Heading>
            <p>"The question bank has nothing for one of the rules of this paper any more. Remove that rule, or choose another category or difficulty."</p>
            <p><a class="button" href=format!("/assessments/papers/{paper}/questions")>"Change the questions"</a></p>
        </div>
    }
}
