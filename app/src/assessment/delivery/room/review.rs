use domain::{assessment::question::Said, count as count_of};
use leptos::{prelude::*, web_sys::MouseEvent};

use super::{
    Place,
    keeper::{Keeper, Look},
    question::{ANSWERED, describe, turn},
};
use crate::kit::ui::{FromPage, Refused, attribute, handler, when};

/// Every question with its answer as it will be marked, first what is worth another look, and the button that ends the
/// sitting. The rows stay as they are while the answers change: a link that has the focus keeps it.
#[component]
pub fn Review(
    keeper: Keeper,
    count: usize,
    place: RwSignal<Place>,
    scripts: RwSignal<bool>,
) -> impl IntoView {
    let looks = move |wanted: Look| (0..count).filter(|n| keeper.look(*n) == wanted).count();
    let (sending, failed) = (RwSignal::new(false), RwSignal::new(false));
    let to_question = move |n: usize| {
        view! {
            <a href=keeper.way_to(Place::Question(n)) on:click=handler(move |event: MouseEvent| {
                event.prevent_default();
                turn(place, Place::Question(n));
            })>"Question "{(n + 1).to_string()}</a>
        }
        .into_any()
    };
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
                let all = all.into_iter().flatten().collect::<Vec<_>>().join(" ");
                let all = if all.is_empty() { "You have answered every question.".to_owned() } else { all };
                all.into_any()
            }}
        </p>
        <div class="notice look-first" {..attribute("hidden", move || (0..count).all(|n| why(keeper, n).is_empty()).then_some(""))}>
            <h3>"Look at these before you submit"</h3>
            <ul>
                {(0..count).map(|n| view! {
                    <li {..attribute("hidden", move || why(keeper, n).is_empty().then_some(""))}>{to_question(n)}{move || why(keeper, n).into_any()}</li>
                }.into_any()).collect_view()}
            </ul>
        </div>
        <ol class="task-list review">
            {(0..count).map(|n| {
                view! {
                    <li>
                        <div class="task-text">
                            {to_question(n)}
                            {move || answer(keeper, n)}
                            {move || match keeper.problem(n) {
                                Some(problem) => view! { <p class="problem">{problem.message()}</p> }.into_any(),
                                None => ().into_any(),
                            }}
                        </div>
                        <div>
                            {move || when(keeper.flagged(n), || view! { <span class="tag">"Flagged"</span>" " }.into_any())}
                            <span {..attribute("class", move || Some(if keeper.look(n) == Look::Answered { "tag tag-completed" } else { "tag" }))}>
                                {move || match keeper.look(n) {
                                    Look::Answered => "Answered",
                                    Look::Unreadable => "Cannot be read",
                                    Look::NoUnit => "No unit chosen",
                                    Look::Missing => "Not answered",
                                }.to_owned().into_any()}
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
        {move || when(failed.get(), || view! {
            <Refused>
                "Not submitted yet: we cannot reach the server. "
                {move || if keeper.outbox.read().is_safe() {
                    "Your answers are safe on this device. "
                } else {
                    "This device does not keep what has not arrived: it is in this page only, and lost when you close it or load it again. "
                }.to_owned().into_any()}
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
            })>{move || if sending.get() { "Submitting…".to_owned() } else { submits(keeper.answered(count), count) }.into_any()}</button>
        </form>
    }
}

/// The words of the button: what is missing stands in them, because many people read nothing else here.
fn submits(answered: usize, of: usize) -> String {
    if answered == of {
        "Submit my answers".to_owned()
    } else {
        format!("Submit {answered} of {}", count_of(of, "answer"))
    }
}

/// Why a question is worth another look, behind its link; empty for one that is answered.
fn why(keeper: Keeper, n: usize) -> String {
    let mut why = describe(keeper.look(n), keeper.flagged(n));
    if why.starts_with(ANSWERED) {
        why.drain(..ANSWERED.len());
    }
    why
}

/// The answer as it will be marked. Typed text is text, never HTML; the texts of options are HTML.
fn answer(keeper: Keeper, n: usize) -> AnyView {
    match keeper.said(n) {
        None => ().into_any(),
        Some(Said::Typed(text)) => view! { <p class="given">{text}</p> }.into_any(),
        Some(Said::Options { texts, in_order }) => {
            let texts = texts.into_iter().map(|text| view! { <li inner_html=text></li> }.into_any());
            view! { <ol class=if in_order { "given in-order" } else { "given" }>{texts.collect_view()}</ol> }
                .into_any()
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::assessment::{
        ItemId, PaperKind,
        delivery::{Room, RoomQuestion, RoomState, SittingId},
        question::{AnswerField, AskedOption, PageQuestion, Response, UnitField},
    };

    use super::{super::Trying, *};

    fn room(typed: &str, unit: &str, field: UnitField) -> Room {
        let response = Some(Response::Number { typed: typed.into(), unit: unit.into() });
        asking(AnswerField::Number(field), response)
    }

    fn choice(response: Option<Response>) -> Room {
        let option = |id: &str, text: &str| AskedOption { id: id.into(), text: text.into() };
        asking(AnswerField::One(vec![option("a", "<em>one</em>"), option("b", "<em>two</em>")]), response)
    }

    fn asking(field: AnswerField, response: Option<Response>) -> Room {
        let question = RoomQuestion {
            item: ItemId(uuid::Uuid::nil()),
            section: "Sums".into(),
            marks: 1,
            asked: PageQuestion { stimulus: None, wording: "How much?".into(), hints: 0, rules: None, field },
            hints: Vec::new(),
            response,
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
        review(room(typed, unit, field), |_| {})
    }

    /// What the review of the first question shows, after a change in the page.
    fn review(room: Room, change: impl FnOnce(Keeper)) -> (String, Look) {
        Owner::new().with(|| {
            let keeper = Keeper::new(room, None, None);
            change(keeper);
            let (place, scripts) = (RwSignal::new(Place::Review), RwSignal::new(false));
            (view! { <Review keeper count=1 place scripts /> }.to_html(), keeper.look(0))
        })
    }

    /// What people see of it.
    fn words(html: &str) -> String {
        html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
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

    #[test]
    fn a_number_without_its_unit_does_not_look_answered_before_the_server_has_it_either() {
        let units = UnitField::Chosen(vec!["mg".into(), "g".into()]);
        let number = Some(Response::Number { typed: "6".into(), unit: String::new() });
        let (html, look) = review(room("5", "mg", units), move |keeper| keeper.answer(0, number));
        assert_eq!(look, Look::NoUnit);
        assert!(html.contains("1 answer has no unit chosen.") && !html.contains("every question"), "{html}");
    }

    #[test]
    fn a_number_without_its_unit_does_not_look_answered_in_a_try_either() {
        let number = |unit: &str| Some(Response::Number { typed: "5".into(), unit: unit.into() });
        let field = AnswerField::Number(UnitField::Chosen(vec!["mg".into(), "g".into()]));
        Owner::new().with(|| {
            let trial = Trying::new(domain::assessment::PaperId(uuid::Uuid::nil()), 1);
            let keeper = Keeper::new(asking(field, None), None, Some(trial));
            for (unit, look) in [("", Look::NoUnit), ("mg", Look::Answered)] {
                keeper.answer(0, number(unit));
                assert_eq!(keeper.look(0), look, "{unit}");
            }
        });
    }

    #[test]
    fn each_answer_is_shown_as_it_will_be_marked_and_as_text() {
        for (typed, unit, field, shown) in [
            ("5", "", UnitField::Shown("mL".into()), "<p class=\"given\">5 mL<"),
            ("5", "mg", UnitField::Chosen(vec!["mg".into()]), "<p class=\"given\">5 mg<"),
            ("<b>5", "", UnitField::Typed, "<p class=\"given\">&lt;b&gt;5<"),
        ] {
            let (html, _) = drawn(typed, unit, field);
            assert!(html.contains(shown), "{html}");
        }
        let (html, _) = review(choice(Some(Response::Chosen(vec!["b".into()]))), |_| {});
        assert!(html.contains("<li><em>two</em></li>") && !html.contains("<em>one</em>"), "{html}");
    }

    #[test]
    fn what_is_not_answered_or_flagged_comes_first_with_a_link_and_the_button_counts_it() {
        let first = |html: &str| {
            let (before, rest) = html.split_once("look-first").unwrap();
            let (after, rest) = rest.split_once('>').unwrap();
            let (notice, _) = rest.split_once("</div>").unwrap();
            let hidden = before.rsplit('<').next().unwrap().contains("hidden") || after.contains("hidden");
            (!hidden).then(|| (words(notice), notice.contains("?question=1")))
        };
        let (html, _) = review(choice(None), |_| {});
        let told = |why: &str| Some((format!("Look at these before you submitQuestion 1{why}"), true));
        assert_eq!(first(&html), told(", not answered"));
        assert!(html.contains("Submit 0 of 1 answer<"), "{html}");
        let (html, _) = review(choice(None), |keeper| keeper.flag(0, true));
        assert_eq!(first(&html), told(", not answered, flagged"));
        let answered = || choice(Some(Response::Chosen(vec!["a".into()])));
        let (html, _) = review(answered(), |keeper| keeper.flag(0, true));
        assert_eq!(first(&html), told(", flagged"));
        assert!(html.contains("Submit my answers"), "{html}");
        let (html, _) = review(answered(), |_| {});
        assert_eq!(first(&html), None);
    }

    #[test]
    fn no_words_in_the_box_for_a_number_count_as_answered_before_the_server_has_them_either() {
        let given = |typed: &str| Some(Response::Number { typed: typed.into(), unit: String::new() });
        let typed = |typed: &'static str| {
            review(room("5", "", UnitField::Typed), move |keeper| keeper.answer(0, given(typed)))
        };
        let (html, look) = typed("abc");
        assert_eq!(look, Look::Unreadable);
        assert!(html.contains("Submit 0 of 1 answer<") && !html.contains("every question"), "{html}");
        assert_eq!(typed("7 mg").1, Look::Answered);
    }
}
