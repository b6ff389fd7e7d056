use domain::Problem;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    accounts::api,
    api::PageState,
    ui::{ErrorSummary, PasswordField, Title, problem_for},
};

pub const PASSWORD_HINT: &str = "At least 12 characters, any you like. Three or four unrelated words are easy to remember and hard to guess.";

/// `/choose-password/{token}`, from the e-mail.
#[component]
pub fn ChoosePassword() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let problems = PageState::problems_of(api::ChoosePassword::PATH);
    let gone = problem_for(&problems, "token") == Some(Problem::LinkNoLongerValid);
    view! {
        <Title text=if problems.is_empty() { "Choose a password" } else { "Error: Choose a password" } />
        <div class="narrow">
            {if gone {
                view! {
                    <h1>"This link no longer works"</h1>
                    <p>"It has been used, or is more than an hour old."</p>
                    <p><a class="button" href="/forgotten-password">"Ask for a new link"</a></p>
                }.into_any()
            } else {
                view! {
                    <ErrorSummary problems=problems.clone() />
                    <h1>"Choose a password"</h1>
                    <form method="post" action=api::ChoosePassword::url() novalidate>
                        <input type="hidden" name="token" value=token />
                        <PasswordField id="new_password" label="New password" hint=PASSWORD_HINT autocomplete="new-password"
                            problem=problem_for(&problems, "new_password") />
                        <button type="submit" class="button">"Save the password"</button>
                    </form>
                }.into_any()
            }}
        </div>
    }
}

/// `/choose-password/done`.
#[component]
pub fn PasswordChosen() -> impl IntoView {
    view! {
        <Title text="Password saved" />
        <div class="narrow">
            <div class="confirmation"><h1>"Your new password is saved"</h1></div>
            <p>"All your devices have been signed out. Sign in with the new password."</p>
            <p><a class="button" href="/sign-in">"Sign in"</a></p>
        </div>
    }
}
