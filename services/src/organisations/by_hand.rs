//! One person by hand. What is typed is read as a file of one row is, compared as its row is and written as its row is, so that the rules
//! are the same.

use domain::{
    FieldProblem, FormToken, Problem,
    learning::Slug,
    organisations::{OrganisationId, STAYS, UploadId},
};
use roster::{Field, Matching, RowProblem, What};
use uuid::Uuid;

use super::{
    one_at_a_time,
    uploads::{
        Portion, Read, Said, begin, capital, compare, count, keep, note, number_was_taken, read,
        tell_cohorts, trouble, write,
    },
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        once::once,
        random::hash,
        waiting::{AS_LONG_AS_IT_TAKES, SHORTLY, busy, wait},
    },
};

/// What is typed about one person.
#[derive(Debug, Clone, Default)]
pub struct PersonByHand {
    pub name: String,
    pub email: String,
    pub student_number: String,
    pub team: String,
    pub area: String,
    pub cohort: String,
    /// The uploader has agreed to the statement.
    pub attested: bool,
    /// As for [`once`].
    pub form: Option<FormToken>,
}

impl PersonByHand {
    /// What the form asks for, so that it can be told from another one. Only a digest of what was typed is kept for that.
    fn what(&self, organisation: OrganisationId) -> String {
        let Self { name, email, student_number, team, area, cohort, .. } = self;
        let content = [name, email, student_number, team, area, cohort].map(|text| text.as_str()).join("\0");
        let hash: String = hash(content).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("add person {organisation} {hash}")
    }
}

/// The columns of the file, with the id of the input that each comes from.
const COLUMNS: [(Field, &str); 6] = [
    (Field::FullName, "name"),
    (Field::Email, "email"),
    (Field::StudentNumber, "student_number"),
    (Field::Team, "team"),
    (Field::Area, "person_area"),
    (Field::Cohort, "cohort"),
];

/// Adds one person to an organisation, with an account if they have none. It is an upload of one row, and can be undone as one. The same
/// form sent again gives the same upload.
///
/// # Errors
/// The problems of the fields; words on `email` while somebody else brings or changes the same person; as [`Actor::administers`].
pub async fn add_person(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    person: PersonByHand,
) -> Result<UploadId> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let read = read_person(&person)?;
    let upload = UploadId(Uuid::now_v7());
    let what = person.what(administrator.organisation());
    if let Some(made) = once(services, &mut db, actor, person.form, &what, upload.0).await? {
        return Ok(UploadId(made));
    }
    let busy = |error: Error| busy(error, "email", "Add the person again");
    // Of two at once, the second is compared with what the first has written. A file that brings or changes the same person is not waited for.
    wait(&mut db, SHORTLY).await?;
    one_at_a_time(&mut db, administrator.organisation()).await.map_err(busy)?;
    begin(services, &mut db, actor, administrator, upload, None).await?;
    match &read.preview {
        Ok(preview) => keep(&mut db, upload, &read, preview).await?,
        Err(words) => return Err(Error::failed(words.clone())),
    }
    compare(services, &mut db, administrator.organisation(), upload).await?;
    let found = sqlx::query!("select trouble, stays from upload_rows where upload_id = $1", upload.0)
        .fetch_one(&mut *db)
        .await?;
    if let Some((field, what)) = found.trouble.as_deref().map(trouble).transpose()? {
        return Err(Error::Invalid(vec![problem(field, &what.message())]));
    }
    if found.stays {
        return Err(Error::Invalid(vec![problem(Field::Cohort, &format!("{STAYS}. Choose no cohort"))]));
    }
    count(&mut db, upload).await?;
    let portion = Portion {
        organisation: administrator.organisation(),
        upload,
        first: 0,
        last: i32::MAX,
        at: services.clock.now(),
    };
    // By an upload, or by somebody who agreed to belong to the organisation: they do not wait for this.
    write(services, &mut db, portion).await.map_err(|error| {
        if number_was_taken(&error) {
            Error::Invalid(vec![problem(Field::StudentNumber, &What::NumberHeld.message())])
        } else {
            busy(error)
        }
    })?;
    wait(&mut db, AS_LONG_AS_IT_TAKES).await?;
    tell_cohorts(&mut db, upload).await?;
    sqlx::query!("delete from upload_rows where upload_id = $1", upload.0).execute(&mut *db).await?;
    sqlx::query!(
        "update uploads set state = 'done', confirmed_at = $2, done_at = $2, progress = all_rows where id = $1",
        upload.0,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, actor, administrator, upload, "organisations.person_added").await?;
    db.commit().await?;
    Ok(upload)
}

/// # Errors
/// The problems of the fields, in the order of the form.
fn read_person(person: &PersonByHand) -> Result<Read> {
    let attested = (!person.attested).then(|| FieldProblem::new("attested", Problem::AttestationMissing));
    let typed =
        [&person.name, &person.email, &person.student_number, &person.team, &person.area, &person.cohort];
    let empty = typed.iter().zip(COLUMNS).take(2).filter(|(text, _)| domain::visible(text).is_empty());
    let mut problems: Vec<_> =
        empty.map(|(_, (field, _))| problem(field, &What::Missing { field }.message())).collect();
    if problems.is_empty() {
        let read = read_row(typed)?;
        let wrong = read.preview.as_ref().map(|preview| preview.problems().map(said).collect::<Vec<_>>());
        problems = wrong.unwrap_or_else(|words| vec![problem(Field::FullName, words)]);
        // A row in which nothing can be seen is passed over.
        if read.preview.as_ref().is_ok_and(|preview| preview.rows.is_empty()) {
            problems.push(problem(Field::FullName, &What::Missing { field: Field::FullName }.message()));
        }
        if problems.is_empty() && attested.is_none() {
            return Ok(read);
        }
    }
    problems.extend(attested);
    Err(Error::Invalid(problems))
}

fn read_row(typed: [&String; 6]) -> Result<Read> {
    // With the mark there is no doubt about the encoding.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS.map(|(field, _)| capital(field.name()))).map_err(Error::failed)?;
    writer.write_record(typed).map_err(Error::failed)?;
    let file = writer.into_inner().map_err(|error| Error::failed(error.to_string()))?;
    let columns = serde_json::to_value(COLUMNS.map(|(field, _)| field));
    let matching: Matching = columns.and_then(serde_json::from_value).map_err(Error::failed)?;
    // Something is longer than any name.
    read(&file, Said { matching: Some(matching), ..Said::default() })
        .map_err(|refused| Error::Invalid(vec![problem(Field::FullName, &refused.message())]))
}

/// A problem of the row, beside the input of its column.
fn said(problem_of_row: &RowProblem) -> FieldProblem {
    let field = COLUMNS.iter().find(|(field, _)| {
        problem_of_row.column.as_deref().is_some_and(|column| column == capital(field.name()))
    });
    problem(field.map_or(Field::FullName, |(field, _)| *field), &problem_of_row.what.message())
}

fn problem(field: Field, what: &str) -> FieldProblem {
    let input = COLUMNS.iter().find(|(of, _)| *of == field).map_or("name", |(_, input)| *input);
    FieldProblem::new(input, Problem::InWords { words: capital(what) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_by_hand_is_read_by_the_rules_of_a_file() {
        let wrong = |person: &PersonByHand| match read_person(person) {
            Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
            Err(error) => panic!("{error}"),
            Ok(_) => Vec::new(),
        };
        let mut person = PersonByHand::default();
        assert_eq!(wrong(&person), ["name", "email", "attested"]);
        person = PersonByHand { name: "12".into(), email: "nobody".into(), attested: true, ..person };
        assert_eq!(wrong(&person), ["name", "email"]);
        person = PersonByHand { name: "Siân, \"S\"".into(), email: "Sian@x.example".into(), ..person };
        person = PersonByHand { student_number: "1.2E+15".into(), ..person };
        assert_eq!(wrong(&person), ["student_number"]);
        person = PersonByHand { student_number: "0012".into(), team: " Ward\u{a0}7".into(), ..person };
        let read = read_person(&person).unwrap();
        let preview = read.preview.unwrap();
        let (_, read) = preview.delegates().next().unwrap();
        assert_eq!((read.name.as_str(), read.email.as_str()), ("Siân, \"S\"", "sian@x.example"));
        assert_eq!((read.student_number.as_deref(), read.team.as_deref()), (Some("0012"), Some("Ward 7")));
    }
}
