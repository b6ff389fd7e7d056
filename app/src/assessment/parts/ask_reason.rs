use leptos::{prelude::*, server_fn::ServerFn};

use super::setting::CameBack;
use crate::{
    assessment::api::GiveReason,
    ui::{ErrorSummary, Heading, TextArea, Title},
};

/// In place of a page about people, for support that has not said yet why it looks.
#[component]
pub fn AskReason(
    /// What is looked at, as the server named it.
    about: String,
) -> impl IntoView {
    let came_back = CameBack::from(&[GiveReason::PATH]);
    view! {
        <Title text=came_back.title("Why do you look at this?") />
        <div class="narrow">
            <ErrorSummary problems=came_back.problems() />
            <Heading>"Why do you look at this?"</Heading>
            <p>"This page is about people of an organisation that is not yours. Your reason is kept with your name and the time. It opens the page for an hour."</p>
            <form method="post" action=GiveReason::url() novalidate>
                <input type="hidden" name="about" value=about />
                <TextArea id="reason" label="Reason" rows=3 hint="At most 500 characters, for example who asked you to help with what."
                    value=came_back.typed("reason", "") problem=came_back.problem("reason") />
                <button type="submit" class="button">"Open the page"</button>
            </form>
        </div>
    }
}
