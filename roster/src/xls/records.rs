use std::collections::{BTreeMap, HashSet};

use super::container::{Container, four, two, wrapped};
use crate::Refused;
use crate::xlsx::Formulas;

/// A workbook of the nineties has a few sheets.
const SHEETS: usize = 255;

/// Cells that calamine would make room for, of all sheets together.
const ROOM: u64 = 3_000_000;

/// What the records of a sheet say besides the values of its cells. Rows and columns are counted from 0.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub hidden: HashSet<u32>,
    pub filter_on: bool,
    pub columns: BTreeMap<u32, Formulas>,
    farthest: Option<Corners>,
}

#[derive(Debug)]
struct Corners {
    rows: (u16, u16),
    columns: (u16, u16),
}

// Numbers of records, as Microsoft's [MS-XLS] has them, and those of older versions that calamine reads too.
const BOUND_SHEET: u16 = 0x85;
const END: u16 = 0x0a;
const DIMENSIONS: u16 = 0x200;
const ROW: u16 = 0x208;
const FILTER_MODE: u16 = 0x9b;
const FORMULA: u16 = 0x06;
const FILE_PASS: u16 = 0x2f;

/// The sheets in the order of the workbook, and the workbook in a container of ours, of which calamine can make no more than was
/// counted here.
pub(super) fn scan(bytes: &[u8]) -> Result<(Vec<Scan>, Vec<u8>), Refused> {
    let (name, mut stream) = workbook(bytes)?;
    let offsets = sheets(&stream)?;
    // What a sheet says about its size is a hint at best, and calamine takes so much memory at once, however much it is.
    for offset in &offsets {
        for at in sheet(&stream, *offset).1 {
            if let Some(number) = stream.get_mut(at..at + 2) {
                number.fill(0);
            }
        }
    }
    let mut scans = Vec::new();
    let mut room = 0_u64;
    for offset in offsets {
        let (scan, dimensions) = sheet(&stream, offset);
        // Only sheets that lie across each other still say one.
        if !dimensions.is_empty() {
            return Err(Refused::Damaged);
        }
        room = room.saturating_add(scan.room());
        if room > ROOM || scans.len() >= SHEETS {
            return Err(Refused::UnpacksTooLarge);
        }
        scans.push(scan);
    }
    Ok((scans, wrapped(name, &stream).ok_or(Refused::UnpacksTooLarge)?))
}

fn workbook(bytes: &[u8]) -> Result<(&'static str, Vec<u8>), Refused> {
    let file = Container::open(bytes).ok_or(Refused::Damaged)?;
    if file.has("EncryptedPackage") {
        return Err(Refused::Password);
    }
    for name in ["Workbook", "Book"] {
        if let Some(stream) = file.stream(name) {
            return Ok((name, stream));
        }
    }
    Err(if file.has("WordDocument") { Refused::Document } else { Refused::NotATable })
}

/// The records from a place on: where each is, its number and its content.
fn records(stream: &[u8], from: usize) -> impl Iterator<Item = (usize, u16, &[u8])> {
    let mut at = from;
    std::iter::from_fn(move || {
        let (number, length) = (two(stream, at)?, two(stream, at + 2)?);
        let begun = at;
        at += 4 + usize::from(length);
        Some((begun, number, stream.get(begun + 4..at)?))
    })
}

fn sheets(stream: &[u8]) -> Result<Vec<usize>, Refused> {
    let mut offsets = Vec::new();
    for (_, number, content) in records(stream, 0) {
        match number {
            FILE_PASS => return Err(Refused::Password),
            BOUND_SHEET => {
                offsets.extend(four(content, 0).and_then(|offset| usize::try_from(offset).ok()));
            }
            END => break,
            _ => {}
        }
        if offsets.len() > SHEETS {
            return Err(Refused::UnpacksTooLarge);
        }
    }
    Ok(offsets)
}

/// What a sheet says, and where it says how large it is.
fn sheet(stream: &[u8], offset: usize) -> (Scan, Vec<usize>) {
    let mut scan = Scan::default();
    let mut dimensions = Vec::new();
    // Charts within a sheet begin and end like a sheet.
    let mut depth = 0_u32;
    for (at, number, content) in records(stream, offset) {
        match number {
            0x809 | 0x409 | 0x209 | 0x09 => depth = depth.saturating_add(1),
            END => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            DIMENSIONS => dimensions.push(at),
            FILTER_MODE => scan.filter_on = true,
            ROW => {
                let hidden = two(content, 12).is_some_and(|options| options & 0x20 != 0);
                if let Some(row) = two(content, 0).filter(|_| hidden) {
                    scan.hidden.insert(u32::from(row));
                }
            }
            // Cells: one, or the last column of several at the end of the record.
            FORMULA | 0x206 | 0x406 | 0x01..=0x05 | 0x201 | 0x203..=0x205 | 0x27e | 0xfd | 0xd6 => {
                let place = two(content, 0).zip(two(content, 2));
                if let Some((row, column)) = place {
                    scan.reach(row, column);
                    if number == FORMULA {
                        scan.formula(column, content);
                    }
                }
            }
            0xbd | 0xbe => {
                let last = content.len().checked_sub(2).and_then(|at| two(content, at));
                if let (Some(row), Some(first), Some(last)) = (two(content, 0), two(content, 2), last) {
                    scan.reach(row, first);
                    scan.reach(row, last);
                }
            }
            _ => {}
        }
    }
    (scan, dimensions)
}

impl Scan {
    fn reach(&mut self, row: u16, column: u16) {
        let corners = self.farthest.get_or_insert(Corners { rows: (row, row), columns: (column, column) });
        corners.rows = (corners.rows.0.min(row), corners.rows.1.max(row));
        corners.columns = (corners.columns.0.min(column), corners.columns.1.max(column));
    }

    fn room(&self) -> u64 {
        self.farthest.as_ref().map_or(0, |corners| {
            let across = |(from, to): (u16, u16)| u64::from(to - from) + 1;
            across(corners.rows) * across(corners.columns)
        })
    }

    /// The result stands behind the place and the format: eight bytes, all 0 for the number 0; an empty text is 3 and two bytes 0xff.
    fn formula(&mut self, column: u16, content: &[u8]) {
        let formulas = self.columns.entry(u32::from(column)).or_default();
        formulas.all = formulas.all.saturating_add(1);
        match content.get(6..14) {
            Some([0, 0, 0, 0, 0, 0, 0, 0]) => formulas.zero = formulas.zero.saturating_add(1),
            Some([3, .., 0xff, 0xff]) => formulas.empty = formulas.empty.saturating_add(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_container_is_told_by_its_streams() {
        for (name, refused) in [
            ("EncryptedPackage", Refused::Password),
            ("WordDocument", Refused::Document),
            ("Contents", Refused::NotATable),
        ] {
            assert_eq!(scan(&wrapped(name, b"anything").unwrap()).unwrap_err(), refused, "{name}");
        }
        // FILEPASS: the records after it are not readable.
        let locked = [0x09, 8, 2, 0, 0, 6, 0x2f, 0, 2, 0, 1, 0];
        assert_eq!(scan(&wrapped("Workbook", &locked).unwrap()).unwrap_err(), Refused::Password);
    }
}
