use domain::count as count_of;
use leptos::{prelude::*, web_sys::MouseEvent};

use super::{
    Place,
    keeper::{Keeper, Look},
    question::turn,
};
use crate::kit::ui::{FromPage, Refused, attribute, handler};

/// Every question and whether it is answered, and the button that ends the sitting.
#[component]
pub fn Review(
    keeper: Keeper,
    count: usize,
    place: RwSignal<Place>,
    scripts: RwSignal<bool>,
) -> impl IntoView {
    let looks = move |wanted: Look| (0..count).filter(|n| keeper.look(*n) == wanted).count();
    let (sending, failed) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <h2 id="question-heading" tabindex="-1">"Review your answers"</h2>
        <p role="status">
            {move || {
                let said = |look: Look, thing: &str, one: &str, more: &str| match looks(look) {
                    0 => None,
                    number => Some(format!("{} {}", count_of(number, thing), if number == 1 { one } else { more })),
                };
                let all = [
                    said(Look::Missing, "question", "is not answered yet.", "are not answered yet."),
                    said(Look::Unreadable, "answer", "cannot be read.", "cannot be read."),
                    said(Look::NoUnit, "answer", "has no unit chosen.", "have no unit chosen."),
                ];
                match all.into_iter().flatten().collect::<Vec<_>>().join(" ") {
                    none if none.is_empty() => "You have answered every question.".to_owned(),
                    said => said,
                }
            }}
        </p>
        <ol class="task-list review">
            {(0..count).map(|n| {
                view! {
                    <li>
                        <div class="task-text">
                            <a href=keeper.way_to(Place::Question(n)) on:click=handler(move |event: MouseEvent| {
                                event.prevent_default();
                                turn(place, Place::Question(n));
                            })>"Question "{(n + 1).to_string()}</a>
                            {move || keeper.problem(n).map(|problem| view! { <p class="problem">{problem.message()}</p> }.into_any())}
                        </div>
                        <div>
                            {move || keeper.flagged(n).then(|| view! { <span class="tag">"Flagged"</span>" " }.into_any())}
                            <span {..attribute("class", move || Some(if keeper.look(n) == Look::Answered { "tag tag-completed" } else { "tag" }))}>
                                {move || match keeper.look(n) {
                                    Look::Answered => "Answered",
                                    Look::Unreadable => "Cannot be read",
                                    Look::NoUnit => "No unit chosen",
                                    Look::Missing => "Not answered",
                                }.to_owned()}
                            </span>
                        </div>
                    </li>
                }.into_any()
            }).collect_view()}
        </ol>
        <div>
            <h3>"Submit"</h3>
            <p>"When you submit, your answers are marked as they stand. You cannot change them afterwards."</p>
        </div>
        {move || failed.get().then(|| view! {
            <Refused>
                "Not submitted yet: we cannot reach the server. "
                {move || if keeper.outbox.read().is_safe() {
                    "Your answers are safe on this device. "
                } else {
                    "This device does not keep what has not arrived: it is in this page only, and lost when you close it or load it again. "
                }.to_owned()}
                "Keep this page open and try again; when the time is up, we submit what has arrived."
            </Refused>
        }.into_any())}
        <form method="post" action=keeper.submits_to()>
            <FromPage />
            <input type="hidden" name="sitting" value=keeper.sitting.to_string() />
            {keeper.carried()}
            <button type="submit" class="button" {..attribute("aria-disabled", move || sending.get().then_some("true"))} on:click=handler(move |event: MouseEvent| {
                if scripts.get_untracked() {
                    event.prevent_default();
                    if sending.get_untracked() {
                        return;
                    }
                    failed.set(false);
                    sending.set(true);
                    keeper.submit(move || {
                        sending.set(false);
                        failed.set(true);
                    });
                }
            })>{move || if sending.get() { "Submitting…" } else { "Submit my answers" }.to_owned()}</button>
        </form>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::assessment::{
        ItemId, PaperKind,
        delivery::{Room, RoomQuestion, RoomState, SittingId},
        question::{AnswerField, PageQuestion, Response, UnitField},
    };

    use super::*;

    fn room(typed: &str, unit: &str, field: UnitField) -> Room {
        let question = RoomQuestion {
            item: ItemId(uuid::Uuid::nil()),
            section: "Sums".into(),
            marks: 1,
            asked: PageQuestion {
                stimulus: None,
                wording: "How much?".into(),
                hints: 0,
                rules: None,
                field: AnswerField::Number(field),
            },
            hints: Vec::new(),
            response: Some(Response::Number { typed: typed.into(), unit: unit.into() }),
            flagged: false,
            sequence: 1,
            flag_sequence: 0,
            problem: None,
        };
        Room {
            sitting: SittingId(uuid::Uuid::nil()),
            title: "Numeracy".into(),
            kind: PaperKind::Mock,
            calculator: false,
            epoch: 0,
            state: RoomState {
                remaining_ms: 60_000,
                latest_end_ms: 0,
                ends: String::new(),
                paused: false,
                break_left_ms: 0,
                submitted: false,
                epoch: 0,
                extra_seconds: 0,
                earlier: Vec::new(),
            },
            questions: vec![question],
        }
    }

    fn drawn(typed: &str, unit: &str, field: UnitField) -> (String, Look) {
        Owner::new().with(|| {
            let keeper = Keeper::new(room(typed, unit, field), None);
            let (place, scripts) = (RwSignal::new(Place::Review), RwSignal::new(false));
            (view! { <Review keeper count=1 place scripts /> }.to_html(), keeper.look(0))
        })
    }

    #[test]
    fn a_number_without_its_unit_does_not_look_answered() {
        let units = || UnitField::Chosen(vec!["mg".into(), "g".into()]);
        let (html, look) = drawn("5", "", units());
        assert_eq!(look, Look::NoUnit);
        assert!(html.contains("1 answer has no unit chosen.") && html.contains("No unit chosen<"), "{html}");
        assert!(html.contains("Choose the unit too") && !html.contains("answered every question"), "{html}");
        for (typed, unit, field) in
            [("5", "mg", units()), ("5 mg", "", units()), ("5", "", UnitField::Shown("mg".into()))]
        {
            let (html, look) = drawn(typed, unit, field);
            assert_eq!(look, Look::Answered, "{typed} {unit}");
            assert!(html.contains("You have answered every question."), "{html}");
        }
    }
}
