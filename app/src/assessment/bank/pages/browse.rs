use domain::assessment::bank::{AnsweredBy, BankPage, ByCategory, OfCategory, OfDifficulty};
use leptos::prelude::*;

use crate::{
    assessment::{
        authoring::parts::OrganisationHead,
        bank::{api::load_bank, parts::card::Cards},
    },
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Loaded, Reply},
    },
};

type QuestionList = Shown<ByCategory, (OfCategory, OfDifficulty, AnsweredBy)>;

const WORDS: Words = Words { one: "question", none: "None of the", searched: "Words of the question" };

/// `/questions`: the questions of the shared bank and of the setter's organisations.
#[component]
pub fn Browse() -> impl IntoView {
    let asked = asked();
    let bank =
        PageData::new(asked, |asked| async move { load_bank(asked.clone()).await.map(|bank| (asked, bank)) });
    view! { <Loaded resource=bank page=|(asked, bank)| view! { <BrowseView asked bank /> } /> }
}

#[component]
fn BrowseView(asked: String, bank: BankPage) -> impl IntoView {
    let BankPage { questions, counts } = bank;
    let list = QuestionList::new("/questions".to_owned(), WORDS, &asked);
    let (form, found, pages) = (list.form_with(&counts), list.found(&questions), list.pages(&questions));
    let rows = questions.rows;
    view! {
        <OrganisationHead heading="Questions" reply=Reply::to(&[]) />
        <p class="narrow">"Each question is shown with one draw of its numbers. Open it to see the answer, the worked solution and other numbers, and to add it to a paper."</p>
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! { <Cards cards=rows /> })}
        {pages}
    }
}
