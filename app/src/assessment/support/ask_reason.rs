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
    let told = match about.split('/').next() {
        Some("log") => {
            "The audit names nobody for whom you have given no reason. It keeps yours with your name, and is open for an hour."
        }
        Some("person") => {
            "They read in their account that you looked, and your reason. It is kept with your name, and opens the page for an hour."
        }
        _ => {
            "This page is about other people. They read in their account that you looked. Your reason is kept with your name, and opens the page for an hour."
        }
    };
    view! {
        <Title text=reply.title("Why do you look at this?") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Why do you look at this?"</Heading>
            <p>{told}</p>
            <PostForm to=GiveReason::PATH>
                <input type="hidden" name="about" value=about />
                <TextArea id="reason" label="Reason" rows=3 hint="10 to 500 characters, for example who asked you to help with what."
                    value=reply.typed("reason", "") problem=reply.problem("reason") />
                <button type="submit" class="button">"Open the page"</button>
            </PostForm>
        </div>
    }
}
