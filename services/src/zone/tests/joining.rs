//! P14, P26: people apply after accepting the code of conduct, and a lead decides, or the area admits their domain.

use chrono::Duration;
use domain::{
    accounts::{EmailAddress, GivenConsent, NewPassword, PRIVACY_POLICY, Password, PersonName},
    zone::{
        AreaId,
        joining::{AcceptedCode, AdmittedDomain, CODE_OF_CONDUCT, OwnStanding, Standing},
    },
};
use sqlx::{AssertSqlSafe, PgPool};

use crate::{
    Error, Result,
    accounts::{Actor, Registration, Visitor, confirm_registration, register, registration_page},
    kit::jobs::run_ready,
    testing::{Application, PASSWORD, World, slug},
    zone::{
        home::area_home,
        joining::{apply, areas_page, join_page, withdraw_application},
        leading::{admit_domain, applications_page, approve, ensure_admitted, refuse, remove},
        leaving::leave,
        testing::{area, join, lead},
    },
};

pub(super) fn code() -> AcceptedCode {
    AcceptedCode::parse(true, CODE_OF_CONDUCT).unwrap()
}

pub(super) fn domain(text: &str) -> AdmittedDomain {
    AdmittedDomain::parse(text).unwrap()
}

/// What the first field of a refused form says.
pub(super) fn said<T>(result: Result<T>) -> String {
    match result {
        Err(Error::Invalid(fields)) => fields[0].problem.message().into_owned(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}

impl World {
    pub(super) async fn applies(&self, actor: &Actor, area: &str) -> Result<Standing> {
        apply(&self.services, actor, &slug(area), code()).await
    }

    /// How somebody stands to an area, as their own page says.
    pub(super) async fn stands(&self, actor: &Actor, area: &str) -> Option<OwnStanding> {
        join_page(&self.services, Some(actor), &slug(area)).await.unwrap().area.own
    }

    pub(super) async fn standing(&self, actor: &Actor, area: &str) -> Option<Standing> {
        self.stands(actor, area).await.map(|own| own.standing)
    }

    pub(super) async fn zone_number(&self, query: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(&self.services.db).await.unwrap()
    }

    /// How many mails with these words were sent.
    pub(super) async fn told(&self, words: &str) -> usize {
        run_ready(&self.services).await.unwrap();
        self.letters().iter().filter(|letter| letter.contains(words)).count()
    }

    pub(super) async fn admits(&self, area: AreaId, text: &str) {
        let mut db = self.services.begin().await.unwrap();
        ensure_admitted(&mut db, area, &domain(text)).await.unwrap();
        db.commit().await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn everybody_sees_the_names_and_aims_of_areas_and_only_their_own_standing(db: PgPool) {
    let world = World::new(db);
    let (north, _) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    lead(&world, north, &ann).await;
    world.applies(&ben, "south").await.unwrap();
    let seen = async |actor: Option<&Actor>| {
        let page = areas_page(&world.services, actor).await.unwrap();
        assert_eq!(page.signed_in, actor.is_some());
        page.areas
            .into_iter()
            .map(|area| (area.name, area.own.map(|own| (own.standing, own.leads))))
            .collect::<Vec<_>>()
    };
    let names = |north, south| vec![("north".to_owned(), north), ("south".to_owned(), south)];
    assert_eq!(seen(None).await, names(None, None));
    assert_eq!(seen(Some(&ann)).await, names(Some((Standing::Member, true)), None));
    assert_eq!(seen(Some(&ben)).await, names(None, Some((Standing::Waiting, false))));
    let page = join_page(&world.services, None, &slug("north")).await.unwrap();
    assert_eq!((page.area.aim.as_str(), page.area.own), ("To find each other", None));
    let nowhere = join_page(&world.services, Some(&ann), &slug("nowhere")).await;
    assert!(matches!(nowhere, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_applies_waits_and_the_code_of_conduct_is_kept_with_version_and_time(db: PgPool) {
    let world = World::new(db);
    let north = area(&world, "north").await;
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    lead(&world, north, &ann).await;
    // Pressed twice, and at once.
    let both = tokio::join!(world.applies(&ben, "north"), world.applies(&ben, "north"));
    for standing in [both.0, both.1, world.applies(&ben, "north").await] {
        assert_eq!(standing.unwrap(), Standing::Waiting);
    }
    let kept: (String, chrono::DateTime<chrono::Utc>) =
        sqlx::query_as("select code_version, code_accepted_at from zone_members where person_id = $1")
            .bind(ben.person().0)
            .fetch_one(&world.services.db)
            .await
            .unwrap();
    assert_eq!(kept, (CODE_OF_CONDUCT.to_owned(), world.services.clock.now()));
    let events = "select count(*) from audit_events where action = 'zone.applied'";
    assert_eq!(world.zone_number(events).await, 1);
    assert_eq!(world.told("Somebody asks to join north").await, 1);
    // Who waits is no member.
    assert!(matches!(area_home(&world.services, &ben, &slug("north")).await, Err(Error::NotFound)));
    assert_eq!(world.zone_number("select count(*) from zone_profiles").await, 1);
    // A member who applies is one still.
    assert_eq!(world.applies(&ann, "north").await.unwrap(), Standing::Member);
    assert!(matches!(world.applies(&ben, "nowhere").await, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_lead_gets_one_mail_a_day_however_many_apply(db: PgPool) {
    let world = World::new(db);
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    for (at, address) in [(north, "ann@a.example"), (north, "ben@a.example"), (south, "cat@a.example")] {
        lead(&world, at, &world.learner(address).await).await;
    }
    join(&world, north, &world.learner("dan@a.example").await).await;
    for n in 0..3 {
        let applicant = world.learner(&format!("applies{n}@b.example")).await;
        world.applies(&applicant, "north").await.unwrap();
    }
    assert_eq!(world.told("Somebody asks to join north").await, 2, "the two leads of the area, once each");
    assert_eq!(world.letters().len(), 2, "nobody else");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn exactly_the_admitted_domain_of_this_area_lets_people_in(db: PgPool) {
    let world = World::new(db);
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    world.admits(north, "Trust.example").await;
    world.admits(south, "coast.example").await;
    for (address, standing) in [
        ("ann@trust.example", Standing::Member),
        ("ben@sub.trust.example", Standing::Waiting),
        ("cat@trust.example.org", Standing::Waiting),
        ("dan@nottrust.example", Standing::Waiting),
        ("eve@coast.example", Standing::Waiting),
    ] {
        let actor = world.learner(address).await;
        assert_eq!(world.applies(&actor, "north").await.unwrap(), standing, "{address}");
        let home = area_home(&world.services, &actor, &slug("north")).await;
        assert_eq!(home.is_ok(), standing == Standing::Member, "{address}");
    }
    let events = "select count(*) from audit_events where action = 'zone.admitted' and actor_id = subject_id";
    assert_eq!(world.zone_number(events).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whom_a_lead_has_removed_no_domain_lets_in_again(db: PgPool) {
    let world = World::new(db);
    let north = area(&world, "north").await;
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@trust.example").await);
    lead(&world, north, &ann).await;
    world.admits(north, "trust.example").await;
    let member = join(&world, north, &ben).await;
    remove(&world.services, &ann, &slug("north"), member, "Advertised a clinic").await.unwrap();
    // Leaving undoes it neither.
    leave(&world.services, &ben, &slug("north")).await.unwrap();
    assert_eq!(world.applies(&ben, "north").await.unwrap(), Standing::Waiting);
    assert_eq!(world.stands(&ben, "north").await.unwrap().reason, None);
    // Nor does it to ask again and to take that back, or to leave then: they stand as before.
    withdraw_application(&world.services, &ben, &slug("north")).await.unwrap();
    let stands = world.stands(&ben, "north").await.unwrap();
    assert_eq!((stands.standing, stands.reason.as_deref()), (Standing::Removed, Some("Advertised a clinic")));
    world.clock.advance(Duration::days(1));
    assert_eq!(world.applies(&ben, "north").await.unwrap(), Standing::Waiting);
    leave(&world.services, &ben, &slug("north")).await.unwrap();
    assert_eq!(world.standing(&ben, "north").await, Some(Standing::Removed));
    world.clock.advance(Duration::days(1));
    assert_eq!(world.applies(&ben, "north").await.unwrap(), Standing::Waiting);
    // A lead does.
    let page = applications_page(&world.services, &ann, &slug("north"), None).await.unwrap();
    approve(&world.services, &ann, &slug("north"), page.waiting[0].member).await.unwrap();
    let stands = world.stands(&ben, "north").await.unwrap();
    assert_eq!((stands.standing, stands.reason), (Standing::Member, None));
    leave(&world.services, &ben, &slug("north")).await.unwrap();
    assert_eq!(world.standing(&ben, "north").await, None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn somebody_applies_to_an_area_once_a_day_at_most(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let (north, _) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    lead(&world, north, &ann).await;
    world.applies(&ben, "north").await.unwrap();
    let page = applications_page(services, &ann, &slug("north"), None).await.unwrap();
    refuse(services, &ann, &slug("north"), page.waiting[0].member, "Not yet").await.unwrap();
    assert!(said(world.applies(&ben, "north").await).contains("tomorrow"));
    assert_eq!(world.standing(&ben, "north").await, Some(Standing::Refused));
    assert_eq!(world.applies(&ben, "south").await.unwrap(), Standing::Waiting, "another area");
    world.clock.advance(Duration::days(1));
    assert_eq!(world.applies(&ben, "north").await.unwrap(), Standing::Waiting);
    assert_eq!(world.stands(&ben, "north").await.unwrap().reason, None);
    // Taking it back is no way round it.
    withdraw_application(services, &ben, &slug("north")).await.unwrap();
    assert!(said(world.applies(&ben, "north").await).contains("tomorrow"));
    assert_eq!(world.standing(&ben, "north").await, Some(Standing::Refused));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_applicant_takes_the_application_back_and_a_lead_is_told_so_who_decides_then(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let north = area(&world, "north").await;
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    lead(&world, north, &ann).await;
    world.applies(&ben, "north").await.unwrap();
    let page = applications_page(services, &ann, &slug("north"), None).await.unwrap();
    let member = page.waiting[0].member;
    for _ in 0..2 {
        withdraw_application(services, &ben, &slug("north")).await.unwrap();
    }
    let events = "select count(*) from audit_events where action = 'zone.application_withdrawn'";
    assert_eq!(world.zone_number(events).await, 1);
    assert!(said(approve(services, &ann, &slug("north"), member).await).contains("taken it back"));
    assert!(said(refuse(services, &ann, &slug("north"), member, "No").await).contains("taken it back"));
    assert_eq!(world.standing(&ben, "north").await, None);
    // Whom a lead has let in meanwhile reads that.
    world.clock.advance(Duration::days(1));
    world.applies(&ben, "north").await.unwrap();
    let page = applications_page(services, &ann, &slug("north"), None).await.unwrap();
    approve(services, &ann, &slug("north"), page.waiting[0].member).await.unwrap();
    let late = withdraw_application(services, &ben, &slug("north")).await;
    assert!(said(late).contains("you are a member"));
}

/// A visitor fills in the form of the area, and follows the link of the mail, if it has one.
async fn registers(world: &World, address: &str) -> Option<String> {
    let form = Registration {
        name: PersonName::parse("Sam Taylor").unwrap(),
        email: EmailAddress::parse(address).unwrap(),
        password: NewPassword::parse(PASSWORD).unwrap(),
        consent: GivenConsent::parse(true, PRIVACY_POLICY).unwrap(),
        sponsor_code: None,
        area: Some((slug("north"), code())),
        from: Visitor { address: None, device: None },
    };
    register(&world.services, form).await.unwrap();
    run_ready(&world.services).await.unwrap();
    let letters = world.letters();
    let of_mail = letters.iter().find(|letter| letter.contains(address))?;
    let (_, rest) = of_mail.split_once("/register/")?;
    let token = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next()?;
    Some(token.to_owned())
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_visitor_who_registers_for_an_area_is_its_applicant_when_the_address_is_proven(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let north = area(&world, "north").await;
    let ann = world.learner("ann@a.example").await;
    lead(&world, north, &ann).await;
    world.admits(north, "trust.example").await;
    for (address, standing) in [("sam@home.example", "waiting"), ("kim@trust.example", "member")] {
        let token = registers(&world, address).await.unwrap();
        let page = registration_page(services, &token).await.unwrap();
        assert_eq!((page.email.as_str(), page.area.as_deref()), (address, Some("north")));
        let of_them = format!(
            "select count(*) from zone_members m join people p on p.id = m.person_id where p.email = '{address}'
                and m.state = '{standing}' and m.code_version = '{CODE_OF_CONDUCT}'"
        );
        assert_eq!(world.zone_number(&of_them).await, 0, "{address}: not before");
        let password = Password::parse(PASSWORD).unwrap();
        for _ in 0..2 {
            let from = Visitor { address: None, device: None };
            confirm_registration(services, &token, &password, from).await.unwrap();
        }
        assert_eq!(world.zone_number(&of_them).await, 1, "{address}");
    }
    let page = applications_page(services, &ann, &slug("north"), None).await.unwrap();
    let waits: Vec<_> = page.waiting.iter().map(|row| (row.name.as_str(), row.domain.as_str())).collect();
    assert_eq!(waits, [("Sam Taylor", "home.example")]);
    assert_eq!(world.told("Somebody asks to join north").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_address_with_an_account_is_led_to_the_area_by_mail_and_applies_to_nothing(db: PgPool) {
    let world = World::new(db);
    area(&world, "north").await;
    let ann = world.person("ann@a.example").await;
    assert_eq!(registers(&world, "ann@a.example").await, None);
    assert_eq!(world.told("You have an account already").await, 1);
    assert_eq!(world.told("/sign-in?next=%2Fzone%2Fnorth%2Fjoin").await, 1);
    assert_eq!(world.standing(&ann, "north").await, None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_second_wall_lets_people_join_decide_and_leave(db: PgPool) {
    let application = Application::new(&db, 2).await;
    let (world, services) = (&application.world, &application.world.services);
    let north = area(world, "north").await;
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    let (cat, dan) = (world.learner("cat@trust.example").await, world.learner("dan@d.example").await);
    lead(world, north, &ann).await;
    admit_domain(services, &ann, &slug("north"), &domain("trust.example")).await.unwrap();
    for (actor, standing) in [(&ben, Standing::Waiting), (&cat, Standing::Member), (&dan, Standing::Waiting)]
    {
        assert_eq!(world.applies(actor, "north").await.unwrap(), standing);
        assert_eq!(world.standing(actor, "north").await, Some(standing));
    }
    let page = applications_page(services, &ann, &slug("north"), None).await.unwrap();
    assert_eq!((page.waiting.len(), page.domains.as_slice()), (2, &["trust.example".to_owned()][..]));
    approve(services, &ann, &slug("north"), page.waiting[0].member).await.unwrap();
    refuse(services, &ann, &slug("north"), page.waiting[1].member, "Not yet").await.unwrap();
    assert_eq!(world.stands(&dan, "north").await.unwrap().reason.as_deref(), Some("Not yet"));
    let home = area_home(services, &ben, &slug("north")).await.unwrap();
    assert_eq!((home.members, home.newest.len(), home.waiting), (3, 3, 0));
    remove(services, &ann, &slug("north"), page.waiting[0].member, "Asked for it").await.unwrap();
    assert_eq!(world.standing(&ben, "north").await, Some(Standing::Removed));
    leave(services, &cat, &slug("north")).await.unwrap();
    assert_eq!(world.standing(&cat, "north").await, None);
    assert_eq!(area_home(services, &ann, &slug("north")).await.unwrap().members, 1);
    // Outside a transaction that has asked for permission nothing is there.
    assert_eq!(world.zone_number("select count(*) from zone_members").await, 0);
    application.end().await;
}
