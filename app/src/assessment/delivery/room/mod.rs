//! The exam room. One component holds the whole paper, so that it goes on without a network; the same markup is a plain form that
//! saves and goes on without scripts.

mod calculator;
#[cfg(feature = "hydrate")]
mod device;
mod keeper;
mod question;
mod review;
#[cfg(any(feature = "hydrate", test))]
mod speech;
mod timer;
mod trial;

use domain::{
    assessment::{
        ItemId,
        delivery::{Room, SaveStatus},
    },
    count,
};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, web_sys::MouseEvent};

use super::api::{PauseSitting, ResumeSitting};
use crate::kit::ui::{FromPage, Refused, attribute, fixed, handler, known, property, when, whenever};
use calculator::calculator;
use keeper::Keeper;
pub use keeper::Trying;
use question::{QuestionPanel, focus};
use review::Review;
use timer::{Timer, seconds_left};
use trial::KEPT_NOWHERE;

/// The candidate's place in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// From 0.
    Question(usize),
    Review,
}

impl Place {
    /// As the address and the buttons write it: "3" for the third question, or "review".
    fn parse(text: &str, questions: usize) -> Self {
        if text == "review" {
            return Self::Review;
        }
        let number = text.parse::<usize>().unwrap_or(1);
        Self::Question(number.clamp(1, questions.max(1)) - 1)
    }

    fn written(self) -> String {
        match self {
            Self::Question(n) => (n + 1).to_string(),
            Self::Review => "review".to_owned(),
        }
    }
}

#[component]
pub fn ExamRoom(
    room: Room,
    /// What the address asks for: a question's number, or `review`.
    place: String,
    /// The question whose answer came back with a refused form.
    unsent: Option<ItemId>,
    /// For a room that its setter tries.
    #[prop(optional)]
    trial: Option<Trying>,
) -> impl IntoView {
    let (count, calculates) = (room.questions.len(), room.calculator);
    let keeper = Keeper::new(room, unsent, trial);
    // In a break there is no question; afterwards the candidate goes on where they were.
    let asked = StoredValue::new(place.clone());
    let place = RwSignal::new(Place::parse(&place, count));
    let left = seconds_left(keeper.state);
    let scripts = RwSignal::new(false);
    // The time is up: the answers are sent, and the page leaves as soon as they have arrived.
    let over = known(move || scripts.get() && left.get() <= 0 && !keeper.state.read().paused);
    whenever(move || {
        scripts.set(true);
        untrack(|| keeper.start());
    });
    whenever(move || {
        if keeper.state.read().submitted {
            keeper.leave();
        }
    });
    // The room was opened in a break that another window has ended: now there are questions.
    whenever(move || {
        let state = keeper.state.read();
        if count == 0 && !state.paused && !state.submitted {
            let _ = window().location().reload();
        }
    });
    let old = known(move || keeper.is_old());
    let signed_out = known(move || keeper.is_signed_out());
    // It depends on these two alone: submitting changes the state of answers, and must not start again with each
    // change.
    whenever(move || {
        if over.get() && !old.get() {
            untrack(|| keeper.time_is_up());
        }
    });
    let paused = known(move || keeper.state.read().paused);
    let breaks = known(move || minutes_of_breaks(keeper) > 0);
    let asks_number = known(move || matches!(place.get(), Place::Question(n) if keeper.asks_number(n)));
    // A redraw patches element by element, and a control keeps the candidate's input whatever it is told to show. Under
    // another name everything is new: a closure is never patched, but replaces the one before.
    let drawn_as = known(move || match place.get() {
        Place::Question(n) => keeper.drawn_as(n),
        Place::Review => Place::Review.written(),
    });
    view! {
        <div class="room">
            <div class="room-top">
                // A browser that translates the page replaces text nodes that this page goes on updating: the clock would
                // stop, and "Not saved yet" would never appear.
                <div class="room-bar notranslate" {..fixed("translate", Some("no"))}>
                    <Timer state=keeper.state left scripts />
                    <SavedLine keeper scripts />
                </div>
                <div role="status">
                    {move || {
                        let told = keeper.told.get();
                        when(!told.is_empty(), || view! { <p class="notice" id="told" {..property("textContent", move || told.clone())}></p> }.into_any())
                    }}
                </div>
                // It stays in sight until it is closed: who scrolls down, or looks away, reads it later.
                {move || when(!keeper.told.read().is_empty(), || view! {
                    <button type="button" class="button secondary small" on:click=handler(move |_: MouseEvent| {
                        keeper.told.set(String::new());
                        focus("#question-heading");
                    })>"Close"<span class="visually-hidden">" this notice"</span></button>
                }.into_any())}
            </div>
            {move || when(old.get(), || view! {
                <p class="notice" role="alert">
                    "You opened this paper again in a newer window. Go on there: it shows what counts. Where you answered a question in both, the answer of the newer window stands."
                </p>
            }.into_any())}
            <TimeOrSessionOver over signed_out />
            {move || if paused.get() {
                on_break(keeper, asked.get_value())
            } else {
                view! {
                    <div class="room-body" {..attribute("inert", move || (old.get() || over.get()).then_some(""))}>
                        {move || {
                            // Read, not only tracked: a memo that is never read is never updated.
                            drawn_as.get();
                            let here = place.get_untracked();
                            view! {
                                {move || match here {
                                    Place::Question(n) => match keeper.question(n) {
                                        Some(question) => {
                                            let reply = unsent == Some(question.item);
                                            view! { <QuestionPanel keeper question n count place scripts reply /> }.into_any()
                                        }
                                        None => ().into_any(),
                                    },
                                    Place::Review => view! { <Review keeper count place scripts /> }.into_any(),
                                }}
                            }.into_any()
                        }}
                        {move || when(calculates && scripts.get(), || calculator(asks_number))}
                        {move || when(breaks.get(), || take_break(keeper, place))}
                    </div>
                }.into_any()
            }}
        </div>
    }
}

/// The time is up, or the session has ended, or both. An idle room learns of the second with its next beat.
#[component]
fn TimeOrSessionOver(over: Memo<bool>, signed_out: Memo<bool>) -> impl IntoView {
    view! { {move || what_is_over(over.get(), signed_out.get())} }
}

fn what_is_over(over: bool, signed_out: bool) -> AnyView {
    let (before, after) = match (over, signed_out) {
        (false, false) => return ().into_any(),
        (true, false) => (
            "The time is up. We are submitting your answers: keep this page open until the receipt comes.",
            "",
        ),
        (true, true) => (
            "The time is up, and you have been signed out. What was saved is submitted by itself. ",
            " and keep this page open: it sends what is missing, and leads to your receipt.",
        ),
        (false, true) => (
            "You have been signed out. ",
            " and keep this page open: what you answer stays here, and is sent then.",
        ),
    };
    let link = when(signed_out, || {
        view! { <a href="/sign-in" target="_blank" rel="noopener">"Sign in again in another tab"</a> }
            .into_any()
    });
    view! { <p class="notice" role="alert">{before}{link}{after}</p> }.into_any()
}

/// Whether the answers are safe: always visible, and announced only when it changes from one to the other.
#[component]
fn SavedLine(keeper: Keeper, scripts: RwSignal<bool>) -> impl IntoView {
    let safe = move || keeper.outbox.read().is_safe();
    let text = move || {
        match keeper.status() {
        _ if keeper.is_tried() => KEPT_NOWHERE.to_owned(),
        SaveStatus::Fresh if keeper.is_signed_out() => "You have been signed out".to_owned(),
        SaveStatus::Fresh if scripts.get() => "Your answers are saved as you go".to_owned(),
        SaveStatus::Fresh => "Your answer is saved when you choose a button".to_owned(),
        SaveStatus::Saving => "Saving…".to_owned(),
        SaveStatus::Saved(at) => format!("Saved {at}"),
        SaveStatus::Late => "Too late to count: your answers had been submitted, the time was up, or it was a break. It is kept for the person who set the paper".to_owned(),
        SaveStatus::Elsewhere(at) => format!("Saved {at}, but for what the newer window answered"),
        SaveStatus::Unsaved if safe() => "Not saved yet: keep going, we will send it".to_owned(),
        SaveStatus::Unsaved => "Not saved yet, and this device does not keep it: keep this page open, we will send it".to_owned(),
        SaveStatus::SignedOut => "Not saved yet: you have been signed out".to_owned(),
        SaveStatus::SomebodyElse => {
            "Somebody else is signed in in this browser, so your answers cannot be saved. Keep this page open, sign them out in another \
             tab and sign in as yourself: then we will send what is missing"
                .to_owned()
        }
        SaveStatus::Refused(questions) => {
            let of = if questions == 1 { "1 answer is".to_owned() } else { format!("{questions} answers are") };
            format!("{of} not saved, and cannot be from this page. Load the page again and look at your answers")
        }
    }
    };
    let safe_so_far =
        move || matches!(keeper.status(), SaveStatus::Fresh | SaveStatus::Saving | SaveStatus::Saved(_));
    let trouble = move || !keeper.is_tried() && !safe_so_far();
    let spoken = known(move || if trouble() { text() } else { String::new() });
    view! {
        <p {..attribute("class", move || Some(if trouble() { "saved-line unsaved" } else { "saved-line" }))}
            {..attribute("data-saved", move || matches!(keeper.status(), SaveStatus::Saved(_) | SaveStatus::Elsewhere(_)).then_some(""))}>{move || text().into_any()}</p>
        <p class="visually-hidden" role="status">{move || spoken.get().into_any()}</p>
    }
}

/// The remaining time of the granted breaks: a minute that has begun counts.
fn minutes_of_breaks(keeper: Keeper) -> i64 {
    domain::minutes_begun(keeper.state.read().break_left_ms)
}

/// For candidates with granted rest breaks.
fn take_break(keeper: Keeper, place: RwSignal<Place>) -> AnyView {
    let press = view! {
        <button type="submit" class="button secondary small">"Take a rest break"</button>
        <span class="hint">{move || count(minutes_of_breaks(keeper), "minute").into_any()}" of breaks left. The clock stops."</span>
    };
    break_form(keeper, PauseSitting::url(), Box::new(move || place.get().written()), press.into_any())
}

fn on_break(keeper: Keeper, place: String) -> AnyView {
    let press = view! { <button type="submit" class="button">"Go on with the paper"</button> };
    view! {
        <div class="confirmation not-passed">
            <h2 id="question-heading" tabindex="-1">"You are taking a break"</h2>
            <p>
                "The clock has stopped. You have "
                {move || count(minutes_of_breaks(keeper), "minute").into_any()}
                " of breaks left; after that it goes on by itself."
            </p>
        </div>
        {break_form(keeper, ResumeSitting::url(), Box::new(move || place.clone()), press.into_any())}
    }
    .into_any()
}

/// The browser sends it, and loads the room again: questions must not stay on the page during a break.
fn break_form(
    keeper: Keeper,
    action: &'static str,
    place: Box<dyn Fn() -> String + Send>,
    press: AnyView,
) -> AnyView {
    let failed = RwSignal::new(false);
    view! {
        {move || when(failed.get(), || view! {
            <Refused>"We cannot reach the server, so the clock is as it was. Keep this page open and try again."</Refused>
        }.into_any())}
        <form method="post" action=action class="rest-break" on:submit=handler(move |event: SubmitEvent| {
            failed.set(false);
            keeper.send_when_reached(&event, move || failed.set(true));
        })>
            <FromPage />
            <input type="hidden" name="sitting" value=keeper.sitting.to_string() />
            <input type="hidden" name="place" {..attribute("value", move || Some(place()))} />
            {press}
        </form>
    }
    .into_any()
}
