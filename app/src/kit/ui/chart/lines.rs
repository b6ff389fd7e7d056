use leptos::prelude::*;

use super::{BOTTOM, LEFT, Numbers, RIGHT, figure, height, legend_item};

/// The classes of the lines, in their order: there are no more.
const DRAWN: [&str; 3] = ["line-1", "line-2", "line-3"];

/// One line of a chart.
#[derive(Debug, Clone)]
pub struct Line {
    pub name: &'static str,
    /// A value for each place, in any unit, and what the table says of it.
    pub values: Vec<(u32, String)>,
}

/// Up to three lines over the same places. A screen reader reads the description, and the table has every number.
#[component]
pub fn LineChart(
    /// Of the figure; the ids of its parts begin with it.
    id: &'static str,
    title: String,
    /// What it shows, in a sentence or two.
    description: String,
    /// The heading of the places in the table.
    across: &'static str,
    /// Their names, in order.
    places: Vec<String>,
    lines: Vec<Line>,
    /// The values that have a line of their own across the picture, with their words: from the bottom to the top of the scale.
    scale: Vec<(u32, String)>,
) -> impl IntoView {
    let most = scale.iter().map(|(value, _)| *value).max().unwrap_or(0).max(1);
    let last = places.len().saturating_sub(1);
    let drawn = lines.iter().zip(DRAWN).map(|(line, class)| drawn(line, class, most)).collect_view();
    let marks = scale.into_iter().map(|(value, words)| {
        let y = height(value, most).to_string();
        view! {
            <line class="chart-scale" x1=LEFT.to_string() x2=RIGHT.to_string() y1=y.clone() y2=y.clone() />
            <text x=(LEFT - 6).to_string() y=y text-anchor="end" dominant-baseline="middle">{words}</text>
        }
    });
    let marks = marks.collect_view();
    let named = places.iter().enumerate().filter(|(at, _)| is_named(*at, last)).map(|(at, place)| {
        let anchor = if at == 0 && last > 0 { "start" } else if at == last { "end" } else { "middle" };
        let place = place.clone();
        view! { <text x=across_at(at, last).to_string() y=(BOTTOM + 24).to_string() text-anchor=anchor>{place}</text> }
    });
    let named = named.collect_view();
    let legend = lines.iter().zip(DRAWN).map(|(line, class)| legend_item(class, line.name.to_owned()));
    let legend = view! { <ul class="chart-legend">{legend.collect_view()}</ul> };
    let rows = places.into_iter().enumerate().map(|(at, place)| {
        let numbers =
            lines.iter().map(|line| line.values.get(at).map(|(_, words)| words.clone()).unwrap_or_default());
        (place, numbers.collect())
    });
    let rows = rows.collect();
    let heads = std::iter::once(across).chain(lines.iter().map(|line| line.name)).collect();
    let picture = view! {
        {marks}
        {named}
        {drawn}
    };
    figure(id, title, description, picture.into_any(), legend.into_any(), Numbers { heads, rows })
}

/// The line, and its last value as a point: with one place there would be nothing to see otherwise.
fn drawn(line: &Line, class: &'static str, most: u32) -> AnyView {
    let last = line.values.len().saturating_sub(1);
    let place = |at: usize, value: u32| (across_at(at, last), height(value, most));
    let points = line.values.iter().enumerate().map(|(at, (value, _))| {
        let (x, y) = place(at, *value);
        format!("{x},{y}")
    });
    let points = points.collect::<Vec<_>>().join(" ");
    let end = line.values.last().map(|(value, _)| {
        let (x, y) = place(last, *value);
        view! { <circle class=class cx=x.to_string() cy=y.to_string() r="4" /> }
    });
    view! { <polyline class=class points=points fill="none" />{end} }.into_any()
}

fn across_at(at: usize, last: usize) -> usize {
    LEFT + ((RIGHT - LEFT) * at).checked_div(last).unwrap_or(RIGHT - LEFT)
}

/// The first, the middle and the last: more names would cover one another.
fn is_named(at: usize, last: usize) -> bool {
    at == 0 || at == last || last >= 4 && at == last / 2
}

#[cfg(test)]
mod tests {
    use super::{super::TOP, *};

    #[test]
    fn the_lines_reach_from_edge_to_edge_and_stay_in_the_picture() {
        assert_eq!([0, 2, 4].map(|at| across_at(at, 4)), [44, 316, 588]);
        assert_eq!(across_at(0, 0), RIGHT);
        assert_eq!([0, 24, 48, 99].map(|value| height(value, 48)), [BOTTOM, 116, TOP, TOP]);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn every_number_of_the_chart_is_in_its_table() {
        let values = |numbers: [u32; 2]| numbers.map(|number| (number * 4, number.to_string())).to_vec();
        let lines = vec![
            Line { name: "Median", values: values([3, 5]) },
            Line { name: "Upper quartile", values: values([7, 9]) },
        ];
        let chart = LineChart(LineChartProps {
            id: "chart",
            title: "Modules".to_owned(),
            description: "By week".to_owned(),
            across: "Week",
            places: vec!["1 May".to_owned(), "8 May".to_owned()],
            lines,
            scale: vec![(0, "0".to_owned()), (48, "12".to_owned())],
        });
        let html = chart.into_any().to_html();
        for part in ["1 May", "8 May", ">3", ">5", ">7", ">9", "aria-labelledby=\"chart-title\""] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert_eq!(html.matches("<polyline").count(), 2);
    }
}
