//! Text with separated columns: from CSV, from Excel's "Unicode text", and the tab-separated text that campus systems call `.xls`.

mod decode;
mod records;
mod separated;

pub(crate) use decode::decode;
pub(crate) use separated::read;
