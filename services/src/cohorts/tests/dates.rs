//! Target dates are set, changed and cleared by those who follow the cohort.

use domain::{Problem, learning::ModuleId};

use super::*;

/// The modules of the cohort with their dates.
async fn dates(world: &World, tutor: &Actor, cohort: &NewCohort) -> Vec<(ModuleId, String)> {
    let page = cohort_dates(&world.services, tutor, cohort.id).await.unwrap();
    page.modules.into_iter().map(|module| (module.module.parse().unwrap(), module.due)).collect()
}

fn form(module: ModuleId, was: &str, due: &str) -> DateForm {
    DateForm { module, was: was.into(), due: due.into() }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_date_is_set_changed_and_cleared_and_each_is_recorded(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let [(one, _), (two, _)]: [(ModuleId, String); 2] =
        dates(&world, &tutor, &cohort).await.try_into().unwrap();
    let save = async |forms: &[DateForm]| set_dates(&world.services, &tutor, cohort.id, forms).await;
    let stands = async || -> Vec<String> {
        dates(&world, &tutor, &cohort).await.into_iter().map(|(_, due)| due).collect()
    };
    save(&[form(one, "", "1/12/2026"), form(two, "", "")]).await.unwrap();
    assert_eq!(stands().await, ["2026-12-01", ""]);
    let first = cohort_dates(&world.services, &tutor, cohort.id).await.unwrap().modules.remove(0);
    assert_eq!((first.said.as_str(), first.by.as_deref()), ("1 December", Some("tutor@north.example")));
    save(&[form(one, "2026-12-01", "2026-12-08"), form(two, "", "2027-01-05")]).await.unwrap();
    assert_eq!(stands().await, ["2026-12-08", "2027-01-05"]);
    save(&[form(one, "2026-12-08", "2026-12-08"), form(two, "2027-01-05", " ")]).await.unwrap();
    assert_eq!(stands().await, ["2026-12-08", ""]);
    // The same once more changes nothing, and is no event.
    save(&[form(two, "2027-01-05", "")]).await.unwrap();
    let details: Vec<serde_json::Value> =
        sqlx::query_scalar("select detail from audit_events where action = 'cohorts.dates_set' order by id")
            .fetch_all(&world.services.db)
            .await
            .unwrap();
    assert_eq!(details.len(), 3);
    assert_eq!(details[2]["cleared"], serde_json::json!([two]));
    assert_eq!(details[1]["set"].as_array().unwrap().len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_old_form_undoes_no_newer_date_and_a_wrong_day_changes_nothing(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let [(one, _), (two, _)]: [(ModuleId, String); 2] =
        dates(&world, &tutor, &cohort).await.try_into().unwrap();
    let problems = async |forms: &[DateForm]| match set_dates(&world.services, &tutor, cohort.id, forms).await
    {
        Err(Error::Invalid(problems)) => {
            problems.into_iter().map(|problem| (problem.field, problem.problem)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    set_dates(&world.services, &tutor, cohort.id, &[form(one, "", "2026-12-01")]).await.unwrap();
    let refused = problems(&[form(one, "", "2026-11-01"), form(two, "", "soon")]).await;
    assert!(
        matches!(&refused[..], [(first, Problem::ChangedMeanwhile { .. }), (second, Problem::DayInvalid)]
            if *first == format!("due-{one}") && *second == format!("due-{two}")),
        "{refused:?}"
    );
    // What the form has left as it was drawn stays as it stands.
    set_dates(&world.services, &tutor, cohort.id, &[form(one, "", ""), form(two, "", "2026-12-24")])
        .await
        .unwrap();
    let stands = dates(&world, &tutor, &cohort).await;
    assert_eq!(stands, [(one, "2026-12-01".to_owned()), (two, "2026-12-24".to_owned())]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_else_sets_a_date_and_no_module_of_another_course_has_one(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let elsewhere = world.cohort("Coast", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let stranger = signed_up(&world, "tutor@coast.example", &elsewhere).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let (module, _) = dates(&world, &tutor, &cohort).await.remove(0);
    for actor in [&stranger, &student] {
        let set = set_dates(&world.services, actor, cohort.id, &[form(module, "", "2026-12-01")]).await;
        assert!(matches!(set, Err(Error::NotFound)));
        assert!(matches!(cohort_dates(&world.services, actor, cohort.id).await, Err(Error::NotFound)));
    }
    let unknown = form(ModuleId(Uuid::now_v7()), "", "2026-12-01");
    let set = set_dates(&world.services, &tutor, cohort.id, &[unknown]).await;
    assert!(matches!(set, Err(Error::NotFound)));
}
