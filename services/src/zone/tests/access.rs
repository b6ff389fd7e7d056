use sqlx::PgPool;

use crate::{
    Error,
    testing::{World, slug},
    zone::testing::{area, join, lead},
};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_members_are_let_in_and_only_leads_lead(db: PgPool) {
    let world = World::new(db);
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, ben, cat) = (
        world.learner("ann@north.example").await,
        world.learner("ben@north.example").await,
        world.learner("cat@south.example").await,
    );
    let (in_north, leads_north) = (join(&world, north, &ann).await, lead(&world, north, &ben).await);
    lead(&world, south, &cat).await;
    let mut db = world.services.begin().await.unwrap();
    let member = ann.member_of(&mut db, &slug("north")).await.unwrap();
    assert_eq!(
        (member.area(), member.member(), member.person(), member.is_lead()),
        (north, in_north, ann.person(), false)
    );
    let member = ben.member_of(&mut db, &slug("north")).await.unwrap();
    assert_eq!((member.member(), member.is_lead()), (leads_north, true));
    assert_eq!(ben.leads(&mut db, &slug("north")).await.unwrap().area(), north);
    for (actor, of) in [(&cat, "north"), (&ann, "south"), (&ben, "south"), (&ann, "nowhere")] {
        assert!(matches!(actor.member_of(&mut db, &slug(of)).await, Err(Error::NotFound)), "{of}");
        // The wall is closed again.
        let open: String = sqlx::query_scalar("select current_setting('zone.area', true)")
            .fetch_one(&mut *db)
            .await
            .unwrap();
        assert_eq!(open, "");
    }
    for (actor, of) in [(&ann, "north"), (&cat, "north"), (&ben, "south")] {
        assert!(matches!(actor.leads(&mut db, &slug(of)).await, Err(Error::NotFound)), "{of}");
    }
}
