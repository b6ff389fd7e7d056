use domain::{
    assessment::bank::{InUse, OfCategory, OfDifficulty, OwnTemplate, OwnTemplates, TemplateSort, titled},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::parts::{OrganisationHead, Position, use_organisation},
        bank::{
            api::{DraftBank, RetireTemplate, load_questions},
            parts::bank_form::BankForm,
        },
    },
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Done, Loaded, PostForm, Reply},
    },
};

type TemplateList = Shown<TemplateSort, (InUse, OfCategory, OfDifficulty)>;

const WORDS: Words = Words { one: "template", none: "None of the", searched: "Id, or words of the question" };

/// `/assessments/questions/{organisation}`: an organisation's own templates, and how to import more.
#[component]
pub fn Questions() -> impl IntoView {
    let (params, asked) = (use_params_map(), asked());
    let bank = PageData::new(
        move || (params.read().get("organisation").unwrap_or_default(), asked()),
        |(organisation, asked)| async move {
            load_questions(organisation, asked.clone()).await.map(|bank| (asked, bank))
        },
    );
    view! { <Loaded resource=bank page=|(asked, bank)| view! { <QuestionsView asked bank /> } /> }
}

#[component]
fn QuestionsView(asked: String, bank: OwnTemplates) -> impl IntoView {
    let reply = Reply::to(&[DraftBank::PATH, RetireTemplate::PATH]);
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let done = match done.as_deref() {
        Some("imported") => Some("The questions are imported. Papers can ask them from now on."),
        Some("written") => Some("The question is saved. Papers can ask it from now on."),
        Some("retired") => Some("The template is retired. No paper draws it from now on."),
        Some("brought-back") => Some("The template is back. Papers can draw it from now on."),
        _ => None,
    };
    let OwnTemplates { organisation, templates, shared } = bank;
    let list = TemplateList::new(format!("/assessments/questions/{}", use_organisation()), WORDS, &asked);
    let position = Position { over: organisation, ..Position::default() };
    view! {
        <OrganisationHead heading="Question bank" position reply />
        <Done reply text=done.map(str::to_owned) />
        <div class="narrow">
            <p>"Papers draw their questions from templates, whose numbers are new each time. The shared bank has "{count(shared, "template")}", which every organisation can use. Those below are your own and nobody else's. "<a href="/questions">"Look through all questions"</a></p>
        </div>
        <p class="on-screen"><a class="button" href=format!("/assessments/questions/{}/write", use_organisation())>"Write a question"</a></p>
        <h2>"Your own templates"</h2>
        {if templates.in_all == 0 {
            view! { <p>"There are none yet. Write one, add some below, or set papers from the shared bank alone."</p> }.into_any()
        } else {
            let files = list.downloads(&format!("{}/templates", list.base), &templates);
            let (form, found, pages) = (list.form(), list.found(&templates), list.pages(&templates));
            let rows = templates.rows;
            view! {
                <p class="narrow">"No paper draws a retired template any more. Papers that were published before keep its questions."</p>
                {form}
                {found}
                {(!rows.is_empty()).then(|| view! { <TemplateTable list rows /> })}
                {pages}
                {files}
            }
            .into_any()
        }}
        <section class="narrow on-screen" aria-labelledby="add-title">
            <h2 id="add-title">"Add questions as text"</h2>
            <p>"Paste the text of your questions. You see what is wrong with them, or what they look like, before anything is imported. A template whose id you have already takes the place of the old one; published papers keep their questions."</p>
            <Format />
            <BankForm text=String::new() button="Preview the questions" reply />
        </section>
    }
}

#[component]
fn TemplateTable(list: TemplateList, rows: Vec<OwnTemplate>) -> impl IntoView {
    // On paper nothing can be changed.
    let (changes, query) = (!list.query.whole, list.query.first().link(""));
    let row = move |template: OwnTemplate| {
        let title = titled(&template.name);
        let change = format!("/assessments/questions/{}/write?template={}", use_organisation(), template.id);
        let (named, back, query) = (template.name.clone(), template.retired, query.clone());
        let (state, button) = if back { ("Retired", "Bring back") } else { ("In use", "Retire") };
        view! {
            <tr>
                <th scope="row">
                    // A retired question is no longer among those that can be set.
                    {if back {
                        title.into_any()
                    } else {
                        view! { <a href=format!("/questions/{}", template.id)>{title}</a> }.into_any()
                    }}
                    <span class="hint"><code>{template.name}</code></span>
                </th>
                <td>{template.category.title()}</td>
                <td>{template.difficulty.in_words()}</td>
                <td>{state}</td>
                {changes.then(|| view! {
                    <td>
                        <p><a href=change>"Change"<span class="visually-hidden">" "{named.clone()}</span></a></p>
                        <PostForm to=RetireTemplate::PATH>
                            <input type="hidden" name="organisation" value=use_organisation() />
                            <input type="hidden" name="template" value=template.id.to_string() />
                            <input type="hidden" name="back" value=back.to_string() />
                            <input type="hidden" name="query" value=query />
                            <button type="submit" class="button secondary small">{button}<span class="visually-hidden">" "{named}</span></button>
                        </PostForm>
                    </td>
                })}
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label="Your own templates">
            <table class="templates">
                <caption class="visually-hidden">"Your own templates"</caption>
                <thead>
                    <tr>
                        {list.head(TemplateSort::Name, "Template", "")}
                        {list.head(TemplateSort::Category, "Category", "")}
                        {list.head(TemplateSort::Difficulty, "Difficulty", "")}
                        <th scope="col">"State"</th>
                        {changes.then(|| view! { <th scope="col"><span class="visually-hidden">"Change"</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
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
