//! A role that was given to a mistyped address.

use domain::organisations::OrganisationKind;

use super::*;
use crate::{
    organisations::{NewOrganisation, create_organisation, end_membership},
    testing::slug,
};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_role_of_an_administrator_who_has_not_opened_the_account_is_taken_back(db: PgPool) {
    let desk = desk(db).await;
    let (services, support) = (&desk.world.services, &desk.support);
    let (mistyped, south) = (EmailAddress::parse("haed@south.example").unwrap(), slug("south"));
    let new = NewOrganisation {
        name: "South Trust",
        kind: OrganisationKind::Employer,
        slug: &south,
        administrator: &mistyped,
        administrator_name: "Head of South",
        reason: "Contract of 2026",
    };
    let organisation = create_organisation(services, new).await.unwrap();
    let key = format!("organisation-administrator/{organisation}");
    let why = "The address was mistyped";
    assert!(take_back_by_command_line(services, &mistyped, &key, why, "Ann").await.unwrap());
    // By the pages of support too.
    let again = RoleToGive { email: &mistyped, name: None, role: &key, reason: "Once more", by: "Ann" };
    assert!(give_by_command_line(services, again).await.unwrap());
    let id = sqlx::query_scalar("select id from people where email = 'haed@south.example'");
    let person = PersonId(id.fetch_one(&services.db).await.unwrap());
    desk.reason(LookedAt::Person(person), why).await.unwrap();
    take_back_role(services, support, person, &key, why).await.unwrap();
    assert!(give_by_command_line(services, again).await.unwrap());
    desk.reason(LookedAt::Members(organisation), why).await.unwrap();
    end_membership(services, support, &south, person).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from people where email = 'haed@south.example'")
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(left, 0);
}
