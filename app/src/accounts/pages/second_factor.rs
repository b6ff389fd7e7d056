use domain::accounts::{FactorOn, FactorState, NewFactor, SecondFactorPage};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    accounts::api,
    kit::{
        api::{PageData, PageState},
        ui::{
            BackLink, Done, FormErrors, Heading, Loaded, PasswordField, PostForm, Reply, TextField, Time,
            Title,
        },
    },
};

/// `/account/second-factor`: set up, recovery codes, turn off. Also the only page of a person whose role requires a second
/// factor, until they have one. Its forms are plain: the session changes with them.
#[component]
pub fn SecondFactor() -> impl IntoView {
    let page = PageData::new(|| (), |()| api::load_second_factor());
    view! { <Loaded resource=page page=|page| view! { <SecondFactorView page /> } /> }
}

#[component]
fn SecondFactorView(page: SecondFactorPage) -> impl IntoView {
    let reply = Reply::to(&[
        api::StartSecondFactor::PATH,
        api::ConfirmSecondFactor::PATH,
        api::MoveSecondFactor::PATH,
        api::NewRecoveryCodes::PATH,
        api::KeepRecoveryCodes::PATH,
        api::TurnOffSecondFactor::PATH,
    ]);
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let done = match done.as_deref() {
        Some("on") => Some("Your second factor is set up. Your other devices have been signed out."),
        Some("codes") => Some("Only your new recovery codes work now."),
        Some("off") => Some("Your second factor is off."),
        Some("late") => Some("Nothing has changed: that key is not shown any more. Begin again."),
        Some("other") => Some(
            "Nothing has changed: those codes are not shown any more. If you see new ones below, keep these. If not, the old ones work.",
        ),
        _ => None,
    };
    let state = PageState::get();
    let signed_in = state.signed_in.is_some();
    let (required, asks_password, next) = (page.required, page.asks_password, state.next);
    view! {
        <Title text=reply.title("Your second factor") />
        <div class="narrow">
            {signed_in.then(|| view! { <BackLink href="/account" name="your account" /> })}
            <FormErrors reply />
            <Done reply text=done.map(str::to_owned) />
            <Heading>"Your second factor"</Heading>
            {match page.state {
                FactorState::Off => view! { <Off required asks_password next reply /> }.into_any(),
                FactorState::Starting(new) => view! { <Starting factor=new asks_password next reply /> }.into_any(),
                FactorState::On(on) => view! { <On factor=on required reply /> }.into_any(),
                FactorState::Moving(new) => view! { <Moving factor=new next reply /> }.into_any(),
            }}
            {(!signed_in).then(|| view! {
                <PostForm to=api::SignOut::PATH document=true>
                    <button type="submit" class="button secondary">"Sign out"</button>
                </PostForm>
            })}
        </div>
    }
}

#[component]
fn Off(required: bool, asks_password: bool, next: String, reply: Reply) -> impl IntoView {
    view! {
        {required.then(|| view! {
            <p class="notice">"Your role lets you see data about other people. Before you see any, set up a second factor."</p>
        })}
        <p>"With a second factor, signing in asks for a code after the password. An app on your phone shows it: any authenticator app, for example Microsoft Authenticator, Google Authenticator or Aegis. It needs neither a network nor your phone number."</p>
        <StartForm asks_password next reply button="Set up the second factor" class="button" />
    }
}

#[component]
fn StartForm(
    asks_password: bool,
    next: String,
    reply: Reply,
    button: &'static str,
    class: &'static str,
) -> impl IntoView {
    view! {
        <PostForm to=api::StartSecondFactor::PATH known=true document=true>
            <input type="hidden" name="next" value=next />
            {asks_password.then(|| view! {
                <PasswordField id="current_password" label="Your password" autocomplete="current-password"
                    problem=reply.problem("current_password") />
            })}
            <button type="submit" class=class>{button}</button>
        </PostForm>
    }
}

#[component]
fn Starting(factor: NewFactor, asks_password: bool, next: String, reply: Reply) -> impl IntoView {
    view! {
        <Steps factor next=next.clone() reply button="I have kept the recovery codes: turn it on" />

        <h2>"If something went wrong"</h2>
        <p>"Start again with another key and other recovery codes. Then remove this one from the app: it will not work."</p>
        <StartForm asks_password next reply button="Start again" class="button secondary" />
    }
}

/// On another phone, while the old one works.
#[component]
fn Moving(factor: NewFactor, next: String, reply: Reply) -> impl IntoView {
    view! {
        <p class="notice">"Your old phone and your old recovery codes work until you enter a code of the new phone below. If you do not, they stay."</p>
        <Steps factor next reply button="I have kept the recovery codes: use this phone" />

        <h2>"If something went wrong"</h2>
        <p>"Start again with another key and other recovery codes. Then remove this one from the app: it will not work."</p>
        <MoveForm reply button="Start again" />
    }
}

/// With a code of the old phone, or a recovery code.
#[component]
fn MoveForm(reply: Reply, button: &'static str) -> impl IntoView {
    view! {
        <PostForm to=api::MoveSecondFactor::PATH known=true document=true>
            <PasswordField id="move_password" label="Your password, to use another phone" autocomplete="current-password"
                problem=reply.problem("move_password") />
            <CodeField id="move_factor_code" label="Code, to use another phone" reply />
            <button type="submit" class="button secondary">{button}</button>
        </PostForm>
    }
}

/// From the key to its first code.
#[component]
fn Steps(factor: NewFactor, next: String, reply: Reply, button: &'static str) -> impl IntoView {
    view! {
        <h2>"1. Add the account to your app"</h2>
        <p>"In the app, choose to add an account by a key that you enter, and enter this one. The code is based on the time. Only this browser shows the key, for 15 minutes."</p>
        <p><code class="secret" id="secret">{factor.secret}</code></p>
        <p>"If the app is on this device: "<a href=factor.address rel="external">"open it with the key"</a>"."</p>

        <h2>"2. Keep your recovery codes"</h2>
        <p>"If you lose the phone, each of these lets you sign in once. Print them, or copy them to a safe place that is not the phone. They are not shown again."</p>
        <CodeList codes=factor.recovery_codes />

        <h2>"3. Enter the code that the app shows"</h2>
        <PostForm to=api::ConfirmSecondFactor::PATH known=true document=true>
            <input type="hidden" name="next" value=next />
            <TextField id="factor_code" label="Code" hint="Six digits" autocomplete="one-time-code" numeric=true value="" problem=reply.problem("factor_code") />
            <button type="submit" class="button">{button}</button>
        </PostForm>
    }
}

/// For a code of a second factor that is on.
#[component]
fn CodeField(id: &'static str, label: &'static str, reply: Reply) -> impl IntoView {
    view! {
        <TextField id label hint="Six digits from your app, or a recovery code" autocomplete="one-time-code" value=""
            problem=reply.problem(id) />
    }
}

#[component]
fn CodeList(codes: Vec<String>) -> impl IntoView {
    view! {
        <ul class="codes" id="recovery-codes">
            {codes.into_iter().map(|code| view! { <li><code class="secret">{code}</code></li> }).collect_view()}
        </ul>
    }
}

#[component]
fn On(factor: FactorOn, required: bool, reply: Reply) -> impl IntoView {
    let left = match factor.codes_left {
        0 => "All your recovery codes are used.".to_owned(),
        1 => "One of your recovery codes is not used yet.".to_owned(),
        left => format!("{left} of your recovery codes are not used yet."),
    };
    view! {
        <p>"On since "<Time moment=factor.since />": signing in asks for a code from your app."</p>
        <h2>"Recovery codes"</h2>
        <p>{left}</p>
        {if factor.new_codes.is_empty() {
            view! {
                <PostForm to=api::NewRecoveryCodes::PATH known=true document=true>
                    <PasswordField id="current_password" label="Your password" autocomplete="current-password"
                        problem=reply.problem("current_password") />
                    <CodeField id="factor_code" label="Code, to make new recovery codes" reply />
                    <button type="submit" class="button">"Make new recovery codes"</button>
                </PostForm>
            }.into_any()
        } else {
            view! {
                <p>"These are new. Print them, or copy them to a safe place that is not the phone. Until you say that you have kept them, the old ones work. Only this browser shows them, for 15 minutes."</p>
                <CodeList codes=factor.new_codes />
                <PostForm to=api::KeepRecoveryCodes::PATH document=true>
                    <input type="hidden" name="shown" value=factor.digest />
                    <button type="submit" class="button">"I have kept them: end the old ones"</button>
                </PostForm>
            }.into_any()
        }}
        <h2>"Another phone"</h2>
        <p>"Your old phone works until you have entered a code of the new one. You then have other recovery codes too, and your other devices are signed out."</p>
        <MoveForm reply button="Use another phone" />
        {if required {
            view! { <p>"Your role needs the second factor, so it stays on."</p> }.into_any()
        } else {
            view! {
                <h2>"Turn it off"</h2>
                <p>"Then the password alone is enough to sign in, and your recovery codes end."</p>
                <PostForm to=api::TurnOffSecondFactor::PATH known=true document=true>
                    <PasswordField id="turn_off_password" label="Your password, to turn it off" autocomplete="current-password"
                        problem=reply.problem("turn_off_password") />
                    <CodeField id="turn_off_factor_code" label="Code, to turn it off" reply />
                    <button type="submit" class="button secondary">"Turn the second factor off"</button>
                </PostForm>
            }.into_any()
        }}
    }
}
