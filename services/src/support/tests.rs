//! P6: support looks with a reason, which the person reads in their account. P9: no screen shows a network address.

use domain::{
    access::Role,
    accounts::{AccountState, EmailAddress, MailState, Password, PersonId},
    organisations::OrganisationId,
    support::{FindQuery, SupportedPerson},
};
use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

use super::*;
use crate::{
    Error, Result,
    access::{LookedAt, give_reason},
    accounts::{Actor, SignIn, Visitor, account_page, request_link, sign_in},
    database,
    kit::jobs::run_ready,
    organisations::ensure_member,
    testing::{PASSWORD, World},
};

mod audit;
mod factor;
mod joined;
mod mistyped;
mod named;
mod pressed_again;
mod twice;

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

    /// The only organisation.
    async fn organisation(&self) -> OrganisationId {
        self.world.cohort("University of the North", "Autumn").await;
        let only = sqlx::query_scalar("select id from organisations").fetch_one(&self.world.services.db);
        OrganisationId(only.await.unwrap())
    }

    async fn joins(&self, organisation: OrganisationId, who: &Actor) {
        let services = &self.world.services;
        let mut db = services.db.acquire().await.unwrap();
        ensure_member(services, &mut db, organisation, who.person()).await.unwrap();
    }

    /// The looks that somebody reads in their account.
    async fn looks_of(&self, who: &Actor) -> Vec<String> {
        let looks = account_page(&self.world.services, who).await.unwrap().looks;
        looks.into_iter().map(|look| look.what).collect()
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
    for search in ["sam@", "SAM", "0042", "00 42"] {
        assert_eq!(desk.found(&desk.support, search).await.unwrap(), ["sam@north.example"], "{search}");
    }
    // Before one searches, and when nobody matches, the list says nothing of anybody.
    for search in ["", " ", "nobody"] {
        assert!(desk.found(&desk.support, search).await.unwrap().is_empty(), "{search}");
    }
    assert!(not_found(desk.found(&desk.learner, "help").await));
    // Each search is in the audit, with the number of people and without its text.
    let searched: Vec<serde_json::Value> = sqlx::query_scalar(
        "select detail from audit_events where action = 'support.people_searched' order by id",
    )
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(searched, [1, 1, 1, 1, 0].map(|found| serde_json::json!({ "found": found })));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_word_of_a_search_is_found_by_itself(db: PgPool) {
    let desk = desk(db).await;
    sqlx::query("update people set full_name = 'Aroha O''Ngata-Lee' where id = $1")
        .bind(desk.learner.person().0)
        .execute(&desk.world.services.db)
        .await
        .unwrap();
    for search in ["Ngata Aroha", "ngata, aroha", "O Ngata", "Lee,Aroha", "sam ngata"] {
        assert_eq!(desk.found(&desk.support, search).await.unwrap(), ["sam@north.example"], "{search}");
    }
    for search in ["Ngata Bob", "Aroha north.example", ",", ",,,"] {
        assert!(desk.found(&desk.support, search).await.unwrap().is_empty(), "{search}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_search_lists_everybody_or_a_whole_university(db: PgPool) {
    let desk = desk(db).await;
    for n in 0..25 {
        desk.world.learner(&format!("crowd{n}@north.example")).await;
    }
    let db = &desk.world.services.db;
    sqlx::query("update people set full_name = 'Sam Taylor'").execute(db).await.unwrap();
    let short = ["@", "e", "sa", "@north.example", "north.example", "d1@north.example", ".example"];
    // Accents are typed, and not searched for.
    let accents = ["\u{301}\u{301}\u{301}", "\u{301}\u{301}\u{301}@north.example", "a \u{301}\u{301}\u{301}"];
    for search in short.into_iter().chain(accents) {
        assert!(desk.found(&desk.support, search).await.unwrap().is_empty(), "{search}");
    }
    assert_eq!(desk.found(&desk.support, "SAM@north.example").await.unwrap(), ["sam@north.example"]);
    // There is no second page.
    let query = FindQuery { search: "crowd".to_owned(), whole: true, ..FindQuery::default() };
    let page = find_people(&desk.world.services, &desk.support, &query).await.unwrap().people;
    assert_eq!((page.rows.len(), page.found, page.next), (20, 25, None));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_look_at_a_person_needs_a_reason_which_the_person_reads(db: PgPool) {
    let desk = desk(db).await;
    assert!(needs_reason(desk.page(&desk.support).await));
    assert!(not_found(desk.page(&desk.learner).await));
    assert!(desk.reason(LookedAt::Person(desk.learner.person()), " ").await.is_err());
    assert!(not_found(desk.reason(LookedAt::Person(PersonId(Uuid::nil())), "Asked by telephone").await));
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
    let services = &desk.world.services;
    let organisation = desk.organisation().await;
    desk.joins(organisation, &desk.learner).await;
    desk.reason(LookedAt::Members(organisation), "An upload went wrong").await.unwrap();
    // Who leaves the organisation reads it still; who comes after the look does not. Nobody reads the reason, which may tell of one of them.
    sqlx::query("delete from memberships").execute(&services.db).await.unwrap();
    desk.joins(organisation, &desk.support).await;
    let looks = account_page(services, &desk.learner).await.unwrap().looks;
    let read: Vec<_> = looks.iter().map(|look| (look.what.as_str(), look.reason.as_deref())).collect();
    assert_eq!(read, [("Looked at the people of an organisation, you among them", None)]);
    assert!(account_page(services, &desk.support).await.unwrap().looks.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_look_at_something_unknown_is_told_as_a_look_without_its_reason(db: PgPool) {
    let desk = desk(db).await;
    sqlx::query(
        "with look as (
            insert into audit_events (id, at, actor_id, action, detail)
            values (gen_random_uuid(), $2, $3, 'assessment.seen_by_support', '{\"garden\": \"x\", \"reason\": \"Asked\"}')
            returning id
        )
        insert into support_shown (person_id, event_id) select $1, id from look",
    )
    .bind(desk.learner.person().0)
    .bind(desk.world.services.clock.now())
    .bind(desk.support.person().0)
    .execute(&desk.world.services.db)
    .await
    .unwrap();
    let looks = account_page(&desk.world.services, &desk.learner).await.unwrap().looks;
    let read: Vec<_> = looks.iter().map(|look| (look.what.as_str(), look.reason.as_deref())).collect();
    assert_eq!(read, [("Support looked", None)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_acts_at_the_command_line_is_named_and_of_the_staff_and_another_account_can_be_gone(db: PgPool) {
    let desk = desk(db).await;
    let services = &desk.world.services;
    desk.with_factors().await;
    let sam = EmailAddress::parse("sam@north.example").unwrap();
    assert!(
        end_second_factor_by_command_line(services, &sam, "Lost the phone", "Olivia Operator").await.unwrap()
    );
    for (actor, why) in [(Some(Uuid::now_v7()), "Of long ago"), (None, "By nobody")] {
        sqlx::query(
            "with act as (
                insert into audit_events (id, at, actor_id, subject_id, action, detail)
                values (gen_random_uuid(), $2, $3, $1, 'support.unlocked', jsonb_build_object('reason', $4::text))
                returning id
            )
            insert into support_shown (person_id, event_id) select $1, id from act",
        )
        .bind(desk.learner.person().0)
        .bind(services.clock.now())
        .bind(actor)
        .bind(why)
        .execute(&services.db)
        .await
        .unwrap();
    }
    let looks = account_page(services, &desk.learner).await.unwrap().looks;
    let mut read: Vec<_> = looks.iter().map(|look| (look.reason.as_deref(), look.by.as_deref())).collect();
    read.sort_unstable();
    assert_eq!(
        read,
        [
            (Some("By nobody"), Some("Somebody of the staff")),
            (Some("Lost the phone"), Some("Olivia Operator, of the staff")),
            (Some("Of long ago"), None),
        ]
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_mail_that_support_sends_says_so_and_one_that_somebody_asks_for_does_not(db: PgPool) {
    let desk = desk(db).await;
    let (services, person) = (&desk.world.services, desk.learner.person());
    let sam = EmailAddress::parse("sam@north.example").unwrap();
    desk.ask().await;
    for state in [
        "update people set activated_at = created_at where id = $1",
        "update people set activated_at = null, password_hash = null where id = $1",
    ] {
        sqlx::query(state).bind(person.0).execute(&services.db).await.unwrap();
        request_link(services, sam.clone(), Visitor::default()).await.unwrap();
        assert!(send_mail(services, &desk.support, person, "Did not come").await.unwrap());
        run_ready(services).await.unwrap();
        // The same again at once would be a button pressed twice.
        desk.world.clock.advance(chrono::Duration::minutes(1));
    }
    let letters = desk.world.letters();
    let say = |words: &str| letters.iter().filter(|letter| letter.contains(words)).count();
    assert_eq!(letters.len(), 4);
    assert_eq!(say("Support sent you this because you asked for help"), 2);
    assert_eq!(say("Somebody, probably you, asked for a new"), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_list_of_the_newest_says_how_many_there_are(db: PgPool) {
    let desk = desk(db).await;
    let services = &desk.world.services;
    let (person, now) = (desk.learner.person().0, services.clock.now());
    for statement in [
        "with looks as (
            insert into audit_events (id, at, action)
            select gen_random_uuid(), $2::timestamptz - n * interval '1 minute', 'support.unlocked' from generate_series(1, 101) n
            returning id
        )
        insert into support_shown (person_id, event_id) select $1, id from looks",
        "insert into outbox (id, message_id, kind, person_id, queued_at)
        select gen_random_uuid(), 'mail-' || n, 'test', $1, $2::timestamptz - n * interval '1 minute' from generate_series(1, 51) n",
    ] {
        sqlx::query(statement).bind(person).bind(now).execute(&services.db).await.unwrap();
    }
    let account = account_page(services, &desk.learner).await.unwrap();
    assert_eq!((account.looks.len(), account.all_looks), (100, 101));
    desk.ask().await;
    let page = desk.page(&desk.support).await.unwrap();
    assert_eq!((page.mails.len(), page.all_mails), (50, 51));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_ends_waits_and_sessions_and_sends_mail_each_with_a_reason(db: PgPool) {
    let desk = desk(db).await;
    let (services, person) = (&desk.world.services, desk.learner.person());
    desk.try_to_sign_in(PASSWORD).await.unwrap();
    for _ in 0..5 {
        assert!(desk.try_to_sign_in("something else").await.is_err());
    }
    assert!(needs_reason(unlock(services, &desk.support, person, "Asked by telephone").await));
    assert!(not_found(unlock(services, &desk.learner, person, "Asked by telephone").await));
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
    unlock(services, &desk.support, person, "Mistyped the password").await.unwrap();
    assert!(desk.page(&desk.support).await.unwrap().waits_until.is_none());
    desk.try_to_sign_in(PASSWORD).await.unwrap();

    assert!(send_mail(services, &desk.support, person, "Forgot the password").await.unwrap());
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
    assert_eq!(
        why,
        ["Asked by telephone", "Forgot the password", "Lost the telephone", "Mistyped the password"]
    );
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
        assert!(
            not_found(take_back_role(services, &desk.support, person, other, "Left the university").await),
            "{other}"
        );
    }
    take_back_role(services, &desk.support, person, key, "Left the university").await.unwrap();
    assert!(desk.page(&desk.support).await.unwrap().roles.is_empty());
    let by: Option<Uuid> = sqlx::query_scalar(
        "select actor_id from audit_events where action = 'access.taken_back' and detail->>'reason' = 'Left the university'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(by, Some(desk.support.person().0));
    let looks = account_page(services, &desk.learner).await.unwrap().looks;
    let read = looks.iter().any(|look| {
        (look.what.as_str(), look.reason.as_deref()) == ("Took back a role", Some("Left the university"))
    });
    assert!(read, "the person reads it in their account");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_keeps_its_only_administrator_until_another_is_made(db: PgPool) {
    let desk = desk(db).await;
    desk.world.cohort("University of the North", "Autumn").await;
    let (services, person) = (&desk.world.services, desk.learner.person());
    let organisation: Uuid =
        sqlx::query_scalar("select id from organisations").fetch_one(&services.db).await.unwrap();
    desk.world.grant(&desk.learner, Role::OrganisationAdministrator(OrganisationId(organisation))).await;
    desk.ask().await;
    let key = format!("organisation-administrator/{organisation}");
    let sam = EmailAddress::parse("sam@north.example").unwrap();
    let on_role = |refused: Result<()>| match refused {
        Err(Error::Invalid(problems)) => problems[0].field == "role",
        _ => false,
    };
    let by_page = async || take_back_role(services, &desk.support, person, &key, "Left the university").await;
    let by_line =
        async || take_back_by_command_line(services, &sam, &key, "Left the university", "Ann").await;
    assert!(on_role(by_page().await) && on_role(by_line().await.map(drop)));
    // Another one counts when their account is open.
    let email = EmailAddress::parse("next@north.example").unwrap();
    let new = RoleToGive { email: &email, name: None, role: &key, reason: "Follows Sam", by: "Ann" };
    assert!(give_by_command_line(services, new).await.is_err(), "nobody has this address");
    assert!(give_by_command_line(services, RoleToGive { name: Some("Next"), ..new }).await.unwrap());
    assert!(!give_by_command_line(services, new).await.unwrap(), "they have it");
    run_ready(services).await.unwrap();
    assert_eq!(desk.world.letters().len(), 1);
    assert!(on_role(by_page().await));
    let open = desk.world.learner("other@north.example").await;
    let open_email = EmailAddress::parse("other@north.example").unwrap();
    assert!(give_by_command_line(services, RoleToGive { email: &open_email, ..new }).await.unwrap());
    let members: i64 = sqlx::query_scalar("select count(*) from memberships where person_id = $1")
        .bind(open.person().0)
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(members, 1);
    let by: Vec<Option<String>> = sqlx::query_scalar(
        "select detail->>'by' from audit_events where action = 'access.granted' and detail->>'reason' = 'Follows Sam'",
    )
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(by, [Some("Ann".to_owned()), Some("Ann".to_owned())]);
    by_page().await.unwrap();
    for unknown in
        ["owner", "organisation-administrator", "support/7", &format!("cohort-tutor/{organisation}")]
    {
        assert!(
            on_role(give_by_command_line(services, RoleToGive { role: unknown, ..new }).await.map(drop)),
            "{unknown}"
        );
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_command_line_takes_back_a_role_that_is_held(db: PgPool) {
    let desk = desk(db).await;
    let email = EmailAddress::parse("help@coop.example").unwrap();
    let other = EmailAddress::parse("nobody@coop.example").unwrap();
    let take = async |email: &EmailAddress, role: &str| {
        take_back_by_command_line(&desk.world.services, email, role, "Left the university", "Ann").await
    };
    assert!(!take(&other, "support").await.unwrap());
    assert!(!take(&email, "owner").await.unwrap());
    assert!(take(&email, "support").await.unwrap());
    assert!(!take(&email, "support").await.unwrap());
    assert!(not_found(desk.found(&desk.support, "sam").await));
    let by: Option<String> =
        sqlx::query_scalar("select detail->>'by' from audit_events where action = 'access.taken_back'")
            .fetch_one(&desk.world.services.db)
            .await
            .unwrap();
    assert_eq!(by.as_deref(), Some("Ann"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_event_is_not_changed_or_removed_by_accident_though_the_owner_asks(db: PgPool) {
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
        "delete from support_shown",
        "update support_shown set person_id = event_id",
    ] {
        let refused = sqlx::query(how).execute(db).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{how}: {refused}");
    }
    let after: i64 = sqlx::query_scalar("select count(*) from audit_events").fetch_one(db).await.unwrap();
    assert_eq!(before, after);
}

/// What the role of the application does to the audit, and is refused by PostgreSQL and not by a trigger.
const REWRITING: [&str; 13] = [
    "update audit_events set action = 'x'",
    "delete from audit_events",
    "truncate audit_events",
    "delete from support_shown",
    // Through the view, which has the rights of its owner.
    "update audit_log set action = 'x'",
    "delete from audit_log",
    "insert into audit_log (id, at, action, detail) values (gen_random_uuid(), now(), 'x', '{}')",
    "select from audit_log for update",
    "alter table audit_events disable trigger audit_events_append_only",
    "drop trigger audit_events_append_only on audit_events",
    "create or replace function audit_append_only() returns trigger language plpgsql as 'begin return null; end'",
    "alter table audit_events owner to current_user",
    "drop table audit_events cascade",
];

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_role_of_its_own_adds_to_the_audit_and_cannot_rewrite_it(db: PgPool) {
    let owner = World::new(db.clone());
    // Roles are those of the whole cluster.
    let role = format!("application_{}", Uuid::now_v7().simple());
    let run = async |statement: String| {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&db).await.unwrap();
    };
    run(format!("create role {role}")).await;
    database::grant_to_application(&owner.services, &role).await.unwrap();
    let become_it = format!("set role {role}");
    let pool = PgPoolOptions::new()
        .max_connections(2)
        .after_connect(move |connection, _| {
            let become_it = become_it.clone();
            Box::pin(async move {
                sqlx::raw_sql(AssertSqlSafe(become_it)).execute(connection).await?;
                Ok(())
            })
        })
        .connect_with((*db.connect_options()).clone())
        .await
        .unwrap();
    let application = World::new(pool.clone());
    assert!(database::powers(&owner.services).await.unwrap().owns_audit);
    assert!(!database::powers(&application.services).await.unwrap().owns_audit);
    // It does its work.
    let support = application.learner("help@coop.example").await;
    application.grant(&support, Role::Support).await;
    let about = LookedAt::Person(support.person());
    give_reason(&application.services, &support, about, "Asked by telephone").await.unwrap();
    assert_eq!(account_page(&application.services, &support).await.unwrap().looks.len(), 1);
    // It holds rows of people, whom it reads through a view.
    sqlx::query("select enrol_assigned(array[gen_random_uuid()])").execute(&pool).await.unwrap();
    let written: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
            and (has_table_privilege($1::text::name, c.oid, 'insert, update, delete')
                or c.relname <> 'people_named' and has_any_column_privilege($1::text::name, c.oid, 'insert, update'))",
    )
    .bind(&role)
    .fetch_all(&db)
    .await
    .unwrap();
    assert!(written.is_empty(), "views that it may write through: {written:?}");
    for how in REWRITING {
        let refused = sqlx::query(how).execute(&pool).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{how}: {refused}");
        assert!(!refused.to_string().contains("append-only"), "{how}: {refused}");
    }
    pool.close().await;
    run(format!("drop owned by {role}; drop role {role}")).await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_owner_is_not_taken_for_the_role_of_the_application(db: PgPool) {
    let owner = World::new(db.clone());
    let run = async |statement: String| {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&db).await.unwrap();
    };
    let own: String = sqlx::query_scalar("select current_user::text").fetch_one(&db).await.unwrap();
    let [tables, member] = ["owner", "member"].map(|name| format!("{name}_{}", Uuid::now_v7().simple()));
    run(format!("create role {tables}; create role {member}; grant {tables} to {member}")).await;
    run(format!("alter table audit_events owner to {tables}")).await;
    // Who migrates, who owns the tables, and who can become them.
    for role in [&own, &tables, &member] {
        let refused = database::grant_to_application(&owner.services, role).await.unwrap_err();
        assert!(refused.to_string().contains("owns the tables"), "{role}: {refused}");
    }
    let nobody = database::grant_to_application(&owner.services, "nobody_at_all").await.unwrap_err();
    assert!(nobody.to_string().contains("does not exist"), "{nobody}");
    run(format!("alter table audit_events owner to \"{own}\"; drop owned by {member}; drop role {member}; drop role {tables}"))
        .await;
}
