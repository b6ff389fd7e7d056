use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter, memchr2};

/// No spreadsheet program has more columns. What stands beyond is one cell.
const WIDEST: usize = 16_384;

/// The records of a text with separated columns, and in which row of a spreadsheet program each is.
///
/// A line without a quotation mark is divided where it stands. Others go through `csv_core`, whose rules these are.
pub(super) struct Records<'t> {
    text: &'t str,
    separator: u8,
    at: usize,
    /// Where the last record began.
    begun: usize,
    number: u32,
    reader: Reader,
    /// What the quoted record says, without the quotation marks, and where its cells end.
    unquoted: Vec<u8>,
    quoted: bool,
    ends: Vec<usize>,
}

impl<'t> Records<'t> {
    pub fn new(text: &'t str, separator: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(separator).terminator(Terminator::CRLF).build();
        Self {
            text,
            separator,
            at: 0,
            begun: 0,
            number: 0,
            reader,
            unquoted: Vec::new(),
            quoted: false,
            ends: Vec::new(),
        }
    }

    /// Goes to the next record, if there is one, and gives the number of its row. Empty lines are rows too.
    pub fn advance(&mut self) -> Option<u32> {
        let bytes = self.text.as_bytes();
        while let Some(b'\r' | b'\n') = bytes.get(self.at) {
            self.end_line();
            self.number = self.number.saturating_add(1);
        }
        let rest = bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        self.begun = self.at;
        self.number = self.number.saturating_add(1);
        self.ends.clear();
        let length = memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        self.quoted = memchr(b'"', line).is_some();
        if self.quoted {
            self.read_quoted(rest);
        } else {
            let separators = memchr_iter(self.separator, line).take(WIDEST);
            self.ends.extend(separators.map(|at| self.begun + at));
            self.at += length;
            self.ends.push(self.at);
        }
        if matches!(bytes.get(self.at), Some(b'\r' | b'\n')) {
            self.end_line();
        }
        Some(self.number)
    }

    /// CR LF is one end of a line.
    fn end_line(&mut self) {
        let both = self.text.as_bytes().get(self.at..self.at + 2) == Some(b"\r\n");
        self.at += if both { 2 } else { 1 };
    }

    fn read_quoted(&mut self, rest: &[u8]) {
        self.reader.reset();
        self.ends.clear();
        self.unquoted.resize(self.unquoted.len().max(1_024), 0);
        let mut ends = [0; 256];
        let (mut read, mut written) = (0, 0);
        loop {
            let (result, more, out, cells) = self.reader.read_record(
                rest.get(read..).unwrap_or_default(),
                self.unquoted.get_mut(written..).unwrap_or_default(),
                &mut ends,
            );
            read += more;
            written += out;
            if self.ends.len() < WIDEST {
                self.ends.extend(ends.iter().take(cells));
            }
            match result {
                // The end of the text ends the record; the reader is told by an empty rest.
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputEndsFull => {}
                ReadRecordResult::OutputFull => self.unquoted.resize(self.unquoted.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.at += read;
        // The reader has taken the CR or the LF that ends the record; `advance` takes it anew. Where it belongs to a cell that nothing ends,
        // nothing comes after it.
        if read > 0 && matches!(rest.get(read - 1), Some(b'\r' | b'\n')) {
            self.at -= 1;
        }
    }

    /// The cells of the record.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        let from = if self.quoted { 0 } else { self.begun };
        // Between two cells of the text there is a separator; `csv_core` leaves none.
        let between = usize::from(!self.quoted);
        let begins = std::iter::once(from).chain(self.ends.iter().map(move |end| end + between));
        begins.zip(&self.ends).map(|(from, to)| {
            if self.quoted {
                let cell = self.unquoted.get(from..*to).unwrap_or_default();
                std::str::from_utf8(cell).unwrap_or_default()
            } else {
                self.text.get(from..*to).unwrap_or_default()
            }
        })
    }

    /// Only a cell in quotation marks can have a line break.
    pub fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// The text from the last record on.
    pub fn last(&self) -> &'t str {
        self.text.get(self.begun..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ours(text: &str) -> Vec<Vec<String>> {
        let mut records = Records::new(text, b',');
        let mut all = Vec::new();
        while records.advance().is_some() {
            all.push(records.cells().map(str::to_owned).collect());
        }
        all
    }

    fn theirs(text: &str) -> Vec<Vec<String>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes())
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

        #[test]
        fn cells_are_those_of_the_csv_crate(text in "[ab,\"\\r\\né]{0,24}") {
            prop_assert_eq!(ours(&text), theirs(&text), "{:?}", text);
        }
    }

    #[test]
    fn a_long_quoted_record_has_room() {
        let text = format!("\"{}\",b\nc,d", "a\n".repeat(5_000));
        assert_eq!(ours(&text), theirs(&text));
        let wide = format!("\"a\"{}\n", ",b".repeat(1_000));
        assert_eq!(ours(&wide), theirs(&wide));
    }
}
