//! P4 (been into, completed), and that the counters always equal the facts. P8 and P12 are in `end.rs`.

mod calendar;
mod checks;
mod end;
mod highlights;
mod offline;
mod plans;
mod record;
mod recounts;
mod reminders;
mod study;

use chrono::Duration;
use domain::learning::{AttemptId, CourseProgress, Missing, ModuleProgress, Status};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sqlx::PgPool;

use super::{content::import, *};
use crate::testing::{World, answers, course, module, slug};

async fn open(world: &World, actor: &Actor, module: &str, page: &str) -> Result<ReadingPage> {
    read_page(&world.services, actor, &slug("nmp"), &slug(module), &slug(page), true).await
}

async fn take(world: &World, actor: &Actor, module: &str, right: bool) -> Result<AttemptId> {
    let shown = checks::shown(world, actor, module).await?;
    take_check(&world.services, actor, checks::taken(module, &shown, answers(right))).await
}

async fn progress(world: &World, actor: &Actor) -> CourseProgress {
    course_page(&world.services, actor, &slug("nmp")).await.unwrap().progress
}

async fn enrolled(world: &World) -> Actor {
    let cohort = world.cohort("University", "Autumn").await;
    let actor = world.learner("student@uni.example").await;
    world.enrol(&actor, &cohort).await;
    actor
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_its_learners_can_open_a_course(db: PgPool) {
    let world = World::new(db);
    enrolled(&world).await;
    let stranger = world.learner("stranger@uni.example").await;
    let (nmp, one) = (slug("nmp"), slug("one"));
    let s = &world.services;
    assert!(matches!(course_page(s, &stranger, &nmp).await, Err(Error::NotFound)));
    assert!(matches!(module_page(s, &stranger, &nmp, &one).await, Err(Error::NotFound)));
    assert!(matches!(open(&world, &stranger, "one", "page-1").await, Err(Error::NotFound)));
    assert!(matches!(check_page(s, &stranger, &nmp, &one, None, true).await, Err(Error::NotFound)));
    assert!(matches!(take(&world, &stranger, "one", true).await, Err(Error::NotFound)));
    assert!(my_courses(s, &stranger).await.unwrap().courses.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_course_opens_on_the_days_of_the_cohort_only_and_the_list_says_which(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    let (nmp, one) = (slug("nmp"), slug("one"));
    let s = &world.services;
    let days = async |from: Option<i32>, until: Option<i32>| {
        sqlx::query(
            "update cohorts set access_from = d.today + $2::int, access_until = d.today + $3::int
            from (select ($1::timestamptz at time zone 'Europe/London')::date as today) d",
        )
        .bind(s.clock.now())
        .bind(from)
        .bind(until)
        .execute(&db)
        .await
        .unwrap();
        my_courses(s, &actor).await.unwrap().courses.remove(0).summary
    };
    let usual = days(None, None).await;
    for (from, until) in [(Some(0), Some(0)), (None, Some(0)), (Some(-1), None), (Some(-3), Some(3))] {
        assert_eq!(days(from, until).await, usual);
        open(&world, &actor, "one", "page-1").await.unwrap();
        course_page(s, &actor, &nmp).await.unwrap();
    }
    for (from, until, says) in
        [(Some(1), None, "Opens on "), (None, Some(-1), "Closed: "), (Some(1), Some(9), "Opens on ")]
    {
        assert!(days(from, until).await.starts_with(says));
        assert!(matches!(course_page(s, &actor, &nmp).await, Err(Error::NotFound)));
        assert!(matches!(module_page(s, &actor, &nmp, &one).await, Err(Error::NotFound)));
        assert!(matches!(open(&world, &actor, "one", "page-1").await, Err(Error::NotFound)));
        let ahead = open_page(s, &actor, &nmp, &one, &slug("page-1")).await;
        assert!(matches!(ahead, Err(Error::NotFound)));
        assert!(matches!(check_page(s, &actor, &nmp, &one, None, true).await, Err(Error::NotFound)));
        assert!(matches!(take(&world, &actor, "one", true).await, Err(Error::NotFound)));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn enrolment_opens_every_module_of_the_course(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    for module in ["one", "two"] {
        for page in ["page-1", "page-2"] {
            open(&world, &actor, module, page).await.unwrap();
        }
    }
    assert!(matches!(open(&world, &actor, "one", "page-3").await, Err(Error::NotFound)));
    assert!(matches!(open(&world, &actor, "three", "page-1").await, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_tick_comes_when_all_pages_are_opened_and_the_check_is_passed(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let now = progress(&world, &actor).await;
    assert_eq!(now.modules[0].status(), Status::NotStarted);
    assert_eq!(now.modules[0].missing().len(), 3);

    open(&world, &actor, "one", "page-1").await.unwrap();
    take(&world, &actor, "one", false).await.unwrap();
    take(&world, &actor, "one", true).await.unwrap();
    let now = progress(&world, &actor).await;
    let first = &now.modules[0];
    assert_eq!((first.status(), first.check.best, first.check.passed), (Status::InProgress, Some(100), true));
    assert!(matches!(first.missing()[..], [Missing::Page(page)] if page.slug == "page-2"));

    let page = open(&world, &actor, "one", "page-2").await.unwrap();
    assert_eq!(
        page.progress.modules[0].status(),
        Status::Completed,
        "the very page that completes it shows the tick"
    );
    assert_eq!(
        (page.progress.percent(), page.progress.in_words().as_str()),
        (50, "1 of 2 modules completed")
    );
    take(&world, &actor, "one", false).await.unwrap();
    assert_eq!(progress(&world, &actor).await.completed(), 1, "a later failure takes no tick away");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_card_of_a_course_has_the_wheel_of_its_page(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let wheels = async || {
        let card = my_courses(&world.services, &actor).await.unwrap().courses.remove(0).modules;
        let page: Vec<_> =
            progress(&world, &actor).await.modules.iter().map(ModuleProgress::status).collect();
        assert_eq!(card, page);
        card
    };
    assert_eq!(wheels().await, [Status::NotStarted; 2]);
    // Not the first: the completed one is filled.
    let pages: Vec<String> =
        progress(&world, &actor).await.modules[1].pages.iter().map(|page| page.slug.clone()).collect();
    for page in &pages {
        open(&world, &actor, "two", page).await.unwrap();
    }
    assert_eq!(wheels().await, [Status::NotStarted, Status::InProgress]);
    take(&world, &actor, "two", true).await.unwrap();
    assert_eq!(wheels().await, [Status::NotStarted, Status::Completed]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn openings_are_kept_with_their_times(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    open(&world, &actor, "one", "page-1").await.unwrap();
    world.clock.advance(Duration::days(1));
    let mut changed = course(&["one", "two"], 2);
    changed.modules[0].pages[0].html = "<p>New text</p>".into();
    import(&world.services, &changed).await.unwrap();
    let page = open(&world, &actor, "one", "page-1").await.unwrap();
    assert_eq!(page.html, "<p>New text</p>");
    let (first, last, versions, times): (String, String, Vec<i32>, i32) = sqlx::query_as(
        "select to_char(first_opened_at at time zone 'UTC', 'DD HH24'), to_char(last_opened_at at time zone 'UTC', 'DD HH24'),
            array[first_version, last_version], times from page_openings",
    )
    .fetch_one(&world.services.db)
    .await
    .unwrap();
    assert_eq!((first.as_str(), last.as_str(), versions, times), ("22 09", "23 09", vec![1, 2], 2));
    let old: String = sqlx::query_scalar("select html from page_versions where version = 1 limit 1")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!(old, "<p>Text</p>", "the text that was read stays");
    let resume = course_page(&world.services, &actor, &slug("nmp")).await.unwrap().resume.unwrap();
    assert_eq!((resume.module.as_str(), resume.page.as_str()), ("one", "page-1"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_tabs_at_once_are_both_counted(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("University", "Autumn").await;
    for n in 0..20 {
        let actor = world.learner(&format!("student{n}@uni.example")).await;
        world.enrol(&actor, &cohort).await;
        take(&world, &actor, "one", true).await.unwrap();
        let (one, other) =
            tokio::join!(open(&world, &actor, "one", "page-1"), open(&world, &actor, "one", "page-2"));
        assert!(one.is_ok() && other.is_ok(), "neither blocks the other for ever");
        let now = progress(&world, &actor).await;
        assert_eq!((now.modules[0].pages_opened(), now.completed()), (2, 1));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn changes_are_news_for_learner_cohort_and_organisation(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("University", "Autumn").await;
    let actor = world.learner("student@uni.example").await;
    world.enrol(&actor, &cohort).await;
    let mut listener = sqlx::postgres::PgListener::connect_with(&world.services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    let mut heard = async |count: usize| {
        let mut heard = Vec::new();
        while heard.len() < count {
            heard.push(listener.recv().await.unwrap().payload().to_owned());
        }
        heard.sort();
        heard
    };
    let learner = format!("learner:{}", actor.person());
    let (of_cohort, of_organisation) =
        (format!("cohort:{}", cohort.id), format!("organisation:{}", cohort.organisation));
    open(&world, &actor, "one", "page-1").await.unwrap();
    assert_eq!(heard(3).await, [of_cohort.clone(), learner.clone(), of_organisation.clone()]);
    // The report of the organisation shows no single page, and hears when it would change.
    open(&world, &actor, "one", "page-2").await.unwrap();
    assert_eq!(heard(2).await, [of_cohort.clone(), learner.clone()]);
    take(&world, &actor, "one", true).await.unwrap();
    let after = heard(3).await;
    assert!(after.contains(&of_organisation), "{after:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_restored_module_counts_again(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    for page in ["page-1", "page-2"] {
        open(&world, &actor, "two", page).await.unwrap();
    }
    take(&world, &actor, "two", true).await.unwrap();
    for (pages, completed) in [([2, 2], 1), ([2, 0], 0), ([2, 2], 1)] {
        import_pages(&world, pages).await;
        let card = my_courses(&world.services, &actor).await.unwrap().courses.remove(0).modules;
        assert_eq!(card.iter().filter(|status| **status == Status::Completed).count(), completed);
        assert_eq!(progress(&world, &actor).await.completed(), completed);
    }
}

/// The next action of a learner or an author.
#[derive(Debug, Clone)]
enum Step {
    Open {
        module: usize,
        page: usize,
    },
    Take {
        module: usize,
        right: bool,
    },
    /// Imports the course again, with this number of pages in each module; 0 leaves the module out.
    Import {
        pages: [usize; 2],
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2_usize, 1..4_usize).prop_map(|(module, page)| Step::Open { module, page }),
        2 => (0..2_usize, any::<bool>()).prop_map(|(module, right)| Step::Take { module, right }),
        1 => (1..4_usize, 0..4_usize).prop_map(|(one, two)| Step::Import { pages: [one, two] }),
    ]
}

/// The facts, stored in the simplest possible form.
#[derive(Default, Clone)]
struct Facts {
    opened: [std::collections::BTreeSet<usize>; 2],
    best: [Option<u8>; 2],
    ticked: [bool; 2],
}

/// Runs random histories against the database and an independent model; after every step, all counters must agree with
/// the model's facts.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn counters_always_equal_the_facts(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("University", "Autumn").await;
    let mut runner = TestRunner::deterministic();
    for history in 0..12 {
        let steps = proptest::collection::vec(step(), 30).new_tree(&mut runner).unwrap().current();
        import_pages(&world, [2, 2]).await;
        let mut pages = [2, 2];
        let actor = world.learner(&format!("student{history}@uni.example")).await;
        world.enrol(&actor, &cohort).await;
        let mut facts = Facts::default();
        for (n, step) in steps.iter().enumerate() {
            world.clock.advance(Duration::minutes(1));
            match *step {
                Step::Import { pages: new } => {
                    import_pages(&world, new).await;
                    pages = new;
                }
                Step::Open { module, page } => {
                    let there = page <= pages[module];
                    let result = open(&world, &actor, ["one", "two"][module], &format!("page-{page}")).await;
                    assert_eq!(result.is_ok(), there, "{step:?}");
                    if there {
                        facts.opened[module].insert(page);
                    }
                }
                Step::Take { module, right } => {
                    let result = take(&world, &actor, ["one", "two"][module], right).await;
                    assert_eq!(result.is_ok(), pages[module] > 0, "{step:?}");
                    if result.is_ok() {
                        let percent = if right { 100 } else { 0 };
                        facts.best[module] = facts.best[module].max(Some(percent));
                    }
                }
            }
            for (module, there) in pages.iter().enumerate() {
                let live = facts.opened[module].iter().filter(|page| *page <= there).count();
                facts.ticked[module] |= *there > 0 && live == *there && facts.best[module] == Some(100);
            }
            compare(&world, &actor, &facts, pages, &format!("history {history}, step {n}: {step:?}")).await;
        }
    }
}

async fn import_pages(world: &World, pages: [usize; 2]) {
    let mut new = course(&[], 0);
    new.modules = ["one", "two"]
        .iter()
        .zip(pages)
        .filter(|(_, pages)| *pages > 0)
        .map(|(name, pages)| module(name, pages))
        .collect();
    import(&world.services, &new).await.unwrap();
}

async fn compare(world: &World, actor: &Actor, facts: &Facts, pages: [usize; 2], when: &str) {
    let shown = progress(world, actor).await;
    let live: Vec<_> = (0..2).filter(|module| pages[*module] > 0).collect();
    assert_eq!(shown.modules.len(), live.len(), "{when}");
    for (module, shown) in live.iter().zip(&shown.modules) {
        let opened = facts.opened[*module].iter().filter(|page| **page <= pages[*module]).count();
        let expected =
            (opened, !facts.opened[*module].is_empty(), facts.best[*module], facts.ticked[*module]);
        assert_eq!(
            (shown.pages_opened(), shown.entered, shown.check.best, shown.completed),
            expected,
            "{when}"
        );
    }
    let counters: Vec<(i16, i16)> =
        sqlx::query_as("select modules_entered, modules_completed from enrolments where learner_id = $1")
            .bind(actor.person().0)
            .fetch_all(&world.services.db)
            .await
            .unwrap();
    let count = |is: &dyn Fn(usize) -> bool| {
        i16::try_from(live.iter().filter(|module| is(**module)).count()).unwrap()
    };
    let expected = (count(&|module| !facts.opened[module].is_empty()), count(&|module| facts.ticked[module]));
    assert_eq!(counters, [expected], "{when}");
    let stored: Vec<(i16,)> = sqlx::query_as(
        "select pages_opened from module_progress mp join modules m on m.id = mp.module_id join enrolments e on e.id = mp.enrolment_id
        where e.learner_id = $1 and not m.retired order by m.position",
    )
    .bind(actor.person().0)
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    let touched =
        live.iter().filter(|module| !facts.opened[**module].is_empty() || facts.best[**module].is_some());
    let expected: Vec<_> = touched
        .map(|module| {
            (i16::try_from(facts.opened[*module].iter().filter(|page| **page <= pages[*module]).count())
                .unwrap(),)
        })
        .collect();
    assert_eq!(stored, expected, "{when}");
}
