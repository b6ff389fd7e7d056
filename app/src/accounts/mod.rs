//! How accounts are opened, signing in and out, forgotten passwords, and a person's own account.

pub mod api;
pub mod pages;
mod parts;

pub use parts::WhatWeKeep;

use pages::{
    about, account, activate, choose_password, display, enter_code, forgotten, register, second_factor,
    sign_in, stop_reminders, withdraw,
};

/// Where a code is asked for after the password.
pub const ENTER_CODE: &str = "/sign-in/code";
/// Where a second factor is set up.
pub const SECOND_FACTOR: &str = "/account/second-factor";

crate::kit::area::area! {
    /// For people who are not signed in, or not yet: the way in, and what is linked below every page. Together, because each file has its
    /// price in what everybody loads.
    VisitorPages in visitor (show_visitor, fetch_visitor) {
        SignIn => sign_in::SignIn,
        EnterCode => enter_code::EnterCode,
        Forgotten => forgotten::Forgotten,
        LinkSent => forgotten::LinkSent,
        PasswordChosen => choose_password::PasswordChosen,
        ChoosePassword => choose_password::ChoosePassword,
        ActivateAgain => activate::ActivateAgain,
        Activated => activate::Activated,
        Activate => activate::Activate,
        RemindersStopped => stop_reminders::RemindersStopped,
        StopReminders => stop_reminders::StopReminders,
        Register => register::Register,
        RegistrationSent => register::RegistrationSent,
        Registered => register::Registered,
        ConfirmRegistration => register::ConfirmRegistration,
        Withdraw => withdraw::Withdraw,
        ConsentWithdrawn => withdraw::ConsentWithdrawn,
        Help => about::Help,
        Accessibility => about::Accessibility,
        Privacy => about::Privacy,
        Display => display::DisplayPage,
    }
}

crate::kit::area::area! {
    AccountPages in account (show_account, fetch_account) {
        Account => account::Account,
        SecondFactor => second_factor::SecondFactor,
    }
}
