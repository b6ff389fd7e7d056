use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    accounts::api,
    kit::{
        api::{ErrorKind, PageData},
        ui::{ErrorPage, FormErrors, Heading, PasswordField, PostForm, Reply, Title, until_there},
    },
};

pub const PASSWORD_HINT: &str = "At least 12 characters, any you like. Three or four unrelated words are easy to remember and hard to guess.";

/// `/choose-password/{token}`, from the e-mail. A link that no longer works says so at once.
#[component]
pub fn ChoosePassword() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let link =
        PageData::new(token, |token| async move { api::load_link(token.clone()).await.map(|()| token) });
    until_there(link, |link| match link {
        Ok(token) => view! { <ChooseForm token /> }.into_any(),
        Err(error) if error.kind == ErrorKind::NotFound => view! { <LinkGone /> }.into_any(),
        Err(error) => view! { <ErrorPage error /> }.into_any(),
    })
}

#[component]
fn ChooseForm(token: String) -> impl IntoView {
    let reply = Reply::to(&[api::ChoosePassword::PATH]);
    view! {
        <Title text=reply.title("Choose a password") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Choose a password"</Heading>
            <PostForm to=api::ChoosePassword::PATH known=true>
                <input type="hidden" name="token" value=token />
                <PasswordField id="new_password" label="New password" hint=PASSWORD_HINT autocomplete="new-password"
                    problem=reply.problem("new_password") />
                <button type="submit" class="button">"Save the password"</button>
            </PostForm>
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
