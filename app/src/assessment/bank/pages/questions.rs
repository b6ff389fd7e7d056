use domain::{
    assessment::bank::{OwnTemplates, TemplateCard},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::parts::{OrganisationHead, Position, level, use_organisation},
        bank::{
            api::{DraftBank, RetireTemplate, load_questions},
            parts::bank_form::BankForm,
        },
    },
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply},
    },
};

/// `/assessments/questions/{organisation}`: an organisation's own templates, and how to import more.
#[component]
pub fn Questions() -> impl IntoView {
    let params = use_params_map();
    let bank = PageData::new(move || params.read().get("organisation").unwrap_or_default(), load_questions);
    view! { <Loaded resource=bank page=|bank| view! { <QuestionsView bank /> } /> }
}

#[component]
fn QuestionsView(bank: OwnTemplates) -> impl IntoView {
    let reply = Reply::to(&[DraftBank::PATH, RetireTemplate::PATH]);
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let done = match done.as_deref() {
        Some("imported") => Some("The questions are imported. Papers can ask them from now on."),
        Some("retired") => Some("The template is retired. No paper draws it from now on."),
        Some("brought-back") => Some("The template is back. Papers can draw it from now on."),
        _ => None,
    };
    let position = Position { over: bank.organisation, ..Position::default() };
    view! {
        <OrganisationHead heading="Question bank" position reply />
        <Done reply text=done.map(str::to_owned) />
        <div class="narrow">
            <p>"Papers draw their questions from templates, whose numbers are new each time. The shared bank has "{count(bank.shared, "template")}", which every organisation can use. Those below are your own and nobody else's."</p>
        </div>
        <h2>"Your own templates"</h2>
        {if bank.templates.is_empty() {
            view! { <p>"There are none yet. Add some below, or set papers from the shared bank alone."</p> }.into_any()
        } else {
            view! { <TemplateTable templates=bank.templates label="Your own templates" back=false /> }.into_any()
        }}
        {(!bank.retired.is_empty()).then(|| view! {
            <h2>"Retired templates"</h2>
            <p class="narrow">"No paper draws these any more. Papers that were published before keep their questions."</p>
            <TemplateTable templates=bank.retired label="Retired templates" back=true />
        })}
        <section class="narrow" aria-labelledby="add-title">
            <h2 id="add-title">"Add questions"</h2>
            <p>"Paste the text of your questions. You see what is wrong with them, or what they look like, before anything is imported. A template whose id you have already takes the place of the old one; published papers keep their questions."</p>
            <Format />
            <BankForm text=String::new() button="Preview the questions" reply />
        </section>
    }
}

#[component]
fn TemplateTable(templates: Vec<TemplateCard>, label: &'static str, back: bool) -> impl IntoView {
    let button = if back { "Bring back" } else { "Retire" };
    let row = move |template: TemplateCard| {
        let named = template.name.clone();
        view! {
            <tr>
                <th scope="row">{template.name}</th>
                <td>{template.category.title()}</td>
                <td>{level(Some(template.difficulty))}</td>
                <td>
                    <PostForm to=RetireTemplate::PATH>
                        <input type="hidden" name="organisation" value=use_organisation() />
                        <input type="hidden" name="template" value=template.id.to_string() />
                        <input type="hidden" name="back" value=back.to_string() />
                        <button type="submit" class="button secondary small">{button}<span class="visually-hidden">" "{named}</span></button>
                    </PostForm>
                </td>
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label=label>
            <table>
                <caption class="visually-hidden">{label}</caption>
                <thead>
                    <tr><th scope="col">"Template"</th><th scope="col">"Category"</th><th scope="col">"Difficulty"</th><th scope="col"><span class="visually-hidden">{button}</span></th></tr>
                </thead>
                <tbody>{templates.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// A whole template; a line wider than a phone scrolls separately.
const EXAMPLE: &str = r#"[[question]]
id = "ibuprofen-syrup"
category = "oral-liquids"
difficulty = 1
variables = [
  { name = "dose", from = 50, to = 300, step = 25 },
]
constraints = ["dose != 100"]
wording = "{dose} mg of ibuprofen is prescribed. The bottle says 100 mg in 5 mL. What volume do you give? Round it to 2 decimal places."
hints = ["How much of the medicine is in 1 mL?"]

[question.number]
value = "dose / 100 * 5"
unit = "mL"
rounding = "two-decimals"
steps = ["{dose} mg ÷ 100 mg × 5 mL = {answer} mL"]
errors = [
  { name = "Formula upside down", value = "100 / dose * 5" },
]
"#;

#[component]
fn Format() -> impl IntoView {
    view! {
        <details class="bank-format">
            <summary>"How questions are written"</summary>
            <p>"Each begins with "<code>"[[question]]"</code>". "<code>"variables"</code>" says which numbers are drawn, and their names in braces stand for them in every text. "<code>"value"</code>" is the answer, worked out from them, "<code>"steps"</code>" the worked solution, and "<code>"errors"</code>" the mistakes that people make. A number with a decimal point is written in quotes. Where "<code>"rounding"</code>" is not "<code>"exact"</code>", the wording says how the answer is rounded."</p>
            <p>"An id stays the same when the wording changes. Difficulty is 1, 2 or 3. Ask us for the full guide, which also explains choices, orders and texts."</p>
            <div class="table-frame" role="region" tabindex="0" aria-label="Example of a question">
                <pre><code>{EXAMPLE}</code></pre>
            </div>
        </details>
    }
}
