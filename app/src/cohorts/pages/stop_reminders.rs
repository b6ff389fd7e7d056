use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    cohorts::api,
    kit::ui::{FormErrors, Heading, PostForm, Reply, Title},
};

/// `/stop-cohort-reminders/{token}`, from a reminder of a tutor. Opening it changes nothing, because mail programs open links too; and it looks
/// the same for a token that nobody has.
#[component]
pub fn StopCohortReminders() -> impl IntoView {
    let reply = Reply::to(&[api::StopCohortReminders::PATH]);
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    view! {
        <Title text=reply.title("Get no more reminders") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Get no more reminders"</Heading>
            <p>"Tutors of your course can remind you of it, once a week at most. If you do not want that, we send you none, and do not tell them that it was you who said so."</p>
            <PostForm to=api::StopCohortReminders::PATH>
                <input type="hidden" name="token" value=token />
                <button type="submit" class="button">"No more reminders"</button>
            </PostForm>
        </div>
    }
}

/// `/stop-cohort-reminders/done`.
#[component]
pub fn CohortRemindersStopped() -> impl IntoView {
    view! {
        <Title text="No more reminders" />
        <div class="narrow">
            <div class="confirmation"><Heading>"You will get no more reminders from tutors"</Heading></div>
            <p>"If you change your mind, take them again in your account."</p>
            <p><a href="/account">"Your account"</a></p>
        </div>
    }
}
