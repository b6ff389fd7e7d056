//! What a form says of a resource.

use chrono::NaiveDate;
use domain::{FieldProblem, Problem, visible, visible_lines, zone::MemberId};
use sqlx::PgConnection;

use super::in_words;
use crate::{Error, Result, cohorts::read_day};

const LONGEST_TITLE: usize = 200;
const LONGEST_PURPOSE: usize = 500;

/// The problems of a form, in the order of its fields.
#[derive(Default)]
pub(in crate::zone) struct Problems(Vec<FieldProblem>);

impl Problems {
    pub(in crate::zone) fn take<T>(
        &mut self,
        field: &str,
        read: std::result::Result<T, Problem>,
    ) -> Option<T> {
        read.map_err(|problem| self.0.push(FieldProblem::new(field, problem))).ok()
    }

    pub(super) fn extend(&mut self, more: Vec<FieldProblem>) {
        self.0.extend(more);
    }

    /// What was read, unless something is wrong.
    pub(in crate::zone) fn unless_any<T>(self, read: Option<T>) -> Result<T> {
        self.or_list(read).map_err(Error::Invalid)
    }

    pub(super) fn or_list<T>(self, read: Option<T>) -> std::result::Result<T, Vec<FieldProblem>> {
        match read {
            Some(read) if self.0.is_empty() => Ok(read),
            _ => Err(self.0),
        }
    }
}

/// As typed.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub title: String,
    pub purpose: String,
    /// The id of a member, which only leads choose.
    pub owner: String,
    /// A day.
    pub review_on: String,
}

#[derive(Debug)]
pub(super) struct Facts {
    pub title: String,
    pub purpose: String,
    /// Nobody was chosen.
    pub owner: Option<MemberId>,
    pub review_on: NaiveDate,
}

impl Said {
    pub(super) fn read(&self, today: NaiveDate, problems: &mut Problems) -> Option<Facts> {
        let title = problems.take("title", title(&self.title));
        let purpose = problems.take("purpose", purpose(&self.purpose));
        let owner = problems.take("owner", owner(&self.owner));
        let review_on = problems.take("review_on", review_on(&self.review_on, today));
        Some(Facts { title: title?, purpose: purpose?, owner: owner?, review_on: review_on? })
    }
}

fn title(text: &str) -> std::result::Result<String, Problem> {
    let text = visible(text);
    let fits = (1..=LONGEST_TITLE).contains(&text.chars().count());
    if fits { Ok(text) } else { Err(Problem::TitleMissing) }
}

/// What something or somebody is for.
pub(in crate::zone) fn purpose(text: &str) -> std::result::Result<String, Problem> {
    let text = visible_lines(text);
    let fits = (1..=LONGEST_PURPOSE).contains(&text.chars().count());
    if fits { Ok(text) } else { Err(in_words("Say what it is for, in at most 500 characters")) }
}

fn owner(text: &str) -> std::result::Result<Option<MemberId>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Problem::ChoiceMissing)
}

fn review_on(text: &str, today: NaiveDate) -> std::result::Result<NaiveDate, Problem> {
    match read_day(text)? {
        None => Err(in_words("Enter the day on which somebody looks at it again, like 01/09/2027")),
        Some(day) if day <= today => Err(in_words("Choose a day after today")),
        Some(day) => Ok(day),
    }
}

/// The owner is a member of the area: the wall shows no others.
///
/// # Errors
/// [`Problem::ChoiceMissing`] on `owner`.
pub(super) async fn owner_exists(
    db: &mut PgConnection,
    area: domain::zone::AreaId,
    owner: MemberId,
) -> Result<()> {
    let there = sqlx::query_scalar!(
        r#"select exists (select from zone_profiles where area_id = $1 and member_id = $2) as "there!""#,
        area.0,
        owner.0,
    );
    if there.fetch_one(db).await? { Ok(()) } else { Err(Error::invalid("owner", Problem::ChoiceMissing)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(said: &Said) -> Vec<String> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut problems = Problems::default();
        let facts = said.read(today, &mut problems);
        match problems.unless_any(facts) {
            Ok(_) => Vec::new(),
            Err(Error::Invalid(fields)) => fields.into_iter().map(|problem| problem.field).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn all_problems_are_named_at_once_in_the_order_of_the_form() {
        assert_eq!(fields(&Said::default()), ["title", "purpose", "review_on"]);
        let right = Said {
            title: " A\u{200b} title ".into(),
            purpose: "To find\nit".into(),
            owner: String::new(),
            review_on: "2026-11-23".into(),
        };
        assert!(fields(&right).is_empty());
        for (field, wrong) in [
            ("title", Said { title: "x".repeat(201), ..right.clone() }),
            ("purpose", Said { purpose: " \u{200b}".into(), ..right.clone() }),
            ("purpose", Said { purpose: "x".repeat(501), ..right.clone() }),
            ("owner", Said { owner: "Ann".into(), ..right.clone() }),
            // It is due on that day already.
            ("review_on", Said { review_on: "22/11/2026".into(), ..right.clone() }),
            ("review_on", Said { review_on: "soon".into(), ..right.clone() }),
        ] {
            assert_eq!(fields(&wrong), [field]);
        }
    }
}
