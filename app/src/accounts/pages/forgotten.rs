use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api::RequestLink,
    api::PageState,
    ui::{BackLink, ErrorSummary, Heading, TextField, Title, problem_for},
};

/// `/forgotten-password`.
#[component]
pub fn Forgotten() -> impl IntoView {
    let problems = PageState::problems_of(RequestLink::PATH);
    let error = PageState::error_of(RequestLink::PATH);
    let email = error.as_ref().and_then(|error| error.typed("email")).unwrap_or_default().to_owned();
    let unavailable = error.is_some() && problems.is_empty();
    view! {
        <Title text=if problems.is_empty() { "Forgotten password" } else { "Error: Forgotten password" } />
        <div class="narrow">
            <BackLink href="/sign-in" name="sign in" />
            <ErrorSummary problems=problems.clone() />
            <Heading>"Choose a new password"</Heading>
            {unavailable.then(|| view! { <p class="notice" role="alert">"This does not work just now. Please try again in a few minutes."</p> })}
            <p>"We will send you an e-mail with a link. Use the address that your university or employer gave us."</p>
            <form method="post" action=RequestLink::url() novalidate>
                <TextField id="email" label="E-mail address" kind="email" autocomplete="username" value=email
                    problem=problem_for(&problems, "email") />
                <button type="submit" class="button">"Send me a link"</button>
            </form>
        </div>
    }
}

/// `/forgotten-password/sent`: the same for an address that has an account and one that has none.
#[component]
pub fn LinkSent() -> impl IntoView {
    view! {
        <Title text="Check your e-mail" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Check your e-mail"</Heading></div>
            <p>"If there is an account with that address, a link is on its way. It works once, for an hour."</p>
            <p>"Nothing after ten minutes? Look among the junk mail, and check with your university which address they gave us."</p>
            <BackLink href="/sign-in" name="sign in" />
        </div>
    }
}
