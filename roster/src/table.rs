use std::collections::{BTreeMap, BTreeSet};

use crate::cell::Cell;
use crate::{Limits, Matching, Refused};

/// Of so many rows that have something, one is the heading: a title or an explanation may stand above it.
const HEADING_WITHIN: usize = 20;

/// A sheet as it stands in the file: the heading, and the rows below it that are not blank.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(crate) headings: Vec<String>,
    pub(crate) heading_row: u32,
    pub(crate) rows: Vec<Line>,
    pub(crate) facts: Facts,
}

/// A row of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// As the spreadsheet program shows it.
    pub number: u32,
    pub hidden: bool,
    /// None after the last that has something.
    pub cells: Box<[Cell]>,
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
        self.rows.len()
    }

    /// What the first rows have in a column, for a page on which the columns are matched.
    pub fn examples(&self, column: usize, most: usize) -> Vec<String> {
        self.rows
            .iter()
            .filter_map(|row| row.cells.get(column))
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
    rows: Vec<Line>,
    text: usize,
    current: Vec<Cell>,
    /// Only the rows in which the heading is looked for.
    head_only: bool,
}

impl<'a> Builder<'a> {
    pub fn new(limits: &'a Limits) -> Self {
        Self { limits, rows: Vec::new(), text: 0, current: Vec::new(), head_only: false }
    }

    pub fn head(limits: &'a Limits) -> Self {
        Self { head_only: true, ..Self::new(limits) }
    }

    /// Whether nothing more is asked for.
    pub fn is_full(&self) -> bool {
        self.head_only && self.rows.len() >= HEADING_WITHIN
    }

    /// A cell of the row that is being read. `row` is for the message.
    pub fn cell(&mut self, row: u32, column: usize, cell: Cell) -> Result<(), Refused> {
        if let Cell::Text(text) | Cell::Fault(text) = &cell {
            if text.len() > self.limits.cell && text.chars().count() > self.limits.cell {
                return Err(Refused::CellTooLong { row });
            }
            self.text = self.text.saturating_add(text.len());
            if self.text > self.limits.text {
                return Err(Refused::UnpacksTooLarge);
            }
        }
        if cell.is_blank() {
            return Ok(());
        }
        if column >= self.limits.columns {
            return Err(Refused::TooManyColumns { most: self.limits.columns });
        }
        if column >= self.current.len() {
            self.current.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = self.current.get_mut(column) {
            *place = cell;
        }
        Ok(())
    }

    /// Ends the row. A blank one leaves nothing behind.
    pub fn end_row(&mut self, number: u32, hidden: bool) -> Result<(), Refused> {
        if self.current.is_empty() {
            return Ok(());
        }
        // Above the people are the heading and what may stand before it.
        if self.rows.len() >= self.limits.rows.saturating_add(HEADING_WITHIN) {
            return Err(Refused::TooManyRows { most: self.limits.rows });
        }
        self.rows.push(Line { number, hidden, cells: self.current.drain(..).collect() });
        Ok(())
    }

    /// The same row so many times.
    pub fn repeat_row(&mut self, number: u32, hidden: bool, times: u32) -> Result<(), Refused> {
        if self.current.is_empty() {
            return Ok(());
        }
        for again in 0..times {
            if self.is_full() {
                break;
            }
            let cells = self.current.clone();
            self.end_row(number.saturating_add(again), hidden)?;
            self.current = cells;
        }
        self.current.clear();
        Ok(())
    }

    pub fn finish(mut self, facts: Facts) -> Result<Table, Refused> {
        // Nearly always they are in order already.
        self.rows.sort_by_key(|row| row.number);
        if self.rows.windows(2).any(|pair| matches!(pair, [one, other] if one.number == other.number)) {
            return Err(Refused::Damaged);
        }
        let Some(at) = heading(&self.rows) else { return Err(Refused::Empty) };
        let mut rows = self.rows.split_off(at);
        let heading = rows.remove(0);
        if rows.len() > self.limits.rows {
            return Err(Refused::TooManyRows { most: self.limits.rows });
        }
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(heading.cells.len());
        let mut headings: Vec<String> =
            heading.cells.iter().map(|cell| domain::visible(&cell.shown())).collect();
        if !facts.separated {
            headings.resize(width, String::new());
        }
        Ok(Table { headings, heading_row: heading.number, rows, facts })
    }
}

/// The first row in which a name and an address, or the most other fields, are recognised; if there is none, the first row.
fn heading(rows: &[Line]) -> Option<usize> {
    let known = |row: &Line| {
        let texts: Vec<_> = row
            .cells
            .iter()
            .map(|cell| if let Cell::Text(text) = cell { text.as_ref() } else { "" })
            .collect();
        Matching::recognise(&texts).recognised()
    };
    let mut best: Option<(usize, usize)> = None;
    for (at, row) in rows.iter().take(HEADING_WITHIN).enumerate() {
        let count = known(row);
        if best.is_none_or(|(_, most)| count > most) {
            best = Some((at, count));
        }
    }
    best.map(|(at, _)| at)
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
