//! The figures of the bank, read from their pictures as people read them: from the numbers beside the lines.

use std::collections::BTreeMap;

use super::banks::banks;
use crate::{
    assessment::{
        bank::Template,
        question::{Figure, Key, Question, Response, Task, mark},
    },
    quantity::Rational,
};

const SEEDS: std::ops::Range<u64> = 0..200;

fn looked_at() -> Vec<Template> {
    let templates = banks().into_iter().flat_map(|(_, _, bank)| bank.templates);
    templates.filter(|template| template.figure.is_some()).collect()
}

fn kind(figure: &Figure) -> &'static str {
    match figure {
        Figure::Syringe(scale) if scale.task == Task::DrawUp => "syringe to draw up",
        Figure::Syringe(_) => "syringe",
        Figure::MedicineCup(_) => "medicine cup",
        Figure::Pump(_) => "pump",
        Figure::DropChamber { .. } => "drop chamber",
        Figure::Label { .. } => "label",
        Figure::FluidChart(_) => "fluid chart",
        Figure::ObservationChart(_) => "observation chart",
        // The shared bank draws what it shows.
        Figure::Picture { .. } => "picture",
    }
}

#[test]
fn the_bank_has_questions_on_every_kind_of_figure() {
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    for template in looked_at() {
        *kinds.entry(kind(template.question(0).unwrap().figure.as_ref().unwrap())).or_default() += 1;
    }
    assert_eq!(kinds.len(), 8, "{kinds:?}");
    assert!(kinds.values().sum::<usize>() >= 24 && kinds.values().all(|count| *count >= 2), "{kinds:?}");
}

fn number(text: &str) -> Rational {
    text.parse().unwrap()
}

/// The numbers beside the lines: how far down each stands, and what it is.
fn numbers(html: &str, x: &str) -> Vec<(Rational, Rational)> {
    let texts = html.split("<text ").filter(|text| text.starts_with(&format!("x=\"{x}\"")));
    let texts = texts.filter_map(|text| {
        let y = text.split("y=\"").nth(1)?.split('"').next()?;
        let written = text.split('>').nth(1)?.split(['<', ' ']).next()?;
        // The foot of a number is 5 below its line.
        Some((number(y).minus(number("5"))?, written.parse().ok()?))
    });
    texts.collect()
}

/// What stands at this height, between the first and the last number.
fn read(numbers: &[(Rational, Rational)], y: Rational) -> Rational {
    let ((top, first), (bottom, last)) = (numbers[0], *numbers.last().unwrap());
    let share = y.minus(top).unwrap().over(bottom.minus(top).unwrap()).unwrap();
    first.plus(last.minus(first).unwrap().times(share).unwrap()).unwrap()
}

/// The edge of a plunger in pixels from the top.
fn edge(html: &str) -> Rational {
    let down = html.split("translate(0 ").nth(1).unwrap().split(')').next().unwrap();
    number(down).plus(number("40")).unwrap()
}

/// The first number of the path that has this attribute, after the M and the x.
fn surface(html: &str) -> Rational {
    let path = html.split("stroke-width=\"4\" d=\"").nth(1).unwrap();
    number(path.split([' ', 'H']).nth(1).unwrap())
}

fn answer(question: &Question) -> Rational {
    match &question.key {
        Key::Number(key) => key.answer,
        _ => panic!("{} asks for no number", question.template),
    }
}

#[test]
fn what_is_read_from_the_picture_is_the_right_answer() {
    let mut read_off = 0;
    for template in looked_at() {
        for question in SEEDS.map(|seed| template.question(seed).unwrap()) {
            let figure = question.figure.clone().unwrap();
            let html = figure.html();
            let shown = match &figure {
                Figure::Syringe(scale) if scale.task == Task::Read => {
                    read(&numbers(&html, "170"), edge(&html))
                }
                Figure::MedicineCup(scale) if scale.task == Task::Read => {
                    read(&numbers(&html, "118"), surface(&html))
                }
                Figure::Syringe(_) if question.is_drawn_up() => {
                    let answered = question.figure_answered().unwrap();
                    read(&numbers(&answered, "170"), edge(&answered))
                }
                _ => continue,
            };
            assert_eq!(shown, answer(&question), "{}: {html}", template.id);
            read_off += 1;
        }
    }
    assert!(read_off >= 11 * 200, "{read_off}");
}

/// Every answer that can be drawn up is a step of the slider, and is marked right there and nowhere else.
#[test]
fn exactly_one_line_of_a_syringe_is_right() {
    let mut drawn = 0;
    for template in looked_at() {
        for question in SEEDS.map(|seed| template.question(seed).unwrap()) {
            let Some(html) = question.figure.as_ref().and_then(Figure::to_draw_up) else { continue };
            let lines = html.split("data-lines=\"").nth(1).unwrap().split('"').next().unwrap();
            let typed = lines.split(';').map(|line| line.split('=').next().unwrap());
            let right = typed.filter(|typed| {
                let response = Response::Number { typed: (*typed).to_owned(), unit: String::new() };
                mark(&question, &response).unwrap().right
            });
            assert_eq!(right.map(number).collect::<Vec<_>>(), [answer(&question)], "{}", template.id);
            drawn += 1;
        }
    }
    assert_eq!(drawn, 3 * 200);
}

/// The dots of a chart, read from the numbers at its left, are the values that its template gave them.
#[test]
fn the_dots_of_a_chart_stand_where_they_are_read() {
    for template in looked_at() {
        for question in SEEDS.map(|seed| template.question(seed).unwrap()) {
            let Some(Figure::ObservationChart(plot)) = &question.figure else { continue };
            let html = question.figure.as_ref().unwrap().html();
            let axis = numbers(&html, "46");
            let dots = html.split("cy=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
            let dots: Vec<_> = dots.map(|y| read(&axis, number(y))).collect();
            let values: Vec<_> = plot.points.iter().map(|point| point.value).collect();
            assert_eq!(dots, values, "{}", template.id);
        }
    }
}

/// Levetiracetam is a concentrate to be infused, and amikacin comes in vials.
#[test]
fn an_ampoule_to_inject_holds_what_comes_in_one() {
    for template in looked_at() {
        for question in SEEDS.map(|seed| template.question(seed).unwrap()) {
            let said = question.as_asked().join(" ").to_lowercase();
            let another = ["levetiracetam", "amikacin"].into_iter().find(|drug| said.contains(drug));
            assert!(!said.contains("ampoule") || another.is_none(), "{}: {said}", template.id);
        }
    }
}

/// What is counted between two numbers are spaces, of which there is one more than there are lines: as many as a solution says, and as wide.
#[test]
fn a_solution_counts_the_spaces_that_are_drawn() {
    let mut counted = 0;
    for template in looked_at() {
        let question = template.question(0).unwrap();
        let (step, numbered) = match question.figure.as_ref().unwrap() {
            Figure::Syringe(scale) | Figure::MedicineCup(scale) => (scale.step, scale.numbered),
            Figure::ObservationChart(plot) => (plot.step, plot.numbered),
            _ => continue,
        };
        for said in &question.solution {
            let Some((_, rest)) = said.split_once("There are ") else { continue };
            let (spaces, rest) = rest.split_once(" spaces from ").unwrap();
            let (from, rest) = rest.split_once(" to ").unwrap();
            let to = rest.split([' ', ',']).next().unwrap();
            let from = from.split(' ').next().unwrap();
            assert_eq!(number(to).minus(number(from)).unwrap(), numbered, "{}: {said}", template.id);
            assert_eq!(number(spaces).times(step).unwrap(), numbered, "{}: {said}", template.id);
            let each = said.split(" = ").nth(1).unwrap().trim_end_matches('.').split(' ').next().unwrap();
            assert_eq!(number(each), step, "{}: {said}", template.id);
            counted += 1;
        }
    }
    assert!(counted >= 8, "{counted}");
}

/// Nobody hears less than others see, and nobody hears the reading: where it stands between two numbers, the words do
/// not have it.
#[test]
fn the_words_of_a_scale_do_not_read_it() {
    for template in looked_at() {
        for question in SEEDS.map(|seed| template.question(seed).unwrap()) {
            let Some(Figure::Syringe(scale) | Figure::MedicineCup(scale)) = &question.figure else {
                continue;
            };
            let Some(level) = scale.level else { continue };
            if level.over(scale.numbered).is_some_and(Rational::is_whole) {
                continue;
            }
            let said = question.figure.as_ref().unwrap().said().pop().unwrap();
            let level = crate::assessment::question::figures(level).unwrap();
            assert!(!said.contains(&format!(" {level} mL")), "{}: {said}", template.id);
        }
    }
}
