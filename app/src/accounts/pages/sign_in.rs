use domain::Problem;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api,
    kit::{
        api::PageState,
        ui::{FormErrors, Heading, PasswordField, PostForm, Reply, TextField, Title, problem_line},
    },
};

/// `/sign-in`. A plain form: every page depends on the signed-in person, so the whole page is loaded again.
#[component]
pub fn SignIn() -> impl IntoView {
    let reply = Reply::to(&[api::SignIn::PATH]);
    let remember = reply.ticked(&[api::SignIn::PATH], "remember", false);
    let next = PageState::get().next;
    let guarded = !next.is_empty();
    // Either of them may be wrong, and nobody is told which: the problem stands above both.
    let problem = reply.problem("email");
    let both = Signal::derive(move || problem.get().filter(is_of_both));
    let own = Signal::derive(move || problem.get().filter(|problem| !is_of_both(problem)));
    let described = move || both.read().is_some().then_some("sign-in-problem");
    let refused = move || both.get() == Some(Problem::SignInFailed);
    view! {
        <Title text=reply.title("Sign in") />
        <div class="narrow">
            <FormErrors reply />
            <Heading>"Sign in"</Heading>
            {guarded.then(|| view! { <p>"Sign in to see that page."</p> })}
            <PostForm to=api::SignIn::PATH known=true document=true>
                <input type="hidden" name="next" value=next />
                <div class="field" class:wrong=move || both.read().is_some() role="group" aria-label="Your account" aria-describedby=described>
                    {move || problem_line("sign-in", both.get())}
                    <TextField id="email" label="E-mail address" kind="email" autocomplete="username" value=reply.typed("email", "")
                        problem=own />
                    <PasswordField id="password" label="Password" autocomplete="current-password"
                        problem=reply.problem("password") />
                </div>
                <div class="choice">
                    <input type="checkbox" id="remember" name="remember" value="true" checked=remember
                        aria-describedby="remember-hint" />
                    <label for="remember">"Remember me for two weeks"</label>
                    <p class="hint" id="remember-hint">"Not on a computer that you share. Without it you stay signed in for two days at most."</p>
                </div>
                <button type="submit" class="button">"Sign in"</button>
            </PostForm>
            <p><a href="/forgotten-password">"I have forgotten my password"</a></p>
            {move || refused().then(|| view! {
                <p class="hint">"After several wrong tries you have to wait before the next one, never longer than 15 minutes. A link to choose a new password works straight away."</p>
            })}
            <p>"Learning by yourself? "<a href="/register">"Create an account"</a></p>
        </div>
    }
}

fn is_of_both(problem: &Problem) -> bool {
    matches!(problem, Problem::SignInFailed | Problem::SignInWait { .. })
}
