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

    async fn page(&self, actor: &Actor, reminder: ReminderId) -> Result<domain::cohorts::Reminder> {
        reminder_page(&self.world.services, actor, self.cohort.id, reminder).await
    }

    /// From the page as it is now.
    async fn send(&self, actor: &Actor, reminder: ReminderId, text: &str) -> Result<()> {
        let seen = self.page(actor, reminder).await.ok().map(|page| page.seen);
        send_reminder(&self.world.services, actor, self.cohort.id, reminder, text, seen).await
    }

    /// To how many it goes, and how many get none because they had one.
    async fn counts(&self, reminder: ReminderId) -> (u32, u32) {
        let page = self.page(&self.tutor, reminder).await.unwrap();
        (page.to, page.had_one)
    }

    /// How many letters there are, when all that wait are sent.
    async fn letters(&self) -> usize {
        run_ready(&self.world.services).await.unwrap();
        self.world.letters().len()
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
            "Subject: Test reminds you of Learning to prescribe",
            "https://learning.example/learn/nmp",
            "https://learning.example/stop-cohort-reminders/",
            "<https://learning.example/mail/stop-cohort-reminders/",
            "List-Unsubscribe-Post",
        ] {
            assert!(letter.contains(part), "{part} is not in {letter}");
        }
    }
    assert_eq!(of.counts(reminder).await, (2, 0));
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
    assert_eq!(of.counts(second).await, (1, 0));
    let third = of.begin(&of.tutor).await;
    assert_ne!(third, first, "what was sent stays as it is");
    assert_eq!(of.counts(third).await, (0, 1));
    assert_eq!(of.letters().await, 2);
}

/// Two are sent at the same moment from two drafts.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_two_tutors_who_send_at_once_one_reaches_the_student(db: PgPool) {
    let of = setting(db, &["ann"]).await;
    let colleague = signed_up(&of.world, "colleague@north.example", &of.cohort).await;
    let (first, second) = (of.begin(&of.tutor).await, of.begin(&colleague).await);
    let sent = tokio::join!(of.send(&of.tutor, first, "Hello"), of.send(&colleague, second, "Hello"));
    assert_eq!([sent.0.is_ok(), sent.1.is_ok()].iter().filter(|sent| **sent).count(), 1, "{sent:?}");
    assert_eq!(of.letters().await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_press_in_the_mail_stops_them_until_the_student_takes_them_again(db: PgPool) {
    let of = setting(db, &["ann", "bo"]).await;
    let first = of.begin(&of.tutor).await;
    of.send(&of.tutor, first, "Hello").await.unwrap();
    assert_eq!(of.letters().await, 2);
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
    let account = crate::accounts::account_page(&of.world.services, &of.students[0]).await.unwrap();
    assert!(account.reminders_stopped);
    let week = chrono::Duration::seconds(7 * 24 * 3600);
    of.world.clock.advance(week);
    let second = of.begin(&of.tutor).await;
    of.send(&of.tutor, second, "Hello").await.unwrap();
    assert_eq!(of.letters().await, 3, "Bo alone has another");

    take_reminders(&of.world.services, &of.students[0], true).await.unwrap();
    of.world.clock.advance(week);
    let third = of.begin(&of.tutor).await;
    of.send(&of.tutor, third, "Hello").await.unwrap();
    assert_eq!(of.letters().await, 5);
    let actions: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where action like 'cohorts.reminders%' order by id",
    )
    .fetch_all(&of.world.services.db)
    .await
    .unwrap();
    assert_eq!(actions, ["cohorts.reminders_stopped", "cohorts.reminders_taken"]);
}

/// What the student reads where they stop them: that no tutor learns that it was they. A tutor who chooses them alone, before and after, within
/// the week and later, sees the same as of somebody who takes reminders.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_tutor_learns_in_no_way_that_a_student_takes_no_reminders(db: PgPool) {
    let of = setting(db, &["ann", "bo", "cy"]).await;
    let services = &of.world.services;
    take_reminders(services, &of.students[0], false).await.unwrap();
    // Cy has been invited and has not answered: no mail but those of the activation.
    sqlx::query("update people set activated_at = null where email = 'cy@north.example'")
        .execute(&services.db)
        .await
        .unwrap();
    // All that the pages show for one chosen student, but for the name.
    let seen = async |student: &Actor| {
        let begin =
            async || begin_reminder(services, &of.tutor, of.cohort.id, &[student.person()]).await.unwrap();
        let mut seen = Vec::new();
        for _ in 0..2 {
            let reminder = begin().await;
            let before = of.counts(reminder).await;
            let sent = of.send(&of.tutor, reminder, "Hello").await;
            seen.push((before, sent.is_ok(), of.counts(reminder).await));
        }
        seen
    };
    let takes = seen(&of.students[1]).await;
    assert_eq!(takes, [((1, 0), true, (1, 0)), ((0, 1), false, (0, 1))]);
    assert_eq!(seen(&of.students[0]).await, takes);
    assert_eq!(seen(&of.students[2]).await, takes);
    run_ready(services).await.unwrap();
    let letters = of.world.letters();
    assert!(letters.len() == 1 && letters[0].contains("To: bo@north.example"), "{letters:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_that_was_drawn_before_others_were_chosen_sends_nothing(db: PgPool) {
    let of = setting(db, &["ann", "bo"]).await;
    let services = &of.world.services;
    let begin = async |student: &Actor| {
        begin_reminder(services, &of.tutor, of.cohort.id, &[student.person()]).await.unwrap()
    };
    let reminder = begin(&of.students[0]).await;
    let old = of.page(&of.tutor, reminder).await.unwrap();
    of.world.clock.advance(chrono::Duration::seconds(1));
    assert_eq!(begin(&of.students[1]).await, reminder);
    for seen in [Some(old.seen), None] {
        let refused = send_reminder(services, &of.tutor, of.cohort.id, reminder, "Hello", seen).await;
        assert!(
            matches!(&refused, Err(Error::Invalid(problems))
                if matches!(problems[0].problem, Problem::ChangedMeanwhile { .. }) && problems[0].field == "reminder_text"),
            "{refused:?}"
        );
    }
    assert_eq!(of.letters().await, 0);
    of.send(&of.tutor, reminder, "Hello").await.unwrap();
    assert_eq!(of.letters().await, 1);
    // The second press of the form that sent it, or of an older one.
    send_reminder(services, &of.tutor, of.cohort.id, reminder, "Hello", Some(old.seen)).await.unwrap();
    assert_eq!(of.letters().await, 1);
}

/// P7: who has left, and who has withdrawn their consent, is not named to tutors, and gets nothing.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_not_in_the_cohort_any_more_gets_no_reminder_and_is_named_on_none(db: PgPool) {
    let of = setting(db, &["ann", "bo", "cy"]).await;
    let run = async |statement: &'static str| {
        sqlx::query(statement).execute(&of.world.services.db).await.unwrap();
    };
    let (leaves, withdraws) = (
        "delete from memberships m using people p where p.id = m.person_id and p.email like 'bo@%'",
        "update people set withdrawn_at = activated_at, password_hash = null where email like 'cy@%'",
    );
    let sent = of.begin(&of.tutor).await;
    of.send(&of.tutor, sent, "Hello").await.unwrap();
    assert_eq!(of.letters().await, 3);
    of.world.clock.advance(chrono::Duration::seconds(7 * 24 * 3600));
    let draft = of.begin(&of.tutor).await;
    assert_eq!((of.counts(draft).await, of.counts(sent).await), ((3, 0), (3, 0)));
    run(leaves).await;
    run(withdraws).await;
    for reminder in [draft, sent] {
        assert_eq!(of.page(&of.tutor, reminder).await.unwrap().names, ["ann@north.example"]);
    }
    assert_eq!(of.counts(draft).await, (1, 0));
    of.send(&of.tutor, draft, "Hello").await.unwrap();
    assert_eq!(of.counts(draft).await, (1, 0));
    assert_eq!(of.letters().await, 4);
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
    // A tutor who is one no more sends nothing, though the draft is theirs.
    let revoked = "update grants set cohort_id = $1 where person_id = $2";
    let move_to = async |cohort: &NewCohort| {
        let moved = sqlx::query(revoked).bind(cohort.id.0).bind(of.tutor.person().0);
        moved.execute(&services.db).await.unwrap();
    };
    let seen = Some(of.page(&of.tutor, reminder).await.unwrap().seen);
    move_to(&elsewhere).await;
    let sent = send_reminder(services, &of.tutor, of.cohort.id, reminder, "Hello", seen).await;
    assert!(matches!(sent, Err(Error::NotFound)));
    assert!(matches!(of.page(&of.tutor, reminder).await, Err(Error::NotFound)));
    move_to(&of.cohort).await;
    of.send(&of.tutor, reminder, "Hello").await.unwrap();
    assert!(reminder_page(services, &colleague, of.cohort.id, reminder).await.unwrap().sent.is_some());
    assert!(matches!(reminder_page(services, &stranger, elsewhere.id, reminder).await, Err(Error::NotFound)));
}
