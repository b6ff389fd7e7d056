//! The charts of the product, one set: lines, columns, bars and dots. Each says in words what it shows, and its numbers stand in a table:
//! beside it, or folded under it when they are many. None says anything by colour alone. They belong to pages in files of their own
//! (`area!`): no first page waits for them.

mod bars;
mod columns;
mod dots;
mod lines;

use leptos::prelude::*;

pub use bars::{Bar, Bars, bar};
pub use columns::{Column, ColumnChart};
pub use dots::Dots;
pub use lines::{Line, LineChart};

/// Where the picture of a chart begins and ends, in the unit of the drawing.
const LEFT: usize = 44;
const RIGHT: usize = 588;
const TOP: usize = 24;
const BOTTOM: usize = 208;
const VIEW_BOX: &str = "0 0 600 244";

/// With more rows a table is folded: beside the picture it would be far longer.
const MOST_BESIDE: usize = 12;

/// The numbers of a chart.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// The headings of the columns: first that of the places.
    pub heads: Vec<&'static str>,
    /// A place of the chart and its numbers, in the order of the picture.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A chart: its title, what it shows, the picture, and its numbers in a table. The ids of its parts begin with its own.
fn figure(
    id: &'static str,
    title: String,
    description: String,
    picture: AnyView,
    legend: AnyView,
    numbers: Numbers,
) -> AnyView {
    let (title_id, description_id) = (format!("{id}-title"), format!("{id}-description"));
    let folded = numbers.rows.len() > MOST_BESIDE;
    let class = if folded { "chart-picture" } else { "chart-picture chart-and-table" };
    let table = if folded { folded_numbers(&title, numbers) } else { table(&title, numbers) };
    view! {
        <figure class="chart" id=id>
            <figcaption id=title_id.clone()>{title}</figcaption>
            <p class="hint" id=description_id.clone()>{description}</p>
            <div class=class>
                <div>
                    <svg viewBox=VIEW_BOX role="img" focusable="false" aria-labelledby=title_id aria-describedby=description_id>{picture}</svg>
                    {legend}
                </div>
                {table}
            </div>
        </figure>
    }
    .into_any()
}

fn table(title: &str, Numbers { heads, rows }: Numbers) -> AnyView {
    let heads = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    let rows = rows.into_iter().map(|(place, numbers)| {
        let cells =
            numbers.into_iter().map(|number| view! { <td class="number">{number}</td> }).collect_view();
        view! { <tr><th scope="row">{place}</th>{cells}</tr> }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-frame" role="region" aria-label=title.to_owned() tabindex="0">
            <table>
                <caption class="visually-hidden">{title.to_owned()}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A table of numbers under what shows them. It is open on paper.
pub fn folded_numbers(title: &str, numbers: Numbers) -> AnyView {
    let of = format!(" ({title})");
    view! {
        <details class="chart-numbers">
            <summary>"The numbers in a table"<span class="visually-hidden">{of}</span></summary>
            {table(title, numbers)}
        </details>
    }
    .into_any()
}

/// A sample of a line, and what it stands for.
fn legend_item(class: &'static str, words: String) -> AnyView {
    view! {
        <li>
            <svg viewBox="0 0 40 12" width="40" height="12" aria-hidden="true" focusable="false"><line class=class x1="0" x2="40" y1="6" y2="6" /></svg>
            {words}
        </li>
    }
    .into_any()
}

fn height(value: u32, most: u32) -> usize {
    let share = |value: u32| usize::try_from(value).unwrap_or(0);
    let up = (BOTTOM - TOP) * share(value.min(most)) / share(most).max(1);
    BOTTOM - up
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn drawn(rows: usize) -> String {
        let rows = (1..=rows).map(|n| (format!("Week {n}"), vec![format!("{n}")]));
        let numbers = Numbers { heads: vec!["Until", "Median"], rows: rows.collect() };
        let (title, description) = ("Modules".to_owned(), "What it shows".to_owned());
        figure("drawn", title, description, ().into_any(), ().into_any(), numbers).to_html()
    }

    #[test]
    fn a_long_table_is_folded_and_a_short_one_stands_beside_the_picture() {
        let (short, long) = (drawn(MOST_BESIDE), drawn(MOST_BESIDE + 1));
        assert!(short.contains("chart-and-table") && !short.contains("<details"), "{short}");
        assert!(long.contains("<details") && !long.contains("chart-and-table"), "{long}");
        assert!(short.contains(">Week 12<") && long.contains(">Week 13<"), "{long}");
    }

    #[test]
    fn a_picture_is_named_by_its_title_and_described_by_what_it_shows() {
        let html = drawn(1);
        for part in [
            "role=\"img\"",
            "aria-labelledby=\"drawn-title\"",
            "aria-describedby=\"drawn-description\"",
            "id=\"drawn-title\">Modules<",
            "id=\"drawn-description\"",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }
}
