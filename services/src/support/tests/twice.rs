//! A button of support that is pressed twice, without scripts or in a second tab, acts once and is answered as the first time.

use super::*;

impl Desk {
    /// How often the audit has this about the person.
    async fn times(&self, action: &str) -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1 and subject_id = $2")
            .bind(action)
            .bind(self.learner.person().0)
            .fetch_one(&self.world.services.db)
            .await
            .unwrap()
    }

    async fn looks(&self) -> usize {
        account_page(&self.world.services, &self.learner).await.unwrap().looks.len()
    }

    fn minute(&self) {
        self.world.clock.advance(chrono::Duration::minutes(1));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reason_given_twice_is_one_look(db: PgPool) {
    let desk = desk(db).await;
    let organisation = desk.organisation().await;
    desk.joins(organisation, &desk.learner).await;
    for about in [LookedAt::Person(desk.learner.person()), LookedAt::Members(organisation)] {
        let before = desk.looks().await;
        let (one, other) =
            tokio::join!(desk.reason(about, "Asked by telephone"), desk.reason(about, "Asked by telephone"));
        one.unwrap();
        other.unwrap();
        desk.reason(about, "Asked by telephone").await.unwrap();
        assert_eq!(desk.looks().await, before + 1, "{about}");
        desk.reason(about, "Asked again").await.unwrap();
        assert_eq!(desk.looks().await, before + 2, "another reason is another look");
        desk.minute();
        desk.reason(about, "Asked by telephone").await.unwrap();
        assert_eq!(desk.looks().await, before + 3, "and so is a minute later");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_support_does_for_a_person_is_done_once(db: PgPool) {
    let desk = desk(db).await;
    let (services, support, person) = (&desk.world.services, &desk.support, desk.learner.person());
    desk.ask().await;
    assert!(desk.try_to_sign_in("something else").await.is_err());
    for _ in 0..2 {
        assert!(send_mail(services, support, person, "Forgot the password").await.unwrap());
        assert!(unlock(services, support, person, "Mistyped the password").await.unwrap());
    }
    desk.try_to_sign_in(PASSWORD).await.unwrap();
    for _ in 0..2 {
        assert!(end_sessions(services, support, person, "Lost the telephone").await.unwrap());
    }
    let acts = ["support.mail_sent", "support.unlocked", "support.sessions_ended"];
    for act in acts {
        assert_eq!(desk.times(act).await, 1, "{act}");
    }
    assert_eq!(desk.page(support).await.unwrap().mails.len(), 1);
    // A minute later it is meant.
    desk.minute();
    desk.try_to_sign_in(PASSWORD).await.unwrap();
    assert!(desk.try_to_sign_in("something else").await.is_err());
    assert!(send_mail(services, support, person, "Forgot the password").await.unwrap());
    assert!(unlock(services, support, person, "Mistyped the password").await.unwrap());
    assert!(end_sessions(services, support, person, "Lost the telephone").await.unwrap());
    for act in acts {
        assert_eq!(desk.times(act).await, 2, "{act}");
    }
    let kept: i64 = sqlx::query_scalar("select count(*) from done_forms where what like '%Forgot%'")
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(kept, 0, "what was typed is not kept with the form");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn where_there_is_nothing_to_end_nothing_is_recorded(db: PgPool) {
    let desk = desk(db).await;
    let (services, support, person) = (&desk.world.services, &desk.support, desk.learner.person());
    desk.ask().await;
    assert!(!unlock(services, support, person, "Mistyped the password").await.unwrap());
    assert!(!end_sessions(services, support, person, "Lost the telephone").await.unwrap());
    for act in ["support.unlocked", "support.sessions_ended"] {
        assert_eq!(desk.times(act).await, 0, "{act}");
    }
    let looks = account_page(services, &desk.learner).await.unwrap().looks;
    assert_eq!(looks.len(), 1, "the person reads of the look alone");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_role_taken_back_and_a_factor_ended_are_answered_alike_twice(db: PgPool) {
    let desk = desk(db).await;
    let cohort = desk.world.cohort("University of the North", "Autumn").await;
    desk.world.grant(&desk.learner, Role::CohortTutor(cohort.id)).await;
    desk.with_factors().await;
    let (services, support, person) = (&desk.world.services, &desk.support, desk.learner.person());
    desk.ask().await;
    let key = format!("cohort-tutor/{}", cohort.id);
    for _ in 0..2 {
        take_back_role(services, support, person, &key, "Left the university").await.unwrap();
        assert!(end_second_factor(services, support, person, "Lost the telephone").await.unwrap());
    }
    for act in ["access.taken_back", "accounts.second_factor_ended"] {
        assert_eq!(desk.times(act).await, 1, "{act}");
    }
    desk.minute();
    assert!(
        not_found(take_back_role(services, support, person, &key, "Left the university").await),
        "they do not hold it"
    );
    assert!(
        !end_second_factor(services, support, person, "Lost the telephone").await.unwrap(),
        "they have none"
    );
}
