//! A button that is pressed twice, also at the same moment, and one that is pressed while a file of people is being taken in.

use std::time::Duration;

use sqlx::{Postgres, Transaction};

use super::*;

impl Place {
    /// A person whose account nobody has opened.
    async fn pending(&self) -> PersonId {
        self.take("Name,E-mail\nAda Lovelace,ada@x.example\n").await;
        self.people("").await[0].person
    }

    /// Releases what a transaction holds, when so many others wait for a lock.
    async fn release(&self, held: Transaction<'_, Postgres>, waiting: i64) {
        for _ in 0..2_000 {
            let now: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            )
            .fetch_one(&self.world.services.db)
            .await
            .unwrap();
            if now >= waiting {
                break;
            }
        }
        held.commit().await.unwrap();
    }

    /// As a file does that changes the name of a person whose account nobody has opened.
    async fn renaming(&self, person: PersonId) -> Transaction<'_, Postgres> {
        let mut taking = self.world.services.begin().await.unwrap();
        sqlx::query("update people set full_name = 'Ada King' where id = $1")
            .bind(person.0)
            .execute(&mut *taking)
            .await
            .unwrap();
        taking
    }
}

/// Where it waits for what is held, the test would wait for ever.
async fn soon<T>(asked: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), asked).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_membership_that_is_ended_twice_at_the_same_moment_is_ended(db: PgPool) {
    let place = place(db).await;
    let ada = place.pending().await;
    let mut held = place.world.services.begin().await.unwrap();
    sqlx::query("select from organisations where id = $1 for update")
        .bind(place.organisation.0)
        .execute(&mut *held)
        .await
        .unwrap();
    let end = || end_membership(&place.world.services, &place.head, &place.slug, ada);
    let (one, other, ()) = tokio::join!(end(), end(), place.release(held, 2));
    one.unwrap();
    other.unwrap();
    assert!(place.people("").await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_waits_for_a_file_that_changes_a_name(db: PgPool) {
    let place = place(db).await;
    let ada = place.pending().await;
    let end = || end_membership(&place.world.services, &place.head, &place.slug, ada);
    let taking = place.renaming(ada).await;
    assert_eq!(problems(soon(end()).await)[0].field, format!("end-{ada}"));
    taking.commit().await.unwrap();
    end().await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_membership_is_not_ended_while_a_colleague_holds_the_organisation_for_long(db: PgPool) {
    let place = place(db).await;
    let ada = place.pending().await;
    let end = || end_membership(&place.world.services, &place.head, &place.slug, ada);
    let mut held = place.world.services.begin().await.unwrap();
    one_at_a_time(&mut held, place.organisation).await.unwrap();
    let refused = problems(soon(end()).await);
    assert_eq!(refused[0].field, format!("end-{ada}"));
    // It may be another organisation: of that this one is told nothing.
    let words = "Somebody is changing this just now. Try again in a few minutes".to_owned();
    assert_eq!(refused[0].problem, Problem::InWords { words });
    held.commit().await.unwrap();
    end().await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_waits_with_one_person_for_a_file_that_brings_or_changes_them(db: PgPool) {
    let place = place(db).await;
    let ada = place.pending().await;
    let add = |name: &str, email: &str| {
        let (name, email) = (name.to_owned(), email.to_owned());
        let person = PersonByHand { name, email, attested: true, ..PersonByHand::default() };
        add_person(&place.world.services, &place.head, &place.slug, person)
    };
    let taking = place.renaming(ada).await;
    assert_eq!(problems(soon(add("Ada Byron", "ada@x.example")).await)[0].field, "email");
    taking.commit().await.unwrap();
    add("Ada Byron", "ada@x.example").await.unwrap();
    let mut taking = place.world.services.begin().await.unwrap();
    sqlx::query(
        "insert into people (id, email, full_name, created_at)
        values (gen_random_uuid(), 'grace@x.example', 'Grace Hopper', now())",
    )
    .execute(&mut *taking)
    .await
    .unwrap();
    assert_eq!(problems(soon(add("Grace Hopper", "grace@x.example")).await)[0].field, "email");
    taking.commit().await.unwrap();
    add("Grace Hopper", "grace@x.example").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn all_mails_sent_again_twice_at_once_are_answered_twice_however_long_it_takes(db: PgPool) {
    let place = place(db).await;
    place.pending().await;
    place.world.clock.advance(chrono::Duration::days(2));
    let all = || resend_all_activations(&place.world.services, &place.head, &place.slug);
    let mut first = place.world.services.begin().await.unwrap();
    one_at_a_time(&mut first, place.organisation).await.unwrap();
    let (second, ()) = tokio::join!(all(), async {
        // Longer than anybody waits for a file.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        first.commit().await.unwrap();
    });
    assert_eq!(second.unwrap(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_waits_for_a_file_that_changes_a_question(db: PgPool) {
    let place = place(db).await;
    let ada = place.world.learner("ada@x.example").await.person();
    place.pending().await;
    let end = || end_membership(&place.world.services, &place.head, &place.slug, ada);
    let mut taking = place.world.services.begin().await.unwrap();
    sqlx::query("update membership_requests set team = 'Ward 7'").execute(&mut *taking).await.unwrap();
    assert_eq!(problems(soon(end()).await)[0].field, format!("end-{ada}"));
    taking.commit().await.unwrap();
    end().await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_waits_with_a_code_for_a_file(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    let give = || give_out_code(services, &place.head, &place.slug, true, None);
    let mut taking = services.begin().await.unwrap();
    ensure_member(services, &mut taking, place.organisation, ada.person()).await.unwrap();
    assert_eq!(problems(soon(give()).await)[0].field, "offered");
    taking.commit().await.unwrap();
    give().await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_waits_with_a_mail_for_a_file(db: PgPool) {
    let place = place(db).await;
    let (services, ada) = (&place.world.services, place.pending().await);
    let again = || resend_activation(services, &place.head, &place.slug, ada);
    let all = || resend_all_activations(services, &place.head, &place.slug);
    // Everybody gets another one a day later.
    place.world.clock.advance(chrono::Duration::days(2));
    let taking = place.renaming(ada).await;
    assert_eq!(problems(soon(again()).await)[0].field, format!("resend-{ada}"));
    assert_eq!(problems(soon(all()).await)[0].field, "resend-all");
    taking.commit().await.unwrap();
    assert_eq!(all().await.unwrap(), 1);
    again().await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_mail_that_is_sent_again_twice_in_a_minute_is_sent_once(db: PgPool) {
    let place = place(db).await;
    let (services, ada) = (&place.world.services, place.pending().await);
    let resent = "select count(*) from audit_events where action = 'organisations.activation_resent'";
    let again = || resend_activation(services, &place.head, &place.slug, ada);
    let before = place.number("select count(*) from outbox").await;
    let (one, other) = tokio::join!(again(), again());
    one.unwrap();
    other.unwrap();
    again().await.unwrap();
    assert_eq!(place.number("select count(*) from outbox").await, before + 1);
    assert_eq!(place.number(resent).await, 1);
    place.world.clock.advance(chrono::Duration::minutes(1));
    again().await.unwrap();
    assert_eq!(place.number(resent).await, 2, "a minute later it is meant");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_question_that_is_not_asked_again_is_not_recorded_as_asked(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.pending().await;
    let resent = "select count(*) from audit_events where action = 'organisations.activation_resent'";
    let again = || resend_activation(services, &place.head, &place.slug, ada.person());
    // She has been asked within a week.
    again().await.unwrap();
    assert_eq!(place.number(resent).await, 0);
    place.run("update outbox set queued_at = queued_at - interval '8 days'").await;
    again().await.unwrap();
    assert_eq!(place.number(resent).await, 1);
    // She says no.
    place.run("update outbox set queued_at = queued_at - interval '8 days'").await;
    place.world.clock.advance(chrono::Duration::minutes(1));
    answer_membership(services, &ada, place.organisation, false).await.unwrap();
    again().await.unwrap();
    assert_eq!(place.number(resent).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_that_is_made_twice_in_a_minute_is_one(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let form = cohorts::CohortForm {
        name: "Spring".into(),
        course: "nmp".into(),
        starts_on: "2027-02-01".into(),
        ..cohorts::CohortForm::default()
    };
    let make = |actor| cohorts::make_cohort(services, actor, &place.slug, &form);
    let (one, other) = tokio::join!(make(&place.head), make(&place.head));
    let made = one.unwrap();
    assert_eq!((other.unwrap(), make(&place.head).await.unwrap()), (made, made));
    assert_eq!(place.number("select count(*) from audit_events where action = 'cohorts.made'").await, 1);
    // Somebody else has not made it, and a minute later the name is taken.
    let colleague = place.world.learner("colleague@north.example").await;
    place.world.grant(&colleague, Role::OrganisationAdministrator(place.organisation)).await;
    let taken = [FieldProblem::new("name", Problem::CohortNameTaken)];
    assert_eq!(problems(make(&colleague).await), taken);
    place.world.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(problems(make(&place.head).await), taken);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_tutor_whose_role_is_taken_back_twice_in_a_minute_has_lost_it_once(db: PgPool) {
    let place = place(db).await;
    let (services, cohort) = (&place.world.services, place.cohort.id);
    let tess = place.world.learner("tess@x.example").await;
    place.world.grant(&tess, Role::CohortTutor(cohort)).await;
    let take_back =
        |why| cohorts::take_back_tutor(services, &place.head, &place.slug, cohort, tess.person(), why);
    let (one, other) = tokio::join!(take_back("Has left"), take_back("Has left"));
    one.unwrap();
    other.unwrap();
    let events = "select count(*) from audit_events where action = 'access.taken_back'";
    assert_eq!(place.number(events).await, 1);
    assert!(matches!(take_back("For another reason").await, Err(Error::NotFound)));
}
