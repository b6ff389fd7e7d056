//! The cohorts of an organisation, as its administrators make them, and the tutors whom they name.

use chrono::NaiveDate;
use domain::{
    FieldProblem, FormToken, Problem,
    access::Role,
    accounts::{EmailAddress, PersonId},
    cohorts::CohortId,
    learning::Slug,
    organisations::{
        CohortLine, CohortTutors, CourseChoice, OrganisationCohorts, OrganisationHead, TutorRow,
    },
    visible,
};
use serde_json::json;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::{self, NewGrant, OrganisationAdministrator},
    accounts::Actor,
    kit::{audit, once::pressed_twice},
    moment, number,
};

/// How many cohorts are on the page. It says when there are more.
const MOST: i64 = 300;

/// `/organisation/{slug}/cohorts`.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn organisation_cohorts(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
) -> Result<OrganisationCohorts> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let mut rows = sqlx::query!(
        r#"with head as materialized (
            select o.slug, o.name as organisation,
                (select count(*) from cohorts c where c.organisation_id = o.id) as in_all,
                (select coalesce(jsonb_agg(jsonb_build_object('slug', c.slug, 'title', c.title) order by c.title), '[]') from courses c)
                    as courses
            from organisations_named o where o.id = $1
        )
        select h.slug as "slug!", h.organisation as "organisation!", h.in_all as "in_all!", h.courses as "courses!: Json<Vec<CourseChoice>>",
            s.id as "id?", s.name as "name?", s.course as "course?", s.starts_on, s.ends_on, s.access_from, s.access_until,
            (select count(*) from enrolments e
                cross join lateral (select x.person_id from progress_shared x
                    where x.organisation_id = $1 and x.person_id = e.learner_id offset 0) shared
                where e.cohort_id = s.id) as "students!",
            (select count(*) from cohort_tutors(s.id)) as "tutors!"
        from head h
        left join (
            select c.id, c.name, k.title as course, c.starts_on, c.ends_on, c.access_from, c.access_until
            from cohorts c join courses k on k.id = c.course_id
            where c.organisation_id = $1 order by c.created_at desc, c.id limit $2
        ) s on true"#,
        administrator.organisation().0,
        MOST,
    )
    .fetch_all(&mut *db)
    .await?;
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let courses = std::mem::take(&mut head.courses.0);
    let all = number(head.in_all)?;
    let head = OrganisationHead {
        slug: std::mem::take(&mut head.slug),
        name: std::mem::take(&mut head.organisation),
    };
    let cohorts = rows.into_iter().filter_map(|row| {
        let id = CohortId(row.id?);
        Some(number(row.students).and_then(|students| {
            Ok(CohortLine {
                id,
                name: row.name.unwrap_or_default(),
                course: row.course.unwrap_or_default(),
                students,
                tutors: number(row.tutors)?,
                starts_on: day(row.starts_on),
                ends_on: day(row.ends_on),
                access_from: day(row.access_from),
                access_until: day(row.access_until),
            })
        }))
    });
    let form = FormToken(Uuid::now_v7());
    Ok(OrganisationCohorts { head, cohorts: cohorts.collect::<Result<_>>()?, all, courses, form })
}

fn day(day: Option<NaiveDate>) -> Option<String> {
    day.map(|day| day.format("%-d %B %Y").to_string())
}

/// A cohort to make, as it was typed. Its days are like 2026-09-01, and may be empty.
#[derive(Debug, Clone, Default)]
pub struct CohortForm {
    pub name: String,
    /// The slug of a course.
    pub course: String,
    pub starts_on: String,
    pub ends_on: String,
    pub access_from: String,
    pub access_until: String,
}

/// Makes a cohort. A button pressed twice makes one.
///
/// # Errors
/// The problems of the fields; as [`Actor::administers`].
pub async fn make_cohort(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    form: &CohortForm,
) -> Result<CohortId> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let mut problems = Vec::new();
    let name = visible(&form.name);
    if !(1..=200).contains(&name.chars().count()) {
        problems.push(FieldProblem::new("name", Problem::NameMissing));
    }
    let course = sqlx::query_scalar!("select id from courses where slug = $1", form.course)
        .fetch_optional(&mut *db)
        .await?;
    if course.is_none() {
        problems.push(FieldProblem::new("course", Problem::ChoiceMissing));
    }
    let mut days = |field: &str, text: &str| {
        read_day(text).unwrap_or_else(|problem| {
            problems.push(FieldProblem::new(field, problem));
            None
        })
    };
    let (starts, ends) = (days("starts_on", &form.starts_on), days("ends_on", &form.ends_on));
    let (from, until) = (days("access_from", &form.access_from), days("access_until", &form.access_until));
    for (first, last, field) in [(starts, ends, "ends_on"), (from, until, "access_until")] {
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            problems.push(FieldProblem::new(field, Problem::DaysOutOfOrder));
        }
    }
    let (Some(course), true) = (course, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    let days = [starts, ends, from, until];
    let made = sqlx::query_scalar!(
        "insert into cohorts (id, organisation_id, course_id, name, created_at, starts_on, ends_on, access_from, access_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (organisation_id, name) do nothing returning id",
        Uuid::now_v7(),
        administrator.organisation().0,
        course,
        name,
        services.clock.now(),
        starts,
        ends,
        from,
        until,
    )
    .fetch_optional(&mut *db)
    .await?;
    let words = format!("{name} {course} {days:?}");
    let act = ("cohorts.made", words.as_str());
    let before =
        pressed_twice(services, &mut db, actor.person(), administrator.organisation().0, act).await?;
    let Some(made) = made else {
        let named = sqlx::query_scalar!(
            "select id from cohorts where organisation_id = $1 and name = $2",
            administrator.organisation().0,
            name,
        );
        // Nothing is kept of this.
        let named = named.fetch_optional(&mut *db).await?.filter(|_| before);
        return named.map(CohortId).ok_or_else(|| Error::invalid("name", Problem::CohortNameTaken));
    };
    let cohort = CohortId(made);
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: None,
        action: "cohorts.made",
    };
    let detail = administrator.noted(json!({ "cohort": cohort }));
    audit::record_with(&mut db, event, detail).await?;
    db.commit().await?;
    Ok(cohort)
}

/// A day as a browser sends it, or as people type it where the browser has no field for days.
pub(crate) fn read_day(text: &str) -> std::result::Result<Option<NaiveDate>, Problem> {
    let text = visible(text);
    if text.is_empty() {
        return Ok(None);
    }
    let day = ["%Y-%m-%d", "%d/%m/%Y"].iter().find_map(|form| NaiveDate::parse_from_str(&text, form).ok());
    let this_century = |day: &NaiveDate| (2000..2100).contains(&chrono::Datelike::year(day));
    day.filter(this_century).map(Some).ok_or(Problem::DayInvalid)
}

/// `/organisation/{slug}/cohorts/{cohort}`.
///
/// # Errors
/// [`Error::NotFound`] for a cohort that is not there, or of another organisation; as [`Actor::administers`].
pub async fn cohort_tutors(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    cohort: CohortId,
) -> Result<CohortTutors> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let mut rows = sqlx::query!(
        r#"select o.slug as "slug!", o.name as "organisation!", c.id, c.name, k.title as course, c.starts_on, c.ends_on, c.access_from,
            c.access_until,
            (select count(*) from enrolments e
                cross join lateral (select x.person_id from progress_shared x
                    where x.organisation_id = $2 and x.person_id = e.learner_id offset 0) shared
                where e.cohort_id = c.id) as "students!",
            t.person_id as "person?", t.granted_at as "granted_at?", t.reason as "reason?", p.full_name as "tutor?", p.email as "email?",
            b.full_name as "by?"
        from cohorts c
        join organisations_named o on o.id = c.organisation_id
        join courses k on k.id = c.course_id
        left join lateral cohort_tutors(c.id) t on true
        left join people_named p on p.id = t.person_id
        left join people_named b on b.id = t.granted_by
        where c.id = $1 and c.organisation_id = $2
        order by lower(p.full_name), p.id"#,
        cohort.0,
        administrator.organisation().0,
    )
    .fetch_all(&mut *db)
    .await?;
    let tutors = rows.iter_mut().filter_map(|row| {
        Some(TutorRow {
            person: row.person?.to_string(),
            name: row.tutor.take()?,
            email: row.email.take()?,
            since: moment(row.granted_at?),
            by: row.by.take(),
            reason: row.reason.take()?,
        })
    });
    let tutors: Vec<_> = tutors.collect();
    let row = rows.into_iter().next().ok_or(Error::NotFound)?;
    Ok(CohortTutors {
        head: OrganisationHead { slug: row.slug, name: row.organisation },
        cohort: CohortLine {
            id: CohortId(row.id),
            name: row.name,
            course: row.course,
            students: number(row.students)?,
            tutors: u32::try_from(tutors.len()).map_err(Error::failed)?,
            starts_on: day(row.starts_on),
            ends_on: day(row.ends_on),
            access_from: day(row.access_from),
            access_until: day(row.access_until),
        },
        tutors,
    })
}

/// Makes somebody of the organisation a tutor of the cohort.
///
/// # Errors
/// [`Problem::MemberUnknown`] on `email` for everybody else, with an account or without; the problems of the fields;
/// [`Error::NotFound`] for a cohort of another organisation; as [`Actor::administers`].
pub async fn give_tutor(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    cohort: CohortId,
    email: &str,
    reason: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    own(&mut db, administrator, cohort).await?;
    let email = EmailAddress::parse(email).map_err(|problem| {
        let theirs = if problem == Problem::EmailMissing { Problem::TheirEmailMissing } else { problem };
        FieldProblem::new("email", theirs)
    });
    let person = match &email {
        Ok(email) => member(&mut db, administrator, email).await?,
        Err(_) => None,
    };
    let unknown = || FieldProblem::new("email", Problem::MemberUnknown);
    let person = email.and_then(|_| person.ok_or_else(unknown));
    // Both fields at once.
    let why = crate::kit::reason::reason(reason).map_err(|problem| FieldProblem::new("reason", problem));
    let (Ok(person), Ok(why)) = (&person, &why) else {
        return Err(Error::Invalid(person.err().into_iter().chain(why.err()).collect()));
    };
    let role = Role::CohortTutor(cohort);
    let new = NewGrant { person: *person, role, by: Some(actor.person()), reason: why };
    access::grant(services, &mut db, new).await?;
    db.commit().await?;
    Ok(())
}

/// The person with this address, if they belong to the organisation.
async fn member(
    db: &mut PgConnection,
    administrator: OrganisationAdministrator,
    email: &EmailAddress,
) -> Result<Option<PersonId>> {
    let person = sqlx::query_scalar!(
        r#"select p.id as "id!" from people_named p
        where p.email = $1 and exists (
            select from organisation_members m where m.person_id = p.id and m.organisation_id = $2)"#,
        email.as_str(),
        administrator.organisation().0,
    );
    Ok(person.fetch_optional(db).await?.map(PersonId))
}

/// Takes the role back. A button pressed twice is answered as the first time.
///
/// # Errors
/// [`Problem::ReasonMissing`] on `reason-{person}`; [`Error::NotFound`] for a cohort of another organisation, and for somebody who is no
/// tutor of it; as [`Actor::administers`].
pub async fn take_back_tutor(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    cohort: CohortId,
    person: PersonId,
    reason: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    own(&mut db, administrator, cohort).await?;
    let held = NewGrant { person, role: Role::CohortTutor(cohort), by: Some(actor.person()), reason };
    let field = format!("reason-{person}");
    let gone = access::take_back(services, &mut db, held).await.map_err(|error| match error {
        Error::Invalid(problems) => {
            let of_field = |problem: FieldProblem| FieldProblem::new(field.clone(), problem.problem);
            Error::Invalid(problems.into_iter().map(of_field).collect())
        }
        other => other,
    })?;
    let words = format!("{cohort} {reason}");
    let act = ("access.taken_back", words.as_str());
    let before = pressed_twice(services, &mut db, actor.person(), person.0, act).await?;
    if !gone {
        // Nothing is kept of this.
        return if before { Ok(()) } else { Err(Error::NotFound) };
    }
    db.commit().await?;
    Ok(())
}

/// Whether the cohort is one of the organisation.
async fn own(
    db: &mut PgConnection,
    administrator: OrganisationAdministrator,
    cohort: CohortId,
) -> Result<()> {
    let own = sqlx::query_scalar!(
        r#"select exists (select from cohorts where id = $1 and organisation_id = $2) as "own!""#,
        cohort.0,
        administrator.organisation().0,
    );
    if own.fetch_one(db).await? { Ok(()) } else { Err(Error::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_browsers_send_it_and_as_people_type_it() {
        let day = NaiveDate::from_ymd_opt(2026, 9, 1);
        assert_eq!(read_day("2026-09-01"), Ok(day));
        assert_eq!(read_day(" 1/9/2026 "), Ok(day));
        assert_eq!(read_day(""), Ok(None));
        for wrong in ["1 September", "2026-02-30", "01/09/26", "0026-09-01"] {
            assert_eq!(read_day(wrong), Err(Problem::DayInvalid), "{wrong}");
        }
    }
}
