use serde::{Deserialize, Serialize};

use super::{OrganisationHead, UploadId};
use crate::{
    Moment,
    kit::list::{Choice, Filter, ListQuery, Page, Sort},
    some_of,
};

/// What an uploader says before anybody's name and address is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attestation {
    /// Kept with the upload. Another text is another version.
    pub version: &'static str,
    pub text: &'static str,
}

/// The present statement.
pub const ATTESTATION: Attestation = Attestation {
    version: "2026-11-29",
    text: "I may share these names and e-mail addresses: my organisation has a data-sharing statement with the Co-operative that \
           covers them, or each of these people has agreed",
};

/// `/organisation/{slug}/uploads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploads {
    pub head: OrganisationHead,
    pub uploads: Page<UploadCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCard {
    pub id: UploadId,
    /// Nothing for one person by hand.
    pub file_name: Option<String>,
    /// Nobody when the account is gone.
    pub by: Option<String>,
    pub at: Moment,
    pub state: UploadState,
    pub counts: UploadCounts,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UploadState {
    /// Nothing has been taken from it yet.
    Preview,
    /// The accounts are being made.
    Confirmed,
    Done,
    /// The accounts that nobody has activated are being removed.
    Undoing,
    Undone,
    /// The accounts could not be made, and none was.
    Failed,
}

impl UploadState {
    pub const ALL: [Self; 6] =
        [Self::Preview, Self::Confirmed, Self::Done, Self::Undoing, Self::Undone, Self::Failed];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Confirmed => "confirmed",
            Self::Done => "done",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Preview => "To be confirmed",
            Self::Confirmed => "Being taken in",
            Self::Done => "Done",
            Self::Undoing => "Being undone",
            Self::Undone => "Undone",
            Self::Failed => "Not taken in",
        }
    }

    /// A job is at work, and the page will change by itself.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Confirmed | Self::Undoing)
    }

    /// Whether it can be confirmed.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(self, Self::Preview | Self::Failed)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UploadCounts {
    pub all: u32,
    pub new: u32,
    /// Already here, as the file has them.
    pub same: u32,
    pub changed: u32,
    pub wrong: u32,
    /// Not active, as the file says.
    pub left_out: u32,
}

impl UploadCounts {
    /// How many rows change something.
    #[must_use]
    pub fn to_take(self) -> u32 {
        self.new.saturating_add(self.changed)
    }
}

/// `/organisation/{slug}/uploads/{upload}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadPage {
    pub head: OrganisationHead,
    pub upload: UploadCard,
    /// Of the preview that this is.
    pub version: u32,
    /// Something had changed when it was confirmed, so it has to be confirmed again.
    pub returned: bool,
    pub attested: Moment,
    /// Rows that the spreadsheet program does not show.
    pub hidden: u32,
    /// Why no row could be read.
    pub refused: Option<String>,
    /// What somebody should look at, though it can be taken.
    pub warnings: Vec<String>,
    /// Rows written so far.
    pub progress: u32,
    /// Accounts that went when it was undone.
    pub removed: u32,
    /// Those of the workbook, in its order; nothing while a job is at work, and once the file is destroyed.
    pub sheets: Vec<UploadSheet>,
    /// The place in `sheets` of the one that is read. Nothing while somebody has to choose among several.
    pub sheet: Option<u32>,
    pub columns: Vec<UploadColumn>,
    /// What a column can tell.
    pub fields: Vec<FieldChoice>,
    pub linked_addresses: bool,
    /// Empty when the file is destroyed.
    pub rows: Page<UploadRow>,
}

impl UploadPage {
    /// Whether somebody has to choose a sheet before anything is read.
    #[must_use]
    pub fn asks_for_sheet(&self) -> bool {
        self.sheet.is_none() && self.sheets.len() > 1
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadSheet {
    pub name: String,
    pub kind: SheetKind,
}

/// Whether there is another sheet to choose than the one that is read.
#[must_use]
pub fn other_sheets(sheets: &[UploadSheet]) -> bool {
    sheets.iter().filter(|sheet| sheet.kind == SheetKind::Offered).count() > 1
}

/// The hidden ones in a sentence: somebody may look for them.
#[must_use]
pub fn hidden_sheets(sheets: &[UploadSheet]) -> Option<String> {
    let hidden = sheets.iter().filter(|sheet| sheet.kind == SheetKind::Hidden);
    let names: Vec<_> = hidden.map(|sheet| sheet.name.clone()).collect();
    (!names.is_empty()).then(|| {
        let names = some_of(&names);
        format!(
            "Hidden in the spreadsheet, and so not read: {names}. To read one, show it there and upload the file again."
        )
    })
}

/// Whether a sheet can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SheetKind {
    Offered,
    Empty,
    /// The spreadsheet program does not show it. What nobody sees is not taken.
    Hidden,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadColumn {
    pub heading: String,
    pub examples: Vec<String>,
    /// The word of what it tells; nothing if it is left aside.
    #[serde(default)]
    pub field: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChoice {
    pub word: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRow {
    /// As the spreadsheet program shows it.
    pub number: u32,
    pub outcome: RowOutcome,
    pub name: Option<String>,
    pub email: Option<String>,
    pub problems: Vec<RowTrouble>,
    pub difference: Vec<Difference>,
    /// What [`STAYS`] says.
    #[serde(default)]
    pub stays: bool,
}

/// Said of a person of the organisation whom a row names a cohort for.
pub const STAYS: &str = "This person follows the course of the cohort already, alone or for another organisation, and goes on there: they do \
                         not join the cohort, and you see nothing of what they do in the course, unless they follow it alone \
                         and you pay for them";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowTrouble {
    pub column: Option<String>,
    /// What to do.
    pub what: String,
}

/// What a row changes of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub what: String,
    pub before: Option<String>,
    pub after: String,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowOutcome {
    New,
    Same,
    Changed,
    Wrong,
    LeftOut,
}

impl RowOutcome {
    const ALL: [Self; 5] = [Self::New, Self::Same, Self::Changed, Self::Wrong, Self::LeftOut];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Wrong => "wrong",
            Self::LeftOut => "left-out",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Same => "Already here",
            Self::Changed => "Changed",
            Self::Wrong => "To correct",
            Self::LeftOut => "Left out",
        }
    }
}

/// The rows of an upload are in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSort;

impl Choice for RowSort {
    const ALL: &'static [Self] = &[Self];

    fn as_str(self) -> &'static str {
        "row"
    }
}

impl Sort for RowSort {}

/// The filter of the rows by what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowShown {
    #[default]
    All,
    Of(RowOutcome),
}

impl Choice for RowShown {
    const ALL: &'static [Self] = &[
        Self::All,
        Self::Of(RowOutcome::Wrong),
        Self::Of(RowOutcome::New),
        Self::Of(RowOutcome::Changed),
        Self::Of(RowOutcome::Same),
        Self::Of(RowOutcome::LeftOut),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Of(outcome) => outcome.as_str(),
        }
    }
}

impl Filter for RowShown {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All rows",
            Self::Of(outcome) => outcome.label(),
        }
    }
}

pub type RowsQuery = ListQuery<RowSort, RowShown>;

/// Uploads are listed by their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UploadSort;

impl Choice for UploadSort {
    const ALL: &'static [Self] = &[Self];

    fn as_str(self) -> &'static str {
        "time"
    }
}

impl Sort for UploadSort {
    fn falls(self) -> bool {
        true
    }
}

pub type UploadsQuery = ListQuery<UploadSort>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_hidden_sheets_ten_are_named() {
        let sheet = |number: u32, kind| UploadSheet { name: format!("S{number}"), kind };
        assert_eq!(hidden_sheets(&[sheet(1, SheetKind::Offered), sheet(2, SheetKind::Empty)]), None);
        let hidden = hidden_sheets(&[sheet(1, SheetKind::Offered), sheet(2, SheetKind::Hidden)]);
        assert!(hidden.is_some_and(|words| words.contains("not read: S2. To read")));
        let sheets: Vec<_> = (0..1_000).map(|number| sheet(number, SheetKind::Hidden)).collect();
        let words = hidden_sheets(&sheets).unwrap();
        assert!(words.contains("not read: S0, S1,") && words.contains("S9 and 990 more. To read"), "{words}");
        assert!(!words.contains("S10"), "{words}");
    }
}
