use domain::{Problem, assessment::bank::BankPreviewed, count};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    assessment::{
        authoring::parts::{OrganisationHead, Position, use_organisation},
        bank::{
            api::{DraftBank, ImportBank, load_bank_draft},
            parts::{bank_form::BankForm, previewed::PreviewedList},
        },
    },
    kit::{
        api::PageData,
        ui::{Loaded, PostForm, Reply},
    },
};

/// `/assessments/questions/{organisation}/{draft}`: the faults of a text, or what it would import.
#[component]
pub fn BankDraft() -> impl IntoView {
    let params = use_params_map();
    let address = move || params.read().get("draft").unwrap_or_default();
    let draft = PageData::new(address, |draft| async move {
        load_bank_draft(draft.clone()).await.map(|bank| (draft, bank))
    });
    view! { <Loaded resource=draft page=|(draft, bank)| view! { <DraftView draft bank /> } /> }
}

#[component]
fn DraftView(draft: String, bank: BankPreviewed) -> impl IntoView {
    let fit = bank.faults.is_empty();
    let reply = Reply::to(&[ImportBank::PATH, DraftBank::PATH]);
    let reply = if fit { reply } else { reply.or_wrong("bank", Problem::FileFaulty) };
    let back = format!("/assessments/questions/{}", use_organisation());
    let position =
        Position { steps: vec![(back.clone(), "Question bank".to_owned())], ..Position::default() };
    view! {
        <OrganisationHead heading="Preview of new questions" position reply />
        {if fit {
            view! { <Fit draft bank back /> }.into_any()
        } else {
            view! { <Faulty bank reply /> }.into_any()
        }}
    }
}

#[component]
fn Fit(draft: String, bank: BankPreviewed, back: String) -> impl IntoView {
    let number = count(u32::try_from(bank.questions.len()).unwrap_or(0), "template");
    view! {
        <p class="notice">"Nothing is imported yet. "{number.clone()}" passed every check. Each is shown once, with one draw of its numbers."</p>
        <PreviewedList questions=bank.questions />
        <PostForm to=ImportBank::PATH id="bank" class="actions">
            <input type="hidden" name="draft" value=draft />
            <button type="submit" class="button">"Import "{number}</button>
            <a href=back>"Cancel"</a>
        </PostForm>
    }
}

#[component]
fn Faulty(bank: BankPreviewed, reply: Reply) -> impl IntoView {
    view! {
        <div class="narrow">
            <p>"Nothing was imported. Correct these first:"</p>
            <ul class="plain-list faults">
                {bank.faults.into_iter().map(|fault| view! { <li>{fault}</li> }).collect_view()}
            </ul>
            <BankForm text=bank.text button="Preview again" reply />
        </div>
    }
}
