//! The record of what a learner has completed: whose it is, what it says, and the certificate of a course.

use domain::{
    Problem,
    learning::{CourseCertificate, CpdRecord, LONGEST_REFLECTION, RecordedModule, Reflection},
};

use super::*;
use crate::{assessment::results::verified, kit::export::Format};

async fn record(world: &World, actor: &Actor) -> CpdRecord {
    record_page(&world.services, actor).await.unwrap()
}

/// Opens all pages of the module, and passes its check.
async fn complete(world: &World, actor: &Actor, module: &str) {
    for page in ["page-1", "page-2"] {
        open(world, actor, module, page).await.unwrap();
    }
    take(world, actor, module, true).await.unwrap();
}

async fn write(world: &World, actor: &Actor, module: &str, learnt: &str, version: i32) -> Result<()> {
    let competencies = vec!["4".to_owned(), "77".to_owned()];
    let typed = Reflection { learnt: learnt.to_owned(), used: String::new(), competencies, version };
    save_reflection(&world.services, actor, &slug("nmp"), &slug(module), typed).await
}

/// A course whose modules serve competencies.
async fn with_competencies(world: &World) {
    let mut course = course(&["one", "two"], 2);
    course.framework.competency = [("4", "Prescribe"), ("9", "Improve")]
        .map(|(id, title)| content::Competency { id: id.into(), domain: "D".into(), title: title.into() })
        .into();
    course.modules[0].competencies = vec!["4".into(), "9".into()];
    course.modules[1].minutes = 55;
    import(&world.services, &course).await.unwrap();
}

fn not_found<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_record_has_the_completed_modules_with_their_day_and_minutes_and_nothing_else(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    with_competencies(&world).await;
    open(&world, &actor, "one", "page-1").await.unwrap();
    assert_eq!(record(&world, &actor).await.courses, [], "begun is not completed");
    complete(&world, &actor, "two").await;
    world.clock.advance(Duration::days(220) + Duration::hours(14) + Duration::minutes(30));
    complete(&world, &actor, "one").await;
    let record = record(&world, &actor).await;
    let course = &record.courses[0];
    let said: Vec<_> = course
        .modules
        .iter()
        .map(|module| (module.slug.as_str(), module.completed.london.as_str(), module.minutes))
        .collect();
    assert_eq!(said, [("two", "22 November 2026", 55), ("one", "1 July 2027", 10)]);
    assert_eq!((record.minutes(), record.modules()), (65, 2));
    assert_eq!(course.modules[1].competencies, ["4", "9"]);
    assert_eq!(course.framework, "Framework (Society, 2021)");
    let served: Vec<_> = course.served().iter().map(|served| served.competency.in_words()).collect();
    assert_eq!(served, ["4 Prescribe", "9 Improve"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reflection_is_of_a_completed_module_and_no_older_form_replaces_it(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    with_competencies(&world).await;
    let (nmp, one) = (slug("nmp"), slug("one"));
    assert!(not_found(write(&world, &actor, "one", "Much", 0).await));
    assert!(not_found(reflection_page(&world.services, &actor, &nmp, &one).await));
    complete(&world, &actor, "one").await;
    let page = reflection_page(&world.services, &actor, &nmp, &one).await.unwrap();
    assert_eq!((page.reflection, page.competencies.len()), (Reflection::default(), 2));

    write(&world, &actor, "one", " Start low.\r\nGo slow.\u{202e} ", 0).await.unwrap();
    let module =
        async || -> RecordedModule { record(&world, &actor).await.courses.remove(0).modules.remove(0) };
    let written = module().await.reflection.unwrap();
    assert_eq!((written.learnt.as_str(), written.version), ("Start low.\nGo slow.", 1));
    assert_eq!(written.competencies, ["4"], "those of the framework");

    // Pressed twice; from an older window; with the version that stands.
    write(&world, &actor, "one", "Again", 1).await.unwrap();
    write(&world, &actor, "one", "Again", 1).await.unwrap();
    let old = write(&world, &actor, "one", "Older", 1).await;
    let Err(Error::Invalid(problems)) = old else { panic!("an older form was taken") };
    assert_eq!(problems[0].field, "changed");
    assert!(matches!(problems[0].problem, Problem::ChangedMeanwhile { .. }));
    assert_eq!(module().await.reflection.unwrap().learnt, "Again");

    let long = "é".repeat(LONGEST_REFLECTION);
    write(&world, &actor, "one", &long, 2).await.unwrap();
    let refused = write(&world, &actor, "one", &format!("{long}é"), 3).await;
    assert!(matches!(refused, Err(Error::Invalid(problems)) if problems[0].field == "learnt"));

    // Removed: nothing of it is left, and a form of before does not bring it back.
    write(&world, &actor, "one", "", 3).await.unwrap();
    assert_eq!(module().await.reflection, None);
    let left: i64 = sqlx::query_scalar(
        "select count(*) from module_reflections where learnt <> '' or used <> '' or competencies <> '{}'",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(left, 0);
    assert!(write(&world, &actor, "one", "Back again", 3).await.is_err());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_record_is_its_learners_alone_and_stays_theirs_when_the_course_closes(db: PgPool) {
    let world = World::new(db.clone());
    let cohort = world.cohort("University", "Autumn").await;
    with_competencies(&world).await;
    let (ann, ben) = (world.learner("ann@uni.example").await, world.learner("ben@uni.example").await);
    for learner in [&ann, &ben] {
        world.enrol(learner, &cohort).await;
        complete(&world, learner, "one").await;
    }
    write(&world, &ann, "one", "Mine", 0).await.unwrap();
    assert_eq!(record(&world, &ben).await.courses[0].modules[0].reflection, None);
    let (nmp, one) = (slug("nmp"), slug("one"));
    let page = reflection_page(&world.services, &ben, &nmp, &one).await.unwrap();
    assert_eq!(page.reflection, Reflection::default());
    let stranger = world.learner("stranger@uni.example").await;
    assert_eq!(record(&world, &stranger).await.courses, []);
    assert!(not_found(reflection_page(&world.services, &stranger, &nmp, &one).await));
    assert!(not_found(write(&world, &stranger, "one", "Theirs", 0).await));

    // Nobody reads them by a view or a function of the database, and no other area does: see `tables.rs`.
    let readers: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc where prosrc ~ 'module_reflections|course_certificates'
        union select viewname::text from pg_views where definition ~ 'module_reflections|course_certificates'",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(readers, Vec::<String>::new());

    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&db).await.unwrap();
    write(&world, &ann, "one", "Mine still", 1).await.unwrap();
    // A module that is no longer in the course was completed all the same.
    import(&world.services, &course(&["two"], 2)).await.unwrap();
    let module = record(&world, &ann).await.courses.remove(0).modules.remove(0);
    assert_eq!(module.reflection.unwrap().learnt, "Mine still");
    // It goes with the account.
    sqlx::query("delete from enrolments").execute(&db).await.unwrap();
    let left: i64 =
        sqlx::query_scalar("select count(*) from module_reflections").fetch_one(&db).await.unwrap();
    assert_eq!(left, 0);
}

/// The hours of a year that is past stand when the course states other ones.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_completed_module_keeps_its_minutes_when_the_course_states_others(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    with_competencies(&world).await;
    complete(&world, &actor, "two").await;
    let mut changed = course(&["one", "two"], 2);
    changed.modules[0].minutes = 20;
    changed.modules[1].minutes = 5;
    import(&world.services, &changed).await.unwrap();
    // The record lists them in the order in which they were completed.
    world.clock.advance(chrono::Duration::seconds(1));
    complete(&world, &actor, "one").await;
    let minutes = async || -> Vec<u16> {
        record(&world, &actor).await.courses[0].modules.iter().map(|module| module.minutes).collect()
    };
    assert_eq!(minutes().await, [55, 20]);
    // The certificate and the record say the same.
    make_certificate(&world.services, &actor, &slug("nmp"), "").await.unwrap();
    let CourseCertificate::Made { code, .. } = record(&world, &actor).await.courses.remove(0).certificate
    else {
        panic!("not made")
    };
    let domain::assessment::results::Verified::Course(said) = verified(&world.services, &code).await.unwrap()
    else {
        panic!("another certificate")
    };
    assert_eq!(said.minutes, 75);
}

/// In the next edition of a framework the same id is another competency.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reflection_stays_about_the_competencies_of_the_edition_in_which_it_was_written(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    with_competencies(&world).await;
    complete(&world, &actor, "one").await;
    write(&world, &actor, "one", "Much", 0).await.unwrap();
    let mut next = course(&["one", "two"], 2);
    next.framework.id = "rps-2031".into();
    next.framework.year = 2031;
    let competency = |id: &str, title: &str| content::Competency {
        id: id.into(),
        domain: "D".into(),
        title: title.into(),
    };
    next.framework.competency = vec![competency("4", "Review")];
    import(&world.services, &next).await.unwrap();
    let said = async || {
        let course = record(&world, &actor).await.courses.remove(0);
        let about = course.modules[0].reflection.clone().unwrap().competencies;
        let served: usize = course.served().iter().map(|served| served.reflections.len()).sum();
        (about.iter().map(|id| course.competency(id)).collect::<Vec<_>>(), served)
    };
    assert_eq!(said().await, (vec!["4 Prescribe (Framework, 2021)".to_owned()], 0));
    let (nmp, one) = (slug("nmp"), slug("one"));
    let page = reflection_page(&world.services, &actor, &nmp, &one).await.unwrap();
    assert_eq!((page.reflection.learnt.as_str(), page.reflection.competencies), ("Much", Vec::new()));
    assert_eq!(page.competencies, [], "the module serves none of the new edition");
    // Written anew, it is of the edition that stands.
    write(&world, &actor, "one", "More", 1).await.unwrap();
    assert_eq!(said().await, (vec!["4 Review".to_owned()], 1));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_files_of_a_record_have_its_modules_and_no_formula(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    with_competencies(&world).await;
    complete(&world, &actor, "one").await;
    write(&world, &actor, "one", "=HYPERLINK(\"https://evil.example\")", 0).await.unwrap();
    let file = record_file(&world.services, &actor, Format::Csv).await.unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<Vec<String>> =
        rows.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(
        rows,
        [[
            "Learning to prescribe",
            "Module one",
            "2026-11-22 09:00",
            "10",
            "4 Prescribe; 9 Improve",
            "'=HYPERLINK(\"https://evil.example\")",
            "",
            "4 Prescribe"
        ]]
    );
    for format in Format::ALL {
        let nobodys = world.learner("stranger@uni.example").await;
        assert_eq!(record_file(&world.services, &nobodys, format).await.unwrap().what, "0 modules");
    }
    assert!(record_pdf(&world.services, &actor).await.unwrap().starts_with(b"%PDF-"));
}

/// A download that is pressed again and again takes one slot, as that of a list does.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_many_requests_for_the_pages_of_a_record_the_first_and_the_newest_are_answered(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let asked = (0..8).map(|_| record_pdf(&world.services, &actor));
    let answered = futures::future::join_all(asked).await;
    let made: Vec<_> = answered.iter().map(std::result::Result::is_ok).collect();
    assert_eq!(made, [true, false, false, false, false, true, true, true]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_completed_course_has_a_certificate_that_anybody_can_check_and_that_stands(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    with_competencies(&world).await;
    let (services, nmp) = (&world.services, slug("nmp"));
    let call = async |name: &str| {
        sqlx::query("update people set full_name = $2 where id = $1")
            .bind(actor.person().0)
            .bind(name)
            .execute(&db)
            .await
            .unwrap();
    };
    let stands = async || record(&world, &actor).await.courses.remove(0).certificate;
    call("Zoë de Vries").await;
    complete(&world, &actor, "one").await;
    assert_eq!(stands().await, CourseCertificate::NotYet);
    assert!(not_found(make_certificate(services, &actor, &nmp, "").await));
    world.clock.advance(Duration::days(3));
    complete(&world, &actor, "two").await;
    assert_eq!(stands().await, CourseCertificate::Ready { asks_name: false });
    assert!(not_found(course_certificate(services, &actor, &nmp).await), "not made yet");
    // Pressed twice.
    make_certificate(services, &actor, &nmp, "").await.unwrap();
    let CourseCertificate::Made { code, .. } = stands().await else { panic!("not made") };
    make_certificate(services, &actor, &nmp, "Somebody Else").await.unwrap();
    assert_eq!(stands().await, CourseCertificate::Made { code: code.clone(), latin: None });
    let pdf = course_certificate(services, &actor, &nmp).await.unwrap();
    assert_eq!(pdf, course_certificate(services, &actor, &nmp).await.unwrap());

    let found = async |code: &str| match verified(services, code).await {
        Ok(domain::assessment::results::Verified::Course(found)) => found,
        other => panic!("{other:?}"),
    };
    let said = found(&code.to_lowercase().replace('-', " ")).await;
    let row = (said.course.as_str(), said.modules, said.minutes, said.date.as_str(), said.initials.as_str());
    assert_eq!(row, ("Learning to prescribe", 2, 65, "25 November 2026", "Z. D. V."));
    assert!(not_found(verified(services, "2222-2222-2222").await));
    let stranger = world.learner("stranger@uni.example").await;
    assert!(not_found(course_certificate(services, &stranger, &nmp).await));
    assert!(not_found(make_certificate(services, &stranger, &nmp, "").await));

    // The course has another module later: what was certified stands.
    import(services, &course(&["one", "two", "three"], 2)).await.unwrap();
    assert_eq!(stands().await, CourseCertificate::Made { code: code.clone(), latin: None });
    assert_eq!(found(&code).await.modules, 2);
    // A name that cannot be shown is asked for in Latin letters.
    call("王小明").await;
    assert_eq!(stands().await, CourseCertificate::Ready { asks_name: true });
    assert!(not_found(course_certificate(services, &actor, &nmp).await));
    let refused = make_certificate(services, &actor, &nmp, "王").await;
    let Err(Error::Invalid(problems)) = refused else { panic!("a name was taken that cannot be shown") };
    assert_eq!(problems[0].field, "certificate_name-nmp");
    make_certificate(services, &actor, &nmp, "Wang Xiaoming").await.unwrap();
    let says = |latin: &str| CourseCertificate::Made { code: code.clone(), latin: Some(latin.to_owned()) };
    assert_eq!(stands().await, says("Wang Xiaoming"));
    assert_eq!(found(&code).await.initials, "W. X.");
    assert!(course_certificate(services, &actor, &nmp).await.is_ok());
    // A slip in it is put right, under the same code.
    make_certificate(services, &actor, &nmp, "Xiaoming Wang").await.unwrap();
    assert_eq!(stands().await, says("Xiaoming Wang"));
    assert_eq!(found(&code).await.initials, "X. W.");
    // Who gives a name, and when, is written down, as for the certificate of a paper; pressed twice it is given once.
    make_certificate(services, &actor, &nmp, "Xiaoming Wang").await.unwrap();
    let named: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'learning.certificate_named' and actor_id = $1 and subject_id = $1",
    )
    .bind(actor.person().0)
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(named, 2);
    // Nobody checks it once its holder has closed the account, as it says itself.
    sqlx::query(
        "update people set activated_at = coalesce(activated_at, now()), withdrawn_at = now() where id = $1",
    )
    .bind(actor.person().0)
    .execute(&db)
    .await
    .unwrap();
    assert!(not_found(verified(services, &code).await));
    sqlx::query("update people set withdrawn_at = null").execute(&db).await.unwrap();
    assert_eq!(found(&code).await.initials, "X. W.");
    // It goes with the account.
    sqlx::query("delete from enrolments").execute(&db).await.unwrap();
    assert!(not_found(verified(services, &code).await));
}
