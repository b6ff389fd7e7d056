//! One form has both parts, each with what was said last. A part that is sent as it was shown is not said anew.

use super::*;

/// The answers of the only learner, with when they were given.
async fn kept(world: &World, of: &'static str) -> String {
    sqlx::query_scalar(of).fetch_one(&world.services.db).await.unwrap()
}

const FEEDBACK_KEPT: &str = "select f::text from course_feedback f";
const WISHES_KEPT: &str = "select w::text from course_wishes w";

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_part_that_is_sent_unchanged_stays_as_it_was(db: PgPool) {
    let world = World::new(db);
    let (s, nmp) = (&world.services, slug("nmp"));
    let employer = employer(&world, "north").await;
    let learner = employer.finisher(&world, "sam").await;
    let wishes = |join_zone: &str| WishesForm {
        version: WISHES.version.to_owned(),
        keep_access: "yes".to_owned(),
        join_zone: join_zone.to_owned(),
    };
    let thinks = |rating, comment: &str| FeedbackForm { comment: comment.to_owned(), ..form(rating) };
    let send = async |wishes: WishesForm, feedback: FeedbackForm| {
        world.clock.advance(Duration::days(1));
        answer_end(s, &learner, &nmp, &EndForm { wishes, feedback }).await.unwrap();
        (kept(&world, WISHES_KEPT).await, kept(&world, FEEDBACK_KEPT).await)
    };
    let first = send(wishes("no"), thinks(4, "Long,\nbut good")).await;
    // As a browser sends it.
    let wished = send(wishes("yes"), thinks(4, "Long,\r\nbut good")).await;
    assert_ne!(wished.0, first.0);
    assert_eq!(wished.1, first.1, "nothing was thought anew");
    let thought = send(wishes("yes"), thinks(4, "Long, but good")).await;
    assert_eq!(thought.0, wished.0, "nothing was wished anew");
    assert_ne!(thought.1, wished.1);
    let rated = send(wishes("yes"), thinks(5, "Long, but good")).await;
    assert_ne!(rated.1, thought.1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_form_begins_with_nothing_that_was_said_to_other_questions(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    let learner = employer.finisher(&world, "sam").await;
    let said = FeedbackForm { comment: "Long".to_owned(), ..form(4) };
    give_feedback(&world.services, &learner, &slug("nmp"), &said).await.unwrap();
    let given = page(&world, &learner).await.feedback.unwrap();
    let ratings = vec![4; FEEDBACK.questions.len()];
    assert_eq!(given.to(&FEEDBACK), Some((ratings.as_slice(), Some("Long"))));
    assert_eq!(given.to(&ASKED_BEFORE), None);
}
