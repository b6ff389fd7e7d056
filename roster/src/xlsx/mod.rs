//! XLSX. Calamine reads texts, formats and cells; `scan` looks at what it does not tell: hidden rows, formulas without a result, and
//! how much there is. A sheet is read cell by cell, never as calamine's `Range`, which has room for every cell between the two
//! farthest ones: two cells in opposite corners would be 17,000,000,000.

mod parts;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{
    CellErrorType, DataRef, ExcelDateTime, Reader, Sheet as Meta, SheetType, SheetVisible, Xlsx, XlsxError,
};

use crate::cell::{Cell, Day, Moment};
use crate::package::Package;
use crate::sheets::Source;
use crate::table::{Builder, Facts, Table};
use crate::{Limits, Refused};
use scan::Scan;

/// So many links are looked at. A roster has one for each person.
pub(crate) const LINKS: usize = 100_000;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

pub(crate) struct Book<'a> {
    workbook: Workbook<'a>,
    /// Of each sheet, or why it cannot be read.
    scans: BTreeMap<String, Result<Scan, Refused>>,
}

impl<'a> Book<'a> {
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let mut package = Package::open(bytes)?;
        let paths = parts::sheet_paths(&mut package)?;
        let filtered = parts::has_filtered_table(&mut package)?;
        let mut left = limits.unpacked;
        let mut scans = BTreeMap::new();
        for (name, path) in &paths {
            let (unpacked, scan) = scan::scan(&mut package, path, left, filtered, limits);
            if let Err(refused) = &scan
                && refused.ends_all()
            {
                return Err(refused.clone());
            }
            left = left.saturating_sub(unpacked);
            scans.insert(name.clone(), scan);
        }
        let rest = Limits { unpacked: left, ..limits.clone() };
        package.measure(&rest, |name| paths.values().any(|path| path == name))?;
        let workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| refused(&error))?;
        Ok(Self { workbook, scans })
    }
}

impl Source for Book<'_> {
    fn sheets(&self) -> Vec<(String, bool)> {
        let is_table = |sheet: &&Meta| sheet.typ == SheetType::WorkSheet;
        self.workbook
            .sheets_metadata()
            .iter()
            .filter(is_table)
            .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
            .collect()
    }

    fn head(&mut self, name: &str, limits: &Limits) -> Result<Vec<String>, Refused> {
        if let Some(Err(refused)) = self.scans.get(name) {
            return Err(refused.clone());
        }
        let mut builder = Builder::head(limits);
        fill(&mut self.workbook, name, &Scan::default(), &mut builder)?;
        Ok(builder.finish(Facts::default())?.headings)
    }

    fn table(&mut self, name: &str, limits: &Limits) -> Result<Table, Refused> {
        let nothing = Scan::default();
        let scan = match self.scans.get(name) {
            Some(Ok(scan)) => scan,
            Some(Err(refused)) => return Err(refused.clone()),
            None => &nothing,
        };
        let mut builder = Builder::new(limits);
        fill(&mut self.workbook, name, scan, &mut builder)?;
        let links = if (1..=LINKS).contains(&scan.links) {
            links(&mut self.workbook, name)?
        } else {
            BTreeMap::new()
        };
        builder.finish(Facts {
            filter_on: scan.filter_on,
            links,
            unfinished: scan.unfinished_columns(),
            ..Facts::default()
        })
    }
}

fn fill(
    workbook: &mut Workbook<'_>,
    name: &str,
    scan: &Scan,
    builder: &mut Builder<'_>,
) -> Result<(), Refused> {
    let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| refused(&error))?;
    let widths: Vec<u8> = reader
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().map_or(0, |format| zeros(&format.format_code)))
        .collect();
    let mut faults = scan.faults.iter().peekable();
    let mut row = None;
    loop {
        let (cell, width) = match reader.next_cell_with_style_id() {
            Ok(Some((cell, style))) => (cell, widths.get(style).copied().unwrap_or(0)),
            Ok(None) => break,
            // An error of a formula that calamine has no name for, like Err:520; the scan has seen it.
            Err(XlsxError::CellError(_)) => continue,
            Err(error) => return Err(refused(&error)),
        };
        let (at, column) = cell.get_position();
        if row != Some(at) {
            if let Some(row) = row {
                end_row(builder, scan, &mut faults, row)?;
            }
            if builder.is_full() {
                return Ok(());
            }
            row = Some(at);
        }
        let value = value(cell.get_value(), width);
        let unfinished = value == Cell::Empty && scan.unfinished.contains(&(at, column));
        let value = if unfinished { Cell::Unfinished } else { value };
        builder.cell(at.saturating_add(1), usize::try_from(column).unwrap_or(usize::MAX), value)?;
    }
    if let Some(row) = row {
        end_row(builder, scan, &mut faults, row)?;
    }
    Ok(())
}

fn end_row<'s>(
    builder: &mut Builder<'_>,
    scan: &Scan,
    faults: &mut std::iter::Peekable<impl Iterator<Item = (&'s (u32, u32), &'s String)>>,
    row: u32,
) -> Result<(), Refused> {
    while let Some(((at, column), text)) = faults.next_if(|((at, _), _)| *at <= row) {
        if *at == row {
            builder.cell(
                row.saturating_add(1),
                usize::try_from(*column).unwrap_or(usize::MAX),
                Cell::Fault(text),
            )?;
        }
    }
    builder.end_row(row.saturating_add(1), scan.hidden.contains(&row))
}

fn value<'v>(value: &'v DataRef<'_>, width: u8) -> Cell<'v> {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number { value: *number as f64, width },
        DataRef::Float(number) => Cell::Number { value: *number, width },
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(truth) => Cell::Truth(*truth),
        DataRef::DateTime(serial) => moment(*serial),
        DataRef::DateTimeIso(text) => Moment::parse(text).map_or_else(|| Cell::text(text), Cell::Moment),
        DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Error(error) => Cell::Fault(fault(error)),
    }
}

pub(crate) fn fault(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

/// A day from the count of a workbook, by its own calendar.
pub(crate) fn moment(serial: ExcelDateTime) -> Cell<'static> {
    let as_number = Cell::Number { value: serial.as_f64(), width: 0 };
    if serial.is_duration() || !(0.0..3_000_000.0).contains(&serial.as_f64()) {
        return as_number;
    }
    let (year, month, day, hours, minutes, seconds, _) = serial.to_ymd_hms_milli();
    let seconds = u32::from(hours) * 3600 + u32::from(minutes) * 60 + u32::from(seconds);
    Day::new(year, month, day).map_or(as_number, |day| Cell::Moment(Moment { day, seconds }))
}

/// "0000000" shows seven digits.
fn zeros(format: &str) -> u8 {
    let only = format.len() > 1 && format.bytes().all(|byte| byte == b'0');
    if only { u8::try_from(format.len()).ok().filter(|width| *width <= 15).unwrap_or(0) } else { 0 }
}

fn links(workbook: &mut Workbook<'_>, name: &str) -> Result<BTreeMap<(u32, usize), String>, Refused> {
    let mut links = BTreeMap::new();
    for link in workbook.hyperlinks_by_sheet_name(name).map_err(|error| refused(&error))? {
        let Some(address) = link.target.as_deref().and_then(address) else { continue };
        let (row, column) = link.range.start;
        // A link over many cells is not one person's.
        if link.range.start == link.range.end {
            links.insert((row.saturating_add(1), usize::try_from(column).unwrap_or(usize::MAX)), address);
        }
    }
    Ok(links)
}

/// `mailto:a@example.ac.uk?subject=…`
pub(crate) fn address(target: &str) -> Option<String> {
    let scheme = target.get(..7)?;
    let rest = target.get(7..)?;
    scheme
        .eq_ignore_ascii_case("mailto:")
        .then(|| rest.split('?').next().unwrap_or_default().replace("%40", "@"))
}

fn refused(error: &XlsxError) -> Refused {
    match error {
        XlsxError::Password => Refused::Password,
        XlsxError::WorksheetNotFound(_) => Refused::SheetUnknown,
        _ => Refused::Damaged,
    }
}

/// Columns in which every formula is unfinished, from counts of formulas, empty results and zeros.
pub(crate) fn unfinished(columns: &BTreeMap<u32, Formulas>) -> BTreeSet<usize> {
    columns
        .iter()
        .filter(|(_, formulas)| formulas.empty == formulas.all || formulas.zero == formulas.all)
        .filter_map(|(column, _)| usize::try_from(*column).ok())
        .collect()
}

/// How many formulas a column has, and how many of them have no result or the result 0.
#[derive(Debug, Default)]
pub(crate) struct Formulas {
    pub all: u32,
    pub empty: u32,
    pub zero: u32,
}
