use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Serialize, de::DeserializeOwned};

use crate::kit::{
    api::{ApiError, ErrorKind, PageData},
    ui::{ErrorPage, Heading, PostForm, Title, until_there},
};

/// The page that a link of an e-mail opens: `page` shows it, with the token of the link, and `gone` says that it no longer works.
pub fn by_link<T, F>(
    load: impl Fn(String) -> F + Send + Sync + 'static,
    page: fn(String, T) -> AnyView,
    gone: fn() -> AnyView,
) -> AnyView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let link = PageData::new(token, move |token| {
        let loading = load(token.clone());
        async move { loading.await.map(|page| (token, page)) }
    });
    until_there(link, move |link| match link {
        Ok((token, found)) => page(token, found),
        Err(error) if error.kind == ErrorKind::NotFound => gone(),
        Err(error) => view! { <ErrorPage error /> }.into_any(),
    })
}

/// In place of the page of a link to open an account.
#[component]
pub fn LinkGone(
    why: &'static str,
    /// Where there is another link.
    again: &'static str,
    offer: &'static str,
) -> impl IntoView {
    view! {
        <Title text="This link no longer works" />
        <div class="narrow">
            <Heading>"This link no longer works"</Heading>
            <p>{why}</p>
            <p><a class="button" href=again>{offer}</a></p>
            <p><a href="/sign-in">"Sign in"</a></p>
        </div>
    }
}

/// The form that opens the account of the address that the link proves.
#[component]
pub fn OpenAccount(to: &'static str, token: String, email: String, children: Children) -> impl IntoView {
    view! {
        <PostForm to known=true>
            <input type="hidden" name="token" value=token />
            // For password managers, as on the page of the account.
            <input type="email" autocomplete="username" value=email readonly hidden />
            {children()}
            <button type="submit" class="button">"Open my account"</button>
        </PostForm>
    }
}
