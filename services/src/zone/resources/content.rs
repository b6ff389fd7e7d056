//! What a file is, by what is in it. Its name says nothing.

use std::io::{Cursor, Read};

use domain::{
    Problem,
    zone::resources::{FileType, MOST_BYTES},
};
use zip::ZipArchive;

use super::{in_words, keeping::too_long};

/// Packed documents have a few dozen parts, or a few hundred pictures.
const MOST_PARTS: usize = 20_000;
/// What says which parts a document has.
const LONGEST_LIST: u64 = 2_000_000;

/// # Errors
/// [`Problem::InWords`], which says what to do with the file instead.
pub(super) fn recognise(bytes: &[u8]) -> Result<FileType, Problem> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok(FileType::Pdf),
        [b'P', b'K', 3, 4, ..] => packed(bytes),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Ok(FileType::Png),
        [0xff, 0xd8, 0xff, ..] => Ok(FileType::Jpg),
        [b'G', b'I', b'F', b'8', ..] => {
            Err(in_words("Save the image as PNG, or as an MP4 video if it moves, then upload it again"))
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(FileType::Webp),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => mp4(brand),
        [0x1a, 0x45, 0xdf, 0xa3, rest @ ..] => webm(rest),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(in_words(
            "Save the file as .docx, .xlsx or .pptx, then upload it again: files of older versions of Office, and files with a password, cannot be checked",
        )),
        [] => Err(in_words("Choose a file that is not empty")),
        _ => Err(unknown()),
    }
}

fn unknown() -> Problem {
    in_words(
        "Choose a PDF, an Office or OpenDocument file, a PNG, JPEG or WebP image, or an MP4 or WebM video: this file is none of them, whatever its name says",
    )
}

/// Brands of MP4 that browsers play. Those of QuickTime and of images are others.
fn mp4(rest: &[u8]) -> Result<FileType, Problem> {
    const BRANDS: [&[u8]; 10] =
        [b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"];
    match rest.get(..4) {
        Some(brand) if BRANDS.contains(&brand) => Ok(FileType::Mp4),
        Some(b"qt  ") => {
            Err(in_words("Save the video as MP4, then upload it again: not every browser plays this kind"))
        }
        _ => Err(unknown()),
    }
}

/// The type of the document stands in the header, within the first bytes.
fn webm(rest: &[u8]) -> Result<FileType, Problem> {
    let header = rest.get(..rest.len().min(64)).unwrap_or_default();
    // 0x4282, its length 4, and the name.
    let is_webm = header.windows(7).any(|part| part == b"\x42\x82\x84webm");
    if is_webm {
        Ok(FileType::Webm)
    } else {
        Err(in_words(
            "Save the video as MP4 or WebM, then upload it again: not every browser plays this kind",
        ))
    }
}

/// An Office or OpenDocument file: a packed folder with a list of what is in it.
fn packed(bytes: &[u8]) -> Result<FileType, Problem> {
    let damaged =
        || in_words("Open the file in its program, save it again, and upload that: this one is damaged");
    if bytes.len() > MOST_BYTES {
        return Err(too_long(MOST_BYTES));
    }
    if has_too_many_parts(bytes) {
        return Err(unknown());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let names: Vec<String> = archive.file_names().flatten().map(|name| name.to_ascii_lowercase()).collect();
    let has = |wanted: fn(&str) -> bool| names.iter().any(|name| wanted(name));
    let office = has(|name| name == "[content_types].xml");
    let open = has(|name| name == "mimetype") && has(|name| name == "meta-inf/manifest.xml");
    let list = match (office, open) {
        (true, false) => part(&mut archive, "[Content_Types].xml").ok_or_else(damaged)?,
        (false, true) => part(&mut archive, "mimetype").ok_or_else(damaged)?,
        _ => {
            return Err(in_words("Take the file out of the packed folder (.zip), and upload it by itself"));
        }
    };
    // Programs read letters that are written as numbers. A list has none, unless it hides what it says.
    if list.contains("&#") {
        return Err(damaged());
    }
    let runs = has(|name| {
        name.ends_with("vbaproject.bin")
            || name.contains("/activex/")
            || name.starts_with("basic/")
            || name.starts_with("scripts/")
    });
    // The parts may be called anything: the list says what they are.
    if runs || ["macroenabled", "vbaproject", "activex"].iter().any(|word| list.contains(word)) {
        return Err(in_words(
            "Save the file without macros, as .docx, .xlsx or .pptx, then upload it again: what members open runs no programs",
        ));
    }
    let kinds: &[(&str, FileType)] = if office {
        &[
            ("wordprocessingml.document.main+xml", FileType::Docx),
            ("spreadsheetml.sheet.main+xml", FileType::Xlsx),
            ("presentationml.presentation.main+xml", FileType::Pptx),
        ]
    } else {
        &[
            ("application/vnd.oasis.opendocument.text", FileType::Odt),
            ("application/vnd.oasis.opendocument.spreadsheet", FileType::Ods),
            ("application/vnd.oasis.opendocument.presentation", FileType::Odp),
        ]
    };
    let is = |named: &str| if office { list.contains(named) } else { list.trim() == named };
    kinds.iter().find(|(named, _)| is(named)).map(|(_, kind)| *kind).ok_or_else(unknown)
}

/// Asked before the parts are listed, which takes many times the memory of the file, or as much as it claims to need.
fn has_too_many_parts(bytes: &[u8]) -> bool {
    let listed = bytes.windows(4).filter(|part| *part == b"PK\x01\x02").count();
    // The number of parts, in the end of a list with more than 65,535.
    let claims_too_many = |end: &[u8]| {
        let claimed = end.get(32..40).and_then(|number| <[u8; 8]>::try_from(number).ok());
        let claimed = claimed.and_then(|number| usize::try_from(u64::from_le_bytes(number)).ok());
        end.starts_with(b"PK\x06\x06") && claimed.is_none_or(|parts| parts > MOST_PARTS)
    };
    listed > MOST_PARTS || bytes.windows(40).any(claims_too_many)
}

/// A small part in lower case, or nothing if it is no text, or longer than any.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let mut text = String::new();
    let mut part = archive.by_name(name).ok()?.take(LONGEST_LIST + 1);
    part.read_to_string(&mut text).ok()?;
    (u64::try_from(text.len()).ok()? <= LONGEST_LIST).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    /// A packed folder of these parts.
    fn folder(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn office(main: &str, besides: &[(&str, &str)]) -> Vec<u8> {
        let list =
            format!("<Types><Override PartName=\"/a.xml\" ContentType=\"application/{main}\"/></Types>");
        let mut parts = vec![("[Content_Types].xml", list.as_str()), ("a.xml", "<a/>")];
        parts.extend_from_slice(besides);
        folder(&parts)
    }

    fn open(mimetype: &str, besides: &[(&str, &str)]) -> Vec<u8> {
        let mut parts =
            vec![("mimetype", mimetype), ("META-INF/manifest.xml", "<m/>"), ("content.xml", "<c/>")];
        parts.extend_from_slice(besides);
        folder(&parts)
    }

    #[test]
    fn a_file_is_what_its_content_is() {
        const WORD: &str = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
        const EXCEL: &str = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
        const SLIDES: &str = "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";
        for (bytes, kind) in [
            (b"%PDF-1.7\n".to_vec(), FileType::Pdf),
            (b"\x89PNG\r\n\x1a\n....".to_vec(), FileType::Png),
            (b"\xff\xd8\xff\xe0....".to_vec(), FileType::Jpg),
            (b"RIFF....WEBPVP8 ".to_vec(), FileType::Webp),
            (b"\0\0\0\x20ftypisom....".to_vec(), FileType::Mp4),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm".to_vec(), FileType::Webm),
            (office(WORD, &[]), FileType::Docx),
            (office(EXCEL, &[]), FileType::Xlsx),
            (office(SLIDES, &[]), FileType::Pptx),
            (open("application/vnd.oasis.opendocument.text", &[]), FileType::Odt),
            (open("application/vnd.oasis.opendocument.spreadsheet", &[]), FileType::Ods),
            (open("application/vnd.oasis.opendocument.presentation", &[]), FileType::Odp),
        ] {
            assert_eq!(recognise(&bytes), Ok(kind));
        }
        for (bytes, says) in [
            (Vec::new(), "not empty"),
            (b"MZ\x90\0".to_vec(), "none of them"),
            (b"GIF89a....".to_vec(), "as PNG"),
            (b"<html><script>".to_vec(), "none of them"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\">".to_vec(), "none of them"),
            (b" %PDF-1.7".to_vec(), "none of them"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), ".docx"),
            (b"\0\0\0\x20ftypqt  ....".to_vec(), "as MP4"),
            (b"\0\0\0\x20ftypheic....".to_vec(), "none of them"),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska".to_vec(), "MP4 or WebM"),
            (b"PK\x03\x04....".to_vec(), "damaged"),
            (folder(&[("a.docx", "x")]), "packed folder"),
            (office("vnd.ms-word.document.macroEnabled.main+xml", &[]), "macros"),
            (office(WORD, &[("word/vbaProject.bin", "x")]), "macros"),
            (office(WORD, &[("word/activeX/activeX1.xml", "x")]), "macros"),
            (open("application/vnd.oasis.opendocument.text", &[("Basic/Standard/a.xml", "x")]), "macros"),
            (open("application/vnd.oasis.opendocument.formula", &[]), "none of them"),
            // A list that a program reads otherwise than it looks.
            (
                office(
                    &format!("{WORD}\"/><Override ContentType=\"application/vnd.ms-office.vba&#80;roject"),
                    &[],
                ),
                "damaged",
            ),
            // Parts are counted before they are listed, and the file is measured before that.
            (
                [b"PK\x03\x04".as_slice(), b"PK\x01\x02".repeat(MOST_PARTS + 1).as_slice()].concat(),
                "none of them",
            ),
            (
                [b"PK\x03\x04PK\x06\x06".as_slice(), [0; 28].as_slice(), &u64::MAX.to_le_bytes()].concat(),
                "none of them",
            ),
            ([b"PK\x03\x04".as_slice(), vec![0; MOST_BYTES].as_slice()].concat(), "at most 25 MB"),
        ] {
            let words = recognise(&bytes).unwrap_err().message().into_owned();
            assert!(words.contains(says), "{words}");
        }
    }
}
