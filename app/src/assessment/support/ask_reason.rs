use leptos::{prelude::*, server_fn::ServerFn};

use super::api::GiveReason;
use crate::kit::ui::{FormErrors, Heading, PostForm, Reply, TextArea, Title};

/// Replaces a page about people until support has given a reason for looking.
#[component]
pub fn AskReason(
    /// The subject, as the server named it.
    about: String,
) -> impl IntoView {
    let reply = Reply::to(&[GiveReason::PATH]);
    view! {
        <Title text=reply.title("Why do you look at this?") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Why do you look at this?"</Heading>
            <p>"Those whom the page is about read in their account that you looked, and one whose account you open reads your reason; nobody is told of a look at the audit. Your reason is kept with your name, and opens the page for an hour."</p>
            <PostForm to=GiveReason::PATH>
                <input type="hidden" name="about" value=about />
                <TextArea id="reason" label="Reason" rows=3 hint="10 to 500 characters, for example who asked you to help with what."
                    value=reply.typed("reason", "") problem=reply.problem("reason") />
                <button type="submit" class="button">"Open the page"</button>
            </PostForm>
        </div>
    }
}
