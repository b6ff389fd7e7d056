use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    kit::ui::{FormErrors, Heading, PostForm, Reply, Title},
    learning::api,
};

/// `/stop-own-reminders/{token}`, from a reminder that the reader has set. Opening it changes nothing, because mail programs open links too; and
/// it looks the same for a token that nobody has.
#[component]
pub fn StopOwnReminders() -> impl IntoView {
    let reply = Reply::to(&[api::StopOwnReminders::PATH]);
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    view! {
        <Title text=reply.title("Stop your reminders") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Stop your reminders"</Heading>
            <p>"You have asked us to remind you of your courses and dates. If you press the button, we do not do so any more."</p>
            <PostForm to=api::StopOwnReminders::PATH>
                <input type="hidden" name="token" value=token />
                <button type="submit" class="button">"No more reminders"</button>
            </PostForm>
        </div>
    }
}

/// `/stop-own-reminders/done`.
#[component]
pub fn OwnRemindersStopped() -> impl IntoView {
    view! {
        <Title text="No more reminders" />
        <div class="narrow">
            <div class="confirmation"><Heading>"You will get no more of these reminders"</Heading></div>
            <p>"If you change your mind, set them again under “Reminders and calendar”."</p>
            <p><a href="/account/reminders">"Reminders and calendar"</a></p>
        </div>
    }
}
