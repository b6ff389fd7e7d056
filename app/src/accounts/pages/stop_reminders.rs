use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    accounts::api,
    kit::ui::{FormErrors, Heading, PostForm, Reply, Title},
};

/// `/stop-reminders/{token}`, from an invitation. Opening it changes nothing, because mail programs open links too; and
/// it looks the same for a token that nobody has.
#[component]
pub fn StopReminders() -> impl IntoView {
    let reply = Reply::to(&[api::StopReminders::PATH]);
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    view! {
        <Title text=reply.title("Stop the reminders") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Stop the reminders"</Heading>
            <p>"You were invited to open an account, and we remind you twice. If you do not want that, we stop."</p>
            <p>"The invitation itself stays: 90 days after it we remove your name and address, unless you have opened your account."</p>
            <PostForm to=api::StopReminders::PATH>
                <input type="hidden" name="token" value=token />
                <button type="submit" class="button">"No more reminders"</button>
            </PostForm>
        </div>
    }
}

/// `/stop-reminders/done`.
#[component]
pub fn RemindersStopped() -> impl IntoView {
    view! {
        <Title text="No more reminders" />
        <div class="narrow">
            <div class="confirmation"><Heading>"You will get no more reminders"</Heading></div>
            <p>"If you change your mind, the link in your invitation works for 14 days, and you can ask for a new one after that."</p>
            <p><a href="/activate/new">"Ask for a new link"</a></p>
        </div>
    }
}
