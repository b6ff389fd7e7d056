use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{Fields, row_key};
use crate::{
    assessment::{
        Category, Difficulty,
        bank::{
            Bank, Template, Wording,
            expression::{Expression, Value},
            figure::{
                ChamberAsk, FigureAsk, FluidAsk, FluidRow, LabelAsk, PictureAsk, PlotAsk, PointAsk, PumpAsk,
                PumpLine, ScaleAsk,
            },
            template::{
                Ask, ChoiceAsk, NumberAsk, NumberError, OptionAsk, OrderingAsk, OrderingError, TextAsk,
                TextError,
            },
            variable::{Variable, range},
        },
        question::{Task, UnitEntry},
        tests::banks::banks,
    },
    quantity::{Rational, Unit},
};

/// Anything but braces, which belong to placeholders; not blank, because a blank text is none.
fn text() -> impl Strategy<Value = String> {
    "[ -z|~é“\n\t]{0,24}[!-z]\\PC?[ \n\"]{0,2}".prop_map(|text| text.replace(['{', '}'], "x"))
}

fn wording() -> impl Strategy<Value = Wording> {
    let end = select(vec!["", "{dose:mg}", " {dose / 2}\n", "{{}}", "\"\"\"", "\n[[question]]\n"]);
    (text(), end).prop_map(|(text, end)| Wording::parse(&format!("{text}{end}")).unwrap())
}

fn expression() -> impl Strategy<Value = Expression> {
    let texts =
        vec!["dose", "dose / 100 * 5", " 0.5", "if(dose > 3, 1, 2) ", "dose != 100 and not dose == 3", "12"];
    select(texts).prop_map(|text| Expression::parse(text).unwrap())
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_]{0,6}"
}

fn number() -> impl Strategy<Value = Rational> {
    (any::<i32>(), 1..1000_i128).prop_map(|(number, parts)| Rational::new(i128::from(number), parts).unwrap())
}

fn value() -> impl Strategy<Value = Value> {
    let word = "[ -~é\n|]{0,12}".prop_filter("is read as a number", |word| word.parse::<Rational>().is_err());
    prop_oneof![number().prop_map(Value::Number), word.prop_map(Value::Word)]
}

fn unit() -> impl Strategy<Value = Unit> {
    select(vec!["mg", "micrograms", "mL/hour", "micrograms/kg/min", "%", "tablets"])
        .prop_map(|unit| unit.parse::<Unit>().unwrap())
}

fn variable() -> impl Strategy<Value = Variable> {
    let numbers =
        (name(), number(), (1..50_i128, 1..8_i128), 0..200_i128).prop_map(|(name, from, step, steps)| {
            let step = Rational::new(step.0, step.1).unwrap();
            let width = step.times(Rational::new(steps, 1).unwrap()).unwrap();
            range(name, from, from.plus(width).unwrap(), step).unwrap()
        });
    let list = (name(), vec(value(), 1..5)).prop_map(|(name, values)| Variable::List { name, values });
    let rows =
        (proptest::collection::btree_set("[a-z][a-z0-9_ |\"é]{0,6}", 1..4), vec(vec(value(), 4), 1..4));
    let rows = rows.prop_map(|(names, rows): (BTreeSet<String>, _)| {
        let row = |values: Vec<Value>| names.iter().cloned().zip(values).collect::<BTreeMap<_, _>>();
        Variable::Rows(rows.into_iter().map(row).collect())
    });
    let derived = (name(), expression()).prop_map(|(name, value)| Variable::Derived { name, value });
    prop_oneof![numbers, list, rows, derived]
}

fn number_ask() -> impl Strategy<Value = Ask> {
    let error = (text(), expression(), option::of(expression()));
    let error = error.prop_map(|(name, value, when)| NumberError { name, value, when });
    let units = (
        option::of(unit()),
        select(vec![UnitEntry::Typed, UnitEntry::Chosen, UnitEntry::Shown]),
        vec(unit(), 0..4),
        proptest::collection::btree_map(unit(), expression(), 0..3),
    );
    let rules = (
        select(super::ROUNDINGS.map(|(_, rounding)| rounding).to_vec()),
        option::of(expression()),
        select(super::PRECISIONS.map(|(_, precision)| precision).to_vec()),
    );
    (expression(), units, rules, vec(wording(), 0..4), vec(error, 0..4)).prop_map(
        |(value, (unit, unit_entry, unit_choices, also), (rounding, tolerance, precision), steps, errors)| {
            Ask::Number(Box::new(NumberAsk {
                value,
                unit,
                unit_entry,
                unit_choices,
                also,
                rounding,
                tolerance,
                precision,
                steps,
                errors,
            }))
        },
    )
}

fn choice() -> impl Strategy<Value = ChoiceAsk> {
    let option = (wording(), any::<bool>(), option::of(wording()), option::of(text()));
    let option = option.prop_map(|(text, right, why, error)| OptionAsk { text, right, why, error });
    (vec(option, 0..13), any::<bool>()).prop_map(|(options, shuffle)| ChoiceAsk { options, shuffle })
}

fn ask() -> impl Strategy<Value = Ask> {
    let orders = (text(), vec(1..9_usize, 1..6)).prop_map(|(name, order)| OrderingError { name, order });
    let ordering = (vec(wording(), 0..6), vec(orders, 0..3));
    let texts = (text(), vec(wording(), 0..4)).prop_map(|(name, texts)| TextError { name, texts });
    let entry = (vec(wording(), 0..6), any::<bool>(), vec(texts, 0..3));
    prop_oneof![
        4 => number_ask(),
        1 => choice().prop_map(Ask::SingleChoice),
        1 => choice().prop_map(Ask::MultipleChoice),
        1 => ordering.prop_map(|(items, errors)| Ask::Ordering(OrderingAsk { items, errors })),
        1 => entry.prop_map(|(accepted, case_matters, errors)| {
            Ask::TextEntry(TextAsk { accepted, case_matters, errors })
        }),
    ]
}

fn figure() -> impl Strategy<Value = FigureAsk> {
    let scale = || {
        let task = select(vec![Task::Read, Task::WorkOut, Task::DrawUp]);
        (expression(), option::of(expression()), option::of(expression()), task)
            .prop_map(|(capacity, graduation, level, task)| ScaleAsk { capacity, graduation, level, task })
    };
    let line = (wording(), wording()).prop_map(|(name, value)| PumpLine { name, value });
    let label = (wording(), vec(wording(), 0..4), vec(wording(), 0..3));
    let row = (wording(), wording(), option::of(expression()), option::of(expression()));
    let row = row.prop_map(|(time, what, intake, output)| FluidRow { time, what, intake, output });
    let point = (wording(), expression()).prop_map(|(time, value)| PointAsk { time, value });
    let plot = (wording(), [expression(), expression(), expression(), expression()], vec(point, 0..4));
    let picture = (any::<u128>(), 1..2000_u16, 1..2000_u16, wording());
    let picture = picture.prop_map(|(picture, width, height, alt)| {
        let picture = uuid::Uuid::from_u128(picture);
        FigureAsk::Picture(Box::new(PictureAsk { picture, width, height, alt }))
    });
    prop_oneof![
        picture,
        scale().prop_map(|ask| FigureAsk::Syringe(Box::new(ask))),
        scale().prop_map(|ask| FigureAsk::MedicineCup(Box::new(ask))),
        vec(line, 0..4).prop_map(|lines| FigureAsk::Pump(PumpAsk { lines })),
        (expression(), expression())
            .prop_map(|(drops, seconds)| FigureAsk::DropChamber(Box::new(ChamberAsk { drops, seconds }))),
        label.prop_map(|(title, lines, small)| FigureAsk::Label(Box::new(LabelAsk { title, lines, small }))),
        vec(row, 0..4).prop_map(|rows| FigureAsk::FluidChart(FluidAsk { rows })),
        plot.prop_map(|(what, [from, to, step, numbered], points)| {
            FigureAsk::ObservationChart(Box::new(PlotAsk { what, from, to, step, numbered, points }))
        }),
    ]
}

fn template() -> impl Strategy<Value = Template> {
    let about = (
        "[a-z0-9-]{1,20}",
        select(Category::all().collect::<Vec<_>>()),
        select(vec![Difficulty::One, Difficulty::Two, Difficulty::Three]),
    );
    let numbers = (vec(variable(), 0..12), vec(expression(), 0..3));
    let texts =
        (option::of(wording()), wording(), vec(wording(), 0..4), option::of(wording()), option::of(figure()));
    (about, numbers, texts, ask()).prop_map(
        |(
            (id, category, difficulty),
            (variables, constraints),
            (stimulus, wording, hints, explanation, figure),
            ask,
        )| Template {
            id,
            category,
            difficulty,
            variables,
            constraints,
            stimulus,
            figure,
            wording,
            hints,
            explanation,
            ask,
        },
    )
}

/// What a browser sends of a form that shows these fields: line breaks of two characters, and no box that is not ticked.
fn sent(fields: &Fields) -> Fields {
    let fields = fields.0.iter().filter(|(_, text)| !text.is_empty());
    Fields::typed(fields.map(|(key, text)| (key.clone(), text.replace('\n', "\r\n"))))
}

fn stays_whole(template: &Template) {
    let fields = Fields::from(template);
    assert_eq!(fields.template().as_ref(), Ok(template), "form: {fields:?}");
    assert_eq!(sent(&fields).template().as_ref(), Ok(template), "sent: {fields:?}");
    let text = template.to_toml();
    let read = Bank::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(read.templates, std::slice::from_ref(template), "{text}");
    // The text is kept as it is read: the form of it is the same form.
    assert_eq!(read.sources.as_slice(), std::slice::from_ref(&text));
    assert_eq!(Fields::from(&read.templates[0]), fields, "{text}");
}

proptest! {
    #[test]
    fn nothing_is_lost_between_the_form_the_template_and_the_file(template in template()) {
        stays_whole(&template);
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused_at_a_field_of_the_form(
        keys in vec(select(vec!["wording", "kind", "category", "number.value", "variables.0.values", "variables.0.how",
            "variables.3.from", "options.1.text", "figure.kind", "figure.points", "number.also.0.unit", "number.unit-choices",
            "text-entry.errors.0.texts", "ordering.errors.0.order", "nothing", "variables.999999999999.name"]), 0..12),
        texts in vec("number|single-choice|rows|pump|label|fluid-chart|\\PC{0,12}|[|\"\n{} 1a]{0,9}", 12),
    ) {
        let mut fields = Fields::typed(keys.into_iter().map(str::to_owned).zip(texts));
        for add in [None, Some("variables"), Some("nothing")] {
            fields.tidy(add);
            if let Err(found) = fields.template() {
                assert!(!found.is_empty());
                for finding in found {
                    assert_eq!(fields.place(&finding.key), finding.key, "{fields:?}");
                }
            }
        }
    }
}

#[test]
fn nothing_of_the_shared_bank_is_lost() {
    let mut templates = 0;
    for (_, _, bank) in banks() {
        for template in &bank.templates {
            stays_whole(template);
            templates += 1;
        }
    }
    assert!(templates > 150);
}

const GOOD: &str = r#"[[question]]
id = "ibuprofen-syrup"
category = "oral-liquids"
difficulty = 2
variables = [
  { name = "dose", from = 50, to = 300, step = 25 },
  { name = "times", values = [3, "0.5", "once"] },
  { rows = [{ drug = "A", mg = "0.125" }, { drug = "B", mg = 1 }] },
]
constraints = ["dose != 100"]
wording = """
{dose} mg of "ibuprofen".
Round to two decimal places.
"""

[question.number]
value = "dose / 100 * 5"
unit = "mL"
unit-entry = "shown"
rounding = "two-decimals"
steps = ["{answer} mL"]
errors = [
  { name = "Upside down", value = "100 / dose * 5", when = "dose > 50" },
]
"#;

#[test]
fn a_file_is_written_as_people_write_it() {
    let template = Bank::read(GOOD).unwrap().templates.remove(0);
    assert_eq!(template.to_toml(), GOOD);
}

#[test]
fn a_row_is_added_and_an_empty_one_goes() {
    let mut fields = Fields::anew();
    assert_eq!((fields.rows("variables"), fields.rows("number.errors")), (1, 1));
    fields.set("variables.0.name", "dose");
    fields.set("variables.1.name", " ");
    fields.set("variables.2.name", "strength");
    fields.set("variables.2.how", "list");
    fields.tidy(Some("variables"));
    let names = |fields: &Fields| {
        let name = |row| fields.get(&row_key("variables", row, "name")).to_owned();
        (0..fields.rows("variables")).map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&fields), ["dose", "strength", ""]);
    assert_eq!((fields.get("variables.1.how"), fields.get("variables.2.how")), ("list", "range"));
    fields.tidy(None);
    assert_eq!(names(&fields), ["dose", "strength"]);
}

#[test]
fn a_fault_has_its_place_in_the_form() {
    let template = Bank::read(GOOD).unwrap().templates.remove(0);
    let mut fields = Fields::from(&template);
    // The fourth row is empty: what the checks call the fourth variable stands in the fifth.
    for (key, text) in [("name", "more"), ("how", "worked-out"), ("value", "1")] {
        fields.set(row_key("variables", 4, key), text);
    }
    for (key, place) in [
        ("wording", "wording"),
        ("number.errors[0].value", "number.errors.0.value"),
        ("number.errors", "number.errors.0.name"),
        ("number.steps", "number.steps.0"),
        ("number.also.mg", "number.also.0.unit"),
        ("number.unit-choices", "number.unit-choices"),
        ("variables[0]", "variables.0.name"),
        ("variables[2]", "variables.2.values"),
        ("variables[3]", "variables.4.name"),
        ("constraints[0]", "constraints.0"),
        ("single-choice.options", "options.0.text"),
        ("multiple-choice.options[3]", "options.3.text"),
        ("ordering.errors[1].order", "ordering.errors.1.order"),
        ("text-entry.errors[0].texts[2]", "text-entry.errors.0.texts"),
        ("figure.lines[1].name", "figure.lines"),
        ("figure", "figure.kind"),
        ("hints[0]", "hints.0"),
        ("something", "wording"),
    ] {
        assert_eq!(fields.place(key), place, "{key}");
    }
}

/// A form that is filled in as far as `change` says.
fn faults(change: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = Fields::from(&Bank::read(GOOD).unwrap().templates[0]);
    for (key, text) in change {
        fields.set(*key, *text);
    }
    let found = fields.template().err().unwrap_or_default();
    found.into_iter().map(|finding| (finding.key, finding.what)).collect()
}

#[test]
fn each_fault_is_named_beside_its_own_field() {
    assert!(faults(&[]).is_empty());
    for (key, text, says) in [
        ("wording", "", "fill this in"),
        ("wording", "{dose", "at character 1"),
        ("category", "medicines", "choose a category"),
        ("difficulty", "4", "choose 1, 2 or 3"),
        ("kind", "essay", "choose one"),
        ("variables.0.to", "310", "does not get from 50 to 310"),
        ("variables.0.from", "ten", "is not a number"),
        ("variables.1.values", " \n", "fill this in"),
        ("variables.2.values", "drug | mg\nA", "as many parts"),
        ("variables.2.values", "drug | drug\nA | B", "names that differ"),
        ("variables.2.values", "drug", "names on the first line"),
        ("constraints.0", "dose >", "at character"),
        ("number.value", "dose *", "at character"),
        ("number.unit", "stone", "is not a unit"),
        ("number.unit-choices", "mL, stone", "is not a unit"),
        ("number.rounding", "up", "choose one"),
        ("number.errors.0.name", "", "fill this in"),
        ("number.errors.0.when", "(", "at character"),
        ("figure.kind", "thermometer", "choose one"),
    ] {
        let found = faults(&[(key, text)]);
        assert!(
            found.len() == 1 && found[0].0 == key && found[0].1.contains(says),
            "{key} = {text:?}: {found:?}"
        );
    }
    let twice = [("number.also.0.unit", "mg"), ("number.also.0.factor", "1"), ("number.also.1.unit", "mg")];
    let found = faults(&[&twice[..], &[("number.also.1.factor", "1")]].concat());
    assert_eq!(found, [("number.also.1.unit".to_owned(), "this unit is here twice".to_owned())]);
    let mut picture = vec![("figure.kind", "picture"), ("figure.alt", "A drug chart")];
    assert_eq!(faults(&picture)[0].0, "figure.kind");
    picture.extend([("figure.width", "640"), ("figure.height", "480")]);
    picture.push(("figure.picture", "01a00000-0000-7000-8000-000000000001"));
    assert!(faults(&picture).is_empty());
    picture.push(("figure.alt", " "));
    assert!(faults(&picture)[0].1.contains("for people who do not see it"));
    let pump = [("figure.kind", "pump"), ("figure.lines", "Rate | 5\nVolume")];
    assert_eq!(faults(&pump)[0].0, "figure.lines");
    // All at once, not one after the other.
    assert_eq!(faults(&[("wording", ""), ("number.value", ""), ("constraints.0", "(")]).len(), 3);
}
