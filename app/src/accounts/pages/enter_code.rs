use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api,
    kit::{
        api::PageState,
        ui::{FormErrors, Heading, PostForm, Reply, TextField, Title},
    },
};

/// `/sign-in/code`, after the password. A plain form, like the one before it: every page depends on the person.
#[component]
pub fn EnterCode() -> impl IntoView {
    let reply = Reply::to(&[api::EnterCode::PATH]);
    let state = PageState::get();
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
                <TextField id="factor_code" label="Code" hint="Six digits of your app. Without your phone: one of your recovery codes, 16 letters and digits. Each works once."
                    autocomplete="one-time-code" value="" problem=reply.problem("factor_code") />
                <button type="submit" class="button">"Go on"</button>
            </PostForm>
            <h2>"If you have neither"</h2>
            <p>"Ask support to end your second factor. They make sure that it is you who asks."</p>
            <PostForm to=api::SignOut::PATH document=true>
                <button type="submit" class="button secondary">"Cancel and sign out"</button>
            </PostForm>
        </div>
    }
    .into_any()
}
