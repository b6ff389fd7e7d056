//! The lists of papers, candidates, results, extra time, templates and organisations are searched, filtered, sorted, paged and downloaded.

mod candidates;
mod extra_time;
mod templates;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    FieldProblem,
    assessment::{
        Difficulty,
        adjustments::{AdjustmentSort, Given},
        authoring::{
            CandidateSort, InvitedLearner, Known, OfKind, OrganisationSort, OrganisationsQuery, PaperShow,
            PaperSort,
        },
        bank::{InUse, OfCategory, OfDifficulty, OwnTemplate, TemplateSort},
        invigilation::{InvigilationShow, InvigilationSort},
        results::{ResultRow, ResultSort, Show},
    },
    kit::list::Choice,
    organisations::OrganisationKind,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::*;
use crate::{
    assessment::{
        adjustments::adjustments_file,
        authoring::{candidates_file, organisations_page},
        bank::templates_file,
    },
    kit::export::Format,
    testing::{file_has_the_rows_of_the_pages, in_order, key_of},
};

/// A hundred and twenty submitted sittings, many with the same name, mark or time. Name, mark and time sort them in different orders.
async fn submitted(exam: &Exam) {
    sqlx::query(
        "with n as materialized (select n, gen_random_uuid() as id from generate_series(1, 120) n),
        p as (insert into people (id, email, full_name, created_at)
            select id, 'c' || n || '@x.example', case when n % 9 = 0 then 'Zoë_' when n % 2 = 0 then 'Candidate ' else 'candidate ' end || n % 40,
                now() from n)
        insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at,
            removed_on, submitted_at, submitted_by, mark, available, passed)
        select gen_random_uuid(), $1, n.id, 1, now(), 60, now(), now(), now(), '2033-01-01',
            now() - make_interval(mins => n * 37 % 61), 'candidate', n * 7 % 20, 20, ('c' || n) like 'c1%' from n",
    )
    .bind(exam.paper.0)
    .execute(&exam.world.services.db)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_results_show_each_result_once_in_every_order(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    submitted(&exam).await;
    exam.another_paper().await;
    let services = &exam.world.services;
    let stored: Vec<(Uuid, String, i16, DateTime<Utc>)> = sqlx::query_as(
        "select s.id, p.full_name, s.mark, s.submitted_at from sittings s join people p on p.id = s.learner_id where s.paper_id = $1",
    )
    .bind(exam.paper.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    let page =
        async |query: &ResultsQuery| results_page(services, &exam.setter, exam.paper, query).await.unwrap();
    let first = page(&ResultsQuery::default()).await;
    let marks: i64 = stored.iter().map(|row| i64::from(row.2)).sum();
    assert_eq!((first.totals.submitted, i64::from(first.totals.mark)), (120, marks));
    assert_eq!((first.sections.len(), first.sitting), (2, 0), "no part of the other paper");
    for sort in ResultSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = ResultsQuery { sort, descending, ..ResultsQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = page(&query).await;
                // The figures above the rows cover all candidates, on every page.
                assert_eq!(
                    (page.totals, &page.sections, &page.categories),
                    (first.totals, &first.sections, &first.categories)
                );
                assert_eq!((page.results.found, page.results.in_all), (120, 120));
                sizes.push(page.results.rows.len());
                seen.extend(page.results.rows.into_iter().map(|row| row.sitting.0));
                match page.results.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 20], "{sort:?} {descending}");
            let rows = stored.iter().map(|(id, name, mark, submitted)| {
                let key = match sort {
                    ResultSort::Name => name.to_lowercase(),
                    ResultSort::Mark => format!("{mark:05}"),
                    ResultSort::Submitted => key_of(*submitted),
                };
                (key, *id, *id)
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    let whole = page(&ResultsQuery { whole: true, ..ResultsQuery::default() }).await.results;
    assert_eq!((whole.rows.len(), whole.next), (120, None));
    file_has_the_rows_of_the_pages(
        7,
        async |query: ResultsQuery| {
            results_file(services, &exam.setter, exam.paper, &query, Format::Csv).await.unwrap()
        },
        async |query: ResultsQuery| page(&query).await.results,
        |row: &ResultRow| &row.name,
    )
    .await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn filters_and_searches_of_results_leave_the_sums_unchanged(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    submitted(&exam).await;
    exam.another_paper().await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    let item = exam.room(sitting).await.questions[0].item;
    exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "2,5 mg")]).await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let erased = "update sittings set learner_id = null where learner_id = (select id from people where email = 'c20@x.example')";
    sqlx::query(erased).execute(&services.db).await.unwrap();
    let passed: i64 = sqlx::query_scalar("select count(*) from sittings where passed")
        .fetch_one(&services.db)
        .await
        .unwrap();
    let passed = u32::try_from(passed).unwrap();
    for (search, filters, found) in [
        ("", Show::All, 121),
        ("", Show::Passed, passed),
        ("", Show::Failed, 121 - passed),
        ("", Show::Unreadable, 1),
        ("ZOË_", Show::All, 13),
        ("c12", Show::Passed, 2),
        ("_", Show::All, 13),
        ("%", Show::All, 0),
        ("erased account", Show::All, 1),
        ("learner@north", Show::Passed, 0),
        // A candidate of the other paper.
        ("other@north", Show::All, 0),
    ] {
        let query = ResultsQuery { search: search.into(), filters, ..ResultsQuery::default() };
        let page = results_page(services, &exam.setter, exam.paper, &query).await.unwrap();
        assert_eq!((page.results.found, page.results.in_all), (found, 121), "{search} {filters:?}");
        assert_eq!((page.totals.submitted, page.totals.passed, page.totals.unreadable), (121, passed, 1));
        let file = results_file(services, &exam.setter, exam.paper, &query, Format::Csv).await.unwrap();
        assert_eq!(file.what, domain::count(found, "result"));
        let lines = String::from_utf8(file.bytes).unwrap().lines().count();
        assert_eq!(lines, usize::try_from(found).unwrap() + 1);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_papers_show_each_paper_once_and_are_searched_and_filtered(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    sqlx::query(
        "insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
            opens_at, closes_at, release, published_at, created_at)
        select gen_random_uuid(), p.organisation_id, p.set_by, p.kind, case when n % 2 = 0 then 'Paper_' else 'paper_' end || n % 9, 30, 80, false, false, false, 1,
            now() + make_interval(hours => n % 5 - 2), now() + make_interval(hours => n % 5 - 1 + n % 3), 'at-close',
            case when n % 2 = 0 then now() end, now()
        from papers p, generate_series(1, 119) n",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let stored: Vec<(Uuid, String, DateTime<Utc>, DateTime<Utc>)> =
        sqlx::query_as("select id, title, opens_at, closes_at from papers")
            .fetch_all(&services.db)
            .await
            .unwrap();
    for sort in PaperSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = PapersQuery { sort, descending, ..PapersQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = papers_page(services, setter, &query, None).await.unwrap().papers;
                assert_eq!((page.found, page.in_all), (120, 120));
                sizes.push(page.rows.len());
                seen.extend(page.rows.into_iter().map(|paper| paper.id.0));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 20], "{sort:?} {descending}");
            let rows = stored.iter().map(|(id, title, opens, closes)| {
                let key = match sort {
                    // Ids are in the order of creation.
                    PaperSort::Made => String::new(),
                    PaperSort::Title => title.to_lowercase(),
                    PaperSort::Opens => key_of(*opens),
                    PaperSort::Closes => key_of(*closes),
                };
                (key, *id, *id)
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    let mut of_states = 0;
    for filters in PaperShow::ALL.iter().copied().skip(1).filter(|show| *show != PaperShow::PutAway) {
        let query = PapersQuery { filters, ..PapersQuery::default() };
        let page = papers_page(services, setter, &query, None).await.unwrap().papers;
        assert!(page.rows.iter().all(|paper| paper.state.as_str() == filters.as_str()), "{filters:?}");
        assert!(page.found > 0, "{filters:?}");
        of_states += page.found;
    }
    assert_eq!(of_states, 120);
    let query = PapersQuery { search: "paper_3".into(), ..PapersQuery::default() };
    assert_eq!(papers_page(services, setter, &query, None).await.unwrap().papers.found, 13);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_stranger_is_refused_a_file_at_once_although_all_slots_are_taken(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, paper) = (&exam.world.services, exam.paper);
    let _taken = services.queues.heavy.all_places();
    let results = async |actor: &Actor, most: Duration| {
        let query = ResultsQuery::default();
        timeout(most, results_file(services, actor, paper, &query, Format::Csv)).await
    };
    let candidates = async |actor: &Actor, most: Duration| {
        let query = CandidatesQuery::default();
        timeout(most, candidates_file(services, actor, paper, &query, Format::Csv)).await
    };
    // Work waits for a slot for twenty seconds.
    let at_once = Duration::from_secs(10);
    let refused = [results(&exam.learner, at_once).await, candidates(&exam.learner, at_once).await];
    assert!(refused.iter().all(|file| matches!(file, Ok(Err(Error::NotFound)))));
    // The setter has permission, and waits.
    let a_while = Duration::from_millis(200);
    assert!(
        results(&exam.setter, a_while).await.is_err() && candidates(&exam.setter, a_while).await.is_err()
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_finds_every_organisation_and_a_setter_their_own(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    sqlx::query(
        "insert into organisations (id, name, kind, created_at)
        select gen_random_uuid(), case when n = 7 then 'Übersee' else 'Other ' || to_char(n, 'FM000') end,
            case when n % 4 = 0 then 'employer' else 'university' end, now()
        from generate_series(1, 119) n",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let stored: Vec<(Uuid, String, String)> =
        sqlx::query_as("select id, name, kind from organisations").fetch_all(&services.db).await.unwrap();
    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;
    let page = async |who: &Actor, query: &OrganisationsQuery| {
        organisations_page(services, who, query).await.unwrap().organisations
    };
    for sort in OrganisationSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = OrganisationsQuery { sort, descending, ..OrganisationsQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = page(&support, &query).await;
                assert_eq!((page.found, page.in_all), (120, 120));
                sizes.push(page.rows.len());
                seen.extend(page.rows.into_iter().map(|organisation| organisation.id.0));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 20], "{sort:?} {descending}");
            let rows = stored.iter().map(|(id, name, kind)| {
                let name = name.to_lowercase().replace('ü', "u");
                (if sort == OrganisationSort::Kind { format!("{kind} {name}") } else { name }, *id, *id)
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    for (search, kind, found) in [
        ("ubersee", None, 1),
        ("other 01", None, 10),
        ("other 01", Some(OrganisationKind::Employer), 2),
        ("", Some(OrganisationKind::Employer), 29),
        ("nobody", None, 0),
    ] {
        let query = OrganisationsQuery {
            search: search.into(),
            filters: OfKind(kind),
            ..OrganisationsQuery::default()
        };
        let now = page(&support, &query).await;
        assert_eq!((now.found, now.in_all), (found, 120), "{search} {kind:?}");
    }
    let own = page(&exam.setter, &OrganisationsQuery::default()).await;
    assert_eq!((own.in_all, own.rows.len(), own.rows[0].name.as_str()), (1, 1, "North"));
    let other = OrganisationsQuery { search: "other".into(), ..OrganisationsQuery::default() };
    assert_eq!(page(&exam.setter, &other).await.found, 0);
    let learner = organisations_page(services, &exam.learner, &OrganisationsQuery::default()).await;
    assert!(matches!(learner, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_page_to_print_waits_for_a_slot_like_a_file_and_no_other_page_does(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, paper) = (&exam.world.services, exam.paper);
    let taken = services.queues.heavy.all_places();
    let a_while = Duration::from_millis(300);
    let results = async |actor: &Actor, whole, most: Duration| {
        let query = ResultsQuery { whole, ..ResultsQuery::default() };
        timeout(most, results_page(services, actor, paper, &query)).await.map(|page| page.map(drop))
    };
    let candidates = async |actor: &Actor, whole, most: Duration| {
        let query = CandidatesQuery { whole, ..CandidatesQuery::default() };
        timeout(most, candidates_page(services, actor, paper, &query)).await.map(|page| page.map(drop))
    };
    let papers = async |actor: &Actor, whole, most: Duration| {
        let query = PapersQuery { whole, ..PapersQuery::default() };
        timeout(most, papers_page(services, actor, &query, None)).await.map(|page| page.map(drop))
    };
    // Work waits for a slot for twenty seconds.
    let at_once = Duration::from_secs(10);
    let refused = [
        results(&exam.learner, true, at_once).await,
        candidates(&exam.learner, true, at_once).await,
        papers(&exam.learner, true, at_once).await,
    ];
    assert!(refused.iter().all(|page| matches!(page, Ok(Err(Error::NotFound)))), "{refused:?}");
    // The setter has permission, and waits for the page to print alone.
    for whole in [true, false] {
        let asked = [
            results(&exam.setter, whole, if whole { a_while } else { at_once }).await,
            candidates(&exam.setter, whole, if whole { a_while } else { at_once }).await,
            papers(&exam.setter, whole, if whole { a_while } else { at_once }).await,
        ];
        assert!(asked.iter().all(|page| page.is_err() == whole), "{whole} {asked:?}");
    }
    drop(taken);
    assert!(matches!(results(&exam.setter, true, at_once).await, Ok(Ok(()))));
    assert!(matches!(candidates(&exam.setter, true, at_once).await, Ok(Ok(()))));
    assert!(matches!(papers(&exam.setter, true, at_once).await, Ok(Ok(()))));
}
