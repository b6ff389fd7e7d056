use domain::assessment::{
    PaperId, PaperState, SectionId,
    authoring::{SectionView, SectionsPage},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    assessment::authoring::{
        api::{AddRule, AddSection, RemoveRule, RemoveSection, load_sections},
        parts::{PaperHead, PaperSection, Totals, of_paper},
    },
    kit::ui::{ChangedMeanwhile, Loaded, PostForm, Reply, TextField},
};

/// `/assessments/papers/{paper}/questions`: the questions of the paper, section by section.
#[component]
pub fn Sections() -> impl IntoView {
    view! { <Loaded resource=of_paper(load_sections) page=|page| view! { <SectionsView page /> } /> }
}

#[component]
fn SectionsView(page: SectionsPage) -> impl IntoView {
    let SectionsPage { paper: page, templates, asked_again } = page;
    let reply = Reply::to(&[AddRule::PATH, AddSection::PATH, RemoveRule::PATH, RemoveSection::PATH]);
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
    view! {
        <PaperHead page=page.clone() heading="Questions" reply />
        <ChangedMeanwhile reply again=format!("/assessments/papers/{id}/questions") adds=true>
            <p>"The sections and questions below."</p>
        </ChangedMeanwhile>
        <p class="narrow">{lead}</p>
        <div class="totals"><Totals questions=page.questions() marks=page.marks() pass_percent=None /></div>
        {asked_again.into_iter().map(|said| view! { <p class="notice">{said}</p> }).collect_view()}
        {sections.into_iter().map(|section| {
            let templates = (at_hand == Some(section.id)).then(|| templates.clone());
            view! { <PaperSection paper=id version draft section templates reply /> }
        }).collect_view()}
        {draft.then(|| view! { <AddSectionForm paper=id version reply /> })}
        <div class="actions">
            {draft.then(|| view! { <a href=format!("/assessments/papers/{id}/preview")>"Preview the questions"</a> })}
            <a href=format!("/assessments/papers/{id}")>"Back to the paper"</a>
        </div>
    }
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
