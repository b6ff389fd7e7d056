use domain::{assessment::results::Distribution, count};
use leptos::prelude::*;

use crate::kit::ui::{Column, ColumnChart};

/// How the marks of a paper are spread: median and quartiles in words, and how many sittings are in each band of ten per cent.
#[component]
pub fn MarksChart(
    distribution: Distribution,
    /// Of the whole paper, in per cent.
    pass_percent: u8,
) -> impl IntoView {
    let (spread, available) = (distribution.spread, distribution.available);
    let sittings: u32 = distribution.bands.iter().map(|band| band.sittings).sum();
    let most = distribution.bands.iter().map(|band| band.sittings).max().unwrap_or_default();
    let fullest: Vec<_> = distribution.bands.iter().filter(|band| band.sittings == most).collect();
    let fullest = match fullest.as_slice() {
        [only] => {
            format!(" The fullest band is {}, with {}.", only.in_words(), count(only.sittings, "sitting"))
        }
        _ => String::new(),
    };
    let description =
        format!("The marks of {}, counted in bands of ten per cent.{fullest}", count(sittings, "sitting"));
    let heads = ["Share of the marks", "Sittings"];
    let columns = distribution.bands.into_iter();
    let columns: Vec<_> =
        columns.map(|band| Column { name: band.in_words(), number: band.sittings }).collect();
    let line = Some((u32::from(pass_percent), format!("Pass mark: {pass_percent}%")));
    let scale: Vec<_> = (0..=100_u32).step_by(20).map(|percent| (percent, format!("{percent}%"))).collect();
    view! {
        <h2>"Distribution of marks"</h2>
        <p class="narrow">
            {format!("The median is {} of {}: half of the sittings have as many or more, and half as many or fewer. The middle half have between {} and {}.", spread.median, count(available, "mark"), spread.lower, spread.upper)}
        </p>
        <ColumnChart id="marks-chart" title="Sittings by mark".to_owned() description heads columns scale
            line />
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::assessment::results::Marked;

    use super::*;

    fn drawn(marks: &[(u32, u32)]) -> String {
        let marked = marks.iter().map(|&(mark, sittings)| Marked { mark, available: 20, sittings });
        let distribution = Distribution::of(&marked.collect::<Vec<_>>());
        let html = |distribution| view! { <MarksChart distribution pass_percent=60 /> }.to_html();
        Owner::new().with(|| distribution.map(html).unwrap_or_default())
    }

    #[test]
    fn median_and_quartiles_are_said_in_words_above_the_chart() {
        let html = drawn(&[(4, 1), (10, 2), (17, 1)]);
        assert!(html.contains("The median is 10 of 20 marks:"), "{html}");
        assert!(html.contains("between 8.5 and 11.75"), "{html}");
        assert!(html.contains("Pass mark: 60%"), "{html}");
    }

    #[test]
    fn the_fullest_band_is_named_when_there_is_one() {
        assert!(drawn(&[(4, 1), (10, 2)]).contains("The fullest band is 50–59%, with 2 sittings."));
        assert!(!drawn(&[(4, 2), (10, 2)]).contains("fullest"));
    }
}
