use crate::table::Table;
use crate::{Limits, Refused};

/// No workbook of people has more. A few bytes are enough to name another one, and each is looked at.
pub(crate) const SHEETS: usize = 1_000;

/// A workbook of whatever kind, once it is open.
pub(crate) trait Source {
    /// Names in the order of the file, and whether each is visible.
    fn sheets(&self) -> Vec<(String, bool)>;

    /// The headings of a sheet, for which only its first rows are read.
    fn head(&mut self, name: &str, limits: &Limits) -> Result<Vec<String>, Refused>;

    fn table(&mut self, name: &str, limits: &Limits) -> Result<Table, Refused>;
}
