//! What a setter sees of one draw: the numbers, and what each known mistake would give.

use super::{QuestionError, Template};
use crate::{
    assessment::question::{Key, Question, figures},
    kit::random::SplitMix64,
    quantity::Rational,
};

impl Template {
    /// The variables of this seed with their values, in the order in which they are drawn.
    ///
    /// # Errors
    /// [`QuestionError`] as for [`Template::question`].
    pub fn numbers(&self, seed: u64) -> Result<Vec<(String, String)>, QuestionError> {
        Ok(self.draw(&mut SplitMix64::new(seed))?.in_words())
    }
}

impl Question {
    /// Each known mistake that is possible with these numbers, and the answer to which it leads.
    pub fn mistakes(&self) -> Vec<(String, String)> {
        match &self.key {
            Key::Number(key) => {
                let given = |answer: Rational| {
                    let rounded = key.rounding.apply(answer)?;
                    key.written(rounded).or_else(|| figures(rounded))
                };
                let answer = |answer: Rational| given(answer).unwrap_or_else(|| answer.to_string());
                key.errors.iter().map(|error| (error.name.clone(), answer(error.answer))).collect()
            }
            Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
                let wrong = choices.iter().filter(|choice| !choice.right);
                let named = wrong.filter_map(|choice| Some((choice.error.clone()?, choice.text.clone())));
                named.collect()
            }
            Key::Ordering(key) => {
                let text = |id: &String| {
                    let item = key.items.iter().find(|item| item.id == *id);
                    item.map(|item| item.text.clone())
                };
                let order = |ids: &Vec<String>| ids.iter().filter_map(text).collect::<Vec<_>>().join("; ");
                key.errors.iter().map(|error| (error.name.clone(), order(&error.answer))).collect()
            }
            Key::TextEntry(key) => {
                key.errors.iter().map(|error| (error.name.clone(), error.answer.join("; "))).collect()
            }
        }
    }
}
