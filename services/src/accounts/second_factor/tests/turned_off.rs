//! What is left of a second factor that is turned off.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_key_of_another_phone_is_shown_no_more(db: PgPool) {
    let world = World::new(db);
    let (services, (new, token)) = (&world.services, with_factor(&world).await);
    let actor = actor_for(services, &token).await.unwrap().unwrap();
    let recovery = |place: usize| FactorCode::parse(&new.recovery_codes[place]).unwrap();
    let right = password(PASSWORD);
    move_second_factor(services, &actor, &right, &recovery(0), Visitor::default()).await.unwrap();
    let state = second_factor_page(services, FactorOwner::from(&actor)).await.unwrap().state;
    assert!(matches!(state, FactorState::Moving(_)));
    turn_off_second_factor(services, &actor, &right, &recovery(1), Visitor::default()).await.unwrap();
    assert!(shown(&world, FactorOwner::from(&actor)).await.is_none());
    assert_eq!(count(&world, "select count(*) from second_factor_shown").await, 0);
}
