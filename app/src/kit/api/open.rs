use leptos::server_fn::ServerFn;

use crate::{
    accounts::api::{ChoosePassword, LoadLink, RequestLink, SignIn, SignOut},
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
        LoadVerification::PATH,
    ]
    .contains(&path)
}
