use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::kind::{Kind, refuse_markup};
use crate::sheets::{SHEETS, Source};
use crate::table::Table;
use crate::{Limits, Matching, Refused, ods, text, xls, xlsx};

/// A file that could be opened, and its sheets.
pub struct Book<'a> {
    kind: Kind,
    source: Box<dyn Source + 'a>,
    sheets: Vec<Sheet>,
    limits: Limits,
}

/// A sheet, before its people are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub visible: bool,
    /// Empty where the sheet is empty.
    pub headings: Vec<String>,
    pub matching: Matching,
}

impl Sheet {
    /// Whether it can be the one with the people: it is visible, and has something.
    pub fn is_offered(&self) -> bool {
        self.visible && !self.headings.is_empty()
    }
}

/// Which sheet is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// By its place in `Book::sheets`.
    One(usize),
    /// Several could be meant: somebody has to say.
    Ask(Vec<usize>),
}

/// Opens a file, whatever it is called.
///
/// # Errors
/// [`Refused`], with what to do.
pub fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Book<'a>, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    let kind = guarded(|| Kind::of(bytes, limits))?;
    let mut source: Box<dyn Source + 'a> = guarded(|| {
        Ok(match kind {
            Kind::Text => Box::new(Text(Some(read_text(bytes, limits)?))) as Box<dyn Source>,
            Kind::Xlsx => Box::new(xlsx::Book::open(bytes, limits)?),
            Kind::Ods => Box::new(ods::Book::open(bytes, limits)?),
            Kind::Xls => Box::new(xls::Book::open(bytes)?),
        })
    })?;
    let found = source.sheets();
    if found.len() > SHEETS {
        return Err(Refused::UnpacksTooLarge);
    }
    let mut sheets = Vec::new();
    for (name, visible) in found {
        let headings = if visible {
            match guarded(|| source.head(&name, limits)) {
                Ok(headings) => headings,
                Err(Refused::Empty) => Vec::new(),
                Err(refused) => return Err(refused),
            }
        } else {
            Vec::new()
        };
        let matching = Matching::recognise(&headings);
        sheets.push(Sheet { name, visible, headings, matching });
    }
    Ok(Book { kind, source, sheets, limits: limits.clone() })
}

impl Book<'_> {
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The one visible sheet in which a name and an address are recognised, or the one that has anything at all.
    ///
    /// # Errors
    /// [`Refused::NoSheet`] if no visible sheet has anything.
    pub fn choice(&self) -> Result<Choice, Refused> {
        let which = |fits: fn(&Sheet) -> bool| -> Vec<usize> {
            let sheets = self.sheets.iter().enumerate();
            sheets.filter(|(_, sheet)| fits(sheet)).map(|(at, _)| at).collect()
        };
        let mut fitting = which(|sheet| sheet.visible && sheet.matching.missing().is_none());
        if fitting.is_empty() {
            fitting = which(Sheet::is_offered);
        }
        match fitting.as_slice() {
            [] => Err(Refused::NoSheet),
            [one] => Ok(Choice::One(*one)),
            _ => Ok(Choice::Ask(fitting)),
        }
    }

    /// All of a sheet. It is given once: a second time the file has to be opened again.
    ///
    /// # Errors
    /// [`Refused`], with what to do.
    pub fn table(&mut self, sheet: usize) -> Result<Table, Refused> {
        let name = self.sheets.get(sheet).ok_or(Refused::SheetUnknown)?.name.clone();
        guarded(|| self.source.table(&name, &self.limits))
    }

    /// The sheet of which there is no doubt.
    ///
    /// # Errors
    /// [`Refused::SeveralSheets`] if there is a doubt, and as [`Book::table`].
    pub fn only_table(&mut self) -> Result<Table, Refused> {
        match self.choice()? {
            Choice::One(sheet) => self.table(sheet),
            Choice::Ask(sheets) => Err(self.several(&sheets)),
        }
    }

    /// The question which of these is meant.
    pub fn several(&self, sheets: &[usize]) -> Refused {
        let names = sheets.iter().filter_map(|at| self.sheets.get(*at)).map(|sheet| sheet.name.clone());
        Refused::SeveralSheets { names: names.collect() }
    }
}

fn read_text(bytes: &[u8], limits: &Limits) -> Result<Table, Refused> {
    let (text, encoding) = text::decode(bytes)?;
    refuse_markup(&text)?;
    text::read(&text, encoding, limits)
}

/// A text file is one sheet, which was read when the file was opened.
struct Text(Option<Table>);

impl Source for Text {
    fn sheets(&self) -> Vec<(String, bool)> {
        vec![(String::new(), true)]
    }

    fn head(&mut self, _: &str, _: &Limits) -> Result<Vec<String>, Refused> {
        Ok(self.0.as_ref().map(|table| table.headings.clone()).unwrap_or_default())
    }

    fn table(&mut self, _: &str, _: &Limits) -> Result<Table, Refused> {
        self.0.take().ok_or(Refused::SheetUnknown)
    }
}

/// Files come from strangers, and the readers of old formats panic on some damaged ones. That is an answer about the file, not the
/// end of the request; nothing is kept that could be half done.
fn guarded<T>(read: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Refused::Damaged))
}
