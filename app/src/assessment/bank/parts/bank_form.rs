use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::{authoring::parts::use_organisation, bank::api::DraftBank},
    kit::ui::{PostForm, Reply, TextArea},
};

/// The text of a bank, to be checked before it is imported.
#[component]
pub fn BankForm(text: String, button: &'static str, reply: Reply) -> impl IntoView {
    view! {
        <PostForm to=DraftBank::PATH id="bank-text" keeps=true>
            <input type="hidden" name="organisation" value=use_organisation() />
            <TextArea id="bank" label="Text of the questions" hint="At most 100 kB." rows=14 code=true
                value=reply.typed("bank", &text) problem=reply.problem("bank") />
            <button type="submit" class="button">{button}</button>
        </PostForm>
    }
}
