use domain::{
    assessment::{
        PaperId, PaperState, SectionId,
        authoring::{PaperPage, SectionView, SectionsPage},
    },
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::authoring::{
        api::{AddRule, AddSection, MoveRule, RemoveRule, RemoveSection, load_sections},
        parts::{Draggable, MovedLine, Moving, PaperHead, PaperSection, PaperTab, Sources},
    },
    kit::{
        api::PageData,
        ui::{ChangedMeanwhile, Done, Loaded, PostForm, Reply, TextField},
    },
};

/// `/assessments/papers/{paper}/questions`: the questions of the paper, section by section.
#[component]
pub fn Sections() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let sections = PageData::new(
        move || {
            (params.read().get("paper").unwrap_or_default(), query.read().get("category").unwrap_or_default())
        },
        |(paper, category)| load_sections(paper, category),
    );
    let moving = Moving::provide();
    view! {
        <Loaded resource=sections page=|page| view! { <SectionsView page /> } />
        <MovedLine moving />
    }
}

#[component]
fn SectionsView(page: SectionsPage) -> impl IntoView {
    let SectionsPage { paper: page, stock, category, cards, asked_again } = page;
    let reply =
        Reply::to(&[AddRule::PATH, AddSection::PATH, MoveRule::PATH, RemoveRule::PATH, RemoveSection::PATH]);
    let (done, into) = use_query_map().with_untracked(|query| (query.get("done"), query.get("add")));
    // An address that is opened again, when the draft has changed since, says nothing.
    let ends_with_one =
        |section: &SectionView| section.rules.last().is_some_and(|rule| rule.template.is_some());
    let added = done.as_deref() == Some("added")
        && page.state == PaperState::Draft
        && page.sections.iter().any(|section| into == Some(section.id.to_string()) && ends_with_one(section));
    let sources = Sources { stock, category, cards };
    let draft = page.state == PaperState::Draft;
    let (id, version, sections) = (page.id, page.versions.questions, page.sections.clone());
    let lead = match (draft, sections.is_empty()) {
        (false, _) => "The questions are fixed since the paper was published.",
        (true, true) => "A paper has one section or more. Add the first, then put questions into it.",
        (true, false) => {
            "Each attempt has questions of its own, drawn when you publish the paper. Add as many rules to a section as you like."
        }
    };
    let at_hand = at_hand(&sections, reply);
    if let Some(moving) = use_context::<Moving>() {
        moving.tell(&sections);
    }
    view! {
        <PaperHead page=page.clone() heading="Questions" tab=PaperTab::Questions reply />
        <Done reply text=added.then(|| "The question is added.".to_owned()) />
        <ChangedMeanwhile reply again=format!("/assessments/papers/{id}/questions") adds=true>
            <p>"The sections and questions below."</p>
        </ChangedMeanwhile>
        <p class="narrow">{lead}</p>
        <p class="totals">{so_far(&page)}</p>
        {page.pace_hint().map(|hint| view! { <p class="notice">{hint}" "<a href=format!("/assessments/papers/{id}/settings")>"Change the time limit"</a></p> })}
        {asked_again.into_iter().map(|said| view! { <p class="notice">{said}</p> }).collect_view()}
        <Draggable>
            {sections.into_iter().map(|section| {
                let sources = (at_hand == Some(section.id)).then(|| sources.clone());
                view! { <PaperSection paper=id version draft section sources reply /> }
            }).collect_view()}
        </Draggable>
        {draft.then(|| view! { <AddSectionForm paper=id version reply /> })}
        <div class="actions">
            {draft.then(|| view! { <a href=format!("/assessments/papers/{id}/preview")>"Preview the questions"</a> })}
            <a href=format!("/assessments/papers/{id}")>"Back to the paper"</a>
        </div>
    }
}

/// What the paper comes to as it stands: "24 questions, 24 marks in 30 minutes".
fn so_far(page: &PaperPage) -> String {
    let minutes = count(page.settings.limit_minutes, "minute");
    format!("{}, {} in {minutes}", count(page.questions(), "question"), count(page.marks(), "mark"))
}

/// The section with the form for adding questions on this page: the one with a refused form, the requested one, or
/// otherwise the first without questions.
fn at_hand(sections: &[SectionView], reply: Reply) -> Option<SectionId> {
    let asked = use_query_map().with_untracked(|query| query.get("add")).unwrap_or_default();
    let of = |id: &str| sections.iter().find(|section| section.id.to_string() == id);
    let empty = || sections.iter().find(|section| section.rules.is_empty());
    let found = of(&reply.typed("section", "")).or_else(|| of(&asked)).or_else(empty);
    found.or(sections.first()).map(|section| section.id)
}

#[component]
fn AddSectionForm(paper: PaperId, version: u32, reply: Reply) -> impl IntoView {
    view! {
        <section class="narrow" aria-labelledby="add-section">
            <h2 id="add-section">"Add a section"</h2>
            <PostForm to=AddSection::PATH>
                <input type="hidden" name="paper" value=paper.to_string() />
                <input type="hidden" name="version" value=version.to_string() />
                <TextField id="section_title" label="Title of the section" hint="For example: Numeracy"
                    value=reply.typed("section_title", "") problem=reply.problem("section_title") />
                <TextField id="section_pass" label="Pass mark of the section in % (optional)" numeric=true
                    hint="0 to 100. Anyone below it fails the paper, whatever they get in the other sections."
                    value=reply.typed("section_pass", "") problem=reply.problem("section_pass") />
                <button type="submit" class="button">"Add the section"</button>
            </PostForm>
        </section>
    }
}
