//! The pages of modules and checks, as the server sends them.

mod support;

use sqlx::PgPool;
use support::Site;

const MODULE: &str = "/learn/nmp/calculations";

/// The text of the page: without tags, comments and line breaks.
fn text(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap_or_default();
    let without_tags: String =
        main.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text)).collect();
    without_tags.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_module_that_is_not_begun_does_not_ask_why_it_is_not_ticked(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let page = site.get(MODULE, Some(&session)).await;
    assert!(page.body.contains("Start the module") && !page.body.contains("Why is this not ticked?"));
    site.get(&format!("{MODULE}/units-and-conversions"), Some(&session)).await;
    let page = site.get(MODULE, Some(&session)).await;
    assert!(page.body.contains("Why is this not ticked?"));
    // A tick does not touch the word after it.
    assert!(page.body.contains("</svg> Opened") || page.body.contains("</svg><!> Opened"), "{}", page.body);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_check_sent_while_another_person_is_signed_in_says_so(db: PgPool) {
    let site = Site::with_demo(db).await;
    let [own, other] = ["student@demo.example", "student000@demo.example"].map(|email| site.sign_in(email));
    let (own, other) = (own.await, other.await);
    let check = format!("{MODULE}/check");
    let page = site.get(&check, Some(&own)).await.body;
    let value = |name: &str| {
        let input = page.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        input.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let form =
        format!("course=nmp&module=calculations&attempt={}&version={}", value("attempt"), value("version"));
    let sent = support::form_request("/api/learning/submit_check", &form, Some(&other), "text/html", &check);
    let page = site.send(sent).await.body;
    assert!(page.contains("Somebody else is signed in in this browser now, so nothing was marked"), "{page}");
    assert!(page.contains("href=\"#check\"") && page.contains("id=\"check\""));
    assert!(!page.contains("have just been updated") && !page.contains("Load the new questions"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_check_states_its_rules_beside_the_box_and_names_the_wrong_question(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    // The whole pool, so that every question of it is on the page.
    sqlx::query("update check_versions set asked = null").execute(&site.services.db).await.unwrap();
    let check = format!("{MODULE}/check");
    let page = site.get(&check, Some(&session)).await;
    assert!(page.body.contains("Save and finish later"));
    let rules = page.body.matches("-rules\" class=\"hint\">Round your answer to ").count();
    assert_eq!(rules, 4, "the module's questions with rounding");
    assert_eq!(page.body.matches("-rules q-").count(), rules, "each read with its box");
    assert!(page.body.contains("autocorrect=\"off\""));

    let value = |name: &str| {
        let input = page.body.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        input.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let form = format!(
        "course=nmp&module=calculations&attempt={}&version={}&sequence={}",
        value("attempt"),
        value("version"),
        value("sequence")
    );
    let sent =
        support::form_request("/api/learning/submit_check", &form, Some(&session), "text/html", &check);
    let page = text(&site.send(sent).await.body);
    assert!(page.contains("Question 1: ") && page.contains("enter how many mL"), "{page}");
    assert!(page.contains("choose an answer") && page.contains("choose one or more answers"), "{page}");

    let aside = support::form_request(
        "/api/learning/submit_check",
        &format!("{form}&go=later"),
        Some(&session),
        "text/html",
        &check,
    );
    let answer = site.send(aside).await;
    assert_eq!(answer.header("location"), MODULE);
}
