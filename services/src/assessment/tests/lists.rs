//! The lists of papers, candidates, results, extra time, templates and organisations are searched, filtered, sorted, paged and downloaded.

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
        authoring::{candidates_file, organisations_page, remove_candidates},
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
async fn candidates_entered_by_address_are_found_sorted_and_removed(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, paper) = (&exam.world.services, &exam.setter, exam.paper);
    // The organisation knows two of the candidates. The others are strangers, one of them with an account.
    let stranger = exam.world.learner("stranger@x.example").await;
    sqlx::query("update people set full_name = 'Secret Name' where id = $1")
        .bind(stranger.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    exam.in_room().await;
    let other = exam.another_paper().await;
    sqlx::query(
        "update people set full_name = case when email like 'learner@%' then 'Zed' else 'amy' end
        where email in ('learner@north.example', 'other@north.example')",
    )
    .execute(&services.db)
    .await
    .unwrap();
    let mut emails: Vec<_> = (0..60).map(|n| format!("someone{n:02}@x.example")).collect();
    let known = [("learner@north.example", "Zed"), ("other@north.example", "amy")];
    emails.extend(known.map(|(email, _)| email.to_owned()));
    emails.push("stranger@x.example".to_owned());
    save_candidates(services, setter, paper, &[], &emails.join("\n"), None).await.unwrap();
    // Equal names are in the order of their digests.
    let stored: Vec<(String, Uuid)> =
        sqlx::query_as("select email, md5(email)::uuid from unnest($1::text[]) email")
            .bind(&emails)
            .fetch_all(&services.db)
            .await
            .unwrap();
    let page = async |query: &CandidatesQuery| candidates_page(services, setter, paper, query).await.unwrap();
    for sort in CandidateSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = CandidatesQuery { sort, descending, ..CandidatesQuery::default() };
            let mut seen = Vec::new();
            loop {
                let page = page(&query).await;
                assert_eq!((page.addresses.len(), page.learners.found, page.learners.in_all), (63, 63, 63));
                seen.extend(page.learners.rows.into_iter().map(|learner| (learner.email, learner.name)));
                match page.learners.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            let rows = stored.iter().map(|(email, id)| {
                let name = known.iter().find(|(known, _)| known == email).map(|(_, name)| *name);
                let key = match (sort, name) {
                    (CandidateSort::Address, _) => email.clone(),
                    (CandidateSort::Name, Some(name)) => format!("0{}", name.to_lowercase()),
                    // Those without a known name come last, by address.
                    (CandidateSort::Name, None) => format!("1{email}"),
                };
                (key, *id, (email.clone(), name.map(str::to_owned)))
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    file_has_the_rows_of_the_pages(
        7,
        async |query: CandidatesQuery| {
            candidates_file(services, setter, paper, &query, Format::Csv).await.unwrap()
        },
        async |query: CandidatesQuery| page(&query).await.learners,
        |learner: &InvitedLearner| &learner.email,
    )
    .await;
    for (search, filters, found) in [
        ("", Known::Known, 2),
        ("", Known::Others, 61),
        ("someone1", Known::All, 10),
        ("someone1", Known::Known, 0),
        // A search for a hidden name finds nothing.
        ("secret", Known::All, 0),
    ] {
        let query = CandidatesQuery { search: search.into(), filters, ..CandidatesQuery::default() };
        assert_eq!(page(&query).await.learners.found, found, "{search} {filters:?}");
        let file = candidates_file(services, setter, paper, &query, Format::Csv).await.unwrap();
        assert_eq!(file.what, domain::count(found, "candidate"));
    }

    let chosen =
        ["someone01@x.example".to_owned(), "someone02@x.example".to_owned(), "nobody@x.example".to_owned()];
    let remove = async |chosen: &[String], confirmed, seen| {
        remove_candidates(services, setter, paper, chosen, confirmed, seen).await
    };
    let wrong = |result| match result {
        Err(Error::Invalid(problems)) => problems,
        other => panic!("{other:?}"),
    };
    let nobody = FieldProblem::new("chosen", Problem::NobodyChosen);
    let unsure = FieldProblem::new("confirmed", Problem::ConfirmationMissing);
    assert_eq!(wrong(remove(&[], false, None).await), [nobody, unsure.clone()]);
    assert_eq!(wrong(remove(&chosen, false, None).await), [unsure]);
    let seen = page(&CandidatesQuery::default()).await.paper.versions.candidates;
    let meanwhile = wrong(remove(&chosen, true, Some(seen + 1)).await);
    assert!(matches!(meanwhile[0].problem, Problem::ChangedMeanwhile { .. }));
    assert_eq!(remove(&chosen, true, Some(seen)).await.unwrap(), 2);
    let left = page(&CandidatesQuery::default()).await;
    assert_eq!((left.learners.in_all, left.paper.versions.candidates), (61, seen + 1));
    let others = candidates_page(services, setter, other, &CandidatesQuery::default()).await.unwrap();
    assert_eq!(others.learners.in_all, 3, "the other paper keeps the same addresses");
    let nobody = ["nobody@x.example".to_owned()];
    assert_eq!(remove(&nobody, true, Some(seen + 1)).await.unwrap(), 0);
    let noted: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'assessment.candidates_changed'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(noted, 2, "two changes of a published paper");
    assert!(not_found(remove_candidates(services, &exam.learner, paper, &chosen, true, None).await));
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
    for filters in PaperShow::ALL.iter().copied().skip(1) {
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

/// A hundred and nineteen addresses with time of the organisation, many with the same, and one of another organisation.
async fn given_time(exam: &Exam) {
    let services = &exam.world.services;
    let mut connection = services.db.acquire().await.unwrap();
    let south = ensure_organisation(services, &mut connection, "South", "university").await.unwrap();
    sqlx::query(
        "insert into exam_adjustments (email, organisation_id, extra_percent, extra_minutes, break_minutes, set_at)
        select 'candidate' || to_char(n, 'FM000') || '@north.example', $1::uuid, n % 3 * 25, n % 4, case when n % 12 = 0 then 5 else n % 5 end, now()
        from generate_series(1, 119) n
        union all select 'south@south.example', $2::uuid, 25, 0, 0, now()",
    )
    .bind(exam.organisation.0)
    .bind(south.0)
    .execute(&mut *connection)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn everyone_with_extra_time_is_found_sorted_and_in_the_file(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, organisation) = (&exam.world.services, &exam.setter, exam.organisation);
    given_time(&exam).await;
    // The organisation knows the learner, and not the stranger.
    let stranger = exam.world.learner("stranger@x.example").await;
    sqlx::query(
        "update people set full_name = case when id = $1 then 'Hidden Name' else 'Élodie Learner' end where id in ($1, $2)",
    )
    .bind(stranger.person().0)
    .bind(exam.learner.person().0)
    .execute(&services.db)
    .await
    .unwrap();
    exam.in_room().await;
    sqlx::query(
        "insert into exam_adjustments (person_id, email, organisation_id, extra_percent, set_at)
        select id, email, $1, 10, now() from people where email in ('stranger@x.example', 'learner@north.example')",
    )
    .bind(organisation.0)
    .execute(&services.db)
    .await
    .unwrap();
    let stored: Vec<(Uuid, String, i16, i16, i16)> = sqlx::query_as(
        "select id, email, extra_percent, extra_minutes, break_minutes from exam_adjustments where organisation_id = $1",
    )
    .bind(organisation.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    let page = async |query: &AdjustmentsQuery| {
        adjusted_people(services, setter, organisation, query).await.unwrap().people
    };
    for sort in AdjustmentSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = AdjustmentsQuery { sort, descending, ..AdjustmentsQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = page(&query).await;
                assert_eq!((page.found, page.in_all), (121, 121));
                sizes.push(page.rows.len());
                seen.extend(page.rows.into_iter().map(|person| person.id.0));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 21], "{sort:?} {descending}");
            let rows = stored.iter().map(|(id, email, percent, minutes, breaks)| {
                let known = email.starts_with("learner@");
                let key = match sort {
                    AdjustmentSort::Name if known => "elodie learner".to_owned(),
                    AdjustmentSort::Name => email.clone(),
                    AdjustmentSort::ExtraTime => format!("{percent:03}{minutes:03}"),
                    AdjustmentSort::RestBreaks => format!("{breaks:03}"),
                };
                (key, *id, *id)
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    file_has_the_rows_of_the_pages(
        7,
        async |query: AdjustmentsQuery| {
            adjustments_file(services, setter, organisation, &query, Format::Csv).await.unwrap()
        },
        async |query: AdjustmentsQuery| page(&query).await,
        |person: &AdjustedPerson| &person.email,
    )
    .await;
    let with_time = stored.iter().filter(|row| row.2 > 0 || row.3 > 0).count();
    let with_breaks = stored.iter().filter(|row| row.4 > 0).count();
    assert!(with_time < 121 && with_breaks < 121);
    for (search, filters, found) in [
        ("", Given::ExtraTime, with_time),
        ("", Given::RestBreaks, with_breaks),
        (" Candidate07", Given::All, 10),
        ("elodie", Given::All, 1),
        ("elodie", Given::RestBreaks, 0),
        // A hidden name matches no search, and its owner's address does.
        ("hidden", Given::All, 0),
        ("stranger@", Given::ExtraTime, 1),
        ("south", Given::All, 0),
        ("%", Given::All, 0),
    ] {
        let query = AdjustmentsQuery { search: search.into(), filters, ..AdjustmentsQuery::default() };
        let found = u32::try_from(found).unwrap();
        let found_now = page(&query).await;
        assert_eq!((found_now.found, found_now.in_all), (found, 121), "{search} {filters:?}");
        let file = adjustments_file(services, setter, organisation, &query, Format::Csv).await.unwrap();
        assert_eq!((file.of, file.what), ("North".to_owned(), domain::count(found, "adjustment")));
        let text = String::from_utf8(file.bytes).unwrap();
        assert_eq!(text.lines().count(), usize::try_from(found).unwrap() + 1);
        assert!(!text.contains("Hidden"), "{text}");
    }
    let one = AdjustmentsQuery { search: "elodie".into(), ..AdjustmentsQuery::default() };
    let file = adjustments_file(services, setter, organisation, &one, Format::Csv).await.unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    assert_eq!(text.lines().last(), Some("learner@north.example,Élodie Learner,10,0,0"));

    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;
    let taken = async |who: &Actor| adjustments_file(services, who, organisation, &one, Format::Xlsx).await;
    assert!(matches!(taken(&support).await, Err(Error::ReasonNeeded(_))));
    give_reason(services, &support, LookedAt::Adjustments(organisation), "Asked by telephone").await.unwrap();
    // Who has extra time there reads it.
    let looks = account_page(services, &exam.learner).await.unwrap().looks;
    let looks: Vec<_> = looks.into_iter().map(|look| (look.what, look.reason)).collect();
    let words = "Looked at the people to whom an organisation gives extra time, you among them";
    assert_eq!(looks, [(words.to_owned(), None)]);
    assert!(taken(&support).await.is_ok());
    assert!(matches!(taken(&exam.learner).await, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisations_own_templates_are_found_sorted_and_in_the_file(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, organisation) = (&exam.world.services, &exam.setter, exam.organisation);
    // Some have names that others have too, in another organisation or in the shared bank.
    let mut connection = services.db.acquire().await.unwrap();
    let south = ensure_organisation(services, &mut connection, "South", "university").await.unwrap();
    drop(connection);
    sqlx::query(
        "insert into question_templates (id, organisation_id, name, category, difficulty, source, retired, imported_at)
        select gen_random_uuid(), o.id, case when n % 2 = 0 then 'Template-' else 'template-' end || to_char(n, 'FM000'),
            (array['comprehension', 'oral-liquids', 'unit-doses'])[1 + n % 3], 1 + n % 2,
            case when n = 7 then 'wording = \"A syrup for Zoë\"' else '' end, n % 10 = 0, now()
        from generate_series(1, 120) n, organisations o where o.id = $1 or n < 10",
    )
    .bind(organisation.0)
    .execute(&services.db)
    .await
    .unwrap();
    let stored: Vec<(Uuid, String, String, i16, bool)> = sqlx::query_as(
        "select id, name, category, difficulty, retired from question_templates where organisation_id = $1",
    )
    .bind(organisation.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    let page = async |query: &TemplatesQuery| {
        let bank = own_templates(services, setter, organisation, query).await.unwrap();
        assert_eq!((bank.organisation.as_str(), bank.shared), ("North", 2));
        bank.templates
    };
    for sort in TemplateSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = TemplatesQuery { sort, descending, ..TemplatesQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = page(&query).await;
                assert_eq!((page.found, page.in_all), (120, 120));
                sizes.push(page.rows.len());
                seen.extend(page.rows.into_iter().map(|template| template.id.0));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 20], "{sort:?} {descending}");
            let rows = stored.iter().map(|(id, name, category, difficulty, _)| {
                let (name, category) = (name.to_lowercase(), Category::parse(category).unwrap());
                let key = match sort {
                    TemplateSort::Name => name,
                    TemplateSort::Difficulty => format!("{difficulty}{name}"),
                    TemplateSort::Category => format!("{:02}{difficulty}{name}", category as usize),
                };
                (key, *id, *id)
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    file_has_the_rows_of_the_pages(
        7,
        async |query: TemplatesQuery| {
            templates_file(services, setter, organisation, &query, Format::Csv).await.unwrap()
        },
        async |query: TemplatesQuery| page(&query).await,
        |template: &OwnTemplate| &template.name,
    )
    .await;
    let (all, liquids) = (OfCategory(None), OfCategory(Some(Category::OralLiquids)));
    let (every, two) = (OfDifficulty(None), OfDifficulty(Some(Difficulty::Two)));
    for (search, filters, found) in [
        ("", (InUse::Retired, all, every), 12),
        ("", (InUse::InUse, all, every), 108),
        ("", (InUse::All, liquids, every), 40),
        ("", (InUse::All, liquids, two), 20),
        ("TEMPLATE-01", (InUse::All, all, every), 10),
        // The text of the question is searched too.
        ("syrup for zoe", (InUse::All, all, every), 1),
        ("syrup", (InUse::Retired, all, every), 0),
        ("grams", (InUse::All, all, every), 0),
    ] {
        let query = TemplatesQuery { search: search.into(), filters, ..TemplatesQuery::default() };
        let now = page(&query).await;
        assert_eq!((now.found, now.in_all), (found, 120), "{search} {filters:?}");
        assert!(
            now.rows
                .iter()
                .all(|row| filters.0 == InUse::All || row.retired == (filters.0 == InUse::Retired))
        );
        let file = templates_file(services, setter, organisation, &query, Format::Csv).await.unwrap();
        assert_eq!((file.of, file.what), ("North".to_owned(), domain::count(found, "template")));
        let lines = String::from_utf8(file.bytes).unwrap().lines().count();
        assert_eq!(lines, usize::try_from(found).unwrap() + 1);
    }
    let elsewhere = sets_papers(&exam.world, "setter@south.example", south).await;
    let taken = async |who: &Actor| {
        templates_file(services, who, organisation, &TemplatesQuery::default(), Format::Xlsx).await
    };
    assert!(matches!(taken(&elsewhere).await, Err(Error::NotFound)));
    // Support needs no reason for questions, and its look is recorded, once.
    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;
    for _ in 0..2 {
        assert!(taken(&support).await.is_ok());
    }
    let looks: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'assessment.bank_seen_by_support'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(looks, 1);
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

/// Thirty people who have not started, and thirty of each kind of sitting: going on, in a rest break, silent, and
/// submitted. Many have the same name or the same time left.
async fn sitting_now(exam: &Exam, paused_for: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "with n as materialized (select n, gen_random_uuid() as id from generate_series(1, 150) n),
        p as (insert into people (id, email, full_name, created_at)
            select id, 'now' || to_char(n, 'FM000') || '@x.example', case when n % 2 = 0 then 'Sitter ' else 'sitter ' end || n % 40, now() from n),
        l as (insert into paper_learners (paper_id, email, person_id) select '{paper}'::uuid, 'now' || to_char(n, 'FM000') || '@x.example', n.id from n where n % 5 = 0)
        insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, break_allowed_seconds, closes_at, deadline_at,
            last_contact_at, removed_on, paused_at, submitted_at, submitted_by, mark, available, passed)
        select gen_random_uuid(), '{paper}'::uuid, n.id, 1, now(), 600 + n % 7 * 60, 300, now() + interval '1 day', now(),
            case when n % 5 = 3 then now() - interval '1 minute' else now() end, '2033-01-01',
            case when n % 5 = 2 then now() - interval '{paused_for}' end,
            case when n % 5 = 4 then now() end, case when n % 5 = 4 then 'candidate' end, case when n % 5 = 4 then 1 end,
            case when n % 5 = 4 then 1 end, case when n % 5 = 4 then true end
        from n where n % 5 > 0",
        paper = exam.paper,
    )))
    .execute(&exam.world.services.db)
    .await
    .unwrap();
    // In a rest break all that is left of it counts, so that the time stands still.
    sqlx::query("update sittings set break_seconds = 300 where paused_at is not null")
        .execute(&exam.world.services.db)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_a_running_paper_show_each_candidate_once_in_every_order(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    sitting_now(&exam, "1 hour").await;
    exam.another_paper().await;
    let services = &exam.world.services;
    // The breaks are used up, so that the time runs again. The candidate of the exam has not started either; those who have not are known by their address alone.
    let stored: Vec<(String, String, Uuid, Option<i32>)> = sqlx::query_as(
        "select l.email, l.email, md5(l.email)::uuid, null from paper_learners l where l.paper_id = $1
        union all
        select p.email, p.full_name, s.id, case when s.submitted_at is null then extract(epoch from s.deadline_at - s.started_at)::integer end
        from sittings s join people p on p.id = s.learner_id where s.paper_id = $1",
    )
    .bind(exam.paper.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(stored.len(), 151);
    for sort in InvigilationSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = InvigilationQuery { sort, descending, ..InvigilationQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = invigilation(services, &exam.setter, exam.paper, &query).await.unwrap();
                // The numbers above the rows are of the whole paper, on every page.
                assert_eq!((page.not_started, page.sitting, page.submitted), (31, 90, 30));
                let page = page.candidates;
                assert_eq!((page.found, page.in_all), (151, 151));
                sizes.push(page.rows.len());
                seen.extend(page.rows.into_iter().map(|row| row.email));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 50, 1], "{sort:?} {descending}");
            let rows = stored.iter().map(|(email, name, id, left)| {
                let name = name.to_lowercase();
                let key = match (sort, left) {
                    (InvigilationSort::Name, _) => name,
                    // All started at one moment.
                    (InvigilationSort::TimeLeft, Some(left)) => {
                        format!("{}{left:05}", u8::from(descending))
                    }
                    (InvigilationSort::TimeLeft, None) => format!("{}{name}", u8::from(!descending)),
                };
                (key, *id, email.clone())
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    // It is fetched every few seconds, so it is never the whole list.
    let whole = InvigilationQuery { whole: true, ..InvigilationQuery::default() };
    let page = invigilation(services, &exam.setter, exam.paper, &whole).await.unwrap();
    assert_eq!(page.candidates.rows.len(), 50);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn candidates_of_a_running_paper_are_searched_and_filtered_beside_the_numbers_of_all(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    sitting_now(&exam, "1 minute").await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    note_incident(services, &exam.setter, exam.paper, sitting, "Noise", None).await.unwrap();
    // A page without scripts is silent between two answers: an answer is a sign of life too.
    let item = exam.room(sitting).await.questions[0].item;
    exam.save(sitting, &[save(item, EPOCH_SPAN + 1, "5 mg")]).await;
    sqlx::query("update sittings set last_contact_at = now() - interval '1 hour' where id = $1")
        .bind(sitting.0)
        .execute(&services.db)
        .await
        .unwrap();
    // Somebody whom the organisation does not know: the name finds nothing.
    let stranger = exam.world.learner("stranger@x.example").await;
    sqlx::query("update people set full_name = 'Secret Name' where id = $1")
        .bind(stranger.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    sqlx::query(
        "insert into paper_learners (paper_id, email, person_id) values ($1, 'stranger@x.example', $2)",
    )
    .bind(exam.paper.0)
    .bind(stranger.person().0)
    .execute(&services.db)
    .await
    .unwrap();
    for (search, filters, found) in [
        ("", InvigilationShow::All, 152),
        ("", InvigilationShow::NotStarted, 31),
        ("", InvigilationShow::Sitting, 91),
        ("", InvigilationShow::Resting, 30),
        ("", InvigilationShow::OutOfContact, 30),
        ("", InvigilationShow::Submitted, 30),
        ("", InvigilationShow::Incidents, 1),
        ("SITTER 3", InvigilationShow::All, 28),
        ("now11", InvigilationShow::Submitted, 2),
        ("secret", InvigilationShow::All, 0),
        ("stranger@", InvigilationShow::NotStarted, 1),
        ("%", InvigilationShow::All, 0),
    ] {
        let query = InvigilationQuery { search: search.into(), filters, ..InvigilationQuery::default() };
        let page = invigilation(services, &exam.setter, exam.paper, &query).await.unwrap();
        assert_eq!((page.candidates.found, page.candidates.in_all), (found, 152), "{search} {filters:?}");
        assert_eq!((page.not_started, page.sitting, page.submitted), (31, 91, 30), "{search} {filters:?}");
        let right = page.candidates.rows.iter().all(|row| match (filters, &row.sitting) {
            (InvigilationShow::NotStarted, sitting) => sitting.is_none(),
            (InvigilationShow::Sitting, Some(sitting)) => sitting.remaining_ms.is_some(),
            (InvigilationShow::Resting, Some(sitting)) => sitting.paused,
            (InvigilationShow::OutOfContact, Some(sitting)) => sitting.out_of_contact,
            (InvigilationShow::Submitted, Some(sitting)) => sitting.remaining_ms.is_none(),
            (InvigilationShow::Incidents, Some(row)) => row.id == sitting,
            (InvigilationShow::All, _) => true,
            (_, None) => false,
        });
        assert!(right, "{search} {filters:?}");
    }
    // The page of the results names some of those who are still sitting, and counts the others.
    let results = results_page(services, &exam.setter, exam.paper, &ResultsQuery::default()).await.unwrap();
    assert_eq!((results.sitting, results.sitting_names.len()), (91, 20));
    // In a break that is not used up the time that is left stands still, and sorts all the same.
    let query = InvigilationQuery { sort: InvigilationSort::TimeLeft, ..InvigilationQuery::default() };
    let page = invigilation(services, &exam.setter, exam.paper, &query).await.unwrap().candidates;
    let left: Vec<_> =
        page.rows.iter().map(|row| row.sitting.as_ref().unwrap().remaining_ms.unwrap()).collect();
    assert!(left.windows(2).all(|two| two[0] <= two[1] + 500), "{left:?}");
    assert!(page.rows.iter().any(|row| row.sitting.as_ref().unwrap().paused));
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
