use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api,
    kit::{
        api::PageState,
        ui::{FormErrors, Heading, PasswordField, PostForm, Reply, TextField, Title},
    },
};

/// `/sign-in`. A plain form: every page depends on the signed-in person, so the whole page is loaded again.
#[component]
pub fn SignIn() -> impl IntoView {
    let reply = Reply::to(&[api::SignIn::PATH]);
    let remember = reply.ticked(&[api::SignIn::PATH], "remember", false);
    let next = PageState::get().next;
    let guarded = !next.is_empty();
    view! {
        <Title text=reply.title("Sign in") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Sign in"</Heading>
            {guarded.then(|| view! { <p>"Sign in to see that page."</p> })}
            <PostForm to=api::SignIn::PATH known=true document=true>
                <input type="hidden" name="next" value=next />
                <TextField id="email" label="E-mail address" kind="email" autocomplete="username" value=reply.typed("email", "")
                    problem=reply.problem("email") />
                <PasswordField id="password" label="Password" autocomplete="current-password"
                    problem=reply.problem("password") />
                <div class="choice">
                    <input type="checkbox" id="remember" name="remember" value="true" checked=remember
                        aria-describedby="remember-hint" />
                    <label for="remember">"Remember me for two weeks"</label>
                    <p class="hint" id="remember-hint">"Not on a computer that you share. Without it you stay signed in for two days at most."</p>
                </div>
                <button type="submit" class="button">"Sign in"</button>
            </PostForm>
            <p><a href="/forgotten-password">"I have forgotten my password"</a></p>
            <p>"Learning by yourself? "<a href="/register">"Create an account"</a></p>
        </div>
    }
}
