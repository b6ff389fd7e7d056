use std::collections::{BTreeMap, BTreeSet};

use crate::cell::{Cell, Moment};
use crate::{Limits, Matching, Refused};

/// Of so many rows that have something, one is the heading: a title or an explanation may stand above it.
const HEADING_WITHIN: usize = 20;

/// A sheet as it stands in the file: the heading, and the rows below it that are not blank.
///
/// All texts stand in one, and all cells in one list: a roster has hundreds of thousands, and most are short.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(crate) headings: Vec<String>,
    pub(crate) heading_row: u32,
    pub(crate) lines: Vec<Line>,
    slots: Vec<Slot>,
    text: String,
    pub(crate) facts: Facts,
}

/// A row of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// As the spreadsheet program shows it.
    pub number: u32,
    pub hidden: bool,
    /// Its cells in the list of all. There are none after the last that has something.
    slots: std::ops::Range<usize>,
}

impl Line {
    pub fn width(&self) -> usize {
        self.slots.len()
    }
}

/// A cell, with its text in the text of all.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slot {
    Empty,
    Text(Span),
    Number { value: f64, width: u8 },
    Moment(Moment),
    Truth(bool),
    Fault(Span),
    Unfinished,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    from: u32,
    length: u32,
}

impl Span {
    #[inline]
    fn of(self, text: &str) -> &str {
        let from = usize::try_from(self.from).unwrap_or(usize::MAX);
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        text.get(from..from.saturating_add(length)).unwrap_or_default()
    }
}

impl Slot {
    #[inline]
    fn cell(self, text: &str) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(span) => Cell::Text(span.of(text)),
            Self::Number { value, width } => Cell::Number { value, width },
            Self::Moment(moment) => Cell::Moment(moment),
            Self::Truth(truth) => Cell::Truth(truth),
            Self::Fault(span) => Cell::Fault(span.of(text)),
            Self::Unfinished => Cell::Unfinished,
        }
    }
}

/// What is known of a sheet besides its cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Facts {
    /// Some rows are hidden by a filter that is on, or may be.
    pub filter_on: bool,
    /// `mailto:` links, by row number and column.
    pub links: BTreeMap<(u32, usize), String>,
    /// Columns in which every formula is without a result, or every result is 0.
    pub unfinished: BTreeSet<usize>,
    /// The columns come from text with separators, so a row with more cells than headings has been divided in the wrong place.
    pub separated: bool,
    pub encoding: Option<Encoding>,
    /// Rows of a text file with a line break in some cell.
    pub broken: BTreeSet<u32>,
}

/// How the bytes of a text file were read as letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoding {
    pub name: &'static str,
    /// The file says so, or it could be nothing else. If not, somebody should look at the names with accents.
    pub certain: bool,
}

impl Table {
    /// One for each column. A column without a heading has an empty one.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The heading of a column, or its letter where there is none.
    pub fn column_name(&self, column: usize) -> String {
        match self.headings.get(column) {
            Some(heading) if !heading.is_empty() => heading.clone(),
            _ => format!("column {}", letters(column)),
        }
    }

    pub fn heading_row(&self) -> u32 {
        self.heading_row
    }

    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn cells(&self, line: &Line) -> impl Iterator<Item = Cell<'_>> {
        self.slots.get(line.slots.clone()).unwrap_or_default().iter().map(|slot| slot.cell(&self.text))
    }

    /// Of a column, or the empty one beyond the last.
    #[inline]
    pub(crate) fn cell(&self, line: &Line, column: usize) -> Cell<'_> {
        let slots = self.slots.get(line.slots.clone()).unwrap_or_default();
        slots.get(column).map_or(Cell::Empty, |slot| slot.cell(&self.text))
    }

    /// What the first rows have in a column, for a page on which the columns are matched.
    pub fn examples(&self, column: usize, most: usize) -> Vec<String> {
        self.lines
            .iter()
            .map(|line| self.cell(line, column))
            .filter(|cell| !cell.is_blank())
            .take(most)
            .map(|cell| cell.shown().into_owned())
            .collect()
    }

    pub fn encoding(&self) -> Option<&Encoding> {
        self.facts.encoding.as_ref()
    }

    /// By the headings alone.
    pub fn recognise(&self) -> Matching {
        Matching::recognise(&self.headings)
    }
}

/// Takes in the cells of a sheet and counts what the limits are about.
pub(crate) struct Builder<'a> {
    limits: &'a Limits,
    lines: Vec<Line>,
    slots: Vec<Slot>,
    text: String,
    /// Where the row that is being read begins in `slots`.
    begun: usize,
    /// Only the rows in which the heading is looked for.
    head_only: bool,
}

impl<'a> Builder<'a> {
    pub fn new(limits: &'a Limits) -> Self {
        Self { limits, lines: Vec::new(), slots: Vec::new(), text: String::new(), begun: 0, head_only: false }
    }

    /// With room for what a text file of so many bytes holds, of which no page is touched before it is used: to grow and move again and
    /// again costs as much as reading the file.
    pub fn expecting(mut self, bytes: usize) -> Self {
        self.text.reserve(bytes.min(self.limits.text));
        self.slots.reserve(bytes / 8);
        self.lines.reserve((bytes / 32).min(self.limits.rows));
        self
    }

    pub fn head(limits: &'a Limits) -> Self {
        Self { head_only: true, ..Self::new(limits) }
    }

    /// Whether nothing more is asked for.
    pub fn is_full(&self) -> bool {
        self.head_only && self.lines.len() >= HEADING_WITHIN
    }

    /// A cell of the row that is being read. `row` is for the message.
    pub fn cell(&mut self, row: u32, column: usize, cell: Cell<'_>) -> Result<(), Refused> {
        if let Cell::Text(text) | Cell::Fault(text) = cell
            && text.len() > self.limits.cell
            && text.chars().count() > self.limits.cell
        {
            return Err(Refused::CellTooLong { row });
        }
        if cell.is_blank() {
            return Ok(());
        }
        if column >= self.limits.columns {
            return Err(Refused::TooManyColumns { most: self.limits.columns });
        }
        let slot = self.slot(cell)?;
        // Nearly always the next one.
        let at = self.begun + column;
        if at >= self.slots.len() {
            self.slots.resize(at, Slot::Empty);
            self.slots.push(slot);
        } else if let Some(place) = self.slots.get_mut(at) {
            *place = slot;
        }
        Ok(())
    }

    fn slot(&mut self, cell: Cell<'_>) -> Result<Slot, Refused> {
        Ok(match cell {
            Cell::Empty => Slot::Empty,
            Cell::Text(text) => Slot::Text(self.keep(text)?),
            Cell::Number { value, width } => Slot::Number { value, width },
            Cell::Moment(moment) => Slot::Moment(moment),
            Cell::Truth(truth) => Slot::Truth(truth),
            Cell::Fault(text) => Slot::Fault(self.keep(text)?),
            Cell::Unfinished => Slot::Unfinished,
        })
    }

    fn keep(&mut self, text: &str) -> Result<Span, Refused> {
        if self.text.len().saturating_add(text.len()) > self.limits.text {
            return Err(Refused::UnpacksTooLarge);
        }
        let from = u32::try_from(self.text.len()).map_err(|_| Refused::UnpacksTooLarge)?;
        let length = u32::try_from(text.len()).map_err(|_| Refused::UnpacksTooLarge)?;
        self.text.push_str(text);
        Ok(Span { from, length })
    }

    /// Ends the row. A blank one leaves nothing behind.
    pub fn end_row(&mut self, number: u32, hidden: bool) -> Result<(), Refused> {
        self.repeat_row(number, hidden, 1)
    }

    /// The same, for a row that stands so many times.
    pub fn repeat_row(&mut self, number: u32, hidden: bool, times: u32) -> Result<(), Refused> {
        let slots = self.begun..self.slots.len();
        if slots.is_empty() {
            return Ok(());
        }
        for again in 0..times {
            // Above the people are the heading and what may stand before it.
            if self.lines.len() >= self.limits.rows.saturating_add(HEADING_WITHIN) {
                return Err(Refused::TooManyRows { most: self.limits.rows });
            }
            if self.is_full() {
                break;
            }
            self.lines.push(Line { number: number.saturating_add(again), hidden, slots: slots.clone() });
        }
        self.begun = self.slots.len();
        Ok(())
    }

    pub fn finish(mut self, facts: Facts) -> Result<Table, Refused> {
        // Nearly always they are in order already.
        self.lines.sort_by_key(|line| line.number);
        if self.lines.windows(2).any(|pair| matches!(pair, [one, other] if one.number == other.number)) {
            return Err(Refused::Damaged);
        }
        let mut table = Table {
            headings: Vec::new(),
            heading_row: 0,
            lines: self.lines,
            slots: self.slots,
            text: self.text,
            facts,
        };
        let at = table.heading().ok_or(Refused::Empty)?;
        let heading = table.lines.drain(..=at).next_back().ok_or(Refused::Empty)?;
        if table.lines.len() > self.limits.rows {
            return Err(Refused::TooManyRows { most: self.limits.rows });
        }
        table.heading_row = heading.number;
        table.headings = table.cells(&heading).map(|cell| domain::visible(&cell.shown())).collect();
        if !table.facts.separated {
            let width = table.lines.iter().map(Line::width).max().unwrap_or(0);
            table.headings.resize(width.max(heading.width()), String::new());
        }
        Ok(table)
    }
}

impl Table {
    /// The first row in which the most fields are recognised, so the first row if there is none with any.
    fn heading(&self) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for (at, line) in self.lines.iter().take(HEADING_WITHIN).enumerate() {
            let texts: Vec<_> =
                self.cells(line).map(|cell| if let Cell::Text(text) = cell { text } else { "" }).collect();
            let known = Matching::recognise(&texts).recognised();
            if best.is_none_or(|(_, most)| known > most) {
                best = Some((at, known));
            }
        }
        best.map(|(at, _)| at)
    }
}

/// A, B, … Z, AA, …
fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_a_heading_are_named_by_their_letters() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
        }
    }
}
