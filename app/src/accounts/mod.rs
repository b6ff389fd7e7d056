//! Signing in and out, forgotten passwords, and a person's own account.

pub mod api;
pub mod pages;

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route},
    path,
};

use pages::{
    account::Account,
    choose_password::{ChoosePassword, PasswordChosen},
    forgotten::{Forgotten, LinkSent},
    sign_in::SignIn,
};

#[component(transparent)]
pub fn AccountRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=leptos_router::components::Outlet ssr=SsrMode::Async>
            <Route path=path!("/sign-in") view=SignIn />
            <Route path=path!("/forgotten-password") view=Forgotten />
            <Route path=path!("/forgotten-password/sent") view=LinkSent />
            <Route path=path!("/choose-password/done") view=PasswordChosen />
            <Route path=path!("/choose-password/:token") view=ChoosePassword />
            <Route path=path!("/account") view=Account />
        </ParentRoute>
    }
    .into_inner()
}
