use leptos::prelude::*;

use super::{BOTTOM, LEFT, Numbers, RIGHT, TOP, figure, height, legend_item};

/// The free space between two columns, in the unit of the drawing.
const GAP: usize = 6;

/// One column, and its name in the table.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub number: u32,
}

/// Columns side by side over a scale: how many there are of each size. A screen reader reads the description, and the table has every number.
#[component]
pub fn ColumnChart(
    /// Of the figure; the ids of its parts begin with it.
    id: &'static str,
    title: String,
    /// What it shows, in a sentence or two.
    description: String,
    /// The headings of the table: of the columns' names, and of their numbers.
    heads: [&'static str; 2],
    columns: Vec<Column>,
    /// Names along the scale, each with its place in per cent of the whole width.
    scale: Vec<(u32, String)>,
    /// A line across the columns: its place in per cent, and what it stands for.
    line: Option<(u32, String)>,
) -> impl IntoView {
    let most = columns.iter().map(|column| column.number).max().unwrap_or(0).max(1);
    let all = columns.len().max(1);
    let begins = |n: usize| LEFT + (RIGHT - LEFT) * n / all;
    let drawn = columns.iter().enumerate().map(|(n, column)| {
        let (x, wide, y) = (begins(n), begins(n + 1) - begins(n), height(column.number, most));
        let number = (column.number > 0).then(|| {
            let (x, y) = ((x + wide / 2).to_string(), (y - 6).to_string());
            view! { <text x=x y=y text-anchor="middle">{column.number}</text> }
        });
        view! {
            <rect class="column" x=(x + GAP / 2).to_string() y=y.to_string() width=wide.saturating_sub(GAP).to_string() height=(BOTTOM - y).to_string() />
            {number}
        }
    });
    let drawn = drawn.collect_view();
    let named = scale.into_iter().map(|(percent, words)| {
        view! { <text x=across(percent).to_string() y=(BOTTOM + 26).to_string() text-anchor="middle">{words}</text> }
    });
    let named = named.collect_view();
    let crossing = line.as_ref().map(|(percent, _)| {
        // The first is a free space around the second, which is seen on the columns and beside them.
        let lines = ["line-halo", "line-across"].into_iter().map(|class| {
            let x = across(*percent).to_string();
            view! { <line class=class x1=x.clone() x2=x y1=(TOP - 18).to_string() y2=BOTTOM.to_string() /> }
        });
        lines.collect_view()
    });
    let legend =
        line.map(|(_, words)| view! { <ul class="chart-legend">{legend_item("line-across", words)}</ul> });
    let picture = view! {
        {drawn}
        {crossing}
        <line class="chart-ground" x1=LEFT.to_string() x2=RIGHT.to_string() y1=BOTTOM.to_string() y2=BOTTOM.to_string() />
        {named}
    };
    let rows = columns.into_iter().map(|column| (column.name, vec![column.number.to_string()]));
    let numbers = Numbers { heads: heads.to_vec(), rows: rows.collect() };
    figure(id, title, description, picture.into_any(), legend.into_any(), numbers)
}

fn across(percent: u32) -> usize {
    LEFT + (RIGHT - LEFT) * usize::try_from(percent.min(100)).unwrap_or(0) / 100
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn drawn(numbers: &[u32], line: Option<(u32, String)>) -> String {
        let columns = numbers.iter().enumerate();
        let columns = columns.map(|(n, number)| Column { name: format!("Band {n}"), number: *number });
        let chart = ColumnChart(ColumnChartProps {
            id: "columns",
            title: "Marks".to_owned(),
            description: "How many".to_owned(),
            heads: ["Marks in %", "Sittings"],
            columns: columns.collect(),
            scale: vec![(0, "0%".to_owned()), (100, "100%".to_owned())],
            line,
        });
        chart.into_any().to_html()
    }

    #[test]
    fn every_column_is_in_the_table_and_as_high_as_its_number() {
        let html = drawn(&[0, 2, 4], None);
        let rows: Vec<_> = html.split("<tr>").skip(2).collect();
        for (row, (name, number)) in
            rows.iter().zip([("Band 0<", ">0<"), ("Band 1<", ">2<"), ("Band 2<", ">4<")])
        {
            assert!(row.contains(name) && row.contains(number), "{row}");
        }
        assert_eq!(rows.len(), 3);
        let heights: Vec<_> =
            html.split("<rect").skip(1).map(|rect| rect.split("height=\"").nth(1)).collect();
        let heights = heights.into_iter().map(|height| height.unwrap().split('"').next().unwrap());
        assert_eq!(heights.collect::<Vec<_>>(), ["0", "92", "184"]);
        // No number stands on a column that is not there.
        assert_eq!(html.matches("text-anchor=\"middle\"").count(), 2 + 2);
        assert!(!html.contains("chart-legend"), "{html}");
    }

    #[test]
    fn the_line_stands_at_its_per_cent_and_is_named() {
        let html = drawn(&[1], Some((50, "Pass mark: 50%".to_owned())));
        assert!(html.contains("x1=\"316\" x2=\"316\""), "{html}");
        assert!(html.contains("Pass mark: 50%") && html.contains("chart-legend"), "{html}");
        assert_eq!([0, 100, 120].map(across), [LEFT, RIGHT, RIGHT]);
    }
}
