use domain::{
    cohorts::{CohortProgress, ProgressPoint, Quarters, Spread},
    count,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    cohorts::{api::load_cohort_progress, parts::Head},
    kit::{
        api::PageData,
        ui::{Line, LineChart, Loaded, Reply},
    },
};

/// `/cohorts/{cohort}/progress`: how far the students have come, week by week.
#[component]
pub fn Progress() -> impl IntoView {
    let params = use_params_map();
    let page = PageData::new(move || params.read().get("cohort").unwrap_or_default(), load_cohort_progress);
    view! { <Loaded resource=page page=|page| view! { <ProgressView page /> } /> }
}

#[component]
fn ProgressView(page: CohortProgress) -> impl IntoView {
    let now = page.points.last().map(|point| point.spread);
    let words = now.map(|now| in_words(&page, now));
    let CohortProgress { id, name, organisation, course, modules, points, weeks, .. } = page;
    view! {
        <Head cohort=id name organisation heading="Progress over time" reply=Reply::to(&[]) />
        <p class="lede">{course}</p>
        {match words {
            None => view! { <p>"Nobody is in this cohort yet, so there is nothing to show. Its students appear here as soon as the university has sent their names."</p> }.into_any(),
            Some(words) => view! {
                {words.into_iter().map(|sentence| view! { <p class="narrow">{sentence}</p> }).collect_view()}
                {chart(modules, points, weeks)}
            }.into_any(),
        }}
    }
}

/// How far the students are now, and how far apart.
fn in_words(page: &CohortProgress, now: Spread) -> [String; 3] {
    let (students, modules) = (count(page.students, "student"), count(page.modules, "module"));
    let Spread { lower, median, upper } = now;
    [
        format!(
            "Of {modules} the median of {students} is {median}: half of them have completed as many or more, and half as many or fewer."
        ),
        format!(
            "The middle half have completed between {lower} and {upper}: a quarter have fewer or as few, and a quarter more or as many."
        ),
        match page.finished {
            0 => "Nobody has completed every module yet.".to_owned(),
            finished => format!(
                "{} of {students} {} completed every module.",
                finished,
                if finished == 1 { "has" } else { "have" }
            ),
        },
    ]
}

fn chart(modules: u32, points: Vec<ProgressPoint>, weeks: u32) -> impl IntoView {
    let line = |name: &'static str, of: fn(&Spread) -> Quarters| {
        let values = points.iter().map(|point| of(&point.spread)).map(|value| (value.0, value.to_string()));
        Line { name, values: values.collect() }
    };
    let lines = vec![
        line("Median", |spread| spread.median),
        line("Upper quartile", |spread| spread.upper),
        line("Lower quartile", |spread| spread.lower),
    ];
    let mut scale = vec![(0, "0".to_owned())];
    scale.extend((modules >= 2).then(|| Quarters(modules * 2)).map(|half| (half.0, half.to_string())));
    scale.push((modules * 4, modules.to_string()));
    let apart = if weeks == 1 { "each week".to_owned() } else { format!("every {weeks} weeks") };
    let description = format!(
        "Modules that the students of today had completed, at the end of a day {apart}. Three quarters of them had completed as many as the lower quartile or more, a quarter as many as the upper quartile or more."
    );
    let places: Vec<_> = points.iter().map(|point| point.day.clone()).collect();
    view! {
        <LineChart id="progress-chart" title="Modules completed".to_owned() description across="Until" places lines scale />
    }
}

#[cfg(test)]
mod tests {
    use domain::cohorts::CohortId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn median_and_spread_are_said_in_words() {
        let page = CohortProgress {
            id: CohortId(Uuid::nil()),
            name: String::new(),
            organisation: String::new(),
            course: String::new(),
            modules: 12,
            students: 68,
            finished: 1,
            points: Vec::new(),
            weeks: 1,
        };
        let now = Spread { lower: Quarters(8), median: Quarters(18), upper: Quarters(29) };
        let [median, spread, finished] = in_words(&page, now);
        assert!(median.starts_with("Of 12 modules the median of 68 students is 4.5:"), "{median}");
        assert!(spread.contains("between 2 and 7.25"), "{spread}");
        assert_eq!(finished, "1 of 68 students has completed every module.");
    }
}
