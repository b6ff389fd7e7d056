use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api,
    kit::ui::{BackLink, FormErrors, Heading, PostForm, Reply, Title},
};

/// `/account/withdraw`: what follows, before it is done.
#[component]
pub fn Withdraw() -> impl IntoView {
    let reply = Reply::to(&[api::WithdrawConsent::PATH]);
    view! {
        <Title text=reply.title("Withdraw your consent") />
        <div class="narrow">
            <BackLink href="/account" name="your account" />
            <FormErrors reply />
            <Heading>"Withdraw your consent"</Heading>
            <p>"If you withdraw it now:"</p>
            <ul class="tips">
                <li>"your account is closed: you are signed out on all devices, and cannot sign in;"</li>
                <li>"a paper that you are sitting now is handed in when its time is over, with the answers that have reached us;"</li>
                <li>"organisations that you learn with see that your account is closed, nothing about why, and your progress no longer;"</li>
                <li>"organisations that pay for you, and that you let see your progress, see nothing of you any more;"</li>
                <li>"you leave NMP Zone: your memberships and applications there go, with your profile and picture, and no member finds you any more;"</li>
                <li>"if you lead an area of NMP Zone, you do not any more. If nobody else leads it, ask our support first to appoint somebody: until then nobody decides who joins;"</li>
                <li>"what you have done so far is kept, and so are your certificates; nobody can check the certificate of a course while your account is closed."</li>
            </ul>
            <p>"You can change your mind: ask for a link with your e-mail address, agree again, and choose a new password. Then everything is as it was, except that you have to name an organisation that pays for you again, and apply again to join an area of NMP Zone."</p>
            // The browser sends it: it changes more than the page.
            <PostForm to=api::WithdrawConsent::PATH document=true>
                <button type="submit" class="button">"Withdraw my consent and close my account"</button>
            </PostForm>
        </div>
    }
}

/// `/consent-withdrawn`.
#[component]
pub fn ConsentWithdrawn() -> impl IntoView {
    view! {
        <Title text="Your consent is withdrawn" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Your consent is withdrawn"</Heading></div>
            <p>"Your account is closed, and you are signed out everywhere."</p>
            <p>"If you change your mind, "<a href="/activate/new">"ask for a new link"</a>" with your e-mail address."</p>
        </div>
    }
}
