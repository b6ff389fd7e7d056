//! The drawings of what is written: a label, a fluid chart, an observation chart. The text of an SVG does not wrap, so
//! `bank/figure.rs` refuses texts that are too long.

use serde::{Deserialize, Serialize};

use super::{
    Drawing, along, escaped, plain,
    scale::{lines_said, place},
};
use crate::quantity::Rational;

/// One row of a fluid chart, in mL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FluidEntry {
    pub time: String,
    pub what: String,
    pub intake: Option<Rational>,
    pub output: Option<Rational>,
}

impl FluidEntry {
    pub(super) fn said(&self) -> String {
        let amounts = [("in", self.intake), ("out", self.output)];
        let amounts = amounts.into_iter().filter_map(|(way, amount)| {
            let amount = plain(amount?);
            Some(format!(", {way} {amount} mL"))
        });
        format!("{}: {}{}.", self.time, self.what, amounts.collect::<String>())
    }
}

/// A row of values over time, on a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plot {
    /// With its unit: "pulse (beats a minute)".
    pub what: String,
    pub from: Rational,
    pub to: Rational,
    /// From one line to the next.
    pub step: Rational,
    /// From one number to the next.
    pub numbered: Rational,
    pub points: Vec<PlotPoint>,
}

/// On a line of the grid, or halfway between two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotPoint {
    pub time: String,
    pub value: Rational,
}

impl Plot {
    pub(super) fn said(&self) -> Vec<String> {
        let (from, to) = (plain(self.from), plain(self.to));
        let lines = format!("It goes from {from} to {to}. {}", lines_said(self.step, self.numbered, ""));
        let points = self.points.iter().map(|PlotPoint { time, value }| {
            format!("{time}: the dot stands {}.", place(*value, self.step, self.numbered, "", "above"))
        });
        [lines].into_iter().chain(points).collect()
    }
}

pub(super) fn label(title: &str, lines: &[String], small: &[String]) -> Drawing {
    let mut inner =
        format!("<text x=\"18\" y=\"38\" font-size=\"19\" font-weight=\"700\">{}</text>", escaped(title));
    let mut y = 46;
    for (texts, size, height) in [(lines, 16, 25), (small, 13, 20)] {
        for text in texts {
            y += height;
            inner += &format!("<text x=\"18\" y=\"{y}\" font-size=\"{size}\">{}</text>", escaped(text));
        }
    }
    inner += &format!(
        "<path fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" d=\"M2 2H338V{bottom}H2z\"/>\
         <path fill=\"none\" stroke=\"currentColor\" d=\"M7 7H333V{inside}H7z\"/>",
        bottom = y + 20,
        inside = y + 15,
    );
    Drawing { width: 340, height: y + 22, inner }
}

pub(super) fn fluid_chart(entries: &[FluidEntry]) -> Drawing {
    let row = |y: i64, [time, what, intake, output]: [&str; 4], weight: &str| {
        format!(
            "<g font-size=\"15\" font-weight=\"{weight}\"><text x=\"10\" y=\"{y}\">{}</text><text x=\"62\" y=\"{y}\">{}</text>\
             <text x=\"254\" y=\"{y}\" text-anchor=\"end\">{intake}</text><text x=\"332\" y=\"{y}\" text-anchor=\"end\">{output}</text></g>",
            escaped(time),
            escaped(what)
        )
    };
    let mut inner = row(22, ["Time", "Fluid", "In (mL)", "Out (mL)"], "700");
    let (mut rules, mut y) = (String::new(), 32);
    for entry in entries {
        let [intake, output] =
            [entry.intake, entry.output].map(|amount| amount.map(plain).unwrap_or_default());
        rules += &format!("M2 {y}H338");
        inner += &row(y + 20, [&entry.time, &entry.what, &intake, &output], "400");
        y += 30;
    }
    inner += &format!(
        "<path stroke=\"currentColor\" stroke-opacity=\"0.5\" d=\"{rules}M56 2V{y}M194 2V{y}M260 2V{y}\"/>\
         <path fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" d=\"M2 2H338V{y}H2z\"/>"
    );
    Drawing { width: 340, height: y + 4, inner }
}

pub(super) fn observation_chart(plot: &Plot) -> Drawing {
    const GAP: i64 = 14;
    let (left, right, top) = (52, 332, 44);
    let above = |value: Rational| top + plot.to.minus(value).map_or(0, |below| along(below, plot.step, GAP));
    let bottom = above(plot.from);
    let (mut faint, mut strong, mut numbers) = (String::new(), String::new(), String::new());
    let mut line = Some(plot.from);
    while let Some(value) = line.filter(|value| *value <= plot.to) {
        let (y, numbered) = (above(value), value.over(plot.numbered).is_some_and(Rational::is_whole));
        let rule = format!("M{left} {y}H{right}");
        if numbered {
            strong += &rule;
            numbers += &format!(
                "<text x=\"{}\" y=\"{}\" font-size=\"15\" text-anchor=\"end\">{}</text>",
                left - 6,
                y + 5,
                plain(value)
            );
        } else {
            faint += &rule;
        }
        line = value.plus(plot.step).filter(|next| *next > value);
    }
    let count = i64::try_from(plot.points.len()).unwrap_or(1).max(1);
    let (mut dots, mut way) = (String::new(), String::new());
    for (n, point) in (0..count).zip(&plot.points) {
        let (x, y) = (left + (right - left) * (2 * n + 1) / (2 * count), above(point.value));
        way += &format!("{}{x} {y}", if way.is_empty() { "M" } else { "L" });
        dots += &format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"5\"/><text x=\"{x}\" y=\"{}\" font-size=\"14\" text-anchor=\"middle\">{}</text>",
            bottom + 22,
            escaped(&point.time)
        );
    }
    let inner = format!(
        "<text x=\"10\" y=\"22\" font-size=\"15\" font-weight=\"700\">{what}</text>\
         <path stroke=\"currentColor\" stroke-opacity=\"0.3\" d=\"{faint}\"/><path stroke=\"currentColor\" d=\"{strong}M{left} {top}V{bottom}\"/>\
         {numbers}<path fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\" d=\"{way}\"/>{dots}",
        what = escaped(&plot.what),
    );
    Drawing { width: 340, height: bottom + 32, inner }
}
