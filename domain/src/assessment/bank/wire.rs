//! Wire types of banks and their templates.

use serde::{Deserialize, Serialize};

use super::{QuestionKind, form::Fields};
use crate::{
    assessment::{Category, Difficulty, authoring::ListChoice},
    kit::list::{OptionCount, Page},
    organisations::OrganisationId,
};

crate::id! {
    /// A question template as imported.
    TemplateId
}

crate::id! {
    /// A question that a setter is writing by form.
    QuestionDraftId
}

crate::id! {
    /// The text of a bank that a setter checks before the import.
    BankDraftId
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCard {
    pub id: TemplateId,
    pub name: String,
    pub category: Category,
    pub difficulty: Difficulty,
    /// Only for an organisation's bank.
    pub own: bool,
}

/// A question that a setter may choose, with an example of its wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankCard {
    pub id: TemplateId,
    pub title: String,
    pub category: Category,
    pub difficulty: Difficulty,
    pub kind: QuestionKind,
    /// The organisation whose own question it is; none for the shared bank's.
    pub organisation: Option<String>,
    /// HTML. Empty if the template makes no question.
    pub example: String,
}

/// `/questions`: one page of the questions of the shared bank and of the setter's organisations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPage {
    pub questions: Page<BankCard>,
    /// How many questions each option of a filter leaves, beside the search and the other filters.
    pub counts: Vec<OptionCount>,
}

/// `/questions/{template}`: one question, drawn with one seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankQuestion {
    pub id: TemplateId,
    pub title: String,
    pub category: Category,
    pub difficulty: Difficulty,
    pub kind: QuestionKind,
    /// As in [`BankCard`].
    pub organisation: Option<String>,
    /// That organisation, in whose bank the setter may change it.
    #[serde(default)]
    pub bank: Option<OrganisationId>,
    /// The seed of the example. The next one draws other numbers, if the question has any.
    pub seed: u32,
    /// `None` if the template makes no question.
    pub example: Option<PreviewedQuestion>,
    /// The sections of the setter's drafts that may ask it, as `{paper}/{section}`; a draft without sections is `{paper}/`.
    pub drafts: Vec<ListChoice>,
    /// The token of the form that adds it to one of them.
    pub form: crate::FormToken,
}

/// A category of the banks, and how many questions a paper may draw from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryStock {
    pub category: Category,
    pub questions: u32,
}

/// One question, shown to a setter before it is used. Texts are HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedQuestion {
    /// The id of its template.
    pub name: String,
    pub question: crate::assessment::question::AskedQuestion,
    pub right_answer: Vec<String>,
    pub solution: Vec<String>,
}

/// `/assessments/questions/{organisation}`: one page of the organisation's own templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTemplates {
    pub organisation: String,
    pub templates: Page<OwnTemplate>,
    /// How many templates the shared bank has.
    pub shared: u32,
}

/// One row of [`OwnTemplates`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTemplate {
    pub id: TemplateId,
    pub name: String,
    pub category: Category,
    pub difficulty: Difficulty,
    /// No paper draws it any more.
    pub retired: bool,
}

/// Why a bank cannot be imported, or what the import would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPreviewed {
    pub text: String,
    pub faults: Vec<String>,
    pub questions: Vec<PreviewedQuestion>,
}

/// `/assessments/questions/{organisation}/write`: a question in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    pub organisation: String,
    pub draft: QuestionDraftId,
    /// The question that is changed; none for a new one.
    pub changes: Option<TemplateId>,
    /// Of that question, in microseconds since 1970; 0 for a new one.
    pub version: i64,
    pub fields: Fields,
    /// What stands in the form, as the text of a file. None if it was not asked for, or cannot be read.
    pub toml: Option<String>,
    /// None until somebody asks for a preview, or to save.
    pub tried: Option<TriedQuestion>,
}

/// What trying a question came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedQuestion {
    /// In the order of the form.
    pub faults: Vec<Fault>,
    /// One for each seed that makes a question.
    pub draws: Vec<Draw>,
}

/// A fault of a question, beside its field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// A key of [`Fields`].
    pub field: String,
    pub what: String,
    /// The first draw that shows it; none where every draw does.
    pub seed: Option<u32>,
}

/// A question with the numbers of one seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    pub seed: u32,
    /// Each variable with its value.
    pub numbers: Vec<(String, String)>,
    pub question: PreviewedQuestion,
    /// Each known mistake that is possible with these numbers, and the answer to which it leads.
    pub mistakes: Vec<(String, String)>,
}
