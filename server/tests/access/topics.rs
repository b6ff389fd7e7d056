//! The topics that each role may hear of: every kind, for its owner and for all other roles. Another person's topic gets the same
//! reply as a missing one, and refuses the whole request.

use std::mem::discriminant;

use axum::http::StatusCode;
use domain::{
    accounts::{PersonId, SessionId},
    assessment::delivery::SittingId,
    cohorts::CohortId,
    kit::live::Topic,
    organisations::OrganisationId,
    zone::AreaId,
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    GONE, NO, OK,
    assessment::{self, ADMINISTRATOR, ADMINISTRATOR_ELSEWHERE, CANDIDATE, TUTOR},
    support::Site,
};

async fn id(site: &Site, query: &'static str) -> Uuid {
    sqlx::query_scalar(query).fetch_one(&site.services.db).await.unwrap()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_kind_of_news_reaches_exactly_its_owners(db: PgPool) {
    let site = Site::with_demo(db).await;
    let sessions = assessment::prepared(&site).await.sessions;
    let person = id(&site, "select id from people where email = 'student000@demo.example'").await;
    let of_candidate = Topic::Progress(PersonId(person));
    let in_zone = Topic::Zone(PersonId(person));
    let cohort_id = id(&site, "select g.cohort_id from grants g join people p on p.id = g.person_id where p.email = 'tutor@demo.example'").await;
    let cohort = Topic::Cohort(CohortId(cohort_id));
    let sitting =
        Topic::Sitting(SittingId(id(&site, "select id from sittings where submitted_at is null").await));
    let session = id(
        &site,
        "select s.id from sessions s join people p on p.id = s.person_id where p.email = 'student000@demo.example'",
    )
    .await;
    // The administrator of another organisation follows a cohort of that one.
    let other = id(
        &site,
        "insert into cohorts (id, organisation_id, course_id, name, created_at)
        select gen_random_uuid(), o.id, c.id, 'Theirs', now() from organisations o, courses c where o.name = 'Another university'
        returning id",
    )
    .await;
    let theirs = Topic::Cohort(CohortId(other));
    let of = async |cohort: Uuid| {
        let owner = sqlx::query_scalar("select organisation_id from cohorts where id = $1").bind(cohort);
        Topic::Organisation(OrganisationId(owner.fetch_one(&site.services.db).await.unwrap()))
    };
    let (organisation, another) = (of(cohort_id).await, of(other).await);
    let in_area = id(
        &site,
        "with area as (
            insert into zone_areas (id, slug, name, aim, made_at) values (gen_random_uuid(), 'heard', 'Heard', 'To find each other', now())
            returning id)
        insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
        select gen_random_uuid(), a.id, p.id, 'member', '1', now(), now(), now()
        from area a, people p where p.email = 'student000@demo.example' returning area_id",
    )
    .await;
    let nothing = Uuid::nil();
    // The people who see a cohort's page hear of it.
    let mut followers = Vec::new();
    for (role, session) in sessions.iter().enumerate() {
        if site.get(&format!("/cohorts/{cohort_id}"), session.as_deref()).await.status == StatusCode::OK {
            followers.push(role);
        }
    }
    assert!(
        followers.contains(&TUTOR)
            && !followers.contains(&CANDIDATE)
            && !followers.contains(&ADMINISTRATOR_ELSEWHERE),
        "{followers:?}"
    );
    let cases: [(Vec<Topic>, &[usize]); 16] = [
        (vec![of_candidate], &[CANDIDATE]),
        (vec![cohort], &followers),
        (vec![theirs], &[ADMINISTRATOR_ELSEWHERE]),
        (vec![organisation], &[ADMINISTRATOR]),
        (vec![another], &[ADMINISTRATOR_ELSEWHERE]),
        (vec![sitting], &[CANDIDATE]),
        (vec![in_zone], &[CANDIDATE]),
        (vec![of_candidate, sitting], &[CANDIDATE]),
        (vec![of_candidate, cohort], &[]),
        (vec![Topic::Session(SessionId(session))], &[]),
        (vec![Topic::Sitting(SittingId(nothing))], &[]),
        (vec![Topic::Zone(PersonId(nothing))], &[]),
        (vec![Topic::Area(AreaId(in_area))], &[CANDIDATE]),
        (vec![Topic::Area(AreaId(nothing))], &[]),
        (vec![Topic::Cohort(CohortId(nothing))], &[]),
        (vec![Topic::Organisation(OrganisationId(nothing))], &[]),
    ];
    for kind in Topic::all(nothing).map(|topic| discriminant(&topic)) {
        let asked = cases.iter().flat_map(|(topics, _)| topics).any(|topic| discriminant(topic) == kind);
        assert!(asked, "no row is about {kind:?}");
    }
    let mut wrong = Vec::new();
    for (topics, whose) in cases {
        let names: Vec<_> = topics.iter().map(Topic::to_string).collect();
        let address = format!("/live?topics={}", names.join(","));
        for (role, session) in sessions.iter().enumerate() {
            let status = site.look(&address, session.as_deref()).await.status();
            let expected = match session {
                None => NO,
                Some(_) if whose.contains(&role) => OK,
                Some(_) => GONE,
            };
            if status.as_u16() != expected {
                wrong.push(format!("{address} as role {role}: {status}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_unknown_topic_or_too_many_are_not_found(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let person = id(&site, "select id from people where email = 'student@demo.example'").await;
    let own = Topic::Progress(PersonId(person)).to_string();
    let named = |count: usize| vec![own.as_str(); count].join(",");
    for (topics, expected) in [
        (named(8), StatusCode::OK),
        (named(9), StatusCode::NOT_FOUND),
        (String::new(), StatusCode::NOT_FOUND),
        (format!("{own},"), StatusCode::NOT_FOUND),
        (format!("room:{person}"), StatusCode::NOT_FOUND),
    ] {
        let response = site.look(&format!("/live?topics={topics}"), Some(&session)).await;
        assert_eq!(response.status(), expected, "{topics}");
    }
}
