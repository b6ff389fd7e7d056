//! P22: the jobs that take a file of people in, once and whole or not at all, and undo it.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn undoing_removes_the_accounts_that_nobody_has_activated(db: PgPool) {
    let place = place(db).await;
    let first = place.take("Name,E-mail\nMary Seacole,mary@x.example\n").await;
    let page = place.take(THREE).await;
    place.run("update people set activated_at = now() where email = 'grace@x.example'").await;
    let undo = async |id| undo_upload(&place.world.services, &place.head, &place.slug, id).await;
    let waiting = place.upload("Name,E-mail\nEdith Cavell,edith@x.example\n").await;
    assert!(matches!(undo(waiting.upload.id).await, Err(Error::NotFound)), "nothing was taken from it");
    assert!(undo(page.upload.id).await.unwrap());
    // Pressed twice: while the job is at work, and when it is done.
    assert!(!undo(page.upload.id).await.unwrap());
    run_ready(&place.world.services).await.unwrap();
    let undone = place.page(page.upload.id).await;
    assert_eq!((undone.upload.state, undone.removed), (UploadState::Undone, 2));
    let left: Vec<_> = place.people("?sort=name").await.into_iter().map(|person| person.email).collect();
    assert_eq!(left, ["grace@x.example", "mary@x.example"]);
    assert_eq!(
        place.number("select count(*) from people where email in ('ada@x.example', 'alan@x.example')").await,
        0
    );
    assert_eq!(place.number("select count(*) from enrolments").await, 1);
    assert!(!undo(page.upload.id).await.unwrap());
    let noted = "select count(*) from audit_events where action = 'organisations.upload_undone'";
    assert_eq!(place.number(noted).await, 1, "it was undone once");
    assert_eq!(place.page(first.upload.id).await.upload.state, UploadState::Done);
    // The same people can come again.
    assert_eq!(counts(&place.take(THREE).await), [2, 1, 0, 0, 0]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_opens_the_account_while_the_upload_is_undone_keeps_everything(db: PgPool) {
    let place = place(db).await;
    let page = place.take(THREE).await;
    let mut activation = place.world.services.begin().await.unwrap();
    sqlx::query("update people set activated_at = now() where email = 'grace@x.example'")
        .execute(&mut *activation)
        .await
        .unwrap();
    undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    let (undone, ()) = tokio::join!(run_ready(&place.world.services), async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        activation.commit().await.unwrap();
    });
    undone.unwrap();
    assert_eq!(place.page(page.upload.id).await.removed, 2);
    let left = place.people("").await;
    assert_eq!((left.len(), left[0].email.as_str()), (1, "grace@x.example"));
    assert_eq!(left[0].cohorts.as_deref(), Some("Autumn"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_upload_whose_worker_was_killed_is_taken_in_once(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    place.confirm(&page).await.unwrap();
    // A job of which the process was killed after it had committed: it is done again.
    let mut db = place.world.services.begin().await.unwrap();
    enqueue(&mut db, Job::TakeInUpload { upload: page.upload.id.0 }).await.unwrap();
    db.commit().await.unwrap();
    // One whose lease has ended, as that of a killed process.
    place
        .run("update jobs set worker = gen_random_uuid(), attempts = 1, run_at = now() - interval '1 second' where kind = 'take_in_upload'")
        .await;
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.page(page.upload.id).await.upload.state, UploadState::Done);
    assert_eq!(place.people("").await.len(), 3);
    assert_eq!(place.world.letters().len(), 3);
    assert_eq!(
        place
            .number("select count(*) from audit_events where action = 'organisations.upload_taken_in'")
            .await,
        1
    );
    assert_eq!(place.number("select count(*) from jobs").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_upload_that_fails_for_good_takes_nobody_and_can_be_confirmed_again(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    place.confirm(&page).await.unwrap();
    place.run("alter table enrolments add constraint refused check (cohort_id is null) not valid").await;
    for _ in 0..5 {
        place.run("update jobs set run_at = now()").await;
        run_ready(&place.world.services).await.unwrap();
    }
    let failed = place.page(page.upload.id).await;
    assert_eq!((failed.upload.state, counts(&failed)), (UploadState::Failed, [3, 0, 0, 0, 0]));
    assert_eq!(place.number("select count(*) from memberships").await, 0);
    place.run("alter table enrolments drop constraint refused").await;
    place.confirm(&failed).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.people("").await.len(), 3);
}
