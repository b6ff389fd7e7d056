//! P21: who has completed what, as a list and as a file. P5, P7, P12: for the administrators of the organisation alone, and of what it gives.

use chrono::{DateTime, Utc};
use domain::{access::Role, organisations::ReportSort};
use sqlx::PgPool;
use uuid::Uuid;

use super::*;
use crate::{
    cohorts::NewCohort,
    kit::list::ROWS_A_PAGE,
    learning::content,
    organisations::assign_course,
    testing::{World, course, file_has_the_rows_of_the_pages, in_order, key_of, slug},
};

/// Two organisations with a cohort each, and the administrator of the first.
struct Place {
    world: World,
    head: Actor,
    cohort: NewCohort,
    elsewhere: NewCohort,
}

async fn place(db: PgPool) -> Place {
    let world = World::new(db);
    let (cohort, elsewhere) = (world.cohort("North", "Autumn").await, world.cohort("Coast", "Autumn").await);
    let ward = content::Course { slug: slug("ward"), title: "On the ward".into(), ..course(&["three"], 1) };
    content::import(&world.services, &ward).await.unwrap();
    let head = world.learner("head@north.example").await;
    world.grant(&head, Role::OrganisationAdministrator(cohort.organisation)).await;
    Place { world, head, cohort, elsewhere }
}

impl Place {
    async fn student(&self, name: &str, cohort: &NewCohort) -> Actor {
        let student = self.world.learner(&format!("{name}@x.example")).await;
        self.world.enrol(&student, cohort).await;
        student
    }

    async fn report(&self, query: &str) -> OrganisationReport {
        let query = ReportQuery::read(query);
        report_page(&self.world.services, &self.head, &slug("north"), &query).await.unwrap()
    }

    /// Who is found, in order, each with the course.
    async fn found(&self, query: &str) -> Vec<String> {
        let rows = self.report(query).await.rows.rows;
        rows.into_iter()
            .map(|row| format!("{} {}", row.name.trim_end_matches("@x.example"), row.course))
            .collect()
    }

    async fn csv(&self, query: &str) -> (String, Vec<String>) {
        let (query, north) = (ReportQuery::read(query), slug("north"));
        let file = report_file(&self.world.services, &self.head, &north, &query, Format::Csv).await.unwrap();
        let text = String::from_utf8(file.bytes).unwrap();
        (file.what, text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect())
    }

    async fn run(&self, what: &'static str) {
        sqlx::raw_sql(what).execute(&mut *self.world.services.db.acquire().await.unwrap()).await.unwrap();
    }
}

/// Two modules of a cohort's course: Ann has completed both, Bo one, and Cy none. Ann's team has another course. The team and the area of
/// Cy are formulas.
async fn three(place: &Place) {
    for name in ["ann", "bo", "cy"] {
        place.student(name, &place.cohort).await;
    }
    place
        .run(
            "update memberships m set student_number = d.number, team = d.team, area = d.area
            from (values ('ann', '0007', 'Ward 7', 'Surgery'), ('bo', '0008', 'Ward 8', 'Médicine'), ('cy', null, '=1+1', '@SUM(A1)'))
                d (name, number, team, area), people p
            where p.email = d.name || '@x.example' and m.person_id = p.id;
            insert into module_completions (enrolment_id, module_id, completed_at)
            select e.id, m.id, timestamptz '2026-06-30 23:05Z' - (2 - m.position) * interval '1 day'
            from enrolments e join people p on p.id = e.learner_id join modules m on m.course_id = e.course_id
            where p.email = 'ann@x.example' or p.email = 'bo@x.example' and m.slug = 'one';
            update enrolments e set modules_completed = c.completed, modules_entered = c.completed, last_seen_at = now()
            from (select enrolment_id, count(*) as completed from module_completions group by enrolment_id) c where c.enrolment_id = e.id",
        )
        .await;
    assign_course(&place.world.services, &place.head, &slug("north"), "ward", "team:Ward 7").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_report_has_a_row_for_each_person_and_each_course_that_the_organisation_gives(db: PgPool) {
    let place = place(db).await;
    assert_eq!(place.report("").await.rows.in_all, 0);
    three(&place).await;
    let report = place.report("").await;
    assert_eq!((report.head.name.as_str(), report.organisation), ("North", place.cohort.organisation));
    assert_eq!(report.counts, ReportCounts { completed: 1, in_progress: 1, not_started: 2 });
    assert_eq!((report.rows.found, report.rows.in_all), (4, 4));
    let rows: Vec<_> = report
        .rows
        .rows
        .iter()
        .filter(|row| row.course != "On the ward")
        .map(|row| {
            let last = row.last_completed.as_ref().map(|moment| moment.london.as_str());
            (row.name.as_str(), row.completed, row.modules, last, row.status)
        })
        .collect();
    let positions: Vec<i16> =
        sqlx::query_scalar("select position from modules where slug in ('one', 'two') order by position")
            .fetch_all(&place.world.services.db)
            .await
            .unwrap();
    // The last of both, or the first alone.
    let of = |position: i16| {
        let last: DateTime<Utc> = "2026-06-30T23:05:00Z".parse().unwrap();
        moment(last - chrono::Duration::days(2 - i64::from(position))).london
    };
    let (first, last) = (of(positions[0]), of(positions[1]));
    assert_eq!(
        rows,
        [
            ("ann@x.example", 2, 2, Some(last.as_str()), Status::Completed),
            ("bo@x.example", 1, 2, Some(first.as_str()), Status::InProgress),
            ("cy@x.example", 0, 2, None, Status::NotStarted),
        ]
    );
    let ward = report.rows.rows.iter().find(|row| row.course == "On the ward").unwrap();
    assert_eq!(
        (ward.name.as_str(), ward.cohort.as_deref(), ward.modules, ward.status),
        ("ann@x.example", None, 1, Status::NotStarted)
    );
    let ann = report.rows.rows.iter().find(|row| row.completed == 2).unwrap();
    let kept = [&ann.cohort, &ann.team, &ann.area, &ann.student_number].map(Option::as_deref);
    assert_eq!(kept, ["Autumn", "Ward 7", "Surgery", "0007"].map(Some));
    assert_eq!(report.names.teams, ["=1+1", "Ward 7", "Ward 8"]);
    assert_eq!(report.names.areas, ["@SUM(A1)", "Médicine", "Surgery"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_sees_its_own_people_in_its_own_courses(db: PgPool) {
    let place = place(db).await;
    three(&place).await;
    let theirs = place.student("dee", &place.elsewhere).await;
    // Of both organisations, and in a course of the other.
    place
        .run("insert into memberships (organisation_id, person_id, joined_at)
            select o.id, p.id, now() from organisations o, people p where o.name = 'North' and p.email = 'dee@x.example'")
        .await;
    let services = &place.world.services;
    // Nor when it gives the same course: what is done elsewhere is not its own.
    assign_course(services, &place.head, &slug("north"), "nmp", "everyone").await.unwrap();
    assert!(place.found("search=dee").await.is_empty());
    let refused = async |actor: &Actor, of: &str| {
        let query = ReportQuery::default();
        let page = report_page(services, actor, &slug(of), &query).await;
        let file = report_file(services, actor, &slug(of), &query, Format::Xlsx).await;
        matches!((page, file), (Err(Error::NotFound), Err(Error::NotFound)))
    };
    let (tutor, support) =
        (place.world.learner("tutor@x.example").await, place.world.learner("support@x.example").await);
    place.world.grant(&tutor, Role::CohortTutor(place.cohort.id)).await;
    place.world.grant(&support, Role::Support).await;
    for actor in [&tutor, &support, &theirs] {
        assert!(refused(actor, "north").await && refused(actor, "nowhere").await);
    }
    assert!(refused(&place.head, "coast").await && !refused(&place.head, "north").await);
    // Who leaves the organisation is seen no longer, and a funder sees nobody.
    place
        .run("delete from memberships m using people p where p.id = m.person_id and p.email = 'bo@x.example'")
        .await;
    assert_eq!(
        place.found("course=learning+to+prescribe").await,
        ["ann Learning to prescribe", "cy Learning to prescribe"]
    );
    let cy = place.world.learner("cy@x.example").await;
    crate::accounts::withdraw_consent(services, &cy).await.unwrap();
    assert_eq!(place.found("course=learning+to+prescribe").await, ["ann Learning to prescribe"]);
    place.run("update organisations set kind = 'funder' where name = 'North'").await;
    let report = place.report("").await;
    assert_eq!((report.rows.in_all, report.counts), (0, ReportCounts::default()));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn every_filter_narrows_the_report_and_its_files(db: PgPool) {
    let place = place(db).await;
    three(&place).await;
    place.student("dee", &place.elsewhere).await;
    for (query, found) in [
        (
            "",
            &[
                "ann Learning to prescribe",
                "ann On the ward",
                "bo Learning to prescribe",
                "cy Learning to prescribe",
            ][..],
        ),
        ("state=completed", &["ann Learning to prescribe"]),
        ("state=in-progress", &["bo Learning to prescribe"]),
        ("state=not-started", &["ann On the ward", "cy Learning to prescribe"]),
        ("team=ward+7", &["ann Learning to prescribe", "ann On the ward"]),
        ("area=medicine", &["bo Learning to prescribe"]),
        ("cohort=autumn&state=not-started", &["cy Learning to prescribe"]),
        ("course=ON+THE+WARD", &["ann On the ward"]),
        ("search=0008", &["bo Learning to prescribe"]),
        ("search=ann&course=on+the+ward&team=ward+7", &["ann On the ward"]),
        // Not by a part of it: Ward 1 is not Ward 12.
        ("team=ward", &[]),
        ("area=medi", &[]),
        ("cohort=aut", &[]),
        ("course=ward", &[]),
        ("cohort=%25", &[]),
    ] {
        let mut shown = place.found(query).await;
        shown.sort();
        assert_eq!(shown, found, "{query}");
        let report = place.report(query).await;
        let counts = report.counts;
        let sum = counts.completed + counts.in_progress + counts.not_started;
        assert_eq!((report.rows.found, sum), (u32::try_from(found.len()).unwrap(), report.rows.found));
        let (_, lines) = place.csv(query).await;
        assert_eq!(lines.len(), found.len() + 1, "{query}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_file_has_every_found_row_and_no_formula(db: PgPool) {
    let place = place(db).await;
    three(&place).await;
    let (what, lines) = place.csv("course=learning+to+prescribe&sort=completed&order=up").await;
    assert_eq!(what, "3 records");
    assert_eq!(
        lines[0],
        "Name,E-mail,Student number,Team,Area,Cohort,Course,State,Modules completed,Of,Per cent,Last completed (UK time)"
    );
    assert_eq!(
        lines[1],
        "cy@x.example,cy@x.example,,'=1+1,'@SUM(A1),Autumn,Learning to prescribe,Not yet started,0,2,0,"
    );
    assert!(lines[2].starts_with(
        "bo@x.example,bo@x.example,0008,Ward 8,Médicine,Autumn,Learning to prescribe,In progress,1,2,50,2026-"
    ));
    assert!(lines[3].starts_with(
        "ann@x.example,ann@x.example,0007,Ward 7,Surgery,Autumn,Learning to prescribe,Completed,2,2,100,2026-"
    ));
}

/// The organisation has more people than one page shows, beside as many of another one.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_the_report_show_each_row_once_in_every_order(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    for (of, cohort) in [("north", &place.cohort), ("coast", &place.elsewhere)] {
        sqlx::query(
            "with n as materialized (select n, gen_random_uuid() as id from generate_series(1, 120) n),
            p as (insert into people (id, email, full_name, created_at)
                select id, $3 || n || '@x.example', case when n % 2 = 0 then 'Person ' else 'person ' end || n % 40, now() from n),
            m as (insert into memberships (organisation_id, person_id, student_number, team, area, joined_at)
                select c.organisation_id, n.id, lpad(n.n::text, 4, '0'), case when n.n % 5 > 0 then 'Team ' || n.n % 5 end, 'Area ' || n.n % 3, now()
                from n, cohorts c where c.id = $2)
            insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at, modules_completed, last_completed_at)
            select gen_random_uuid(), n.id, $1, $2, now(), n.n % 3, case when n.n % 3 > 0 then now() - n.n % 7 * interval '1 hour' end from n",
        )
        .bind(cohort.course.0)
        .bind(cohort.id.0)
        .bind(of)
        .execute(&services.db)
        .await
        .unwrap();
    }
    type Stored = (Uuid, String, String, String, Option<String>, String, i16, Option<DateTime<Utc>>);
    let stored: Vec<Stored> = sqlx::query_as(
        "select e.id, p.email, p.full_name, m.student_number, m.team, m.area, e.modules_completed, e.last_completed_at
        from enrolments e join people p on p.id = e.learner_id join memberships m on m.person_id = p.id where e.cohort_id = $1",
    )
    .bind(place.cohort.id.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(stored.len(), 120);
    for sort in ReportSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = ReportQuery { sort, descending, ..ReportQuery::default() };
            let mut seen = Vec::new();
            loop {
                let report = report_page(services, &place.head, &slug("north"), &query).await.unwrap();
                assert_eq!((report.rows.found, report.rows.in_all), (120, 120));
                assert!(report.rows.rows.len() <= ROWS_A_PAGE);
                seen.extend(report.rows.rows.into_iter().map(|row| row.email));
                match report.rows.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            let rows = stored.iter().map(|(id, email, name, number, team, area, completed, last)| {
                let key = match sort {
                    ReportSort::Name => name.to_lowercase(),
                    ReportSort::Number => number.clone(),
                    ReportSort::Team => team.as_deref().unwrap_or_default().to_lowercase(),
                    ReportSort::Area => area.to_lowercase(),
                    // All have the same, so the id decides.
                    ReportSort::Cohort | ReportSort::Course => String::new(),
                    ReportSort::Completed => format!("{completed:05}"),
                    ReportSort::LastCompleted => last.map(key_of).unwrap_or_default(),
                };
                (key, *id, email.clone())
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    file_has_the_rows_of_the_pages(
        7,
        async |query: ReportQuery| {
            report_file(services, &place.head, &slug("north"), &query, Format::Csv).await.unwrap()
        },
        async |query: ReportQuery| {
            report_page(services, &place.head, &slug("north"), &query).await.unwrap().rows
        },
        |row: &ReportRow| &row.name,
    )
    .await;
}

/// P10: a learner with an account of their own, who belongs to no organisation. Sol follows a course alone, and another one that an
/// employer gives.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_learner_by_themselves_is_seen_while_both_conditions_hold(db: PgPool) {
    let place = place(db).await;
    three(&place).await;
    place.world.learner("sol@x.example").await;
    place
        .run("insert into enrolments (id, learner_id, course_id, enrolled_at, organisation_id)
            select gen_random_uuid(), p.id, c.id, now(), case when c.slug = 'nmp' then (select id from organisations where name = 'Coast') end
            from people p, courses c where p.email = 'sol@x.example'")
        .await;
    let seen = async || place.found("search=sol").await;
    assert!(seen().await.is_empty(), "nobody pays, and they have not consented");
    place
        .run("insert into sponsorships (organisation_id, person_id, named_at)
            select o.id, p.id, now() from organisations o, people p where o.name in ('North', 'Coast') and p.email = 'sol@x.example'")
        .await;
    assert!(seen().await.is_empty(), "they have named it");
    place
        .run("update sponsorships set consent_version = '1', consented_at = now(), shown_from = now()")
        .await;
    assert!(seen().await.is_empty(), "they have consented, and nobody has said who pays");
    place
        .run("update sponsorships s set confirmed_at = now() from organisations o where o.id = s.organisation_id and o.name = 'Coast'")
        .await;
    assert!(seen().await.is_empty(), "another organisation pays");
    place.run("update sponsorships set confirmed_at = now()").await;
    assert_eq!(seen().await, ["sol On the ward"], "not the course that an employer gives");
    place.run("update organisations set kind = 'funder' where name = 'North'").await;
    assert!(seen().await.is_empty(), "a funder sees nobody");
    place.run("update organisations set kind = 'university' where name = 'North'").await;
    place
        .run("update sponsorships set consent_version = null, consented_at = null, confirmed_at = null, ended_at = now(), ended_by = 'learner'")
        .await;
    assert!(seen().await.is_empty(), "they have ended it");
}

/// P10, P21: they are in the report of their own team, with what the organisation keeps of them.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_member_who_is_paid_for_too_is_in_the_report_of_their_team(db: PgPool) {
    let place = place(db).await;
    three(&place).await;
    place.student("dee", &place.cohort).await;
    place
        .run("update memberships m set student_number = 'S-99', team = 'Ward 99', area = 'Day surgery 99' from people p
            where p.id = m.person_id and p.email = 'dee@x.example'")
        .await;
    place
        .run("insert into enrolments (id, learner_id, course_id, enrolled_at)
            select gen_random_uuid(), p.id, c.id, now() from people p, courses c where p.email = 'dee@x.example' and c.slug = 'ward'")
        .await;
    let course = ["dee Learning to prescribe"];
    assert_eq!(place.found("team=ward+99").await, course, "nobody pays for what she follows alone");
    place
        .run("insert into sponsorships (organisation_id, person_id, named_at, consent_version, consented_at, shown_from, confirmed_at)
            select o.id, p.id, now(), '1', now(), now(), now() from organisations o, people p
            where o.name in ('North', 'Coast') and p.email = 'dee@x.example'")
        .await;
    let both = ["dee Learning to prescribe", "dee On the ward"];
    for query in ["team=ward+99", "area=day+surgery+99", "search=s-99"] {
        let mut found = place.found(query).await;
        found.sort();
        assert_eq!(found, both, "{query}");
    }
    // To an organisation that she does not belong to, nothing of it is told.
    let kept: Vec<(Option<String>, Option<String>, Option<String>)> = sqlx::query_as(
        "select f.student_number, f.team, f.area from progress_followed f join organisations o on o.id = f.organisation_id
        where o.name = 'Coast'",
    )
    .fetch_all(&place.world.services.db)
    .await
    .unwrap();
    assert_eq!(kept, [(None, None, None)]);
}

/// The day of the last completion is that of the facts, in whatever order they come.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_last_completion_is_the_latest_of_the_facts(db: PgPool) {
    let place = place(db).await;
    place.student("ann", &place.cohort).await;
    place
        .run(
            "insert into module_completions (enrolment_id, module_id, completed_at)
            select e.id, m.id, timestamptz '2026-06-01 09:00Z' + m.position * interval '1 day'
            from enrolments e join modules m on m.course_id = e.course_id order by m.position desc",
        )
        .await;
    let agree: bool = sqlx::query_scalar(
        "select bool_and(e.last_completed_at = (select max(c.completed_at) from module_completions c where c.enrolment_id = e.id))
        from enrolments e",
    )
    .fetch_one(&place.world.services.db)
    .await
    .unwrap();
    assert!(agree);
}
