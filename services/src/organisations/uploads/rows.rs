//! The rows of an upload, and how they compare with who belongs to the organisation. Each statement is about all rows at once.

use domain::organisations::{OrganisationId, RowTrouble, UploadId};
use roster::{Delegate, Preview, Row};
use sqlx::PgConnection;

use super::reading::{Read, short};
use crate::{Error, Result, Services, organisations::questions::listed_since};

/// How many rows one statement writes.
const ROWS: usize = 5_000;

/// Keeps the rows as they were read. One that cannot be read has its name and address as they stand in the file, for people to find it.
pub(in crate::organisations) async fn keep(
    db: &mut PgConnection,
    upload: UploadId,
    read: &Read,
    preview: &Preview,
) -> Result<()> {
    for rows in preview.rows.chunks(ROWS) {
        let said: Vec<_> = rows.iter().map(|row| said(read, row)).collect();
        let shown = |of: fn(&Delegate) -> &str, at: usize| -> Vec<Option<&str>> {
            let both = rows.iter().zip(&said);
            let text = both.map(|(row, said)| match &row.outcome {
                Ok(delegate) => Some(of(delegate)),
                Err(_) => said.get(at)?.as_deref(),
            });
            text.collect()
        };
        let text = |part: fn(&Delegate) -> Option<&str>| -> Vec<Option<&str>> {
            rows.iter().map(|row| row.outcome.as_ref().ok().and_then(part)).collect()
        };
        let numbers = rows.iter().map(|row| i32::try_from(row.number).map_err(Error::failed));
        let left_out = |row: &Row| matches!(&row.outcome, Ok(delegate) if delegate.active == Some(false));
        sqlx::query!(
            "insert into upload_rows (upload_id, row_number, name, email, student_number, team, area, cohort, left_out, problems)
            select $1::uuid, * from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::bool[], $10::jsonb[])",
            upload.0,
            &numbers.collect::<Result<Vec<_>>>()?,
            &shown(|of| of.name.as_str(), 0) as &[Option<&str>],
            &shown(|of| of.email.as_str(), 1) as &[Option<&str>],
            &text(|of| of.student_number.as_deref()) as &[Option<&str>],
            &text(|of| of.team.as_deref()) as &[Option<&str>],
            &text(|of| of.area.as_deref()) as &[Option<&str>],
            &text(|of| of.cohort.as_deref()) as &[Option<&str>],
            &rows.iter().map(left_out).collect::<Vec<_>>(),
            &rows.iter().map(problems).collect::<Result<Vec<_>>>()? as &[Option<serde_json::Value>],
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// The name and the address of a row that cannot be read, as they are stored.
fn said(read: &Read, row: &Row) -> [Option<String>; 2] {
    match (&row.outcome, &read.table) {
        (Err(_), Some(table)) => {
            table.person_in(&read.matching, row.number).map(|text| text.map(|text| short(&text)))
        }
        _ => [None, None],
    }
}

/// Why the row cannot be read, as it is stored.
fn problems(row: &Row) -> Result<Option<serde_json::Value>> {
    let Err(problems) = &row.outcome else { return Ok(None) };
    let problems = problems.iter().map(|problem| RowTrouble {
        column: problem.column.as_deref().map(short),
        what: short(&problem.what.message()),
    });
    serde_json::to_value(problems.collect::<Vec<_>>()).map(Some).map_err(Error::failed)
}

/// Says of each row what becomes of it. What a row leaves out stays as it is. Who has an account and is not of the organisation counts as
/// new, and once asked as one who was invited: a preview must not tell who has an account.
///
/// The name belongs to the person once the account is open. A place in another organisation's cohort is not taken away, nor one that
/// somebody has without any: of people who belong to the organisation the row says so (`stays`).
pub(in crate::organisations) async fn compare(
    services: &Services,
    db: &mut PgConnection,
    organisation: OrganisationId,
    upload: UploadId,
) -> Result<()> {
    sqlx::query!(
        "update upload_rows r set person_id = f.person, cohort_id = f.cohort, asks = f.asks, stays = f.stays, trouble = f.trouble,
            difference = f.difference,
            outcome = case
                when r.problems is not null or f.trouble is not null then 'wrong'
                when r.left_out then 'left-out'
                when f.person is null or f.asks and not f.asked then 'new'
                when f.difference is null then 'same'
                else 'changed'
            end
        from (
            select w.row_number, p.id as person, c.id as cohort,
                p.id is not null and m.person_id is null as asks, q.person_id is not null as asked,
                coalesce(m.person_id is not null and e.elsewhere, false) as stays,
                case
                    when w.cohort is not null and c.id is null then 'cohort-unknown'
                    when w.student_number is not null and exists (
                        select from memberships o where o.organisation_id = $2 and o.student_number = w.student_number
                            and o.person_id is distinct from p.id
                        union all
                        select from membership_requests o where o.organisation_id = $2 and o.student_number = w.student_number
                            and o.person_id is distinct from p.id and o.asked_at > $3
                    ) then 'number-held'
                end as trouble,
                case when m.person_id is not null or q.person_id is not null then (
                    select jsonb_agg(jsonb_build_object('what', x.what, 'before', x.before, 'after', x.after))
                    from (values
                        ('Name', case when m.person_id is null then q.full_name else p.full_name end,
                            case when m.person_id is null or p.activated_at is null then w.name end),
                        ('Student number', coalesce(m.student_number, q.student_number), w.student_number),
                        ('Team', coalesce(m.team, q.team), w.team),
                        ('Area', coalesce(m.area, q.area), w.area),
                        ('Cohort', case when m.person_id is null
                                then (select k.name from cohorts_named k where k.id = q.cohort_id) else e.cohort end,
                            case when m.person_id is null or e.elsewhere is not true then c.name end)
                    ) x (what, before, after)
                    where x.after is distinct from x.before and x.after is not null
                ) end as difference
            from upload_rows w
            -- What stands in a row that cannot be read is nobody's address.
            left join people p on p.email = w.email and w.problems is null
            left join memberships m on m.organisation_id = $2 and m.person_id = p.id
            left join membership_requests q on q.organisation_id = $2 and q.person_id = p.id and q.asked_at > $3
            left join lateral (
                select x.id, x.name, x.course_id from cohorts_named x
                where x.organisation_id = $2 and lower(x.name) = lower(w.cohort)
                order by (x.name = w.cohort) desc, x.id limit 1
            ) c on true
            left join lateral (
                select k.name as cohort, not place_free_for($2, x.organisation_id, x.cohort_id, x.last_seen_at) as elsewhere
                from enrolments x left join cohorts_named k on k.id = x.cohort_id
                where x.learner_id = p.id and x.course_id = c.course_id
            ) e on true
            where w.upload_id = $1
        ) f
        where r.upload_id = $1 and r.row_number = f.row_number",
        upload.0,
        organisation.0,
        listed_since(services),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Counts the rows by what becomes of them.
pub(in crate::organisations) async fn count(db: &mut PgConnection, upload: UploadId) -> Result<()> {
    sqlx::query!(
        "update uploads u set all_rows = n.all_rows, new_rows = n.new_rows, same_rows = n.same_rows, changed_rows = n.changed_rows,
            wrong_rows = n.wrong_rows, left_out_rows = n.left_out_rows
        from (
            select count(*) as all_rows,
                count(*) filter (where outcome = 'new') as new_rows,
                count(*) filter (where outcome = 'same') as same_rows,
                count(*) filter (where outcome = 'changed') as changed_rows,
                count(*) filter (where outcome = 'wrong') as wrong_rows,
                count(*) filter (where outcome = 'left-out') as left_out_rows
            from upload_rows where upload_id = $1
        ) n
        where u.id = $1",
        upload.0,
    )
    .execute(db)
    .await?;
    Ok(())
}
