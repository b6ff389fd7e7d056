/// What a file may be at most. Whoever uploads it decides what is in it, so each of these is counted while it is read, and not
/// taken from what the file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The file as it was uploaded.
    pub bytes: usize,
    /// All parts of a workbook together, unpacked. A megabyte can hold a gigabyte of spaces.
    pub unpacked: u64,
    /// The shared texts of a workbook, which are all kept while it is read.
    pub shared_texts: u64,
    /// The cell formats of a workbook, likewise.
    pub formats: u64,
    /// People, that is rows below the heading which are not blank.
    pub rows: usize,
    pub columns: usize,
    /// Characters in one cell. Spreadsheet programs allow no more.
    pub cell: usize,
    /// Text of all cells together, in bytes.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 25_000_000,
            unpacked: 300_000_000,
            shared_texts: 48_000_000,
            formats: 4_000_000,
            rows: 50_000,
            columns: 200,
            cell: 32_767,
            text: 64_000_000,
        }
    }
}
