//! P16 (no consent, no account), P24 (what a person can stop), and registering by oneself.

use chrono::Duration;
use domain::{
    Problem,
    accounts::{
        AccountState, EmailAddress, GivenConsent, MailState, NewPassword, PRIVACY_POLICY, Password, PersonId,
        PersonName,
    },
    organisations::{OrganisationId, SponsorCode},
};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::*;
use crate::{
    Error, Result,
    accounts::{self, Actor, SignIn, Visitor, account_page, create_admin, link_works, request_link, sign_in},
    kit::jobs::run_ready,
    organisations::ensure_organisation,
    testing::{PASSWORD, World, removals, watch_removals},
};

const NOWHERE: Visitor<'static> = Visitor { address: None, device: None };

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn consent() -> GivenConsent {
    GivenConsent::parse(true, PRIVACY_POLICY).unwrap()
}

fn new_password() -> NewPassword {
    NewPassword::parse(PASSWORD).unwrap()
}

fn problem<T>(result: Result<T>) -> Problem {
    match result {
        Err(Error::Invalid(fields)) => fields[0].problem.clone(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}

async fn count(db: &PgPool, query: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(db).await.unwrap()
}

impl World {
    async fn organisation(&self, name: &str) -> OrganisationId {
        let mut db = self.services.db.acquire().await.unwrap();
        ensure_organisation(&self.services, &mut db, name, "university").await.unwrap()
    }

    /// As an upload makes them.
    async fn pending(&self, address: &str) -> PersonId {
        let id = Uuid::now_v7();
        sqlx::query(
            "insert into people (id, email, full_name, created_at) values ($1, $2, 'Sam Taylor', $3)",
        )
        .bind(id)
        .bind(address)
        .bind(self.services.clock.now())
        .execute(&self.services.db)
        .await
        .unwrap();
        PersonId(id)
    }

    async fn invited(&self, organisation: OrganisationId, people: &[PersonId]) {
        let mut db = self.services.begin().await.unwrap();
        invite_all(&self.services, &mut db, organisation, people).await.unwrap();
        db.commit().await.unwrap();
        run_ready(&self.services).await.unwrap();
    }

    async fn enters(&self, address: &str) -> bool {
        let form = SignIn {
            email: email(address),
            password: Password::parse(PASSWORD).unwrap(),
            remember: false,
            user_agent: "",
            from: NOWHERE,
            presented: None,
        };
        sign_in(&self.services, form).await.is_ok()
    }

    /// The tokens of all mailed addresses that begin with this path, the latest first where they are of one person.
    fn mailed(&self, path: &str) -> Vec<String> {
        let begin = format!("https://learning.example{path}");
        let letters = self.letters();
        // The first part is the text; the second says the same.
        let texts = letters.iter().filter_map(|letter| letter.split("Content-Type: text/html").next());
        let tokens = texts.flat_map(|text| {
            text.split(&begin)
                .skip(1)
                .map(|rest| rest.split_whitespace().next().unwrap_or_default().to_owned())
        });
        tokens.map(|token| token.trim_end_matches('>').to_owned()).collect()
    }

    /// Removes the mails so far, so that only later ones are read.
    fn forget_letters(&self) {
        for entry in std::fs::read_dir(self.mail.path()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_invited_person_consents_chooses_a_password_and_signs_in(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = world.organisation("University of the North").await;
    let sam = world.pending("sam@uni.example").await;
    world.invited(north, &[sam]).await;
    let letters = world.letters();
    let [letter] = letters.as_slice() else { panic!("{} mails", letters.len()) };
    for part in [
        "University of the North: open your account",
        "Hello Sam Taylor,",
        "List-Unsubscribe-Post: List-Unsubscribe",
    ] {
        assert!(letter.contains(part), "{part} is not in {letter}");
    }
    let tokens = world.mailed("/activate/");
    let [token] = tokens.as_slice() else { panic!("{tokens:?}") };
    let page = activation_page(services, token).await.unwrap();
    assert_eq!(page.organisation.as_deref(), Some("University of the North"));
    assert_eq!((page.name.as_str(), page.email.as_str()), ("Sam Taylor", "sam@uni.example"));
    assert_eq!(count(&db, "select count(*) from consents").await, 0, "the page changes nothing");
    assert!(!world.enters("sam@uni.example").await);

    let weak = NewPassword::parse("samtaylorsamtaylor").unwrap();
    assert_eq!(problem(activate(services, token, consent(), &weak, NOWHERE).await), Problem::PasswordCommon);
    activate(services, token, consent(), &new_password(), NOWHERE).await.unwrap();
    assert!(world.enters("sam@uni.example").await);
    assert_eq!(count(&db, "select count(*) from sessions").await, 1, "it signs nobody in by itself");
    let shown = account_page(services, &Actor::for_test(sam)).await.unwrap().consent.unwrap();
    assert_eq!(shown.policy, PRIVACY_POLICY);
    assert_eq!(shown.given.utc, crate::moment(services.clock.now()).utc);

    // The link works once, and no reminder follows. The same form sent twice is answered twice.
    assert!(matches!(activation_page(services, token).await, Err(Error::NotFound)));
    let again = async |password: &NewPassword| activate(services, token, consent(), password, NOWHERE).await;
    again(&new_password()).await.unwrap();
    let other = NewPassword::parse("seven herons by the canal").unwrap();
    assert_eq!(problem(again(&other).await), Problem::ActivationNoLongerValid, "with the password alone");
    assert_eq!(count(&db, "select count(*) from consents").await, 1);
    world.clock.advance(Duration::seconds(10));
    assert_eq!(problem(again(&new_password()).await), Problem::ActivationNoLongerValid);
    world.clock.advance(Duration::hours(1));
    accounts::forget_ended_sessions(services).await.unwrap();
    assert_eq!(count(&db, "select count(*) from links_followed").await, 0);
    world.clock.advance(Duration::days(20));
    assert_eq!(remind_invited(services).await.unwrap(), 0);
    assert_eq!(count(&db, "select count(*) from activation_links").await, 0);
    // Who has an account is not invited.
    world.forget_letters();
    world.invited(north, &[sam]).await;
    assert_eq!(world.letters().len(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_two_who_use_a_link_at_once_one_opens_the_account(db: PgPool) {
    let world = World::new(db.clone());
    let north = world.organisation("North").await;
    let sam = world.pending("sam@uni.example").await;
    world.invited(north, &[sam]).await;
    let token = &world.mailed("/activate/")[0];
    let (consent, password) = (consent(), new_password());
    let once = || activate(&world.services, token, consent, &password, NOWHERE);
    let both = tokio::join!(once(), once());
    assert!(both.0.is_ok() && both.1.is_ok(), "both are answered");
    assert_eq!(count(&db, "select count(*) from consents").await, 1);
    assert_eq!(count(&db, "select count(*) from audit_events where action = 'accounts.activated'").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_link_of_somebody_who_is_removed_meanwhile_is_no_longer_valid(db: PgPool) {
    let world = World::new(db.clone());
    let north = world.organisation("North").await;
    let sam = world.pending("sam@uni.example").await;
    world.invited(north, &[sam]).await;
    let token = world.mailed("/activate/").remove(0);
    // As undoing the upload does.
    let mut undoing = world.services.begin().await.unwrap();
    sqlx::query("delete from people where id = $1").bind(sam.0).execute(&mut *undoing).await.unwrap();
    let password = new_password();
    let (opened, ()) =
        tokio::join!(activate(&world.services, &token, consent(), &password, NOWHERE), async {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            undoing.commit().await.unwrap();
        });
    assert_eq!(problem(opened), Problem::ActivationNoLongerValid);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_who_opens_an_account_waits_for_a_file_that_changes_or_brings_them(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = world.organisation("North").await;
    let sam = world.pending("sam@uni.example").await;
    world.invited(north, &[sam]).await;
    let token = world.mailed("/activate/").remove(0);
    let mut taking = services.begin().await.unwrap();
    sqlx::query("update people set full_name = 'Sam Lee' where id = $1")
        .bind(sam.0)
        .execute(&mut *taking)
        .await
        .unwrap();
    let soon = std::time::Duration::from_secs(20);
    let open = async || {
        let password = new_password();
        tokio::time::timeout(soon, activate(services, &token, consent(), &password, NOWHERE)).await.unwrap()
    };
    assert!(matches!(problem(open().await), Problem::InWords { .. }));
    taking.commit().await.unwrap();
    open().await.unwrap();

    world.forget_letters();
    registers(&world, "kim@home.example", PASSWORD).await.unwrap();
    let token = world.mailed("/register/").remove(0);
    let mut taking = services.begin().await.unwrap();
    sqlx::query(
        "insert into people (id, email, full_name, created_at)
        values (gen_random_uuid(), 'kim@home.example', 'Kim Lee', now())",
    )
    .execute(&mut *taking)
    .await
    .unwrap();
    let password = Password::parse(PASSWORD).unwrap();
    let confirm = async || {
        tokio::time::timeout(soon, confirm_registration(services, &token, &password, NOWHERE)).await.unwrap()
    };
    assert!(matches!(problem(confirm().await), Problem::InWords { .. }));
    taking.rollback().await.unwrap();
    confirm().await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_table_refuses_a_password_without_consent(db: PgPool) {
    let world = World::new(db.clone());
    world.pending("sam@uni.example").await;
    let refused = sqlx::query("update people set password_hash = 'x'").execute(&db).await.unwrap_err();
    let refused = refused.into_database_error().unwrap();
    assert_eq!(refused.constraint(), Some("people_password_of_open_account"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_pending_person_who_asks_for_a_password_gets_an_activation_mail(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = world.organisation("University of the North").await;
    let sam = world.pending("sam@uni.example").await;
    world.invited(north, &[sam]).await;
    // The link of the invitation has ended.
    world.clock.advance(Duration::days(14));
    let old = world.mailed("/activate/").remove(0);
    assert!(matches!(activation_page(services, &old).await, Err(Error::NotFound)));
    let late = activate(services, &old, consent(), &new_password(), NOWHERE).await;
    assert_eq!(problem(late), Problem::ActivationNoLongerValid);
    world.forget_letters();
    for _ in 0..7 {
        request_link(services, email("sam@uni.example"), NOWHERE).await.unwrap();
    }
    request_link(services, email("nobody@uni.example"), NOWHERE).await.unwrap();
    run_ready(services).await.unwrap();
    let tokens = world.mailed("/activate/");
    assert_eq!(tokens.len(), 5, "of seven, and none for nobody: no mailbox is filled");
    assert_eq!(world.letters().len(), 5, "and no link to choose a password");
    assert!(world.letters()[0].contains("University of the North"));
    activate(services, &tokens[0], consent(), &new_password(), NOWHERE).await.unwrap();
    assert!(world.enters("sam@uni.example").await);
    // The command line makes no account without consent either, where the person is pending.
    world.pending("alex@uni.example").await;
    world.forget_letters();
    create_admin(services, &email("alex@uni.example"), "Alex", "For a test").await.unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(world.mailed("/choose-password/").len(), 0);
    let token = world.mailed("/activate/").remove(0);
    assert_eq!(activation_page(services, &token).await.unwrap().organisation, None);
    assert!(link_works(services, &token).await.is_err());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn reminders_come_after_3_and_10_days_and_stop_when_told(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = world.organisation("North").await;
    let sam = world.pending("sam@uni.example").await;
    let alex = world.pending("alex@uni.example").await;
    world.invited(north, &[sam, alex, sam]).await;
    assert_eq!(world.letters().len(), 2, "one each");
    let mut days = Vec::new();
    for day in 1..=40 {
        world.clock.advance(Duration::days(1));
        // Two servers at once.
        let both = tokio::join!(remind_invited(services), remind_invited(services));
        let sent = both.0.unwrap() + both.1.unwrap();
        run_ready(services).await.unwrap();
        if sent > 0 {
            days.push((day, sent));
        }
        if day == 3 {
            world.forget_letters();
            // A link of a reminder works as the first one does. One of the two has had enough.
            request_link(services, email("alex@uni.example"), NOWHERE).await.unwrap();
            run_ready(services).await.unwrap();
            let stop = world.mailed("/stop-reminders/").remove(0);
            for token in [stop.as_str(), stop.as_str(), "unknown"] {
                stop_reminders(services, token).await.unwrap();
            }
            world.forget_letters();
        }
    }
    assert_eq!(days, [(3, 2), (10, 1)]);
    let letters = world.letters();
    let [letter] = letters.as_slice() else { panic!("{} mails", letters.len()) };
    assert!(letter.contains("To: sam@uni.example") && letter.contains("still waiting"));
    let stopped = "select count(*) from audit_events where action = 'accounts.reminders_stopped'";
    assert_eq!(count(&db, stopped).await, 1);
    // Another invitation is a mail, and no further reminder.
    let coast = world.organisation("Coast").await;
    world.invited(coast, &[alex]).await;
    assert_eq!(world.letters().len(), 2);
    world.clock.advance(Duration::days(20));
    assert_eq!(remind_invited(services).await.unwrap(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_address_that_stops_reminders_opens_no_account(db: PgPool) {
    let world = World::new(db.clone());
    let north = world.organisation("North").await;
    let sam = world.pending("sam@uni.example").await;
    world.invited(north, &[sam]).await;
    let stop = world.mailed("/stop-reminders/").remove(0);
    assert_eq!(world.mailed("/mail/stop/").as_slice(), std::slice::from_ref(&stop), "the header's address");
    assert!(matches!(activation_page(&world.services, &stop).await, Err(Error::NotFound)));
    let refused = activate(&world.services, &stop, consent(), &new_password(), NOWHERE).await;
    assert_eq!(problem(refused), Problem::ActivationNoLongerValid);
    // Neither secret is stored.
    let stored: String = sqlx::query_scalar("select string_agg(l::text, ' ') from activation_links l")
        .fetch_one(&db)
        .await
        .unwrap();
    assert!(!stored.contains(&stop) && !stored.contains(&world.mailed("/activate/")[0]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_not_answered_for_90_days_goes_with_their_enrolment(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let cohort = world.cohort("North", "September").await;
    let north = world.organisation("North").await;
    let (sam, alex) = (world.pending("sam@uni.example").await, world.pending("alex@uni.example").await);
    let active = world.learner("active@uni.example").await;
    let withdrawn = world.person("withdrawn@uni.example").await;
    withdraw_consent(services, &withdrawn).await.unwrap();
    world.invited(north, &[sam, alex]).await;
    for person in [sam, alex, active.person(), withdrawn.person()] {
        world.enrol(&Actor::for_test(person), &cohort).await;
    }
    world.clock.advance(Duration::days(80));
    world.invited(north, &[alex]).await;
    world.clock.advance(Duration::days(10));
    assert_eq!(remove_pending(services).await.unwrap(), 0);
    world.clock.advance(Duration::seconds(1));
    assert_eq!(remove_pending(services).await.unwrap(), 1);
    let left = "select count(*) from people p join enrolments e on e.learner_id = p.id where p.email <> 'sam@uni.example'";
    assert_eq!(count(&db, left).await, 3, "invited anew, active and withdrawn");
    assert_eq!(count(&db, "select count(*) from enrolments").await, 3);
    let counted =
        "select (detail->>'people')::bigint from audit_events where action = 'accounts.pending_removed'";
    assert_eq!(count(&db, counted).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn many_are_invited_and_removed_in_few_statements_and_small_transactions(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = world.organisation("North").await;
    sqlx::query(
        "insert into people (id, email, full_name, created_at)
        select gen_random_uuid(), n || '@uni.example', 'Learner ' || n, $1 from generate_series(1, 2100) n",
    )
    .bind(services.clock.now())
    .execute(&db)
    .await
    .unwrap();
    let people: Vec<Uuid> = sqlx::query_scalar("select id from people").fetch_all(&db).await.unwrap();
    let people: Vec<_> = people.into_iter().map(PersonId).collect();
    let mut transaction = services.begin().await.unwrap();
    invite_all(services, &mut transaction, north, &people).await.unwrap();
    assert_eq!(count(&db, "select count(*) from outbox").await, 0, "in the caller's transaction");
    transaction.commit().await.unwrap();
    for table in ["outbox", "activation_links", "invitations"] {
        assert_eq!(count(&db, &format!("select count(*) from {table}")).await, 2100, "{table}");
    }
    let audited = "select count(distinct subject_id) from audit_events where action = 'accounts.invited'";
    assert_eq!(count(&db, audited).await, 2100);
    world.clock.advance(Duration::days(91));
    watch_removals(&db, &["people"]).await;
    assert_eq!(remove_pending(services).await.unwrap(), 2100);
    assert_eq!(removals(&db, "people").await, (500, 2100));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_sends_links_again_to_whom_it_invited_and_sees_the_state_of_the_mail(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let (north, coast) = (world.organisation("North").await, world.organisation("Coast").await);
    let (sam, alex) = (world.pending("sam@uni.example").await, world.pending("alex@uni.example").await);
    let silent = world.pending("silent@uni.example").await;
    let states = async || {
        let mut db = services.db.acquire().await.unwrap();
        let mut states = account_states(&mut db, &[sam, alex, silent]).await.unwrap();
        states.sort_by_key(|(person, ..)| *person);
        states.into_iter().map(|(_, state, mail)| (state, mail)).collect::<Vec<_>>()
    };
    assert_eq!(states().await, [(AccountState::Pending, None); 3]);
    world.invited(north, &[sam, silent]).await;
    world.invited(coast, &[alex]).await;
    assert_eq!(states().await, [(AccountState::Pending, Some(MailState::Sent)); 3]);
    stop_reminders(services, &world_stop(&world, "silent@uni.example")).await.unwrap();
    world.forget_letters();

    let resend_one = async |organisation, person| {
        let mut db = services.begin().await.unwrap();
        let sent = resend(services, &mut db, organisation, person, alex, false).await;
        db.commit().await.unwrap();
        sent
    };
    let everybody = async |organisation| {
        let mut db = services.begin().await.unwrap();
        let sent = resend_all(services, &mut db, organisation, alex, false).await.unwrap();
        db.commit().await.unwrap();
        sent
    };
    for (organisation, person) in [(coast, sam), (north, alex), (north, PersonId(Uuid::nil()))] {
        assert!(matches!(resend_one(organisation, person).await, Err(Error::NotFound)));
    }
    assert_eq!(everybody(north).await, 0, "they got one today");
    for _ in 0..4 {
        assert!(resend_one(north, sam).await.unwrap());
    }
    assert!(!resend_one(north, sam).await.unwrap(), "five in an hour are enough");
    assert_eq!(states().await[0], (AccountState::Pending, Some(MailState::Queued)));
    world.clock.advance(Duration::days(2));
    assert_eq!(everybody(north).await, 1, "not the one who wants no reminders");
    assert_eq!(everybody(north).await, 0, "a second press sends nothing");
    run_ready(services).await.unwrap();
    sqlx::query("update outbox set state = 'bounced' where person_id = $1")
        .bind(sam.0)
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(states().await[0], (AccountState::Pending, Some(MailState::Bounced)));
    // What bounced is not repeated by itself.
    world.forget_letters();
    world.clock.advance(Duration::days(2));
    assert_eq!(remind_invited(services).await.unwrap(), 1, "alex's only");
}

/// The token that stops the reminders of the person with this address.
fn world_stop(world: &World, address: &str) -> String {
    let letters = world.letters();
    let own = letters.iter().find(|letter| letter.contains(&format!("To: {address}"))).unwrap();
    let rest = own.split("/stop-reminders/").nth(1).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn withdrawn_consent_closes_the_account_until_a_new_activation(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = world.organisation("North").await;
    let sam = world.pending("sam@uni.example").await;
    world.invited(north, &[sam]).await;
    let token = world.mailed("/activate/").remove(0);
    activate(services, &token, consent(), &new_password(), NOWHERE).await.unwrap();
    assert!(world.enters("sam@uni.example").await);
    world.clock.advance(Duration::hours(1));
    let actor = Actor::for_test(sam);
    for _ in 0..2 {
        withdraw_consent(services, &actor).await.unwrap();
    }
    assert!(!world.enters("sam@uni.example").await);
    for gone in ["sessions", "known_devices", "password_links"] {
        assert_eq!(count(&db, &format!("select count(*) from {gone}")).await, 0, "{gone}");
    }
    assert_eq!(count(&db, "select count(*) from consents where withdrawn_at > given_at").await, 1);
    let mut connection = db.acquire().await.unwrap();
    let state = account_states(&mut connection, &[sam]).await.unwrap()[0].1;
    assert_eq!(state, AccountState::Withdrawn);
    // It is kept, however long.
    world.clock.advance(Duration::days(400));
    assert_eq!(remove_pending(services).await.unwrap(), 0);
    world.forget_letters();
    request_link(services, email("sam@uni.example"), NOWHERE).await.unwrap();
    run_ready(services).await.unwrap();
    let token = world.mailed("/activate/").remove(0);
    activate(services, &token, consent(), &new_password(), NOWHERE).await.unwrap();
    assert!(world.enters("sam@uni.example").await);
    assert_eq!(count(&db, "select count(*) from consents").await, 2, "both are kept");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_session_of_a_closed_account_is_none(db: PgPool) {
    let world = World::new(db.clone());
    world.person("sam@uni.example").await;
    let form = SignIn {
        email: email("sam@uni.example"),
        password: Password::parse(PASSWORD).unwrap(),
        remember: false,
        user_agent: "",
        from: NOWHERE,
        presented: None,
    };
    let opened = sign_in(&world.services, form).await.unwrap();
    let actor = async || accounts::actor_for(&world.services, opened.token.as_str()).await.unwrap();
    assert!(actor().await.is_some());
    // One that was opened at the very moment of the withdrawal.
    sqlx::query("update people set withdrawn_at = activated_at, password_hash = null")
        .execute(&db)
        .await
        .unwrap();
    assert!(actor().await.is_none());
}

async fn registers(world: &World, address: &str, password: &str) -> Result<()> {
    let form = Registration {
        area: None,
        name: PersonName::parse("Sam Taylor").unwrap(),
        email: email(address),
        password: NewPassword::parse(password).unwrap(),
        consent: consent(),
        sponsor_code: SponsorCode::parse("abcde-fghjk"),
        from: NOWHERE,
    };
    register(&world.services, form).await?;
    run_ready(&world.services).await.unwrap();
    Ok(())
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_registers_has_an_account_when_the_address_is_proven(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    registers(&world, "sam@home.example", PASSWORD).await.unwrap();
    assert_eq!(count(&db, "select count(*) from people").await, 0);
    assert!(!world.enters("sam@home.example").await);
    let token = world.mailed("/register/").remove(0);
    assert_eq!(registration_page(services, &token).await.unwrap().email, "sam@home.example");
    // The owner of the address did not choose the password of somebody who typed it.
    let confirm = async |token: &str, password: &str| {
        confirm_registration(services, token, &Password::parse(password).unwrap(), NOWHERE).await
    };
    assert_eq!(problem(confirm(&token, "another one").await), Problem::RegisteredPasswordWrong);
    assert_eq!(count(&db, "select count(*) from people").await, 0);
    let both = tokio::join!(confirm(&token, PASSWORD), confirm(&token, PASSWORD));
    let again = confirm(&token, PASSWORD).await;
    for registered in [both.0, both.1, again] {
        let code = registered.unwrap().sponsor_code;
        assert_eq!(code, SponsorCode::parse("ABCDE-FGHJK"), "for the page of the account");
    }
    assert_eq!(count(&db, "select count(*) from people").await, 1);
    assert_eq!(problem(confirm(&token, "another one").await), Problem::ActivationNoLongerValid);
    assert!(world.enters("sam@home.example").await);
    assert_eq!(count(&db, "select count(*) from registrations").await, 0);
    let consents =
        "select count(*) from consents where policy_version = (select max(policy_version) from consents)";
    assert_eq!(count(&db, consents).await, 1);
    world.clock.advance(Duration::seconds(10));
    assert_eq!(problem(confirm(&token, PASSWORD).await), Problem::ActivationNoLongerValid);
    assert!(matches!(registration_page(services, &token).await, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_mail_that_proves_an_address_has_no_words_of_whoever_typed_it(db: PgPool) {
    let world = World::new(db);
    registers(&world, "new@uni.example", PASSWORD).await.unwrap();
    let letters = world.letters();
    let [letter] = letters.as_slice() else { panic!("{} mails", letters.len()) };
    assert!(letter.contains("/register/"));
    // The name that the form had.
    assert!(!letter.contains("Taylor"), "{letter}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_form_to_register_says_nothing_about_an_address(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = world.organisation("University of the North").await;
    world.person("active@uni.example").await;
    let pending = world.pending("pending@uni.example").await;
    world.invited(north, &[pending]).await;
    world.forget_letters();
    for address in ["active@uni.example", "pending@uni.example", "new@uni.example"] {
        let before = services.hasher.done();
        registers(&world, address, "seven herons by the canal").await.unwrap();
        assert_eq!(services.hasher.done() - before, 1, "{address} costs the same work");
    }
    assert!(world.enters("active@uni.example").await, "its password is as it was");
    assert_eq!(world.mailed("/register/").len(), 1);
    assert_eq!(world.mailed("/activate/").len(), 1);
    let told = world.letters().into_iter().filter(|letter| letter.contains("You have an account already"));
    assert_eq!(told.count(), 1);
    assert_eq!(count(&db, "select count(*) from registrations").await, 1);
    assert_eq!(problem(registers(&world, "new@uni.example", "password1234").await), Problem::PasswordCommon);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn registrations_fill_no_mailbox_and_go_after_a_day(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    world.learner("active@uni.example").await;
    for _ in 0..7 {
        registers(&world, "new@uni.example", PASSWORD).await.unwrap();
        registers(&world, "active@uni.example", PASSWORD).await.unwrap();
    }
    assert_eq!(world.mailed("/register/").len(), 5);
    assert_eq!(world.mailed("/sign-in").len(), 5);
    let token = world.mailed("/register/").remove(0);
    world.clock.advance(Duration::days(1));
    assert!(matches!(registration_page(services, &token).await, Err(Error::NotFound)));
    let password = Password::parse(PASSWORD).unwrap();
    let late = confirm_registration(services, &token, &password, NOWHERE).await;
    assert_eq!(problem(late), Problem::ActivationNoLongerValid);
    accounts::forget_ended_sessions(services).await.unwrap();
    assert_eq!(count(&db, "select count(*) from registrations").await, 0);
    // One network has as many links as it may ask for.
    for _ in 0..200 {
        let _ = guard_asks(&world).await;
    }
    assert_eq!(problem(registers(&world, "other@uni.example", PASSWORD).await), Problem::LinksTooMany);
}

async fn guard_asks(world: &World) -> Result<bool> {
    crate::accounts::guard::may_ask_for_link(&world.services, NOWHERE).await
}
