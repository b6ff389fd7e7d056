use domain::accounts::{PRIVACY_POLICY, RegistrationPage};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::choose_password::PASSWORD_HINT;
use crate::{
    accounts::{
        api,
        parts::{LinkGone, OpenAccount, WhatWeKeep, by_link},
    },
    kit::ui::{BackLink, CheckBox, FormErrors, Heading, PasswordField, PostForm, Reply, TextField, Title},
};

/// The code of an organisation, from the address of the page: letters, digits and hyphens.
fn code_of_address() -> String {
    let code = use_query_map().with_untracked(|query| query.get("code"));
    code.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

/// `/register`: for people who learn by themselves.
#[component]
pub fn Register() -> impl IntoView {
    let reply = Reply::to(&[api::Register::PATH]);
    let agreed = reply.ticked(&[api::Register::PATH], "consent", false);
    let code = reply.typed("sponsor_code", &code_of_address());
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
                <TextField id="sponsor_code" label="Code of the organisation that pays for you (if one does)"
                    hint="It learns nothing by this. When your account is open, you decide whether it may see your progress."
                    value=code problem=reply.problem("sponsor_code") />
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
    by_link(
        api::load_registration,
        |token, page| view! { <ConfirmForm token page /> }.into_any(),
        || {
            view! {
                <LinkGone again="/register" offer="Create an account"
                    why="It has been used, or is more than a day old. If your account is open, sign in." />
            }
            .into_any()
        },
    )
}

#[component]
fn ConfirmForm(token: String, page: RegistrationPage) -> impl IntoView {
    let reply = Reply::to(&[api::ConfirmRegistration::PATH]);
    let RegistrationPage { email, area } = page;
    let applies = area.is_some();
    view! {
        <Title text=reply.title("Confirm your e-mail address") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Confirm your e-mail address"</Heading>
            <p>"Somebody asked for an account for "<strong>{email.clone()}</strong>". If it was you, enter the password that you chose, and the account is yours. If not, close this page."</p>
            {area.map(|area| view! { <p>"You then apply to join "<strong>{area}</strong>" in NMP Zone."</p> })}
            <OpenAccount to=api::ConfirmRegistration::PATH token email>
                <PasswordField id="password" label="Password" autocomplete="current-password"
                    problem=reply.problem("password") />
                {applies.then(|| view! { <input type="hidden" name="zone" value="true" /> })}
            </OpenAccount>
            <p>"Forgotten already? "<a href="/register">"Start again"</a>" with another one."</p>
        </div>
    }
}

/// `/register/done`. A code leads on to the page of the account, where the person decides.
#[component]
pub fn Registered() -> impl IntoView {
    let code = code_of_address();
    let applied = use_query_map().with_untracked(|query| query.get("zone").is_some());
    let next = if applied {
        view! {
            <p>"When you have signed in, you see how your application to the area of NMP Zone stands. A mail tells you when a lead has decided."</p>
            // Loaded as a document: the page has to know where it leads.
            <p><a class="button" href="/sign-in?next=%2Fzone" rel="external">"Sign in"</a></p>
        }
        .into_any()
    } else if code.is_empty() {
        view! { <p><a class="button" href="/sign-in">"Sign in"</a></p> }.into_any()
    } else {
        let sign_in = format!("/sign-in?next=%2Faccount%3Fcode%3D{code}%23sponsors");
        view! {
            <p>"Then name the organisation that pays for you, and decide whether it may see your progress."</p>
            // Loaded as a document: the page has to know where it leads.
            <p><a class="button" href=sign_in rel="external">"Sign in"</a></p>
        }
        .into_any()
    };
    view! {
        <Title text="Your account is open" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Your account is open"</Heading></div>
            <p>"Sign in with your e-mail address and your password. What you agreed to is in your account, where you can withdraw it."</p>
            {next}
        </div>
    }
}
