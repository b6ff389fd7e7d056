//! P12: a learner sees the courses that are given to them, and no others.

use domain::{
    access::Role,
    cohorts::{CohortId, CohortsQuery, StudentsQuery},
    organisations::ReportQuery,
};
use sqlx::PgPool;

use super::*;
use crate::{
    cohorts::{NewCohort, cohort_page, ensure_cohort, my_cohorts},
    learning::{self, content},
    organisations::{
        NewUpload, PersonByHand, add_person, answer_membership, confirm_upload, ensure_member,
        ensure_organisation, leave_organisation, report_page, start_upload, undo_upload, upload_page,
    },
    testing::{World, course, slug},
};

/// Two organisations with an administrator each, a cohort on the course `nmp` in the first, and a course that no cohort has.
struct Place {
    world: World,
    north: Of,
    south: Of,
    cohort: NewCohort,
}

struct Of {
    id: OrganisationId,
    slug: Slug,
    head: Actor,
}

async fn place(db: PgPool) -> Place {
    let world = World::new(db);
    let cohort = world.cohort("North", "Autumn").await;
    let ward = content::Course { slug: slug("ward"), title: "On the ward".into(), ..course(&["one"], 2) };
    content::import(&world.services, &ward).await.unwrap();
    let (north, south) = (of(&world, "North").await, of(&world, "South").await);
    Place { world, north, south, cohort }
}

async fn of(world: &World, name: &str) -> Of {
    let mut db = world.services.db.acquire().await.unwrap();
    let id = ensure_organisation(&world.services, &mut db, name, "employer").await.unwrap();
    let lower = name.to_lowercase();
    let head = world.learner(&format!("head@{lower}.example")).await;
    world.grant(&head, Role::OrganisationAdministrator(id)).await;
    Of { id, slug: slug(&lower), head }
}

impl Place {
    /// By hand, which is an upload of one row; once more, it changes the team.
    async fn bring(&self, of: &Of, email: &str, team: &str, cohort: &str) -> Actor {
        let person = PersonByHand {
            name: "Ada Lovelace".into(),
            email: email.into(),
            team: team.into(),
            cohort: cohort.into(),
            attested: true,
            ..PersonByHand::default()
        };
        add_person(&self.world.services, &of.head, &of.slug, person).await.unwrap();
        self.world.learner(email).await
    }

    async fn give(&self, of: &Of, to: &str) {
        assign_course(&self.world.services, &of.head, &of.slug, "ward", to).await.unwrap();
    }

    async fn lines(&self, of: &Of) -> Vec<AssignmentLine> {
        courses_page(&self.world.services, &of.head, &of.slug).await.unwrap().assignments
    }

    /// Takes back the only one.
    async fn take_back(&self, of: &Of) {
        let given: Vec<_> = self.lines(of).await.into_iter().filter_map(|line| line.id).collect();
        let [only] = given[..] else { panic!("{given:?}") };
        take_back_course(&self.world.services, &of.head, &of.slug, only).await.unwrap();
    }

    /// Whether somebody may open the course now. Its page, its check and the list of courses agree.
    async fn opens(&self, actor: &Actor, of: &str) -> bool {
        let (services, of, one) = (&self.world.services, slug(of), slug("one"));
        let page = learning::read_page(services, actor, &of, &one, &slug("page-1"), true).await;
        let opens = page.is_ok();
        assert_eq!(learning::course_page(services, actor, &of).await.is_ok(), opens);
        assert_eq!(learning::module_page(services, actor, &of, &one).await.is_ok(), opens);
        assert_eq!(learning::check_page(services, actor, &of, &one, None, true).await.is_ok(), opens);
        if opens {
            assert!(self.listed(actor).await.contains(&of.to_string()));
        }
        opens
    }

    async fn listed(&self, actor: &Actor) -> Vec<String> {
        let courses = learning::my_courses(&self.world.services, actor).await.unwrap().courses;
        courses.into_iter().map(|card| card.leads_to).collect()
    }

    async fn joins(&self, of: &Of, actor: &Actor) {
        let mut db = self.world.services.db.acquire().await.unwrap();
        ensure_member(&self.world.services, &mut db, of.id, actor.person()).await.unwrap();
    }

    /// The addresses in the report of an organisation, each with the course.
    async fn reported(&self, of: &Of) -> Vec<(String, String)> {
        let report = report_page(&self.world.services, &of.head, &of.slug, &ReportQuery::default()).await;
        let mut rows: Vec<_> =
            report.unwrap().rows.rows.into_iter().map(|row| (row.email, row.course)).collect();
        rows.sort();
        rows
    }

    async fn opened(&self, actor: &Actor) -> usize {
        let page = learning::course_page(&self.world.services, actor, &slug("ward")).await.unwrap();
        page.progress.modules[0].pages_opened()
    }

    async fn run(&self, what: &'static str) {
        sqlx::raw_sql(what).execute(&mut *self.world.services.db.acquire().await.unwrap()).await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_team_sees_what_is_given_to_it_and_nobody_else_does(db: PgPool) {
    let place = place(db).await;
    let ada = place.bring(&place.north, "ada@x.example", "Ward 7", "").await;
    let grace = place.bring(&place.north, "grace@x.example", "Ward 8", "").await;
    let alan = place.bring(&place.north, "alan@x.example", "", "").await;
    let namesake = place.bring(&place.south, "kay@x.example", "Ward 7", "").await;
    let stranger = place.world.learner("stranger@x.example").await;
    assert!(!place.opens(&ada, "ward").await && place.listed(&ada).await.is_empty());
    // Capitals do not matter.
    place.give(&place.north, "team:WARD 7").await;
    assert!(place.opens(&ada, "ward").await);
    for other in [&grace, &alan, &namesake, &stranger, &place.north.head, &place.south.head] {
        assert!(!place.opens(other, "ward").await && place.listed(other).await.is_empty());
    }
    // Only that course.
    assert!(!place.opens(&ada, "nmp").await);
    assert_eq!(place.listed(&ada).await, ["ward"]);
    // Who comes later needs nothing more.
    let late = place.bring(&place.north, "late@x.example", "ward 7", "").await;
    assert!(place.opens(&late, "ward").await);
    let line = place.lines(&place.north).await.into_iter().find(|line| line.id.is_some()).unwrap();
    assert_eq!((line.course.as_str(), line.team.as_deref(), line.people), ("On the ward", Some("Ward 7"), 2));
    assert_eq!(line.by.as_deref(), Some("head@north.example"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_changes_team_or_leaves_opens_it_no_more_and_keeps_their_progress(db: PgPool) {
    let place = place(db).await;
    let ada = place.bring(&place.north, "ada@x.example", "Ward 7", "").await;
    let grace = place.bring(&place.north, "grace@x.example", "Ward 8", "").await;
    place.give(&place.north, "team:Ward 7").await;
    assert!(place.opens(&ada, "ward").await && !place.opens(&grace, "ward").await);
    place.bring(&place.north, "ada@x.example", "Ward 8", "").await;
    place.bring(&place.north, "grace@x.example", "Ward 7", "").await;
    assert!(!place.opens(&ada, "ward").await && place.opens(&grace, "ward").await);
    assert!(place.listed(&ada).await.is_empty());
    place.bring(&place.north, "ada@x.example", "Ward 7", "").await;
    assert_eq!(place.opened(&ada).await, 1);
    place.run("update people set activated_at = now() where activated_at is null").await;
    for gone in [&ada, &grace] {
        leave_organisation(&place.world.services, gone, place.north.id).await.unwrap();
        assert!(!place.opens(gone, "ward").await && place.listed(gone).await.is_empty());
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_taken_back_opens_no_more_and_given_again_it_is_as_it_was(db: PgPool) {
    let place = place(db).await;
    let ada = place.bring(&place.north, "ada@x.example", "", "").await;
    place.give(&place.north, "everyone").await;
    // Twice is once.
    place.give(&place.north, "everyone").await;
    assert!(place.opens(&ada, "ward").await);
    place.take_back(&place.north).await;
    assert!(!place.opens(&ada, "ward").await && place.listed(&ada).await.is_empty());
    let theirs = place.lines(&place.north).await;
    assert!(theirs.iter().all(|line| line.id.is_none()), "the cohort's own course is left: {theirs:?}");
    place.give(&place.north, "everyone").await;
    assert_eq!(place.opened(&ada).await, 1);
    let noted: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where action like 'organisations.course%' and detail ? 'assignment' order by at, id",
    )
    .fetch_all(&place.world.services.db)
    .await
    .unwrap();
    let [given, taken] = ["organisations.course_assigned", "organisations.course_taken_back"];
    assert_eq!(noted, [given, taken, given]);
    let by: Option<Uuid> =
        sqlx::query_scalar("select taken_back_by from course_assignments where taken_back_at is not null")
            .fetch_one(&place.world.services.db)
            .await
            .unwrap();
    assert_eq!(by, Some(place.north.head.person().0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_taken_back_twice_is_taken_back_once(db: PgPool) {
    let place = place(db).await;
    place.give(&place.north, "everyone").await;
    let given = place.lines(&place.north).await.into_iter().find_map(|line| line.id).unwrap();
    for _ in 0..2 {
        take_back_course(&place.world.services, &place.north.head, &place.north.slug, given).await.unwrap();
    }
    let noted: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'organisations.course_taken_back'",
    )
    .fetch_one(&place.world.services.db)
    .await
    .unwrap();
    assert_eq!(noted, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_sees_an_assignment_hears_of_it_and_of_its_end(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    place.bring(&place.north, "alan@x.example", "", "").await;
    let mut listener = sqlx::postgres::PgListener::connect_with(&services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    let mut expected = [
        format!("cohort:{}", place.cohort.id),
        format!("learner:{}", ada.person()),
        format!("organisation:{}", place.north.id),
    ];
    expected.sort();
    let mut hears = async || {
        let mut heard = Vec::new();
        for _ in 0..expected.len() {
            heard.push(listener.recv().await.unwrap().payload().to_owned());
        }
        heard.sort();
        assert_eq!(heard, expected);
    };
    place.give(&place.north, &Audience::Cohort(place.cohort.id).to_string()).await;
    hears().await;
    place.take_back(&place.north).await;
    hears().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_given_is_named_and_the_second_time_gives_nothing(db: PgPool) {
    let place = place(db).await;
    let (services, north) = (&place.world.services, &place.north);
    let give = async || assign_course(services, &north.head, &north.slug, "ward", "everyone").await.unwrap();
    let given = give().await;
    assert!(given.is_some() && place.lines(north).await.iter().any(|line| line.id == given));
    assert_eq!(give().await, given, "the button was pressed twice");
    place.world.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(give().await, None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_course_is_not_given_while_a_file_is_taken_in_and_the_administrator_is_told(db: PgPool) {
    let place = place(db).await;
    let (services, north) = (&place.world.services, &place.north);
    let mut taking = services.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('upload ' || $1::uuid, 0))")
        .bind(north.id.0)
        .execute(&mut *taking)
        .await
        .unwrap();
    let refused = assign_course(services, &north.head, &north.slug, "ward", "everyone").await;
    assert!(matches!(refused, Err(Error::Invalid(problems)) if problems[0].field == "to"));
    // Those of another organisation do not wait.
    place.give(&place.south, "everyone").await;
    taking.commit().await.unwrap();
    place.give(north, "everyone").await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_page_says_when_it_does_not_have_every_team(db: PgPool) {
    let place = place(db).await;
    place
        .run(
            "with p as (
                insert into people (id, email, full_name, created_at, activated_at)
                select gen_random_uuid(), n || '@x.example', 'Nurse ' || n, now(), now() from generate_series(1, 301) n returning id, email)
            insert into memberships (organisation_id, person_id, team, joined_at)
            select o.id, p.id, 'Ward ' || p.email, now() from p cross join organisations o where o.name = 'North'",
        )
        .await;
    let page = courses_page(&place.world.services, &place.north.head, &place.north.slug).await.unwrap();
    assert_eq!((page.teams.len(), page.all_teams, page.cohorts.len(), page.all_cohorts), (300, 301, 1, 1));
}

/// However many people a file moves, they are looked at in one statement.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn people_who_are_moved_together_are_enrolled_together(db: PgPool) {
    const PEOPLE: [&str; 6] = ["Ann", "Ben", "Cay", "Dee", "Eve", "Fay"];
    let place = place(db).await;
    let (services, north) = (&place.world.services, &place.north);
    let spring = {
        let mut db = services.db.acquire().await.unwrap();
        ensure_cohort(services, &mut db, north.id, place.cohort.course, "Spring").await.unwrap()
    };
    let take = async |cohort: &str| {
        let rows: String =
            PEOPLE.iter().map(|name| format!("{name} Nurse,{name}@x.example,{cohort}\n")).collect();
        let bytes = format!("Name,E-mail,Cohort\n{rows}").into_bytes();
        let new = NewUpload { file_name: "people.csv".into(), bytes, attested: true };
        let upload = start_upload(services, &north.head, &north.slug, new).await.unwrap();
        let query = domain::organisations::RowsQuery::default();
        let page = upload_page(services, &north.head, &north.slug, upload, &query).await.unwrap();
        confirm_upload(services, &north.head, &north.slug, upload, page.version).await.unwrap();
        crate::kit::jobs::run_ready(services).await.unwrap();
    };
    take("Autumn").await;
    place
        .run(
            "create table made (at timestamptz);
            create function count_made() returns trigger language plpgsql as $$ begin
                insert into made values (clock_timestamp());
                return null;
            end $$;
            create trigger count_made after insert on enrolments for each statement execute function count_made();",
        )
        .await;
    let made = async || -> i64 {
        sqlx::query_scalar("select count(*) from made").fetch_one(&services.db).await.unwrap()
    };
    // Nothing is assigned to anybody: the upload writes the places, and nothing else does.
    take("Spring").await;
    assert_eq!(made().await, 1);
    place.give(north, &Audience::Cohort(spring.id).to_string()).await;
    take("Autumn").await;
    let before = made().await;
    take("Spring").await;
    let statements = made().await - before;
    assert!(statements <= 3, "{statements} statements for so many people");
    let ward: i64 = sqlx::query_scalar(
        "select count(*) from enrolments e join courses c on c.id = e.course_id where c.slug = 'ward'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(usize::try_from(ward), Ok(PEOPLE.len()));
    // So it is with news of progress, which a recount changes for many at once. The one for each row completes the row itself.
    let for_each: i64 = sqlx::query_scalar(
        "select count(*) from pg_trigger
        where tgrelid = 'enrolments'::regclass and not tgisinternal and tgtype & 1 = 1 and tgname <> 'enrolments_of_cohort'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(for_each, 0, "no trigger fires for each row");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_course_is_given_while_an_account_is_being_removed(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    place.bring(&place.north, "gone@x.example", "", "").await;
    let ada = place.bring(&place.north, "ada@x.example", "", "").await;
    let mut removing = services.begin().await.unwrap();
    sqlx::query("delete from people where email = 'gone@x.example'").execute(&mut *removing).await.unwrap();
    let remove = async {
        for _ in 0..2_000 {
            let waits: bool = sqlx::query_scalar(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')",
            )
            .fetch_one(&services.db)
            .await
            .unwrap();
            if waits {
                break;
            }
        }
        removing.commit().await.unwrap();
    };
    tokio::join!(place.give(&place.north, "everyone"), remove);
    assert!(place.opens(&ada, "ward").await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn another_organisation_gives_nothing_takes_nothing_back_and_sees_nothing(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (north, south) = (&place.north, &place.south);
    let ada = place.bring(north, "ada@x.example", "Ward 7", "").await;
    place.give(north, "everyone").await;
    let given = place.lines(north).await.into_iter().find_map(|line| line.id).unwrap();
    assert!(place.lines(south).await.is_empty());
    assert!(matches!(
        take_back_course(services, &south.head, &south.slug, given).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        take_back_course(services, &south.head, &north.slug, given).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(courses_page(services, &south.head, &north.slug).await, Err(Error::NotFound)));
    assert!(matches!(
        assign_course(services, &ada, &north.slug, "ward", "everyone").await,
        Err(Error::NotFound)
    ));
    let missing = |field: &str| FieldProblem::new(field, Problem::ChoiceMissing);
    let theirs = Audience::Cohort(place.cohort.id).to_string();
    for to in [theirs.as_str(), "team:Ward 7", "nobody", ""] {
        let refused = assign_course(services, &south.head, &south.slug, "ward", to).await;
        assert!(matches!(refused, Err(Error::Invalid(problems)) if problems == [missing("to")]), "{to}");
    }
    let refused = assign_course(services, &north.head, &north.slug, "none", "").await;
    assert!(
        matches!(refused, Err(Error::Invalid(problems)) if problems == [missing("course"), missing("to")])
    );
    assert!(place.opens(&ada, "ward").await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_gets_a_second_course_on_its_days(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    let alan = place.bring(&place.north, "alan@x.example", "", "").await;
    place.give(&place.north, &Audience::Cohort(place.cohort.id).to_string()).await;
    assert!(place.opens(&ada, "ward").await && place.opens(&ada, "nmp").await);
    assert!(!place.opens(&alan, "ward").await);
    let late = place.bring(&place.north, "late@x.example", "", "Autumn").await;
    assert!(place.opens(&late, "ward").await);
    // Before its days the list says when, and no course opens.
    place.run("update cohorts set access_from = '2026-12-01' where name = 'Autumn'").await;
    assert!(!place.opens(&ada, "ward").await && !place.opens(&ada, "nmp").await);
    let summaries = learning::my_courses(services, &ada).await.unwrap().courses;
    assert!(summaries.iter().all(|card| card.summary == "Opens on 1 December 2026"), "{summaries:?}");
    place.run("update cohorts set access_from = null").await;
    // Who goes to another cohort leaves it.
    let mut db = services.db.acquire().await.unwrap();
    let course = place.cohort.course;
    ensure_cohort(services, &mut db, place.north.id, course, "Spring").await.unwrap();
    drop(db);
    place.bring(&place.north, "ada@x.example", "", "Spring").await;
    assert!(!place.opens(&ada, "ward").await && place.opens(&ada, "nmp").await);
    place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    assert_eq!(place.opened(&ada).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_grid_of_a_cohort_has_every_course_that_is_given_to_it(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    place.bring(&place.north, "grace@x.example", "", "Autumn").await;
    let query = StudentsQuery::default();
    let grid = async || cohort_page(services, &place.north.head, place.cohort.id, &query).await.unwrap();
    let before = grid().await;
    assert_eq!((before.course.as_str(), before.modules.len()), ("Learning to prescribe", 2));
    place.give(&place.north, &Audience::Cohort(place.cohort.id).to_string()).await;
    // A course for everyone belongs to no cohort.
    assign_course(services, &place.north.head, &place.north.slug, "nmp", "everyone").await.unwrap();
    let mut listener = sqlx::postgres::PgListener::connect_with(&services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    let (ward, one) = (slug("ward"), slug("one"));
    learning::read_page(services, &ada, &ward, &one, &slug("page-1"), true).await.unwrap();
    let heard = [listener.recv().await.unwrap(), listener.recv().await.unwrap()];
    let heard = heard.map(|note| note.payload().to_owned());
    assert_eq!(heard, [format!("learner:{}", ada.person()), format!("cohort:{}", place.cohort.id)]);
    let page = grid().await;
    assert_eq!(page.course, "Learning to prescribe, On the ward");
    assert_eq!(page.modules, ["Module one", "Module two", "On the ward: Module one"]);
    assert_eq!((page.students.found, page.students.in_all), (2, 2));
    let row = |email: &str| {
        let row = page.students.rows.iter().find(|row| row.email == email).unwrap();
        (row.modules.clone(), row.last_seen.is_some())
    };
    assert_eq!(row("ada@x.example"), ("NNI".to_owned(), true));
    assert_eq!(row("grace@x.example"), ("NNN".to_owned(), false));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_student_who_leaves_the_organisation_opens_its_cohorts_course_no_more(db: PgPool) {
    let place = place(db).await;
    let ada = place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    assert!(place.opens(&ada, "nmp").await);
    place.run("update people set activated_at = now() where activated_at is null").await;
    leave_organisation(&place.world.services, &ada, place.north.id).await.unwrap();
    assert!(!place.opens(&ada, "nmp").await && place.listed(&ada).await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_an_account_gets_the_course_with_their_yes(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.give(&place.north, "everyone").await;
    // The same course as the cohort's own comes by an assignment first.
    assign_course(services, &place.north.head, &place.north.slug, "nmp", "everyone").await.unwrap();
    place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    assert!(!place.opens(&ada, "ward").await, "she has not agreed yet");
    answer_membership(services, &ada, place.north.id, true).await.unwrap();
    assert!(place.opens(&ada, "ward").await && place.opens(&ada, "nmp").await);
    let cohort: Option<Uuid> = sqlx::query_scalar(
        "select e.cohort_id from enrolments e join courses c on c.id = e.course_id where c.slug = 'nmp'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(cohort.map(CohortId), Some(place.cohort.id), "and she studies in the cohort");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_somebody_follows_without_an_organisation_stays_theirs(db: PgPool) {
    let place = place(db).await;
    let ada = place.bring(&place.north, "ada@x.example", "", "").await;
    sqlx::query(
        "insert into enrolments (id, learner_id, course_id, enrolled_at)
        select gen_random_uuid(), $1, id, now() from courses where slug = 'ward'",
    )
    .bind(ada.person().0)
    .execute(&place.world.services.db)
    .await
    .unwrap();
    place.give(&place.north, "everyone").await;
    place.take_back(&place.north).await;
    assert!(place.opens(&ada, "ward").await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_upload_that_is_undone_leaves_what_another_organisation_gives(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    assign_course(services, &place.south.head, &place.south.slug, "nmp", "everyone").await.unwrap();
    let mut db = services.db.acquire().await.unwrap();
    crate::organisations::ensure_member(services, &mut db, place.south.id, ada.person()).await.unwrap();
    drop(db);
    let upload: Uuid = sqlx::query_scalar("select id from uploads").fetch_one(&services.db).await.unwrap();
    let upload = domain::organisations::UploadId(upload);
    undo_upload(services, &place.north.head, &place.north.slug, upload).await.unwrap();
    crate::kit::jobs::run_ready(services).await.unwrap();
    assert!(place.opens(&ada, "nmp").await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_comes_while_a_course_is_given_gets_it_too(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    let mut coming = services.begin().await.unwrap();
    crate::organisations::ensure_member(services, &mut coming, place.north.id, ada.person()).await.unwrap();
    let come = async {
        // The assignment waits for her, as it does for an upload.
        for _ in 0..2_000 {
            let waits: bool = sqlx::query_scalar(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')",
            )
            .fetch_one(&services.db)
            .await
            .unwrap();
            if waits {
                break;
            }
        }
        coming.commit().await.unwrap();
    };
    tokio::join!(place.give(&place.north, "everyone"), come);
    assert!(place.opens(&ada, "ward").await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_learners_of_an_organisation_are_counted_once_a_course(db: PgPool) {
    let place = place(db).await;
    place.bring(&place.north, "ada@x.example", "Ward 7", "Autumn").await;
    place.bring(&place.north, "alan@x.example", "Ward 7", "").await;
    place.bring(&place.south, "kay@x.example", "Ward 7", "").await;
    for to in ["everyone", "team:Ward 7", &Audience::Cohort(place.cohort.id).to_string()] {
        place.give(&place.north, to).await;
    }
    let pairs: Vec<(String, String, Option<Uuid>, Option<String>)> = sqlx::query_as(
        "select p.email, c.slug, l.cohort_id, l.team from course_learners l join people p on p.id = l.person_id
        join courses c on c.id = l.course_id order by p.email, c.slug",
    )
    .fetch_all(&place.world.services.db)
    .await
    .unwrap();
    let (cohort, ward) = (Some(place.cohort.id.0), Some("Ward 7".to_owned()));
    let pair =
        |email: &str, course: &str, cohort| (email.to_owned(), course.to_owned(), cohort, ward.clone());
    assert_eq!(
        pairs,
        [
            pair("ada@x.example", "nmp", cohort),
            pair("ada@x.example", "ward", cohort),
            pair("alan@x.example", "ward", None),
        ]
    );
    let page = courses_page(&place.world.services, &place.north.head, &place.north.slug).await.unwrap();
    assert_eq!((page.people, page.all, page.assignments.len()), (2, 4, 4));
    let to = page.assignments.iter().map(|line| (line.team.as_deref(), line.cohort.as_deref(), line.people));
    assert_eq!(
        to.collect::<Vec<_>>(),
        [(None, Some("Autumn"), 1), (None, None, 2), (Some("Ward 7"), None, 2), (None, Some("Autumn"), 1)]
    );
    assert_eq!((page.teams.len(), page.cohorts.len(), page.courses.len()), (1, 1, 2));
}

/// P7, P10: what is done for another organisation, or alone, is not seen by one that gives the same course.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_sees_nothing_of_what_is_done_elsewhere_or_alone(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let sol = place.world.learner("sol@x.example").await;
    sqlx::query(
        "insert into enrolments (id, learner_id, course_id, enrolled_at)
        select gen_random_uuid(), $1, id, now() from courses where slug = 'nmp'",
    )
    .bind(sol.person().0)
    .execute(&services.db)
    .await
    .unwrap();
    let ada = place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    for learner in [&ada, &sol] {
        place.joins(&place.south, learner).await;
    }
    let kay = place.bring(&place.south, "kay@x.example", "", "").await;
    assign_course(services, &place.south.head, &place.south.slug, "nmp", "everyone").await.unwrap();
    for learner in [&ada, &sol, &kay] {
        assert!(place.opens(learner, "nmp").await);
    }
    let line = |email: &str| (email.to_owned(), "Learning to prescribe".to_owned());
    assert_eq!(place.reported(&place.south).await, [line("kay@x.example")]);
    assert_eq!(place.reported(&place.north).await, [line("ada@x.example")]);
    // Taken back, it is in no report; and what is alone stays alone.
    place.take_back(&place.south).await;
    assert!(place.reported(&place.south).await.is_empty());
    assert!(place.opens(&sol, "nmp").await && !place.opens(&kay, "nmp").await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_grid_of_a_cohort_has_nothing_of_what_is_done_elsewhere_in_a_course_that_is_given_to_it(
    db: PgPool,
) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.joins(&place.south, &ada).await;
    place.give(&place.south, "everyone").await;
    assert!(place.opens(&ada, "ward").await);
    place.bring(&place.north, "ada@x.example", "", "Autumn").await;
    answer_membership(services, &ada, place.north.id, true).await.unwrap();
    let grace = place.bring(&place.north, "grace@x.example", "", "Autumn").await;
    place.give(&place.north, &Audience::Cohort(place.cohort.id).to_string()).await;
    assert!(place.opens(&ada, "ward").await && place.opens(&grace, "ward").await);
    let completes = async |learner: &Actor| {
        sqlx::query(
            "update enrolments e set modules_completed = 1 from courses c
            where c.id = e.course_id and c.slug = 'ward' and e.learner_id = $1",
        )
        .bind(learner.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    };
    let seen = async || {
        let query = StudentsQuery::default();
        let grid = cohort_page(services, &place.north.head, place.cohort.id, &query).await.unwrap();
        let mut rows: Vec<_> = grid.students.rows.into_iter().map(|row| (row.email, row.completed)).collect();
        rows.sort();
        let mine = my_cohorts(services, &place.north.head, &CohortsQuery::default()).await.unwrap();
        (rows, mine.cohorts.rows[0].completed_percent)
    };
    let row = |email: &str, completed: u16| (email.to_owned(), completed);
    completes(&ada).await;
    assert_eq!(seen().await, (vec![row("ada@x.example", 0), row("grace@x.example", 0)], 0));
    // Of two students with three modules each, Grace has completed the one of the second course: the list counts as the grid does.
    completes(&grace).await;
    assert_eq!(seen().await, (vec![row("ada@x.example", 0), row("grace@x.example", 1)], 16));
    assert_eq!(place.reported(&place.south).await, [("ada@x.example".to_owned(), "On the ward".to_owned())]);
    let query = StudentsQuery::default();
    let grid = cohort_page(services, &place.north.head, place.cohort.id, &query).await.unwrap();
    let mut rows: Vec<_> = grid.students.rows.into_iter().map(|row| (row.email, row.modules)).collect();
    rows.sort();
    let row = |email: &str, modules: &str| (email.to_owned(), modules.to_owned());
    // Grace has opened the second course. Ada's place on it was not made for this organisation: that, and not that she has not begun.
    assert_eq!(rows, [row("ada@x.example", "NNX"), row("grace@x.example", "NNI")]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_has_a_place_that_another_organisation_gave_only_while_it_is_unused(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (ada, grace) =
        (place.world.learner("ada@x.example").await, place.world.learner("grace@x.example").await);
    for learner in [&ada, &grace] {
        place.joins(&place.south, learner).await;
    }
    assign_course(services, &place.south.head, &place.south.slug, "nmp", "everyone").await.unwrap();
    assert!(place.opens(&grace, "nmp").await);
    for (learner, email) in [(&ada, "ada@x.example"), (&grace, "grace@x.example")] {
        place.bring(&place.north, email, "", "Autumn").await;
        answer_membership(services, learner, place.north.id, true).await.unwrap();
    }
    let line = |email: &str| (email.to_owned(), "Learning to prescribe".to_owned());
    assert_eq!(place.reported(&place.north).await, [line("ada@x.example")]);
    assert_eq!(place.reported(&place.south).await, [line("grace@x.example")]);
    let grid = cohort_page(services, &place.north.head, place.cohort.id, &StudentsQuery::default()).await;
    assert_eq!(grid.unwrap().students.in_all, 1);
    assert!(place.opens(&ada, "nmp").await && place.opens(&grace, "nmp").await);
}
