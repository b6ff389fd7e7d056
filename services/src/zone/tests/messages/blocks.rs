use super::*;
use crate::zone::messages::{block, unblock};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_blocked_sees_no_difference_and_reaches_nobody(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    place.sends(&place.ann, place.in_ben, "Before").await.unwrap();
    for _ in 0..2 {
        block(services, &place.ben, &slug("north"), place.in_ann).await.unwrap();
    }
    assert_eq!(place.mail_to("ben@north.example").await.len(), 1);
    place.sends(&place.ann, place.in_ben, "Meanwhile").await.unwrap();
    assert!(place.mail_to("ben@north.example").await.is_empty());
    let of_ben = place.messages(&place.ben).await;
    let texts = |rows: &[MessageRow]| rows.iter().map(|row| row.text.clone()).collect::<Vec<_>>();
    assert_eq!((texts(&of_ben.messages.rows), of_ben.messages.in_all), (vec!["Before".to_owned()], 1));
    assert!(of_ben.messages.rows[0].blocked);
    let blocked: Vec<_> = of_ben.blocked.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(blocked, ["Ann Archer"]);
    let of_ann = place.messages(&place.ann).await;
    assert_eq!(of_ann.messages.rows.len(), 2);
    assert!(of_ann.messages.rows.iter().all(|row| !row.blocked) && of_ann.blocked.is_empty());
    assert!(refused(place.sends(&place.ben, place.in_ann, "Hello").await).contains("End the block first"));

    for _ in 0..2 {
        unblock(services, &place.ben, &slug("north"), place.in_ann).await.unwrap();
    }
    place.sends(&place.ann, place.in_ben, "After").await.unwrap();
    assert_eq!(place.mail_to("ben@north.example").await.len(), 1);
    let mut seen = texts(&place.rows(&place.ben).await);
    seen.sort();
    assert_eq!(seen, ["After", "Before"]);
    let events: Vec<String> =
        sqlx::query_scalar("select action from audit_events where action like 'zone.%' order by id")
            .fetch_all(&place.db)
            .await
            .unwrap();
    assert_eq!(events, ["zone.member_blocked", "zone.member_unblocked"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_leaves_and_comes_back_stays_blocked(db: PgPool) {
    let place = place(db).await;
    block(&place.world.services, &place.ben, &slug("north"), place.in_ann).await.unwrap();
    let leave = "delete from zone_members where id = $1";
    sqlx::query(leave).bind(place.in_ann.0).execute(&place.db).await.unwrap();
    assert!(place.messages(&place.ben).await.blocked.is_empty(), "no name of who is no member");
    join(&place.world, place.north, &place.ann).await;
    place.sends(&place.ann, place.in_ben, "Hello").await.unwrap();
    assert!(place.mail_to("ben@north.example").await.is_empty());
    // With the one who blocked, the block goes.
    sqlx::query(leave).bind(place.in_ben.0).execute(&place.db).await.unwrap();
    assert_eq!(place.count("zone_blocks").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_other_members_of_the_area_are_blocked(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let south = area(&place.world, "south").await;
    let cat = named(&place.world, "cat@south.example", "Cat").await;
    let in_cat = join(&place.world, south, &cat).await;
    for (actor, of, whom) in [
        (&place.ann, "north", place.in_ann),
        (&place.ann, "north", in_cat),
        (&place.ann, "south", in_cat),
        (&cat, "north", place.in_ann),
    ] {
        assert!(matches!(block(services, actor, &slug(of), whom).await, Err(Error::NotFound)), "{of}");
        assert!(matches!(unblock(services, actor, &slug(of), whom).await, Err(Error::NotFound)), "{of}");
    }
    assert_eq!(place.count("zone_blocks").await, 0);
}
