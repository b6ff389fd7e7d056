//! Everyone with extra time.

use super::*;

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
async fn a_list_gives_everybody_their_time_or_nobody(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, organisation) = (&exam.world.services, &exam.setter, exam.organisation);
    let both = "learner@north.example\nlate@north.example";
    save_candidates(services, setter, exam.paper, &[], both, None).await.unwrap();
    let list = async |text: &str| set_adjustments(services, setter, organisation, text, None).await;
    let given = async || {
        let page =
            adjusted_people(services, setter, organisation, &AdjustmentsQuery::default()).await.unwrap();
        let time = |person: &AdjustedPerson| (person.email.clone(), person.adjustment);
        page.people.rows.iter().map(time).collect::<Vec<_>>()
    };
    let time = |extra_percent, break_minutes| Adjustment { extra_percent, extra_minutes: 0, break_minutes };
    let words = |refused: std::result::Result<(), Error>| match refused {
        Err(Error::Invalid(problems)) => {
            problems.iter().map(|problem| problem.problem.message().into_owned()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    // The learner is known, and somebody with an account elsewhere looks as somebody without one does.
    exam.world.learner("stranger@x.example").await;
    for unknown in ["stranger@x.example", "nobody@x.example"] {
        let refused = words(list(&format!("learner@north.example,25\n{unknown},25")).await);
        assert!(refused.len() == 1 && refused[0].starts_with("Check line 2: this is not"), "{refused:?}");
    }
    assert!(words(list("").await)[0].starts_with("Paste"));
    assert!(given().await.is_empty(), "nobody, while a line is wrong");
    for _ in 0..2 {
        list("Address,Extra\nlearner@north.example,25\nlate@north.example,50,,10").await.unwrap();
    }
    let mut now = given().await;
    now.sort_by(|(one, _), (other, _)| one.cmp(other));
    let (late, learner) = ("late@north.example".to_owned(), "learner@north.example".to_owned());
    assert_eq!(now, [(late, time(50, 10)), (learner.clone(), time(25, 0))]);
    let set = "select count(*) from audit_events where action = 'assessment.adjustment_set'";
    let set: i64 = sqlx::query_scalar(set).fetch_one(&services.db).await.unwrap();
    assert_eq!(set, 2, "sent twice, it is taken once");
    // What is left out stays; nought takes it back.
    list("learner@north.example,,,15\nlate@north.example,0,0,0").await.unwrap();
    assert_eq!(given().await, [(learner.clone(), time(25, 15))]);
    // A page that was drawn before somebody else changed it.
    let page = adjusted_people(services, setter, organisation, &AdjustmentsQuery::default()).await.unwrap();
    let seen = AdjustmentsSeen { form: page.form, seen: page.seen, shown: false };
    let colleague = sets_papers(&exam.world, "colleague@north.example", organisation).await;
    exam.world.clock.advance(chrono::Duration::seconds(1));
    set_adjustment(services, &colleague, organisation, &learner, time(30, 0)).await.unwrap();
    let refused =
        set_adjustments(services, setter, organisation, "learner@north.example,50", Some(seen)).await;
    assert!(words(refused)[0].starts_with("Check line 1: somebody else"));
    assert_eq!(given().await, [(learner, time(30, 0))]);
}
