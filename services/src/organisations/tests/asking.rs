//! P7, P22: who has an account is asked whether they belong to the organisation, and nothing tells the organisation who that is.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_an_account_is_asked_and_a_preview_does_not_tell(db: PgPool) {
    let place = place(db).await;
    let stranger = place.world.learner("ada@x.example").await;
    let page = place.upload(THREE).await;
    assert_eq!(counts(&page), [3, 0, 0, 0, 0], "she counts as new");
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let count = "select count(*) from memberships m join people p on p.id = m.person_id where p.email = 'ada@x.example'";
    assert_eq!(place.number(count).await, 0);
    assert_eq!(
        place.number("select count(*) from membership_requests where student_number = '0012'").await,
        1
    );
    let name: String = sqlx::query_scalar("select full_name from people where id = $1")
        .bind(stranger.person().0)
        .fetch_one(&place.world.services.db)
        .await
        .unwrap();
    assert_eq!(name, "ada@x.example", "her account is as it was");
    let shown = place.people("?search=ada").await;
    assert_eq!(
        (shown[0].name.as_str(), shown[0].state, shown[0].mail, shown[0].cohorts.as_deref()),
        ("Ada Lovelace", AccountState::Pending, None, Some("Autumn"))
    );
    let letters = place.world.letters();
    assert!(
        letters.iter().any(|letter| letter.contains("do you belong to it?") && letter.contains("/account"))
    );
    // She is asked once.
    assert_eq!(counts(&place.upload(THREE).await), [0, 3, 0, 0, 0]);
    undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.number("select count(*) from membership_requests").await, 0);
    assert_eq!(place.number("select count(*) from people where email = 'ada@x.example'").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_agrees_belongs_to_the_organisation_and_a_no_is_not_told(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (ada, alan) =
        (place.world.learner("ada@x.example").await, place.world.learner("alan@x.example").await);
    place.take(THREE).await;
    let asked = crate::accounts::account_page(services, &ada).await.unwrap().asked;
    assert_eq!(
        (asked.len(), asked[0].organisation, asked[0].name.as_str()),
        (1, place.organisation, "University of the North")
    );
    answer_membership(services, &ada, place.organisation, true).await.unwrap();
    answer_membership(services, &alan, place.organisation, false).await.unwrap();
    for (actor, agrees) in [(&place.head, true), (&place.head, false), (&ada, false)] {
        let unasked = answer_membership(services, actor, place.organisation, agrees).await;
        assert!(matches!(unasked, Err(Error::NotFound)), "nobody joins unasked");
    }
    for (actor, agrees) in [(&alan, false), (&ada, true)] {
        answer_membership(services, actor, place.organisation, agrees).await.unwrap();
    }
    let noted = "select count(*) from audit_events where action like 'organisations.membership\\_%'";
    assert_eq!(place.number(noted).await, 2, "what was said twice is said once");
    assert!(crate::accounts::account_page(services, &ada).await.unwrap().asked.is_empty());
    let people = place.people("?sort=name").await;
    let shown: Vec<_> = people
        .iter()
        .map(|person| (person.email.as_str(), person.state, person.cohorts.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("ada@x.example", AccountState::Active, Some("Autumn")),
            ("alan@x.example", AccountState::Pending, None),
            ("grace@x.example", AccountState::Pending, Some("Autumn")),
        ]
    );
    let members = "select count(*) from memberships m join people p on p.id = m.person_id where p.email = 'alan@x.example'";
    assert_eq!(place.number(members).await, 0);
    // He thinks better of it.
    let said = crate::accounts::account_page(services, &alan).await.unwrap().asked;
    assert_eq!((said.len(), said[0].declined), (1, true));
    answer_membership(services, &alan, place.organisation, true).await.unwrap();
    assert_eq!(place.number(members).await, 1);
}

/// Ada has an account, and Alan has none: nothing that the organisation sees or does tells which of them.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_list_of_people_does_not_tell_who_had_an_account_already(db: PgPool) {
    const TWO: &str = "Name,E-mail,Student number,Team\nAda Lovelace,ada@x.example,0012,A\nAlan Turing,alan@x.example,0013,A\n";
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    let done = place.take(TWO).await;
    let alike = async |what: &str| {
        let people = place.people("?sort=name").await;
        let shown: Vec<_> = people.iter().map(|one| (one.state, one.mail, one.invited.is_some())).collect();
        assert_eq!(shown, [(AccountState::Pending, None, true); 2], "{what}");
        let page = organisation_page(services, &place.head, &place.slug).await.unwrap();
        assert_eq!((page.active, page.pending), (0, 2), "{what}");
        for person in people {
            let again = resend_activation(services, &place.head, &place.slug, person.invited.unwrap()).await;
            assert!(again.is_ok(), "{what}");
        }
    };
    alike("after the upload").await;
    answer_membership(services, &ada, place.organisation, false).await.unwrap();
    alike("after a no").await;
    let changed = TWO.replace(",A\n", ",B\n").replace("Lovelace", "King").replace("Turing", "Kurz");
    assert_eq!(counts(&place.take(&changed).await), [0, 0, 2, 0, 0]);
    alike("after a change").await;
    let name: String = sqlx::query_scalar("select full_name from people where id = $1")
        .bind(ada.person().0)
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(name, "ada@x.example", "hers is as it was");
    let held = place
        .upload("Name,E-mail,Student number\nEve One,eve@x.example,0012\nEve Two,two@x.example,0013\n")
        .await;
    assert_eq!(counts(&held), [0, 0, 0, 2, 0]);
    place.run("update outbox set state = 'bounced', ended_at = now()").await;
    let mails: Vec<_> = place.people("").await.into_iter().map(|one| one.mail).collect();
    assert_eq!(mails, [Some(MailState::Bounced); 2]);
    undo_upload(services, &place.head, &place.slug, done.upload.id).await.unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(place.page(done.upload.id).await.removed, 2);
    assert!(place.people("").await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_said_no_is_not_asked_again_for_a_year(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    let asked = async || {
        let asked = crate::accounts::account_page(services, &ada).await.unwrap().asked;
        asked.into_iter().filter(|one| !one.declined).count()
    };
    let file = "Name,E-mail\nAda Lovelace,ada@x.example\n";
    place.take(file).await;
    assert_eq!(asked().await, 1);
    answer_membership(services, &ada, place.organisation, false).await.unwrap();
    assert_eq!(asked().await, 0);
    // Not by the next upload, nor after this one is undone, nor when the question is listed no more.
    let again = place.upload(file).await;
    assert_eq!(counts(&again), [0, 1, 0, 0, 0]);
    place.run("update outbox set queued_at = queued_at - interval '8 days'").await;
    let letters = place.world.letters().len();
    for days in [0, 91] {
        place.world.clock.advance(chrono::Duration::days(days));
        assert_eq!(forget_requests(services).await.unwrap(), 0);
        if days > 0 {
            assert!(place.people("").await.is_empty(), "as a person who does not answer");
        }
        let page = place.upload(file).await;
        assert_eq!(counts(&page)[0], u32::from(days > 0));
        place.confirm(&page).await.unwrap();
        run_ready(services).await.unwrap();
        assert_eq!((asked().await, place.people("").await.len()), (0, 1), "{days}");
        undo_upload(services, &place.head, &place.slug, page.upload.id).await.unwrap();
        run_ready(services).await.unwrap();
    }
    assert!(place.people("").await.is_empty());
    assert_eq!(place.world.letters().len(), letters);
    let taken_back = answer_membership(services, &ada, place.organisation, true).await;
    assert!(matches!(taken_back, Err(Error::NotFound)), "it is no question any more");
    // A year later the no is forgotten.
    place.world.clock.advance(chrono::Duration::days(275));
    assert_eq!(forget_requests(services).await.unwrap(), 1);
    place.take(file).await;
    assert_eq!(asked().await, 1);
    // A question that nobody answers goes as an invitation does.
    place.world.clock.advance(chrono::Duration::days(90));
    assert_eq!(forget_requests(services).await.unwrap(), 1);
    assert_eq!(asked().await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_follows_the_course_without_a_cohort_is_not_taken_into_one(db: PgPool) {
    let place = place(db).await;
    let grace = place.world.learner("grace@x.example").await;
    place.take("Name,E-mail,Student number,Team\nAda Lovelace,ada@x.example,0012,Ward 6\n").await;
    place
        .run("insert into enrolments (id, learner_id, course_id, enrolled_at)
            select gen_random_uuid(), p.id, c.id, now() from people p, courses c where p.email like '%@x.example'")
        .await;
    let page = place.upload(THREE).await;
    assert_eq!(counts(&page), [2, 0, 1, 0, 0]);
    let changes: Vec<_> = page.rows.rows[0].difference.iter().map(|part| part.what.as_str()).collect();
    assert_eq!(changes, ["Team"], "the preview does not promise a cohort");
    // It says so of who belongs to the organisation, and not of Grace: it would tell that she has an account.
    assert_eq!(page.rows.rows.iter().map(|row| row.stays).collect::<Vec<_>>(), [true, false, false]);
    let by_hand = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ada@x.example".into(),
        cohort: "Autumn".into(),
        attested: true,
        ..PersonByHand::default()
    };
    let refused = problems(add_person(&place.world.services, &place.head, &place.slug, by_hand).await);
    assert_eq!(refused.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), ["cohort"]);
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    answer_membership(&place.world.services, &grace, place.organisation, true).await.unwrap();
    assert_eq!(place.number("select count(*) from enrolments where cohort_id is null").await, 2);
    let people = place.people("?cohort=autumn").await;
    assert!(people.is_empty(), "{people:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_organisations_that_upload_one_new_person_do_not_share_them(db: PgPool) {
    let place = place(db).await;
    place.world.cohort("Coast", "Autumn").await;
    let other = place.world.learner("head@coast.example").await;
    let coast = of(&place.world, "Coast").await;
    place.world.grant(&other, Role::OrganisationAdministrator(coast)).await;
    place.take(THREE).await;
    let new = NewUpload { file_name: "a.csv".into(), bytes: THREE.into(), attested: true };
    let theirs = start_upload(&place.world.services, &other, &slug("coast"), new).await.unwrap();
    confirm_upload(&place.world.services, &other, &slug("coast"), theirs, 1).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.number("select count(*) from memberships").await, 3);
    assert_eq!(place.number("select count(*) from membership_requests").await, 3);
    let letters = place.world.letters();
    assert_eq!(letters.len(), 6, "each organisation invites them with a link of its own");
    assert!(
        letters.iter().all(|letter| letter.contains("/activate/")),
        "a pending person gets no other mail"
    );
    assert_eq!(letters.iter().filter(|letter| letter.contains("Subject: Coast:")).count(), 3);
    // While the other organisation waits for them, undoing leaves the accounts.
    let own = uploads_page(&place.world.services, &place.head, &place.slug, &UploadsQuery::default())
        .await
        .unwrap();
    undo_upload(&place.world.services, &place.head, &place.slug, own.uploads.rows[0].id).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.number("select count(*) from people where email like '%@x.example'").await, 3);
    assert!(place.people("").await.is_empty());
    let links = "select count(*) from activation_links l join organisations o on o.id = l.organisation_id";
    assert_eq!(place.number(links).await, 3, "those of the organisation that is left");
    let theirs = "select count(*) from activation_links l join organisations o on o.id = l.organisation_id where o.name = 'Coast'";
    assert_eq!(place.number(theirs).await, 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_pending_person_stays_90_days_after_the_last_organisation_that_asked(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    place.world.cohort("Coast", "Autumn").await;
    let other = place.world.learner("head@coast.example").await;
    place.world.grant(&other, Role::OrganisationAdministrator(of(&place.world, "Coast").await)).await;
    place.take("Name,E-mail\nAda Lovelace,ada@x.example\nAlan Turing,alan@x.example\n").await;
    place.world.clock.advance(chrono::Duration::days(80));
    let ada = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ada@x.example".into(),
        attested: true,
        ..PersonByHand::default()
    };
    add_person(services, &other, &slug("coast"), ada).await.unwrap();
    place.world.clock.advance(chrono::Duration::days(20));
    assert_eq!(crate::accounts::remove_pending(services).await.unwrap(), 1, "only Alan");
    assert_eq!(place.number("select count(*) from membership_requests").await, 1);
    place.world.clock.advance(chrono::Duration::days(71));
    assert_eq!(crate::accounts::remove_pending(services).await.unwrap(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whoever_is_asked_again_after_an_undo_gets_no_second_mail_within_a_week(db: PgPool) {
    let place = place(db).await;
    place.world.learner("ada@x.example").await;
    for _ in 0..3 {
        let page = place.take("Name,E-mail\nAda Lovelace,ada@x.example\n").await;
        assert_eq!(place.number("select count(*) from membership_requests").await, 1);
        undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
        run_ready(&place.world.services).await.unwrap();
    }
    assert_eq!(place.world.letters().len(), 1);
    place.run("update outbox set queued_at = queued_at - interval '8 days'").await;
    place.take("Name,E-mail\nAda Lovelace,ada@x.example\n").await;
    assert_eq!(place.world.letters().len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_agrees_joins_without_a_student_number_that_somebody_else_has_by_then(db: PgPool) {
    let place = place(db).await;
    let ada = place.world.learner("ada@x.example").await;
    place.take(THREE).await;
    place.run("update memberships set student_number = '0012' where student_number = '0013'").await;
    answer_membership(&place.world.services, &ada, place.organisation, true).await.unwrap();
    let found = place.people("?search=ada").await;
    assert_eq!((found.len(), found[0].student_number.as_deref()), (1, None));
}

/// At the end of the look, they are not found any more.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_asked_and_no_longer_while_support_looks_reads_of_it(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let stranger = place.world.learner("ada@x.example").await;
    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let about = LookedAt::Members(place.organisation);
    give_reason(services, &support, about, "An upload went wrong").await.unwrap();
    let page = place.upload(THREE).await;
    place.confirm(&page).await.unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(place.number("select count(*) from membership_requests").await, 1);
    let looks = async || crate::accounts::account_page(services, &stranger).await.unwrap().looks.len();
    assert_eq!(looks().await, 0);
    undo_upload(services, &place.head, &place.slug, page.upload.id).await.unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(place.number("select count(*) from membership_requests").await, 0);
    assert_eq!(looks().await, 1);
}
