//! What a correction would change, before it is made: the same as it changes afterwards.

use domain::assessment::results::Effect;

use super::*;
use crate::assessment::results::{Proposal, items_page_with, look_at_correction};

async fn effect(exam: &Exam, item: ItemId, correction: &Correction) -> Option<Effect> {
    let proposal = Proposal { item, correction: correction.clone() };
    items_page_with(&exam.world.services, &exam.setter, exam.paper, Some(proposal)).await.unwrap().effect
}

/// Three candidates: the first is right throughout, the second answers 1234 to the first question, the third nothing.
async fn three_sittings(exam: &Exam) -> ItemId {
    let services = &exam.world.services;
    let mut item = None;
    for (n, name) in ["first", "second", "third"].into_iter().enumerate() {
        let who = exam.world.learner(&format!("{name}@north.example")).await;
        let sitting = start_sitting(services, &who, exam.paper, "CODE2026").await.unwrap();
        begin_epoch(services, &who, sitting).await.unwrap();
        let mut saves = if n == 2 { Vec::new() } else { exam.answers(5, 1).await };
        if n == 1 {
            saves[0].response = Some(number("1234 mg"));
        }
        item = saves.first().map(|save| save.item).or(item);
        submit_sitting(services, &who, sitting, &saves).await.unwrap();
    }
    item.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_effect_that_is_shown_is_the_one_that_a_correction_has(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let item = three_sittings(&exam).await;
    let marks = async || -> Vec<i16> {
        sqlx::query_scalar("select mark from sittings where submitted_at is not null order by id")
            .fetch_all(&exam.world.services.db)
            .await
            .unwrap()
    };
    // Another key, out, and back: each after the one before.
    for (correction, expected) in [
        (Correction::RightAnswer("1234".into()), (3, 2, 1, 1)),
        (Correction::Void, (3, 2, 2, 0)),
        (Correction::PutBack, (3, 2, 0, 2)),
    ] {
        let before = marks().await;
        let shown = effect(&exam, item, &correction).await.unwrap();
        assert_eq!((shown.sittings, shown.changed, shown.more, shown.fewer), expected, "{correction:?}");
        assert_eq!(marks().await, before, "asking changes nothing");
        exam.correct(item, "A slip", &correction, None).await.unwrap();
        let after = marks().await;
        let changes: Vec<i16> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
        let sum = |sign: i16| -> u32 {
            changes.iter().map(|change| u32::try_from((change * sign).max(0)).unwrap()).sum()
        };
        let changed = u32::try_from(changes.iter().filter(|change| **change != 0).count()).unwrap();
        assert_eq!((changed, sum(1), sum(-1)), (shown.changed, shown.more, shown.fewer), "{correction:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_correction_that_cannot_be_made_has_no_effect_and_says_why(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let item = three_sittings(&exam).await;
    let look = async |who: &Actor, item, right: &str| {
        let proposal = Proposal { item, correction: Correction::RightAnswer(right.into()) };
        look_at_correction(services, who, exam.paper, &proposal).await
    };
    let Err(Error::Invalid(wrong)) = look(&exam.setter, item, "abc").await else { panic!("taken") };
    assert_eq!(wrong[0].field, "right");
    assert!(look(&exam.setter, item, "1234").await.is_ok());
    assert!(not_found(look(&exam.learner, item, "1234").await));
    assert_eq!(effect(&exam, item, &Correction::RightAnswer("abc".into())).await, None);
    // A question of another paper is none of this one's.
    let other = exam.another_paper().await;
    let foreign: uuid::Uuid = sqlx::query_scalar("select id from paper_items where paper_id = $1 limit 1")
        .bind(other.0)
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(effect(&exam, ItemId(foreign), &Correction::Void).await, None);
    assert!(not_found(look(&exam.setter, ItemId(foreign), "1234").await));
    let recorded: i64 =
        sqlx::query_scalar("select count(*) from paper_corrections").fetch_one(&services.db).await.unwrap();
    assert_eq!(recorded, 0);
}
