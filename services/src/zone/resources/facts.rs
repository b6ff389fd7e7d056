//! What a form says of a resource.

use chrono::NaiveDate;
use domain::{
    FieldProblem, Problem, visible, visible_lines,
    zone::{AreaId, MemberId},
};
use sqlx::PgConnection;
use uuid::Uuid;

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
    /// A member, as [`member_called`] reads it. Only leads say one.
    pub owner: String,
    /// A day.
    pub review_on: String,
}

#[derive(Debug)]
pub(super) struct Facts {
    pub title: String,
    pub purpose: String,
    /// Nobody was named.
    pub owner: Option<MemberId>,
    pub review_on: NaiveDate,
}

impl Said {
    /// `owner` is as [`owner`] has read it.
    pub(super) fn read(
        &self,
        owner: std::result::Result<Option<MemberId>, Problem>,
        today: NaiveDate,
        problems: &mut Problems,
    ) -> Option<Facts> {
        let title = problems.take("title", title(&self.title));
        let purpose = problems.take("purpose", purpose(&self.purpose));
        let owner = problems.take("owner", owner);
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

fn review_on(text: &str, today: NaiveDate) -> std::result::Result<NaiveDate, Problem> {
    match read_day(text)? {
        None => Err(in_words("Enter the day on which somebody looks at it again, like 01/09/2027")),
        Some(day) if day <= today => Err(in_words("Choose a day after today")),
        Some(day) => Ok(day),
    }
}

/// The member of the area whom somebody names: by their name as the directory compares it, or by the address of their page. An area may have
/// thousands, so no form lists them.
///
/// # Errors
/// Those of the database. Nobody, or several, is a problem of the field.
pub(in crate::zone) async fn member_called(
    db: &mut PgConnection,
    area: AreaId,
    text: &str,
) -> Result<std::result::Result<MemberId, Problem>> {
    let text = visible(text);
    if text.is_empty() {
        return Ok(Err(in_words("Enter the name of a member, or the address of their page")));
    }
    let by_page = text.rsplit_once("/members/").map(|(_, end)| end.chars().take(36).collect::<String>());
    let by_page = by_page.and_then(|id| id.parse::<Uuid>().ok());
    let found = sqlx::query_scalar!(
        // Where the directory has the name: a person may look among a million.
        "select f.member_id from zone_profiles f
        where f.area_id = $1 and f.member_id = any(case when $2::uuid is not null then array[$2] else array(
            select p.member_id from zone_postings p
            where p.area_id = $1 and p.word = '' and p.sort_key = (select zone_made($3)) limit 2
        ) end)
        limit 2",
        area.0,
        by_page,
        text,
    )
    .fetch_all(db)
    .await?;
    Ok(match found.as_slice() {
        [member] => Ok(MemberId(*member)),
        [] => Err(in_words("Check the name in the directory: no member of this area has it")),
        _ => Err(in_words("Paste the address of their page: several members of this area have this name")),
    })
}

/// The owner whom a form names, if it names one: see [`member_called`].
pub(super) async fn owner(
    db: &mut PgConnection,
    area: AreaId,
    text: &str,
) -> Result<std::result::Result<Option<MemberId>, Problem>> {
    if visible(text).is_empty() {
        return Ok(Ok(None));
    }
    Ok(member_called(db, area, text).await?.map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(said: &Said) -> Vec<String> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut problems = Problems::default();
        let facts = said.read(Ok(None), today, &mut problems);
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
            // It is due on that day already.
            ("review_on", Said { review_on: "22/11/2026".into(), ..right.clone() }),
            ("review_on", Said { review_on: "soon".into(), ..right.clone() }),
        ] {
            assert_eq!(fields(&wrong), [field]);
        }
    }
}
