//! The page of one student, and the notes of the tutors.

use domain::{FormToken, accounts::PersonId, cohorts::NOTE_LENGTH};

use super::*;

async fn student_page(
    world: &World,
    actor: &Actor,
    cohort: &NewCohort,
    student: &Actor,
) -> Result<domain::cohorts::CohortStudent> {
    cohort_student(&world.services, actor, cohort.id, student.person()).await
}

/// The texts of the notes, newest first.
async fn notes(world: &World, actor: &Actor, cohort: &NewCohort, student: &Actor) -> Vec<String> {
    let page = student_page(world, actor, cohort, student).await.unwrap();
    page.notes.into_iter().map(|note| note.text).collect()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_students_page_has_what_they_opened_tried_and_completed(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let empty = student_page(&world, &tutor, &cohort, &student).await.unwrap();
    assert_eq!((empty.completed(), empty.percent(), empty.last_seen), (0, 0, None));
    for page in ["page-1", "page-2"] {
        read_page(&world.services, &student, &slug("nmp"), &slug("two"), &slug(page), true).await.unwrap();
    }
    for (passed, at) in [(false, "2026-11-22T10:00:00Z"), (true, "2026-11-22T11:30:00Z")] {
        sqlx::query(
            "insert into check_attempts (id, enrolment_id, module_id, version, answers, right_answers, questions, passed, taken_at)
            select gen_random_uuid(), e.id, m.id, m.check_version, '{}', case when $1 then 2 else 1 end, 2, $1, $2
            from enrolments e join modules m on m.course_id = e.course_id where m.slug = 'two'",
        )
        .bind(passed)
        .bind(at.parse::<DateTime<Utc>>().unwrap())
        .execute(&world.services.db)
        .await
        .unwrap();
    }
    sqlx::query(
        "insert into cohort_dates (cohort_id, module_id, due_on, set_at)
        select $1, m.id, '2026-11-20'::date, now() from modules m where not m.retired",
    )
    .bind(cohort.id.0)
    .execute(&world.services.db)
    .await
    .unwrap();
    let page = student_page(&world, &tutor, &cohort, &student).await.unwrap();
    assert_eq!((page.completed(), page.percent()), (1, 50));
    assert_eq!(page.last_seen.as_ref().unwrap().london, "22 November 2026 at 9am");
    let [one, two] = &page.modules[..] else { panic!("{:?}", page.modules) };
    assert_eq!((one.title.as_str(), one.status), ("Module one", Some(Status::NotStarted)));
    assert_eq!((one.due.as_deref(), one.late, one.first_opened.is_none()), (Some("20 November"), true, true));
    assert_eq!((two.status, two.late), (Some(Status::Completed), false));
    assert_eq!(two.first_opened.as_ref().unwrap().london, "22 November 2026 at 9am");
    assert_eq!(two.completed.as_ref().unwrap().london, "22 November 2026 at 11:30am");
    let tries: Vec<_> = two.tries.iter().map(|tried| (tried.right, tried.of, tried.passed)).collect();
    assert_eq!((tries, two.older_tries), (vec![(1, 2, false), (2, 2, true)], 0));
}

/// P5, P7: the tutors of the cohort and the administrators of its organisation, and nobody else; and of no student of another cohort.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_who_follows_the_cohort_sees_its_students_and_no_others(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let (beside, elsewhere) = (world.cohort("North", "Spring").await, world.cohort("Coast", "Autumn").await);
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let colleague = signed_up(&world, "colleague@north.example", &beside).await;
    let stranger = signed_up(&world, "tutor@coast.example", &elsewhere).await;
    let lead = world.learner("lead@north.example").await;
    world.grant(&lead, Role::OrganisationAdministrator(cohort.organisation)).await;
    let support = world.learner("support@co-op.example").await;
    world.grant(&support, Role::Support).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let other = world.learner("other@north.example").await;
    world.enrol(&other, &beside).await;
    for (actor, sees) in [
        (&tutor, true),
        (&lead, true),
        (&colleague, false),
        (&stranger, false),
        (&support, false),
        (&student, false),
    ] {
        let page = student_page(&world, actor, &cohort, &student).await;
        assert_eq!(page.is_ok(), sees, "{:?}", actor.person());
        assert!(matches!(page, Ok(_) | Err(Error::NotFound)));
        let note = write_note(&world.services, actor, cohort.id, student.person(), "Well", None).await;
        assert_eq!(note.is_ok(), sees);
        // Not by way of one's own cohort.
        assert!(matches!(student_page(&world, actor, &cohort, &other).await, Err(Error::NotFound)));
        let note = write_note(&world.services, actor, cohort.id, other.person(), "Well", None).await;
        assert!(matches!(note, Err(Error::NotFound)));
    }
    // A tutor of before, who is one of another cohort now, sees nothing here any more.
    let moved = sqlx::query("update grants set cohort_id = $1 where person_id = $2").bind(beside.id.0);
    moved.bind(tutor.person().0).execute(&world.services.db).await.unwrap();
    assert!(matches!(student_page(&world, &tutor, &cohort, &student).await, Err(Error::NotFound)));
    // Nobody sees who has withdrawn their consent, nor who has left; nor writes or removes notes about them.
    let note = student_page(&world, &lead, &cohort, &student).await.unwrap().notes[0].id;
    for (gone, back) in [
        (
            "update people set withdrawn_at = activated_at where id = $1",
            "update people set withdrawn_at = null where id = $1",
        ),
        ("delete from memberships where person_id = $1", ""),
    ] {
        sqlx::query(gone).bind(student.person().0).execute(&world.services.db).await.unwrap();
        assert!(
            matches!(student_page(&world, &lead, &cohort, &student).await, Err(Error::NotFound)),
            "{gone}"
        );
        let written = write_note(&world.services, &lead, cohort.id, student.person(), "Well", None).await;
        assert!(matches!(written, Err(Error::NotFound)), "{gone}");
        let removed = remove_note(&world.services, &lead, cohort.id, student.person(), note).await;
        assert!(matches!(removed, Err(Error::NotFound)), "{gone}");
        if !back.is_empty() {
            sqlx::query(back).bind(student.person().0).execute(&world.services.db).await.unwrap();
            assert!(student_page(&world, &lead, &cohort, &student).await.is_ok());
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_note_is_kept_once_and_its_author_alone_removes_it(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let colleague = signed_up(&world, "colleague@north.example", &cohort).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let (services, person) = (&world.services, student.person());
    let write = async |actor: &Actor, text: &str, form: Option<FormToken>| {
        write_note(services, actor, cohort.id, person, text, form).await
    };
    let form = Some(FormToken(Uuid::now_v7()));
    write(&tutor, " Has asked for\nmore time. ", form).await.unwrap();
    write(&tutor, " Has asked for\nmore time. ", form).await.unwrap();
    assert_eq!(notes(&world, &colleague, &cohort, &student).await, ["Has asked for\nmore time."]);
    for wrong in [" ", "\u{200b}", &"a".repeat(NOTE_LENGTH + 1)] {
        let Err(Error::Invalid(problems)) = write(&tutor, wrong, None).await else { panic!("{wrong}") };
        assert_eq!(problems[0].field, "note");
    }
    world.clock.advance(chrono::Duration::seconds(60));
    write(&colleague, "Spoke to her", None).await.unwrap();
    let page = student_page(&world, &tutor, &cohort, &student).await.unwrap();
    let said: Vec<_> = page.notes.iter().map(|note| (note.text.as_str(), note.own)).collect();
    assert_eq!(
        (said, page.all_notes),
        (vec![("Spoke to her", false), ("Has asked for\nmore time.", true)], 2)
    );
    assert_eq!(page.notes[0].author.as_deref(), Some("colleague@north.example"));

    let remove =
        async |actor: &Actor, of: PersonId, note| remove_note(services, actor, cohort.id, of, note).await;
    let (newest, first) = (page.notes[0].id, page.notes[1].id);
    assert!(matches!(remove(&tutor, person, newest).await, Err(Error::NotFound)));
    remove(&tutor, person, first).await.unwrap();
    remove(&tutor, person, first).await.unwrap();
    assert_eq!(notes(&world, &tutor, &cohort, &student).await, ["Spoke to her"]);
    let recorded: Vec<(String, bool)> = sqlx::query_as(
        "select action, detail::text like '%asked for%' from audit_events where action like 'cohorts.note%' order by id",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    let actions: Vec<_> = recorded.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["cohorts.note_written", "cohorts.note_written", "cohorts.note_removed"]);
    assert!(recorded.iter().all(|(_, said)| !said), "the audit has no text of a note");
    let kept: Vec<String> =
        sqlx::query_scalar("select what from done_forms").fetch_all(&world.services.db).await.unwrap();
    assert!(kept.len() == 1 && !kept[0].contains("asked for"), "nor does what is kept of its form: {kept:?}");
}
