//! Signing in and out, forgotten passwords, and a person's own account.

pub mod api;
pub mod pages;

use pages::{account, choose_password, forgotten, sign_in};

crate::kit::area::area! {
    AccountPages in account (show_account, fetch_account) {
        SignIn => sign_in::SignIn,
        Forgotten => forgotten::Forgotten,
        LinkSent => forgotten::LinkSent,
        PasswordChosen => choose_password::PasswordChosen,
        ChoosePassword => choose_password::ChoosePassword,
        Account => account::Account,
    }
}
