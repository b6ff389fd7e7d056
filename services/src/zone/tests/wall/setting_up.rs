//! What is done about members by others than themselves and their leads, as the role that owns nothing.

use sqlx::PgPool;

use crate::{
    Error,
    testing::{Application, slug},
    zone::{
        joining::{apply, ensure_member},
        leading::ready_to_lead,
        testing::area,
        tests::joining::code,
    },
};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_makes_an_applicant_a_member_and_nobody_else(db: PgPool) {
    let application = Application::new(&db, 2).await;
    let (world, services) = (&application.world, &application.world.services);
    let north = area(world, "north").await;
    let (ann, ben) = (world.learner("ann@x.example").await, world.learner("ben@x.example").await);
    apply(services, &ann, &slug("north"), code()).await.unwrap();
    let mut inside = services.begin().await.unwrap();
    ready_to_lead(services, &mut inside, (ann.person(), north), None, "role").await.unwrap();
    let refused = ready_to_lead(services, &mut inside, (ben.person(), north), None, "role").await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
    inside.commit().await.unwrap();
    let mut inside = services.begin().await.unwrap();
    assert!(ann.member_of(&mut inside, &slug("north")).await.is_ok());
    assert!(ben.member_of(&mut inside, &slug("north")).await.is_err());
    drop(inside);
    application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn members_are_set_up_as_the_role_of_the_application_too(db: PgPool) {
    let application = Application::new(&db, 2).await;
    let (world, services) = (&application.world, &application.world.services);
    let north = area(world, "north").await;
    let ann = world.learner("ann@x.example").await;
    let mut inside = services.begin().await.unwrap();
    ensure_member(services, &mut inside, north, ann.person()).await.unwrap();
    inside.commit().await.unwrap();
    let mut inside = services.begin().await.unwrap();
    assert!(ann.member_of(&mut inside, &slug("north")).await.is_ok());
    drop(inside);
    application.end().await;
}
