//! The remaining time. It follows the server's: the browser only counts the seconds in between, with a clock that is
//! independent of the device's date and time.

use domain::{assessment::delivery::RoomState, count};
use leptos::{prelude::*, web_sys::MouseEvent};

#[cfg(feature = "hydrate")]
use super::speech::Speech;
#[cfg(feature = "hydrate")]
use crate::kit::ui::whenever;
use crate::{
    assessment::delivery::parts::clock::clock,
    kit::ui::{attribute, handler},
};

/// Seconds left now. It changes only in the browser.
pub fn seconds_left(state: RwSignal<RoomState>) -> RwSignal<i64> {
    let left = RwSignal::new(whole_seconds(state.get_untracked().remaining_ms));
    #[cfg(feature = "hydrate")]
    {
        let ends = StoredValue::new(0.0);
        whenever(move || {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of some hours")]
            let remaining = state.read().remaining_ms as f64;
            ends.set_value(monotonic() + remaining);
            left.set(whole_seconds(state.read().remaining_ms));
        });
        let tick = move || {
            // When the page is removed, its signals are disposed of a moment before its timers end.
            let running = state.try_read_untracked().is_some_and(|state| !state.paused);
            if let Some(ends) = ends.try_get_value().filter(|_| running) {
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds of some hours")]
                left.set(whole_seconds((ends - monotonic()) as i64));
            }
        };
        whenever(move || crate::kit::while_shown::every(std::time::Duration::from_secs(1), tick));
    }
    left
}

/// Seconds, rounded up: 0 only when nothing is left.
fn whole_seconds(ms: i64) -> i64 {
    (ms.max(0) + 999).div_euclid(1000)
}

#[cfg(feature = "hydrate")]
fn monotonic() -> f64 {
    window().performance().map(|clock| clock.now()).unwrap_or_default()
}

/// Quiet: it can be hidden, and is announced at three marks only.
#[component]
pub fn Timer(state: RwSignal<RoomState>, left: RwSignal<i64>, scripts: RwSignal<bool>) -> impl IntoView {
    let shown = RwSignal::new(true);
    let spoken = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    {
        let speech = std::cell::RefCell::new(Speech::default());
        whenever(move || {
            let left = left.get();
            if let Some(text) = speech.borrow_mut().at(left) {
                spoken.set(text.to_owned());
            }
        });
    }
    view! {
        <div class="timer">
            <p>
                <span class="time-left" {..attribute("hidden", move || (!shown.get()).then_some(""))}>
                    {move || if scripts.get() {
                        format!("Time left {}", clock(left.get()))
                    } else {
                        format!("{} left when this page was opened", count(left.get() / 60, "minute"))
                    }.into_any()}
                </span>
                " "<span class="hint">"Ends at "{move || state.read().ends.clone().into_any()}", UK time"</span>
            </p>
            <button type="button" class="button secondary small" {..attribute("hidden", move || (!scripts.get()).then_some(""))}
                {..attribute("aria-pressed", move || Some((!shown.get()).to_string()))} on:click=handler(move |_: MouseEvent| shown.update(|shown| *shown = !*shown))>
                {move || if shown.get() { "Hide the time" } else { "Show the time" }.to_owned().into_any()}
            </button>
            <p class="visually-hidden" role="status">{move || spoken.get().into_any()}</p>
        </div>
    }
}
