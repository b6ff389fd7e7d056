//! The figure of a template: what it says, and what becomes of it with the numbers of one question.

use serde::Deserialize;
use uuid::Uuid;

use super::{
    QuestionError, Wording,
    expression::{Expression, Values},
    generate::{Made, at, each},
};
use crate::{
    assessment::question::{Figure, FluidEntry, Instrument, Plot, PlotPoint, Scale, Task, figures},
    quantity::Rational,
};

/// `[question.figure]`: its `kind`, and its numbers as expressions. Read it as the rest of a template: nothing that the
/// answer defines can stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FigureAsk {
    Syringe(Box<ScaleAsk>),
    MedicineCup(Box<ScaleAsk>),
    Pump(PumpAsk),
    DropChamber(Box<ChamberAsk>),
    Label(Box<LabelAsk>),
    FluidChart(FluidAsk),
    ObservationChart(Box<PlotAsk>),
    Picture(Box<PictureAsk>),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleAsk {
    /// In mL, like the other two.
    pub capacity: Expression,
    /// From one line to the next; needed where there are two kinds with this capacity.
    pub graduation: Option<Expression>,
    /// None if it is to be drawn up.
    pub level: Option<Expression>,
    #[serde(default)]
    pub task: Task,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PumpAsk {
    pub lines: Vec<PumpLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PumpLine {
    pub name: Wording,
    pub value: Wording,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChamberAsk {
    pub drops: Expression,
    pub seconds: Expression,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelAsk {
    pub title: Wording,
    pub lines: Vec<Wording>,
    #[serde(default)]
    pub small: Vec<Wording>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FluidAsk {
    pub rows: Vec<FluidRow>,
}

/// What went in or out, in mL.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FluidRow {
    pub time: Wording,
    pub what: Wording,
    #[serde(rename = "in")]
    pub intake: Option<Expression>,
    #[serde(rename = "out")]
    pub output: Option<Expression>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlotAsk {
    pub what: Wording,
    pub from: Expression,
    pub to: Expression,
    /// From one line to the next.
    pub step: Expression,
    /// From one number to the next.
    pub numbered: Expression,
    pub points: Vec<PointAsk>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointAsk {
    pub time: Wording,
    pub value: Expression,
}

/// A picture that was brought to the bank of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureAsk {
    pub picture: Uuid,
    pub width: u16,
    pub height: u16,
    /// What it shows, for people who do not see it.
    pub alt: Wording,
}

fn refused<T>(key: &str, what: impl ToString) -> Made<T> {
    Err(QuestionError::new(format!("figure.{key}"), what))
}

/// The number of a key, which must have an end: it is written on the figure, or said of it.
fn number(key: &str, expression: &Expression, values: &Values) -> Made<Rational> {
    let number = at(format!("figure.{key}"), expression.number(values))?;
    match figures(number) {
        Some(_) => Ok(number),
        None => refused(key, format!("{number} cannot be written in full")),
    }
}

/// As it is read.
pub(super) fn shown(number: Rational) -> String {
    figures(number).unwrap_or_else(|| number.to_string())
}

/// A whole number of at least 1 and at most `most`.
fn whole(key: &str, expression: &Expression, values: &Values, most: u16) -> Made<u16> {
    let number = number(key, expression, values)?;
    let whole = number.is_whole().then(|| u16::try_from(number.numerator()).ok()).flatten();
    match whole.filter(|whole| (1..=most).contains(whole)) {
        Some(whole) => Ok(whole),
        None => refused(key, format!("{} is no whole number from 1 to {most}", shown(number))),
    }
}

/// The text of a figure does not wrap: it must not be longer than there is room for.
fn fits(key: &str, text: String, most: usize) -> Made<String> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        refused(key, "there is nothing to read")
    } else if length > most {
        refused(key, format!("{text:?} has {length} characters, and there is room for {most}"))
    } else {
        Ok(text)
    }
}

/// The same for a list of texts, of which there must be one to `rows`.
fn all_fit(key: &str, texts: &[Wording], values: &Values, most: usize, rows: usize) -> Made<Vec<String>> {
    let texts = each(texts, &format!("figure.{key}"), |text| text.render(values))?;
    if texts.len() > rows {
        return refused(key, format!("there is room for {rows} rows"));
    }
    texts.into_iter().map(|text| fits(key, text, most)).collect()
}

fn row_count(key: &str, rows: usize, most: usize) -> Made<()> {
    if (1..=most).contains(&rows) {
        Ok(())
    } else {
        refused(key, format!("there must be 1 to {most} of them"))
    }
}

impl FigureAsk {
    pub(super) fn made(&self, values: &Values) -> Made<Figure> {
        Ok(match self {
            Self::Syringe(ask) => Figure::Syringe(ask.made(Instrument::Syringe, values)?),
            Self::MedicineCup(ask) => Figure::MedicineCup(ask.made(Instrument::MedicineCup, values)?),
            Self::Pump(ask) => Figure::Pump(ask.made(values)?),
            Self::DropChamber(ask) => ask.made(values)?,
            Self::Label(ask) => Figure::Label {
                title: fits("title", at("figure.title", ask.title.render(values))?, 27)?,
                lines: all_fit("lines", &ask.lines, values, 36, 8)?,
                small: all_fit("small", &ask.small, values, 44, 6)?,
            },
            Self::FluidChart(ask) => Figure::FluidChart(ask.made(values)?),
            Self::ObservationChart(ask) => Figure::ObservationChart(ask.made(values)?),
            Self::Picture(ask) => ask.made(values)?,
        })
    }
}

impl ScaleAsk {
    fn made(&self, instrument: Instrument, values: &Values) -> Made<Scale> {
        let capacity = number("capacity", &self.capacity, values)?;
        let graduation =
            self.graduation.as_ref().map(|step| number("graduation", step, values)).transpose()?;
        let Some((step, numbered)) = instrument.size(capacity, graduation) else {
            let known = instrument.sizes_in_words();
            return refused(
                "capacity",
                format!("there is none of {} mL with such lines; there are {known}", shown(capacity)),
            );
        };
        let level = self.level.as_ref().map(|level| number("level", level, values)).transpose()?;
        match (self.task, level) {
            (Task::DrawUp, Some(_)) => {
                return refused("level", "a syringe that is to be drawn up is empty: leave the level out");
            }
            (Task::DrawUp, None) if instrument != Instrument::Syringe => {
                return refused("task", "only a syringe is drawn up");
            }
            (Task::Read | Task::WorkOut, None) => {
                return refused("level", "say how far it is filled, or task = \"draw-up\"");
            }
            (_, Some(level)) if level <= Rational::ZERO || level > capacity => {
                return refused("level", format!("{} mL is not inside {} mL", shown(level), shown(capacity)));
            }
            (_, Some(level)) if !stands_clear(level, step) => {
                return refused(
                    "level",
                    format!(
                        "{} mL is neither on a line nor halfway between two, and cannot be read",
                        shown(level)
                    ),
                );
            }
            _ => {}
        }
        Ok(Scale { capacity, step, numbered, level, task: self.task })
    }
}

/// On a line, or halfway between two: nobody can tell thirds of a space.
fn stands_clear(value: Rational, step: Rational) -> bool {
    let halves = value.over(step).and_then(|lines| lines.times(Rational::whole(2)));
    halves.is_some_and(Rational::is_whole)
}

impl PictureAsk {
    fn made(&self, values: &Values) -> Made<Figure> {
        let alt = at("figure.alt", self.alt.render(values))?;
        if alt.trim().is_empty() {
            return refused("alt", "say what the picture shows, for people who do not see it");
        }
        let alt = fits("alt", alt, 500)?;
        if self.width == 0 || self.height == 0 {
            return refused("picture", "a picture has a width and a height");
        }
        Ok(Figure::Picture { picture: self.picture, width: self.width, height: self.height, alt })
    }
}

impl PumpAsk {
    fn made(&self, values: &Values) -> Made<Vec<(String, String)>> {
        row_count("lines", self.lines.len(), 6)?;
        let line = |(n, line): (usize, &PumpLine)| {
            let name = at(format!("figure.lines[{n}].name"), line.name.render(values))?;
            let value = at(format!("figure.lines[{n}].value"), line.value.render(values))?;
            Ok((fits("lines", name, 17)?, fits("lines", value, 14)?))
        };
        self.lines.iter().enumerate().map(line).collect()
    }
}

impl ChamberAsk {
    fn made(&self, values: &Values) -> Made<Figure> {
        let (drops, seconds) =
            (whole("drops", &self.drops, values, 40)?, whole("seconds", &self.seconds, values, 60)?);
        if ![15, 30, 60].contains(&seconds) {
            return refused("seconds", "a drip is watched for 15, 30 or 60 seconds");
        }
        // More than 80 drops a minute would touch each other in the picture.
        if drops * 15 > seconds * 20 {
            return refused(
                "drops",
                format!("{drops} drops in {seconds} seconds are too many to be counted"),
            );
        }
        Ok(Figure::DropChamber { drops, seconds })
    }
}

impl FluidAsk {
    fn made(&self, values: &Values) -> Made<Vec<FluidEntry>> {
        row_count("rows", self.rows.len(), 12)?;
        let amount = |key: String, amount: &Option<Expression>| -> Made<Option<Rational>> {
            let amount = amount.as_ref().map(|amount| number(&key, amount, values)).transpose()?;
            match amount.filter(|amount| *amount <= Rational::ZERO || *amount > Rational::whole(9999)) {
                Some(amount) => refused(&key, format!("{} mL is no amount for a chart", shown(amount))),
                None => Ok(amount),
            }
        };
        let row = |(n, row): (usize, &FluidRow)| {
            let time = at(format!("figure.rows[{n}].time"), row.time.render(values))?;
            let what = at(format!("figure.rows[{n}].what"), row.what.render(values))?;
            let (intake, output) = (
                amount(format!("rows[{n}].in"), &row.intake)?,
                amount(format!("rows[{n}].out"), &row.output)?,
            );
            if intake.is_none() && output.is_none() {
                return refused(&format!("rows[{n}]"), "say what went in, or what went out");
            }
            Ok(FluidEntry { time: fits("rows", time, 5)?, what: fits("rows", what, 16)?, intake, output })
        };
        self.rows.iter().enumerate().map(row).collect()
    }
}

impl PlotAsk {
    fn made(&self, values: &Values) -> Made<Plot> {
        let what = fits("what", at("figure.what", self.what.render(values))?, 34)?;
        let (from, to) = (number("from", &self.from, values)?, number("to", &self.to, values)?);
        let (step, numbered) =
            (number("step", &self.step, values)?, number("numbered", &self.numbered, values)?);
        let times = |whole: Rational, part: Rational| {
            let count = whole.over(part).filter(|count| count.is_whole() && *count > Rational::ZERO)?;
            i64::try_from(count.numerator()).ok()
        };
        if step <= Rational::ZERO || from.is_negative() {
            return refused("step", "the lines go up from nought or more");
        }
        let lines = to.minus(from).and_then(|height| times(height, step));
        if lines.is_none_or(|lines| lines > 30) {
            return refused("to", "there must be 1 to 30 whole steps from `from` to `to`");
        }
        if times(numbered, step).is_none_or(|lines| lines > 10)
            || !from.over(numbered).is_some_and(Rational::is_whole)
        {
            return refused(
                "numbered",
                "a number stands at every line, or every second to tenth, and at the lowest",
            );
        }
        row_count("points", self.points.len(), 6)?;
        let point = |(n, point): (usize, &PointAsk)| {
            let time = at(format!("figure.points[{n}].time"), point.time.render(values))?;
            let key = format!("points[{n}].value");
            let value = number(&key, &point.value, values)?;
            if value < from || value > to || !value.minus(from).is_some_and(|rest| stands_clear(rest, step)) {
                let what = format!(
                    "{} is outside the chart, or neither on a line nor halfway between two",
                    shown(value)
                );
                return refused(&key, what);
            }
            Ok(PlotPoint { time: fits("points", time, 5)?, value })
        };
        let points = self.points.iter().enumerate().map(point).collect::<Made<_>>()?;
        Ok(Plot { what, from, to, step, numbered, points })
    }
}
