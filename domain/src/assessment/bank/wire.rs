//! Wire types of banks and their templates.

use serde::{Deserialize, Serialize};

use crate::assessment::{Category, Difficulty};

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

/// `/assessments/questions/{organisation}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTemplates {
    pub organisation: String,
    pub templates: Vec<TemplateCard>,
    /// Its own retired templates, which are no longer used.
    pub retired: Vec<TemplateCard>,
    /// How many templates the shared bank has.
    pub shared: u32,
}

/// Why a bank cannot be imported, or what the import would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPreviewed {
    pub text: String,
    pub faults: Vec<String>,
    pub questions: Vec<PreviewedQuestion>,
}
