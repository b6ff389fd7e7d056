//! P6: support looks with a reason, which the person reads in their account. P9: no screen shows a network address.

use domain::{
    access::Role,
    accounts::{AccountState, EmailAddress, MailState, Password, PersonId},
    organisations::OrganisationId,
    support::{FindQuery, LogQuery, SupportedPerson},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::*;
use crate::{
    Error, Result,
    access::{LookedAt, give_reason},
    accounts::{Actor, SignIn, Visitor, account_page, sign_in},
    kit::{export::Format, jobs::run_ready},
    organisations::ensure_member,
    testing::{PASSWORD, World},
};

/// Support and a person whom it helps.
struct Desk {
    world: World,
    support: Actor,
    learner: Actor,
}

async fn desk(db: PgPool) -> Desk {
    let world = World::new(db);
    let support = world.learner("help@coop.example").await;
    world.grant(&support, Role::Support).await;
    let learner = world.person("sam@north.example").await;
    Desk { world, support, learner }
}

impl Desk {
    async fn reason(&self, what: LookedAt, why: &str) -> Result<()> {
        give_reason(&self.world.services, &self.support, what, why).await
    }

    async fn ask(&self) {
        self.reason(LookedAt::Person(self.learner.person()), "Asked by telephone").await.unwrap();
    }

    async fn page(&self, who: &Actor) -> Result<SupportedPerson> {
        person_page(&self.world.services, who, self.learner.person()).await
    }

    async fn found(&self, who: &Actor, search: &str) -> Result<Vec<String>> {
        let query = FindQuery { search: search.to_owned(), ..FindQuery::default() };
        let page = find_people(&self.world.services, who, &query).await?;
        Ok(page.people.rows.into_iter().map(|row| row.email).collect())
    }

    async fn try_to_sign_in(&self, password: &str) -> Result<()> {
        let form = SignIn {
            email: EmailAddress::parse("sam@north.example").unwrap(),
            password: Password::parse(password).unwrap(),
            remember: false,
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            from: Visitor { address: Some("198.51.100.7".parse().unwrap()), device: None },
            presented: None,
        };
        sign_in(&self.world.services, form).await.map(drop)
    }
}

fn not_found<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

fn needs_reason<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::ReasonNeeded(_)))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_finds_people_by_name_address_and_student_number(db: PgPool) {
    let desk = desk(db).await;
    let cohort = desk.world.cohort("University of the North", "Autumn").await;
    desk.world.enrol(&desk.learner, &cohort).await;
    let services = &desk.world.services;
    let organisation: Uuid =
        sqlx::query_scalar("select id from organisations").fetch_one(&services.db).await.unwrap();
    let mut db = services.db.acquire().await.unwrap();
    ensure_member(services, &mut db, OrganisationId(organisation), desk.learner.person()).await.unwrap();
    drop(db);
    sqlx::query("update memberships set student_number = '0042' where person_id = $1")
        .bind(desk.learner.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    for search in ["sam@", "SAM", "0042"] {
        assert_eq!(desk.found(&desk.support, search).await.unwrap(), ["sam@north.example"], "{search}");
    }
    // Before one searches, and when nobody matches, the list says nothing of anybody.
    for search in ["", " ", "nobody"] {
        assert!(desk.found(&desk.support, search).await.unwrap().is_empty(), "{search}");
    }
    assert!(not_found(desk.found(&desk.learner, "help").await));
    // That somebody searched is in the audit, once an hour and without the search.
    let searched =
        "select count(*) from audit_events where action = 'support.people_searched' and detail = '{}'";
    let searched: i64 = sqlx::query_scalar(searched).fetch_one(&services.db).await.unwrap();
    assert_eq!(searched, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_look_at_a_person_needs_a_reason_which_the_person_reads(db: PgPool) {
    let desk = desk(db).await;
    assert!(needs_reason(desk.page(&desk.support).await));
    assert!(not_found(desk.page(&desk.learner).await));
    assert!(desk.reason(LookedAt::Person(desk.learner.person()), " ").await.is_err());
    assert!(not_found(desk.reason(LookedAt::Person(PersonId(Uuid::nil())), "Asked").await));
    desk.ask().await;
    let page = desk.page(&desk.support).await.unwrap();
    assert_eq!((page.email.as_str(), page.state), ("sam@north.example", AccountState::Active));
    let account = account_page(&desk.world.services, &desk.learner).await.unwrap();
    let looks: Vec<_> =
        account.looks.iter().map(|look| (look.by.as_deref(), look.reason.as_deref())).collect();
    assert_eq!(looks, [(Some("help@coop.example"), Some("Asked by telephone"))]);
    // Nobody else reads it, and it opens no other person.
    let own = account_page(&desk.world.services, &desk.support).await.unwrap();
    assert!(own.looks.is_empty());
    let other = person_page(&desk.world.services, &desk.support, desk.support.person()).await;
    assert!(needs_reason(other));
    // It holds for an hour.
    desk.world.clock.advance(chrono::Duration::minutes(61));
    assert!(needs_reason(desk.page(&desk.support).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_look_at_the_people_of_an_organisation_is_one_at_each_of_them(db: PgPool) {
    let desk = desk(db).await;
    desk.world.cohort("University of the North", "Autumn").await;
    let services = &desk.world.services;
    let organisation: Uuid =
        sqlx::query_scalar("select id from organisations").fetch_one(&services.db).await.unwrap();
    let organisation = OrganisationId(organisation);
    let mut db = services.db.acquire().await.unwrap();
    ensure_member(services, &mut db, organisation, desk.learner.person()).await.unwrap();
    drop(db);
    desk.reason(LookedAt::Members(organisation), "An upload went wrong").await.unwrap();
    let looks = account_page(services, &desk.learner).await.unwrap().looks;
    assert_eq!(
        looks.iter().map(|look| look.reason.as_deref()).collect::<Vec<_>>(),
        [Some("An upload went wrong")]
    );
    assert!(account_page(services, &desk.support).await.unwrap().looks.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_ends_waits_and_sessions_and_sends_mail_each_with_a_reason(db: PgPool) {
    let desk = desk(db).await;
    let (services, person) = (&desk.world.services, desk.learner.person());
    desk.try_to_sign_in(PASSWORD).await.unwrap();
    for _ in 0..5 {
        assert!(desk.try_to_sign_in("something else").await.is_err());
    }
    assert!(needs_reason(unlock(services, &desk.support, person, "Asked").await));
    assert!(not_found(unlock(services, &desk.learner, person, "Asked").await));
    desk.ask().await;
    let page = desk.page(&desk.support).await.unwrap();
    assert!(page.waits_until.is_some());
    let devices: Vec<_> = page.devices.iter().map(|device| device.name.as_str()).collect();
    assert_eq!(devices, ["Firefox on Linux"]);
    assert!(!serde_json::to_string(&page).unwrap().contains("198.51"), "no network address is shown");
    // The right password has to wait too, until support ends the wait.
    assert!(desk.try_to_sign_in(PASSWORD).await.is_err());
    assert!(matches!(unlock(services, &desk.support, person, " ").await, Err(Error::Invalid(_))));
    assert!(
        desk.page(&desk.support).await.unwrap().waits_until.is_some(),
        "without a reason nothing is done"
    );
    unlock(services, &desk.support, person, "Mistyped").await.unwrap();
    assert!(desk.page(&desk.support).await.unwrap().waits_until.is_none());
    desk.try_to_sign_in(PASSWORD).await.unwrap();

    send_mail(services, &desk.support, person, "Forgot it").await.unwrap();
    let mails = desk.page(&desk.support).await.unwrap().mails;
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].what.as_str(), mails[0].state), ("Link to choose a password", MailState::Queued));
    run_ready(services).await.unwrap();
    assert_eq!(desk.page(&desk.support).await.unwrap().mails[0].state, MailState::Sent);

    end_sessions(services, &desk.support, person, "Lost the telephone").await.unwrap();
    assert!(desk.page(&desk.support).await.unwrap().devices.is_empty());
    let account = account_page(services, &desk.learner).await.unwrap();
    let mut why: Vec<_> = account.looks.into_iter().filter_map(|look| look.reason).collect();
    why.sort();
    assert_eq!(why, ["Asked by telephone", "Forgot it", "Lost the telephone", "Mistyped"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_takes_back_a_role_that_is_held_with_a_reason(db: PgPool) {
    let desk = desk(db).await;
    let cohort = desk.world.cohort("University of the North", "Autumn").await;
    desk.world.grant(&desk.learner, Role::CohortTutor(cohort.id)).await;
    let (services, person) = (&desk.world.services, desk.learner.person());
    desk.ask().await;
    let roles = desk.page(&desk.support).await.unwrap().roles;
    assert_eq!(
        roles.iter().map(|role| (role.role.as_str(), role.of.as_deref())).collect::<Vec<_>>(),
        [("Tutor", Some("Autumn"))]
    );
    let key = &roles[0].key;
    assert!(matches!(take_back_role(services, &desk.support, person, key, "").await, Err(Error::Invalid(_))));
    for other in ["support", "owner", "cohort-tutor", "cohort-tutor/x"] {
        assert!(not_found(take_back_role(services, &desk.support, person, other, "Left").await), "{other}");
    }
    take_back_role(services, &desk.support, person, key, "Left").await.unwrap();
    assert!(desk.page(&desk.support).await.unwrap().roles.is_empty());
    let by: Option<Uuid> = sqlx::query_scalar(
        "select actor_id from audit_events where action = 'access.taken_back' and detail->>'reason' = 'Left'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(by, Some(desk.support.person().0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_command_line_takes_back_a_role_that_is_held(db: PgPool) {
    let desk = desk(db).await;
    let email = EmailAddress::parse("help@coop.example").unwrap();
    let other = EmailAddress::parse("nobody@coop.example").unwrap();
    let take = async |email: &EmailAddress, role: &str| {
        take_back_by_command_line(&desk.world.services, email, role, "Left").await
    };
    assert!(!take(&other, "support").await.unwrap());
    assert!(!take(&email, "owner").await.unwrap());
    assert!(take(&email, "support").await.unwrap());
    assert!(!take(&email, "support").await.unwrap());
    assert!(not_found(desk.found(&desk.support, "sam").await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_audit_is_read_with_a_reason_newest_first_and_filtered(db: PgPool) {
    let desk = desk(db).await;
    let services = &desk.world.services;
    let log = async |who: &Actor, query: &str| audit_log(services, who, &LogQuery::read(query)).await;
    assert!(needs_reason(log(&desk.support, "").await));
    assert!(not_found(log(&desk.learner, "").await));
    assert!(needs_reason(audit_file(services, &desk.support, &LogQuery::default(), Format::Csv).await));
    desk.ask().await;
    desk.world.clock.advance(chrono::Duration::minutes(1));
    desk.reason(LookedAt::Log, "Review of the month").await.unwrap();
    let looks = log(&desk.support, "show=looks").await.unwrap().events;
    let why: Vec<_> = looks.rows.iter().map(|row| row.reason.as_deref().unwrap_or_default()).collect();
    assert_eq!(why, ["Review of the month", "Asked by telephone"]);
    assert_eq!(looks.rows[1].subject.as_deref(), Some("sam@north.example"));
    assert_eq!(looks.rows[1].what, "Support looked");
    let of_learner = log(&desk.support, "search=sam%40north").await.unwrap().events;
    assert_eq!(of_learner.found, 1);
    assert!(of_learner.in_all > of_learner.found);
    let file = audit_file(services, &desk.support, &LogQuery::read("show=looks"), Format::Csv).await.unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    assert!(text.contains("Review of the month") && text.contains("Asked by telephone"), "{text}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_applications_role_cannot_change_or_remove_an_event(db: PgPool) {
    let desk = desk(db).await;
    desk.ask().await;
    let db = &desk.world.services.db;
    let before: i64 = sqlx::query_scalar("select count(*) from audit_events").fetch_one(db).await.unwrap();
    assert!(before > 0);
    for how in [
        "update audit_events set action = 'x'",
        "delete from audit_events",
        "delete from audit_events where false",
        "truncate audit_events",
        "update audit_log set action = 'x'",
    ] {
        let refused = sqlx::query(how).execute(db).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{how}: {refused}");
    }
    let after: i64 = sqlx::query_scalar("select count(*) from audit_events").fetch_one(db).await.unwrap();
    assert_eq!(before, after);
}
