use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api::RequestLink,
    kit::ui::{BackLink, FormErrors, Heading, PostForm, Reply, TextField, Title},
};

/// `/forgotten-password`.
#[component]
pub fn Forgotten() -> impl IntoView {
    let reply = Reply::to(&[RequestLink::PATH]);
    view! {
        <Title text=reply.title("Forgotten password") />
        <div class="narrow">
            <BackLink href="/sign-in" name="sign in" />
            <FormErrors reply />
            <Heading>"Choose a new password"</Heading>
            <p>"We will send you an e-mail with a link. Use the address that your university or employer gave us."</p>
            <PostForm to=RequestLink::PATH known=true>
                <TextField id="email" label="E-mail address" kind="email" autocomplete="username" value=reply.typed("email", "")
                    problem=reply.problem("email") />
                <button type="submit" class="button">"Send me a link"</button>
            </PostForm>
        </div>
    }
}

/// `/forgotten-password/sent`: the same for an address with an account and one without.
#[component]
pub fn LinkSent() -> impl IntoView {
    view! {
        <Title text="Check your e-mail" />
        <div class="narrow">
            <div class="confirmation"><Heading>"Check your e-mail"</Heading></div>
            <p>"If we know that address, a link is on its way. It works once, and the e-mail says how long."</p>
            <p>"Nothing after ten minutes? Look among the junk mail, and check with your university which address they gave us."</p>
            <BackLink href="/sign-in" name="sign in" />
        </div>
    }
}
