use std::borrow::Cow;

use crate::Field;

/// Why a whole file, or a sheet of it, is not read, each with the one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    Empty,
    TooLarge {
        megabytes: usize,
    },
    /// Unpacked it is far larger than any roster.
    UnpacksTooLarge,
    TooManyRows {
        most: usize,
    },
    TooManyColumns {
        most: usize,
    },
    CellTooLong {
        row: u32,
    },
    /// The file ends within quotation marks.
    QuotationOpen {
        row: u32,
    },
    /// A binary workbook (`.xlsb`).
    Binary,
    Password,
    Damaged,
    WebPage,
    /// A web page with everything in one file (`.mht`).
    WebArchive,
    /// A workbook as one XML file, as Excel 2003 wrote it.
    Xml2003,
    /// An OpenDocument spreadsheet as one XML file (`.fods`).
    FlatOpenDocument,
    Numbers,
    /// A packed folder.
    Packed,
    Pdf,
    Picture,
    /// A text document or a presentation.
    Document,
    /// None of what is known.
    NotATable,
    NoSheet,
    SheetUnknown,
    /// Which of several sheets is meant is for a person to say.
    SeveralSheets {
        names: Vec<String>,
    },
    /// No column is matched with what every person needs.
    ColumnMissing {
        field: Field,
    },
    /// It is matched, and empty in every row.
    ColumnEmpty {
        heading: String,
    },
    FormulasUnfinished {
        heading: String,
    },
}

impl Refused {
    /// Nothing more of the file is looked at: each further sheet could take as much again, or has the same password.
    pub(crate) fn ends_all(&self) -> bool {
        matches!(self, Self::UnpacksTooLarge | Self::Password)
    }

    /// The sentence for the page.
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Empty => "Choose a file that has people in it: this one is empty",
            Self::TooLarge { megabytes } => {
                return format!("Choose a file of at most {megabytes} MB, or divide this one into several")
                    .into();
            }
            Self::UnpacksTooLarge => {
                "Copy the columns that are needed into a new file and upload that: unpacked, this one is far larger than a list of people"
            }
            Self::TooManyRows { most } => {
                return format!(
                    "Divide the file into parts of at most {} rows each, and upload them one by one",
                    thousands(*most)
                )
                .into();
            }
            Self::TooManyColumns { most } => {
                return format!("Take out the columns that are not needed: this file has more than {most}")
                    .into();
            }
            Self::CellTooLong { row } => {
                return format!("Look at row {row}: one cell in it is longer than any spreadsheet program allows. A quotation mark may be missing")
                    .into();
            }
            Self::QuotationOpen { row } => {
                return format!("Look at row {row}: a quotation mark begins there that nothing ends, so all that follows is one cell").into();
            }
            Self::Binary => "Save this binary workbook as .xlsx or .csv and upload it again",
            Self::Password => "Save the file without its password and upload it again",
            Self::Damaged => {
                "Open the file in LibreOffice or Excel, save it as .xlsx, and upload it again: it could not be read to the end"
            }
            Self::WebPage => {
                "Open the file in LibreOffice or Excel, save it as .xlsx, and upload it again: this is a web page saved as .xls"
            }
            Self::WebArchive => {
                "Open the file in Excel, save it as .xlsx, and upload it again: this is a web page in one file (.mht)"
            }
            Self::Xml2003 => {
                "Open the file in LibreOffice or Excel, save it as .xlsx, and upload it again: this is an XML spreadsheet of 2003"
            }
            Self::FlatOpenDocument => {
                "Open the file in LibreOffice, save it as .ods or .xlsx, and upload it again"
            }
            Self::Numbers => "Export the file from Numbers as Excel or CSV and upload that",
            Self::Packed => "Take the file out of the packed folder (.zip) and upload it by itself",
            Self::Pdf => "Upload the spreadsheet that this PDF was made from",
            Self::Picture => "Upload the spreadsheet itself: this is a picture",
            Self::Document => "Copy the table into a spreadsheet, save it as .xlsx or .csv, and upload that",
            Self::NotATable => {
                "Upload a spreadsheet (.xlsx, .ods, .xls) or a text file with separated columns (.csv)"
            }
            Self::NoSheet => "Check the file: it has no visible sheet with anything in it",
            Self::SheetUnknown => "Choose the sheet again",
            Self::SeveralSheets { names } => {
                return format!("Choose the sheet that has the people: {}", domain::some_of(names)).into();
            }
            Self::ColumnMissing { field } => {
                return format!("Say which column has the {}: every person needs one", field.name()).into();
            }
            Self::ColumnEmpty { heading } => {
                return format!(
                    "Check the column {heading}: it is empty in every row. Nothing was taken from the file"
                )
                .into();
            }
            Self::FormulasUnfinished { heading } => {
                return format!(
                    "Open the file in a spreadsheet program and save it, then upload it again: the formulas in the column {heading} have no \
                     results yet"
                )
                .into();
            }
        })
    }
}

/// 50,000
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
