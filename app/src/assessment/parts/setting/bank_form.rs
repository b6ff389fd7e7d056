use leptos::{prelude::*, server_fn::ServerFn};

use super::{CameBack, use_organisation};
use crate::{assessment::api::DraftBank, ui::TextArea};

/// The text of a bank, to be looked at before it is imported.
#[component]
pub fn BankForm(text: String, button: &'static str, came_back: CameBack) -> impl IntoView {
    view! {
        <form method="post" action=DraftBank::url() novalidate>
            <input type="hidden" name="organisation" value=use_organisation() />
            <TextArea id="bank" label="Text of the questions" hint="At most 100 kB." rows=14 code=true
                value=came_back.typed("bank", &text) problem=came_back.problem("bank") />
            <button type="submit" class="button">{button}</button>
        </form>
    }
}
