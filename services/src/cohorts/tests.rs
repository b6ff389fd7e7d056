//! P5: only people who are signed up for the cohort or its organisation see access and completion.
//! P7: they are shared with nobody but the university.

mod attention;
mod dates;
mod plans;
mod reminders;
mod student;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    access::Role,
    cohorts::{CohortSort, StudentFilters, StudentRow, StudentSort},
    kit::{list::Page, live::Topic},
    learning::{Status, StatusShown},
};
use sqlx::PgPool;
use tokio::time::timeout;

use super::*;
use crate::{
    Error,
    kit::{export::Format, list::ROWS_A_PAGE},
    learning::{content, read_page},
    testing::{World, course, file_has_the_rows_of_the_pages, in_order, key_of, plans, slug},
};

async fn page(world: &World, actor: &Actor, cohort: &NewCohort, query: StudentsQuery) -> Result<CohortPage> {
    cohort_page(&world.services, actor, cohort.id, &query).await
}

async fn listed(world: &World, actor: &Actor) -> Page<CohortCard> {
    my_cohorts(&world.services, actor, &CohortsQuery::default()).await.unwrap().cohorts
}

async fn signed_up(world: &World, email: &str, cohort: &NewCohort) -> Actor {
    let tutor = world.learner(email).await;
    world.grant(&tutor, Role::CohortTutor(cohort.id)).await;
    tutor
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_people_who_are_signed_up_see_a_cohort(db: PgPool) {
    let world = World::new(db);
    let (mine, other, elsewhere) = (
        world.cohort("North", "Autumn").await,
        world.cohort("North", "Spring").await,
        world.cohort("Coast", "Autumn").await,
    );
    let tutor = signed_up(&world, "tutor@north.example", &mine).await;
    let colleague = world.learner("colleague@north.example").await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &mine).await;
    let lead = world.learner("lead@north.example").await;
    let north: uuid::Uuid = sqlx::query_scalar("select id from organisations where name = 'North'")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    world.grant(&lead, Role::OrganisationAdministrator(OrganisationId(north))).await;
    let sees = async |actor: &Actor| {
        let mut seen = [false; 3];
        for (seen, cohort) in seen.iter_mut().zip([&mine, &other, &elsewhere]) {
            let page = page(&world, actor, cohort, StudentsQuery::default()).await;
            assert!(matches!(page, Ok(_) | Err(Error::NotFound)));
            *seen = page.is_ok();
            let mut db = world.services.db.acquire().await.unwrap();
            let hears = actor.may_hear_of(&mut db, Topic::Cohort(cohort.id)).await;
            assert_eq!(hears.is_ok(), *seen);
        }
        let listed: Vec<_> = listed(&world, actor).await.rows.iter().map(|card| card.id).collect();
        let expected: Vec<_> = [&mine, &other, &elsewhere]
            .iter()
            .zip(seen)
            .filter(|(_, seen)| *seen)
            .map(|(cohort, _)| cohort.id)
            .collect();
        assert_eq!(listed, expected);
        seen
    };
    assert_eq!(sees(&tutor).await, [true, false, false]);
    assert_eq!(sees(&lead).await, [true, true, false]);
    assert_eq!(sees(&colleague).await, [false; 3]);
    assert_eq!(sees(&student).await, [false; 3]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_table_shows_access_and_completion(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let before = page(&world, &tutor, &cohort, StudentsQuery::default()).await.unwrap();
    assert_eq!((before.students.rows[0].modules.as_str(), &before.students.rows[0].last_seen), ("NN", &None));
    read_page(&world.services, &student, &slug("nmp"), &slug("two"), &slug("page-1"), true).await.unwrap();
    let after = page(&world, &tutor, &cohort, StudentsQuery::default()).await.unwrap();
    assert_eq!(after.students.rows[0].modules, "NI");
    assert_eq!(after.students.rows[0].last_seen.as_ref().unwrap().london, "22 November 2026 at 9am");
    assert_eq!(after.modules, ["Module one", "Module two"]);
}

/// The cohort has five hundred students and sixty modules. In every order, each student is on exactly one page.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_a_large_cohort_show_each_student_once(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    another_cohort(&world).await;
    let names: Vec<_> = (0..60).map(|n| format!("m{n}")).collect();
    content::import(&world.services, &course(&names.iter().map(String::as_str).collect::<Vec<_>>(), 1))
        .await
        .unwrap();
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    sqlx::query(
        "with p as (insert into people (id, email, full_name, created_at)
            select gen_random_uuid(), 's' || n || '@north.example', case when n % 2 = 0 then 'Student ' else 'student ' end || n % 90, now()
            from generate_series(1, 500) n returning id),
        m as (insert into memberships (organisation_id, person_id, joined_at)
            select c.organisation_id, p.id, now() from p, cohorts c where c.id = $2)
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at, modules_completed, last_seen_at)
        select gen_random_uuid(), p.id, $1, $2, now(), floor(random() * 60), case when random() < 0.8 then now() - random() * interval '9 days' end
        from p",
    )
    .bind(cohort.course.0)
    .bind(cohort.id.0)
    .execute(&world.services.db)
    .await
    .unwrap();
    type Stored = (uuid::Uuid, String, String, i16, Option<DateTime<Utc>>);
    let stored: Vec<Stored> = sqlx::query_as(
        "select e.id, p.email, p.full_name, e.modules_completed, e.last_seen_at
        from enrolments e join people p on p.id = e.learner_id where e.cohort_id = $1",
    )
    .bind(cohort.id.0)
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    for sort in StudentSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = StudentsQuery { sort, descending, ..StudentsQuery::default() };
            let mut seen = Vec::new();
            loop {
                let page = page(&world, &tutor, &cohort, query.clone()).await.unwrap();
                let page = page.students;
                assert_eq!((page.found, page.in_all), (500, 500));
                assert!(
                    page.rows.len() <= ROWS_A_PAGE
                        && page.rows.iter().all(|student| student.modules.len() == 60)
                );
                seen.extend(page.rows.into_iter().map(|student| (student.email, student.completed)));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
            let rows = stored.iter().map(|(id, email, name, completed, last_seen)| {
                let key = match sort {
                    StudentSort::Name => name.to_lowercase(),
                    StudentSort::Completed => format!("{completed:05}"),
                    StudentSort::LastSeen => last_seen.map(key_of).unwrap_or_default(),
                };
                (key, *id, (email.clone(), u16::try_from(*completed).unwrap()))
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
}

/// Another cohort of the organisation, with a student who belongs into no list of the first one.
async fn another_cohort(world: &World) {
    let cohort = world.cohort("North", "Spring").await;
    let student = world.learner("spring@north.example").await;
    world.enrol(&student, &cohort).await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_search_matches_the_typed_text_literally(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    for name in ["ann_lee", "annalee", "bo"] {
        let student = world.learner(&format!("{name}@north.example")).await;
        world.enrol(&student, &cohort).await;
    }
    sqlx::query("update people set full_name = 'Ann Marie Lee' where email like 'annalee@%'")
        .execute(&world.services.db)
        .await
        .unwrap();
    for (search, found) in [
        ("", 3),
        (" ANN ", 2),
        ("n_l", 1),
        ("%", 0),
        ("\\", 0),
        ("'; drop table people", 0),
        ("\0", 3),
        ("north", 3),
        // Extra spaces and invisible characters are ignored.
        ("Ann  Marie", 1),
        ("ann\u{a0}marie\u{200b}", 1),
        ("\u{feff}ann\u{ad} marie ", 1),
    ] {
        let query = StudentsQuery { search: search.into(), ..StudentsQuery::default() };
        assert_eq!(
            page(&world, &tutor, &cohort, query).await.unwrap().students.rows.len(),
            found,
            "{search}"
        );
    }
    // The filter works alone and together with a search.
    sqlx::query("update enrolments e set last_seen_at = now() from people p where p.id = e.learner_id and p.email like 'bo@%'")
        .execute(&world.services.db)
        .await
        .unwrap();
    for (state, search, found) in [
        (StatusShown::All, "", 3),
        (StatusShown::Only(Status::InProgress), "", 1),
        (StatusShown::Only(Status::NotStarted), "", 2),
        (StatusShown::Only(Status::Completed), "", 0),
        (StatusShown::Only(Status::InProgress), "ann", 0),
        (StatusShown::Only(Status::NotStarted), "ann", 2),
    ] {
        let filters = StudentFilters { state, ..StudentFilters::default() };
        let query = StudentsQuery { filters, search: search.into(), ..StudentsQuery::default() };
        let students = page(&world, &tutor, &cohort, query).await.unwrap().students;
        assert_eq!(
            (students.rows.len(), students.found, students.in_all),
            (found, u32::try_from(found).unwrap(), 3)
        );
    }
    let nonsense = StudentsQuery { after: Some("non~sense\0".into()), ..StudentsQuery::default() };
    assert_eq!(page(&world, &tutor, &cohort, nonsense).await.unwrap().students.rows.len(), 3);
}

/// The cohort has more students than one page.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_file_of_a_cohort_has_all_found_students_in_order(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    another_cohort(&world).await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    sqlx::query(
        "with p as (insert into people (id, email, full_name, created_at)
            select gen_random_uuid(), 's' || n || '@north.example', 'Student ' || lpad(n::text, 4, '0'), now()
            from generate_series(1, 2600) n returning id, email),
        m as (insert into memberships (organisation_id, person_id, joined_at)
            select c.organisation_id, p.id, now() from p, cohorts c where c.id = $2)
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at, last_seen_at)
        select gen_random_uuid(), p.id, $1, $2, now(), case when p.email like 's1%' then '2026-06-30T23:05:00Z'::timestamptz end from p",
    )
    .bind(cohort.course.0)
    .bind(cohort.id.0)
    .execute(&world.services.db)
    .await
    .unwrap();
    let taken = async |query: StudentsQuery, format| {
        students_file(&world.services, &tutor, cohort.id, &query, format).await.unwrap()
    };
    let down =
        StudentsQuery { descending: true, after: Some("x".into()), whole: true, ..StudentsQuery::default() };
    let file = taken(down, Format::Csv).await;
    assert_eq!((file.of.as_str(), file.what.as_str()), ("Autumn", "2600 students"));
    let text = String::from_utf8(file.bytes).unwrap();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 2601);
    assert_eq!(
        lines[0],
        "Name,E-mail,Team,Area,Modules completed,Of,Per cent,Last seen (UK time),Needs attention,Module one,Module two"
    );
    assert_eq!(
        lines[1],
        "Student 2600,s2600@north.example,,,0,2,0,,Has not opened a page yet,Not yet started,Not yet started"
    );
    assert_eq!(
        lines[2600],
        "Student 0001,s1@north.example,,,0,2,0,2026-07-01 00:05,Not seen for 144 days,Not yet started,Not yet started"
    );
    let distinct: std::collections::BTreeSet<_> = lines.iter().collect();
    assert_eq!(distinct.len(), 2601);
    // A file has only the found rows.
    let filters =
        StudentFilters { state: StatusShown::Only(Status::InProgress), ..StudentFilters::default() };
    let seen = StudentsQuery { filters, search: "student 1".into(), ..StudentsQuery::default() };
    assert_eq!(taken(seen.clone(), Format::Csv).await.what, "1000 students");
    assert!(taken(seen, Format::Xlsx).await.bytes.starts_with(b"PK"));
    let stranger = world.learner("stranger@north.example").await;
    let refused =
        students_file(&world.services, &stranger, cohort.id, &StudentsQuery::default(), Format::Xlsx).await;
    assert!(matches!(refused, Err(Error::NotFound)));
}

/// The team of one is a formula, and another organisation has named teams of the same people.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_grid_is_filtered_by_team_area_and_state_and_so_are_its_files(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let elsewhere = world.cohort("Coast", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    for name in ["ann", "bo", "cy", "di"] {
        let student = world.learner(&format!("{name}@north.example")).await;
        world.enrol(&student, &cohort).await;
        // The first enrolment counts.
        world.enrol(&student, &elsewhere).await;
    }
    sqlx::raw_sql(
        "update memberships m set team = d.team, area = d.area
        from (values ('ann', 'Ward 7', 'Surgery'), ('bo', 'ward 7b', 'Médicine'), ('cy', '=1+1', 'Surgery'), ('di', null, null)) d (name, team, area),
            people p, organisations o
        where p.email = d.name || '@north.example' and o.name = 'North' and m.person_id = p.id and m.organisation_id = o.id;
        update memberships m set team = 'Ward 7', area = 'Surgery' from organisations o where o.name = 'Coast' and m.organisation_id = o.id;
        update enrolments e set last_seen_at = now(), modules_completed = case when p.email like 'ann@%' then 2 else 1 end
        from people p where p.id = e.learner_id and (p.email like 'ann@%' or p.email like 'bo@%')",
    )
    .execute(&mut *world.services.db.acquire().await.unwrap())
    .await
    .unwrap();
    for (query, found) in [
        ("", "ann bo cy di"),
        // Not by a part of it: Ward 7 is not ward 7b.
        ("team=ward+7", "ann"),
        ("team=WARD+7B", "bo"),
        ("area=medi", ""),
        ("area=surgery", "ann cy"),
        ("area=medicine", "bo"),
        ("team=ward+7&area=surgery", "ann"),
        ("state=completed", "ann"),
        ("state=in-progress", "bo"),
        ("state=not-started", "cy di"),
        ("state=not-started&area=surgery&search=north", "cy"),
        ("team=%25", ""),
    ] {
        let query = StudentsQuery::read(query);
        let students = page(&world, &tutor, &cohort, query.clone()).await.unwrap().students;
        let found: Vec<_> = found.split_whitespace().map(|name| format!("{name}@north.example")).collect();
        let shown: Vec<_> = students.rows.iter().map(|row| row.email.clone()).collect();
        assert_eq!((shown, students.in_all), (found.clone(), 4), "{query:?}");
        let file =
            students_file(&world.services, &tutor, cohort.id, &query, Format::Csv).await.unwrap().bytes;
        assert_eq!(String::from_utf8(file).unwrap().lines().count(), found.len() + 1);
    }
    let everybody =
        students_file(&world.services, &tutor, cohort.id, &StudentsQuery::default(), Format::Csv).await;
    let text = String::from_utf8(everybody.unwrap().bytes).unwrap();
    assert!(text.contains("cy@north.example,'=1+1,Surgery,0,2,0,"), "{text}");
    // Two have never been seen, and have completed as many modules.
    file_has_the_rows_of_the_pages(
        1,
        async |query: StudentsQuery| {
            students_file(&world.services, &tutor, cohort.id, &query, Format::Csv).await.unwrap()
        },
        async |query: StudentsQuery| page(&world, &tutor, &cohort, query).await.unwrap().students,
        |student: &StudentRow| &student.name,
    )
    .await;
}

/// P13: a funder gets figures, and P10: the one view decides whose progress is seen, in the grid, in the list of cohorts, in the pages of
/// the administrators and in the news.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_shows_nobody_whose_progress_its_organisation_may_not_see(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let lead = world.learner("lead@north.example").await;
    world.grant(&lead, Role::OrganisationAdministrator(cohort.organisation)).await;
    for name in ["ann", "bo", "cy"] {
        world.enrol(&world.learner(&format!("{name}@north.example")).await, &cohort).await;
    }
    // Each with the number of students and the share of completed modules in the list.
    let shown = async || {
        let students = page(&world, &tutor, &cohort, StudentsQuery::default()).await.unwrap().students;
        let names: Vec<_> =
            students.rows.iter().map(|row| row.name.trim_end_matches("@north.example")).collect();
        let card = listed(&world, &tutor).await.rows.remove(0);
        assert_eq!(
            (card.students, students.rows.len()),
            (students.in_all, usize::try_from(card.students).unwrap())
        );
        let administered = organisation_cohorts(&world.services, &lead, &slug("north")).await.unwrap();
        let tutors = cohort_tutors(&world.services, &lead, &slug("north"), cohort.id).await.unwrap();
        assert_eq!(
            (administered.cohorts[0].students, tutors.cohort.students),
            (card.students, card.students)
        );
        (names.join(" "), card.completed_percent)
    };
    // Whether the cohort hears that Cy opens a page.
    let cy = world.learner("cy@north.example").await;
    let mut listener = sqlx::postgres::PgListener::connect_with(&world.services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    let mut hears = async |of: &str| {
        let all = async || {
            sqlx::query("select pg_notify('live', 'all')").execute(&world.services.db).await.unwrap();
        };
        // What was told before.
        all().await;
        while listener.recv().await.unwrap().payload() != "all" {}
        read_page(&world.services, &cy, &slug("nmp"), &slug("one"), &slug(of), true).await.unwrap();
        all().await;
        let mut heard = Vec::new();
        loop {
            match listener.recv().await.unwrap().payload() {
                "all" => break heard.contains(&format!("cohort:{}", cohort.id)),
                topic => heard.push(topic.to_owned()),
            }
        }
    };
    let run = async |what: &'static str| {
        sqlx::raw_sql(what).execute(&mut *world.services.db.acquire().await.unwrap()).await.unwrap();
    };
    assert!(hears("page-1").await);
    // Of two modules Ann has completed two, Bo one, and Cy none.
    run("update enrolments e set modules_completed = case when p.email like 'ann@%' then 2 else 1 end
        from people p where p.id = e.learner_id and p.email not like 'cy@%'")
    .await;
    assert_eq!(shown().await, ("ann bo cy".to_owned(), 50));
    run("delete from memberships m using people p where p.id = m.person_id and p.email like 'bo@%'").await;
    assert_eq!(shown().await, ("ann cy".to_owned(), 50));
    let ann = world.learner("ann@north.example").await;
    crate::accounts::withdraw_consent(&world.services, &ann).await.unwrap();
    assert_eq!(shown().await, ("cy".to_owned(), 0));
    run("update organisations set kind = 'funder'").await;
    assert_eq!(shown().await, (String::new(), 0));
    assert!(!hears("page-2").await, "a funder hears of nobody");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_stranger_is_refused_a_file_at_once_although_all_slots_are_taken(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let stranger = world.learner("stranger@north.example").await;
    let _taken = world.services.queues.heavy.all_places();
    let file = async |actor: &Actor, most: Duration| {
        let query = StudentsQuery::default();
        timeout(most, students_file(&world.services, actor, cohort.id, &query, Format::Csv)).await
    };
    // Work waits for a slot for twenty seconds.
    let refused = file(&stranger, Duration::from_secs(10)).await;
    assert!(matches!(refused, Ok(Err(Error::NotFound))));
    // The tutor has permission, and waits.
    assert!(file(&tutor, Duration::from_millis(200)).await.is_err());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_page_to_print_waits_for_a_slot_like_a_file_and_no_other_page_does(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let stranger = world.learner("stranger@north.example").await;
    let taken = world.services.queues.heavy.all_places();
    let students = async |actor: &Actor, whole, most| {
        let query = StudentsQuery { whole, ..StudentsQuery::default() };
        timeout(Duration::from_millis(most), page(&world, actor, &cohort, query)).await
    };
    // Work waits for a slot for twenty seconds.
    assert!(matches!(students(&stranger, true, 10_000).await, Ok(Err(Error::NotFound))));
    assert!(students(&tutor, true, 300).await.is_err());
    assert!(matches!(students(&tutor, false, 10_000).await, Ok(Ok(_))));
    let query = CohortsQuery { whole: true, ..CohortsQuery::default() };
    let mine = async || my_cohorts(&world.services, &tutor, &query).await;
    assert!(timeout(Duration::from_millis(300), mine()).await.is_err());
    drop(taken);
    assert!(matches!(students(&tutor, true, 10_000).await, Ok(Ok(_))));
    assert_eq!(mine().await.unwrap().cohorts.rows.len(), 1);
}

/// Values that are the same in each row are read once, not once for each student.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_is_counted_once_for_its_page(db: PgPool) {
    let found = plans(&db, "as titles").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let plan = &found[0].1;
    // The plan below the head runs for each row.
    let (_, rows) = plan.split_once("CTE Scan on head").unwrap_or(("", plan));
    assert!(!rows.contains("on enrolments"), "{plan}");
}

/// The database also has twenty thousand cohorts of other people.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_list_of_cohorts_scans_no_whole_table(db: PgPool) {
    sqlx::raw_sql(
        "set session_replication_role = replica;
        create function other(n bigint) returns uuid language sql immutable as
            $$ select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
        insert into organisations (id, name, slug, kind, created_at)
        select other(n), 'Other ' || n, 'other-' || n, 'university', now() from generate_series(1, 5000) n;
        insert into cohorts (id, organisation_id, course_id, name, created_at)
        select other(n), other(n % 100), other(0), 'Other ' || n, now() from generate_series(1, 20000) n;
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at)
        select other(n), other(n), other(0), other(n), now() from generate_series(1, 20000) n;
        insert into grants (cohort_id, person_id, role, granted_at, reason)
        select other(n), other(n % 10), 'cohort-tutor', now(), 'Other' from generate_series(1, 20000) n;
        insert into grants (organisation_id, person_id, role, granted_at, reason)
        select other(n), other(n), 'organisation-administrator', now(), 'Other' from generate_series(1, 100) n;
        set session_replication_role = origin;
        analyze",
    )
    .execute(&mut *db.acquire().await.unwrap())
    .await
    .unwrap();
    let found = plans(&db, "as \"completed_percent?\"").await;
    assert_eq!(found.len(), 1, "{found:?}");
    for table in ["cohorts", "enrolments", "organisations"] {
        let whole = format!("Seq Scan on {table} ");
        assert!(!found[0].1.contains(&whole), "{}", found[0].1);
    }
}

/// An administrator of a university has more cohorts than one page shows.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_cohorts_show_each_cohort_once_and_are_searched(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    world.cohort("Coast", "Autumn").await;
    let lead = world.learner("lead@north.example").await;
    let north: uuid::Uuid = sqlx::query_scalar("select id from organisations where name = 'North'")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    world.grant(&lead, Role::OrganisationAdministrator(OrganisationId(north))).await;
    sqlx::query(
        "insert into cohorts (id, organisation_id, course_id, name, created_at)
        select gen_random_uuid(), $1, $2, case when n % 2 = 0 then 'Group ' else 'group ' end || n, now() from generate_series(1, 119) n",
    )
    .bind(north)
    .bind(cohort.course.0)
    .execute(&world.services.db)
    .await
    .unwrap();
    // Some cohorts have no student, and others have several.
    sqlx::query(
        "with n as materialized (select n, gen_random_uuid() as id from generate_series(1, 200) n),
        p as (insert into people (id, email, full_name, created_at) select id, 'm' || n || '@north.example', 'Member ' || n, now() from n),
        m as (insert into memberships (organisation_id, person_id, joined_at) select $1, n.id, now() from n),
        c as (select id, row_number() over (order by name) as number from cohorts where organisation_id = $1)
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at, modules_completed)
        select gen_random_uuid(), n.id, $2, c.id, now(), n.n % 3 from n join c on c.number = n.n * n.n % 60 + 1",
    )
    .bind(north)
    .bind(cohort.course.0)
    .execute(&world.services.db)
    .await
    .unwrap();
    let stored: Vec<(uuid::Uuid, String, i64, i64)> = sqlx::query_as(
        "select c.id, c.name, count(e.id), coalesce(sum(e.modules_completed), 0)
        from cohorts c left join enrolments e on e.cohort_id = c.id where c.organisation_id = $1 group by c.id",
    )
    .bind(north)
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    for sort in CohortSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = CohortsQuery { sort, descending, ..CohortsQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = my_cohorts(&world.services, &lead, &query).await.unwrap().cohorts;
                assert_eq!((page.found, page.in_all), (120, 120));
                sizes.push(page.rows.len());
                let cards = page.rows.into_iter();
                seen.extend(
                    cards
                        .map(|card| (card.id.0, i64::from(card.students), i64::from(card.completed_percent))),
                );
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 20], "{sort:?} {descending}");
            let rows = stored.iter().map(|(id, name, students, completed)| {
                // The course has two modules.
                let percent = if *students == 0 { 0 } else { completed * 100 / (students * 2) };
                let key = match sort {
                    CohortSort::Name => format!("north {}", name.to_lowercase()),
                    CohortSort::Students => format!("{students:07}"),
                    CohortSort::Completed => format!("{percent:03}"),
                };
                (key, *id, (*id, *students, percent))
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    for (search, found) in [("autumn", 1), ("group 11", 11), ("north", 120), ("_", 0)] {
        let query = CohortsQuery { search: search.into(), ..CohortsQuery::default() };
        let page = my_cohorts(&world.services, &lead, &query).await.unwrap().cohorts;
        assert_eq!((page.found, page.in_all), (found, 120), "{search}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_whose_course_has_fewer_modules_than_before_is_still_listed(db: PgPool) {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let tutor = signed_up(&world, "tutor@north.example", &cohort).await;
    let student = world.learner("student@north.example").await;
    world.enrol(&student, &cohort).await;
    let modules: i64 = sqlx::query_scalar("select count(*) from modules where not retired")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    sqlx::query("update enrolments set modules_completed = $1")
        .bind(i16::try_from(modules * 10).unwrap())
        .execute(&world.services.db)
        .await
        .unwrap();
    assert!(modules > 0);
    assert_eq!(listed(&world, &tutor).await.rows[0].completed_percent, 100);
}
