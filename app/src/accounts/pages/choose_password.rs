use domain::FieldProblem;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    accounts::api,
    api::{ErrorKind, PageData, PageState},
    ui::{ErrorPage, ErrorSummary, Heading, PasswordField, Title, problem_for, until_there},
};

pub const PASSWORD_HINT: &str = "At least 12 characters, any you like. Three or four unrelated words are easy to remember and hard to guess.";

/// `/choose-password/{token}`, from the e-mail. A link that no longer works says so at once.
#[component]
pub fn ChoosePassword() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let problems = PageState::problems_of(api::ChoosePassword::PATH);
    let link =
        PageData::new(token, |token| async move { api::load_link(token.clone()).await.map(|()| token) });
    until_there(link, move |link| match link {
        Ok(token) => view! { <ChooseForm token problems=problems.clone() /> }.into_any(),
        Err(error) if error.kind == ErrorKind::NotFound => view! { <LinkGone /> }.into_any(),
        Err(error) => view! { <ErrorPage error /> }.into_any(),
    })
}

#[component]
fn ChooseForm(token: String, problems: Vec<FieldProblem>) -> impl IntoView {
    view! {
        <Title text=if problems.is_empty() { "Choose a password" } else { "Error: Choose a password" } />
        <div class="narrow">
            <ErrorSummary problems=problems.clone() />
            <Heading>"Choose a password"</Heading>
            <form method="post" action=api::ChoosePassword::url() novalidate>
                <input type="hidden" name="token" value=token />
                <PasswordField id="new_password" label="New password" hint=PASSWORD_HINT autocomplete="new-password"
                    problem=problem_for(&problems, "new_password") />
                <button type="submit" class="button">"Save the password"</button>
            </form>
        </div>
    }
}

#[component]
fn LinkGone() -> impl IntoView {
    view! {
        <Title text="This link no longer works" />
        <div class="narrow">
            <Heading>"This link no longer works"</Heading>
            <p>"It has been used, or is more than an hour old, or the password was changed after you asked for it."</p>
            <p><a class="button" href="/forgotten-password">"Ask for a new link"</a></p>
        </div>
    }
}

/// `/choose-password/done`.
#[component]
pub fn PasswordChosen() -> impl IntoView {
    view! {
        <Title text="Password saved" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Your new password is saved"</Heading></div>
            <p>"All your devices have been signed out. Sign in with the new password."</p>
            <p><a class="button" href="/sign-in">"Sign in"</a></p>
        </div>
    }
}
