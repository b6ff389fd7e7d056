//! Old XLS. Calamine reads the cells; `records` looks at what it does not tell, and at how far the cells of a sheet lie apart, because
//! calamine makes room for every cell between them, of all sheets at once.

mod container;
mod records;

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Sheet as Meta, SheetType, SheetVisible, Xls, XlsError};

use crate::cell::{Cell, Moment};
use crate::sheets::Source;
use crate::table::{Builder, Facts, Table};
use crate::{Limits, Refused};
use records::Scan;

pub(crate) struct Book {
    workbook: Xls<Cursor<Vec<u8>>>,
    scans: BTreeMap<String, Scan>,
}

impl Book {
    pub fn open(bytes: &[u8]) -> Result<Self, Refused> {
        let (scans, wrapped) = records::scan(bytes)?;
        let workbook = Xls::new(Cursor::new(wrapped)).map_err(|error| match error {
            XlsError::Password => Refused::Password,
            _ => Refused::Damaged,
        })?;
        let names = workbook.sheets_metadata().iter().map(|sheet| sheet.name.clone());
        Ok(Self { scans: names.zip(scans).collect(), workbook })
    }

    fn read(&mut self, name: &str, mut builder: Builder<'_>) -> Result<Table, Refused> {
        let range = self.workbook.worksheet_range(name).map_err(|_| Refused::SheetUnknown)?;
        let nothing = Scan::default();
        let scan = self.scans.get(name).unwrap_or(&nothing);
        let (row, column) = range.start().unwrap_or_default();
        for (at, cells) in (row..).zip(range.rows()) {
            for (column, value) in (usize::try_from(column).unwrap_or(usize::MAX)..).zip(cells) {
                builder.cell(at.saturating_add(1), column, cell(value))?;
            }
            builder.end_row(at.saturating_add(1), scan.hidden.contains(&at))?;
            if builder.is_full() {
                break;
            }
        }
        builder.finish(Facts {
            filter_on: scan.filter_on,
            unfinished: crate::xlsx::unfinished(&scan.columns),
            ..Facts::default()
        })
    }
}

impl Source for Book {
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
        Ok(self.read(name, Builder::head(limits))?.headings)
    }

    fn table(&mut self, name: &str, limits: &Limits) -> Result<Table, Refused> {
        self.read(name, Builder::new(limits))
    }
}

fn cell(value: &Data) -> Cell<'_> {
    match value {
        Data::Empty => Cell::Empty,
        Data::Int(number) => Cell::Number { value: *number as f64, width: 0 },
        Data::Float(number) => Cell::Number { value: *number, width: 0 },
        Data::String(text) | Data::DurationIso(text) => Cell::text(text),
        Data::Bool(truth) => Cell::Truth(*truth),
        Data::DateTime(serial) => crate::xlsx::moment(*serial),
        Data::DateTimeIso(text) => Moment::parse(text).map_or_else(|| Cell::text(text), Cell::Moment),
        Data::Error(error) => Cell::Fault(crate::xlsx::fault(error)),
    }
}
