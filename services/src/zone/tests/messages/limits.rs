use chrono::Duration;
use futures::future::join_all;

use super::*;

impl Place {
    /// So many members more, who have been there for a week.
    async fn others(&self, many: usize) -> Vec<MemberId> {
        let mut found = Vec::new();
        for n in 0..many {
            let other = self.world.learner(&format!("other{n}@north.example")).await;
            found.push(join(&self.world, self.north, &other).await);
        }
        self.world.clock.advance(Duration::days(7));
        found
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_thirty_messages_at_once_exactly_five_are_sent(db: PgPool) {
    let place = place(db).await;
    let others = place.others(30).await;
    let sent = join_all(others.iter().map(|other| place.sends(&place.ann, *other, "Hello"))).await;
    let refusals: Vec<_> = sent.into_iter().map(refused).filter(|words| !words.is_empty()).collect();
    assert_eq!(refusals.len(), 25);
    for words in refusals {
        // It is 9 o'clock, and one hour is counted.
        assert!(words.starts_with("Write again from 6 December at 10:00am: "), "{words}");
    }
    assert_eq!((place.count("zone_messages").await, place.count("outbox").await), (5, 5));
    place.world.clock.advance(Duration::minutes(59));
    assert_ne!(refused(place.sends(&place.ann, others[0], "Hello").await), "");
    place.world.clock.advance(Duration::minutes(1));
    assert_eq!(refused(place.sends(&place.ann, others[0], "Hello").await), "");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn twenty_a_day_are_enough_over_all_areas(db: PgPool) {
    let place = place(db).await;
    let others = place.others(10).await;
    let south = area(&place.world, "south").await;
    join(&place.world, south, &place.ann).await;
    let cat = named(&place.world, "cat@south.example", "Cat").await;
    let in_cat = join(&place.world, south, &cat).await;
    place.world.clock.advance(Duration::days(7));
    for n in 0..20 {
        assert_eq!(refused(place.sends(&place.ann, others[n / 2], "Hello").await), "", "{n}");
        place.world.clock.advance(Duration::minutes(13));
    }
    assert_ne!(refused(place.sends(&place.ann, place.in_ben, "Hello").await), "");
    let text = MessageText::parse("Hello").unwrap();
    let new = NewMessage { to: in_cat, text: &text, shows_address: false, form: None };
    let at_south = slug("south");
    let elsewhere = || send(&place.world.services, &place.ann, &at_south, new);
    assert!(refused(elsewhere().await).starts_with("Write again from "));
    // A day after the first.
    place.world.clock.advance(Duration::days(1) - Duration::minutes(20 * 13));
    assert_eq!(refused(elsewhere().await), "");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_newcomer_sends_three_in_the_first_day_also_after_coming_back(db: PgPool) {
    let place = place(db).await;
    let others = place.others(4).await;
    let new = named(&place.world, "new@north.example", "New").await;
    let in_new = join(&place.world, place.north, &new).await;
    for other in &others[..3] {
        assert_eq!(refused(place.sends(&new, *other, "Hello").await), "");
    }
    assert!(refused(place.sends(&new, others[3], "Hello").await).starts_with("Write again from "));
    sqlx::query("delete from zone_members where id = $1").bind(in_new.0).execute(&place.db).await.unwrap();
    join(&place.world, place.north, &new).await;
    assert!(refused(place.sends(&new, others[3], "Hello").await).starts_with("Write again from "));
    place.world.clock.advance(Duration::days(1));
    assert_eq!(refused(place.sends(&new, others[3], "Hello").await), "");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn three_messages_wait_for_an_answer(db: PgPool) {
    let place = place(db).await;
    for _ in 0..3 {
        assert_eq!(refused(place.sends(&place.ann, place.in_ben, "Hello").await), "");
    }
    place.world.clock.advance(Duration::days(3));
    let words = refused(place.sends(&place.ann, place.in_ben, "Hello").await);
    assert!(words.starts_with("Wait for an answer, or write again from 27 February at 9:00am: "), "{words}");
    assert_eq!(refused(place.sends(&place.ann, place.in_lead, "Hello").await), "", "it is about one member");
    place.sends(&place.ben, place.in_ann, "Yes?").await.unwrap();
    assert_eq!(refused(place.sends(&place.ann, place.in_ben, "Thank you").await), "");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_never_gets_an_answer_writes_again_after_ninety_days(db: PgPool) {
    let place = place(db).await;
    for _ in 0..3 {
        assert_eq!(refused(place.sends(&place.ann, place.in_ben, "Hello").await), "");
    }
    place.world.clock.advance(Duration::days(90) - Duration::seconds(1));
    assert_ne!(refused(place.sends(&place.ann, place.in_ben, "Hello").await), "");
    place.world.clock.advance(Duration::seconds(1));
    // As few as before.
    for _ in 0..3 {
        assert_eq!(refused(place.sends(&place.ann, place.in_ben, "Hello").await), "");
    }
    assert!(refused(place.sends(&place.ann, place.in_ben, "Hello").await).starts_with("Wait for an answer"));
}
