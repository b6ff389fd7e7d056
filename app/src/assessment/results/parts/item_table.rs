use domain::assessment::results::ItemRow;
use leptos::prelude::*;

use super::item_view::{correlation, place_of};
use crate::kit::ui::bar;

/// All questions at a glance: how many were right, how well each tells candidates apart, and which to look at.
#[component]
pub fn ItemTable(items: Vec<ItemRow>) -> impl IntoView {
    view! {
        <h2>"All questions"</h2>
        <div class="table-frame" role="region" aria-label="All questions" tabindex="0">
            <table class="item-table">
                <caption class="visually-hidden">"All questions, in the order of the paper"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Question"</th>
                        <th scope="col">"Category"</th>
                        <th scope="col">"Facility"</th>
                        <th scope="col">"Discrimination"</th>
                        <th scope="col">"Have a look"</th>
                    </tr>
                </thead>
                <tbody>{items.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(item: ItemRow) -> impl IntoView {
    let place = format!("#{}", place_of(&item));
    let known = item.statistics.as_ref();
    let dash = || "–".to_owned();
    let percent = known.map(|known| format!("{:.0}", 100.0 * known.facility));
    let right = percent.as_deref().and_then(|percent| percent.parse().ok()).map(|percent| bar(percent, None));
    let facility = percent.map_or_else(dash, |percent| format!("{percent}%"));
    let discrimination = known.and_then(|known| known.discrimination).map_or_else(dash, correlation);
    let remark = known.and_then(|known| item.remark(known, item.candidates));
    let flag = match (item.voided, remark) {
        (true, _) => "Taken out",
        (false, Some(remark)) => remark,
        (false, None) => "–",
    };
    let of = item.variants.first().filter(|_| !item.every_attempt);
    let of = of.map(|variant| format!(", from attempt {}", variant.attempt));
    let flagged = item.voided || remark.is_some();
    view! {
        <tr class:flagged=flagged>
            <th scope="row"><a href=place rel="external">"Question "{item.number}{of}</a></th>
            <td>{item.category.title()}</td>
            <td class="number with-bar">{facility}{right}</td>
            <td class="number">{discrimination}</td>
            <td>{flag}</td>
        </tr>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::assessment::{
        Category, Difficulty, ItemId,
        results::{ItemStatistics, ItemVariant},
    };
    use uuid::Uuid;

    use super::*;

    fn item(number: u32, statistics: Option<ItemStatistics>, voided: bool) -> ItemRow {
        let variant = ItemVariant {
            item: ItemId(Uuid::nil()),
            attempt: 1,
            version: 0,
            stimulus: None,
            wording: String::new(),
            right_answer: Vec::new(),
            options: Vec::new(),
        };
        ItemRow {
            number,
            item: ItemId(Uuid::nil()),
            every_attempt: true,
            statistics,
            candidates: 40,
            variants: vec![variant],
            template: String::new(),
            category: Category::UnitDoses,
            difficulty: Difficulty::One,
            stimulus: None,
            wording: String::new(),
            right_answer: Vec::new(),
            marks: 1,
            voided,
            unreadable: 0,
            tally: Vec::new(),
        }
    }

    #[test]
    fn each_question_has_its_numbers_its_flag_and_a_way_to_it() {
        let known = |facility, discrimination| Some(ItemStatistics { facility, discrimination });
        let items = vec![
            item(1, known(0.5, Some(-0.25)), false),
            item(2, known(0.6, Some(0.4)), false),
            item(3, known(1.0, None), true),
            item(4, None, false),
        ];
        let html = Owner::new().with(|| view! { <ItemTable items /> }.to_html());
        let rows: Vec<_> = html.split("<tr").skip(2).collect();
        let has = |row: usize, texts: &[&str]| {
            for text in texts {
                assert!(rows[row].contains(text), "{text}: {}", rows[row]);
            }
        };
        has(0, &["href=\"#question-1\"", "50%", "−0.25", "check the key"]);
        has(1, &["href=\"#question-2\"", "60%", "0.40", ">–<"]);
        // One that is taken out has no other remark.
        has(2, &["100%", "Taken out"]);
        assert!(!rows[2].contains("Nearly everybody"));
        has(3, &["href=\"#question-4\"", "–"]);
    }
}
