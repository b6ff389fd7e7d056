//! P14: what the streams of people in and around an area say of an application to it.

use std::time::Duration;

use axum::body::BodyDataStream;
use futures::StreamExt;
use sqlx::PgPool;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    OK,
    support::Site,
    zone_world::{APPLICANT, FORMER, LEAD, LEAD_ELSEWHERE, MEMBER, MEMBER_ELSEWHERE, REFUSED, prepared},
};

/// Reads the stream until this number of beats, which come every two seconds and after the news before them.
async fn read(stream: &mut BodyDataStream, beats: usize) -> String {
    let mut text = String::new();
    let reading = async {
        while text.matches("data: beat").count() < beats {
            let chunk = stream.next().await.unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    timeout(Duration::from_secs(60), reading).await.unwrap();
    text
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn only_the_applicant_and_the_leads_of_the_area_hear_and_no_word_of_it(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let one = async |query: &'static str, bind: &str| -> Uuid {
        sqlx::query_scalar(query).bind(bind).fetch_one(&site.services.db).await.unwrap()
    };
    let mut streams = Vec::new();
    for (role, name) in [
        (APPLICANT, "zone.applicant"),
        (LEAD, "zone.lead"),
        // Leads another area.
        (MEMBER, "zone.member"),
        (MEMBER_ELSEWHERE, "zone.member.elsewhere"),
        (LEAD_ELSEWHERE, "zone.lead.elsewhere"),
        (REFUSED, "zone.refused"),
        (FORMER, "zone.former"),
    ] {
        let person = one("select id from people where email = $1", &format!("{name}@demo.example")).await;
        let asked = format!("/live?topics=zone:{person}");
        let response = site.look(&asked, zone.sessions[role].as_deref()).await;
        assert_eq!(response.status().as_u16(), OK, "{name}");
        streams.push((role, person, response.into_body().into_data_stream()));
    }
    // The server's own connection listens, and each stream has said that anything may have changed.
    for (.., stream) in &mut streams {
        read(stream, 2).await;
    }
    let applied = one(
        "select m.id from zone_members m join people p on p.id = m.person_id where p.email = $1",
        "zone.applicant@demo.example",
    )
    .await;
    let body = zone.put(&format!("area={{area}}&member={applied}"));
    let answer = site.call("/api/zone/approve", &body, zone.sessions[LEAD].as_deref()).await;
    assert_eq!(answer.status.as_u16(), OK);
    for (role, person, stream) in &mut streams {
        let said = read(stream, 3).await;
        let own = format!("data: changed zone:{person}\n\n");
        assert_eq!(said.contains(&own), [APPLICANT, LEAD].contains(role), "role {role}: {said}");
        // The last is for who may have missed something, whatever it was.
        let known = [own.as_str(), "data: beat\n\n", "data: changed\n\n"];
        let more = known.iter().fold(said.clone(), |rest, event| rest.replace(event, ""));
        assert!(more.is_empty(), "role {role}: {said}");
    }
}
