//! Keeps the answers of a check while they are given: on their way to the server, and in the browser's storage until
//! they arrive. Answers are read from the form as a whole, so no field has to report changes.

#[cfg(feature = "hydrate")]
mod browser;

use domain::{
    FieldProblem,
    assessment::delivery::EPOCH_SPAN,
    learning::{Answers, AttemptId, CheckTry},
};
use leptos::prelude::*;

/// The state of the answers, for the line below the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part of this file uses it"))]
pub enum SaveStatus {
    /// No answer was given since the page was opened.
    Fresh,
    Saved,
    Unsaved,
    SignedOut,
    /// The try is marked: another window has sent it.
    Over,
    /// The try does not belong to the person who is signed in now. Unsaved answers stay on the device.
    SomebodyElse,
}

#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part of this file uses it"))]
pub struct CheckKeeper {
    attempt: AttemptId,
    version: i32,
    epoch: i64,
    course: StoredValue<String>,
    module: StoredValue<String>,
    ids: StoredValue<Vec<String>>,
    /// The answers that the server has.
    known: StoredValue<Answers>,
    count: RwSignal<i64>,
    pub status: RwSignal<SaveStatus>,
    /// A question has changed.
    pub changed: RwSignal<bool>,
    /// The questions that a later window answered differently: the shown answer is not the saved one.
    pub overtaken: RwSignal<Vec<String>>,
    /// The shown value is not an answer that can be saved.
    pub refused: RwSignal<Vec<FieldProblem>>,
    /// The number of the running call; 0 when there is none.
    busy: StoredValue<u32>,
    calls: StoredValue<u32>,
    due: StoredValue<bool>,
}

impl CheckKeeper {
    pub fn new(asked: &CheckTry, course: &str, module: &str) -> Self {
        Self {
            attempt: asked.id,
            version: asked.version,
            epoch: asked.epoch,
            course: StoredValue::new(course.to_owned()),
            module: StoredValue::new(module.to_owned()),
            ids: StoredValue::new(asked.questions.iter().map(|question| question.id.clone()).collect()),
            known: StoredValue::new(asked.answers.clone()),
            count: RwSignal::new(0),
            status: RwSignal::new(SaveStatus::Fresh),
            changed: RwSignal::new(false),
            overtaken: RwSignal::new(Vec::new()),
            refused: RwSignal::new(Vec::new()),
            busy: StoredValue::new(0),
            calls: StoredValue::new(0),
            due: StoredValue::new(false),
        }
    }

    /// Later than everything saved from this page.
    pub fn form_sequence(self) -> i64 {
        self.epoch * EPOCH_SPAN + self.count.get() + 1
    }
}
