use leptos::server_fn::ServerFn;
use services::accounts::Needs;

use crate::{
    accounts::api::{
        Activate, ChoosePassword, ConfirmRegistration, ConfirmSecondFactor, EnterCode, LoadActivation,
        LoadLink, LoadRegistration, LoadSecondFactor, Register, RequestLink, SignIn, SignOut,
        StartSecondFactor, StopReminders,
    },
    assessment::results::api::LoadVerification,
};

/// Whether visitors who are not signed in may also call the server function at this path. Every other is refused to
/// them before their request is read.
pub fn open_to_all(path: &str) -> bool {
    [
        SignIn::PATH,
        SignOut::PATH,
        RequestLink::PATH,
        LoadLink::PATH,
        ChoosePassword::PATH,
        LoadActivation::PATH,
        Activate::PATH,
        StopReminders::PATH,
        Register::PATH,
        LoadRegistration::PATH,
        ConfirmRegistration::PATH,
        LoadVerification::PATH,
    ]
    .contains(&path)
}

/// The same for a half open session, besides those: it enters its code, or sets up its second factor, and nothing else.
pub fn open_to_half_open(path: &str, needs: Needs) -> bool {
    match needs {
        Needs::Code => path == EnterCode::PATH,
        Needs::SetUp => {
            [LoadSecondFactor::PATH, StartSecondFactor::PATH, ConfirmSecondFactor::PATH].contains(&path)
        }
    }
}
