//! The form of a profile. All of it may be left blank; what is filled in becomes a type.

use serde::{Deserialize, Serialize};

use super::work_area::{OTHER_WORK_AREA, WORK_AREAS};
use crate::{FieldProblem, Problem, kit::typed::plain, visible, visible_lines, zone::Telephone};

/// One line, in at most [`Line::MOST`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    pub const MOST: usize = 200;

    /// Nothing for a blank text.
    ///
    /// # Errors
    /// [`Problem::TextTooLong`].
    pub fn read(typed: &str) -> Result<Option<Self>, Problem> {
        let text = visible(typed);
        if text.chars().count() > Self::MOST {
            return Err(Problem::TextTooLong);
        }
        Ok(Some(text).filter(|text| !text.is_empty()).map(Self))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Several lines, in at most [`Passage::MOST`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage(String);

impl Passage {
    pub const MOST: usize = 1000;

    /// Nothing for a blank text.
    ///
    /// # Errors
    /// [`Problem::InWords`] for one that is too long.
    pub fn read(typed: &str) -> Result<Option<Self>, Problem> {
        // A browser sends two characters for the end of a line, and counts one.
        let text = visible_lines(typed).replace("\r\n", "\n").replace('\r', "\n");
        if text.chars().count() > Self::MOST {
            return Err(in_words("Write at most 1,000 characters"));
        }
        Ok(Some(text).filter(|text| !text.is_empty()).map(Self))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// For how many years somebody has been qualified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearsQualified(u8);

impl YearsQualified {
    pub const MOST: u8 = 80;

    /// Nothing for a blank text.
    ///
    /// # Errors
    /// [`Problem::NumberOutOfRange`].
    pub fn read(typed: &str) -> Result<Option<Self>, Problem> {
        let text = plain(typed);
        if text.is_empty() {
            return Ok(None);
        }
        let years = text.parse::<u8>().ok().filter(|years| *years <= Self::MOST);
        years.map(|years| Some(Self(years))).ok_or(Problem::NumberOutOfRange)
    }

    pub fn get(self) -> u8 {
        self.0
    }
}

/// The fields of the form as they are sent, by the names of its inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileTyped {
    pub own_role: String,
    /// One of [`WORK_AREAS`], [`OTHER_WORK_AREA`], or nothing.
    pub work_area: String,
    pub other_work_area: String,
    pub workplace: String,
    pub about_me: String,
    pub interests: String,
    pub years_qualified: String,
    pub telephone: String,
    /// Boxes: `true` when they are ticked.
    pub shows_email: String,
    pub takes_messages: String,
    pub own_views: String,
    pub version: String,
}

/// What the profile says from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileEntries {
    pub role: Option<Line>,
    pub work_area: Option<Line>,
    pub place: Option<Line>,
    pub about: Option<Passage>,
    pub interests: Option<Passage>,
    pub years_qualified: Option<YearsQualified>,
    pub telephone: Option<Telephone>,
    pub shows_email: bool,
    pub takes_messages: bool,
    pub own_views: bool,
}

impl ProfileTyped {
    /// # Errors
    /// The problems of all fields, in the order of the form.
    pub fn read(&self) -> Result<ProfileEntries, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let entries = ProfileEntries {
            role: kept(&mut problems, "own_role", Line::read(&self.own_role)),
            work_area: kept(&mut problems, "other_work_area", self.work_area()),
            place: kept(&mut problems, "workplace", Line::read(&self.workplace)),
            years_qualified: kept(
                &mut problems,
                "years_qualified",
                YearsQualified::read(&self.years_qualified),
            ),
            about: kept(&mut problems, "about_me", Passage::read(&self.about_me)),
            interests: kept(&mut problems, "interests", Passage::read(&self.interests)),
            telephone: kept(&mut problems, "telephone", Telephone::read(&self.telephone)),
            shows_email: self.shows_email == "true",
            takes_messages: self.takes_messages == "true",
            own_views: self.own_views == "true",
        };
        if problems.is_empty() { Ok(entries) } else { Err(problems) }
    }

    /// What is typed counts where nothing is chosen, too. One of the list with something typed beside it is not guessed at.
    fn work_area(&self) -> Result<Option<Line>, Problem> {
        let typed = Line::read(&self.other_work_area)?;
        let chosen = Line::read(&self.work_area)?.filter(|chosen| chosen.as_str() != OTHER_WORK_AREA);
        let Some(chosen) = chosen else {
            return match typed {
                None if self.work_area == OTHER_WORK_AREA => {
                    Err(in_words("Say which area of work it is, or choose one from the list"))
                }
                typed => Ok(typed),
            };
        };
        if typed.is_some_and(|typed| typed != chosen) {
            return Err(in_words(
                "Choose “Another area of work” in the list above for what you typed, or leave this empty",
            ));
        }
        if WORK_AREAS.contains(&chosen.as_str()) { Ok(Some(chosen)) } else { Err(Problem::ChoiceMissing) }
    }
}

fn kept<T>(problems: &mut Vec<FieldProblem>, field: &str, read: Result<Option<T>, Problem>) -> Option<T> {
    read.unwrap_or_else(|problem| {
        problems.push(FieldProblem::new(field, problem));
        None
    })
}

fn in_words(words: &str) -> Problem {
    Problem::InWords { words: words.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(typed: &ProfileTyped) -> Vec<String> {
        let problems = typed.read().err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn all_of_a_profile_may_be_blank() {
        let blank = " \u{200b}\u{a0} ".to_owned();
        let typed = ProfileTyped {
            own_role: blank.clone(),
            other_work_area: blank.clone(),
            workplace: blank.clone(),
            about_me: "\r\n \r\n".to_owned(),
            interests: blank.clone(),
            years_qualified: blank.clone(),
            telephone: blank,
            ..ProfileTyped::default()
        };
        let read = typed.read().unwrap();
        assert_eq!(read, ProfileTyped::default().read().unwrap());
        assert_eq!((read.role, read.work_area, read.about), (None, None, None));
        assert!(!read.shows_email && !read.takes_messages && !read.own_views);
    }

    #[test]
    fn the_area_of_work_is_of_the_list_or_typed() {
        for (chosen, typed, kept) in [
            ("", "", Ok(None)),
            ("Community pharmacy", "", Ok(Some("Community pharmacy"))),
            ("Community pharmacy", "Community  pharmacy", Ok(Some("Community pharmacy"))),
            ("other", " Travel\u{a0}medicine", Ok(Some("Travel medicine"))),
            ("", "Travel medicine", Ok(Some("Travel medicine"))),
            ("other", " ", Err(())),
            ("Community pharmacy", "Travel medicine", Err(())),
            ("Astrology", "", Err(())),
        ] {
            let form = ProfileTyped {
                work_area: chosen.into(),
                other_work_area: typed.into(),
                ..ProfileTyped::default()
            };
            let read = form.read().map(|read| read.work_area);
            let read = read.as_ref().map(|area| area.as_ref().map(Line::as_str)).map_err(|_| ());
            assert_eq!(read, kept, "{chosen:?} {typed:?}");
        }
    }

    #[test]
    fn problems_are_in_the_order_of_the_form() {
        let typed = ProfileTyped {
            own_role: "x".repeat(201),
            work_area: "other".into(),
            workplace: "é".repeat(200),
            about_me: "x".repeat(1001),
            interests: "é\r\n".repeat(500),
            years_qualified: "81".into(),
            telephone: "ask me".into(),
            ..ProfileTyped::default()
        };
        assert_eq!(
            fields(&typed),
            ["own_role", "other_work_area", "years_qualified", "about_me", "telephone"]
        );
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (typed, read) in [("12", 12), (" 0 ", 0), ("\u{ff11}\u{ff12}", 12), ("80", 80)] {
            assert_eq!(YearsQualified::read(typed), Ok(Some(YearsQualified(read))), "{typed:?}");
        }
        for typed in ["81", "-1", "12.5", "twelve", "1e1"] {
            assert_eq!(YearsQualified::read(typed), Err(Problem::NumberOutOfRange), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_visible_within_its_limit_and_read_again_as_it_is(text in "(?s).{0,1200}") {
            if let Ok(Some(line)) = Line::read(&text) {
                prop_assert!(!line.as_str().trim().is_empty() && line.as_str().chars().count() <= Line::MOST);
                prop_assert!(!line.as_str().contains('\n'));
                prop_assert_eq!(Line::read(line.as_str()), Ok(Some(line.clone())));
            }
            if let Ok(Some(passage)) = Passage::read(&text) {
                prop_assert!(!passage.as_str().trim().is_empty());
                prop_assert!(passage.as_str().chars().count() <= Passage::MOST);
                prop_assert_eq!(Passage::read(passage.as_str()), Ok(Some(passage.clone())));
            }
        }
    }
}
