//! Workbooks that are packed folders (XLSX, ODS): their parts, none of which may unpack to more than is allowed.

use std::io::{BufReader, Cursor, Read};

use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::xml::reader;
use crate::{Limits, Refused};

/// A workbook has a few dozen parts.
const PARTS: usize = 5_000;

/// The parts that say what belongs together, all of which calamine keeps: one for each link of a sheet.
const RELATIONS: u64 = 20_000_000;

/// The bytes of the shortest shared text, with its tags.
const TEXT: u64 = 16;

/// Bytes from one tag to the next: readers of XML keep what is between them.
const BETWEEN: usize = 2_000_000;

pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

/// What a part is read through: it ends after what is allowed, and then says that there was more.
pub(crate) type Part<'p> = BufReader<Bounded<Box<dyn Read + 'p>>>;

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, Refused> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::Damaged)?;
        if archive.len() > PARTS {
            return Err(Refused::UnpacksTooLarge);
        }
        Ok(Self { archive })
    }

    pub fn names(&self) -> Vec<String> {
        self.archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect()
    }

    pub fn part(&mut self, name: &str, most: u64) -> Result<Part<'_>, Refused> {
        let entry = self.archive.by_name(name).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Refused::Password,
            _ => Refused::Damaged,
        })?;
        // What a part is otherwise, nobody reads tag by tag.
        let tags = [".xml", ".rels"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        let source = Box::new(entry) as Box<dyn Read>;
        let bounded = Bounded { source, left: most, between: tags.then_some(0) };
        Ok(BufReader::with_capacity(1 << 16, bounded))
    }

    /// A small part as a whole, or nothing if there is none.
    pub fn text(&mut self, name: &str, most: u64) -> Result<Option<String>, Refused> {
        if self.archive.index_for_name(name).is_none() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        self.part(name, most)?.read_to_end(&mut bytes).map_err(|error| refused(&error))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Unpacks every part once and keeps nothing: what a part says about its size may be untrue.
    pub fn measure(&mut self, limits: &Limits, skip: impl Fn(&str) -> bool) -> Result<u64, Refused> {
        let mut all = 0_u64;
        for name in self.names() {
            // Calamine takes a backslash for a slash.
            let file = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
            let shared_texts = file == "sharedstrings.xml";
            // What is a sheet too is the shared texts all the same.
            if name.ends_with('/') || skip(&name) && !shared_texts {
                continue;
            }
            let most = match file.as_str() {
                "sharedstrings.xml" => limits.shared_texts,
                "styles.xml" => limits.formats,
                relations if relations.ends_with(".rels") => RELATIONS,
                _ => limits.unpacked,
            };
            let most = most.min(limits.unpacked.saturating_sub(all));
            let mut part = self.part(&name, most)?;
            if shared_texts {
                all = all.saturating_add(room_for_texts(&mut part, limits)?);
            }
            all = all.saturating_add(
                std::io::copy(&mut part, &mut std::io::sink()).map_err(|error| refused(&error))?,
            );
        }
        Ok(all)
    }
}

/// Refuses shared texts that say there are more of them than fit: calamine makes room for all before it reads the first, and where there
/// is no memory the server ends. Gives the bytes that were read for it.
fn room_for_texts(part: &mut Part<'_>, limits: &Limits) -> Result<u64, Refused> {
    let mut xml = reader(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
            Event::Start(element) if element.local_name().as_ref() == "sst" => {
                let most = limits.shared_texts / TEXT;
                // Calamine reads attributes in its own way, so whatever could be this one is looked at.
                let mut said = element.attributes_raw().split("uniqueCount").skip(1);
                if said.any(|rest| number_after(rest).is_some_and(|texts| texts > most)) {
                    return Err(Refused::UnpacksTooLarge);
                }
                return Ok(xml.buffer_position());
            }
            Event::Eof => return Ok(xml.buffer_position()),
            _ => {}
        }
    }
}

/// The number behind the name of an attribute, if there is one. The largest there is, if it is larger.
fn number_after(rest: &str) -> Option<u64> {
    let value = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || "=\"'+".contains(c));
    let digits = value.split(|c: char| !c.is_ascii_digit()).next().filter(|digits| !digits.is_empty())?;
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// What an error while reading a part means for the file.
pub(crate) fn refused(error: &std::io::Error) -> Refused {
    if error.kind() == std::io::ErrorKind::FileTooLarge { Refused::UnpacksTooLarge } else { Refused::Damaged }
}

/// The same for an error of the XML reader.
pub(crate) fn refused_xml(error: &quick_xml::Error) -> Refused {
    match error {
        quick_xml::Error::Io(error) => refused(error),
        _ => Refused::Damaged,
    }
}

pub(crate) struct Bounded<R> {
    source: R,
    left: u64,
    /// Since the last tag began, if the part has tags.
    between: Option<usize>,
}

impl<R> Bounded<R> {
    /// How many bytes may still come.
    pub fn left(&self) -> u64 {
        self.left
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(into)?;
        let too_large = || std::io::Error::from(std::io::ErrorKind::FileTooLarge);
        self.left = self.left.checked_sub(read as u64).ok_or_else(too_large)?;
        if let Some(between) = &mut self.between {
            let new = into.get(..read).unwrap_or_default();
            let is_tag = |byte: &u8| *byte == b'<';
            match (new.iter().position(is_tag), new.iter().rposition(is_tag)) {
                (Some(first), Some(last)) => {
                    *between = if *between + first > BETWEEN { BETWEEN + 1 } else { read - last };
                }
                _ => *between += read,
            }
            if *between > BETWEEN {
                return Err(too_large());
            }
        }
        Ok(read)
    }
}
