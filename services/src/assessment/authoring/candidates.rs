//! The candidates of a paper.

use std::collections::BTreeSet;

use domain::{
    FieldProblem, Problem,
    accounts::{AddressFault, AddressList},
    assessment::{
        PaperId,
        authoring::{CandidatesPage, CandidatesQuery, InvitedLearner},
    },
    cohorts::CohortId,
    kit::list::{Choice, Page},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    paper::load,
    versions::{Part, Turn, next_version_once},
};
use crate::{
    Error, Result, Services,
    access::{LookedAt, PaperSetter, keep_all_leaving, keep_leaving},
    accounts::Actor,
    assessment::note,
    kit::{
        export::{Cell, Export, File, Format, file, in_turn_if_whole},
        list::{AllRows, Asked, narrowed},
    },
};

/// The most learners by address of a paper.
const MOST_NAMED: usize = 2000;

/// The most faults of a list that one reply names. The next ones are named once these are corrected.
const FAULTS_NAMED: usize = 10;

/// The paper, and one page of the candidates that were entered by address.
pub async fn candidates_page(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    query: &CandidatesQuery,
) -> Result<CandidatesPage> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.setter_of(services, &mut db, paper).await
    };
    let page = async {
        let mut db = services.db.acquire().await?;
        let (setter, paper) = load(services, &mut db, actor, paper).await?;
        let learners = named_page(&mut db, setter, query, Asked::of(query)).await?;
        Ok(CandidatesPage { paper, learners })
    };
    in_turn_if_whole(services, actor, query.whole, prove, page).await
}

/// A file of all candidates entered by address that `query` finds, in its order.
pub async fn candidates_file(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    query: &CandidatesQuery,
    format: Format,
) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.setter_of(services, &mut db, paper).await
    };
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let (setter, paper) = load(services, &mut db, actor, paper).await?;
        let mut all = AllRows::of(query);
        loop {
            let (portion, asked) = all.portion();
            if all.take(named_page(&mut db, setter, portion, asked).await?) {
                break;
            }
        }
        db.commit().await?;
        let row =
            |InvitedLearner { email, name }| vec![Cell::Text(email), name.map_or(Cell::Nothing, Cell::Text)];
        Ok(Export {
            of: paper.settings.title,
            thing: "candidate",
            narrowed: narrowed(query),
            headings: ["E-mail", "Name, where your organisation knows it"].map(str::to_owned).to_vec(),
            rows: all.rows.into_iter().map(row).collect(),
        })
    };
    file(services, actor, format, prove, load).await
}

/// One page of the candidates that the query finds. The search covers only names that the page shows, so that nobody learns the name of a
/// candidate whom the organisation does not know.
async fn named_page(
    db: &mut PgConnection,
    setter: PaperSetter,
    query: &CandidatesQuery,
    asked: Asked,
) -> Result<Page<InvitedLearner>> {
    let mut rows = sqlx::query!(
        r#"with named as materialized (
            select l.email, coalesce(l.person_id, h.id) as person
            from paper_learners l
            left join lateral (select x.id from people_named x where x.email = l.email offset 0) h on l.person_id is null where l.paper_id = $1
        ), listed as (
            -- An address has no id: its digest parts equal keys.
            select x.*, md5(x.email)::uuid as id,
                case when $3 = 'address' then x.email when x.name is null then '1' || x.email else '0' || lower(x.name) end collate "und-x-icu" as key
            from (
                select n.email, p.full_name as name from named n
                left join known_to_organisation($2, array(select person from named where person is not null)) k on k.person = n.person
                -- Each by the key: a join could read the whole table.
                left join lateral (select h.full_name from people_named h where h.id = k.person offset 0) p on true
            ) x
            where (found_by(x.email, $4, (select searchable($4))) or found_by(x.name, $4, (select searchable($4))))
                and ($5 = 'all' or (x.name is not null) = ($5 = 'known'))
        ), shown as (
            select * from listed
            where $6::text is null
                or case when $8 then (key, id) < ($6 collate "und-x-icu", $7) else (key, id) > ($6 collate "und-x-icu", $7) end
            order by case when $8 then key end desc, case when not $8 then key end, case when $8 then id end desc, id
            limit $9
        ), head as materialized (
            select (select count(*) from named) as in_all, (select count(*) from listed) as found
        )
        select h.in_all as "in_all!", h.found as "found!", s.email as "email?", s.name as "name?", s.id as "id?", s.key as "key?"
        from head h left join shown s on true
        order by case when $8 then s.key end desc, case when not $8 then s.key end, case when $8 then s.id end desc, s.id"#,
        setter.paper().0,
        setter.organisation().0,
        query.sort.as_str(),
        asked.search,
        query.filters.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(db)
    .await?;
    let head = rows.first().ok_or_else(|| Error::failed("a list without its head"))?;
    let counts = (head.found, head.in_all);
    // When no candidate is found, the only row has no address.
    rows.retain(|row| row.email.is_some());
    asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| Ok(InvitedLearner { email: row.email.unwrap_or_default(), name: row.name }),
    )
}

/// Removes chosen candidates from the paper. A candidate who has started it carries on.
///
/// # Errors
/// [`Problem::NobodyChosen`] or [`Problem::AddressesTooMany`] on `chosen`, [`Problem::ConfirmationMissing`] on `confirmed`.
pub async fn remove_candidates(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    chosen: &[String],
    confirmed: bool,
    seen: Option<u32>,
) -> Result<u64> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let mut problems = Vec::new();
    if chosen.is_empty() {
        problems.push(FieldProblem::new("chosen", Problem::NobodyChosen));
    }
    if chosen.len() > MOST_NAMED {
        problems.push(FieldProblem::new("chosen", Problem::AddressesTooMany));
    }
    if !confirmed {
        problems.push(FieldProblem::new("confirmed", Problem::ConfirmationMissing));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let typed = format!("{chosen:?}");
    let change = ("candidates_removed", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Candidates, seen, change).await?
        == Turn::Before
    {
        // The page showed each of them.
        return u64::try_from(chosen.len()).map_err(Error::failed);
    }
    let leaving = sqlx::query_scalar!(
        r#"select p.id as "id!" from paper_learners l
        join people_named p on p.id = l.person_id or l.person_id is null and p.email = l.email
        where l.paper_id = $1 and l.email = any($2)"#,
        setter.paper().0,
        chosen,
    )
    .fetch_all(&mut *db)
    .await?;
    keep_leaving(services, &mut db, &leaving).await?;
    let removed = sqlx::query!(
        "delete from paper_learners where paper_id = $1 and email = any($2)",
        setter.paper().0,
        chosen,
    )
    .execute(&mut *db)
    .await?
    .rows_affected();
    if removed > 0 {
        note_change(services, &mut db, actor, setter).await?;
    }
    db.commit().await?;
    Ok(removed)
}

/// Records a change to the candidates of a published paper.
async fn note_change(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    setter: PaperSetter,
) -> Result<()> {
    let published = sqlx::query_scalar!(
        r#"select published_at is not null as "published!" from papers where id = $1"#,
        setter.paper().0,
    )
    .fetch_one(&mut *db)
    .await?;
    if published {
        note(services, db, actor.person(), None, "assessment.candidates_changed", setter.paper()).await?;
    }
    Ok(())
}

/// Sets the candidates of the paper: the cohorts of the setter's own organisation, which replace the old ones, and more learners by address,
/// whom [`remove_candidates`] takes off. It works for published papers too, because there are always late candidates.
///
/// # Errors
/// [`Problem::CohortUnknown`] on `cohorts` for one of another organisation; each malformed address, with its place in
/// the list, or [`Problem::AddressesTooMany`], on `emails`.
pub async fn save_candidates(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    cohorts: &[CohortId],
    emails: &str,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let typed = format!("{cohorts:?} {emails}");
    let change = ("candidates_saved", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Candidates, seen, change).await?
        == Turn::Before
    {
        return Ok(());
    }
    let cohorts: BTreeSet<Uuid> = cohorts.iter().map(|cohort| cohort.0).collect();
    let cohorts: Vec<Uuid> = cohorts.into_iter().collect();
    keep_all_leaving(services, &mut db, LookedAt::Paper(setter.paper())).await?;
    sqlx::query!("delete from paper_cohorts where paper_id = $1", setter.paper().0).execute(&mut *db).await?;
    let added = sqlx::query!(
        "insert into paper_cohorts (paper_id, cohort_id) select $1, id from cohorts_named where organisation_id = $2 and id = any($3)",
        setter.paper().0,
        setter.organisation().0,
        &cohorts,
    )
    .execute(&mut *db)
    .await?;
    let mut problems = Vec::new();
    if added.rows_affected() < u64::try_from(cohorts.len()).map_err(Error::failed)? {
        problems.push(FieldProblem::new("cohorts", Problem::CohortUnknown));
    }
    let addresses = match named(emails) {
        Ok(addresses) => addresses,
        Err(faults) => {
            problems.extend(faults);
            Vec::new()
        }
    };
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    sqlx::query!(
        "insert into paper_learners (paper_id, email, person_id)
        select $1, address, p.id from unnest($2::text[]) address left join people_named p on p.email = address
        on conflict (paper_id, email) do update set person_id = coalesce(paper_learners.person_id, excluded.person_id)",
        setter.paper().0,
        &addresses,
    )
    .execute(&mut *db)
    .await?;
    let named = sqlx::query_scalar!(
        r#"select count(*) as "named!" from paper_learners where paper_id = $1"#,
        setter.paper().0,
    )
    .fetch_one(&mut *db)
    .await?;
    if usize::try_from(named).map_err(Error::failed)? > MOST_NAMED {
        return Err(Error::invalid("emails", Problem::AddressesTooMany));
    }
    note_change(services, &mut db, actor, setter).await?;
    db.commit().await?;
    Ok(())
}

/// The problems of the list of learners by address.
pub fn address_problems(list: &str) -> Vec<FieldProblem> {
    named(list).err().unwrap_or_default()
}

/// The addresses of a list, each once, or the problems of the list.
fn named(list: &str) -> std::result::Result<Vec<String>, Vec<FieldProblem>> {
    let list = AddressList::read(list);
    if !list.faults.is_empty() {
        let problem = |fault: &AddressFault| Problem::AddressInvalid {
            line: fault.line,
            entry: if fault.alone { 0 } else { fault.entry },
        };
        let faults = list.faults.iter().take(FAULTS_NAMED);
        return Err(faults.map(|fault| FieldProblem::new("emails", problem(fault))).collect());
    }
    if list.addresses.len() > MOST_NAMED {
        return Err(vec![FieldProblem::new("emails", Problem::AddressesTooMany)]);
    }
    Ok(list.addresses.iter().map(|address| address.as_str().to_owned()).collect())
}
