use leptos::server_fn::ServerFn;

use crate::{
    accounts::api::{ChoosePassword, LoadLink, RequestLink, SignIn, SignOut},
    assessment::results::api::LoadVerification,
};

/// Whether the server function at this path is for whoever is not signed in too. Every other is refused to them before anybody
/// reads what they sent.
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
