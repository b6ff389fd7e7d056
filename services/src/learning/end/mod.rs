//! The end of a course. Who has completed every module is asked what they want afterwards, and what they think of the
//! course.
//!
//! | what | where |
//! |---|---|
//! | the page, and what a learner answers | here |
//! | the figures that their organisation sees, and when they change | `figures.rs` |
//! | the comments, which the co-operative alone reads | `comments.rs` |

mod comments;
mod figures;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
pub use comments::comments;
use domain::{
    FieldProblem, Problem,
    learning::{CourseEnd, FEEDBACK, GivenFeedback, Questionnaire, Slug, WISHES, Wanted, Wishes, comment},
    organisations::OrganisationId,
};
pub use figures::{feedback_file, organisation_feedback};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Error, Result, Services, accounts::Actor, moment, number};

/// `/learn/{course}/end`. Before every module is completed it says how many are left.
///
/// # Errors
/// [`Error::NotFound`] for a person who has no place on the course. It is there also when the course is not open to them, any more or yet:
/// a student whose days of access are over is asked all the same.
pub async fn end_page(services: &Services, actor: &Actor, course: &Slug) -> Result<CourseEnd> {
    let mut db = services.db.acquire().await?;
    Ok(ended(&mut db, actor, course, services.clock.now()).await?.page)
}

/// Keeps what a learner answers, in place of what they said before: all that they sent, or nothing if something is wrong. Of the two
/// parts, what they want and what they think, one that they leave empty stays as it was, and so does one that they send unchanged, as the
/// page shows it: it is not said anew.
///
/// # Errors
/// [`Error::NotFound`] as for [`end_page`], and for who is not asked yet; [`Error::Invalid`] for a part that lacks an answer, and for a
/// form without any.
pub async fn answer_end(services: &Services, actor: &Actor, course: &Slug, form: &EndForm) -> Result<()> {
    let (mut db, now) = (services.begin().await?, services.clock.now());
    let end = asked(&mut db, actor, course, now).await?;
    let (wanted, feedback) = form.read()?;
    if let Some(wanted) = wanted {
        keep_wishes(&mut db, &end, wanted, now).await?;
    }
    if let Some(feedback) = feedback {
        keep_feedback(&mut db, &end, feedback, now).await?;
    }
    db.commit().await?;
    Ok(())
}

async fn keep_wishes(db: &mut PgConnection, end: &End, wanted: Wanted, now: DateTime<Utc>) -> Result<()> {
    if end.page.wishes.as_ref().and_then(|said| said.to(&WISHES)) == Some(wanted) {
        return Ok(());
    }
    sqlx::query!(
        "insert into course_wishes (enrolment_id, version, keep_access, join_zone, said_at) values ($1, $2, $3, $4, $5)
        on conflict (enrolment_id) do update set
            version = excluded.version, keep_access = excluded.keep_access, join_zone = excluded.join_zone, said_at = excluded.said_at",
        end.enrolment,
        WISHES.version,
        wanted.keep_access,
        wanted.join_zone,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The form at the end of a course, as it was sent.
#[derive(Debug, Clone, Default)]
pub struct EndForm {
    pub wishes: WishesForm,
    pub feedback: FeedbackForm,
}

impl EndForm {
    /// The parts that are answered. Of a form without any answer, every question is one that lacks it.
    fn read(&self) -> Result<(Option<Wanted>, Option<Feedback>)> {
        let (wishes, feedback) = (self.wishes.is_begun(), self.feedback.is_begun());
        let neither = !wishes && !feedback;
        let wanted = (wishes || neither).then(|| self.wishes.read()).transpose();
        let feedback = (feedback || neither).then(|| self.feedback.read()).transpose();
        match (wanted, feedback) {
            (Ok(wanted), Ok(feedback)) => Ok((wanted, feedback)),
            (wanted, feedback) => {
                Err(Error::Invalid(wanted.err().into_iter().chain(feedback.err()).flatten().collect()))
            }
        }
    }
}

/// The part about the time after the course.
#[derive(Debug, Clone, Default)]
pub struct WishesForm {
    /// Of the questions that the page asked.
    pub version: String,
    pub keep_access: String,
    pub join_zone: String,
}

impl WishesForm {
    /// Whether there is something to read: an answer, or questions that nobody asks now.
    fn is_begun(&self) -> bool {
        self.version != WISHES.version || !self.keep_access.is_empty() || !self.join_zone.is_empty()
    }

    fn read(&self) -> std::result::Result<Wanted, Vec<FieldProblem>> {
        WISHES.read(&self.version, &self.keep_access, &self.join_zone)
    }
}

/// The ratings, and the comment.
type Feedback = (Vec<i16>, Option<String>);

/// The part about the course.
#[derive(Debug, Clone, Default)]
pub struct FeedbackForm {
    /// Of the questions that the page asked.
    pub version: String,
    /// The ratings by the ids of the questions.
    pub ratings: BTreeMap<String, String>,
    pub comment: String,
}

impl FeedbackForm {
    fn typed(&self, id: &str) -> &str {
        self.ratings.get(id).map_or("", String::as_str)
    }

    /// As for the other part. The map has every field of the form that nobody else reads, so the questions decide.
    fn is_begun(&self) -> bool {
        let rated = FEEDBACK.questions.iter().any(|question| !self.typed(question.id).is_empty());
        self.version != FEEDBACK.version || rated || !self.comment.trim().is_empty()
    }

    fn read(&self) -> std::result::Result<Feedback, Vec<FieldProblem>> {
        if self.version != FEEDBACK.version {
            let first = FEEDBACK.questions.first().map_or("comment", |question| question.id);
            return Err(vec![FieldProblem::new(first, Problem::QuestionsChanged)]);
        }
        match (FEEDBACK.ratings(|id| self.typed(id)), comment(&self.comment)) {
            (Ok(ratings), Ok(comment)) => Ok((ratings.into_iter().map(i16::from).collect(), comment)),
            (ratings, comment) => {
                let wrong = comment.err().map(|problem| FieldProblem::new("comment", problem));
                Err(ratings.err().into_iter().flatten().chain(wrong).collect())
            }
        }
    }
}

/// Keeps what a learner thinks of a course, and counts it as soon as it may be.
async fn keep_feedback(
    db: &mut PgConnection,
    end: &End,
    (ratings, comment): Feedback,
    now: DateTime<Utc>,
) -> Result<()> {
    let same = |(before, said): (&[u8], Option<&str>)| {
        before.iter().copied().map(i16::from).eq(ratings.iter().copied()) && said == comment.as_deref()
    };
    if end.page.feedback.as_ref().and_then(|given| given.to(&FEEDBACK)).is_some_and(same) {
        return Ok(());
    }
    if let Some(organisation) = end.organisation {
        figures::one_at_a_time(db, organisation, end.course).await?;
    }
    // What is counted stays with its organisation. The questions of another version are counted anew. A comment that is said anew gets
    // another id: nobody sees which one it was.
    sqlx::query!(
        "insert into course_feedback as f (enrolment_id, version, ratings, comment, organisation_id, given_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (enrolment_id) do update set
            version = excluded.version, ratings = excluded.ratings, comment = excluded.comment, given_at = excluded.given_at,
            comment_id = excluded.comment_id,
            organisation_id = case when f.version = excluded.version and f.counted_at is not null
                then f.organisation_id else excluded.organisation_id end,
            counted_at = case when f.version = excluded.version then f.counted_at end",
        end.enrolment,
        FEEDBACK.version,
        &ratings,
        comment,
        end.organisation.map(|organisation| organisation.0),
        now,
    )
    .execute(&mut *db)
    .await?;
    if let Some(organisation) = end.organisation {
        figures::count(db, organisation, end.course, now).await?;
    }
    Ok(())
}

/// A learner's course as the page of its end shows it.
struct End {
    enrolment: Uuid,
    course: Uuid,
    /// The organisation that gives them the course, in a cohort or by an assignment, if they belong to it. Those who
    /// follow the course alone have none.
    organisation: Option<OrganisationId>,
    page: CourseEnd,
}

/// The same, for who is asked.
async fn asked(db: &mut PgConnection, actor: &Actor, course: &Slug, now: DateTime<Utc>) -> Result<End> {
    let end = ended(db, actor, course, now).await?;
    if end.page.asks() { Ok(end) } else { Err(Error::NotFound) }
}

async fn ended(db: &mut PgConnection, actor: &Actor, course: &Slug, now: DateTime<Utc>) -> Result<End> {
    let row = sqlx::query!(
        r#"select e.id as enrolment, c.id as course, c.title,
            not exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $3)) as "closed!",
            (select l.organisation_id from course_learners l where l.enrolment_id = e.id) as organisation,
            (select count(*) from modules m
                left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = e.id
                where m.course_id = c.id and not m.retired and not coalesce(mp.completed, false)) as "unfinished!",
            w.version as "wishes_version?", w.keep_access as "keep_access?", w.join_zone as "join_zone?", w.said_at as "said_at?",
            f.version as "version?", f.ratings as "ratings?", f.comment as "comment?", f.given_at as "given_at?"
        from enrolments e
        join courses c on c.id = e.course_id
        left join course_wishes w on w.enrolment_id = e.id
        left join course_feedback f on f.enrolment_id = e.id
        where e.learner_id = $1 and c.slug = $2"#,
        actor.person().0,
        course.as_str(),
        now,
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)?;
    let wishes = match (row.wishes_version, row.keep_access, row.join_zone, row.said_at) {
        (Some(version), Some(keep_access), Some(join_zone), Some(said)) => {
            Some(Wishes { version, keep_access, join_zone, said: moment(said) })
        }
        _ => None,
    };
    let feedback = match (row.version, row.ratings, row.given_at) {
        (Some(version), Some(ratings), Some(given)) => {
            let ratings = ratings.into_iter().map(number::<u8>).collect::<Result<Vec<_>>>()?;
            Some(GivenFeedback { version, ratings, comment: row.comment, given: moment(given) })
        }
        _ => None,
    };
    let (title, closed, unfinished) = (row.title, row.closed, number(row.unfinished)?);
    let page = CourseEnd { title, closed, unfinished, wishes, feedback };
    Ok(End {
        enrolment: row.enrolment,
        course: row.course,
        organisation: row.organisation.map(OrganisationId),
        page,
    })
}

/// Questions of an earlier version, for tests.
#[cfg(test)]
pub(super) static ASKED_BEFORE: Questionnaire = Questionnaire {
    version: "2026-01-01",
    questions: &[
        domain::learning::FeedbackQuestion { id: "good", text: "The course was good" },
        domain::learning::FeedbackQuestion { id: "long", text: "The course was long enough" },
    ],
};

/// The questions of a stored version.
fn questionnaire(version: &str) -> Result<&'static Questionnaire> {
    #[cfg(test)]
    if version == ASKED_BEFORE.version {
        return Ok(&ASKED_BEFORE);
    }
    Questionnaire::of(version).ok_or_else(|| {
        Error::failed(format!("feedback is stored with questions that nobody knows: {version}"))
    })
}
