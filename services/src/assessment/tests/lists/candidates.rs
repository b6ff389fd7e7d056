//! The candidates of a paper: entered by address, and while they sit it.

use super::*;

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
                assert_eq!((page.learners.found, page.learners.in_all), (63, 63));
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
    let many = FieldProblem::new("chosen", Problem::AddressesTooMany);
    let very_many: Vec<_> = (0..2001).map(|n| format!("nobody{n}@x.example")).collect();
    assert_eq!(wrong(remove(&very_many, true, None).await), [many]);
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
async fn the_next_page_goes_on_where_the_row_stood_that_is_gone(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, paper) = (&exam.world.services, &exam.setter, exam.paper);
    // The candidate of the exam is the first of them.
    let mut emails = vec!["learner@north.example".to_owned()];
    emails.extend((0..59).map(|n| format!("someone{n:02}@x.example")));
    save_candidates(services, setter, paper, &[], &emails.join("\n"), None).await.unwrap();
    let first = candidates_page(services, setter, paper, &CandidatesQuery::default()).await.unwrap().learners;
    assert_eq!(first.rows[49].email, emails[49]);
    let after = first.next.unwrap();
    assert!(!after.contains("someone") && !after.contains("x.example"), "{after}");
    remove_candidates(services, setter, paper, &emails[49..50], true, None).await.unwrap();
    let next = CandidatesQuery::default().next(after);
    let next = candidates_page(services, setter, paper, &next).await.unwrap().learners;
    let shown: Vec<_> = next.rows.into_iter().map(|learner| learner.email).collect();
    assert_eq!((shown, next.anew), (emails[50..].to_vec(), false));
    // An address as it was before, which names the row, and one that somebody made up.
    for after in ["00000000-0000-0000-0000-000000000000~someone48@x.example", "x"] {
        let again = CandidatesQuery::default().next(after.to_owned());
        let again = candidates_page(services, setter, paper, &again).await.unwrap().learners;
        assert_eq!(
            (again.rows.len(), &*again.rows[0].email, again.anew),
            (50, "learner@north.example", true)
        );
    }
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
            case when n % 5 = 3 then now() - interval '3 minutes' when n % 5 = 1 then now() - interval '100 seconds' else now() end, '2033-01-01',
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
            // Less than two minutes is no silence.
            (InvigilationShow::OutOfContact, Some(sitting)) => {
                sitting.out_of_contact && sitting.minutes_of_silence == 3
            }
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
