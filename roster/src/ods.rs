//! ODS. Read here and not by calamine, which refuses a whole file for white space between cells, takes a cell without a type for an
//! empty one, knows nothing of hidden rows, and holds every sheet in memory at once.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesStart, Event};

use crate::cell::{Cell, Moment};
use crate::package::{Package, Part, refused_xml};
use crate::sheets::{SHEETS, Source};
use crate::table::{Builder, Facts, Table};
use crate::xlsx::{Formulas, LINKS, unfinished};
use crate::xml::{attribute, is_true, push_reference, reader};
use crate::{Limits, Refused};

const CONTENT: &str = "content.xml";

/// No sheet has more; a repeated empty row says so many at the end of each.
const ROWS: u32 = 1_048_576;

pub(crate) struct Book<'a> {
    package: Package<'a>,
    sheets: Vec<Found>,
}

/// A sheet, as it was found when the file was gone through once: with every sheet gone through by itself, a thousand would take hours.
struct Found {
    name: String,
    visible: bool,
    headings: Result<Vec<String>, Refused>,
}

impl<'a> Book<'a> {
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let mut package = Package::open(bytes)?;
        let manifest = package.text("META-INF/manifest.xml", 8_000_000)?;
        if manifest.is_some_and(|manifest| manifest.contains("encryption-data")) {
            return Err(Refused::Password);
        }
        // Nothing else is read, so nothing else is measured.
        let sheets = sheets(package.part(CONTENT, limits.unpacked)?, limits)?;
        Ok(Self { package, sheets })
    }

    fn read(&mut self, name: &str, limits: &Limits) -> Result<Table, Refused> {
        let mut builder = Builder::new(limits);
        let mut sheet = Sheet::new(limits);
        let mut xml = reader(self.package.part(CONTENT, limits.unpacked)?);
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
                Event::Start(element)
                    if element.local_name().as_ref() == "table"
                        && attribute(&element, "name").as_deref() == Some(name) =>
                {
                    sheet.rows(&mut xml, &mut builder)?;
                    break;
                }
                Event::Eof => return Err(Refused::SheetUnknown),
                _ => {}
            }
        }
        sheet.facts.unfinished = unfinished(&sheet.columns);
        builder.finish(sheet.facts)
    }
}

impl Source for Book<'_> {
    fn sheets(&self) -> Vec<(String, bool)> {
        self.sheets.iter().map(|sheet| (sheet.name.clone(), sheet.visible)).collect()
    }

    fn head(&mut self, name: &str, _: &Limits) -> Result<Vec<String>, Refused> {
        let sheet = self.sheets.iter().find(|sheet| sheet.name == name).ok_or(Refused::SheetUnknown)?;
        sheet.headings.clone()
    }

    fn table(&mut self, name: &str, limits: &Limits) -> Result<Table, Refused> {
        self.read(name, limits)
    }
}

/// The sheets with their headings, and whether each is visible: a style of the sheet says that.
fn sheets(part: Part<'_>, limits: &Limits) -> Result<Vec<Found>, Refused> {
    let mut xml = reader(part);
    let mut buffer = Vec::new();
    let mut sheets = Vec::new();
    let mut hidden = BTreeSet::new();
    let mut style = None;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
            Event::Start(element) => match element.local_name().as_ref() {
                "style" => style = attribute(&element, "name"),
                "table-properties" => {
                    let shown = attribute(&element, "display").is_none_or(|value| is_true(&value));
                    if !shown && hidden.len() < 10_000 {
                        hidden.extend(style.take());
                    }
                }
                "table" => {
                    let visible =
                        attribute(&element, "style-name").is_none_or(|style| !hidden.contains(&style));
                    let Some(name) = attribute(&element, "name") else { continue };
                    let mut builder = Builder::head(limits);
                    let rows = Sheet::new(limits).rows(&mut xml, &mut builder);
                    let headings = match rows.and_then(|()| builder.finish(Facts::default())) {
                        Ok(table) => Ok(table.headings),
                        Err(Refused::Empty) => Ok(Vec::new()),
                        // These are of this sheet alone. After damage, nobody knows where the next one begins.
                        Err(refused @ (Refused::TooManyColumns { .. } | Refused::CellTooLong { .. })) => {
                            Err(refused)
                        }
                        Err(refused) => return Err(refused),
                    };
                    sheets.push(Found { name, visible, headings });
                    if sheets.len() > SHEETS {
                        return Err(Refused::UnpacksTooLarge);
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

struct Sheet<'a> {
    limits: &'a Limits,
    facts: Facts,
    columns: BTreeMap<u32, Formulas>,
    /// From 0.
    row: u32,
}

impl<'a> Sheet<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self { limits, facts: Facts::default(), columns: BTreeMap::new(), row: 0 }
    }

    fn rows(
        &mut self,
        xml: &mut quick_xml::Reader<Part<'_>>,
        builder: &mut Builder<'_>,
    ) -> Result<(), Refused> {
        let mut buffer = Vec::new();
        let mut hidden = false;
        let mut times = 1;
        let mut column = 0_u32;
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "table-row" => {
                        let shown = attribute(&element, "visibility").unwrap_or_default();
                        hidden = matches!(shown.as_str(), "collapse" | "filter");
                        self.facts.filter_on |= shown == "filter";
                        times = repeated(&element, "number-rows-repeated");
                        column = 0;
                    }
                    // A cell that lies under another, merged one has nothing of its own to show.
                    "table-cell" | "covered-table-cell" => {
                        let across = repeated(&element, "number-columns-repeated");
                        let typed = Typed::of(&element);
                        let covered = element.local_name().as_ref() == "covered-table-cell";
                        let (text, link) = text(xml, self.limits)?;
                        if !covered {
                            self.cell(builder, column, across, &typed, &text, link)?;
                        }
                        column = column.saturating_add(across);
                    }
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "table-row" => {
                        builder.repeat_row(self.row.saturating_add(1), hidden, times)?;
                        if builder.is_full() {
                            return Ok(());
                        }
                        self.row = self.row.saturating_add(times).min(ROWS);
                    }
                    "table" => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(Refused::Damaged),
                _ => {}
            }
        }
    }

    fn cell(
        &mut self,
        builder: &mut Builder<'_>,
        column: u32,
        across: u32,
        typed: &Typed,
        text: &str,
        link: Option<String>,
    ) -> Result<(), Refused> {
        let formula = typed.formula;
        let mut cell = typed.cell(text);
        if formula {
            let counts = self.columns.entry(column.min(16_384)).or_default();
            counts.all = counts.all.saturating_add(1);
            counts.zero += u32::from(matches!(cell, Cell::Number { value: 0.0, .. }));
            if cell == Cell::Empty {
                counts.empty += 1;
                cell = Cell::Unfinished;
            }
        }
        if cell.is_blank() {
            return Ok(());
        }
        let row = self.row.saturating_add(1);
        if let Some(link) = link.filter(|_| self.facts.links.len() < LINKS) {
            self.facts.links.insert((row, usize::try_from(column).unwrap_or(usize::MAX)), link);
        }
        for again in 0..across {
            let column = usize::try_from(column.saturating_add(again)).unwrap_or(usize::MAX);
            // The builder ends this where there are more columns than are allowed.
            builder.cell(row, column, cell)?;
        }
        Ok(())
    }
}

/// What the attributes of a cell say.
struct Typed {
    kind: String,
    value: Option<String>,
    formula: bool,
}

impl Typed {
    fn of(element: &BytesStart<'_>) -> Self {
        let mut typed = Self { kind: String::new(), value: None, formula: false };
        for attribute in element.attributes().with_checks(false).flatten() {
            match attribute.key.local_name().as_ref() {
                // LibreOffice writes the type a second time, in a namespace of its own.
                "value-type" if attribute.key.as_ref() != "calcext:value-type" => {
                    typed.kind = attribute.value.into_owned();
                }
                "value" | "date-value" | "boolean-value" | "time-value" => {
                    typed.value = Some(attribute.value.into_owned());
                }
                "string-value" => {
                    typed.value = attribute
                        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                        .ok()
                        .map(std::borrow::Cow::into_owned);
                }
                "formula" => typed.formula = true,
                _ => {}
            }
        }
        typed
    }

    fn cell<'t>(&'t self, text: &'t str) -> Cell<'t> {
        let value = self.value.as_deref();
        match self.kind.as_str() {
            "float" | "currency" | "percentage" => {
                // The result of a formula that went wrong is the number 0, shown as an error.
                if let fault @ Cell::Fault(_) = Cell::text(text.trim()) {
                    return fault;
                }
                match value.and_then(|value| value.parse::<f64>().ok()) {
                    Some(value) => Cell::Number { value, width: width(text, value) },
                    None => Cell::text(text),
                }
            }
            "date" => match value.and_then(Moment::parse) {
                Some(moment) => Cell::Moment(moment),
                None => Cell::text(text),
            },
            "boolean" => match value {
                Some(value) => Cell::Truth(is_true(value)),
                None => Cell::text(text),
            },
            // Without a type there still may be a text that everybody sees.
            _ if text.is_empty() => Cell::text(value.unwrap_or("")),
            _ => Cell::text(text),
        }
    }
}

/// How many digits the cell shows, if they are the number with zeros in front.
fn width(text: &str, value: f64) -> u8 {
    let shown = text.trim();
    let padded = shown.starts_with('0')
        && shown.bytes().all(|byte| byte.is_ascii_digit())
        && shown.parse::<f64>().is_ok_and(|number| number == value);
    if padded { u8::try_from(shown.len()).ok().filter(|width| *width <= 15).unwrap_or(0) } else { 0 }
}

fn repeated(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name).and_then(|times| times.parse().ok()).unwrap_or(1).clamp(1, ROWS)
}

/// The paragraphs of a cell up to its end, and where the text links to by `mailto:`. Notes and drawings that hang on a cell are no part of it.
fn text(xml: &mut quick_xml::Reader<Part<'_>>, limits: &Limits) -> Result<(String, Option<String>), Refused> {
    let mut buffer = Vec::new();
    let mut text = String::new();
    let mut link = None;
    let mut paragraphs = 0_u32;
    let mut aside = 0_u32;
    let mut inside = false;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
            Event::Start(element) => match element.local_name().as_ref() {
                "annotation" | "frame" | "custom-shape" => aside = aside.saturating_add(1),
                _ if aside > 0 => {}
                "p" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs = paragraphs.saturating_add(1);
                    inside = true;
                }
                "s" if inside => {
                    for _ in 0..repeated(&element, "c").min(1_000) {
                        text.push(' ');
                    }
                }
                "tab" if inside => text.push('\t'),
                "line-break" if inside => text.push('\n'),
                "a" if inside => {
                    link = attribute(&element, "href").as_deref().and_then(crate::xlsx::address);
                }
                _ => {}
            },
            Event::Text(piece) if inside && aside == 0 => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) if inside && aside == 0 => push_reference(&reference, &mut text),
            Event::End(element) => match element.local_name().as_ref() {
                "annotation" | "frame" | "custom-shape" => aside = aside.saturating_sub(1),
                "p" if aside == 0 => inside = false,
                "table-cell" | "covered-table-cell" => return Ok((text, link)),
                _ => {}
            },
            Event::Eof => return Err(Refused::Damaged),
            _ => {}
        }
        if text.len() > limits.text {
            return Err(Refused::UnpacksTooLarge);
        }
    }
}
