//! The larger forms of a draft: each input by its name, as typed, and its parsed value.

use serde::{Deserialize, Serialize};

use crate::assessment::form::ticked;
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::api::{ApiError, Form},
    },
    domain::{
        FieldProblem, Problem,
        assessment::{Category, Difficulty, PaperKind, Release, SectionId, authoring::PaperSettings},
    },
    services::assessment::authoring::RuleSource,
};

/// The settings of a draft.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    pub title: String,
    pub kind: String,
    pub instructions: String,
    pub limit_minutes: String,
    pub pass_percent: String,
    #[serde(deserialize_with = "ticked")]
    pub calculator: bool,
    #[serde(deserialize_with = "ticked")]
    pub shuffle: bool,
    #[serde(deserialize_with = "ticked")]
    pub hints: bool,
    pub attempts: String,
    /// UK time, like `2026-11-22T10:00`.
    pub opens: String,
    pub closes: String,
    pub access_code: String,
    pub release: String,
}

#[cfg(feature = "ssr")]
impl SettingsForm {
    /// # Errors
    /// The fields that cannot be read, together with the findings of `others`. A valid value stands in for an
    /// unreadable one, so that `others` finds everything.
    pub fn parse(
        self,
        mut form: Form<'_>,
        others: impl FnOnce(&PaperSettings) -> Vec<FieldProblem>,
    ) -> Result<PaperSettings, ApiError> {
        const FIELDS: [&str; 9] = [
            "title",
            "kind",
            "instructions",
            "opens",
            "closes",
            "limit_minutes",
            "attempts",
            "pass_percent",
            "release",
        ];
        let kind = form.field("kind", PaperKind::parse(&self.kind).ok_or(Problem::ChoiceMissing));
        let limit_minutes = form.field("limit_minutes", parse::minutes(&self.limit_minutes));
        let pass_percent = form.field("pass_percent", parse::percent(&self.pass_percent));
        let attempts = form.field("attempts", parse::whole(&self.attempts));
        let release = form.field("release", Release::parse(&self.release).ok_or(Problem::ChoiceMissing));
        let settings = PaperSettings {
            title: self.title,
            kind: kind.unwrap_or(PaperKind::Mock),
            instructions: self.instructions,
            limit_minutes: limit_minutes.unwrap_or(1),
            pass_percent: pass_percent.unwrap_or(1),
            calculator: self.calculator,
            shuffle: self.shuffle,
            hints: self.hints,
            attempts: attempts.unwrap_or(1),
            opens: self.opens,
            closes: self.closes,
            access_code: self.access_code,
            release: release.unwrap_or(Release::ByHand),
        };
        if form.is_readable() { Ok(settings) } else { Err(form.refused_with(others(&settings), &FIELDS)) }
    }
}

/// Questions for a section. The fields' ids end in the section's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// A category, or the id of a template.
    pub source: String,
    /// For a category only.
    pub difficulty: String,
    pub questions: String,
    pub marks: String,
}

/// What a rule asks for: the source, how many questions, and the marks for each.
#[cfg(feature = "ssr")]
pub type Rule = (RuleSource, u16, u16);

#[cfg(feature = "ssr")]
impl RuleForm {
    /// # Errors
    /// The fields that cannot be read, together with the problems that `others` finds in the numbers.
    pub fn parse(
        self,
        mut form: Form<'_>,
        section: SectionId,
        others: impl FnOnce(u16, u16) -> Vec<FieldProblem>,
    ) -> Result<Rule, ApiError> {
        let fields = ["source", "difficulty", "questions", "marks"].map(|name| format!("{name}-{section}"));
        let [of_source, of_difficulty, of_questions, of_marks] = fields.each_ref().map(String::as_str);
        let level = match self.difficulty.as_str() {
            "" => Ok(None),
            level => {
                let level = level.parse::<u8>().ok().and_then(|level| Difficulty::try_from(level).ok());
                level.map(Some).ok_or(Problem::ChoiceMissing)
            }
        };
        let level = form.field(of_difficulty, level);
        let source = match (Category::parse(&self.source), self.source.parse()) {
            (Some(category), _) => Ok(RuleSource::Category(category, level.flatten())),
            (None, Ok(template)) => Ok(RuleSource::Template(template)),
            (None, Err(_)) => Err(Problem::ChoiceMissing),
        };
        let source = form.field(of_source, source);
        let questions = form.field(of_questions, parse::whole(&self.questions));
        let marks = form.field(of_marks, parse::whole(&self.marks));
        let others = || others(questions.unwrap_or(1), marks.unwrap_or(1));
        match (source, level, questions, marks) {
            (Some(source), Some(_), Some(questions), Some(marks)) => Ok((source, questions, marks)),
            _ => Err(form.refused_with(others(), &[of_source, of_difficulty, of_questions, of_marks])),
        }
    }
}
