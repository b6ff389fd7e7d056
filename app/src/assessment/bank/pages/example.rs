use domain::assessment::{authoring::ListChoice, bank::BankQuestion};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        authoring::parts::{OrganisationHead, Position},
        bank::{
            api::{AddToPaper, load_bank_question},
            parts::previewed::Shown,
        },
    },
    kit::{
        api::PageData,
        ui::{Loaded, PostForm, Reply, SelectField, TextField},
    },
};

/// `/questions/{template}`: one question, drawn with the seed of the address.
#[component]
pub fn Example() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let question = PageData::new(
        move || {
            (params.read().get("template").unwrap_or_default(), query.read().get("seed").unwrap_or_default())
        },
        |(template, seed)| load_bank_question(template, seed),
    );
    view! { <Loaded resource=question page=|question| view! { <ExampleView question /> } /> }
}

#[component]
fn ExampleView(question: BankQuestion) -> impl IntoView {
    let reply = Reply::to(&[AddToPaper::PATH]);
    let BankQuestion { id, title, category, difficulty, kind, organisation, bank, seed, example, .. } =
        question.clone();
    let address = format!("/questions/{id}");
    let position = Position { steps: vec![("/questions".to_owned(), "Questions".to_owned())], over: title };
    let another = format!("{address}?seed={}", seed.wrapping_add(1));
    view! {
        <OrganisationHead heading="Question" position reply />
        <dl class="summary-list narrow">
            <div><dt>"Category"</dt><dd>{category.title()}</dd></div>
            <div><dt>"Difficulty"</dt><dd>{difficulty.in_words()}</dd></div>
            <div><dt>"Answered by"</dt><dd>{kind.label()}</dd></div>
            <div><dt>"Bank"</dt><dd>{organisation.unwrap_or_else(|| "Shared by every organisation".to_owned())}</dd></div>
        </dl>
        <h2>"Example"</h2>
        {match example {
            Some(example) => view! { <Shown question=example /> }.into_any(),
            None => view! { <p class="notice">"No numbers fit this question with this draw. Draw another."</p> }.into_any(),
        }}
        {bank.map(|bank| view! {
            <p class="on-screen"><a href=format!("/assessments/questions/{bank}/write?template={id}")>"Change this question"</a></p>
        })}
        <p class="on-screen"><a id="another" class="button secondary" href=another>"Draw another"</a></p>
        <AddForm question reply />
    }
}

/// Adds the question to a draft of the setter's.
#[component]
fn AddForm(question: BankQuestion, reply: Reply) -> impl IntoView {
    let BankQuestion { id, drafts, form, .. } = question;
    if drafts.is_empty() {
        return view! {
            <section class="narrow" aria-labelledby="add-title">
                <h2 id="add-title">"Add to a paper"</h2>
                <p>"You have no draft that could ask it. "<a href="/assessments/papers">"Create a paper first"</a>"."</p>
            </section>
        }
        .into_any();
    }
    let chosen = reply.typed("place", "");
    let option = move |draft: ListChoice| {
        let selected = draft.id == chosen;
        view! { <option value=draft.id selected=selected>{draft.label}</option> }
    };
    let options = drafts.into_iter().map(option).collect_view();
    view! {
        <section class="narrow on-screen" aria-labelledby="add-title">
            <h2 id="add-title">"Add to a paper"</h2>
            <p>"Every candidate is asked this question, with numbers that are drawn when you publish the paper."</p>
            <PostForm to=AddToPaper::PATH>
                <input type="hidden" name="template" value=id.to_string() />
                <input type="hidden" name="form" value=form.to_string() />
                <SelectField id="place" label="Paper and section" hint="Your drafts, the newest first." problem=reply.problem("place")>
                    <option value="">"Choose a draft"</option>
                    {options}
                </SelectField>
                <TextField id="marks" label="Marks for it" numeric=true hint="1 to 20" value=reply.typed("marks", "1") problem=reply.problem("marks") />
                <button type="submit" class="button">"Add the question"</button>
            </PostForm>
        </section>
    }
    .into_any()
}
