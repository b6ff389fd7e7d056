use domain::assessment::{PaperId, authoring::SectionView};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    RulesTable, Totals,
    rule_form::{AddRuleForm, Sources},
};
use crate::{
    assessment::authoring::api::RemoveSection,
    kit::ui::{PostForm, Reply},
};

/// One section of a paper: its questions and, in a draft, the forms that change them. The form that adds some is long: it
/// is there only with `sources`, otherwise there is a link to it.
#[component]
pub fn PaperSection(
    paper: PaperId,
    version: u32,
    draft: bool,
    section: SectionView,
    sources: Option<Sources>,
    reply: Reply,
) -> impl IntoView {
    let (id, title) = (section.id, section.title.clone());
    let empty = section.rules.is_empty();
    let totals = (section.questions(), section.marks(), section.pass_percent);
    let rules = match (empty, draft) {
        (true, _) => view! { <p>"No questions yet."</p> }.into_any(),
        (false, true) => view! { <RulesTable section removable=(paper, version) /> }.into_any(),
        (false, false) => view! { <RulesTable section /> }.into_any(),
    };
    // A refused form has to be visible; an empty section has nothing else to show.
    let wrong = reply.typed("section", "") == id.to_string();
    let named = title.clone();
    // Whoever has opened a category is choosing.
    let choosing = sources.as_ref().is_some_and(|sources| sources.category.is_some());
    let add = match sources {
        Some(sources) => view! {
            <details open=empty || wrong || choosing>
                <summary>"Add questions to "{title.clone()}</summary>
                <AddRuleForm paper version section=id sources reply />
            </details>
        }
        .into_any(),
        None => view! {
            <p><a href=format!("/assessments/papers/{paper}/questions?add={id}#section-{id}")>"Add questions to "{title.clone()}</a></p>
        }
        .into_any(),
    };
    view! {
        <section class="paper-section" id=format!("section-{id}") aria-labelledby=format!("section-{id}-title")>
            <h2 id=format!("section-{id}-title")>{title}</h2>
            <Totals questions=totals.0 marks=totals.1 pass_percent=totals.2 />
            {rules}
            {draft.then(|| view! {
                {add}
                <PostForm to=RemoveSection::PATH>
                    <input type="hidden" name="paper" value=paper.to_string() />
                    <input type="hidden" name="section" value=id.to_string() />
                    <input type="hidden" name="version" value=version.to_string() />
                    <button type="submit" class="button secondary small">
                        {if empty { "Remove the section" } else { "Remove the section and its questions" }}
                        <span class="visually-hidden">": "{named}</span>
                    </button>
                </PostForm>
            })}
        </section>
    }
}
