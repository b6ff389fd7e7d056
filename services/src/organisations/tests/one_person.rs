//! P22: one person by hand, by the rules of a file.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_person_by_hand_follows_the_rules_of_a_file(db: PgPool) {
    let place = place(db).await;
    let add = async |person: PersonByHand| {
        add_person(&place.world.services, &place.head, &place.slug, person).await
    };
    let ada = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ADA@x.example".into(),
        student_number: "0012".into(),
        cohort: "Autumn".into(),
        attested: true,
        ..PersonByHand::default()
    };
    let upload = add(ada.clone()).await.unwrap();
    assert_eq!(counts(&place.page(upload).await), [1, 0, 0, 0, 0]);
    assert_eq!(place.people("").await[0].cohorts.as_deref(), Some("Autumn"));
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.world.letters().len(), 1);
    let other = PersonByHand { email: "grace@x.example".into(), ..ada.clone() };
    let refused = problems(add(other.clone()).await);
    assert_eq!(refused[0].field, "student_number");
    let spring = PersonByHand { student_number: String::new(), cohort: "Spring".into(), ..other.clone() };
    assert_eq!(problems(add(spring).await)[0].field, "cohort");
    let silent = PersonByHand { student_number: String::new(), attested: false, ..other };
    assert_eq!(problems(add(silent).await), [FieldProblem::new("attested", Problem::AttestationMissing)]);
    assert_eq!(place.number("select count(*) from uploads").await, 1, "what is refused leaves nothing");
    // Twice is once.
    let again = add(ada).await.unwrap();
    assert_eq!(counts(&place.page(again).await), [0, 1, 0, 0, 0]);
    undo_upload(&place.world.services, &place.head, &place.slug, upload).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert!(place.people("").await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_for_one_person_that_is_sent_twice_makes_one_upload(db: PgPool) {
    let place = place(db).await;
    let add = async |person: PersonByHand| {
        add_person(&place.world.services, &place.head, &place.slug, person).await.unwrap()
    };
    let ada = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ada@x.example".into(),
        attested: true,
        form: Some(FormToken(uuid::Uuid::from_u128(7))),
        ..PersonByHand::default()
    };
    let (one, other) = tokio::join!(add(ada.clone()), add(ada.clone()));
    assert_eq!(one, other);
    assert_eq!(place.number("select count(*) from uploads").await, 1);
    assert_eq!(place.number("select count(*) from done_forms where what ilike '%lovelace%'").await, 0);
    // Somebody goes back in the browser and types another person into the same form.
    let grace = PersonByHand { name: "Grace Hopper".into(), email: "grace@x.example".into(), ..ada };
    assert_ne!(add(grace).await, one);
    assert_eq!(place.people("").await.len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_added_twice_at_once_is_a_member_once_and_is_not_asked(db: PgPool) {
    let place = place(db).await;
    let add = async || {
        let ada = PersonByHand {
            name: "Ada Lovelace".into(),
            email: "ada@x.example".into(),
            attested: true,
            ..PersonByHand::default()
        };
        add_person(&place.world.services, &place.head, &place.slug, ada).await.unwrap()
    };
    let (one, other) = tokio::join!(add(), add());
    let mut new = [counts(&place.page(one).await)[0], counts(&place.page(other).await)[0]];
    new.sort_unstable();
    assert_eq!(new, [0, 1], "the second sees what the first has written");
    assert_eq!(place.number("select count(*) from memberships").await, 1);
    assert_eq!(place.number("select count(*) from membership_requests").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_become_a_member_since_the_rows_were_compared_is_not_asked(db: PgPool) {
    let place = place(db).await;
    place.world.learner("grace@x.example").await;
    // Ada is not known yet, and Grace would be asked.
    let page = place.upload(THREE).await;
    place.take("Name,E-mail\nAda Lovelace,ada@x.example\n").await;
    place
        .run(
            "insert into memberships (organisation_id, person_id, joined_at)
            select o.id, p.id, now() from organisations o, people p where p.email = 'grace@x.example'",
        )
        .await;
    let portion = uploads::Portion {
        organisation: place.organisation,
        upload: page.upload.id,
        first: 0,
        last: i32::MAX,
        at: place.world.services.clock.now(),
    };
    let mut transaction = place.world.services.begin().await.unwrap();
    uploads::write(&place.world.services, &mut transaction, portion).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(place.number("select count(*) from membership_requests").await, 0);
    assert_eq!(place.number("select count(*) from memberships").await, 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_student_number_that_is_given_twice_at_once_is_said_beside_the_field(db: PgPool) {
    let place = place(db).await;
    let add = async |email: &str| {
        let person = PersonByHand {
            name: "Ada Lovelace".into(),
            email: email.into(),
            student_number: "0012".into(),
            attested: true,
            ..PersonByHand::default()
        };
        add_person(&place.world.services, &place.head, &place.slug, person).await
    };
    let (one, other) = tokio::join!(add("ada@x.example"), add("grace@x.example"));
    let refused: Vec<_> = [problems(one), problems(other)].concat();
    assert_eq!(refused.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), ["student_number"]);
    assert_eq!(place.number("select count(*) from memberships").await, 1);
    // An upload that was compared before it is no fault of ours either, in whatever order they are written.
    let page = place.upload("Name,E-mail,Student number\nAlan Turing,alan@x.example,0013\n").await;
    place.run("update memberships set student_number = '0013'").await;
    let portion = uploads::Portion {
        organisation: place.organisation,
        upload: page.upload.id,
        first: 0,
        last: i32::MAX,
        at: place.world.services.clock.now(),
    };
    let mut transaction = place.world.services.begin().await.unwrap();
    let written = uploads::write(&place.world.services, &mut transaction, portion).await;
    assert!(written.is_err_and(|error| uploads::number_was_taken(&error)));
}
