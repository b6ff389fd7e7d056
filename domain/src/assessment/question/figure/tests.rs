use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Rational {
    text.parse().unwrap()
}

fn scale(instrument: Instrument, capacity: &str, step: &str, level: Option<&str>) -> Scale {
    let (capacity, step) = (number(capacity), number(step));
    let (step, numbered) = instrument.size(capacity, Some(step)).unwrap();
    let task = if level.is_some() { Task::Read } else { Task::DrawUp };
    Scale { capacity, step, numbered, level: level.map(number), task }
}

fn syringe(capacity: &str, step: &str, level: &str) -> Figure {
    Figure::Syringe(scale(Instrument::Syringe, capacity, step, Some(level)))
}

fn to_draw_up() -> Figure {
    Figure::Syringe(scale(Instrument::Syringe, "5", "0.2", None))
}

fn pulse(values: &[&str]) -> Figure {
    let points = (8..)
        .zip(values)
        .map(|(hour, value)| PlotPoint { time: format!("{hour:02}:00"), value: number(value) });
    Figure::ObservationChart(Plot {
        what: "Pulse (beats a minute)".into(),
        from: number("40"),
        to: number("140"),
        step: number("5"),
        numbered: number("20"),
        points: points.collect(),
    })
}

/// One of each kind.
fn every_kind() -> Vec<Figure> {
    vec![
        syringe("5", "0.2", "2.6"),
        to_draw_up(),
        Figure::MedicineCup(scale(Instrument::MedicineCup, "30", "5", Some("15"))),
        Figure::Pump(vec![("Rate".into(), "83 mL/hour".into()), ("Left".into(), "250 mL".into())]),
        Figure::DropChamber { drops: 7, seconds: 15 },
        Figure::Label {
            title: "Gentamicin <40>".into(),
            lines: vec!["80 mg in 2 mL".into()],
            small: vec!["LOT 7 & 8".into()],
        },
        Figure::FluidChart(vec![
            FluidEntry {
                time: "08:00".into(),
                what: "Water".into(),
                intake: Some(number("150")),
                output: None,
            },
            FluidEntry {
                time: "09:00".into(),
                what: "Urine".into(),
                intake: None,
                output: Some(number("1200")),
            },
        ]),
        pulse(&["85", "90"]),
    ]
}

#[test]
fn a_place_on_a_scale_is_said_by_its_line_and_not_by_its_volume() {
    for (capacity, step, level, said) in [
        ("5", "0.2", "2.6", "at the third line after 2 mL"),
        ("5", "0.2", "2", "at the line of 2 mL"),
        ("5", "0.2", "0.2", "at the first line after 0 mL"),
        ("5", "0.2", "5", "at the line of 5 mL"),
        ("5", "0.2", "2.5", "halfway between the second line after 2 mL and the third line after 2 mL"),
        ("5", "0.2", "2.9", "halfway between the fourth line after 2 mL and the line of 3 mL"),
        ("5", "0.2", "2.1", "halfway between the line of 2 mL and the first line after 2 mL"),
        ("1", "0.01", "0.37", "at the seventh line after 0.3 mL"),
        ("2", "0.1", "1.8", "at the third line after 1.5 mL"),
        ("10", "0.5", "7.5", "at the first line after 7 mL"),
        ("10", "0.2", "7.6", "at the third line after 7 mL"),
        ("20", "1", "17", "at the second line after 15 mL"),
        ("50", "1", "29", "at the ninth line after 20 mL"),
    ] {
        let figure = syringe(capacity, step, level);
        assert_eq!(
            figure.said()[1],
            format!("The edge of the plunger stands {said}."),
            "{level} of {capacity}"
        );
    }
    let cup = |level| Figure::MedicineCup(scale(Instrument::MedicineCup, "60", "5", Some(level))).said();
    assert_eq!(cup("45")[1], "The surface of the liquid stands at the first line after 40 mL.");
    assert_eq!(cup("45")[0], "It has a number at each 10 mL, and 1 line between one number and the next.");
    assert_eq!(
        syringe("5", "0.2", "2.6").said()[0],
        "It has a number at each 1 mL, and 4 lines between one number and the next.",
        "what a line means is for the reader to work out"
    );
    let small = Figure::MedicineCup(scale(Instrument::MedicineCup, "30", "5", Some("15"))).said();
    assert_eq!(small[0], "It has a line with its number at each 5 mL.");
    let chart = pulse(&["85", "100", "132.5"]).said();
    assert_eq!(
        chart[0],
        "It goes from 40 to 140. It has a number at each 20, and 3 lines between one number and the next."
    );
    assert_eq!(
        chart[1..3],
        ["08:00: the dot stands at the first line above 80.", "09:00: the dot stands at the line of 100."]
    );
    assert_eq!(
        chart[3],
        "10:00: the dot stands halfway between the second line above 120 and the third line above 120."
    );
}

#[test]
fn no_size_is_drawn_that_does_not_exist() {
    let size = |instrument: Instrument, capacity: &str, step: Option<&str>| {
        instrument
            .size(number(capacity), step.map(number))
            .map(|(step, numbered)| (plain(step), plain(numbered)))
    };
    let found = |step: &str, numbered: &str| Some((step.to_owned(), numbered.to_owned()));
    for (capacity, step, numbered) in [
        ("1", "0.01", "0.1"),
        ("2", "0.1", "0.5"),
        ("5", "0.2", "1"),
        ("10", "0.5", "1"),
        ("20", "1", "5"),
        ("50", "1", "10"),
    ] {
        assert_eq!(size(Instrument::Syringe, capacity, None), found(step, numbered));
    }
    assert_eq!(size(Instrument::Syringe, "10", Some("0.2")), found("0.2", "1"));
    assert_eq!(size(Instrument::MedicineCup, "30", None), found("5", "5"));
    for (instrument, capacity, step) in [
        (Instrument::Syringe, "3", None),
        (Instrument::Syringe, "5", Some("0.5")),
        (Instrument::MedicineCup, "25", None),
        (Instrument::MedicineCup, "30", Some("1")),
    ] {
        assert_eq!(size(instrument, capacity, step), None);
    }
}

/// Attributes of all elements with this name, in the order of the text.
fn attributes<'a>(html: &'a str, element: &str, name: &str) -> Vec<&'a str> {
    let tags = html.split('<').filter(|tag| tag.split([' ', '>']).next() == Some(element));
    tags.filter_map(|tag| tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()).collect()
}

#[test]
fn the_plunger_stands_where_its_line_is_drawn() {
    for (capacity, step) in
        [("1", "0.01"), ("2", "0.1"), ("5", "0.2"), ("10", "0.5"), ("10", "0.2"), ("20", "1"), ("50", "1")]
    {
        let empty = scale(Instrument::Syringe, capacity, step, None);
        for line in empty.lines() {
            let html = Figure::Syringe(Scale { level: Some(line), task: Task::Read, ..empty.clone() }).html();
            let level = attributes(&html, "g", "transform")[0];
            let level: i64 = level.trim_start_matches("translate(0 ").trim_end_matches(')').parse().unwrap();
            // The plunger is inside an SVG that begins at 34, and its edge 6 below that.
            assert!(html.contains(&format!("M140 {}h", 34 + 6 + level)), "{line} of {capacity}: {html}");
        }
    }
}

/// Where lines of the surface of a cup run, from and to, in pixels.
fn surface(capacity: &str, level: &str) -> Vec<(i64, i64)> {
    let html = Figure::MedicineCup(scale(Instrument::MedicineCup, capacity, "5", Some(level))).html();
    let path = html.split("stroke-width=\"4\" d=\"M").nth(1).unwrap().split('"').next().unwrap();
    let pieces = path.split('M').map(|piece| {
        let (from, to) = (piece.split(' ').next().unwrap(), piece.split('H').nth(1).unwrap());
        (from.parse().unwrap(), to.parse().unwrap())
    });
    pieces.collect()
}

#[test]
fn the_surface_of_a_cup_strikes_no_number_through() {
    for (capacity, level) in [("30", "5"), ("30", "15"), ("30", "30"), ("60", "10"), ("60", "60")] {
        let pieces = surface(capacity, level);
        // A number begins at 118 and is about 50 wide.
        assert!(
            pieces.iter().all(|(from, to)| from < to && (*to < 118 || *from > 168)),
            "{level}: {pieces:?}"
        );
        assert_eq!(pieces.len(), 2);
    }
    // No number stands here.
    for (capacity, level) in [("60", "45"), ("30", "12.5")] {
        assert_eq!(surface(capacity, level).len(), 1, "{level} of {capacity}");
    }
}

#[test]
fn a_picture_is_whole_has_a_name_and_takes_no_colour_of_its_own() {
    for figure in every_kind() {
        let html = figure.html();
        let opened = html.matches('<').count() - html.matches("</").count();
        assert_eq!(opened, html.matches("</").count() + html.matches("/>").count(), "{html}");
        assert_eq!(html.matches("<title>").count(), 1);
        assert!(html.contains("role=\"img\"") && html.contains(&escaped(&figure.name())), "{html}");
        // Neither a style, which the policy of pages forbids, nor an id, which two figures of one page would share.
        for never in [" style=", " id=", "rgb", "\"#", "href", "<script", " on"] {
            let outside: String =
                html.split('>').filter_map(|part| part.split_once('<')).map(|(_, tag)| tag).collect();
            assert!(!outside.contains(never), "{never} in {html}");
        }
        for said in figure.said() {
            assert!(html.contains(&format!("<p>{}</p>", escaped(&said))), "{said} in {html}");
        }
    }
}

#[test]
fn texts_of_a_bank_are_no_html() {
    let html = every_kind()[5].html();
    assert!(html.contains("Gentamicin &lt;40&gt;") && html.contains("LOT 7 &amp; 8"), "{html}");
    assert!(!html.contains("<40>"), "{html}");
}

#[test]
fn the_drops_that_are_drawn_are_those_that_are_said_and_no_sum_is_given() {
    for (drops, seconds) in [(1, 15), (7, 15), (20, 15), (13, 30), (40, 60)] {
        let figure = Figure::DropChamber { drops, seconds };
        let shapes = attributes(&figure.html(), "path", "d")[0].matches('z').count();
        assert_eq!(shapes, usize::from(drops), "each is counted, and nothing else looks like one");
        let said = figure.said();
        let counted = said.iter().map(|five| five.split(": ").nth(1).unwrap().split(' ').next().unwrap());
        assert_eq!(counted.map(|count| count.parse::<u16>().unwrap()).sum::<u16>(), drops);
        assert_eq!(said.len(), usize::from(seconds / 5));
    }
}

#[test]
fn a_syringe_to_draw_up_has_a_step_for_each_line_and_says_each_in_words() {
    let html = to_draw_up().to_draw_up().unwrap();
    let slider = |name: &str| attributes(&html, "input", name)[0];
    assert_eq!([slider("min"), slider("max"), slider("step"), slider("value")], ["0", "5", "0.2", "0"]);
    assert_eq!(slider("aria-valuetext"), "at the line of 0 mL");
    let lines: Vec<_> = slider("data-lines").split(';').collect();
    assert_eq!(lines.len(), 26);
    assert_eq!(lines[13], "2.6=translate(0 182)=at the third line after 2 mL");
    assert_eq!(attributes(&html, "g", "id"), ["plunger"]);
    // Once it is pulled, no words say that it stands at nought still.
    assert!(html.contains("and the next.</p>") && !html.contains("plunger stands at"), "{html}");
    // As it is looked at afterwards it does not move.
    assert!(!to_draw_up().html().contains("plunger\""));
    assert!(every_kind().iter().filter_map(Figure::to_draw_up).count() == 1);
}

#[test]
fn what_is_stored_is_read_back() {
    for figure in every_kind() {
        let stored = toml::Value::try_from(&figure).unwrap();
        assert_eq!(stored.try_into::<Figure>().unwrap(), figure, "as in a stored question");
    }
}

proptest! {
    /// Nobody hears less than others see: another level is another picture, and other words.
    #[test]
    fn two_levels_differ_in_the_picture_and_in_words(one in 1u32..=50, other in 1u32..=50) {
        let at = |half: u32| Figure::Syringe(Scale {
            level: number("0.1").times(Rational::whole(i64::from(half))),
            ..scale(Instrument::Syringe, "5", "0.2", Some("1"))
        });
        let (first, second) = (at(one), at(other));
        prop_assert_eq!(first.said() == second.said(), one == other);
        prop_assert_eq!(first.html() == second.html(), one == other);
    }
}
