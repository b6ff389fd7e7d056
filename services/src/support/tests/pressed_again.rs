//! A button of support that is pressed again acts on what has come since the first time.

use super::*;

impl Desk {
    async fn events(&self, action: &str) -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1 and subject_id = $2")
            .bind(action)
            .bind(self.learner.person().0)
            .fetch_one(&self.world.services.db)
            .await
            .unwrap()
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_signs_in_after_all_devices_were_signed_out_is_signed_out_too(db: PgPool) {
    let desk = desk(db).await;
    let (services, support, person) = (&desk.world.services, &desk.support, desk.learner.person());
    desk.ask().await;
    for times in 1..=2 {
        desk.try_to_sign_in(PASSWORD).await.unwrap();
        end_sessions(services, support, person, "Lost the telephone").await.unwrap();
        assert!(desk.page(support).await.unwrap().devices.is_empty());
        assert_eq!(desk.events("support.sessions_ended").await, times);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_wait_that_began_after_one_was_ended_is_ended_too(db: PgPool) {
    let desk = desk(db).await;
    let (services, support, person) = (&desk.world.services, &desk.support, desk.learner.person());
    desk.ask().await;
    for times in 1..=2 {
        for _ in 0..5 {
            assert!(desk.try_to_sign_in("something else").await.is_err());
        }
        assert!(desk.page(support).await.unwrap().waits_until.is_some());
        unlock(services, support, person, "Mistyped the password").await.unwrap();
        assert!(desk.page(support).await.unwrap().waits_until.is_none());
        assert_eq!(desk.events("support.unlocked").await, times);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_mail_is_sent_again_when_the_account_has_become_another_since(db: PgPool) {
    let desk = desk(db).await;
    let (services, support, person) = (&desk.world.services, &desk.support, desk.learner.person());
    desk.ask().await;
    for (times, state) in [
        (1, "update people set activated_at = created_at where id = $1"),
        (2, "update people set activated_at = null, password_hash = null where id = $1"),
    ] {
        sqlx::query(state).bind(person.0).execute(&services.db).await.unwrap();
        for _ in 0..2 {
            assert!(send_mail(services, support, person, "Did not come").await.unwrap());
        }
        assert_eq!(desk.events("support.mail_sent").await, times);
        assert_eq!(desk.page(support).await.unwrap().mails.len(), usize::try_from(times).unwrap());
    }
}
