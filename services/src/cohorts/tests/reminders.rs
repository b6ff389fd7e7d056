//! Reminders: who gets one, how often, and how they stop.

use domain::{Problem, cohorts::ReminderId};

use super::*;
use crate::kit::jobs::run_ready;

struct Setting {
    world: World,
    cohort: NewCohort,
    tutor: Actor,
    students: Vec<Actor>,
}

/// A cohort with a tutor and so many students.
async fn setting(db: PgPool, names: &[&str]) -> Setting {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let mut students = Vec::new();
    for name in names {
        let student = world.learner(&format!("{name}@north.example")).await;
        world.enrol(&student, &cohort).await;
        students.push(student);
    }
    Setting { world, cohort, tutor, students }
}

impl Setting {
    async fn begin(&self, actor: &Actor) -> ReminderId {
        let chosen: Vec<_> = self.students.iter().map(Actor::person).collect();
        begin_reminder(&self.world.services, actor, self.cohort.id, &chosen).await.unwrap()
    }

    async fn send(&self, actor: &Actor, reminder: ReminderId, text: &str) -> Result<()> {
        send_reminder(&self.world.services, actor, self.cohort.id, reminder, text).await
    }

    /// How many get it, get none for a reason of their own, and get none because they had one.
    async fn counts(&self, reminder: ReminderId) -> (u32, u32, u32) {
        let page = reminder_page(&self.world.services, &self.tutor, self.cohort.id, reminder).await.unwrap();
        (page.to, page.without, page.had_one)
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reminder_is_a_mail_to_each_chosen_student_with_the_text_of_the_tutor(db: PgPool) {
    let of = setting(db, &["ann", "bo"]).await;
    let reminder = of.begin(&of.tutor).await;
    let page = reminder_page(&of.world.services, &of.tutor, of.cohort.id, reminder).await.unwrap();
    assert_eq!((page.text.as_str(), page.to), (domain::cohorts::REMINDER_TEXT, 2));
    assert_eq!(page.names, ["ann@north.example", "bo@north.example"]);
    save_reminder(&of.world.services, &of.tutor, of.cohort.id, reminder, "Come back soon").await.unwrap();
    // Choosing anew keeps what was written.
    assert_eq!(of.begin(&of.tutor).await, reminder);
    let page = reminder_page(&of.world.services, &of.tutor, of.cohort.id, reminder).await.unwrap();
    assert_eq!(page.text, "Come back soon");
    run_ready(&of.world.services).await.unwrap();
    assert!(of.world.letters().is_empty(), "nothing is sent before it is asked for");

    of.send(&of.tutor, reminder, "Come back soon, all of you").await.unwrap();
    // A second press sends none.
    of.send(&of.tutor, reminder, "Come back soon, all of you").await.unwrap();
    run_ready(&of.world.services).await.unwrap();
    let letters = of.world.letters();
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        for part in [
            "> Come back soon, all of you",
            "Subject: tutor@north.example reminds you of Learning to prescribe",
            "https://learning.example/learn/nmp",
            "https://learning.example/stop-cohort-reminders/",
            "<https://learning.example/mail/stop-cohort-reminders/",
            "List-Unsubscribe-Post",
        ] {
            assert!(letter.contains(part), "{part} is not in {letter}");
        }
    }
    assert_eq!(of.counts(reminder).await, (2, 0, 0));
    let logged: Vec<(Option<Uuid>, Option<Uuid>)> = sqlx::query_as(
        "select actor_id, subject_id from audit_events where action = 'cohorts.reminded' order by subject_id",
    )
    .fetch_all(&of.world.services.db)
    .await
    .unwrap();
    let mut people: Vec<_> = of.students.iter().map(|student| Some(student.person().0)).collect();
    people.sort();
    assert_eq!(logged.iter().map(|(_, subject)| *subject).collect::<Vec<_>>(), people);
    assert!(logged.iter().all(|(by, _)| *by == Some(of.tutor.person().0)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_gets_a_second_one_within_a_week_from_any_tutor_of_the_cohort(db: PgPool) {
    let of = setting(db, &["ann"]).await;
    let colleague = signed_up(&of.world, "colleague@north.example", &of.cohort).await;
    let first = of.begin(&of.tutor).await;
    of.send(&of.tutor, first, "Hello").await.unwrap();
    of.world.clock.advance(chrono::Duration::seconds(7 * 24 * 3600 - 1));
    let second = of.begin(&colleague).await;
    let refused = of.send(&colleague, second, "Hello").await;
    assert!(
        matches!(&refused, Err(Error::Invalid(problems)) if problems[0].field == "reminder_text"),
        "{refused:?}"
    );
    of.world.clock.advance(chrono::Duration::seconds(1));
    of.send(&colleague, second, "Hello").await.unwrap();
    assert_eq!(of.counts(second).await, (1, 0, 0));
    let third = of.begin(&of.tutor).await;
    assert_ne!(third, first, "what was sent stays as it is");
    assert_eq!(of.counts(third).await, (0, 0, 1));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_press_in_the_mail_stops_them_and_the_page_says_how_many_get_none(db: PgPool) {
    let of = setting(db, &["ann", "bo", "cy"]).await;
    // Cy has been invited and has not answered: no mail but those of the activation.
    sqlx::query("update people set activated_at = null where email = 'cy@north.example'")
        .execute(&of.world.services.db)
        .await
        .unwrap();
    let first = of.begin(&of.tutor).await;
    assert_eq!(of.counts(first).await, (2, 1, 0));
    of.send(&of.tutor, first, "Hello").await.unwrap();
    run_ready(&of.world.services).await.unwrap();
    let letters = of.world.letters();
    let letter = letters.iter().find(|letter| letter.contains("To: ann@north.example")).unwrap();
    let token = letter.split("/mail/stop-cohort-reminders/").nth(1).unwrap();
    let token = token.split(['>', '\r', '\n']).next().unwrap();
    for token in ["unknown", "", token, token] {
        stop_reminders(&of.world.services, token).await.unwrap();
    }
    let stopped: Vec<Uuid> = sqlx::query_scalar("select person_id from reminders_stopped")
        .fetch_all(&of.world.services.db)
        .await
        .unwrap();
    assert_eq!(stopped, [of.students[0].person().0]);
    of.world.clock.advance(chrono::Duration::seconds(8 * 24 * 3600));
    let second = of.begin(&of.tutor).await;
    assert_eq!(of.counts(second).await, (1, 2, 0));
    let account = crate::accounts::account_page(&of.world.services, &of.students[0]).await.unwrap();
    assert!(account.reminders_stopped);

    take_reminders(&of.world.services, &of.students[0], true).await.unwrap();
    assert_eq!(of.counts(second).await, (2, 1, 0));
    let actions: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where action like 'cohorts.reminders%' order by id",
    )
    .fetch_all(&of.world.services.db)
    .await
    .unwrap();
    assert_eq!(actions, ["cohorts.reminders_stopped", "cohorts.reminders_taken"]);
}

/// P5, P7: one's own cohort, and its students.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reminder_reaches_only_students_of_the_cohort_and_only_its_tutors_send_one(db: PgPool) {
    let of = setting(db, &["ann"]).await;
    let services = &of.world.services;
    let elsewhere = of.world.cohort("Coast", "Autumn").await;
    let stranger = signed_up(&of.world, "tutor@coast.example", &elsewhere).await;
    let colleague = signed_up(&of.world, "colleague@north.example", &of.cohort).await;
    let theirs = of.world.learner("theirs@coast.example").await;
    of.world.enrol(&theirs, &elsewhere).await;
    let begin = async |actor: &Actor, of_whom: &Actor| {
        begin_reminder(services, actor, of.cohort.id, &[of_whom.person()]).await
    };
    assert!(matches!(begin(&stranger, &of.students[0]).await, Err(Error::NotFound)));
    assert!(matches!(begin(&of.students[0], &of.students[0]).await, Err(Error::NotFound)));
    let nobody = begin(&of.tutor, &theirs).await;
    assert!(
        matches!(&nobody, Err(Error::Invalid(problems)) if problems[0].problem == Problem::NobodyChosen),
        "{nobody:?}"
    );
    let reminder = of.begin(&of.tutor).await;
    for actor in [&stranger, &colleague, &of.students[0]] {
        let page = reminder_page(services, actor, of.cohort.id, reminder).await;
        assert!(matches!(page, Err(Error::NotFound)), "what somebody is still writing is theirs");
        assert!(matches!(of.send(actor, reminder, "Hello").await, Err(Error::NotFound)));
    }
    for wrong in ["", &"a".repeat(2001)] {
        assert!(matches!(of.send(&of.tutor, reminder, wrong).await, Err(Error::Invalid(_))));
    }
    // Who has left since then gets none.
    sqlx::query("delete from memberships where person_id = $1")
        .bind(of.students[0].person().0)
        .execute(&services.db)
        .await
        .unwrap();
    assert_eq!(of.counts(reminder).await, (0, 1, 0));
    of.world.enrol(&of.students[0], &of.cohort).await;
    of.send(&of.tutor, reminder, "Hello").await.unwrap();
    assert!(reminder_page(services, &colleague, of.cohort.id, reminder).await.unwrap().sent.is_some());
    assert!(matches!(reminder_page(services, &stranger, elsewhere.id, reminder).await, Err(Error::NotFound)));
}
