use std::collections::{BTreeMap, BTreeSet, HashSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Formulas;
use crate::package::{Package, Part, refused, refused_xml};
use crate::xml::{is_true, reader};
use crate::{Limits, Refused};

/// No sheet has more.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// What a sheet's part says besides the values of its cells. Rows and columns are counted from 0, as calamine does.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub hidden: HashSet<u32>,
    pub filter_on: bool,
    pub links: usize,
    /// Formulas of which nobody ever worked out the result.
    pub unfinished: HashSet<(u32, u32)>,
    /// Errors of formulas, by row and column.
    pub faults: BTreeMap<(u32, u32), String>,
    columns: BTreeMap<u32, Formulas>,
}

impl Scan {
    pub fn unfinished_columns(&self) -> BTreeSet<usize> {
        super::unfinished(&self.columns)
    }
}

/// The cell that the scan is in.
#[derive(Default)]
struct Open {
    row: u32,
    column: u32,
    formula: bool,
    /// `t="e"`
    error: bool,
    /// `t="str"`: the result is a text, and may be an empty one.
    text: bool,
    value: Option<String>,
    in_value: bool,
}

/// Goes through a sheet once. Gives the bytes that were unpacked for it, also of one that is damaged.
pub(super) fn scan(
    package: &mut Package<'_>,
    path: &str,
    most: u64,
    filtered_table: bool,
    limits: &Limits,
) -> (u64, Result<Scan, Refused>) {
    let part = match package.part(path, most) {
        Ok(part) => part,
        Err(refused) => return (0, Err(refused)),
    };
    let mut xml = reader(part);
    let scan = go_through(&mut xml, limits);
    let mut part = xml.into_inner();
    // The rest of the part, where the reader stopped before its end: calamine may go on behind what is damaged.
    let rest = std::io::copy(&mut part, &mut std::io::sink()).map_err(|error| refused(&error));
    let scan = match rest {
        Err(refused) if refused.ends_all() => Err(refused),
        Err(refused) => scan.and(Err(refused)),
        Ok(_) => scan,
    };
    let scan = scan.map(|mut scan| {
        scan.filter_on |= filtered_table && !scan.hidden.is_empty();
        scan
    });
    (most.saturating_sub(part.get_ref().left()), scan)
}

fn go_through(xml: &mut Reader<Part<'_>>, limits: &Limits) -> Result<Scan, Refused> {
    let mut buffer = Vec::new();
    let mut scan = Scan::default();
    let mut open = Open::default();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => {
                    let (number, hidden) = row(&element);
                    open.row = number.map_or(open.row, |number| number.saturating_sub(1));
                    open.column = 0;
                    if hidden && open.row < ROWS {
                        scan.hidden.insert(open.row);
                    }
                }
                "c" => start_cell(&element, &mut open),
                "f" => open.formula = true,
                "v" => {
                    // The values of other cells do not matter here.
                    open.in_value = open.formula || open.error;
                }
                "filterColumn" => scan.filter_on = true,
                "hyperlink" => scan.links += 1,
                _ => {}
            },
            Event::Text(text) if open.in_value => {
                open.value.get_or_insert_default().push_str(&text.xml10_content());
            }
            Event::End(element) => match element.local_name().as_ref() {
                "v" => open.in_value = false,
                "c" => {
                    if open.formula || open.error {
                        end_cell(&mut open, &mut scan, limits)?;
                    }
                    open.column = open.column.saturating_add(1);
                }
                "row" => open.row = open.row.saturating_add(1),
                _ => {}
            },
            Event::Eof => return Ok(scan),
            _ => {}
        }
    }
}

fn row(element: &BytesStart<'_>) -> (Option<u32>, bool) {
    let (mut number, mut hidden) = (None, false);
    for attribute in element.attributes().with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => number = attribute.value.parse().ok(),
            "hidden" => hidden = is_true(&attribute.value),
            _ => {}
        }
    }
    (number, hidden)
}

fn start_cell(element: &BytesStart<'_>, open: &mut Open) {
    open.formula = false;
    open.error = false;
    open.text = false;
    open.in_value = false;
    open.value = None;
    for attribute in element.attributes().with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => {
                if let Some((row, column)) = position(&attribute.value) {
                    (open.row, open.column) = (row, column);
                }
            }
            "t" => {
                open.error = attribute.value == "e";
                open.text = attribute.value == "str";
            }
            _ => {}
        }
    }
}

fn end_cell(open: &mut Open, scan: &mut Scan, limits: &Limits) -> Result<(), Refused> {
    let at = (open.row, open.column);
    let value = open.value.take().unwrap_or_default();
    if open.error {
        scan.faults.insert(at, value);
    } else if open.column < COLUMNS {
        let formulas = scan.columns.entry(open.column).or_default();
        formulas.all += 1;
        formulas.zero += u32::from(value == "0");
        if value.is_empty() && !open.text {
            formulas.empty += 1;
            scan.unfinished.insert(at);
        }
    }
    let most = limits.rows.saturating_mul(limits.columns).min(2_000_000);
    if scan.unfinished.len() + scan.faults.len() > most {
        return Err(Refused::UnpacksTooLarge);
    }
    Ok(())
}

/// `B12` is row 11, column 1.
fn position(reference: &str) -> Option<(u32, u32)> {
    let split = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = reference.split_at(split);
    let mut column = 0_u32;
    for byte in letters.bytes() {
        let letter = byte.to_ascii_uppercase().checked_sub(b'A').filter(|letter| *letter < 26)?;
        column = column.checked_mul(26)?.checked_add(u32::from(letter) + 1)?;
    }
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn references_are_read() {
        for (reference, at) in [
            ("A1", Some((0, 0))),
            ("B12", Some((11, 1))),
            ("XFD1048576", Some((1_048_575, 16_383))),
            ("1", None),
            ("A", None),
            ("A0", None),
            ("Ä1", None),
        ] {
            assert_eq!(position(reference), at, "{reference}");
        }
    }
}
