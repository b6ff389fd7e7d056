use domain::accounts::{PRIVACY_POLICY, RegistrationPage};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use super::choose_password::PASSWORD_HINT;
use crate::{
    accounts::{api, parts::WhatWeKeep},
    kit::{
        api::{ErrorKind, PageData},
        ui::{
            BackLink, CheckBox, ErrorPage, FormErrors, Heading, PasswordField, PostForm, Reply, TextField,
            Title, until_there,
        },
    },
};

/// `/register`: for people who learn by themselves.
#[component]
pub fn Register() -> impl IntoView {
    let reply = Reply::to(&[api::Register::PATH]);
    let agreed = reply.ticked(&[api::Register::PATH], "consent", false);
    view! {
        <Title text=reply.title("Create an account") />
        <div class="narrow">
            <BackLink href="/sign-in" name="sign in" />
            <FormErrors reply />
            <Heading>"Create an account"</Heading>
            <p>"For people who learn by themselves. If your university or employer has invited you, use the link in its e-mail instead, or "<a href="/activate/new">"ask for a new one"</a>"."</p>
            <PostForm to=api::Register::PATH known=true>
                <TextField id="name" label="Full name" autocomplete="name" value=reply.typed("name", "")
                    problem=reply.problem("name") />
                <TextField id="email" label="E-mail address" hint="We send you a link, to see that it is yours." kind="email"
                    autocomplete="username" value=reply.typed("email", "") problem=reply.problem("email") />
                <PasswordField id="new_password" label="Choose a password" hint=PASSWORD_HINT autocomplete="new-password"
                    problem=reply.problem("new_password") />
                <WhatWeKeep organisation=None />
                <input type="hidden" name="policy" value=PRIVACY_POLICY />
                <CheckBox id="consent" label="I agree that you keep this about me" checked=agreed
                    problem=reply.problem("consent") />
                <button type="submit" class="button">"Send me the link"</button>
            </PostForm>
        </div>
    }
}

/// `/register/sent`: the same for an address with an account and one without.
#[component]
pub fn RegistrationSent() -> impl IntoView {
    view! {
        <Title text="Check your e-mail" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Check your e-mail"</Heading></div>
            <p>"We have sent you an e-mail that says how to go on. Its link works once, for a day."</p>
            <p>"Nothing after ten minutes? Look among the junk mail, and check that you typed the address as it is."</p>
            <BackLink href="/register" name="creating an account" />
        </div>
    }
}

/// `/register/{token}`, from the e-mail.
#[component]
pub fn ConfirmRegistration() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let link = PageData::new(token, |token| async move {
        api::load_registration(token.clone()).await.map(|page| (token, page))
    });
    until_there(link, |link| match link {
        Ok((token, page)) => view! { <ConfirmForm token page /> }.into_any(),
        Err(error) if error.kind == ErrorKind::NotFound => view! { <RegistrationGone /> }.into_any(),
        Err(error) => view! { <ErrorPage error /> }.into_any(),
    })
}

#[component]
fn ConfirmForm(token: String, page: RegistrationPage) -> impl IntoView {
    let reply = Reply::to(&[api::ConfirmRegistration::PATH]);
    let RegistrationPage { email } = page;
    view! {
        <Title text=reply.title("Confirm your e-mail address") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Confirm your e-mail address"</Heading>
            <p>"Somebody asked for an account for "<strong>{email.clone()}</strong>". If it was you, enter the password that you chose, and the account is yours. If not, close this page."</p>
            <PostForm to=api::ConfirmRegistration::PATH known=true>
                <input type="hidden" name="token" value=token />
                <input type="email" autocomplete="username" value=email readonly hidden />
                <PasswordField id="password" label="Password" autocomplete="current-password"
                    problem=reply.problem("password") />
                <button type="submit" class="button">"Open my account"</button>
            </PostForm>
            <p>"Forgotten already? "<a href="/register">"Start again"</a>" with another one."</p>
        </div>
    }
}

#[component]
fn RegistrationGone() -> impl IntoView {
    view! {
        <Title text="This link no longer works" />
        <div class="narrow">
            <Heading>"This link no longer works"</Heading>
            <p>"It has been used, or is more than a day old. If your account is open, sign in."</p>
            <p><a class="button" href="/register">"Create an account"</a></p>
            <p><a href="/sign-in">"Sign in"</a></p>
        </div>
    }
}

/// `/register/done`.
#[component]
pub fn Registered() -> impl IntoView {
    view! {
        <Title text="Your account is open" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Your account is open"</Heading></div>
            <p>"Sign in with your e-mail address and your password. What you agreed to is in your account, where you can withdraw it."</p>
            <p><a class="button" href="/sign-in">"Sign in"</a></p>
        </div>
    }
}
