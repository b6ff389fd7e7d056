use std::io::Cursor;

use crate::{Limits, Refused};

/// What a file is, by what is in it. Its name says little: much of what campus systems call `.xls` is text or a web page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Xlsx,
    Ods,
    Xls,
}

impl Kind {
    pub(crate) fn of(bytes: &[u8], limits: &Limits) -> Result<Self, Refused> {
        if bytes.len() > limits.bytes {
            return Err(Refused::TooLarge { megabytes: limits.bytes / 1_000_000 });
        }
        match bytes {
            [b'P', b'K', 3 | 5, ..] => packed(bytes),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Ok(Self::Xls),
            [b'%', b'P', b'D', b'F', ..] => Err(Refused::Pdf),
            [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
                Err(Refused::Picture)
            }
            [b'{', b'\\', b'r', b't', b'f', ..] => Err(Refused::Document),
            [0x1f, 0x8b, ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [b'R', b'a', b'r', b'!', ..] => {
                Err(Refused::Packed)
            }
            _ => Ok(Self::Text),
        }
    }
}

fn packed(bytes: &[u8]) -> Result<Kind, Refused> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::Damaged)?;
    let names: Vec<_> = archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    let has = |wanted: fn(&str) -> bool| names.iter().any(|name| wanted(name));
    if has(|name| name.eq_ignore_ascii_case("xl/workbook.bin")) {
        Err(Refused::Binary)
    } else if has(|name| name == "content.xml") {
        if has(|name| name == "META-INF/manifest.xml") { Ok(Kind::Ods) } else { Err(Refused::Packed) }
    } else if has(|name| name.starts_with("word/") || name.starts_with("ppt/")) {
        Err(Refused::Document)
    } else if has(|name| name.eq_ignore_ascii_case("[Content_Types].xml")) {
        Ok(Kind::Xlsx)
    } else if has(|name| name.ends_with(".iwa") || name == "Index.zip") {
        Err(Refused::Numbers)
    } else {
        Err(Refused::Packed)
    }
}

/// Text that is no table with separated columns, though some programs open it as one.
pub(crate) fn refuse_markup(text: &str) -> Result<(), Refused> {
    let beginning: String = text.chars().take(2_000).collect::<String>().to_lowercase();
    let beginning = beginning.trim_start();
    if beginning.starts_with("mime-version:") {
        return Err(Refused::WebArchive);
    }
    if !beginning.starts_with('<') {
        return Ok(());
    }
    if beginning.contains("urn:schemas-microsoft-com:office:spreadsheet")
        || beginning.contains("progid=\"excel.sheet\"")
    {
        Err(Refused::Xml2003)
    } else if beginning.contains("<office:document") {
        Err(Refused::FlatOpenDocument)
    } else if ["<html", "<!doctype html", "<table", "<head", "<body", "<meta", "<style", "<tr", "<div"]
        .iter()
        .any(|tag| beginning.contains(tag))
    {
        Err(Refused::WebPage)
    } else {
        Err(Refused::NotATable)
    }
}
