//! The server's part: it draws the room, and nothing happens there.

use domain::assessment::delivery::RoomQuestion;
use leptos::ev::SubmitEvent;

use super::{Given, Keeper};

pub fn salt() -> u32 {
    0
}

/// The page has not been shown yet.
pub fn early(_: &[RoomQuestion]) -> Option<(usize, Given)> {
    None
}

impl Keeper {
    pub fn start(self) {}

    pub fn open_hint(self, _: usize) {}

    pub fn send_when_reached(self, _: &SubmitEvent, _: impl Fn() + 'static) {}

    pub fn submit(self, _: impl Fn() + 'static) {}

    pub fn time_is_up(self) {}

    pub fn leave(self) {}
}
