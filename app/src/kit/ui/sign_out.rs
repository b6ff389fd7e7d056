use leptos::{prelude::*, server_fn::ServerFn};

use crate::accounts::api::SignOut;

/// Signs out. Answers of an exam or a knowledge check that have not reached the server yet are on this device only:
/// signing out asks first, and then removes them, so that the next person here finds nothing.
#[component]
pub fn SignOutForm() -> impl IntoView {
    view! {
        <form method="post" action=SignOut::url() on:submit=move |event| {
            if !leaves_nothing() {
                event.prevent_default();
            }
        }>
            <button type="submit" class="link">"Sign out"</button>
        </form>
    }
}

/// Without scripts nothing is stored on a device.
#[cfg(not(feature = "hydrate"))]
fn leaves_nothing() -> bool {
    true
}

/// Asks a person who would lose answers; returns whether none are left.
#[cfg(feature = "hydrate")]
fn leaves_nothing() -> bool {
    use crate::kit::device;

    const WARNING: &str = "Answers of an exam or a knowledge check have not reached us yet. If you sign out now, they are removed from \
        this device and do not count. Go back to the exam or the check to send them. Sign out all the same?";
    if device::has_unsent() && !window().confirm_with_message(WARNING).unwrap_or(false) {
        return false;
    }
    device::forget_all();
    true
}
