use leptos::prelude::*;

/// One bar of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub name: String,
    /// How long it is, of a hundred.
    pub percent: u32,
    /// Its number, as the table says it.
    pub number: String,
    /// The place of a line across the bar, in per cent. The note says what it stands for.
    pub line: Option<u32>,
    /// More text under the bar.
    pub note: Option<String>,
}

/// Bars in a column: a table with a bar under each name, so that numbers and bars stand together.
#[component]
pub fn Bars(
    /// Of the table, for screen readers: a heading above says it too.
    caption: &'static str,
    /// The headings: of the names, and of the numbers.
    heads: [&'static str; 2],
    bars: Vec<Bar>,
) -> impl IntoView {
    let heads = heads.map(|head| view! { <th scope="col">{head}</th> });
    let rows = bars.into_iter().map(|Bar { name, percent, number, line, note }| {
        view! {
            <tr>
                <th scope="row">{name}{bar(percent, line)}{note.map(|note| view! { <span class="hint">{note}</span> })}</th>
                <td class="number">{number}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="bars">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A bar beside a number, for the cell of a table. Screen readers read the number. Attributes draw it, because the content security policy
/// allows no `style`.
pub fn bar(percent: u32, line: Option<u32>) -> AnyView {
    let line = line.map(|at| {
        view! { <rect class="bar-line" x=at.min(99).to_string() width="0.8" height="4" /> }
    });
    view! {
        <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="bar-part" width=percent.min(100).to_string() height="4" />
            {line}
        </svg>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn each_bar_stands_with_its_name_and_its_number() {
        let named = |name: &str, percent, line, note: Option<&str>| Bar {
            name: name.to_owned(),
            percent,
            number: format!("{percent} of 100"),
            line,
            note: note.map(str::to_owned),
        };
        let bars = vec![
            named("Doses", 40, None, None),
            named("Drips", 100, Some(60), Some("Pass mark 60%: reached")),
        ];
        let bars = Bars(BarsProps { caption: "Marks by category", heads: ["Category", "Marks"], bars });
        let html = bars.into_any().to_html();
        let rows: Vec<_> = html.split("<tr>").skip(2).collect();
        assert!(
            rows[0].contains("Doses") && rows[0].contains("width=\"40\"") && rows[0].contains("40 of 100"),
            "{html}"
        );
        assert!(!rows[0].contains("bar-line") && rows[1].contains("bar-line"), "{html}");
        assert!(rows[1].contains("x=\"60\"") && rows[1].contains("Pass mark 60%: reached"), "{html}");
    }

    #[test]
    fn no_bar_is_longer_than_its_place() {
        let html = bar(130, Some(100)).to_html();
        assert!(html.contains("width=\"100\"") && html.contains("x=\"99\""), "{html}");
    }
}
