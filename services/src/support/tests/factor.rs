//! Support helps people who cannot enter a code.

use domain::{Problem, accounts::FactorCode};

use super::*;
use crate::accounts::{Known, enter_code, known_by};

impl Desk {
    /// The learner and support have a second factor, with three recovery codes each, one of them used.
    pub(super) async fn with_factors(&self) {
        for actor in [&self.learner, &self.support] {
            sqlx::query(
                "insert into second_factors (person_id, secret, started_at, confirmed_at)
                values ($1, decode(repeat('ab', 20), 'hex'), now(), now())",
            )
            .bind(actor.person().0)
            .execute(&self.world.services.db)
            .await
            .unwrap();
            sqlx::query(
                "insert into recovery_codes (person_id, code_hash, used_at)
                select $1, decode(lpad(n::text, 64, '0'), 'hex'), case when n = 1 then now() end from generate_series(1, 3) n",
            )
            .bind(actor.person().0)
            .execute(&self.world.services.db)
            .await
            .unwrap();
        }
    }

    /// The learner gives the right password and a wrong code.
    async fn guess(&self) -> Problem {
        let form = SignIn {
            email: EmailAddress::parse("sam@north.example").unwrap(),
            password: Password::parse(PASSWORD).unwrap(),
            remember: false,
            user_agent: "Firefox",
            from: Visitor::default(),
            presented: None,
        };
        let services = &self.world.services;
        let opened = sign_in(services, form).await.unwrap();
        let Some(Known::HalfOpen(half)) = known_by(services, opened.token.as_str()).await.unwrap() else {
            panic!("no code was asked for")
        };
        let code = FactorCode::Recovery("AAAAAAAAAAAAAAAA".to_owned());
        match enter_code(services, &half, &code, Visitor::default()).await {
            Err(Error::Invalid(fields)) => fields[0].problem.clone(),
            _ => panic!("it was accepted"),
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_sees_and_ends_a_wait_for_codes(db: PgPool) {
    let desk = desk(db).await;
    desk.with_factors().await;
    desk.ask().await;
    for _ in 0..5 {
        assert_eq!(desk.guess().await, Problem::FactorCodeWrong);
    }
    assert!(matches!(desk.guess().await, Problem::FactorCodeWait { .. }));
    let page = desk.page(&desk.support).await.unwrap();
    assert!(page.codes_wait_until.is_some() && page.waits_until.is_none());
    unlock(&desk.world.services, &desk.support, desk.learner.person(), "Mistyped the password")
        .await
        .unwrap();
    assert!(desk.page(&desk.support).await.unwrap().codes_wait_until.is_none());
    assert_eq!(desk.guess().await, Problem::FactorCodeWrong);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_ends_a_lost_second_factor_but_not_their_own(db: PgPool) {
    let desk = desk(db).await;
    let (services, person) = (&desk.world.services, desk.learner.person());
    assert!(not_found(end_second_factor(services, &desk.learner, person, "Lost the telephone").await));
    assert!(needs_reason(end_second_factor(services, &desk.support, person, "Lost the telephone").await));
    desk.ask().await;
    assert_eq!(desk.page(&desk.support).await.unwrap().recovery_codes, None);
    assert!(
        !end_second_factor(services, &desk.support, person, "Lost the telephone").await.unwrap(),
        "there is none"
    );
    desk.try_to_sign_in(PASSWORD).await.unwrap();
    desk.with_factors().await;
    let page = desk.page(&desk.support).await.unwrap();
    assert_eq!((page.recovery_codes, page.own, page.devices.len()), (Some(2), false, 1));
    let refused = end_second_factor(services, &desk.support, person, " ").await;
    assert!(matches!(refused, Err(Error::Invalid(fields)) if fields[0].field == "factor_reason"));
    assert!(end_second_factor(services, &desk.support, person, "Lost the phone").await.unwrap());
    let page = desk.page(&desk.support).await.unwrap();
    assert_eq!((page.recovery_codes, page.devices.len()), (None, 0));
    // The person is told by mail and reads it in their account, and the audit says who did it.
    run_ready(services).await.unwrap();
    assert!(desk.world.letters().iter().any(|letter| letter.contains("Your second factor was ended")));
    let looks = account_page(services, &desk.learner).await.unwrap().looks;
    assert!(looks.iter().any(|look| look.what == "Support ended the second factor"
        && look.by.as_deref() == Some("help@coop.example")
        && look.reason.as_deref() == Some("Lost the phone")));

    let own = desk.support.person();
    desk.reason(LookedAt::Person(own), "Lost my own telephone").await.unwrap();
    assert!(person_page(services, &desk.support, own).await.unwrap().own);
    assert!(not_found(end_second_factor(services, &desk.support, own, "Lost my own telephone").await));
    let email = EmailAddress::parse("help@coop.example").unwrap();
    assert!(end_second_factor_by_command_line(services, &email, "Lost the phone", "Ann").await.unwrap());
    let by: Vec<Option<String>> = sqlx::query_scalar(
        "select detail->>'by' from audit_events where action = 'accounts.second_factor_ended' order by id",
    )
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(by, [None, Some("Ann".to_owned())]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn at_the_limit_support_is_told_that_no_mail_was_sent(db: PgPool) {
    let desk = desk(db).await;
    let (services, person) = (&desk.world.services, desk.learner.person());
    desk.ask().await;
    // Each with a reason of its own: the same one again is the same button, pressed twice.
    let send = async |why: String| send_mail(services, &desk.support, person, &why).await.unwrap();
    for pending in [false, true] {
        if pending {
            // The same for a person who has not opened the account.
            sqlx::query("update people set activated_at = null, password_hash = null where id = $1")
                .bind(person.0)
                .execute(&services.db)
                .await
                .unwrap();
        }
        for n in 0..5 {
            assert!(send(format!("Did not come: {pending} {n}")).await);
        }
        assert!(!send(format!("Did not come: {pending}")).await);
    }
    let events: Vec<(String, i64)> = sqlx::query_as(
        "select action, count(*) from audit_events
        where actor_id = $1 and action in ('support.mail_sent', 'accounts.link_requested', 'accounts.activation_link_requested')
        group by action order by action",
    )
    .bind(desk.support.person().0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    let expected = [
        ("accounts.activation_link_requested", 5),
        ("accounts.link_requested", 5),
        ("support.mail_sent", 10),
    ];
    assert_eq!(events, expected.map(|(action, times)| (action.to_owned(), times)));
    assert_eq!(desk.page(&desk.support).await.unwrap().mails.len(), 10);
}
