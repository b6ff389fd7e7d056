//! The candidates of a paper.

use std::collections::BTreeSet;

use domain::{
    FieldProblem, Problem,
    accounts::{AddressFault, AddressList},
    assessment::{
        PaperId,
        authoring::{CandidatesPage, InvitedLearner},
    },
    cohorts::CohortId,
};
use uuid::Uuid;

use super::{
    paper::load,
    versions::{Part, next_version},
};
use crate::{Error, Result, Services, accounts::Actor, assessment::note};

/// The longest list of learners by address.
const MOST_NAMED: usize = 2000;

/// How many faults of a list are named at once: correcting these shows the next.
const FAULTS_NAMED: usize = 10;

/// The same with the named people, for the page that lists them.
pub async fn candidates_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<CandidatesPage> {
    let mut db = services.db.acquire().await?;
    let (setter, paper) = load(services, &mut db, actor, paper).await?;
    let learners = sqlx::query_as!(
        InvitedLearner,
        r#"with named as materialized (
            select l.email, coalesce(l.person_id, h.id) as person
            from paper_learners l left join people h on h.email = l.email where l.paper_id = $1
        )
        select n.email as "email!", p.full_name as "name?" from named n
        left join known_to_organisation($2, array(select person from named where person is not null)) k on k.person = n.person
        -- Each by the key: a join could read the whole table of people.
        left join lateral (select h.full_name from people h where h.id = k.person offset 0) p on true
        order by n.email"#,
        setter.paper().0,
        setter.organisation().0,
    )
    .fetch_all(&mut *db)
    .await?;
    Ok(CandidatesPage { paper, learners })
}

/// Sets the candidates of the paper: cohorts of the setter's own organisation, and learners by address. Both lists
/// replace the old ones. It works for published papers too, because there are always late candidates.
///
/// # Errors
/// [`Problem::CohortUnknown`] on `cohorts` for one of another organisation; each malformed address, with its place in
/// the list, or
/// [`Problem::AddressesTooMany`], on `emails`.
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
    next_version(&mut db, actor, setter, Part::Candidates, seen).await?;
    let cohorts: BTreeSet<Uuid> = cohorts.iter().map(|cohort| cohort.0).collect();
    let cohorts: Vec<Uuid> = cohorts.into_iter().collect();
    sqlx::query!("delete from paper_cohorts where paper_id = $1", setter.paper().0).execute(&mut *db).await?;
    let added = sqlx::query!(
        "insert into paper_cohorts (paper_id, cohort_id) select $1, id from cohorts where organisation_id = $2 and id = any($3)",
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
        "delete from paper_learners l
        where l.paper_id = $1 and not exists (select from unnest($2::text[]) kept where kept = l.email)",
        setter.paper().0,
        &addresses
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into paper_learners (paper_id, email, person_id)
        select $1, address, p.id from unnest($2::text[]) address left join people p on p.email = address
        on conflict (paper_id, email) do update set person_id = coalesce(paper_learners.person_id, excluded.person_id)",
        setter.paper().0,
        &addresses,
    )
    .execute(&mut *db)
    .await?;
    let published = sqlx::query_scalar!(
        r#"select published_at is not null as "published!" from papers where id = $1"#,
        setter.paper().0,
    )
    .fetch_one(&mut *db)
    .await?;
    if published {
        note(services, &mut db, actor.person(), None, "assessment.candidates_changed", setter.paper())
            .await?;
    }
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
