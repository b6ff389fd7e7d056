use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api,
    api::PageState,
    ui::{ErrorSummary, Heading, PasswordField, TextField, Title, problem_for},
};

/// `/sign-in`. A plain form: who is signed in changes the whole page, so the whole page is loaded anew.
#[component]
pub fn SignIn() -> impl IntoView {
    let problems = PageState::problems_of(api::SignIn::PATH);
    let error = PageState::error_of(api::SignIn::PATH);
    let typed =
        |name: &str| error.as_ref().and_then(|error| error.typed(name)).unwrap_or_default().to_owned();
    let (email, remember) = (typed("email"), typed("remember") == "true");
    let unavailable = error.is_some() && problems.is_empty();
    let next = PageState::get().next;
    let guarded = !next.is_empty();
    view! {
        <Title text=if problems.is_empty() { "Sign in" } else { "Error: Sign in" } />
        <div class="narrow">
            <ErrorSummary problems=problems.clone() />
            <Heading>"Sign in"</Heading>
            {guarded.then(|| view! { <p>"Sign in to see that page."</p> })}
            {unavailable.then(|| view! { <p class="notice" role="alert">"Signing in does not work just now. Please try again in a few minutes."</p> })}
            <form method="post" action=api::SignIn::url() novalidate>
                <input type="hidden" name="next" value=next />
                <TextField id="email" label="E-mail address" kind="email" autocomplete="username" value=email
                    problem=problem_for(&problems, "email") />
                <PasswordField id="password" label="Password" autocomplete="current-password"
                    problem=problem_for(&problems, "password") />
                <div class="choice">
                    <input type="checkbox" id="remember" name="remember" value="true" checked=remember
                        aria-describedby="remember-hint" />
                    <label for="remember">"Remember me for two weeks"</label>
                    <p class="hint" id="remember-hint">"Not on a computer that you share. Without it you stay signed in for two days at most."</p>
                </div>
                <button type="submit" class="button">"Sign in"</button>
            </form>
            <p><a href="/forgotten-password">"I have forgotten my password"</a></p>
        </div>
    }
}
