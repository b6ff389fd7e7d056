//! What the pages about uploads show, and the file of the rows that are wrong.

use std::collections::HashMap;

use domain::{
    kit::list::{Choice, Page},
    learning::Slug,
    organisations::{
        Difference, FieldChoice, OrganisationHead, RowOutcome, RowTrouble, RowsQuery, UploadCard,
        UploadColumn, UploadCounts, UploadId, UploadPage, UploadRow, UploadSheet, UploadState, Uploads,
        UploadsQuery,
    },
};
use roster::{Field, Matching, RowProblem, What, write_failed};
use sqlx::types::Json;

use super::reading::{Read, Said, fields, read, word};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        export::{File, Format},
        list::Asked,
    },
    moment, number,
};

/// `/organisation/{slug}/uploads`.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn uploads_page(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    query: &UploadsQuery,
) -> Result<Uploads> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    // Nothing leads to this list as one page to print, nor to the rows of an upload.
    let query = &UploadsQuery { whole: false, ..query.clone() };
    let asked = Asked::of(query);
    let mut rows = sqlx::query!(
        r#"with listed as (
            select u.*, p.full_name as uploader,
                to_char(u.created_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS') collate "und-x-icu" as key
            from uploads u left join people_named p on p.id = u.person_id
            where u.organisation_id = $1
                and (found_by(u.file_name, $2, (select searchable($2))) or found_by(p.full_name, $2, (select searchable($2))))
        ), shown as (
            select * from listed
            where $3::text is null
                or case when $5 then (key, id) < ($3 collate "und-x-icu", $4) else (key, id) > ($3 collate "und-x-icu", $4) end
            order by case when $5 then key end desc, case when not $5 then key end, case when $5 then id end desc, id
            limit $6
        ), head as materialized (
            select o.slug, o.name, (select count(*) from listed) as found,
                (select count(*) from uploads u where u.organisation_id = o.id) as in_all
            from organisations o where o.id = $1
        )
        select h.slug, h.name, h.found as "found!", h.in_all as "in_all!", s.id as "id?", s.file_name, s.uploader as "uploader?", s.created_at as "created_at?",
            s.state as "state?", s.all_rows as "all_rows?", s.new_rows as "new_rows?", s.same_rows as "same_rows?",
            s.changed_rows as "changed_rows?", s.wrong_rows as "wrong_rows?", s.left_out_rows as "left_out_rows?", s.key as "key?"
        from head h left join shown s on true
        order by case when $5 then s.key end desc, case when not $5 then s.key end, case when $5 then s.id end desc, s.id"#,
        administrator.organisation().0,
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(&mut *db)
    .await?;
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let counts = (head.found, head.in_all);
    let head =
        OrganisationHead { slug: std::mem::take(&mut head.slug), name: std::mem::take(&mut head.name) };
    rows.retain(|row| row.id.is_some());
    let uploads = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            Ok(UploadCard {
                id: UploadId(row.id.unwrap_or_default()),
                file_name: row.file_name,
                by: row.uploader,
                at: moment(row.created_at.unwrap_or_default()),
                state: state(row.state.as_deref().unwrap_or_default())?,
                counts: UploadCounts {
                    all: number(row.all_rows.unwrap_or_default())?,
                    new: number(row.new_rows.unwrap_or_default())?,
                    same: number(row.same_rows.unwrap_or_default())?,
                    changed: number(row.changed_rows.unwrap_or_default())?,
                    wrong: number(row.wrong_rows.unwrap_or_default())?,
                    left_out: number(row.left_out_rows.unwrap_or_default())?,
                },
            })
        },
    )?;
    Ok(Uploads { head, uploads })
}

fn state(text: &str) -> Result<UploadState> {
    UploadState::parse(text)
        .ok_or_else(|| Error::failed("the database has a state of an upload that nobody knows"))
}

/// `/organisation/{slug}/uploads/{upload}`, with one page of its rows.
///
/// # Errors
/// [`Error::NotFound`] when it is not there; as [`Actor::administers`].
pub async fn upload_page(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    upload: UploadId,
    query: &RowsQuery,
) -> Result<UploadPage> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let query = &RowsQuery { whole: false, ..query.clone() };
    let asked = Asked::of(query);
    let mut rows = sqlx::query!(
        r#"with head as materialized (
            select u.*, o.slug, o.name as organisation, p.full_name as uploader,
                (select count(*) from upload_rows r where r.upload_id = u.id) as in_all,
                (select count(*) from upload_rows r where r.upload_id = u.id and ($3 = 'all' or r.outcome = $3)
                    and (found_by(r.name, $4, (select searchable($4))) or found_by(r.email, $4, (select searchable($4))))) as found
            from uploads u
            join organisations o on o.id = u.organisation_id
            left join people_named p on p.id = u.person_id
            where u.id = $1 and u.organisation_id = $2
        ), shown as (
            select r.*, to_char(r.row_number, 'FM0000000000') as key
            from head h cross join lateral (
                -- In the order of the key, from where the page before ended.
                select x.* from upload_rows x
                where x.upload_id = h.id and x.row_number > coalesce($5::int, 0)
                    and ($3 = 'all' or x.outcome = $3)
                    and (found_by(x.name, $4, (select searchable($4))) or found_by(x.email, $4, (select searchable($4))))
                order by x.row_number limit $6
            ) r
        )
        select h.id, h.slug, h.organisation, h.uploader as "uploader?", h.file_name, h.state, h.version, h.returned, h.created_at,
            h.attested_at, h.hidden_rows, h.refused, h.warnings, h.progress, h.removed_accounts, h.linked_addresses,
            h.all_rows, h.new_rows, h.same_rows, h.changed_rows, h.wrong_rows, h.left_out_rows,
            -- Pages on which a job is at work show nothing of the file, and ask again and again.
            case when h.state in ('preview', 'failed') then h.sheet end as sheet,
            case when h.state in ('preview', 'failed') then h.sheets else '[]' end as "sheets!: Json<Vec<UploadSheet>>",
            case when h.state in ('preview', 'failed') then h.columns else '[]' end as "columns!: Json<Vec<UploadColumn>>",
            case when h.state in ('preview', 'failed') then h.matching else '[]' end as "matching!: Json<Matching>",
            h.in_all as "in_all!", h.found as "found!", s.key as "key?", s.row_number as "row_number?", s.name, s.email,
            s.outcome, s.trouble, s.problems as "problems: Json<Vec<RowTrouble>>", s.difference as "difference: Json<Vec<Difference>>", s.stays as "stays?"
        from head h left join shown s on true
        order by s.row_number"#,
        upload.0,
        administrator.organisation().0,
        query.filters.as_str(),
        asked.search,
        asked.key.as_deref().and_then(|key| key.parse::<i32>().ok()),
        asked.limit,
    )
    .fetch_all(&mut *db)
    .await?;
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let matching = std::mem::replace(&mut head.matching.0, Matching::recognise::<&str>(&[]));
    let mut columns = std::mem::take(&mut head.columns.0);
    let headings: HashMap<Field, String> = columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| Some((matching.field(at)?, column.heading.clone())))
        .collect();
    for (at, column) in columns.iter_mut().enumerate() {
        column.field = matching.field(at).map(word);
    }
    let counts = (head.found, head.in_all);
    let card = UploadCard {
        id: UploadId(head.id),
        file_name: head.file_name.take(),
        by: head.uploader.take(),
        at: moment(head.created_at),
        state: state(&head.state)?,
        counts: UploadCounts {
            all: number(head.all_rows)?,
            new: number(head.new_rows)?,
            same: number(head.same_rows)?,
            changed: number(head.changed_rows)?,
            wrong: number(head.wrong_rows)?,
            left_out: number(head.left_out_rows)?,
        },
    };
    let page = UploadPage {
        head: OrganisationHead {
            slug: std::mem::take(&mut head.slug),
            name: std::mem::take(&mut head.organisation),
        },
        upload: card,
        version: number(head.version)?,
        returned: head.returned,
        attested: moment(head.attested_at),
        hidden: number(head.hidden_rows)?,
        refused: head.refused.take(),
        warnings: std::mem::take(&mut head.warnings),
        progress: number(head.progress)?,
        removed: number(head.removed_accounts)?,
        sheets: std::mem::take(&mut head.sheets.0),
        sheet: head.sheet.map(number).transpose()?,
        columns,
        fields: fields()
            .map(|field| FieldChoice { word: word(field), name: capital(field.name()) })
            .collect(),
        linked_addresses: head.linked_addresses,
        rows: Page { rows: Vec::new(), found: 0, in_all: 0, next: None, anew: false },
    };
    rows.retain(|row| row.row_number.is_some());
    let rows = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id),
        |row| {
            let outcome = row.outcome.as_deref().and_then(RowOutcome::parse);
            let outcome = outcome
                .ok_or_else(|| Error::failed("the database has an outcome of a row that nobody knows"))?;
            let mut problems = row.problems.map(|problems| problems.0).unwrap_or_default();
            if let Some((field, what)) = row.trouble.as_deref().map(trouble).transpose()? {
                let column = headings.get(&field).cloned();
                problems.push(RowTrouble { column, what: what.message().into_owned() });
            }
            Ok(UploadRow {
                number: number(row.row_number.unwrap_or_default())?,
                outcome,
                name: row.name,
                email: row.email,
                problems,
                difference: row.difference.map(|difference| difference.0).unwrap_or_default(),
                stays: row.stays.unwrap_or_default(),
            })
        },
    )?;
    Ok(UploadPage { rows, ..page })
}

/// What the database says against a row: which field, and what to do.
pub(in crate::organisations) fn trouble(word: &str) -> Result<(Field, What)> {
    match word {
        "cohort-unknown" => Ok((Field::Cohort, What::CohortUnknown)),
        "number-held" => Ok((Field::StudentNumber, What::NumberHeld)),
        _ => Err(Error::failed("the database has a trouble of a row that nobody knows")),
    }
}

/// As the first word of a label or a sentence.
pub(in crate::organisations) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The rows that are not taken, with what to do about each, as a file that can be corrected and uploaded again.
///
/// # Errors
/// [`Error::NotFound`] when the upload is not there, or its file is destroyed; as [`Actor::administers`].
pub async fn failed_rows_file(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    upload: UploadId,
) -> Result<File> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let kept = sqlx::query!(
        r#"select u.file_name, u.sheet, u.matching as "matching!: Json<Matching>", u.linked_addresses, f.content
        from uploads u join upload_files f on f.upload_id = u.id
        where u.id = $1 and u.organisation_id = $2"#,
        upload.0,
        administrator.organisation().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let troubles = sqlx::query!(
        r#"select r.row_number, r.trouble as "trouble!" from upload_rows r where r.upload_id = $1 and r.trouble is not null"#,
        upload.0,
    )
    .fetch_all(&mut *db)
    .await?;
    // The connection is for others while the file is read.
    drop(db);
    let troubles =
        troubles.into_iter().map(|row| Ok((number::<u32>(row.row_number)?, trouble(&row.trouble)?)));
    let troubles: HashMap<u32, (Field, What)> = troubles.collect::<Result<_>>()?;
    let said = Said {
        sheet: kept.sheet.map(number).transpose()?,
        matching: Some(kept.matching.0),
        linked_addresses: kept.linked_addresses,
    };
    let work = move || failed(&kept.content, said, &troubles);
    let (rows, bytes) = services.queues.heavy.work(work).await??;
    let of = kept
        .file_name
        .as_deref()
        .map_or("upload", |name| name.rsplit_once('.').map_or(name, |(name, _)| name));
    Ok(File {
        of: of.to_owned(),
        what: domain::count(rows, "row") + " to correct",
        format: Format::Csv,
        bytes,
    })
}

/// How many rows, and the file.
fn failed(content: &[u8], said: Said, troubles: &HashMap<u32, (Field, What)>) -> Result<(u32, Vec<u8>)> {
    // It was read when it came.
    let Read { matching, preview, table, .. } =
        read(content, said).map_err(|refused| Error::failed(refused.message().into_owned()))?;
    let mut rows = preview.map_err(|_| Error::NotFound)?.rows;
    let table = table.ok_or(Error::NotFound)?;
    for row in &mut rows {
        if let Some((field, what)) = troubles.get(&row.number) {
            let column = matching.column(*field).map(|column| table.column_name(column));
            row.outcome = Err(vec![RowProblem { row: row.number, column, what: what.clone() }]);
        }
    }
    let wrong = rows.iter().filter(|row| row.outcome.is_err()).count();
    let bytes = write_failed(&table, &rows).map_err(Error::failed)?;
    Ok((u32::try_from(wrong).map_err(Error::failed)?, bytes))
}
