//! Target dates: the days by which the tutors of a cohort want its modules completed. They shut nobody out.

use crate::count;

/// How many target dates a card of a course says.
const MOST_SAID: usize = 3;

/// The target date of a module that the learner has not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The day in words.
    pub on: String,
    /// Nights until then, in London: 0 for today, below 0 when the day is over.
    pub days: i64,
}

impl Due {
    /// What is to follow the module: "is due on 3 December, in 4 days".
    pub fn in_words(&self) -> String {
        let on = &self.on;
        match self.days {
            ..0 => format!("was due on {on}"),
            0 => format!("is due today, {on}"),
            1 => format!("is due tomorrow, {on}"),
            days => format!("is due on {on}, in {days} days"),
        }
    }
}

/// The first of a course's target dates as sentences, each with the title of its module; then how many more there are.
pub fn due_in_words(modules: &[(String, Due)]) -> Vec<String> {
    let said = modules.iter().take(MOST_SAID).map(|(title, due)| format!("{title} {}.", due.in_words()));
    let mut said: Vec<_> = said.collect();
    match modules.len().saturating_sub(MOST_SAID) {
        0 => {}
        1 => said.push("1 more module has a target date.".to_owned()),
        more => said.push(format!("{} have a target date.", count(more, "more module"))),
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(days: i64) -> Due {
        Due { on: "3 December".into(), days }
    }

    #[test]
    fn a_target_date_says_how_far_away_it_is() {
        for (days, words) in [
            (-3, "was due on 3 December"),
            (-1, "was due on 3 December"),
            (0, "is due today, 3 December"),
            (1, "is due tomorrow, 3 December"),
            (2, "is due on 3 December, in 2 days"),
        ] {
            assert_eq!(due(days).in_words(), words);
        }
    }

    #[test]
    fn a_card_says_the_first_dates_and_how_many_more_there_are() {
        let modules: Vec<_> = (1..=5).map(|n| (format!("Module {n}"), due(n))).collect();
        assert_eq!(due_in_words(&[]), Vec::<String>::new());
        assert_eq!(due_in_words(&modules[..1]), ["Module 1 is due tomorrow, 3 December."]);
        assert_eq!(due_in_words(&modules[..3]).len(), 3);
        assert_eq!(due_in_words(&modules[..4])[3], "1 more module has a target date.");
        assert_eq!(due_in_words(&modules)[3], "2 more modules have a target date.");
    }
}
