//! Figures: what a question shows to be looked at, drawn from its numbers.
//!
//! [`Figure::html`] is the one way from numbers to a picture. Beside the picture stands the same in words, for people
//! who hear the page: as much as the picture shows, and no reading of it. A line is said as the eye sees it, "the third
//! line after 2 mL", and not as the volume that it means.
//!
//! | to change ... | open |
//! |---|---|
//! | the syringes and cups that exist, and how a place on a scale is said | `scale` |
//! | the drawing of a syringe, a cup, a pump, a drip chamber | `instruments` |
//! | the drawing of a label and of charts | `papers` |
//! | what a template says of its figure, and when that is refused | `bank/figure.rs`, `bank/check/figure.rs` |

mod instruments;
mod papers;
mod scale;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Key, Question, figures};
use crate::quantity::Rational;

pub use papers::{FluidEntry, Plot, PlotPoint};
pub use scale::{Instrument, Scale, Task};

/// Where the picture of a question is: for setters of its organisation, and for who is asked the question.
pub fn picture_address(picture: Uuid) -> String {
    format!("/question-pictures/{picture}")
}

/// A figure with its numbers, as stored with a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    Syringe(Scale),
    MedicineCup(Scale),
    /// The lines of the panel from the top: what each is, and what it shows.
    Pump(Vec<(String, String)>),
    /// The drops that fall while the chamber is watched, evenly.
    DropChamber {
        drops: u16,
        seconds: u16,
    },
    Label {
        title: String,
        lines: Vec<String>,
        /// In small print.
        small: Vec<String>,
    },
    FluidChart(Vec<FluidEntry>),
    ObservationChart(Plot),
    /// A picture that a setter has brought. It has no numbers.
    Picture {
        picture: Uuid,
        /// In dots, as its height.
        width: u16,
        height: u16,
        /// The same in words.
        alt: String,
    },
}

impl Figure {
    /// What it is, without what it shows.
    pub fn name(&self) -> String {
        match self {
            Self::Syringe(scale) => format!("A syringe of {} mL", plain(scale.capacity)),
            Self::MedicineCup(scale) => format!("A medicine cup of {} mL", plain(scale.capacity)),
            Self::Pump(_) => "The panel of an infusion pump".to_owned(),
            Self::DropChamber { seconds, .. } => format!("A drip chamber, watched for {seconds} seconds"),
            Self::Label { .. } => "The label of a medicine".to_owned(),
            Self::FluidChart(_) => "A fluid chart".to_owned(),
            Self::ObservationChart(plot) => format!("An observation chart of {}", plot.what),
            Self::Picture { alt, .. } => alt.clone(),
        }
    }

    /// What it shows, in sentences: two figures that look different are said differently.
    pub fn said(&self) -> Vec<String> {
        match self {
            Self::Syringe(scale) => scale.said("The edge of the plunger"),
            Self::MedicineCup(scale) => scale.said("The surface of the liquid"),
            Self::Pump(lines) => lines.iter().map(|(name, value)| format!("{name}: {value}.")).collect(),
            Self::DropChamber { drops, seconds } => instruments::drops_said(*drops, *seconds),
            Self::Label { title, lines, small } => {
                [title].into_iter().chain(lines).chain(small).cloned().collect()
            }
            Self::FluidChart(entries) => entries.iter().map(FluidEntry::said).collect(),
            Self::ObservationChart(plot) => plot.said(),
            Self::Picture { alt, .. } => vec![alt.clone()],
        }
    }

    /// HTML: the picture, and the same in words.
    pub fn html(&self) -> String {
        let drawing = match self {
            Self::Syringe(scale) => instruments::syringe(scale, false),
            Self::MedicineCup(scale) => instruments::cup(scale),
            Self::Pump(lines) => instruments::pump(lines),
            Self::DropChamber { drops, seconds } => instruments::chamber(*drops, *seconds),
            Self::Label { title, lines, small } => papers::label(title, lines, small),
            Self::FluidChart(entries) => papers::fluid_chart(entries),
            Self::ObservationChart(plot) => papers::observation_chart(plot),
            Self::Picture { picture, width, height, alt } => {
                let (address, alt) = (picture_address(*picture), escaped(alt));
                return format!(
                    "<div class=\"figure\"><img src=\"{address}\" width=\"{width}\" height=\"{height}\" alt=\"{alt}\"></div>"
                );
            }
        };
        self.with_words(&drawing, &self.said())
    }

    fn with_words(&self, drawing: &Drawing, said: &[String]) -> String {
        let Drawing { width, height, inner } = drawing;
        let name = escaped(&self.name());
        let said: String = said.iter().map(|words| format!("<p>{}</p>", escaped(words))).collect();
        format!(
            "<div class=\"figure\"><svg role=\"img\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-size=\"16\" fill=\"currentColor\"><title>{name}</title>{inner}</svg>\
             <div class=\"visually-hidden\">{said}</div></div>"
        )
    }

    /// The scale on which the answer is given, if it is given on the figure.
    fn drawn_up(&self) -> Option<&Scale> {
        match self {
            Self::Syringe(scale) if scale.task == Task::DrawUp => Some(scale),
            _ => None,
        }
    }

    /// HTML of a syringe to draw up, with a slider whose steps are its lines. The page moves the plunger: the slider's
    /// `data-lines` has for each volume where the plunger stands then, and that in words.
    pub fn to_draw_up(&self) -> Option<String> {
        let scale = self.drawn_up()?;
        let lines: Vec<_> = scale
            .lines()
            .map(|volume| {
                let down = instruments::down(scale, volume);
                format!("{}=translate(0 {down})={}", plain(volume), scale.place(volume))
            })
            .collect();
        // Where the plunger stands is for the slider to say: these words do not move with it.
        let figure = self.with_words(&instruments::syringe(scale, true), &[scale.lines_said()]);
        let start = scale.place(Rational::ZERO);
        let (most, step, lines) = (plain(scale.capacity), plain(scale.step), lines.join(";"));
        Some(format!(
            "{figure}<p class=\"hint\" id=\"draw-up-hint\">Move the slider until the edge of the plunger stands where it must.</p>\
             <div class=\"slider\"><input type=\"range\" id=\"draw-up\" min=\"0\" max=\"{most}\" step=\"{step}\" value=\"0\" autocomplete=\"off\" \
             aria-label=\"Draw up\" aria-valuetext=\"{start}\" aria-describedby=\"draw-up-hint\" data-lines=\"{lines}\"></div>"
        ))
    }
}

impl Question {
    /// Whether the answer is given on the figure.
    pub fn is_drawn_up(&self) -> bool {
        self.figure.as_ref().is_some_and(|figure| figure.drawn_up().is_some())
    }

    /// HTML of the figure with the right answer in it, if the answer is given on the figure.
    pub fn figure_answered(&self) -> Option<String> {
        let (scale, Key::Number(key)) = (self.figure.as_ref()?.drawn_up()?, &self.key) else { return None };
        let level = Some(key.answer).filter(|answer| scale.has_line(*answer))?;
        Some(Figure::Syringe(Scale { level: Some(level), task: Task::Read, ..scale.clone() }).html())
    }
}

/// The inside of an SVG, and its size in pixels.
struct Drawing {
    width: i64,
    height: i64,
    inner: String,
}

/// A number of a figure: they are checked to have an end.
fn plain(number: Rational) -> String {
    figures(number).unwrap_or_default()
}

/// How many pixels `value` is away from nought, if `step` has `gap` of them.
fn along(value: Rational, step: Rational, gap: i64) -> i64 {
    let lines = value.over(step).and_then(|lines| lines.times(Rational::whole(gap)));
    lines.and_then(Rational::rounded).and_then(|px| i64::try_from(px.numerator()).ok()).unwrap_or(0)
}

/// Text of a bank in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
