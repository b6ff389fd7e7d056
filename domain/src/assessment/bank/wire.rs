//! Wire types of banks and their templates.

use serde::{Deserialize, Serialize};

use crate::{
    assessment::{Category, Difficulty},
    kit::list::Page,
};

crate::id! {
    /// A question template as imported.
    TemplateId
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
