//! What the start page says to a lead, as the role that owns nothing: the areas are behind the wall, and are opened one after the other.

use sqlx::PgPool;

use crate::{
    home::waiting,
    testing::{Application, slug},
    zone::{
        joining::apply,
        testing::{area, join, lead},
        tests::joining::code,
    },
};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_lead_is_told_what_waits_in_the_areas_that_they_lead_and_in_no_other(db: PgPool) {
    let application = Application::new(&db, 2).await;
    let (world, services) = (&application.world, &application.world.services);
    let (north, south, west) =
        (area(world, "north").await, area(world, "south").await, area(world, "west").await);
    let (ann, ben, cat) = (
        world.learner("ann@x.example").await,
        world.learner("ben@x.example").await,
        world.learner("cat@x.example").await,
    );
    lead(world, north, &ann).await;
    lead(world, south, &ann).await;
    join(world, west, &ann).await;
    lead(world, west, &ben).await;
    let waits = async |of: &crate::accounts::Actor| {
        let areas = waiting(services, of).await.unwrap().areas;
        areas.into_iter().map(|area| (area.slug, area.applications)).collect::<Vec<_>>()
    };
    let said = |of: &[(&str, u32)]| of.iter().map(|(slug, n)| ((*slug).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(waits(&ann).await, said(&[("north", 0), ("south", 0)]));
    for area in ["north", "west"] {
        apply(services, &cat, &slug(area), code()).await.unwrap();
    }
    assert_eq!(waits(&ann).await, said(&[("north", 1), ("south", 0)]));
    assert_eq!(waits(&ben).await, said(&[("west", 1)]));
    assert_eq!(waits(&cat).await, said(&[]));
    // A lead who is no member of the area any more has no look at it.
    sqlx::query("delete from zone_members where area_id = $1 and person_id = $2")
        .bind(north.0)
        .bind(ann.person().0)
        .execute(&application.owner)
        .await
        .unwrap();
    assert_eq!(waits(&ann).await, said(&[("south", 0)]));
    // Nothing of it stays open on the connection.
    let open: Vec<(Option<String>, Option<String>)> =
        sqlx::query_as("select current_setting('zone.area', true), current_setting('zone.lead', true)")
            .fetch_all(&services.db)
            .await
            .unwrap();
    for (area, lead) in open {
        assert_eq!((area.unwrap_or_default().as_str(), lead.unwrap_or_default().as_str()), ("", ""));
    }
    application.end().await;
}
