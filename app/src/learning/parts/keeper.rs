//! Keeps the answers of a check while they are given: on their way to the server, and in the browser's storage until they are there.
//! What is answered is read from the form as a whole, so no field has to tell.

#[cfg(feature = "hydrate")]
mod browser;

use domain::{
    FieldProblem,
    assessment::delivery::EPOCH_SPAN,
    learning::{Answers, AttemptId, CheckTry},
};
use leptos::prelude::*;

/// How the answers stand, for the line below the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part of this file uses it"))]
pub enum SaveStatus {
    /// Nothing was answered since the page was opened.
    Fresh,
    Saved,
    Unsaved,
    SignedOut,
    /// The try is marked: another window has sent it.
    Over,
    /// It is no try of whoever is signed in now. What is not saved stays on the device.
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
    /// What the server has.
    known: StoredValue<Answers>,
    count: RwSignal<i64>,
    pub status: RwSignal<SaveStatus>,
    /// A question is not the same any more.
    pub changed: RwSignal<bool>,
    /// The questions that a later window answered otherwise: what stands here is not what is kept.
    pub overtaken: RwSignal<Vec<String>>,
    /// What stands here is no answer that is kept.
    pub refused: RwSignal<Vec<FieldProblem>>,
    /// The number of the call that is under way; 0 when none is.
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

    /// Later than everything that was saved from this page.
    pub fn form_sequence(self) -> i64 {
        self.epoch * EPOCH_SPAN + self.count.get() + 1
    }
}
