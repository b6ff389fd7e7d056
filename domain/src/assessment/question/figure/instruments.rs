//! The drawings of things: upright, so that a line is as far from the next on a phone as on a wide screen. Only the
//! colour of the text is used, so that they can be read in any colours and on paper.

use super::{Drawing, Scale, along, escaped, plain};
use crate::quantity::Rational;

/// From the top of the drawing of a syringe to its nought.
const NOUGHT: i64 = 40;

/// How far the plunger is pulled down for this volume, in pixels.
pub(super) fn down(scale: &Scale, volume: Rational) -> i64 {
    along(volume, scale.step, scale.gap())
}

/// Tip up, with the lines beside the right wall. The plunger of a `movable` one can be found in the page.
pub(super) fn syringe(scale: &Scale, movable: bool) -> Drawing {
    let bottom = NOUGHT + down(scale, scale.capacity) + 20;
    let height = bottom + 40;
    let (mut lines, mut numbers) = (String::new(), String::new());
    for line in scale.lines() {
        let (y, numbered) = (NOUGHT + down(scale, line), scale.is_numbered(line));
        lines += &format!("M140 {y}h{}", if numbered { 24 } else { 12 });
        if numbered {
            numbers += &format!("<text x=\"170\" y=\"{}\">{}</text>", y + 5, plain(line));
        }
    }
    let id = if movable { " id=\"plunger\"" } else { "" };
    let level = down(scale, scale.level.unwrap_or(Rational::ZERO));
    let thin = if scale.gap() < 10 { "1.5" } else { "2" };
    // The inner SVG cuts off what is above the barrel. What is below leaves the drawing.
    let inner = format!(
        "<svg x=\"61\" y=\"34\" width=\"78\" height=\"{inside}\"><g{id} transform=\"translate(0 {level})\">\
         <rect y=\"-994\" width=\"78\" height=\"1000\" fill-opacity=\"0.12\"/><rect y=\"6\" width=\"78\" height=\"14\"/>\
         <rect x=\"28\" y=\"20\" width=\"22\" height=\"1000\" fill-opacity=\"0.4\"/></g></svg>\
         <path fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" d=\"M44 {bottom}H60V34L92 24V8H108V24L140 34V{bottom}H156\"/>\
         <path stroke=\"currentColor\" stroke-width=\"{thin}\" d=\"{lines}\"/>{numbers}\
         <text x=\"52\" y=\"26\" text-anchor=\"end\">{capacity} mL</text>",
        inside = height - 34,
        capacity = plain(scale.capacity),
    );
    Drawing { width: 220, height, inner }
}

pub(super) fn cup(scale: &Scale) -> Drawing {
    let gap = scale.gap();
    let (full, rim) = (along(scale.capacity, scale.step, gap), 24);
    let base = 10 + rim + full;
    // The walls lean outwards.
    let lean = |up: i64| 22 * up / (full + rim);
    let (mut lines, mut numbers) = (String::new(), String::new());
    for line in scale.lines().skip(1) {
        let (y, numbered) = (base - along(line, scale.step, gap), scale.is_numbered(line));
        lines += &format!("M84 {y}h{}", if numbered { 28 } else { 14 });
        if numbered {
            numbers += &format!("<text x=\"118\" y=\"{}\">{} mL</text>", y + 5, plain(line));
        }
    }
    let level = along(scale.level.unwrap_or(Rational::ZERO), scale.step, gap);
    let (y, left, right) = (base - level, 62 - lean(level), 178 + lean(level));
    // The surface ends beside the number of its line, and does not strike it through.
    let numbered = scale.level.is_some_and(|level| scale.is_numbered(level));
    let beside = if numbered { format!("H114M172 {y}") } else { String::new() };
    let inner = format!(
        "<path fill-opacity=\"0.15\" d=\"M{left} {y}H{right}L178 {base}H62z\"/>\
         <path stroke=\"currentColor\" stroke-width=\"4\" d=\"M{left} {y}{beside}H{right}\"/>\
         <path fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" d=\"M40 10L62 {base}H178L200 10\"/>\
         <path stroke=\"currentColor\" stroke-width=\"2\" d=\"{lines}\"/>{numbers}"
    );
    Drawing { width: 240, height: base + 10, inner }
}

pub(super) fn pump(lines: &[(String, String)]) -> Drawing {
    let mut inner = String::from("<text x=\"18\" y=\"28\" font-size=\"14\">Infusion pump</text>");
    let mut y = 40;
    for (name, value) in lines {
        inner += &format!(
            "<path stroke=\"currentColor\" stroke-opacity=\"0.4\" d=\"M18 {y}H322\"/><text x=\"18\" y=\"{at}\">{}</text>\
             <text x=\"322\" y=\"{at}\" text-anchor=\"end\" font-size=\"21\" font-weight=\"700\">{}</text>",
            escaped(name),
            escaped(value),
            at = y + 30,
        );
        y += 46;
    }
    inner += &format!(
        "<rect x=\"2\" y=\"2\" width=\"336\" height=\"{y}\" rx=\"10\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
    );
    Drawing { width: 340, height: y + 4, inner }
}

/// Seconds in one row of the drops.
const ROW: i64 = 15;

/// When each drop falls, as a fraction of seconds: evenly, and none at the very beginning or end.
fn falls(drops: u16, seconds: u16) -> impl Iterator<Item = (i64, i64)> {
    let (drops, seconds) = (i64::from(drops), i64::from(seconds));
    (0..drops).map(move |n| ((2 * n + 1) * seconds, 2 * drops))
}

/// The chamber, and the drops beside it in a row of time.
pub(super) fn chamber(drops: u16, seconds: u16) -> Drawing {
    let rows = i64::from(seconds) / ROW;
    let height = (46 + 56 * rows).max(150);
    let teardrop = |x: i64, y: i64| format!("M{x} {y}q5 8 5 12a5 5 0 0 1-10 0q0-4 5-12z");
    // None hangs in the chamber: it would be counted with those that fall.
    let mut shapes = String::new();
    for (above, below) in falls(drops, seconds) {
        let row = above / (below * ROW);
        // A row is 240 pixels wide: 16 for a second.
        let x = 84 + (above - row * below * ROW) * 16 / below;
        shapes += &teardrop(x, 42 + 56 * row);
    }
    let (mut axes, mut times) = (String::new(), String::new());
    for row in 0..rows {
        let y = 66 + 56 * row;
        axes += &format!("M84 {y}h240");
        for tick in 0..=3 {
            let x = 84 + 80 * tick;
            axes += &format!("M{x} {y}v6");
            times += &format!(
                "<text x=\"{x}\" y=\"{}\" font-size=\"13\" text-anchor=\"middle\">{} s</text>",
                y + 20,
                row * ROW + 5 * tick
            );
        }
    }
    let inner = format!(
        "<text x=\"84\" y=\"24\" font-size=\"15\">Drops seen in {seconds} seconds</text><path d=\"{shapes}\"/>\
         <path fill-opacity=\"0.15\" d=\"M22 86H58V110Q40 124 22 110z\"/>\
         <path fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" d=\"M40 6V38M22 26H58V110Q40 124 22 110zM40 117V{}\"/>\
         <path stroke=\"currentColor\" stroke-width=\"2\" d=\"{axes}\"/>{times}",
        height - 4,
    );
    Drawing { width: 344, height, inner }
}

/// How many drops each five seconds bring: to be counted, like those of the picture.
pub(super) fn drops_said(drops: u16, seconds: u16) -> Vec<String> {
    let fifths = (0..i64::from(seconds) / 5).map(|five| {
        let here = falls(drops, seconds).filter(|(above, below)| above / (below * 5) == five).count();
        let drops = if here == 1 { "1 drop".to_owned() } else { format!("{here} drops") };
        format!("From {} to {} seconds: {drops}.", five * 5, five * 5 + 5)
    });
    fifths.collect()
}
