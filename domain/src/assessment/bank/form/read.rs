use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    str::FromStr,
};

use uuid::Uuid;

use super::{
    cells::{read_lines, read_table},
    fields::{Fields, PRECISIONS, ROUNDINGS, TASKS, UNIT_ENTRIES, row_key},
};
use crate::{
    assessment::{
        Category, Difficulty,
        bank::{
            Finding, QuestionKind, Template, Wording,
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
    },
    quantity::{Rational, Unit},
};

impl Fields {
    /// The template that stands in the form.
    ///
    /// # Errors
    /// Each field that cannot be read, by its key. [`Template::check`] finds out whether what can be read makes good
    /// questions.
    pub fn template(&self) -> Result<Template, Vec<Finding>> {
        let mut reader = Reader { fields: self, found: Vec::new() };
        let template = reader.template();
        match template {
            Some(template) if reader.found.is_empty() => Ok(template),
            _ => Err(reader.found),
        }
    }
}

/// What a template cannot do without.
const NEEDED: &str = "fill this in";

struct Reader<'a> {
    fields: &'a Fields,
    found: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn text(&self, key: &str) -> &'a str {
        self.fields.get(key)
    }

    fn wrong<T>(&mut self, key: &str, what: impl Into<String>) -> Option<T> {
        self.found.push(Finding::of(key, what));
        None
    }

    /// What stands in the field, which must not be empty.
    fn needed<T, E: Display>(&mut self, key: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(key);
        if text.trim().is_empty() {
            return self.wrong(key, NEEDED);
        }
        read(text).map_err(|error| self.found.push(Finding::of(key, error.to_string()))).ok()
    }

    /// The same for a field that may be empty. The outer `None` is a fault.
    fn optional<T, E: Display>(
        &mut self,
        key: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        if self.text(key).trim().is_empty() { Some(None) } else { self.needed(key, read).map(Some) }
    }

    fn expression(&mut self, key: &str) -> Option<Expression> {
        self.needed(key, Expression::parse)
    }

    fn wording(&mut self, key: &str) -> Option<Wording> {
        self.needed(key, Wording::parse)
    }

    fn number(&mut self, key: &str) -> Option<Rational> {
        self.needed(key, |text| Rational::from_str(text.trim()))
    }

    /// One of a few words, or without any the first.
    fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(key);
        let known = words.iter().find(|(word, _)| *word == text || text.is_empty());
        match known {
            Some((_, meant)) => Some(*meant),
            None => self.wrong(key, "choose one of the list"),
        }
    }

    /// Each row of the list in which something stands. With a fault in one the others are read too.
    fn rows<T>(&mut self, list: &str, mut read: impl FnMut(&mut Self, usize) -> Option<T>) -> Option<Vec<T>> {
        let rows: Vec<_> = self.fields.filled(list).into_iter().map(|row| read(self, row)).collect();
        rows.into_iter().collect()
    }

    fn wordings(&mut self, list: &str) -> Option<Vec<Wording>> {
        self.rows(list, |reader, row| reader.wording(&row_key(list, row, "")))
    }

    /// A text on each line of one field.
    fn listed(&mut self, key: &str) -> Option<Vec<Wording>> {
        let texts = read_lines(self.text(key));
        let texts = texts.iter().map(|text| self.each(key, Wording::parse(text)));
        texts.collect::<Vec<_>>().into_iter().collect()
    }

    fn each<T, E: Display>(&mut self, key: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.found.push(Finding::of(key, error.to_string()))).ok()
    }

    /// The rows of a table in one field, all of the same number of cells.
    fn tabled<const N: usize>(&mut self, key: &str) -> Option<Vec<[String; N]>> {
        let mut rows = Vec::new();
        for (at, row) in read_table(self.text(key)).into_iter().enumerate() {
            match <[String; N]>::try_from(row) {
                Ok(row) => rows.push(row),
                Err(row) => {
                    let what = format!("line {} has {} parts between |, not {N}", at + 1, row.len());
                    return self.wrong(key, what);
                }
            }
        }
        Some(rows)
    }

    fn template(&mut self) -> Option<Template> {
        let id = self.text("id").trim().to_owned();
        let category =
            self.needed("category", |text| Category::parse(text).ok_or("choose a category of the list"));
        let difficulty = self.needed("difficulty", |text| {
            text.parse::<u8>()
                .ok()
                .and_then(|level| Difficulty::try_from(level).ok())
                .ok_or("choose 1, 2 or 3")
        });
        let variables = self.rows("variables", Self::variable);
        let constraints =
            self.rows("constraints", |reader, row| reader.expression(&row_key("constraints", row, "")));
        let stimulus = self.optional("stimulus", Wording::parse);
        let figure = self.figure();
        let wording = self.wording("wording");
        let hints = self.wordings("hints");
        let ask = self.ask();
        let explanation = self.optional("explanation", Wording::parse);
        Some(Template {
            id,
            category: category?,
            difficulty: difficulty?,
            variables: variables?,
            constraints: constraints?,
            stimulus: stimulus?,
            figure: figure?,
            wording: wording?,
            hints: hints?,
            explanation: explanation?,
            ask: ask?,
        })
    }

    fn variable(&mut self, row: usize) -> Option<Variable> {
        let key = |column: &str| row_key("variables", row, column);
        let name = self.text(&key("name")).trim().to_owned();
        let listed = |text: String| text.parse().map_or_else(|_| Value::Word(text), Value::Number);
        match self.text(&key("how")) {
            "list" => {
                let values: Vec<_> = read_lines(self.text(&key("values"))).into_iter().map(listed).collect();
                if values.is_empty() {
                    return self.wrong(&key("values"), NEEDED);
                }
                Some(Variable::List { name, values })
            }
            "rows" => {
                let mut lines = read_table(self.text(&key("values"))).into_iter();
                let names = lines.next().unwrap_or_default();
                let lines: Vec<_> = lines.collect();
                if lines.is_empty() {
                    return self
                        .wrong(&key("values"), "write the names on the first line, and values below them");
                }
                let distinct: BTreeSet<_> = names.iter().collect();
                if distinct.len() < names.len() || lines.iter().any(|line| line.len() != names.len()) {
                    return self.wrong(
                        &key("values"),
                        "each line has as many parts between | as the first, which has names that differ",
                    );
                }
                let row =
                    |line: Vec<String>| names.iter().cloned().zip(line.into_iter().map(listed)).collect();
                Some(Variable::Rows(lines.into_iter().map(row).collect()))
            }
            "worked-out" => self.expression(&key("value")).map(|value| Variable::Derived { name, value }),
            _ => {
                let (from, to) = (self.number(&key("from")), self.number(&key("to")));
                let step = self.optional(&key("step"), |text| Rational::from_str(text.trim()));
                let made = range(name, from?, to?, step?.unwrap_or(Rational::ONE));
                self.each(&key("to"), made)
            }
        }
    }

    fn ask(&mut self) -> Option<Ask> {
        let kind = self.needed("kind", |text| QuestionKind::parse(text).ok_or("choose one of the list"))?;
        Some(match kind {
            QuestionKind::Number => Ask::Number(Box::new(self.number_ask()?)),
            QuestionKind::SingleChoice => Ask::SingleChoice(self.choice()?),
            QuestionKind::MultipleChoice => Ask::MultipleChoice(self.choice()?),
            QuestionKind::Ordering => Ask::Ordering(self.ordering()?),
            QuestionKind::TextEntry => Ask::TextEntry(self.text_entry()?),
        })
    }

    fn number_ask(&mut self) -> Option<NumberAsk> {
        let value = self.expression("number.value");
        let unit = self.optional("number.unit", Unit::from_str);
        let unit_entry = self.word("number.unit-entry", &UNIT_ENTRIES);
        let unit_choices = self.units("number.unit-choices");
        let also = self.also();
        let rounding = self.word("number.rounding", &ROUNDINGS);
        let precision = self.word("number.precision", &PRECISIONS);
        let tolerance = self.optional("number.tolerance", Expression::parse);
        let steps = self.wordings("number.steps");
        let errors = self.rows("number.errors", |reader, row| {
            let key = |column: &str| row_key("number.errors", row, column);
            let name = reader.name(&key("name"));
            let value = reader.expression(&key("value"));
            let when = reader.optional(&key("when"), Expression::parse);
            Some(NumberError { name: name?, value: value?, when: when? })
        });
        Some(NumberAsk {
            value: value?,
            unit: unit?,
            unit_entry: unit_entry?,
            unit_choices: unit_choices?,
            also: also?,
            rounding: rounding?,
            tolerance: tolerance?,
            precision: precision?,
            steps: steps?,
            errors: errors?,
        })
    }

    fn name(&mut self, key: &str) -> Option<String> {
        self.needed(key, |text| Ok::<_, &str>(text.to_owned()))
    }

    fn units(&mut self, key: &str) -> Option<Vec<Unit>> {
        let units = self.text(key).split([',', '\n']).map(str::trim).filter(|unit| !unit.is_empty());
        let units: Vec<_> = units.map(Unit::from_str).map(|unit| self.each(key, unit)).collect();
        units.into_iter().collect()
    }

    fn also(&mut self) -> Option<BTreeMap<Unit, Expression>> {
        let rows = self.rows("number.also", |reader, row| {
            let unit = reader.needed(&row_key("number.also", row, "unit"), Unit::from_str);
            let factor = reader.expression(&row_key("number.also", row, "factor"));
            Some((row, unit?, factor?))
        })?;
        let mut also = BTreeMap::new();
        for (row, unit, factor) in rows {
            if also.insert(unit, factor).is_some() {
                return self.wrong(&row_key("number.also", row, "unit"), "this unit is here twice");
            }
        }
        Some(also)
    }

    fn choice(&mut self) -> Option<ChoiceAsk> {
        let options = self.rows("options", |reader, row| {
            let key = |column: &str| row_key("options", row, column);
            let text = reader.wording(&key("text"));
            let why = reader.optional(&key("why"), Wording::parse);
            let right = reader.text(&key("right")) == "true";
            let error = Some(reader.text(&key("error")).to_owned()).filter(|name| !name.trim().is_empty());
            Some(OptionAsk { text: text?, right, why: why?, error })
        });
        Some(ChoiceAsk { options: options?, shuffle: self.text("keep-order") != "true" })
    }

    fn ordering(&mut self) -> Option<OrderingAsk> {
        let items = self.wordings("ordering.items");
        let errors = self.rows("ordering.errors", |reader, row| {
            let name = reader.name(&row_key("ordering.errors", row, "name"));
            let order = reader.needed(&row_key("ordering.errors", row, "order"), |text| {
                let places = text.split([',', ' ']).filter(|place| !place.is_empty());
                let places: Result<Vec<usize>, _> = places.map(str::parse).collect();
                places.map_err(|_| "write the numbers of the items, like 3, 1, 2")
            });
            Some(OrderingError { name: name?, order: order? })
        });
        Some(OrderingAsk { items: items?, errors: errors? })
    }

    fn text_entry(&mut self) -> Option<TextAsk> {
        let accepted = self.wordings("text-entry.accepted");
        let case_matters = self.text("text-entry.case-matters") == "true";
        let errors = self.rows("text-entry.errors", |reader, row| {
            let name = reader.name(&row_key("text-entry.errors", row, "name"));
            let texts = reader.listed(&row_key("text-entry.errors", row, "texts"));
            Some(TextError { name: name?, texts: texts? })
        });
        Some(TextAsk { accepted: accepted?, case_matters, errors: errors? })
    }

    /// The outer `None` is a fault.
    fn figure(&mut self) -> Option<Option<FigureAsk>> {
        Some(Some(match self.text("figure.kind") {
            "" => return Some(None),
            "syringe" => FigureAsk::Syringe(Box::new(self.scale()?)),
            "medicine-cup" => FigureAsk::MedicineCup(Box::new(self.scale()?)),
            "pump" => FigureAsk::Pump(PumpAsk { lines: self.pump()? }),
            "drop-chamber" => {
                let drops = self.expression("figure.drops");
                let seconds = self.expression("figure.seconds");
                FigureAsk::DropChamber(Box::new(ChamberAsk { drops: drops?, seconds: seconds? }))
            }
            "label" => {
                let title = self.wording("figure.title");
                let (lines, small) = (self.listed("figure.lines"), self.listed("figure.small"));
                FigureAsk::Label(Box::new(LabelAsk { title: title?, lines: lines?, small: small? }))
            }
            "fluid-chart" => FigureAsk::FluidChart(FluidAsk { rows: self.fluids()? }),
            "observation-chart" => FigureAsk::ObservationChart(Box::new(self.plot()?)),
            "picture" => FigureAsk::Picture(Box::new(self.picture()?)),
            _ => return self.wrong("figure.kind", "choose one of the list"),
        }))
    }

    fn picture(&mut self) -> Option<PictureAsk> {
        let alt = if self.text("figure.alt").trim().is_empty() {
            self.wrong("figure.alt", "say what the picture shows, for people who do not see it")
        } else {
            self.wording("figure.alt")
        };
        let size = |key: &str| self.text(key).parse::<u16>().ok();
        let sizes = size("figure.width").zip(size("figure.height"));
        let Some(((width, height), picture)) = sizes.zip(self.text("figure.picture").parse::<Uuid>().ok())
        else {
            return self.wrong("figure.kind", "bring the picture first, or choose something else");
        };
        Some(PictureAsk { picture, width, height, alt: alt? })
    }

    fn scale(&mut self) -> Option<ScaleAsk> {
        let capacity = self.expression("figure.capacity");
        let graduation = self.optional("figure.graduation", Expression::parse);
        let level = self.optional("figure.level", Expression::parse);
        let task = self.word("figure.task", &TASKS);
        Some(ScaleAsk { capacity: capacity?, graduation: graduation?, level: level?, task: task? })
    }

    fn pump(&mut self) -> Option<Vec<PumpLine>> {
        let rows = self.tabled::<2>("figure.lines")?;
        let line = |[name, value]: [String; 2]| {
            let name = self.each("figure.lines", Wording::parse(&name));
            let value = self.each("figure.lines", Wording::parse(&value));
            Some(PumpLine { name: name?, value: value? })
        };
        rows.into_iter().map(line).collect()
    }

    fn fluids(&mut self) -> Option<Vec<FluidRow>> {
        const KEY: &str = "figure.rows";
        let rows = self.tabled::<4>(KEY)?;
        let row = |[time, what, intake, output]: [String; 4]| {
            let (time, what) = (self.each(KEY, Wording::parse(&time)), self.each(KEY, Wording::parse(&what)));
            let mut amount = |text: &str| {
                if text.is_empty() { Some(None) } else { self.each(KEY, Expression::parse(text)).map(Some) }
            };
            let (intake, output) = (amount(&intake), amount(&output));
            Some(FluidRow { time: time?, what: what?, intake: intake?, output: output? })
        };
        rows.into_iter().map(row).collect()
    }

    fn plot(&mut self) -> Option<PlotAsk> {
        const KEY: &str = "figure.points";
        let what = self.wording("figure.what");
        let (from, to) = (self.expression("figure.from"), self.expression("figure.to"));
        let (step, numbered) = (self.expression("figure.step"), self.expression("figure.numbered"));
        let rows = self.tabled::<2>(KEY)?;
        let point = |[time, value]: [String; 2]| {
            let time = self.each(KEY, Wording::parse(&time));
            let value = self.each(KEY, Expression::parse(&value));
            Some(PointAsk { time: time?, value: value? })
        };
        let points: Option<Vec<_>> = rows.into_iter().map(point).collect();
        Some(PlotAsk { what: what?, from: from?, to: to?, step: step?, numbered: numbered?, points: points? })
    }
}
