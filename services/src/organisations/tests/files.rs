//! P3, P22, P23: what becomes of a file of people, from its preview to the accounts, and to its end.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nothing_is_taken_from_a_file_before_it_is_confirmed(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    assert_eq!((counts(&page), page.upload.state), ([3, 0, 0, 0, 0], UploadState::Preview));
    assert_eq!(place.number("select count(*) from people where email like '%@x.example'").await, 0);
    assert_eq!(place.number("select count(*) from memberships").await, 0);
    assert_eq!(page.rows.rows[1].name.as_deref(), Some("Grace Hopper"));
    let fields: Vec<_> = page.columns.iter().map(|column| column.field.as_deref()).collect();
    assert_eq!(
        fields,
        [Some("full_name"), Some("email"), Some("student_number"), Some("team"), Some("cohort")]
    );

    assert!(place.confirm(&page).await.unwrap());
    // The same form once more, in another tab: while the job is at work, and when it is done.
    assert!(!place.confirm(&page).await.unwrap());
    run_ready(&place.world.services).await.unwrap();
    assert!(!place.confirm(&page).await.unwrap());
    let (services, id) = (&place.world.services, page.upload.id);
    let file = FileSaid::default();
    assert!(!match_columns(services, &place.head, &place.slug, id, page.version, file).await.unwrap());
    let page = place.page(page.upload.id).await;
    assert_eq!((counts(&page), page.upload.state), ([3, 0, 0, 0, 0], UploadState::Done));
    let people = place.people("?sort=name").await;
    let shown: Vec<_> = people
        .iter()
        .map(|person| (person.name.as_str(), person.student_number.as_deref(), person.cohorts.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Ada Lovelace", Some("0012"), Some("Autumn")),
            ("Alan Turing", None, None),
            ("Grace Hopper", Some("0013"), Some("Autumn")),
        ]
    );
    assert!(people.iter().all(|person| person.state == AccountState::Pending && person.mail.is_none()));
    assert_eq!(place.world.letters().len(), 3, "each is invited");
    let again =
        async |person| resend_activation(&place.world.services, &place.head, &place.slug, person).await;
    again(people[0].invited.unwrap()).await.unwrap();
    assert!(matches!(again(place.head.person()).await, Err(Error::NotFound)));
    place.world.clock.advance(chrono::Duration::days(2));
    let all = resend_all_activations(&place.world.services, &place.head, &place.slug).await.unwrap();
    assert_eq!(all, 3);
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.world.letters().len(), 7);
    assert_eq!(
        sqlx::query_scalar::<_, i64>("select count(*) from enrolments where cohort_id = $1")
            .bind(place.cohort.id.0)
            .fetch_one(&place.world.services.db)
            .await
            .unwrap(),
        2
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_statement_is_kept_with_its_version_and_the_file_is_destroyed_when_the_accounts_exist(
    db: PgPool,
) {
    let place = place(db).await;
    let new = NewUpload { file_name: "a.csv".into(), bytes: THREE.into(), attested: false };
    let refused = start_upload(&place.world.services, &place.head, &place.slug, new).await;
    assert_eq!(problems(refused), [FieldProblem::new("attested", Problem::FileNotAttested)]);
    let nothing = start_upload(&place.world.services, &place.head, &place.slug, NewUpload::default()).await;
    assert_eq!(problems(nothing), [FieldProblem::new("attested", Problem::AttestationMissing)]);
    assert_eq!(place.number("select count(*) from uploads").await, 0);

    let page = place.upload(THREE).await;
    let (version, by): (String, uuid::Uuid) =
        sqlx::query_as("select attested_version, person_id from uploads where attested_at = created_at")
            .fetch_one(&place.world.services.db)
            .await
            .unwrap();
    assert_eq!((version.as_str(), by), (domain::organisations::ATTESTATION.version, place.head.person().0));
    assert_eq!(place.number("select count(*) from upload_files").await, 1);
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    for gone in [
        "select count(*) from upload_files",
        "select count(*) from upload_rows",
        "select count(*) from uploads where columns <> '[]' or matching <> '[]' or warnings <> '{}' or sheets <> '[]' or sheet is not null",
    ] {
        assert_eq!(place.number(gone).await, 0, "{gone}");
    }
    let page = place.page(page.upload.id).await;
    assert!(page.columns.is_empty() && page.rows.rows.is_empty());
    let file = failed_rows_file(&place.world.services, &place.head, &place.slug, page.upload.id).await;
    assert!(matches!(file, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_same_file_twice_changes_nothing(db: PgPool) {
    let place = place(db).await;
    place.take(THREE).await;
    let everything = "select md5(string_agg(x::text, '|' order by x::text)) from (
        select m::text as x from memberships m union all select e::text from enrolments e
        union all select (p.id, p.email, p.full_name)::text from people p union all select r::text from membership_requests r) all_rows";
    let before: String = sqlx::query_scalar(everything).fetch_one(&place.world.services.db).await.unwrap();
    let letters = place.world.letters().len();
    let page = place.upload(THREE).await;
    assert_eq!(counts(&page), [0, 3, 0, 0, 0]);
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let after: String = sqlx::query_scalar(everything).fetch_one(&place.world.services.db).await.unwrap();
    assert_eq!(after, before);
    assert_eq!(place.world.letters().len(), letters);
    // Nor does undoing the second take anything from the first.
    undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.page(page.upload.id).await.removed, 0);
    assert_eq!(place.people("").await.len(), 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_preview_says_what_changes_and_what_is_left_out_stays(db: PgPool) {
    let place = place(db).await;
    place.take(THREE).await;
    place.run("update people set activated_at = now() where email = 'grace@x.example'").await;
    let page = place
        .upload(
            "Name,E-mail,Student number,Team,Cohort\n\
             Ada King,ada@x.example,,Ward 9,\n\
             Grace Murray,grace@x.example,0013,,Autumn\n\
             Alan Turing,alan@x.example,0014,,Autumn\n\
             Mary Seacole,mary@x.example,0012,,\n\
             Edith Cavell,edith@x.example,0015,,Spring\n",
        )
        .await;
    // The name of an open account is its owner's.
    assert_eq!(counts(&page), [0, 1, 2, 2, 0]);
    let row = |at: usize| &page.rows.rows[at];
    let changes = |at: usize| -> Vec<_> {
        row(at)
            .difference
            .iter()
            .map(|part| (part.what.as_str(), part.before.as_deref(), part.after.as_str()))
            .collect()
    };
    assert_eq!(changes(0), [("Name", Some("Ada Lovelace"), "Ada King"), ("Team", Some("Ward 7"), "Ward 9")]);
    assert_eq!(changes(2), [("Student number", None, "0014"), ("Cohort", None, "Autumn")]);
    assert_eq!(row(3).outcome, RowOutcome::Wrong);
    let said: Vec<_> =
        [3, 4].iter().map(|at| (row(*at).number, row(*at).problems[0].column.as_deref())).collect();
    assert_eq!(said, [(5, Some("Student number")), (6, Some("Cohort"))]);
    assert!(row(4).problems[0].what.contains("make the cohort first"));

    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let people = place.people("?sort=name").await;
    let ada = people.iter().find(|person| person.email == "ada@x.example").unwrap();
    assert_eq!(
        (ada.name.as_str(), ada.student_number.as_deref(), ada.team.as_deref(), ada.cohorts.as_deref()),
        ("Ada King", Some("0012"), Some("Ward 9"), Some("Autumn"))
    );
    assert!(people.iter().any(|person| person.name == "Grace Hopper"));
    assert_eq!(people.len(), 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn rows_that_are_wrong_come_back_as_a_file_that_can_be_mended(db: PgPool) {
    let place = place(db).await;
    let page = place
        .upload(
            "First name;Surname;E-mail;Cohort;Note\n\
             Ada;Lovelace;ada@x.example;;a\n\
             Grace;;grace@x.example;;b\n\
             Alan;Turing;alan@x;;c\n\
             Mary;Seacole;mary@x.example;Winter;d\n",
        )
        .await;
    assert_eq!(counts(&page), [1, 0, 0, 3, 0]);
    // They have what stands in the file, and are found by it.
    let shown = |page: &UploadPage| -> Vec<_> {
        page.rows.rows.iter().map(|row| (row.name.clone(), row.email.clone())).collect()
    };
    let person = |name: &str, email: &str| (Some(name.to_owned()), Some(email.to_owned()));
    let rows = shown(&page);
    assert_eq!(rows[1..3], [person("Grace", "grace@x.example"), person("Alan Turing", "alan@x")]);
    let query = RowsQuery::read("?search=turing");
    let found = upload_page(&place.world.services, &place.head, &place.slug, page.upload.id, &query).await;
    assert_eq!(shown(&found.unwrap()), [person("Alan Turing", "alan@x")]);
    let file =
        failed_rows_file(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    assert_eq!((file.of.as_str(), file.what.as_str()), ("people", "3 rows to correct"));
    let text = String::from_utf8(file.bytes).unwrap();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0], "First name,Surname,E-mail,Cohort,Note,What to do");
    assert!(
        lines[1].starts_with("Grace,,grace@x.example,,b,\"Row 3, Surname: enter the last name"),
        "{}",
        lines[1]
    );
    assert!(lines[3].contains("Row 5, Cohort: "), "{}", lines[3]);

    // Without them the good row goes in; mended, they follow.
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let mended = text
        .replace("Grace,,", "Grace,Hopper,")
        .replace("alan@x,", "alan@x.example,")
        .replace("Winter", "Autumn");
    let page = place.take(&mended).await;
    assert_eq!(counts(&page), [3, 0, 0, 0, 0]);
    assert_eq!(place.people("").await.len(), 4);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn columns_can_be_matched_otherwise_and_a_stale_preview_is_not_confirmed(db: PgPool) {
    let place = place(db).await;
    let page = place.upload("Who,E-mail,Ward\nAda Lovelace,ada@x.example,7\n").await;
    assert!(page.refused.as_deref().is_some_and(|said| said.contains("full name")), "{:?}", page.refused);
    assert_eq!(problems(place.confirm(&page).await).len(), 1, "there is nothing to confirm");
    let matched = async |version, fields: [&str; 3]| {
        let fields = fields.map(str::to_owned).to_vec();
        let (services, id) = (&place.world.services, page.upload.id);
        let file = FileSaid { fields, ..FileSaid::default() };
        match_columns(services, &place.head, &place.slug, id, version, file).await
    };
    matched(page.version, ["full_name", "email", "area"]).await.unwrap();
    let now = place.page(page.upload.id).await;
    assert_eq!((counts(&now), now.refused.as_deref()), ([1, 0, 0, 0, 0], None));
    assert_eq!(now.columns[2].field.as_deref(), Some("area"));
    let stale = problems(matched(page.version, ["full_name", "email", "team"]).await);
    assert_eq!(stale, [FieldProblem::new("matching", Problem::UploadChanged)]);
    assert_eq!(problems(place.confirm(&page).await), [FieldProblem::new("confirm", Problem::UploadChanged)]);
    place.confirm(&now).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.people("").await[0].area.as_deref(), Some("7"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_has_become_wrong_since_the_preview_stops_the_whole_upload(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    place.confirm(&page).await.unwrap();
    place.run("update cohorts set name = 'Winter'").await;
    run_ready(&place.world.services).await.unwrap();
    let now = place.page(page.upload.id).await;
    assert_eq!((now.upload.state, now.returned, counts(&now)), (UploadState::Preview, true, [1, 0, 0, 2, 0]));
    assert_eq!(place.people("").await.len(), 0, "all or nothing");
    place.confirm(&now).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.people("").await.len(), 1, "what was confirmed the second time");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_not_active_is_left_out_and_files_that_nobody_confirms_go_after_a_week(db: PgPool) {
    let place = place(db).await;
    let page = place.upload("Name,E-mail,Active\nAda,ada@x.example,yes\nGrace,grace@x.example,FALSE\n").await;
    assert_eq!(counts(&page), [1, 0, 0, 0, 1]);
    let done = place.take(THREE).await;
    place.world.clock.advance(chrono::Duration::days(8));
    assert_eq!(forget_uploads(&place.world.services).await.unwrap(), 1);
    assert_eq!(place.number("select count(*) from upload_files").await, 0);
    assert_eq!(place.page(done.upload.id).await.upload.state, UploadState::Done);
    let page = place.upload(THREE).await;
    // Pressed twice, it is answered as the first time.
    for _ in 0..2 {
        discard_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    }
    assert_eq!(place.number("select count(*) from uploads").await, 1);
    let noted = "select count(*) from audit_events where action = 'organisations.upload_discarded'";
    assert_eq!(place.number(noted).await, 1);
    let confirmed = discard_upload(&place.world.services, &place.head, &place.slug, done.upload.id).await;
    assert!(matches!(confirmed, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_file_that_is_no_list_of_people_is_refused_in_words(db: PgPool) {
    let place = place(db).await;
    for (bytes, words) in
        [(&b""[..], "empty"), (b"%PDF-1.7", "PDF"), (b"PK\x03\x04rubbish", "could not be read")]
    {
        let new = NewUpload { file_name: "a.xlsx".into(), bytes: bytes.into(), attested: true };
        let refused = problems(start_upload(&place.world.services, &place.head, &place.slug, new).await);
        assert_eq!(refused[0].field, "file");
        assert!(refused[0].problem.message().contains(words), "{}", refused[0].problem.message());
    }
    assert_eq!(place.number("select count(*) from uploads").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_file_is_refused_while_twenty_wait_for_their_confirmation(db: PgPool) {
    let place = place(db).await;
    let first = place.upload(THREE).await;
    place
        .run("insert into uploads (id, organisation_id, state, attested_version, attested_at, created_at)
            select gen_random_uuid(), organisation_id, 'failed', '1', now(), now() from uploads, generate_series(1, 19)")
        .await;
    let new = NewUpload { file_name: "a.csv".into(), bytes: THREE.into(), attested: true };
    let refused = problems(start_upload(&place.world.services, &place.head, &place.slug, new).await);
    assert_eq!(refused[0].field, "file");
    assert!(refused[0].problem.message().contains("Confirm or discard"));
    discard_upload(&place.world.services, &place.head, &place.slug, first.upload.id).await.unwrap();
    place.upload(THREE).await;
}
