use domain::{
    accounts::PRIVACY_POLICY,
    zone::joining::{AreaCard, JoinArea, Standing},
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::{WhatWeKeep, pages::choose_password::PASSWORD_HINT},
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, CheckBox, FormErrors, Heading, Loaded, PasswordField, PostForm, Reply, TextField,
            Title,
        },
    },
    zone::{
        api::joining::{Apply, RegisterAndApply, load_join},
        parts::{CodeOfConduct, use_area},
    },
};

/// `/zone/{area}/join`: a signed-in person applies; a visitor registers and applies.
#[component]
pub fn Join() -> impl IntoView {
    let page = PageData::new(use_area(), load_join);
    view! { <Loaded resource=page page=|page| view! { <JoinView page /> } /> }
}

#[component]
fn JoinView(page: JoinArea) -> impl IntoView {
    let reply = Reply::to(&[Apply::PATH, RegisterAndApply::PATH]);
    let JoinArea { area: AreaCard { slug, name, aim, own, leaderless }, signed_in } = page;
    let title = format!("Join {name}");
    let standing = own.map(|own| own.standing);
    let waits = leaderless && standing != Some(Standing::Member);
    let form = match standing {
        Some(Standing::Member) => view! {
            <p>"You are a member already."</p>
            <p><a class="button" href=format!("/zone/{slug}")>"Go to "{name.clone()}</a></p>
        }
        .into_any(),
        Some(Standing::Waiting) => view! {
            <p>"You have applied already, and a lead has not decided yet. You get a mail when they have."</p>
            <p><a href="/zone">"See your application"</a></p>
        }
        .into_any(),
        Some(Standing::Refused | Standing::Removed) | None if signed_in => {
            view! { <Applies slug=slug.clone() reply /> }.into_any()
        }
        Some(Standing::Refused | Standing::Removed) | None => {
            view! { <Registers slug=slug.clone() reply /> }.into_any()
        }
    };
    view! {
        <Title text=reply.title(title.clone()) />
        <div class="narrow">
            <Breadcrumbs steps=vec![("/zone".to_owned(), "NMP Zone".to_owned())] />
            <FormErrors reply />
            <p class="over">{name}</p>
            <Heading>{title}</Heading>
            <p>{aim}</p>
            {waits.then(|| view! { <p class="notice">{NO_LEAD}</p> })}
            {form}
        </div>
    }
}

/// To whoever applies to an area that nobody leads, or waits for it.
pub const NO_LEAD: &str =
    "Nobody leads this area at the moment, so applications wait until our support has appointed a lead.";

/// What the others see of who joins.
#[component]
fn WhoSees() -> impl IntoView {
    view! {
        <h2>"Who sees what"</h2>
        <p>"The leads of the area see your name, the part of your e-mail address after the @, when you applied, and what was decided if you have asked before, and decide. Some areas let people of certain employers in at once. When you are in, the other members see your name in the directory, and nothing else that you do not add yourself. Nobody outside the area sees that you belong to it. You can leave at any time."</p>
    }
}

#[component]
fn Applies(slug: String, reply: Reply) -> impl IntoView {
    let form: &'static [&'static str] = &[Apply::PATH];
    view! {
        <WhoSees />
        <PostForm to=Apply::PATH>
            <input type="hidden" name="area" value=slug />
            <CodeOfConduct form reply />
            <button type="submit" class="button">"Ask to join"</button>
        </PostForm>
    }
}

#[component]
fn Registers(slug: String, reply: Reply) -> impl IntoView {
    let form: &'static [&'static str] = &[RegisterAndApply::PATH];
    let agreed = reply.ticked(form, "consent", false);
    let sign_in = format!("/sign-in?next=%2Fzone%2F{slug}%2Fjoin");
    view! {
        // Loaded as a document: the page has to know where it leads.
        <p>"Have you got an account already? "<a href=sign_in rel="external">"Sign in and ask to join"</a>"."</p>
        <WhoSees />
        <PostForm to=RegisterAndApply::PATH known=true>
            <input type="hidden" name="area" value=slug />
            <h2>"Your account"</h2>
            <TextField id="name" label="Full name" autocomplete="name" value=reply.typed("name", "")
                problem=reply.problem("name") />
            <TextField id="email" label="E-mail address" hint="We send you a link, to see that it is yours. Your work address, if you have one." kind="email"
                autocomplete="username" value=reply.typed("email", "") problem=reply.problem("email") />
            <PasswordField id="new_password" label="Choose a password" hint=PASSWORD_HINT autocomplete="new-password"
                problem=reply.problem("new_password") />
            <WhatWeKeep organisation=None />
            <input type="hidden" name="policy" value=PRIVACY_POLICY />
            <CheckBox id="consent" label="I agree that you keep this about me" checked=agreed
                problem=reply.problem("consent") />
            <CodeOfConduct form reply />
            <button type="submit" class="button">"Send me the link"</button>
        </PostForm>
    }
}
