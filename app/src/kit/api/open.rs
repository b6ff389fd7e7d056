use leptos::server_fn::ServerFn;

use crate::{
    accounts::api::{
        Activate, ChoosePassword, ConfirmRegistration, LoadActivation, LoadLink, LoadRegistration, Register,
        RequestLink, SignIn, SignOut, StopReminders,
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
