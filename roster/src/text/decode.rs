use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding as Table, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::Refused;
use crate::table::Encoding;

/// So many bytes from the beginning show whether a text without a mark is UTF-16.
const BEGINNING: usize = 4_096;

/// The bytes of a text file as letters.
pub(crate) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), Refused> {
    let (table, mark) = match Table::for_bom(bytes) {
        Some((table, mark)) => (Some(table), mark),
        // A detector of legacy encodings calls UTF-16 without a mark UTF-8, so it must not be asked first.
        None => (utf_16(bytes), 0),
    };
    let bytes = bytes.get(mark..).unwrap_or_default();
    if let Some(table) = table {
        let (text, _) = table.decode_without_bom_handling(bytes);
        return Ok((text, Encoding { name: table.name(), certain: true }));
    }
    if bytes.contains(&0) {
        return Err(Refused::NotATable);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((Cow::Borrowed(text), Encoding { name: UTF_8.name(), certain: true }));
    }
    let (text, table) = legacy(bytes);
    Ok((text, Encoding { name: table.name(), certain: false }))
}

/// Latin text in UTF-16 has a NUL in every other place.
fn utf_16(bytes: &[u8]) -> Option<&'static Table> {
    let beginning = bytes.get(..bytes.len().min(BEGINNING))?;
    let nuls = |odd: usize| {
        beginning.iter().enumerate().filter(|(index, byte)| **byte == 0 && index % 2 == odd).count()
    };
    let (even, odd) = (nuls(0), nuls(1));
    let many = beginning.len() / 4;
    match (even, odd) {
        (0, odd) if odd > 0 && odd >= many => Some(UTF_16LE),
        (even, 0) if even > 0 && even >= many => Some(UTF_16BE),
        // Names in other scripts have NULs in neither place, so the more of them decides.
        (even, odd) if odd > even.saturating_mul(8) && odd >= many => Some(UTF_16LE),
        (even, odd) if even > odd.saturating_mul(8) && even >= many => Some(UTF_16BE),
        _ => None,
    }
}

/// Windows' Western encoding wherever all it gives are letters and the marks of names: from a few accents the detector concludes
/// Central European or Baltic, and "René" would become something else. Old Macs are told by the shape of words.
fn legacy(bytes: &[u8]) -> (Cow<'_, str>, &'static Table) {
    let western = WINDOWS_1252.decode_without_bom_handling(bytes).0;
    if reads_well(&western) {
        return (western, WINDOWS_1252);
    }
    let mac = MACINTOSH.decode_without_bom_handling(bytes).0;
    if reads_well(&mac) {
        return (mac, MACINTOSH);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    // With a hint of the country it says Western again, of which it is known here that it does not fit.
    let table = detector.guess(None, Utf8Detection::Deny);
    (table.decode_without_bom_handling(bytes).0, table)
}

/// Every letter beyond ASCII stands where letters of names do, and no capital follows a small letter with an accent beside it.
fn reads_well(text: &str) -> bool {
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_ascii() {
            let mark = matches!(
                c,
                '\u{a0}'
                    | '\u{ad}'
                    | '‘'
                    | '’'
                    | '“'
                    | '”'
                    | '–'
                    | '—'
                    | '…'
                    | '·'
                    | '´'
                    | '£'
                    | '€'
                    | '•'
            );
            let letter = c.is_alphabetic() && !matches!(c, 'ª' | 'º' | 'ƒ' | 'ˆ' | 'µ');
            let odd = before.is_lowercase() && c.is_uppercase()
                || mark && matches!(c, '£' | '€') && before.is_alphabetic();
            if odd || !(mark || letter) {
                return false;
            }
        }
        before = c;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, &'static str, bool) {
        let (text, encoding) = decode(bytes).unwrap();
        (text.into_owned(), encoding.name, encoding.certain)
    }

    #[test]
    fn utf_16_is_known_with_a_mark_and_without() {
        let text = "Name,Email\r\nRené Łukasz,r@example.ac.uk\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&little), (text.into(), "UTF-16LE", true));
        assert_eq!(decoded(&big), (text.into(), "UTF-16BE", true));
        let marked = [&[0xff, 0xfe][..], &little].concat();
        assert_eq!(decoded(&marked), (text.into(), "UTF-16LE", true));
    }

    #[test]
    fn one_accent_is_western() {
        assert_eq!(
            decoded(b"Name,Email\r\nRen\xe9 Roy,r@example.ac.uk\r\n"),
            ("Name,Email\r\nRené Roy,r@example.ac.uk\r\n".into(), "windows-1252", false)
        );
        assert_eq!(decoded(b"O\x92Neill,Si\xe2n"), ("O’Neill,Siân".into(), "windows-1252", false));
    }

    #[test]
    fn a_mac_and_central_europe_are_told_by_what_the_western_one_makes_of_them() {
        assert_eq!(decoded(b"Ren\x8e,Zo\x91"), ("René,Zoë".into(), "macintosh", false));
        let polish = "Łukasz Wiśniewski, Małgorzata Żółć, Paweł Kowalczyk, Świętosława Dąbrowska";
        let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(polish);
        assert_eq!(decoded(&bytes), (polish.into(), "windows-1250", false));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(decode(b"MZ\0\x01\x02\0\0\0abcdefghijklmnopqrstuvw").unwrap_err(), Refused::NotATable);
    }
}
