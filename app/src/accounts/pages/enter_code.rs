use domain::support::contact_address;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api,
    kit::{
        api::{PageState, wire::WireEncoding},
        ui::{FormErrors, Heading, PostForm, Reply, TextField, Title},
    },
};

/// `/sign-in/code`, after the password. A plain form, like the one before it: every page depends on the person.
#[component]
pub fn EnterCode() -> impl IntoView {
    let reply = Reply::to(&[api::EnterCode::PATH]);
    let (state, contact) = (PageState::get(), support_contact());
    if state.signed_in.is_some() {
        return view! {
            <Title text="You are signed in" />
            <div class="narrow">
                <Heading>"You are signed in"</Heading>
                <p><a class="button" href="/">"Go on"</a></p>
            </div>
        }
        .into_any();
    }
    view! {
        <Title text=reply.title("Enter your code") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Enter your code"</Heading>
            <p>"Your password is right. Now open the app in which you set up the second factor, and enter the code that it shows."</p>
            <PostForm to=api::EnterCode::PATH known=true document=true>
                <input type="hidden" name="next" value=state.next />
                <TextField id="factor_code" label="Code" hint="Six digits from your app. Without your phone: one of your recovery codes, 16 letters and digits. Each works once."
                    autocomplete="one-time-code" value="" problem=reply.problem("factor_code") />
                <button type="submit" class="button">"Go on"</button>
            </PostForm>
            <h2>"If you have neither"</h2>
            {support(contact)}
            <PostForm to=api::SignOut::PATH document=true>
                <button type="submit" class="button secondary">"Cancel and sign out"</button>
            </PostForm>
        </div>
    }
    .into_any()
}

/// Where people reach support (`SUPPORT_CONTACT`), or nothing. It travels inside the page, so it is the same in the browser.
fn support_contact() -> String {
    let contact = SharedValue::<_, WireEncoding>::new_with_encoding(|| {
        #[cfg(feature = "ssr")]
        return crate::kit::api::request()
            .map(|request| request.services.support_contact.to_string())
            .unwrap_or_default();
        #[cfg(not(feature = "ssr"))]
        String::new()
    });
    contact.into_inner()
}

fn support(contact: String) -> AnyView {
    if contact.is_empty() {
        return view! {
            <p>"Support can end your second factor, after making sure that it is you who asks. Your organisation's administrator knows how to reach support."</p>
        }
        .into_any();
    }
    let address = contact_address(&contact);
    view! {
        <p>
            "Ask support to end your second factor: "<a href=address rel="external">{contact}</a>
            ". They make sure that it is you who asks."
        </p>
    }
    .into_any()
}
