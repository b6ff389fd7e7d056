use domain::assessment::delivery::RoomQuestion;
use leptos::{
    prelude::*,
    web_sys::{Element, Event, MouseEvent},
};

use super::{
    Place,
    keeper::{Given, Keeper, Look},
};
use crate::{
    assessment::question::answer::{AnswerField, OnChange},
    kit::ui::{FromPage, attribute, fixed, handler, property, when},
};

/// One question, and links to the others. Without scripts every button sends the form; with scripts it only turns the
/// page.
#[component]
pub fn QuestionPanel(
    keeper: Keeper,
    question: RoomQuestion,
    n: usize,
    /// The index of the question in the paper.
    count: usize,
    place: RwSignal<Place>,
    scripts: RwSignal<bool>,
    /// The question shows an answer from a refused form: the server does not have it.
    reply: bool,
) -> impl IntoView {
    let Given { response, flagged } = keeper.given(n);
    let drawn = (!reply).then(|| serde_json::to_string(&question.drawn()).unwrap_or_default());
    let problem = Signal::derive(move || keeper.problem(n));
    let on_change = OnChange::new(move |response| keeper.answer(n, response));
    let next = if n + 1 < count { Place::Question(n + 1) } else { Place::Review };
    // The state of the form without scripts: an answer that cannot be marked is shown again once; the next press goes
    // on.
    let unmarked = problem.read_untracked().is_some();
    let on = move |to: Place| if unmarked { format!("on-{}", to.written()) } else { to.written() };
    // With scripts it is not sent: every button turns the page.
    let pressed = move |event: MouseEvent| {
        let button = event_target::<Element>(&event).closest("button[name=go]").ok().flatten();
        let to = button.and_then(|button| button.get_attribute("value"));
        // The answer's own buttons have already acted by then.
        let Some(to) = to.filter(|_| !event.default_prevented()) else { return };
        event.prevent_default();
        if to == "hint" {
            keeper.open_hint(n);
        } else {
            turn(place, Place::parse(to.strip_prefix("on-").unwrap_or(&to), count));
        }
    };
    let hints = keeper.hints(n);
    let all_hints = question.asked.hints;
    let (item, section, marks) = (question.item, question.section, question.marks);
    view! {
        <form method="post" action=keeper.saves_to() class="question-form" novalidate autocomplete="off" on:click=handler(pressed)>
            <FromPage />
            // Enter in a field presses the form's first button, which must be the one that goes on.
            <button type="submit" name="go" value=on(next) class="visually-hidden" tabindex="-1" aria-hidden="true">"Next"</button>
            <input type="hidden" name="sitting" value=keeper.sitting.to_string() />
            <input type="hidden" name="item" value=item.to_string() />
            <input type="hidden" name="drawn" value=drawn.unwrap_or_default() />
            {keeper.carried()}
            <input type="hidden" name="place" value=(n + 1).to_string() />
            <p class="over">{section}</p>
            <h2 id="question-heading" tabindex="-1">
                {format!("Question {} of {count}", n + 1)}
                <span class="hint">" "{domain::count(marks, "mark")}</span>
            </h2>
            <div class="stimulus prose" inner_html=question.asked.stimulus.unwrap_or_default()></div>
            <div class="wording prose" inner_html=question.asked.wording></div>
            <AnswerField field=question.asked.field rules=question.asked.rules response problem on_change clearable=true />
            <div class="hints">
                {move || hints.get()
                    .into_iter()
                    .map(|hint| view! { <div class="box" role="note" tabindex="-1"><p class="box-title">"Hint"</p><div inner_html=hint></div></div> }.into_any())
                    .collect_view().into_any()}
                {move || when(hints.read().len() < all_hints, || view! {
                    <button type="submit" name="go" value="hint" class="button secondary small">"Open a hint (it is counted)"</button>
                }.into_any())}
            </div>
            <div class="choice flag">
                <input type="checkbox" id="flagged" name="flagged" value="true" {..fixed("checked", flagged.then_some(""))} {..property("checked", move || flagged)}
                    on:change=handler(move |event: Event| keeper.flag(n, event_target_checked(&event))) />
                <label for="flagged">"Flag this question, to come back to it"</label>
            </div>
            <div class="actions">
                {when(n > 0, || {
                    let back = Place::Question(n.saturating_sub(1));
                    view! {
                        <button type="submit" name="go" value=on(back) class="button secondary">"Back"</button>
                    }.into_any()
                })}
                <button type="submit" name="go" value=on(next) class="button">
                    {move || match (scripts.get(), next) {
                        (true, Place::Question(_)) => "Next",
                        (false, Place::Question(_)) => "Save and next",
                        (true, Place::Review) => "Review your answers",
                        (false, Place::Review) => "Save and review your answers",
                    }.to_owned().into_any()}
                </button>
            </div>
            <nav class="question-panel" aria-label="Questions">
                <ol>
                    {(0..count).map(|other| {
                        let to = Place::Question(other);
                        view! {
                            <li>
                                <button type="submit" name="go" value=on(to)
                                    {..attribute("class", move || Some(class_of(keeper.look(other), keeper.flagged(other))))}
                                    {..fixed("aria-current", (other == n).then_some("true"))}>
                                    <span class="visually-hidden">"Question "</span>{(other + 1).to_string()}
                                    // As in the bar: a translation would stay while the answers change.
                                    <span class="visually-hidden" {..fixed("translate", Some("no"))}>{move || describe(keeper.look(other), keeper.flagged(other)).into_any()}</span>
                                </button>
                            </li>
                        }.into_any()
                    }).collect_view()}
                    <li>
                        <button type="submit" name="go" value=on(Place::Review)>"Review"</button>
                    </li>
                </ol>
                <p class="hint key">
                    <span class="answered">"Answered"</span><span>"Not answered"</span><span class="unreadable">"Cannot be read"</span>
                    <span class="flagged">"Flagged"</span><span class="here">"This question"</span>
                </p>
            </nav>
        </form>
    }
}

fn class_of(look: Look, flagged: bool) -> String {
    let look = match look {
        Look::Answered => "answered",
        Look::Unreadable => "unreadable",
        Look::NoUnit | Look::Missing => "",
    };
    format!("{look}{}", if flagged { " flagged" } else { "" })
}

/// How the description of an answered question begins.
pub(super) const ANSWERED: &str = ", answered";

/// The state of a question, to follow its number.
pub(super) fn describe(look: Look, flagged: bool) -> String {
    let look = match look {
        Look::Answered => ANSWERED,
        Look::Unreadable => ", cannot be read",
        Look::NoUnit => ", no unit chosen",
        Look::Missing => ", not answered",
    };
    format!("{look}{}", if flagged { ", flagged" } else { "" })
}

/// Turns to another place of the room, and moves the reader's focus with it.
pub fn turn(place: RwSignal<Place>, to: Place) {
    place.set(to);
    focus("#question-heading");
}

/// Moves the focus to the first element that the selector finds, once the change is drawn.
pub(super) fn focus(selector: &'static str) {
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        use wasm_bindgen::JsCast;
        if let Ok(Some(element)) = document().query_selector(selector) {
            let _ = element.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = selector;
}
