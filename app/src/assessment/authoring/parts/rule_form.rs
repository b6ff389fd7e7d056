use domain::assessment::{Category, Difficulty, PaperId, SectionId, Strand, bank::TemplateCard};
use leptos::{prelude::*, server_fn::ServerFn};

use super::level;
use crate::{
    assessment::authoring::api::AddRule,
    kit::ui::{PostForm, Reply, SelectField, TextField},
};

/// Adds questions to a section.
#[component]
pub fn AddRuleForm(
    paper: PaperId,
    version: u32,
    section: SectionId,
    templates: Vec<TemplateCard>,
    reply: Reply,
) -> impl IntoView {
    if templates.is_empty() {
        return view! { <p>"There is nothing to ask yet: the question bank is empty."</p> }.into_any();
    }
    // Only one of the sections' forms was refused.
    let here = reply.typed("section", "") == section.to_string();
    let back = reply;
    let text =
        move |name: &str, before: &str| if here { back.typed(name, before) } else { before.to_owned() };
    let field = move |name: &str| format!("{name}-{section}");
    let wrong = move |name: &str| reply.problem(&field(name));
    let (chosen, difficulty) = (text("source", ""), text("difficulty", ""));
    view! {
        <PostForm to=AddRule::PATH class="add-rule">
            <input type="hidden" name="paper" value=paper.to_string() />
            <input type="hidden" name="section" value=section.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <SelectField id=field("source") name="source" label="About" problem=wrong("source")>
                <Sources templates chosen />
            </SelectField>
            <SelectField id=field("difficulty") name="difficulty" label="Difficulty"
                hint="Counts for a category only: a template has its own." problem=wrong("difficulty")>
                <option value="">"Any"</option>
                {[Difficulty::One, Difficulty::Two, Difficulty::Three].map(|step| {
                    let value = u8::from(step).to_string();
                    let selected = value == difficulty;
                    view! { <option value=value selected=selected>{level(Some(step))}</option> }
                }).into_iter().collect_view()}
            </SelectField>
            <TextField id=field("questions") name="questions" label="How many questions" numeric=true hint="1 to 60"
                value=text("questions", "") problem=wrong("questions") />
            <TextField id=field("marks") name="marks" label="Marks for each" numeric=true hint="1 to 20"
                value=text("marks", "1") problem=wrong("marks") />
            <button type="submit" class="button secondary">"Add the questions"</button>
        </PostForm>
    }
    .into_any()
}

/// The categories that the bank has templates for, then its templates one by one.
#[component]
fn Sources(templates: Vec<TemplateCard>, chosen: String) -> impl IntoView {
    let option = move |value: String, text: String| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    };
    let categories =
        [(Strand::Numeracy, "Numeracy"), (Strand::Literacy, "Literacy")].map(|(strand, label)| {
            let known = |category: &Category| templates.iter().any(|template| template.category == *category);
            let of_strand = Category::all().filter(|category| category.strand() == strand).filter(known);
            let options: Vec<_> = of_strand
                .map(|category| option(category.as_str().to_owned(), category.title().to_owned()))
                .collect();
            (!options.is_empty()).then(|| view! { <optgroup label=label>{options}</optgroup> })
        });
    let single = templates.iter().map(|template| {
        let own = if template.own { ", your own" } else { "" };
        let about =
            format!("{}, difficulty {}{own}", template.category.title(), u8::from(template.difficulty));
        option(template.id.to_string(), format!("{} ({about})", template.name))
    });
    let single: Vec<_> = single.collect();
    view! {
        <option value="">"Choose a category or a template"</option>
        {categories.into_iter().collect_view()}
        <optgroup label="One chosen template">{single}</optgroup>
    }
}
