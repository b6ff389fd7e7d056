//! Recounts after an import for learners in the middle of the course: they are counted afterwards, in portions.

use sqlx::AssertSqlSafe;
use tokio::{task::JoinHandle, time::timeout};

use super::*;
use crate::learning::content::{Imported, finish_recount};

/// Learners who have opened the first page of module "one" and both of "two", in the order in which they are counted.
struct Crowd {
    world: World,
    learners: Vec<(Uuid, Actor)>,
}

async fn crowd(db: PgPool, count: i32) -> Crowd {
    let world = World::new(db.clone());
    let cohort = world.cohort("University", "Autumn").await;
    sqlx::query(
        "with learners as (insert into people (id, email, full_name, created_at)
            select gen_random_uuid(), n || '@uni.example', 'Learner', now() from generate_series(1, $1) n returning id),
        joined as (insert into memberships (organisation_id, person_id, joined_at) select $4, id, now() from learners)
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at)
        select gen_random_uuid(), id, $2, $3, now() from learners",
    )
    .bind(count)
    .bind(cohort.course.0)
    .bind(cohort.id.0)
    .bind(cohort.organisation.0)
    .execute(&db)
    .await
    .unwrap();
    sqlx::query(
        "insert into page_openings (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version)
        select e.id, p.id, now(), 1, now(), 1 from enrolments e, pages p join modules m on m.id = p.module_id
        where p.slug = 'page-1' or m.slug = 'two'",
    )
    .execute(&db)
    .await
    .unwrap();
    let learners: Vec<(Uuid, Uuid)> =
        sqlx::query_as("select id, learner_id from enrolments order by id").fetch_all(&db).await.unwrap();
    let learners =
        learners.into_iter().map(|(enrolment, person)| (enrolment, Actor::for_test(PersonId(person))));
    Crowd { learners: learners.collect(), world }
}

impl Crowd {
    /// Adds a page to module "one", and retires one of "two".
    fn import(&self) -> JoinHandle<Result<Imported>> {
        let services = self.world.services.clone();
        let mut new = course(&[], 0);
        new.modules = vec![module("one", 3), module("two", 1)];
        tokio::spawn(async move { import(&services, &new).await })
    }

    /// A recount of the learner waits until this ends.
    async fn busy(&self, learner: usize) -> sqlx::Transaction<'static, sqlx::Postgres> {
        let mut busy = self.world.services.begin().await.unwrap();
        sqlx::query("select from enrolments where id = $1 for no key update")
            .bind(self.learners[learner].0)
            .execute(&mut *busy)
            .await
            .unwrap();
        busy
    }

    async fn somebody_waits(&self) {
        for _ in 0..4_000 {
            if self.number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'").await > 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("nobody waits");
    }

    async fn number(&self, query: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(&self.world.services.db).await.unwrap()
    }

    async fn owed(&self) -> i64 {
        self.number("select count(*) from module_recounts").await
    }

    /// How many pages of module "two" each has opened, by their counters.
    async fn counters(&self) -> Vec<i16> {
        sqlx::query_scalar(
            "select mp.pages_opened from module_progress mp join modules m on m.id = mp.module_id and m.slug = 'two'
            order by mp.enrolment_id",
        )
        .fetch_all(&self.world.services.db)
        .await
        .unwrap()
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_import_blocks_a_learner_for_at_most_one_portion(db: PgPool) {
    let crowd = crowd(db, 250).await;
    let (first, last) = (&crowd.learners[0].1, &crowd.learners[249].1);
    take(&crowd.world, last, "one", true).await.unwrap();
    let busy = crowd.busy(150).await;
    let importing = crowd.import();
    crowd.somebody_waits().await;
    assert_eq!(
        crowd.counters().await,
        [[1; 100].as_slice(), &[2; 150]].concat(),
        "the first portion is counted"
    );
    // Counted and uncounted learners find the new content, and their next opening counts by it.
    let reading = async {
        open(&crowd.world, first, "one", "page-3").await.unwrap();
        for (page, completed) in [("page-2", false), ("page-3", true)] {
            let shown = open(&crowd.world, last, "one", page).await.unwrap();
            assert_eq!(shown.progress.modules[0].completed, completed, "{page}");
        }
        assert!(matches!(open(&crowd.world, last, "two", "page-2").await, Err(Error::NotFound)));
    };
    timeout(std::time::Duration::from_secs(60), reading).await.expect("the import blocks a learner");
    drop(busy);
    importing.await.unwrap().unwrap();
    assert_eq!((crowd.counters().await, crowd.owed().await), (vec![1; 250], 0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_next_import_finishes_an_interrupted_recount(db: PgPool) {
    let crowd = crowd(db, 250).await;
    let busy = crowd.busy(150).await;
    let importing = crowd.import();
    crowd.somebody_waits().await;
    let stopped = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    assert_eq!(crowd.number(stopped).await, 1);
    let error = importing.await.unwrap().unwrap_err().to_string();
    assert!(error.starts_with("the content is imported; import it again"), "{error}");
    drop(busy);
    assert_eq!(crowd.counters().await, [[1; 100].as_slice(), &[2; 150]].concat());
    assert_eq!(crowd.owed().await, 2);
    assert_eq!(crowd.import().await.unwrap().unwrap(), Imported::default(), "the content is already there");
    assert_eq!((crowd.counters().await, crowd.owed().await), (vec![1; 250], 0));
    assert_eq!(finish_recount(&crowd.world.services).await.unwrap(), 0, "nothing is left to be done");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_recount_does_not_clear_the_note_of_a_later_import(db: PgPool) {
    let crowd = crowd(db.clone(), 1).await;
    let busy = crowd.busy(0).await;
    let importing = crowd.import();
    crowd.somebody_waits().await;
    sqlx::query("update module_recounts set import = gen_random_uuid() where module_id = (select id from modules where slug = 'two')")
        .execute(&db)
        .await
        .unwrap();
    drop(busy);
    importing.await.unwrap().unwrap();
    assert_eq!(crowd.owed().await, 1);
    assert_eq!(finish_recount(&crowd.world.services).await.unwrap(), 1);
    assert_eq!(crowd.owed().await, 0);
}

/// Their first page of a module is counted with the old pages, and is not yet visible to the recount.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_learner_who_opens_their_first_page_during_an_import_is_recounted_too(db: PgPool) {
    let crowd = crowd(db.clone(), 1).await;
    sqlx::raw_sql("delete from page_openings; delete from module_progress").execute(&db).await.unwrap();
    let mut opening = crowd.world.services.begin().await.unwrap();
    let (course, module, page) = (slug("nmp"), slug("two"), slug("page-2"));
    let (who, now) = (crowd.learners[0].1.person(), crowd.world.services.clock.now());
    let opened = sql::open_page(&mut opening, who, &course, &module, &page, true, now).await.unwrap();
    assert!(opened.is_some());
    let importing = crowd.import();
    crowd.somebody_waits().await;
    opening.commit().await.unwrap();
    importing.await.unwrap().unwrap();
    assert_eq!(crowd.counters().await, [0], "the page is retired");
}
