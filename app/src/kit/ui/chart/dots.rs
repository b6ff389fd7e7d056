use leptos::prelude::*;

/// The last answers in a row of places, the newest on the right: filled if right, with a cross if not, empty before the first.
#[component]
pub fn Dots(
    /// Whether each was right, the newest last.
    recent: Vec<bool>,
    places: usize,
    /// What screen readers read in its place.
    label: String,
) -> impl IntoView {
    let empty = places.saturating_sub(recent.len());
    let classes = std::iter::repeat_n("dot", empty)
        .chain(recent.into_iter().map(|right| if right { "dot right" } else { "dot wrong" }));
    let dots = classes.enumerate().map(|(n, class)| {
        let x = n * 20 + 10;
        let cross = (class == "dot wrong")
            .then(|| view! { <path class="cross" d=format!("M{} 6l8 8m0-8l-8 8", x - 4) /> });
        view! { <circle class=class cx=x.to_string() cy="10" r="7" />{cross} }
    });
    let width = places * 20;
    view! {
        <svg class="dots" viewBox=format!("0 0 {width} 20") width=width.to_string() height="20" role="img" aria-label=label>
            {dots.collect_view()}
        </svg>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_right_has_a_cross_and_what_is_not_yet_is_empty() {
        let dots = Dots(DotsProps { recent: vec![true, false], places: 4, label: "1 of 2".to_owned() });
        let html = dots.into_any().to_html();
        let class = |dot: &str| {
            dot.split("class=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
        };
        let classes: Vec<_> = html.split("<circle").skip(1).filter_map(class).collect();
        assert_eq!(classes, ["dot", "dot", "dot right", "dot wrong"]);
        assert_eq!(html.matches("cross").count(), 1);
        assert!(html.contains("aria-label=\"1 of 2\""), "{html}");
    }
}
