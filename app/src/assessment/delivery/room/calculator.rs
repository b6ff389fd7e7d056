//! The room's part of the calculator, which is in a file of its own (see [`crate::kit::area`]): most papers have none.
//!
//! It is fetched when the room is entered, so that the network may go later. The room is whole without it: whoever
//! cannot load it is told so, and goes on answering.

#[cfg(feature = "hydrate")]
mod pad;

#[cfg(not(feature = "hydrate"))]
use leptos::prelude::*;

/// The place of the calculator, in a browser. `asks_number`: the question that is shown asks for a number.
#[cfg(not(feature = "hydrate"))]
pub fn calculator(asks_number: Memo<bool>) -> AnyView {
    let _ = asks_number;
    ().into_any()
}

#[cfg(feature = "hydrate")]
pub use browser::calculator;

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*, task::spawn_local, wasm_split::SplitLoaderError, web_sys::MouseEvent};

    use super::pad::calculator_pad;
    use crate::{
        assessment::delivery::room::question::focus,
        kit::{
            ui::{attribute, handler},
            while_shown::hear,
        },
    };

    /// The id of the button that asks for the file again.
    const AGAIN: &str = "calculator-again";

    /// What draws the calculator. The room calls it where it is drawn, so that it ends with the room.
    type Draw = fn(Memo<bool>) -> AnyView;

    #[leptos::wasm_split::wasm_split(calculator, wasm_split_path = ::leptos::wasm_split, fallible)]
    fn calculator_file() -> Result<Draw, SplitLoaderError> {
        Ok(calculator_pad)
    }

    pub fn calculator(asks_number: Memo<bool>) -> AnyView {
        let there = RwSignal::new(None::<Draw>);
        let (fails, failed) = (RwSignal::new(false), RwSignal::new(false));
        let fetch = move || {
            spawn_local(async move {
                let came = calculator_file().await;
                // The room may have been left meanwhile.
                if !matches!(there.try_get_untracked(), Some(None)) {
                    return;
                }
                let Ok(draw) = came else {
                    failed.set(true);
                    fails.set(true);
                    return;
                };
                let on_button = document().active_element().is_some_and(|focused| focused.id() == AGAIN);
                there.set(Some(draw));
                if on_button {
                    focus(".calculator > summary");
                }
            });
        };
        let again = move || {
            fails.set(false);
            fetch();
        };
        fetch();
        hear(ev::online, move |_| {
            if fails.get_untracked() {
                again();
            }
        });
        view! {
            {move || match there.get() {
                Some(draw) => draw(asks_number),
                None => view! {
                    <div class="calculator">
                        <p role="status">{move || {
                            let text = if fails.get() {
                                "The calculator cannot be loaded. Everything else works without it."
                            } else {
                                "The calculator is being loaded."
                            };
                            text.to_owned().into_any()
                        }}</p>
                        <button type="button" id=AGAIN class="button secondary small"
                            {..attribute("hidden", move || (!failed.get()).then_some(""))}
                            on:click=handler(move |_: MouseEvent| again())>"Try again"</button>
                    </div>
                }.into_any(),
            }}
        }
        .into_any()
    }
}
