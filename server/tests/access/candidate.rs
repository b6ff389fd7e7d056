//! The candidate's texts about their time.

use sqlx::PgPool;

use super::{assessment, support::Site};

/// The readable text of a page: no tags.
fn words(html: &str) -> String {
    let main = html.split("<main").nth(1).unwrap();
    main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect::<String>()
}

/// After each `word` comes a time with its zone, or two of them: within at most `longest` characters.
fn zones(text: &str, word: &str, longest: usize) -> usize {
    let found: Vec<_> = text.split(word).skip(1).collect();
    for window in &found {
        let zone = window.find(", UK time").map(|end| window[..end].chars().count());
        assert!(zone.is_some_and(|length| length <= longest), "{word}{window}");
    }
    found.len()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_window_shown_to_a_candidate_names_its_time_zone(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    // A learner of the cohort who has not started.
    let candidate = site.sign_in("student003@demo.example").await;
    let start = prepared.put("/assessments/start/{open}");
    for (word, opens, closes) in
        [("Opens ", "1 day", "2 days"), ("Closes ", "-1 day", "1 day"), ("Closed ", "-2 days", "-1 day")]
    {
        sqlx::query("update papers set opens_at = now() + $1::text::interval, closes_at = now() + $2::text::interval where id::text = $3")
            .bind(opens)
            .bind(closes)
            .bind(prepared.put("{open}"))
            .execute(&site.services.db)
            .await
            .unwrap();
        let home = words(&site.get("/assessments", Some(&candidate)).await.body);
        assert!(home.contains(word), "{word}: {home}");
        // A closed paper has the day alone.
        for word in ["Opens ", "Closes "] {
            zones(&home, word, 35);
        }
        let before = words(&site.get(&start, Some(&candidate)).await.body);
        assert_eq!(zones(&before, "OpenFrom ", 70), 1, "{before}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_pass_mark_is_stated_before_the_start_and_named_when_missed(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    sqlx::query("update paper_sections set title = 'Infusions', pass_percent = 40")
        .execute(&site.services.db)
        .await
        .unwrap();
    let candidate = site.sign_in("student003@demo.example").await;
    let start = words(&site.get(&prepared.put("/assessments/start/{open}"), Some(&candidate)).await.body);
    assert!(start.contains("%And 40% in the section Infusions"), "{start}");
    assert!(start.contains("There is one on the page, unless you have switched scripts off"), "{start}");
    sqlx::query("update sittings set mark = available, passed = false, verification_code = null where submitted_at is not null")
        .execute(&site.services.db)
        .await
        .unwrap();
    sqlx::query("update item_marks set marks = 0").execute(&site.services.db).await.unwrap();
    let results = prepared.put("/assessments/papers/{sat}/results");
    let results = words(&site.get(&results, prepared.sessions[3].as_deref()).await.body);
    assert!(results.contains("Not passedInfusions: 0 of ") && results.contains(", below 40%"), "{results}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_receipt_says_who_ended_the_sitting(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let receipt = async |sitting: &str, session: Option<&str>| {
        words(&site.get(&format!("/assessments/sittings/{sitting}/receipt"), session).await.body)
    };
    let why = "The time was up, so we submitted what you had saved.";
    sqlx::query("update sittings set started_at = started_at - interval '1 day' where id::text = $1")
        .bind(prepared.put("{sitting}"))
        .execute(&site.services.db)
        .await
        .unwrap();
    assert_eq!(services::assessment::delivery::sweep(&site.services).await.unwrap(), 1);
    let swept = receipt(&prepared.put("{sitting}"), prepared.sessions[1].as_deref()).await;
    assert!(swept.contains("Your answers have been submitted") && swept.contains(why), "{swept}");

    // When the result is released, by the paper's setting.
    let (by_hand, at_close) = (
        "as soon as the person who set the paper releases the results.",
        "as soon as the paper has closed and everybody has finished.",
    );
    for (release, said, not_said) in [("by-hand", by_hand, at_close), ("at-close", at_close, by_hand)] {
        sqlx::query(
            "update papers set release = $1, released_at = null, closes_at = now() + interval '1 day'
            where id = (select paper_id from sittings where id::text = $2)",
        )
        .bind(release)
        .bind(prepared.put("{sitting}"))
        .execute(&site.services.db)
        .await
        .unwrap();
        let waits = receipt(&prepared.put("{sitting}"), prepared.sessions[1].as_deref()).await;
        assert!(waits.contains(said) && !waits.contains(not_said), "{waits}");
    }

    let other = site.sign_in("student003@demo.example").await;
    site.call("/api/assessment/start_sitting", &prepared.put("paper={open}"), Some(&other)).await;
    let own: uuid::Uuid = sqlx::query_scalar("select id from sittings where submitted_at is null")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    let submitted =
        site.call("/api/assessment/submit_sitting", &format!("sitting={own}"), Some(&other)).await;
    assert!(!submitted.status.is_client_error(), "{}", submitted.status);
    let handed_in = receipt(&own.to_string(), Some(&other)).await;
    assert!(
        handed_in.contains("Your answers have been submitted") && !handed_in.contains(why),
        "{handed_in}"
    );
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_code_that_was_changed_is_said_to_open_no_paper_as_one_of_a_paper_that_never_was(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let stranger = prepared.sessions[assessment::SETTER_ELSEWHERE].as_deref();
    sqlx::query("update papers set access_code = 'CHANGED26' where id::text = $1")
        .bind(prepared.put("{open}"))
        .execute(&site.services.db)
        .await
        .unwrap();
    let mut said = Vec::new();
    for paper in [prepared.put("{open}"), uuid::Uuid::nil().to_string()] {
        let there = site.get(&format!("/assessments/start/{paper}?code=DEMO2026"), stranger).await;
        assert_eq!(there.status, 404);
        said.push(words(&there.body));
    }
    assert!(said[0].contains("This code opens no paper") && said[0] == said[1], "{said:?}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn receipt_and_result_of_a_reopened_sitting_lead_to_its_room(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let [candidate, other, setter] = [1, 2, 3].map(|role| prepared.sessions[role].as_deref());
    sqlx::query("update papers set released_at = now()").execute(&site.services.db).await.unwrap();
    let room = prepared.put("/assessments/sittings/{submitted}");
    let told = "opened this sitting again, and your time runs";
    let submitted = async || {
        for page in ["receipt", "result"] {
            let there = site.get(&format!("{room}/{page}"), candidate).await;
            assert_eq!(there.status, 200, "{page}");
            assert!(there.body.contains("id=\"open-again\"") && !there.body.contains(told), "{}", there.body);
        }
    };
    submitted().await;
    let reopen = prepared.put("paper={sat}&sitting={submitted}&minutes=5");
    site.call("/api/assessment/reopen_sitting", &reopen, setter).await;
    for page in ["receipt", "result"] {
        let address = format!("{room}/{page}");
        let reloaded = site.get(&address, candidate).await;
        assert_eq!((reloaded.status.as_u16(), reloaded.header("location")), (302, room.as_str()), "{page}");
        // An open page's request: the page says so and stays.
        let load = format!("/api/assessment/load_{page}");
        let heard = site.call(&load, &prepared.put("sitting={submitted}"), candidate).await;
        assert_eq!((heard.status.as_u16(), heard.body.as_str()), (200, "null"), "{page}");
        for who in [other, setter] {
            assert_eq!(site.get(&address, who).await.status, 404, "{page}");
        }
    }
    assert_eq!(site.get(&room, candidate).await.status, 200);
    site.call("/api/assessment/submit_sitting", &prepared.put("sitting={submitted}"), candidate).await;
    submitted().await;
}
