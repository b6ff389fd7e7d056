use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    kit::ui::{FormErrors, Heading, PostForm, Reply, Title},
    zone::api::messages,
};

/// `/stop-messages/{token}`, from a message of a member. Opening it changes nothing, because mail programs open links too; and it looks the
/// same for a token that nobody has.
#[component]
pub fn StopMessages() -> impl IntoView {
    let reply = Reply::to(&[messages::StopMessages::PATH]);
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    view! {
        <Title text=reply.title("Take no more messages") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Take no more messages"</Heading>
            <p>"Members of your area of NMP Zone can write to you through us. If you do not want that, we show in your profile that you take no messages, and relay none."</p>
            <p>"To stop the messages of one member only, block them in the area: there you can also report a message."</p>
            <PostForm to=messages::StopMessages::PATH>
                <input type="hidden" name="token" value=token />
                <button type="submit" class="button">"No more messages"</button>
            </PostForm>
        </div>
    }
}

/// `/stop-messages/done`.
#[component]
pub fn MessagesStopped() -> impl IntoView {
    view! {
        <Title text="No more messages" />
        <div class="narrow">
            <div class="confirmation"><Heading>"You will get no more messages"</Heading></div>
            <p>"If you change your mind, take messages again in your profile."</p>
            <p><a href="/zone">"NMP Zone"</a></p>
        </div>
    }
}
