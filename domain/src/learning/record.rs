//! What a learner has completed, and what they make of it: the record of their continuing professional development.

use serde::{Deserialize, Serialize};

use crate::{Moment, count};

/// `/learn/record`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpdRecord {
    /// Whose it is.
    pub name: String,
    /// Those in which a module is completed, in the order in which they were begun.
    pub courses: Vec<RecordedCourse>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedCourse {
    pub slug: String,
    pub title: String,
    /// The framework's name and edition.
    pub framework: String,
    /// Those of the framework, in its order.
    pub competencies: Vec<Competency>,
    /// In the order of their completion.
    pub modules: Vec<RecordedModule>,
    pub certificate: CourseCertificate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Competency {
    pub id: String,
    pub title: String,
}

/// A completed module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedModule {
    pub slug: String,
    pub title: String,
    /// The time that the course stated for it when it was completed; nobody measures it.
    pub minutes: u16,
    /// The day, in words.
    pub completed: Moment,
    /// The ids of those that it serves.
    pub competencies: Vec<String>,
    /// Nothing until something is written.
    pub reflection: Option<Reflection>,
}

/// How many characters each text of a reflection has at most: [`crate::Problem::LongTextTooLong`] says it.
pub const LONGEST_REFLECTION: usize = 4_000;

/// What a learner writes about a completed module, for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reflection {
    pub learnt: String,
    pub used: String,
    /// The ids of those that it is about; in a record those of an earlier edition of the framework in words, with the edition.
    pub competencies: Vec<String>,
    /// Goes up with each change; 0 when nothing was ever written.
    pub version: i32,
}

impl Reflection {
    /// Nothing is written.
    pub fn is_empty(&self) -> bool {
        self.learnt.is_empty() && self.used.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CourseCertificate {
    /// A module is still to be completed.
    NotYet,
    /// It can be made. With `asks_name` the certificate cannot show the learner's name, and they give it in Latin letters.
    Ready { asks_name: bool },
    /// The code by which anybody can check it.
    /// `latin` is the name in Latin letters that it says, where it cannot show the learner's own.
    Made { code: String, latin: Option<String> },
}

/// `/learn/record/{course}/{module}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReflectionPage {
    pub course_title: String,
    pub title: String,
    /// The day, in words.
    pub completed: Moment,
    pub framework: String,
    /// Those of the framework that the module serves, and those that the reflection names.
    pub competencies: Vec<Competency>,
    pub reflection: Reflection,
}

/// `/verify/{code}`, for the certificate of a completed course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseVerification {
    pub course: String,
    pub modules: u16,
    pub minutes: u32,
    /// The day on which the last module was completed.
    pub date: String,
    pub initials: String,
}

/// A competency, with what of a course is about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Served<'a> {
    pub competency: &'a Competency,
    /// Completed modules that serve it.
    pub modules: Vec<&'a RecordedModule>,
    /// What is written about it, and for which module.
    pub reflections: Vec<(&'a RecordedModule, &'a Reflection)>,
}

impl CpdRecord {
    pub fn minutes(&self) -> u32 {
        self.courses.iter().map(RecordedCourse::minutes).sum()
    }

    /// How many modules are completed.
    pub fn modules(&self) -> usize {
        self.courses.iter().map(|course| course.modules.len()).sum()
    }
}

impl RecordedCourse {
    pub fn minutes(&self) -> u32 {
        self.modules.iter().map(|module| u32::from(module.minutes)).sum()
    }

    /// The competencies that a completed module serves or a reflection names, in the order of the framework.
    pub fn served(&self) -> Vec<Served<'_>> {
        self.competencies
            .iter()
            .map(|competency| served(competency, &self.modules))
            .filter(|served| !(served.modules.is_empty() && served.reflections.is_empty()))
            .collect()
    }

    /// "4 Prescribe", or what is given for a competency that the framework does not have.
    pub fn competency(&self, id: &str) -> String {
        let found = self.competencies.iter().find(|competency| competency.id == id);
        found.map_or_else(|| id.to_owned(), Competency::in_words)
    }
}

fn served<'a>(competency: &'a Competency, modules: &'a [RecordedModule]) -> Served<'a> {
    let about = |ids: &[String]| ids.contains(&competency.id);
    let written = |module: &'a RecordedModule| Some((module, module.reflection.as_ref()?));
    Served {
        competency,
        modules: modules.iter().filter(|module| about(&module.competencies)).collect(),
        reflections: modules
            .iter()
            .filter_map(written)
            .filter(|(_, reflection)| about(&reflection.competencies))
            .collect(),
    }
}

impl Competency {
    /// "4 Prescribe"
    pub fn in_words(&self) -> String {
        format!("{} {}", self.id, self.title)
    }
}

/// "2 hours 36 minutes"
pub fn in_hours(minutes: u32) -> String {
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match (hours, minutes) {
        (0, minutes) => count(minutes, "minute"),
        (hours, 0) => count(hours, "hour"),
        (hours, minutes) => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_said_with_the_minutes_that_are_left() {
        for (minutes, words) in [
            (0, "0 minutes"),
            (1, "1 minute"),
            (59, "59 minutes"),
            (60, "1 hour"),
            (61, "1 hour 1 minute"),
            (156, "2 hours 36 minutes"),
        ] {
            assert_eq!(in_hours(minutes), words);
        }
    }

    fn module(slug: &str, competencies: &[&str], reflection: Option<&[&str]>) -> RecordedModule {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        RecordedModule {
            slug: slug.to_owned(),
            title: slug.to_uppercase(),
            minutes: 13,
            completed: Moment { utc: "2026-11-22T09:00:00Z".into(), london: "22 November 2026".into() },
            competencies: ids(competencies),
            reflection: reflection.map(|about| Reflection {
                learnt: "Much".into(),
                competencies: ids(about),
                version: 1,
                ..Reflection::default()
            }),
        }
    }

    #[test]
    fn what_serves_a_competency_and_what_is_written_about_it_stand_together_in_the_order_of_the_framework() {
        let competency = |id: &str, title: &str| Competency { id: id.into(), title: title.into() };
        let course = RecordedCourse {
            slug: "nmp".into(),
            title: "Learning to prescribe".into(),
            framework: "Framework".into(),
            competencies: vec![
                competency("2", "Options"),
                competency("4", "Prescribe"),
                competency("10", "Team"),
                competency("11", "Nothing"),
            ],
            modules: vec![module("one", &["10", "2"], Some(&["2", "4"])), module("two", &["2"], None)],
            certificate: CourseCertificate::NotYet,
        };
        let said: Vec<_> = course
            .served()
            .iter()
            .map(|served| {
                let modules: Vec<_> = served.modules.iter().map(|module| module.slug.clone()).collect();
                let written: Vec<_> =
                    served.reflections.iter().map(|(module, _)| module.slug.clone()).collect();
                (served.competency.in_words(), modules.join(" "), written.join(" "))
            })
            .collect();
        let row = |name: &str, modules: &str, written: &str| {
            (name.to_owned(), modules.to_owned(), written.to_owned())
        };
        assert_eq!(
            said,
            [row("2 Options", "one two", "one"), row("4 Prescribe", "", "one"), row("10 Team", "one", "")]
        );
        assert_eq!(course.minutes(), 26);
        assert_eq!((course.competency("4"), course.competency("77")), ("4 Prescribe".into(), "77".into()));
    }
}
