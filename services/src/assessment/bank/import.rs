//! Imports templates: an organisation's own, or the shared bank.

use domain::assessment::bank::Bank;
use sqlx::PgConnection;

use crate::{Error, Result, Services, access::OrganisationSetter, accounts::Actor, assessment::new_id};

/// The result of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedBank {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub retired: usize,
}

/// Imports the shared bank, all of it or nothing: a template that is in none of the files is no longer used. The
/// command line has checked them.
pub async fn import_shared_bank(services: &Services, banks: &[Bank]) -> Result<ImportedBank> {
    let mut db = services.begin().await?;
    let mut imported = ImportedBank { new: 0, changed: 0, unchanged: 0, retired: 0 };
    for bank in banks {
        let one = import(services, &mut db, None, bank).await?;
        imported.new += one.new;
        imported.changed += one.changed;
        imported.unchanged += one.unchanged;
    }
    let names: Vec<String> =
        banks.iter().flat_map(|bank| &bank.templates).map(|template| template.id.clone()).collect();
    let retired = sqlx::query!(
        "update question_templates set retired = true where organisation_id is null and not retired and not name = any($1)",
        &names,
    )
    .execute(&mut *db)
    .await?;
    imported.retired = usize::try_from(retired.rows_affected()).map_err(Error::failed)?;
    db.commit().await?;
    Ok(imported)
}

pub(super) async fn import(
    services: &Services,
    db: &mut PgConnection,
    own: Option<(OrganisationSetter, &Actor)>,
    bank: &Bank,
) -> Result<ImportedBank> {
    let templates = || bank.templates.iter();
    let names: Vec<_> = templates().map(|template| template.id.clone()).collect();
    let categories: Vec<_> = templates().map(|template| template.category.as_str().to_owned()).collect();
    let difficulties: Vec<_> = templates().map(|template| i16::from(u8::from(template.difficulty))).collect();
    // `xmax` is 0 for an inserted row, and an unchanged template returns no row.
    let written = sqlx::query_scalar!(
        r#"insert into question_templates as t
            (id, organisation_id, name, category, difficulty, source, imported_at, imported_by)
        select id, $2, name, category, difficulty, source, $7, $8
        from unnest($1::uuid[], $3::text[], $4::text[], $5::smallint[], $6::text[]) as n (id, name, category, difficulty, source)
        -- In one order, so that two imports never wait for each other.
        order by name
        on conflict on constraint question_templates_name_key do update set category = excluded.category,
            difficulty = excluded.difficulty, source = excluded.source, imported_at = excluded.imported_at,
            imported_by = excluded.imported_by, retired = false
        -- A template that an organisation retired by hand stays retired until it is corrected or restored.
        where t.source <> excluded.source or t.retired and t.organisation_id is null
        returning (xmax = 0) as "inserted!""#,
        &templates().map(|_| new_id()).collect::<Vec<_>>(),
        own.map(|(setter, _)| setter.organisation().0),
        &names,
        &categories,
        &difficulties,
        &bank.sources,
        services.clock.now(),
        own.map(|(_, actor)| actor.person().0),
    )
    .fetch_all(db)
    .await?;
    let new = written.iter().filter(|inserted| **inserted).count();
    let changed = written.len() - new;
    Ok(ImportedBank { new, changed, unchanged: names.len() - written.len(), retired: 0 })
}
