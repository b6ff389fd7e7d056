use domain::{
    assessment::{
        PaperId,
        results::{Effect, ItemRow, ItemStatistics, ItemVariant, Tally, whole_percent},
    },
    count,
};
use leptos::prelude::*;

use super::{
    item_correction::{CorrectionForm, PutBackForm},
    result_questions::lines,
};
use crate::kit::ui::{Reply, Tick, bar};

/// One question: its statistics, the answers to it, and the form that corrects it.
#[component]
pub fn ItemView(
    paper: PaperId,
    item: ItemRow,
    /// What a correction would change, of whichever question.
    #[prop(optional_no_strip)]
    effect: Option<Effect>,
    reply: Reply,
) -> impl IntoView {
    let (n, known, candidates) = (item.number, item.statistics.clone(), item.candidates);
    let remark = known.as_ref().and_then(|known| item.remark(known, candidates));
    let (voided, variants, tally) = (item.voided, item.variants.clone(), item.tally.clone());
    let several = variants.len() > 1 || !item.every_attempt;
    let of = (!item.every_attempt).then(|| attempts(&variants));
    let id = place_of(&item);
    view! {
        <li id=id>
            <h3>"Question "{n}{of}{voided.then(|| view! { " "<span class="tag">"Taken out"</span> })}</h3>
            <Asked stimulus=item.stimulus.clone() wording=item.wording.clone() />
            {remark.map(|remark| view! { <p class="notice"><strong>"Have a look: "</strong>{remark}"."</p> })}
            <ItemFacts item known />
            {(!tally.is_empty()).then(|| view! { <TallyTable n tally candidates /> })}
            {if voided {
                view! {
                    <p>"This question is taken out: everybody has its marks, whatever they answered."</p>
                    {variants.into_iter().next().map(|variant| view! { <PutBackForm paper variant n effect reply /> })}
                }.into_any()
            } else {
                variants
                    .into_iter()
                    .map(|variant| view! { <CorrectionForm paper variant n several effect=effect.clone() reply /> })
                    .collect_view()
                    .into_any()
            }}
        </li>
    }
}

/// The id of a question on its page. That of the first attempt has the plain one; a different question of a later attempt in the same
/// place has the attempt in its id too.
pub fn place_of(item: &ItemRow) -> String {
    match item.variants.first().map(|variant| variant.attempt) {
        Some(attempt) if attempt > 1 => format!("question-{}-{attempt}", item.number),
        _ => format!("question-{}", item.number),
    }
}

/// A correlation as pages write it.
pub fn correlation(found: f64) -> String {
    format!("{found:.2}").replace('-', "−")
}

/// A question as candidates saw it: its stimulus and its wording. Both are HTML.
#[component]
pub fn Asked(stimulus: Option<String>, wording: String) -> impl IntoView {
    view! {
        {stimulus.map(|stimulus| view! { <div class="prose" inner_html=stimulus></div> })}
        <div class="prose" inner_html=wording></div>
    }
}

/// ", attempts 1 and 3": the attempts that ask the question, when some do not.
fn attempts(variants: &[ItemVariant]) -> String {
    let numbers: Vec<_> = variants.iter().map(|variant| variant.attempt.to_string()).collect();
    match numbers.as_slice() {
        [] => String::new(),
        [only] => format!(", attempt {only}"),
        [before @ .., last] => format!(", attempts {} and {last}", before.join(", ")),
    }
}

#[component]
fn ItemFacts(item: ItemRow, known: Option<ItemStatistics>) -> impl IntoView {
    let facility =
        known.as_ref().map(|known| format!("{:.0}% of the marks were got", 100.0 * known.facility));
    let discrimination = known.as_ref().map(|known| match known.discrimination {
        Some(found) => {
            format!(
                "{}, from −1 to 1: how far those who did well elsewhere did well here",
                correlation(found)
            )
        }
        None => "Not known: everybody got the same, here or elsewhere".to_owned(),
    });
    view! {
        <dl class="summary-list narrow">
            <div><dt>"Category"</dt><dd>{item.category.title()}</dd></div>
            <div><dt>"Difficulty"</dt><dd>"Level "{u8::from(item.difficulty)}", "{count(item.marks, "mark")}</dd></div>
            <div><dt>"Right answer"</dt><dd>{lines(item.right_answer)}</dd></div>
            {facility.map(|text| view! { <div><dt>"Facility"</dt><dd>{text}</dd></div> })}
            {discrimination.map(|text| view! { <div><dt>"Discrimination"</dt><dd>{text}</dd></div> })}
            {(item.unreadable > 0).then(|| view! {
                <div><dt>"Not readable"</dt><dd>{count(item.unreadable, "answer")}", which could be read in two ways and got no marks"</dd></div>
            })}
        </dl>
    }
}

#[component]
fn TallyTable(n: u32, tally: Vec<Tally>, candidates: u32) -> impl IntoView {
    let (label, caption) = (format!("Answers to question {n}"), format!("Answers to question {n}"));
    let row = |row: Tally| {
        let known = row.known_error.filter(|error| *error != row.answer);
        let what = match (row.right, row.answer.as_str()) {
            (true, _) => "Right",
            (false, "Not answered") => "–",
            (false, _) => "Not right",
        };
        view! {
            <tr>
                <th scope="row">{row.answer}{known.map(|error| view! { <span class="hint">"Often made mistake: "{error}</span> })}</th>
                <td class="number with-bar">{row.count}{bar(whole_percent(row.count, candidates), None)}</td>
                <td>{row.right.then(|| view! { <Tick />" " })}{what}</td>
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" aria-label=label tabindex="0">
            <table class="tally">
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr><th scope="col">"Answer"</th><th scope="col">"How many"</th><th scope="col">"Right?"</th></tr></thead>
                <tbody>{tally.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::assessment::{Category, Difficulty, ItemId};
    use leptos::server_fn::ServerFn;
    use uuid::Uuid;

    use super::*;
    use crate::assessment::results::api::CorrectItem;

    fn variant(attempt: u8, drunk: &str) -> ItemVariant {
        ItemVariant {
            item: ItemId(Uuid::from_u128(u128::from(attempt))),
            attempt,
            version: 0,
            stimulus: Some(format!("<p>Drunk: {drunk}</p>")),
            wording: format!("<p>What is the balance of attempt {attempt}?</p>"),
            right_answer: vec!["20 mL".into()],
            options: Vec::new(),
        }
    }

    fn drawn(variants: Vec<ItemVariant>) -> String {
        drawn_with(variants, 0, Vec::new())
    }

    fn drawn_with(variants: Vec<ItemVariant>, candidates: u32, tally: Vec<Tally>) -> String {
        let first = variants[0].clone();
        let item = ItemRow {
            number: 1,
            item: first.item,
            every_attempt: true,
            statistics: None,
            candidates,
            variants,
            template: "balance".into(),
            category: Category::UnitDoses,
            difficulty: Difficulty::One,
            stimulus: first.stimulus,
            wording: first.wording,
            right_answer: first.right_answer,
            marks: 1,
            voided: false,
            unreadable: 0,
            tally,
        };
        let paper = PaperId(Uuid::nil());
        Owner::new().with(|| {
            let reply = Reply::to(&[CorrectItem::PATH]);
            view! { <ItemView paper item reply /> }.to_html()
        })
    }

    #[test]
    fn a_stimulus_is_shown_above_its_wording() {
        let html = drawn(vec![variant(1, "300 mL")]);
        let (question, form) = html.split_once("<details").unwrap();
        let (above, _) = question.split_once("<p>What is the balance").unwrap();
        assert!(above.contains("<p>Drunk: 300 mL</p>"), "{html}");
        // The form does not repeat the stimulus that is above it.
        assert!(!form.contains("300 mL"), "{html}");
    }

    #[test]
    fn each_correction_form_shows_the_question_of_its_attempt() {
        let html = drawn(vec![variant(1, "300 mL"), variant(2, "450 mL")]);
        let forms: Vec<_> = html.split("<details").skip(1).collect();
        for (form, attempt, drunk) in [(forms[0], 1, "300 mL"), (forms[1], 2, "450 mL")] {
            let asked = form.split("<form").next().unwrap();
            assert!(asked.contains(&format!("Drunk: {drunk}")), "{form}");
            assert!(asked.contains(&format!("the balance of attempt {attempt}?")), "{form}");
        }
    }

    #[test]
    fn a_bar_is_as_long_as_the_share_of_the_candidates_who_answered_so() {
        let of =
            |answer: &str, count, right| Tally { answer: answer.into(), count, right, known_error: None };
        let tally = vec![of("Right", 30, true), of("Not answered", 10, false)];
        let html = drawn_with(vec![variant(1, "300 mL")], 40, tally);
        assert!(html.contains("width=\"75\"") && html.contains("width=\"25\""), "{html}");
    }
}
