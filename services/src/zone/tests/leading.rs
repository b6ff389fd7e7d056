//! P14, P29: the leads of an area decide who belongs to it; support appoints them, and sees nothing of the area.

use domain::{
    access::Role,
    accounts::EmailAddress,
    support::{LogPeriod, LogQuery, LogShown},
    zone::{AreaId, MemberId, joining::Standing},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::joining::{domain, said};
use crate::{
    Error, Result,
    access::{LookedAt, give_reason},
    accounts::{Actor, account_page},
    support::{self, RoleToGive},
    testing::{World, slug},
    zone::{
        NewArea,
        home::area_home,
        leading::{admit_domain, applications_page, approve, create_area, drop_domain, refuse, remove},
        leaving::leave,
        testing::{area, join, lead},
    },
};

/// An area with a lead and somebody who has applied.
struct Place {
    world: World,
    north: AreaId,
    ann: Actor,
    ben: Actor,
    /// The application of `ben`.
    applied: MemberId,
}

async fn place(db: PgPool) -> Place {
    let world = World::new(db);
    let north = area(&world, "north").await;
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    lead(&world, north, &ann).await;
    world.applies(&ben, "north").await.unwrap();
    let page = applications_page(&world.services, &ann, &slug("north"), None).await.unwrap();
    let applied = page.waiting[0].member;
    Place { world, north, ann, ben, applied }
}

impl Place {
    async fn events(&self, action: &str) -> i64 {
        self.world.zone_number(&format!("select count(*) from audit_events where action = '{action}'")).await
    }

    async fn is_in(&self, actor: &Actor) -> bool {
        area_home(&self.world.services, actor, &slug("north")).await.is_ok()
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_but_a_lead_of_the_area_sees_who_applies_and_decides(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let south = area(&place.world, "south").await;
    let (member, stranger) =
        (place.world.learner("cat@c.example").await, place.world.learner("dan@d.example").await);
    let other = place.world.learner("eve@e.example").await;
    let joined = join(&place.world, place.north, &member).await;
    lead(&place.world, south, &other).await;
    let (north, trust) = (slug("north"), domain("trust.example"));
    for actor in [&member, &stranger, &other, &place.ben] {
        let gone = |result: Result<()>| assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
        gone(applications_page(services, actor, &north, None).await.map(drop));
        gone(approve(services, actor, &north, place.applied).await);
        gone(refuse(services, actor, &north, place.applied, "No").await);
        gone(remove(services, actor, &north, joined, "No").await);
        gone(admit_domain(services, actor, &north, &trust).await);
        gone(drop_domain(services, actor, &north, &trust).await);
    }
    // A lead of another area reaches none of this one by way of their own.
    for member in [place.applied, joined] {
        assert!(said(approve(services, &other, &slug("south"), member).await).contains("not there any more"));
        assert!(
            said(remove(services, &other, &slug("south"), member, "No").await).contains("not there any more")
        );
        let page = applications_page(services, &other, &slug("south"), Some(member)).await.unwrap();
        assert_eq!((page.ending, page.all_waiting), (None, 0));
    }
    assert_eq!(place.world.standing(&place.ben, "north").await, Some(Standing::Waiting));
    assert!(place.is_in(&member).await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_lead_sees_of_an_applicant_the_name_and_the_domain_and_those_who_wait_longest_first(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    place.world.clock.advance(chrono::Duration::hours(1));
    let cat = place.world.learner("cat@c.example").await;
    place.world.applies(&cat, "north").await.unwrap();
    let page = applications_page(services, &place.ann, &slug("north"), None).await.unwrap();
    let shown: Vec<_> =
        page.waiting.iter().map(|row| (row.domain.as_str(), row.since.london.as_str())).collect();
    assert_eq!(shown, [("b.example", "22 November 2026 at 9am"), ("c.example", "22 November 2026 at 10am")]);
    assert_eq!(page.all_waiting, 2);
    assert_eq!(area_home(services, &place.ann, &slug("north")).await.unwrap().waiting, 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whom_a_lead_lets_in_is_a_member_and_told_once(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    for _ in 0..2 {
        approve(services, &place.ann, &slug("north"), place.applied).await.unwrap();
    }
    let home = area_home(services, &place.ben, &slug("north")).await.unwrap();
    assert_eq!((home.members, home.head.lead, home.waiting), (2, false, 0));
    assert!(home.newest.iter().any(|new| new.member == place.applied && new.name == "ben@b.example"));
    assert_eq!(place.world.told("You are a member of north").await, 1);
    assert_eq!(place.events("zone.admitted").await, 1);
    // It is decided, and no other button undoes it by being late.
    assert!(
        said(refuse(services, &place.ann, &slug("north"), place.applied, "No").await).contains("otherwise")
    );
    assert!(place.is_in(&place.ben).await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_refused_reads_why(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    for nothing in ["", " \u{200b} ", &"x".repeat(501)] {
        let refused = refuse(services, &place.ann, &slug("north"), place.applied, nothing).await;
        assert!(said(refused).contains("Say why"));
    }
    let other = place.world.learner("cat@c.example").await;
    lead(&place.world, place.north, &other).await;
    for _ in 0..2 {
        refuse(services, &place.ann, &slug("north"), place.applied, "For the north only").await.unwrap();
    }
    // What another lead wrote meanwhile is not sent.
    let late = refuse(services, &other, &slug("north"), place.applied, "Something else").await;
    assert!(said(late).contains("decided otherwise"));
    assert!(
        said(approve(services, &other, &slug("north"), place.applied).await).contains("decided otherwise")
    );
    let own = place.world.stands(&place.ben, "north").await.unwrap();
    assert_eq!((own.standing, own.reason.as_deref()), (Standing::Refused, Some("For the north only")));
    assert_eq!(place.world.told("For the north only").await, 1);
    assert_eq!(place.events("zone.refused").await, 1);
    assert!(!place.is_in(&place.ben).await);
    // No event keeps what was written.
    let kept = "select count(*) from audit_events where detail::text like '%north only%'";
    assert_eq!(place.world.zone_number(kept).await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whose_membership_a_lead_ends_is_gone_from_the_area_and_leads_it_no_more(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let cat = place.world.learner("cat@c.example").await;
    let member = lead(&place.world, place.north, &cat).await;
    let page = applications_page(services, &place.ann, &slug("north"), Some(member)).await.unwrap();
    assert_eq!(page.ending.map(|ending| ending.name).as_deref(), Some("cat@c.example"));
    assert!(said(remove(services, &place.ann, &slug("north"), member, "").await).contains("Say why"));
    for _ in 0..2 {
        remove(services, &place.ann, &slug("north"), member, "Advertised a clinic").await.unwrap();
    }
    assert!(!place.is_in(&cat).await);
    let own = place.world.stands(&cat, "north").await.unwrap();
    assert_eq!((own.standing, own.leads), (Standing::Removed, false));
    assert_eq!(own.reason.as_deref(), Some("Advertised a clinic"));
    assert_eq!(place.events("zone.removed").await, 1);
    assert_eq!(place.events("access.taken_back").await, 1);
    assert_eq!(place.world.told("Advertised a clinic").await, 1);
    assert_eq!(place.world.zone_number("select count(*) from zone_profiles").await, 1);
    // An applicant has no membership that could end, and a lead ends nobody's by naming themselves.
    let applicant = remove(services, &place.ann, &slug("north"), place.applied, "No").await;
    assert!(said(applicant).contains("decided otherwise"));
    let own = "select id from zone_members m where m.state = 'member'";
    let own: Uuid = sqlx::query_scalar(own).fetch_one(&services.db).await.unwrap();
    let page = applications_page(services, &place.ann, &slug("north"), Some(MemberId(own))).await.unwrap();
    assert_eq!(page.ending, None);
    let refused = remove(services, &place.ann, &slug("north"), MemberId(own), "No").await;
    assert!(said(refused).contains("leave the area"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_lead_admits_a_domain_and_drops_it_and_members_stay(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (north, trust) = (slug("north"), domain("trust.example"));
    for _ in 0..2 {
        admit_domain(services, &place.ann, &north, &trust).await.unwrap();
    }
    let cat = place.world.learner("cat@trust.example").await;
    assert_eq!(place.world.applies(&cat, "north").await.unwrap(), Standing::Member);
    let page = applications_page(services, &place.ann, &north, None).await.unwrap();
    assert_eq!(page.domains, ["trust.example"]);
    for _ in 0..2 {
        drop_domain(services, &place.ann, &north, &trust).await.unwrap();
    }
    let dan = place.world.learner("dan@trust.example").await;
    assert_eq!(place.world.applies(&dan, "north").await.unwrap(), Standing::Waiting);
    assert!(place.is_in(&cat).await);
    assert_eq!(place.events("zone.domain_admitted").await, 1);
    assert_eq!(place.events("zone.domain_dropped").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_area_is_made_once_with_the_domains_that_it_admits(db: PgPool) {
    let world = World::new(db);
    let new = NewArea { slug: &slug("coast"), name: "Coast", aim: "To find each other" };
    let made = create_area(&world.services, new, &[domain("trust.example")]).await.unwrap();
    assert!(made.is_some());
    let again = create_area(&world.services, new, &[domain("coast.example")]).await.unwrap();
    assert_eq!(again, None);
    for (address, standing) in
        [("ann@trust.example", Standing::Member), ("ben@coast.example", Standing::Waiting)]
    {
        let actor = world.learner(address).await;
        assert_eq!(world.applies(&actor, "coast").await.unwrap(), standing);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_lead_reads_of_who_asks_again_what_was_decided_before_when_and_why(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let north = slug("north");
    let before = async || {
        let page = applications_page(services, &place.ann, &north, None).await.unwrap();
        page.waiting[0].before.clone()
    };
    assert_eq!(before().await, None, "who asks for the first time");
    refuse(services, &place.ann, &north, place.applied, "For the north only").await.unwrap();
    place.world.clock.advance(chrono::Duration::days(2));
    place.world.applies(&place.ben, "north").await.unwrap();
    let told = before().await.unwrap();
    assert_eq!((told.standing, told.reason.as_str()), (Standing::Refused, "For the north only"));
    assert_eq!(told.at.london, "22 November 2026 at 9am");

    approve(services, &place.ann, &north, place.applied).await.unwrap();
    remove(services, &place.ann, &north, place.applied, "Advertised a clinic").await.unwrap();
    place.world.clock.advance(chrono::Duration::days(2));
    place.world.applies(&place.ben, "north").await.unwrap();
    let told = before().await.unwrap();
    assert_eq!((told.standing, told.reason.as_str()), (Standing::Removed, "Advertised a clinic"));
    assert_eq!(told.at.london, "24 November 2026 at 9am");
    // What was decided in one area is not told in another.
    let south = area(&place.world, "south").await;
    let other = place.world.learner("eve@e.example").await;
    lead(&place.world, south, &other).await;
    place.world.applies(&place.ben, "south").await.unwrap();
    let page = applications_page(services, &other, &slug("south"), None).await.unwrap();
    assert_eq!(page.waiting[0].before, None);
}

impl Place {
    /// Somebody of support, who has given a reason for each of these people.
    async fn support(&self, helps: &[&Actor]) -> Actor {
        let support = self.world.learner("help@coop.example").await;
        self.world.grant(&support, Role::Support).await;
        for actor in helps.iter().copied().chain([&support]) {
            let about = LookedAt::Person(actor.person());
            give_reason(&self.world.services, &support, about, "Asked by telephone").await.unwrap();
        }
        support
    }

    async fn appoint(&self, support: &Actor, who: &Actor) -> Result<()> {
        let (services, area) = (&self.world.services, self.north.to_string());
        support::appoint_lead(services, support, who.person(), &area, "Chosen by the committee").await
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_appoints_a_lead_from_those_who_have_applied_and_takes_the_role_back(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let cat = place.world.learner("cat@c.example").await;
    let help = place.support(&[&cat, &place.ben]).await;
    assert!(said(place.appoint(&help, &cat).await).contains("register for the area first"));
    // Nobody makes themselves one, nor does somebody who is no support.
    place.world.applies(&help, "north").await.unwrap();
    assert!(said(place.appoint(&help, &help).await).contains("another member of support"));
    assert!(matches!(place.appoint(&place.ann, &place.ben).await, Err(Error::NotFound)));
    let no_area = support::appoint_lead(services, &help, place.ben.person(), "", "Chosen by the committee");
    assert!(said(no_area.await).contains("Choose one"));

    for _ in 0..2 {
        place.appoint(&help, &place.ben).await.unwrap();
    }
    let home = area_home(services, &place.ben, &slug("north")).await.unwrap();
    assert_eq!((home.head.lead, home.members), (true, 2));
    assert_eq!(place.world.told("You lead north now").await, 1);
    let page = support::person_page(services, &help, place.ben.person()).await.unwrap();
    let roles: Vec<_> = page.roles.iter().map(|role| (role.role.as_str(), role.of.as_deref())).collect();
    assert_eq!(roles, [("Lead in NMP Zone", Some("north"))]);
    let looks = account_page(services, &place.ben).await.unwrap().looks;
    assert!(looks.iter().any(|look| look.what.contains("Gave a role")), "{looks:?}");

    let key = page.roles[0].key.clone();
    support::take_back_role(services, &help, place.ben.person(), &key, "Moved to another trust")
        .await
        .unwrap();
    let home = area_home(services, &place.ben, &slug("north")).await.unwrap();
    assert!(!home.head.lead, "a member still");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_command_line_appoints_by_the_same_rule(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let give = async |address: &str, area: AreaId| {
        let (email, role) = (EmailAddress::parse(address).unwrap(), format!("zone-lead/{area}"));
        let new = RoleToGive {
            email: &email,
            name: Some("Cat"),
            role: &role,
            reason: "Chosen by the committee",
            by: "Zoë",
        };
        support::give_by_command_line(services, new).await
    };
    assert!(said(give("cat@c.example", place.north).await).contains("register for the area first"));
    assert_eq!(place.world.zone_number("select count(*) from people where full_name = 'Cat'").await, 0);
    assert!(said(give("ben@b.example", AreaId(Uuid::now_v7())).await).contains("no such"));
    assert!(give("ben@b.example", place.north).await.unwrap());
    assert!(!give("ben@b.example", place.north).await.unwrap(), "already");
    assert!(area_home(services, &place.ben, &slug("north")).await.unwrap().head.lead);
    assert_eq!(place.world.told("You lead north now").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_audit_says_what_happened_in_the_zone_and_not_in_which_area(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    approve(services, &place.ann, &slug("north"), place.applied).await.unwrap();
    leave(services, &place.ben, &slug("north")).await.unwrap();
    let help = place.support(&[]).await;
    give_reason(services, &help, LookedAt::Log, "Review of the month").await.unwrap();
    let query = LogQuery { filters: (LogShown::Zone, LogPeriod::All), ..LogQuery::default() };
    let log = support::audit_log(services, &help, &query).await.unwrap();
    let said: Vec<_> = log.events.iter().map(|event| event.what.as_str()).collect();
    let [left, admitted, applied] = [
        "Left an area of NMP Zone",
        "Became a member of an area of NMP Zone",
        "Applied to join an area of NMP Zone",
    ];
    assert_eq!(said, [left, admitted, applied]);
}
