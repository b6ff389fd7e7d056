//! What travels about banks and their templates.

use serde::{Deserialize, Serialize};

use crate::assessment::{Category, Difficulty};

crate::id! {
    /// A question template as it was imported.
    TemplateId
}

crate::id! {
    /// The text of a bank that somebody looks at before importing it.
    BankDraftId
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCard {
    pub id: TemplateId,
    pub name: String,
    pub category: Category,
    pub difficulty: Difficulty,
    /// Not of the shared bank.
    pub own: bool,
}

/// One question as a setter looks at it before it is used. Texts are HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedQuestion {
    /// Of its template.
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
    /// Of its own too, and asked no more.
    pub retired: Vec<TemplateCard>,
    /// How many templates the shared bank has.
    pub shared: u32,
}

/// Why a bank cannot be imported, or what it would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPreviewed {
    pub text: String,
    pub faults: Vec<String>,
    pub questions: Vec<PreviewedQuestion>,
}
