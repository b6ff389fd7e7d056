//! The field for the answer to a question: in the exam room, where a keeper hears of every change, and in practice,
//! where it is part of a plain form. Field names are those of `save_and_go` and `answer_practice`.
//!
//! A control shows its property; the attribute only gives its value until a person touches it. So the attribute is for
//! the page as the server draws it, and in the browser the property has the same value.

use domain::{
    Problem,
    assessment::question::{AnswerField as Field, AskedOption, Response, UnitField},
};
use leptos::{
    prelude::*,
    web_sys::{Event, MouseEvent},
};

use super::{
    keys,
    order::{moved, moves},
};
use crate::kit::ui::{Reply, attribute, fixed, handler, problem_line, property, uncorrected, when};

/// Receives the present answer; `None` for a cleared one.
pub type OnChange = Callback<Option<Response>>;

/// The id of the first input, which the error summary leads to. A label that never changes writes it out, and is plain
/// HTML to Leptos.
const ID: &str = "answer";

/// Changes what stands in the box for a number as if it had been typed, so that everything hears of it that hears of
/// typing, and moves the focus there.
#[cfg(feature = "hydrate")]
pub fn put(change: &dyn Fn(&str) -> String) {
    edit(&|typed: &str, _: [usize; 2]| (change(typed), None));
}

/// A text, and where the caret stands in it.
type Edited = (String, Option<usize>);

/// The same for a change that depends on what is selected, and that says where the caret stands afterwards; without a
/// place it stands at the end. Places are counted as in `after_key`.
pub(super) fn edit(change: &dyn Fn(&str, [usize; 2]) -> Edited) {
    // One that is read only shows what is drawn up.
    #[cfg(feature = "hydrate")]
    if let Some(field) = number_field().filter(|field| !field.read_only()) {
        let typed = field.value();
        // In a box without the focus no caret can be seen, and some browsers say that it stands at the beginning.
        let focused = document().active_element().is_some_and(|focused| focused.id() == ID);
        let place = |place: Result<Option<u32>, _>| {
            let place =
                place.ok().flatten().filter(|_| focused).and_then(|place| usize::try_from(place).ok());
            place.unwrap_or(usize::MAX)
        };
        let selected = [place(field.selection_start()), place(field.selection_end())];
        let (text, caret) = change(&typed, selected);
        type_in(&field, &text);
        let _ = field.focus();
        if let Some(caret) = caret.and_then(|caret| u32::try_from(caret).ok()) {
            let _ = field.set_selection_range(caret, caret);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = change;
}

#[cfg(feature = "hydrate")]
fn type_in(field: &web_sys::HtmlInputElement, text: &str) {
    field.set_value(text);
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &init) {
        let _ = field.dispatch_event(&event);
    }
}

/// The box for a number, if the question has one.
#[cfg(feature = "hydrate")]
pub(super) fn number_field() -> Option<web_sys::HtmlInputElement> {
    use wasm_bindgen::JsCast;
    document().get_element_by_id(ID)?.dyn_into().ok()
}

#[component]
pub fn AnswerField(
    field: Field,
    /// The earlier answer.
    response: Option<Response>,
    /// How a number is rounded and written, if that is judged.
    #[prop(optional_no_strip)]
    rules: Option<String>,
    #[prop(into)] problem: Signal<Option<Problem>>,
    #[prop(optional)] on_change: Option<OnChange>,
    /// Whether the choice of one option can be cleared: in the exam room, where no answer is better than a mistaken
    /// one. A browser cannot clear a radio button.
    #[prop(optional)]
    clearable: bool,
) -> impl IntoView {
    let problem = {
        let field = field.clone();
        Signal::derive(move || problem.get().map(|problem| field.worded(problem)))
    };
    let told = move |response: Response| {
        if let Some(on_change) = on_change {
            on_change.run((!response.is_blank()).then_some(response));
        }
    };
    view! {
        <div {..attribute("class", move || Some(if problem.read().is_some() { "answer wrong" } else { "answer" }))}>
            {move || problem_line(ID, problem.get())}
            {match field {
                Field::Number(unit) => number_box(unit, rules, response, problem, told).into_any(),
                Field::Text => text_box(response, problem, told).into_any(),
                Field::One(options) => choices("radio", options, response, problem, clearable, told).into_any(),
                Field::Several(options) => choices("checkbox", options, response, problem, false, told).into_any(),
                Field::Order(items) => ordering(items, response, problem, told).into_any(),
            }}
        </div>
    }
}

fn described(
    problem: Signal<Option<Problem>>,
    also: [Option<&'static str>; 2],
) -> impl Fn() -> Option<String> + Clone {
    move || {
        let problem = problem.read().is_some().then(|| format!("{ID}-problem"));
        let ids: Vec<_> = also.into_iter().flatten().map(str::to_owned).chain(problem).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

fn number_box(
    unit_box: UnitField,
    rules: Option<String>,
    response: Option<Response>,
    problem: Signal<Option<Problem>>,
    told: impl Fn(Response) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let (typed, unit) = match response {
        Some(Response::Number { typed, unit }) => (typed, unit),
        _ => Default::default(),
    };
    let (typed, unit) = (RwSignal::new(typed), RwSignal::new(unit));
    let tell = move || told(Response::Number { typed: typed.get_untracked(), unit: unit.get_untracked() });
    let hint = match &unit_box {
        UnitField::Typed => Some("answer-hint"),
        UnitField::Shown(_) | UnitField::Drawn(_) => Some("answer-unit"),
        UnitField::None | UnitField::Chosen(_) => None,
    };
    let ruled = rules.is_some().then_some("answer-rules");
    let with_units = hint == Some("answer-hint");
    if with_units {
        keys::numbers_first();
    }
    // The number may be right: the problem is the missing unit.
    let no_unit = move || *problem.read() == Some(Problem::UnitMissing);
    view! {
        <input type="hidden" name="kind" value="number" />
        <label for="answer">"Your answer"</label>
        {when(hint == Some("answer-hint"), || view! {
            <p class="hint" id="answer-hint">"A number with its unit, like 12.5 mg."</p>
        }.into_any())}
        {match rules {
            Some(rules) => view! { <p class="hint" id="answer-rules">{rules}</p> }.into_any(),
            None => ().into_any(),
        }}
        <div class="with-unit">
            <input id=ID name="typed" type="text" autocomplete="off" spellcheck="false" class="short" value=typed.get_untracked() {..property("value", move || typed.get_untracked())}
                {..fixed("inputmode", Some(if hint == Some("answer-hint") { "text" } else { "decimal" }))}
                {..uncorrected()} {..attribute("aria-describedby", described(problem, [hint, ruled]))}
                {..attribute("aria-invalid", move || (problem.read().is_some() && !no_unit()).then_some("true"))}
                on:input=handler(move |event: Event| { typed.set(event_target_value(&event)); tell(); }) />
            {match unit_box {
                UnitField::Shown(unit) => view! { <span id="answer-unit">{unit}</span> }.into_any(),
                UnitField::Chosen(units) => {
                    let chosen = unit.get_untracked();
                    view! {
                        <label for="answer-unit" class="visually-hidden">"Unit"</label>
                        <select id="answer-unit" name="unit" {..attribute("aria-invalid", move || no_unit().then_some("true"))}
                            {..attribute("aria-describedby", move || no_unit().then(|| format!("{ID}-problem")))}
                            on:change=handler(move |event: Event| { unit.set(event_target_value(&event)); tell(); })>
                            <option value="">"Unit"</option>
                            {units.into_iter().map(|unit| {
                                let selected = unit == chosen;
                                view! { <option value=unit.clone() {..fixed("selected", selected.then_some(""))} {..property("selected", move || selected)}>{unit.clone()}</option> }.into_any()
                            }).collect_view()}
                        </select>
                    }.into_any()
                }
                UnitField::Drawn(syringe) => {
                    draw_up();
                    view! {
                        <span id="answer-unit">"mL"</span>
                        <div class="drawn" inner_html=syringe on:input=handler(|event: Event| slid_to(&event_target_value(&event)))></div>
                    }.into_any()
                }
                UnitField::None | UnitField::Typed => ().into_any(),
            }}
            {keys::keys(with_units)}
        </div>
    }
}

/// The slider has been moved. The focus stays there, also where the box can be seen. At nought nothing is drawn up, and nothing
/// answered: it looks as at first.
fn slid_to(volume: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(field) = number_field() {
        type_in(&field, if volume == "0" { "" } else { volume });
        draw_up();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = volume;
}

/// Shows the syringe with what stands in the box, if there is one: its plunger, its slider and the words of the slider. See
/// `Figure::to_draw_up`. The box is read when the page is drawn: by then it may be that of another question.
fn draw_up() {
    #[cfg(feature = "hydrate")]
    request_animation_frame(|| {
        let found = |id: &str| document().get_element_by_id(id);
        let (Some(field), Some(slider), Some(plunger)) = (number_field(), found("draw-up"), found("plunger"))
        else {
            return;
        };
        let typed = field.value();
        let volume = if typed.is_empty() { "0" } else { typed.as_str() };
        let lines = slider.get_attribute("data-lines").unwrap_or_default();
        let line = lines.split(';').find_map(|line| line.strip_prefix(volume)?.strip_prefix('='));
        let Some((to, words)) = line.and_then(|line| line.split_once('=')) else {
            // Typed without scripts, and on no line: the box shows again what stands in it.
            slider.remove();
            return;
        };
        // The box can be seen when something is wrong with the answer: what is typed there would not move the plunger.
        field.set_read_only(true);
        // As long as nobody has moved it, the attribute is its value.
        let _ = slider.set_attribute("value", volume);
        let _ = slider.set_attribute("aria-valuetext", words);
        let _ = plunger.set_attribute("transform", to);
    });
}

fn text_box(
    response: Option<Response>,
    problem: Signal<Option<Problem>>,
    told: impl Fn(Response) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let text = match response {
        Some(Response::Text(text)) => text,
        _ => String::new(),
    };
    view! {
        <input type="hidden" name="kind" value="text" />
        <label for="answer">"Your answer"</label>
        <input id=ID name="typed" type="text" autocomplete="off" spellcheck="false"
            {..fixed("autocapitalize", Some("none"))} {..uncorrected()}
            {..attribute("aria-describedby", described(problem, [None, None]))} {..attribute("aria-invalid", move || problem.read().is_some().then_some("true"))}
            value=text.clone() {..property("value", move || text.clone())}
            on:input=handler(move |event: Event| told(Response::Text(event_target_value(&event)))) />
    }
}

fn choices(
    kind: &'static str,
    options: Vec<AskedOption>,
    response: Option<Response>,
    problem: Signal<Option<Problem>>,
    clearable: bool,
    told: impl Fn(Response) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let chosen = match response {
        Some(Response::Chosen(ids)) => ids,
        _ => Vec::new(),
    };
    let (now, cleared) = (RwSignal::new(chosen.clone()), RwSignal::new(String::new()));
    let choose = move |id: &str, on: bool| {
        cleared.set(String::new());
        now.update(|ids| {
            if kind == "radio" {
                ids.clear();
            }
            ids.retain(|chosen| chosen != id);
            if on {
                ids.insert(ids.partition_point(|other| other.as_str() < id), id.to_owned());
            }
        });
        told(Response::Chosen(now.get_untracked()));
    };
    let clear = move |event: MouseEvent| {
        event.prevent_default();
        now.set(Vec::new());
        cleared.set("Your answer is cleared.".to_owned());
        told(Response::Chosen(Vec::new()));
    };
    view! {
        <input type="hidden" name="kind" value="chosen" />
        <fieldset {..attribute("aria-describedby", described(problem, [None, None]))}>
            <legend>{if kind == "radio" { "Choose one answer" } else { "Choose every answer that is right" }}</legend>
            {options.into_iter().enumerate().map(|(n, option)| {
                let id = if n == 0 { ID.to_owned() } else { format!("{ID}-{}", option.id) };
                let checked = chosen.contains(&option.id);
                let (value, own) = (option.id.clone(), option.id.clone());
                view! {
                    <div class="choice">
                        <input type=kind id=id.clone() name="chosen[]" value=option.id {..fixed("checked", checked.then_some(""))}
                            {..property("checked", move || now.read().contains(&own))}
                            on:change=handler(move |event: Event| choose(&value, event_target_checked(&event))) />
                        <label for=id><span inner_html=option.text></span></label>
                    </div>
                }.into_any()
            }).collect_view()}
        </fieldset>
        {when(clearable, || view! {
            // Without scripts it sends the form, and the page returns with nothing chosen.
            <p><button type="submit" name="go" value="clear" class="button secondary small" on:click=handler(clear)>"Clear my answer"</button></p>
            <p class="visually-hidden" role="status">{move || cleared.get().into_any()}</p>
        }.into_any())}
    }
}

/// A list with two buttons for each item. Without scripts they send the form, and the page returns in the new order.
fn ordering(
    items: Vec<AskedOption>,
    response: Option<Response>,
    problem: Signal<Option<Problem>>,
    told: impl Fn(Response) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let (order, touched) = match response {
        Some(Response::Ordered(ids)) if ids.len() == items.len() => (ids, true),
        _ => (items.iter().map(|item| item.id.clone()).collect(), false),
    };
    let (order, touched) = (RwSignal::new(order), RwSignal::new(touched));
    let count = items.len();
    let described_by = |id: &str| fixed("aria-describedby", Some(&format!("item-{id}")));
    let text_of = move |id: &str| {
        items.iter().find(|item| item.id == id).map(|item| item.text.clone()).unwrap_or_default()
    };
    let moved = RwSignal::new(String::new());
    let shift = move |event: MouseEvent, from: usize, to: usize| {
        event.prevent_default();
        // At the end of the list the button stays, so that it keeps the focus, but does nothing.
        if from == to || to >= count {
            return;
        }
        let item = order.with_untracked(|order| order.get(from).cloned()).unwrap_or_default();
        order.update(|order| order.swap(from, to));
        touched.set(true);
        told(Response::Ordered(order.get_untracked()));
        follow(item, if to < from { "up" } else { "down" }, moved, format!("place {} of {count}", to + 1));
    };
    view! {
        <input type="hidden" name="kind" {..attribute("value", move || Some(if touched.get() { "ordered" } else { "untouched" }))} />
        <fieldset {..attribute("aria-describedby", described(problem, [None, None]))}>
            <legend id="answer" tabindex="-1">"Put these in the right order, first at the top"</legend>
            <ol class="ordering">
                {move || order.get().into_iter().enumerate().map(|(place, id)| {
                    let text = text_of(&id);
                    view! {
                        <li>
                            <input type="hidden" name="chosen[]" value=id.clone() />
                            <span id=format!("item-{id}") inner_html=text></span>
                            <span class="moves">
                                <button type="submit" name="go" value=format!("up-{id}") class="button secondary small"
                                    id=format!("up-{id}") {..described_by(&id)} {..fixed("aria-disabled", (place == 0).then_some("true"))}
                                    on:click=handler(move |event: MouseEvent| shift(event, place, place.saturating_sub(1)))>"Up"</button>
                                <button type="submit" name="go" value=format!("down-{id}") class="button secondary small"
                                    id=format!("down-{id}") {..described_by(&id)} {..fixed("aria-disabled", (place + 1 == count).then_some("true"))}
                                    on:click=handler(move |event: MouseEvent| shift(event, place, place + 1))>"Down"</button>
                            </span>
                        </li>
                    }.into_any()
                }).collect_view().into_any()}
            </ol>
            <p class="visually-hidden" role="status">{move || moved.get().into_any()}</p>
        </fieldset>
    }
}

/// The focus follows the moved item, to its same button, even at the end of the list: if the focus went to the other
/// button, pressing again would undo the move. The new position is announced.
fn follow(item: String, direction: &'static str, moved: RwSignal<String>, place: String) {
    request_animation_frame(move || {
        let find = |id: String| document().get_element_by_id(&id);
        let text = find(format!("item-{item}")).and_then(|item| item.text_content()).unwrap_or_default();
        moved.set(format!("{}, {place}", text.trim()));
        let button = find(format!("{direction}-{item}"));
        #[cfg(feature = "hydrate")]
        if let Some(button) = button {
            use wasm_bindgen::JsCast;
            let _ = button.unchecked_into::<web_sys::HtmlElement>().focus();
        }
        #[cfg(not(feature = "hydrate"))]
        drop(button);
    });
}

/// The answer in a refused form.
pub fn answer_in(reply: Reply) -> Option<Response> {
    let text = |name: &str| reply.typed(name, "");
    let (go, chosen) = (text("go"), reply.all("chosen"));
    // An item that a button has moved is shown in its new place; if it could not be moved, the button can be pressed
    // again.
    let (kind, chosen) = match reply.goes_on() && moves(&go) {
        true => ("ordered".to_owned(), moved(chosen, &go)),
        false => (text("kind"), chosen),
    };
    Response::from_fields(&kind, text("typed"), text("unit"), chosen)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn drawn(field: Field, rules: Option<&str>) -> String {
        let rules = rules.map(str::to_owned);
        let owner = Owner::new();
        owner.with(|| {
            view! { <AnswerField field rules response=None problem=Signal::derive(|| None::<Problem>) /> }
                .to_html()
        })
    }

    #[test]
    fn rules_are_beside_the_box_and_are_read_with_it() {
        let html = drawn(Field::Number(UnitField::Shown("mL".into())), Some("Write a whole number."));
        assert!(html.contains("id=\"answer-rules\" class=\"hint\">Write a whole number."), "{html}");
        assert!(html.contains("aria-describedby=\"answer-unit answer-rules\""), "{html}");
        assert!(!drawn(Field::Number(UnitField::None), None).contains("answer-rules"));
    }

    #[test]
    fn a_syringe_to_draw_up_stands_beside_a_box_for_pages_without_scripts() {
        let html =
            drawn(Field::Number(UnitField::Drawn("<input type=\"range\" id=\"draw-up\">".into())), None);
        let (typed, syringe) = html.split_once("<div class=\"drawn\"").unwrap();
        assert!(typed.contains("name=\"typed\"") && typed.contains("id=\"answer-unit\">mL"), "{html}");
        assert!(syringe.contains("<input type=\"range\" id=\"draw-up\">"), "{html}");
        assert!(!syringe.contains("name="), "the slider is no field of the form: {html}");
    }

    #[test]
    fn a_choice_that_is_saved_when_made_can_be_cleared() {
        let options = || vec![AskedOption { id: "a".into(), text: "one".into() }];
        let clears = |field: Field, clearable: bool| {
            let owner = Owner::new();
            let html = owner.with(|| {
                view! {
                    <AnswerField field rules=None response=Some(Response::Chosen(vec!["a".into()]))
                        problem=Signal::derive(|| None::<Problem>) clearable />
                }
                .to_html()
            });
            assert!(html.contains("checked"), "{html}");
            html.contains("value=\"clear\"")
        };
        assert!(clears(Field::One(options()), true));
        assert!(!clears(Field::One(options()), false), "practice is marked when it is sent");
        assert!(!clears(Field::Several(options()), true), "a box is ticked and unticked");
    }

    #[test]
    fn every_item_keeps_both_buttons_so_that_the_pressed_one_keeps_the_focus() {
        let option = |id: &str| AskedOption { id: id.into(), text: id.into() };
        let html = drawn(Field::Order(vec![option("a"), option("b"), option("c")]), None);
        let stopped = |id: &str| {
            let found = html.split("<button").filter_map(|rest| rest.split('>').next());
            let mut found = found.filter(|button| button.contains(&format!(" id=\"{id}\"")));
            found.next().unwrap_or_else(|| panic!("no {id}: {html}")).contains("aria-disabled=\"true\"")
        };
        let buttons = ["up-a", "down-a", "up-b", "down-b", "up-c", "down-c"].map(stopped);
        assert_eq!(buttons, [true, false, false, false, false, true]);
    }

    #[test]
    fn a_missing_unit_is_reported_at_its_list() {
        let html = Owner::new().with(|| {
            let field = Field::Number(UnitField::Chosen(vec!["mg".into()]));
            let response = Some(Response::Number { typed: "5".into(), unit: String::new() });
            view! { <AnswerField field rules=None response problem=Signal::derive(|| Some(Problem::UnitMissing)) /> }
                .to_html()
        });
        let (input, select) = html.split_once("<select").unwrap();
        assert!(input.contains("Choose the unit too") && !input.contains("aria-invalid"), "{html}");
        let select = select.split('>').next().unwrap();
        assert!(select.contains("aria-invalid=\"true\"") && select.contains("answer-problem"), "{html}");
    }

    #[test]
    fn phones_are_told_not_to_correct_an_answer() {
        for (field, keyboard) in [
            // A unit consists of letters. With scripts a phone has keys for units: see `keys`.
            (Field::Number(UnitField::Typed), Some("text")),
            (Field::Number(UnitField::None), Some("decimal")),
            (Field::Number(UnitField::Shown("mL".into())), Some("decimal")),
            (Field::Number(UnitField::Chosen(vec!["mg".into(), "mL".into()])), Some("decimal")),
            (Field::Text, None),
        ] {
            let html = drawn(field, None);
            assert!(html.contains("autocorrect=\"off\"") && html.contains("spellcheck=\"false\""), "{html}");
            let shown = html.split("inputmode=\"").nth(1).and_then(|rest| rest.split('"').next());
            assert_eq!(shown, keyboard, "{html}");
            let has = |key: &str| html.contains(key);
            assert_eq!(
                has("change the sign"),
                keyboard.is_some(),
                "a pad for numbers may have no minus: {html}"
            );
            assert_eq!(
                has("decimal point"),
                keyboard.is_some(),
                "a pad may have a comma in its place: {html}"
            );
            // The same units for every question, so that they tell nothing of the answer.
            assert_eq!(has("value=\"mg\">mg</button>"), keyboard == Some("text"), "{html}");
            // A wheel over the box, or an arrow key, changes no number.
            assert!(!html.contains("type=\"number\""), "{html}");
        }
    }
}
