use domain::accounts::{ActivationPage, PRIVACY_POLICY};
use leptos::{prelude::*, server_fn::ServerFn};

use super::choose_password::PASSWORD_HINT;
use crate::{
    accounts::{
        api,
        parts::{LinkGone, OpenAccount, WhatWeKeep, by_link},
    },
    kit::ui::{BackLink, CheckBox, FormErrors, Heading, PasswordField, PostForm, Reply, TextField, Title},
};

/// `/activate/{token}`, from the invitation. A link that no longer works offers a new one.
#[component]
pub fn Activate() -> impl IntoView {
    by_link(
        api::load_activation,
        |token, page| view! { <ActivateForm token page /> }.into_any(),
        || {
            view! {
                <LinkGone again="/activate/new" offer="Ask for a new link"
                    why="It has been used, or is more than 14 days old. If your account is open, sign in. If not, ask for a new link." />
            }
            .into_any()
        },
    )
}

#[component]
fn ActivateForm(token: String, page: ActivationPage) -> impl IntoView {
    let reply = Reply::to(&[api::Activate::PATH]);
    let agreed = reply.ticked(&[api::Activate::PATH], "consent", false);
    let ActivationPage { name, email, organisation } = page;
    let invites = match &organisation {
        Some(organisation) => format!("{organisation} invites you to learn with us."),
        None => "You are invited to learn with us.".to_owned(),
    };
    view! {
        <Title text=reply.title("Open your account") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Open your account"</Heading>
            <p>{invites}" Read what we keep about you, and decide whether you agree. There is no account without your consent."</p>
            <dl class="summary-list">
                <div><dt>"Name"</dt><dd>{name}</dd></div>
                <div><dt>"E-mail address"</dt><dd>{email.clone()}</dd></div>
            </dl>
            <WhatWeKeep organisation />
            <h2>"Your consent and your password"</h2>
            <OpenAccount to=api::Activate::PATH token email>
                <input type="hidden" name="policy" value=PRIVACY_POLICY />
                <CheckBox id="consent" label="I agree that you keep this about me" checked=agreed
                    problem=reply.problem("consent") />
                <PasswordField id="new_password" label="Choose a password" hint=PASSWORD_HINT autocomplete="new-password"
                    problem=reply.problem("new_password") />
            </OpenAccount>
            <p>"If you do not agree, close this page: we remove your name and address 90 days after the invitation."</p>
        </div>
    }
}

/// `/activate/new`: the reply is the same whatever the address.
#[component]
pub fn ActivateAgain() -> impl IntoView {
    let reply = Reply::to(&[api::RequestLink::PATH]);
    view! {
        <Title text=reply.title("Ask for a new link") />
        <div class="narrow">
            <BackLink href="/sign-in" name="sign in" />
            <FormErrors reply />
            <Heading>"Ask for a new link"</Heading>
            <p>"We will send you an e-mail with a link to open your account. Use the address that your university or employer gave us."</p>
            <PostForm to=api::RequestLink::PATH known=true>
                <TextField id="email" label="E-mail address" kind="email" autocomplete="username" value=reply.typed("email", "")
                    problem=reply.problem("email") />
                <button type="submit" class="button">"Send me a link"</button>
            </PostForm>
        </div>
    }
}

/// `/activate/done`.
#[component]
pub fn Activated() -> impl IntoView {
    view! {
        <Title text="Your account is open" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Your account is open"</Heading></div>
            <p>"Sign in with your e-mail address and the password that you have just chosen."</p>
            <p>"What you agreed to is in your account, where you can withdraw it."</p>
            <p><a class="button" href="/sign-in">"Sign in"</a></p>
        </div>
    }
}
