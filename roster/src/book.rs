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
    /// The names of `sheets` as the file has them.
    names: Vec<String>,
    limits: Limits,
}

/// A sheet, before its people are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// For a page: everything in it can be seen, and it is not long. A text file's has none.
    pub name: String,
    pub visible: bool,
    /// Empty where the sheet is empty, or cannot be read.
    pub headings: Vec<String>,
    pub matching: Matching,
    /// Why it cannot be read, which says nothing about the others.
    pub refused: Option<Refused>,
}

impl Sheet {
    /// Whether it can be the one with the people: it is visible, and has something. What cannot be read may be the one, and who chooses it
    /// is told what to do.
    pub fn is_offered(&self) -> bool {
        self.visible && (!self.headings.is_empty() || self.refused.is_some())
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
    let (mut sheets, mut names) = (Vec::new(), Vec::new());
    for (at, (name, visible)) in found.into_iter().enumerate() {
        // After a panic nothing more is read of the file.
        let head = if visible { caught(|| source.head(&name, limits))? } else { Ok(Vec::new()) };
        let (headings, refused) = match head {
            Ok(headings) => (headings, None),
            Err(Refused::Empty) => (Vec::new(), None),
            Err(refused) if refused.ends_all() => return Err(refused),
            Err(refused) => (Vec::new(), Some(refused)),
        };
        let matching = Matching::recognise(&headings);
        let shown = if kind == Kind::Text { String::new() } else { shown(&name, at) };
        sheets.push(Sheet { name: shown, visible, headings, matching, refused });
        names.push(name);
    }
    Ok(Book { kind, source, sheets, names, limits: limits.clone() })
}

/// The name of a sheet for a page. The person who made the file has chosen it.
fn shown(name: &str, at: usize) -> String {
    const MOST: usize = 100;
    let visible = domain::visible(&name.replace(char::is_control, " "));
    match visible.char_indices().nth(MOST) {
        Some((end, _)) => visible.get(..end).unwrap_or_default().to_owned() + " …",
        None if visible.is_empty() => format!("Sheet {}", at + 1),
        None => visible,
    }
}

impl Book<'_> {
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The one visible sheet in which a name and an address are recognised, or the one that has anything at all. Beside it, one that cannot
    /// be read could be meant too.
    ///
    /// # Errors
    /// [`Refused::NoSheet`] if no visible sheet has anything; what is wrong with the first if none can be read.
    pub fn choice(&self) -> Result<Choice, Refused> {
        let which = |fits: fn(&Sheet) -> bool| -> Vec<usize> {
            let sheets = self.sheets.iter().enumerate();
            sheets.filter(|(_, sheet)| fits(sheet)).map(|(at, _)| at).collect()
        };
        let mut fitting = which(|sheet| sheet.visible && sheet.matching.missing().is_none());
        if fitting.is_empty() {
            fitting = which(|sheet| sheet.visible && !sheet.headings.is_empty());
        }
        if fitting.is_empty() {
            let refused = self.sheets.iter().find_map(|sheet| sheet.refused.clone());
            return Err(refused.unwrap_or(Refused::NoSheet));
        }
        fitting.extend(which(|sheet| sheet.refused.is_some()));
        fitting.sort_unstable();
        match fitting.as_slice() {
            [one] => Ok(Choice::One(*one)),
            _ => Ok(Choice::Ask(fitting)),
        }
    }

    /// All of a sheet. It is given once: a second time the file has to be opened again.
    ///
    /// # Errors
    /// [`Refused`], with what to do.
    pub fn table(&mut self, sheet: usize) -> Result<Table, Refused> {
        let name = self.names.get(sheet).ok_or(Refused::SheetUnknown)?;
        guarded(|| self.source.table(name, &self.limits))
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
    caught(read)?
}

/// The same where an answer of the reader is not the end: a panic is.
fn caught<T>(read: impl FnOnce() -> T) -> Result<T, Refused> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| Refused::Damaged)
}
