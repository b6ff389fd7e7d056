use std::fmt::{Display, Write as _};

use super::{
    fields::{PRECISIONS, ROUNDINGS, TASKS, UNIT_ENTRIES},
    write::{typed, word},
};
use crate::{
    assessment::{
        bank::{
            Template, Wording,
            expression::{Expression, Value},
            figure::{FigureAsk, ScaleAsk},
            template::{Ask, ChoiceAsk, NumberAsk, OrderingAsk, TextAsk},
            variable::Variable,
        },
        question::{Precision, Rounding, Task, UnitEntry},
    },
    quantity::Rational,
};

impl Template {
    /// The text of a file with this template alone, as [`Bank::read`](crate::assessment::bank::Bank::read) reads it.
    pub fn to_toml(&self) -> String {
        let mut file = File(String::from("[[question]]\n"));
        file.line("id", &text(&self.id));
        file.line("category", &text(self.category.as_str()));
        file.line("difficulty", &u8::from(self.difficulty).to_string());
        file.list("variables", self.variables.iter().map(variable));
        file.list("constraints", self.constraints.iter().map(quoted));
        file.given("stimulus", self.stimulus.as_ref());
        file.line("wording", &quoted(&self.wording));
        file.list("hints", self.hints.iter().map(quoted));
        file.given("explanation", self.explanation.as_ref());
        if let Some(figure) = &self.figure {
            file.table("figure");
            file.figure(figure);
        }
        file.table(self.kind().as_str());
        match &self.ask {
            Ask::Number(ask) => file.number(ask),
            Ask::SingleChoice(ask) | Ask::MultipleChoice(ask) => file.choice(ask),
            Ask::Ordering(ask) => file.ordering(ask),
            Ask::TextEntry(ask) => file.text_entry(ask),
        }
        file.0
    }
}

struct File(String);

impl File {
    fn table(&mut self, name: &str) {
        // Writing into a text does not fail.
        let _ = writeln!(self.0, "\n[question.{name}]");
    }

    fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    fn given<T: Display>(&mut self, key: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.line(key, &quoted(value));
        }
    }

    /// A short list on one line, another with a line for each item. Nothing for an empty one.
    fn list(&mut self, key: &str, items: impl Iterator<Item = String>) {
        let items: Vec<_> = items.collect();
        let long = items.iter().map(String::len).sum::<usize>() > 80
            || items.iter().any(|item| item.contains('\n') || item.starts_with('{'));
        if long {
            self.line(key, &format!("[\n  {},\n]", items.join(",\n  ")));
        } else if !items.is_empty() {
            self.line(key, &format!("[{}]", items.join(", ")));
        }
    }

    /// The same for a list that must be there.
    fn needed_list(&mut self, key: &str, items: impl ExactSizeIterator<Item = String>) {
        if items.len() == 0 { self.line(key, "[]") } else { self.list(key, items) }
    }

    fn number(&mut self, ask: &NumberAsk) {
        self.line("value", &quoted(&ask.value));
        self.given("unit", ask.unit.as_ref());
        self.setting("unit-entry", &UNIT_ENTRIES, ask.unit_entry, UnitEntry::default());
        self.list("unit-choices", ask.unit_choices.iter().map(quoted));
        if !ask.also.is_empty() {
            let also = ask.also.iter().map(|(unit, factor)| (unit.to_string(), quoted(factor)));
            self.line("also", &inline(also));
        }
        self.setting("rounding", &ROUNDINGS, ask.rounding, Rounding::default());
        self.given("tolerance", ask.tolerance.as_ref());
        self.setting("precision", &PRECISIONS, ask.precision, Precision::default());
        self.list("steps", ask.steps.iter().map(quoted));
        let errors = ask.errors.iter().map(|error| {
            let when = error.when.as_ref().map(|when| ("when", quoted(when)));
            inline([("name", text(&error.name)), ("value", quoted(&error.value))].into_iter().chain(when))
        });
        self.list("errors", errors);
    }

    fn setting<T: PartialEq>(&mut self, key: &str, words: &[(&'static str, T)], set: T, default: T) {
        if set != default {
            self.line(key, &text(word(words, &set)));
        }
    }

    fn choice(&mut self, ask: &ChoiceAsk) {
        let options = ask.options.iter().map(|option| {
            let right = option.right.then(|| ("right", "true".to_owned()));
            let why = option.why.as_ref().map(|why| ("why", quoted(why)));
            let error = option.error.as_ref().map(|error| ("error", text(error)));
            inline([("text", quoted(&option.text))].into_iter().chain(right).chain(why).chain(error))
        });
        self.needed_list("options", options);
        if !ask.shuffle {
            self.line("shuffle", "false");
        }
    }

    fn ordering(&mut self, ask: &OrderingAsk) {
        self.needed_list("items", ask.items.iter().map(quoted));
        let errors = ask.errors.iter().map(|error| {
            let order: Vec<_> = error.order.iter().map(ToString::to_string).collect();
            inline([("name", text(&error.name)), ("order", format!("[{}]", order.join(", ")))])
        });
        self.list("errors", errors);
    }

    fn text_entry(&mut self, ask: &TextAsk) {
        self.needed_list("accepted", ask.accepted.iter().map(quoted));
        if ask.case_matters {
            self.line("case-matters", "true");
        }
        let errors = ask.errors.iter().map(|error| {
            let texts: Vec<_> = error.texts.iter().map(short).collect();
            inline([("name", text(&error.name)), ("texts", format!("[{}]", texts.join(", ")))])
        });
        self.list("errors", errors);
    }

    fn figure(&mut self, figure: &FigureAsk) {
        match figure {
            FigureAsk::Syringe(ask) => self.scale("syringe", ask),
            FigureAsk::MedicineCup(ask) => self.scale("medicine-cup", ask),
            FigureAsk::Pump(ask) => {
                self.line("kind", "\"pump\"");
                let line = |name: &Wording, value: &Wording| {
                    inline([("name", short(name)), ("value", short(value))])
                };
                self.needed_list("lines", ask.lines.iter().map(|row| line(&row.name, &row.value)));
            }
            FigureAsk::DropChamber(ask) => {
                self.line("kind", "\"drop-chamber\"");
                self.line("drops", &quoted(&ask.drops));
                self.line("seconds", &quoted(&ask.seconds));
            }
            FigureAsk::Label(ask) => {
                self.line("kind", "\"label\"");
                self.line("title", &quoted(&ask.title));
                self.needed_list("lines", ask.lines.iter().map(quoted));
                self.list("small", ask.small.iter().map(quoted));
            }
            FigureAsk::FluidChart(ask) => {
                self.line("kind", "\"fluid-chart\"");
                let rows = ask.rows.iter().map(|row| {
                    let amount =
                        |key, amount: &Option<Expression>| amount.as_ref().map(|amount| (key, short(amount)));
                    let told = [("time", short(&row.time)), ("what", short(&row.what))];
                    inline(
                        told.into_iter().chain(amount("in", &row.intake)).chain(amount("out", &row.output)),
                    )
                });
                self.needed_list("rows", rows);
            }
            FigureAsk::ObservationChart(ask) => {
                self.line("kind", "\"observation-chart\"");
                self.line("what", &quoted(&ask.what));
                self.line("from", &quoted(&ask.from));
                self.line("to", &quoted(&ask.to));
                self.line("step", &quoted(&ask.step));
                self.line("numbered", &quoted(&ask.numbered));
                let point = |time: &Wording, value: &Expression| {
                    inline([("time", short(time)), ("value", short(value))])
                };
                self.needed_list("points", ask.points.iter().map(|row| point(&row.time, &row.value)));
            }
            FigureAsk::Picture(ask) => {
                self.line("kind", "\"picture\"");
                self.line("picture", &short(&ask.picture));
                self.line("width", &ask.width.to_string());
                self.line("height", &ask.height.to_string());
                self.line("alt", &quoted(&ask.alt));
            }
        }
    }

    fn scale(&mut self, kind: &str, ask: &ScaleAsk) {
        self.line("kind", &text(kind));
        self.line("capacity", &quoted(&ask.capacity));
        self.given("graduation", ask.graduation.as_ref());
        self.given("level", ask.level.as_ref());
        self.setting("task", &TASKS, ask.task, Task::default());
    }
}

fn variable(variable: &Variable) -> String {
    match variable {
        Variable::Range { name, from, step, .. } => {
            let to = variable.last().unwrap_or(*from);
            let ends = [("name", text(name)), ("from", number(*from)), ("to", number(to))];
            let step = (*step != Rational::ONE).then(|| ("step", number(*step)));
            inline(ends.into_iter().chain(step))
        }
        Variable::List { name, values } => {
            let values: Vec<_> = values.iter().map(listed).collect();
            inline([("name", text(name)), ("values", format!("[{}]", values.join(", ")))])
        }
        Variable::Rows(rows) => {
            let row = |(name, value): (&String, &Value)| (name.clone(), listed(value));
            let rows: Vec<_> = rows.iter().map(|values| inline(values.iter().map(row))).collect();
            format!("{{ rows = [{}] }}", rows.join(", "))
        }
        Variable::Derived { name, value } => inline([("name", text(name)), ("value", short(value))]),
    }
}

/// A whole number needs no quotation marks; a decimal stays exact in them.
fn number(number: Rational) -> String {
    let written = typed(number);
    if written.parse::<i64>().is_ok() { written } else { text(&written) }
}

fn listed(value: &Value) -> String {
    match value {
        Value::Number(value) => number(*value),
        Value::Word(word) => text(word),
        // No variable is drawn as a condition.
        Value::Truth(truth) => text(&truth.to_string()),
    }
}

/// A table on one line.
fn inline<K: AsRef<str>>(pairs: impl IntoIterator<Item = (K, String)>) -> String {
    let pairs = pairs.into_iter().map(|(key, value)| format!("{} = {value}", bare(key.as_ref())));
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}

/// A key: in quotation marks only if it has to be.
fn bare(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(plain) { key.to_owned() } else { text(key) }
}

/// A text of a template: one with line breaks as it is read, from the line below its marks on.
fn quoted<T: Display>(value: &T) -> String {
    let value = value.to_string();
    // Nothing within a text may look like the beginning of a question.
    let like_a_question = value.lines().any(|line| line.trim_end() == "[[question]]");
    if !value.contains('\n') || like_a_question {
        return text(&value);
    }
    let mut written = String::from("\"\"\"\n");
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => written.push('\n'),
            // Three marks in a row, or one at the end, would close the text.
            '"' if chars.peek().is_some_and(|next| *next != '"') => written.push('"'),
            _ => escaped(c, &mut written),
        }
    }
    written.push_str("\"\"\"");
    written
}

/// The same on one line, as within a table on one line.
fn short<T: Display>(value: &T) -> String {
    text(&value.to_string())
}

/// A text on one line.
fn text(value: &str) -> String {
    let mut written = String::from("\"");
    for c in value.chars() {
        escaped(c, &mut written);
    }
    written.push('"');
    written
}

fn escaped(c: char, written: &mut String) {
    match c {
        '"' | '\\' => written.extend(['\\', c]),
        '\n' => written.push_str("\\n"),
        '\t' => written.push('\t'),
        c if c.is_control() => {
            let _ = write!(written, "\\u{:04X}", u32::from(c));
        }
        c => written.push(c),
    }
}
