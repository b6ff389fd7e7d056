use crate::table::Table;
use crate::{Limits, Refused};

/// A workbook of whatever kind, once it is open.
pub(crate) trait Source {
    /// Names in the order of the file, and whether each is visible.
    fn sheets(&self) -> Vec<(String, bool)>;

    /// The headings of a sheet, for which only its first rows are read.
    fn head(&mut self, name: &str, limits: &Limits) -> Result<Vec<String>, Refused>;

    fn table(&mut self, name: &str, limits: &Limits) -> Result<Table, Refused>;
}
