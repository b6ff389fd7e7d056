//! Recounts learners when the number of pages of their modules has changed.
//!
//! There may be many learners, and a learner can open no page while they are recounted. So the content is committed
//! first, with a note of the modules to recount, and then each transaction counts a hundred learners. Until a learner's
//! turn their counters are the old ones, or already right because they have opened another page. The note is removed
//! when all are done; otherwise the next import or the server's hourly job starts again.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Result, Services};

/// Notes in an import's transaction which modules have to be recounted.
pub(super) async fn owe(db: &mut PgConnection, modules: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "insert into module_recounts (module_id, import) select distinct module, $2::uuid from unnest($1::uuid[]) module
        on conflict (module_id) do update set import = excluded.import",
        modules,
        Uuid::now_v7(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Recounts all learners of the noted modules. Returns how many counters there were. Several servers may do it at the
/// same time.
pub async fn finish_recount(services: &Services) -> Result<usize> {
    let owed = sqlx::query!(
        "select r.module_id, r.import, m.course_id from module_recounts r join modules m on m.id = r.module_id"
    )
    .fetch_all(&services.db)
    .await?;
    if owed.is_empty() {
        return Ok(0);
    }
    let modules: Vec<_> = owed.iter().map(|row| row.module_id).collect();
    let courses: Vec<_> = owed.iter().map(|row| row.course_id).collect();
    let (mut counted, mut after) = (0, Uuid::nil());
    loop {
        let mut db = services.begin().await?;
        // Learners who are not yet into the module too: their first page may be about to be committed, counted with the
        // old pages. This waits for them, and the next statement sees their writes.
        let learners = sqlx::query_scalar!(
            "select id from enrolments where course_id = any($1) and id > $2 order by id limit 100 for no key update",
            &courses,
            after,
        )
        .fetch_all(&mut *db)
        .await?;
        let Some(last) = learners.last() else { break };
        after = *last;
        // Only learners who have been into a module have counters there.
        let portion = sqlx::query!(
            "select learning_count(enrolment_id, module_id, $3) from module_progress
            where enrolment_id = any($1) and module_id = any($2) order by enrolment_id, module_id",
            &learners,
            &modules,
            services.clock.now(),
        )
        .fetch_all(&mut *db)
        .await?;
        db.commit().await?;
        counted += portion.len();
    }
    let imports: Vec<_> = owed.iter().map(|row| row.import).collect();
    sqlx::query!("delete from module_recounts where import = any($1)", &imports)
        .execute(&services.db)
        .await?;
    Ok(counted)
}
