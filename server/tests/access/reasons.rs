//! Support sees people of every organisation in order to help: only with a reason, which is kept, and for an hour.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{
    GONE,
    assessment::{self, Expected, SETTER, SUPPORT},
    support::{Answer, Site},
};

/// What the application cannot do: see `audit_append_only`.
pub async fn rewrite_audit(site: &Site, how: &'static str) {
    let trigger = "trigger audit_events_append_only";
    let all = format!(
        "alter table audit_events disable {trigger}; {how}; alter table audit_events enable {trigger}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(all))
        .execute(&mut *site.services.db.acquire().await.unwrap())
        .await
        .unwrap();
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn without_a_reason_support_sees_nothing_about_people(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let support = prepared.sessions[SUPPORT].as_deref();
    rewrite_audit(&site, "delete from audit_events").await;
    let audited = async |action: &str| -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1")
            .bind(action)
            .fetch_one(&site.services.db)
            .await
            .unwrap()
    };
    for (page, about, opened) in [
        ("/assessments/papers/{sat}", "paper/{sat}", 1),
        ("/assessments/adjustments/{organisation}", "adjustments/{organisation}", 2),
    ] {
        let page = prepared.put(page);
        let refused = site.get(&page, support).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{page}");
        assert!(
            refused.body.contains("Why do you look at this?") && !refused.body.contains("student0"),
            "{page}"
        );
        let about = prepared.put(about);
        let give = async |reason: &str| {
            site.call("/api/assessment/give_reason", &format!("about={about}&reason={reason}"), support)
                .await
                .status
        };
        for nothing in ["+", "x", "help"] {
            assert_eq!(give(nothing).await, StatusCode::UNPROCESSABLE_ENTITY, "{nothing}");
        }
        assert_eq!(site.get(&page, support).await.status, StatusCode::FORBIDDEN, "{page}");
        assert!(!give("A+learner+cannot+start").await.is_client_error());
        assert_eq!(site.get(&page, support).await.status, StatusCode::OK, "{page}");
        assert_eq!(audited("assessment.seen_by_support").await, opened);
    }
    // A reason for one paper does not open others.
    let other = site.get(&prepared.put("/assessments/papers/{open}"), support).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    // The bank is about no person: looking is recorded, once an hour.
    for _ in 0..2 {
        let bank = site.get(&prepared.put("/assessments/questions/{organisation}"), support).await;
        assert_eq!(bank.status, StatusCode::OK);
    }
    assert_eq!(audited("assessment.bank_seen_by_support").await, 1);
    let kept: Vec<String> = sqlx::query_scalar(
        "select detail->>'reason' from audit_events where action = 'assessment.seen_by_support'",
    )
    .fetch_all(&site.services.db)
    .await
    .unwrap();
    assert_eq!(kept, ["A learner cannot start"; 2]);
    // After an hour support has to give a reason again.
    rewrite_audit(&site, "update audit_events set at = at - interval '61 minutes'").await;
    let page = site.get(&prepared.put("/assessments/papers/{sat}"), support).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

/// Requests that need no reason: they are about support's own data, or about no person.
const ABOUT_NOBODY: [&str; 24] = [
    "/api/assessment/load_home",
    "/api/assessment/enter_code",
    "/api/assessment/load_practice",
    "/api/assessment/ask_practice",
    "/api/assessment/load_papers",
    "/api/assessment/load_organisations",
    "/api/assessment/create_paper",
    "/api/assessment/give_reason",
    "/api/assessment/load_questions",
    "/api/assessment/draft_bank",
    "/api/assessment/load_bank",
    "/api/assessment/load_bank_question",
    "/api/assessment/load_writing",
    "/api/assessment/try_question",
    "/assessments",
    "/assessments/practice",
    "/assessments/papers",
    "/assessments/organisations",
    "/questions",
    "/questions/{template}?seed=2",
    "/assessments/questions/{organisation}",
    "/assessments/questions/{organisation}/write?template={own_template}",
    "/assessments/questions/{organisation}/templates.xlsx",
    "/assessments/questions/{organisation}/templates.csv",
];

/// Whether it is about a paper or people that support may see. In the order of the tables support sometimes comes too
/// late, but the setter does not; a setter's own data, a draft of a bank, is about no paper.
fn asks_why(address: &str, body: &str, expected: &Expected) -> bool {
    let paper = ["{open}", "{draft}", "{sat}", "{sitting}", "{submitted}"].iter();
    let about_paper = paper.into_iter().any(|name| format!("{address} {body}").contains(name));
    let people = address.contains("adjustment");
    !ABOUT_NOBODY.contains(&address) && (people || about_paper && expected[SETTER] != GONE)
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn support_needs_a_reason_for_everything_about_people(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let support = prepared.sessions[SUPPORT].as_deref();
    rewrite_audit(&site, "delete from audit_events").await;
    let mut wrong = Vec::new();
    let (mut functions, mut pages) = (0, 0);
    let mut look = |what: &str, asked: bool, sent: &str, answer: &Answer| {
        if !asked {
            wrong.push(format!("{what}: {} without a reason", answer.status));
        }
        // The typed values return, so that support need not type them again.
        for name in ["student0", "王小明", "Wang Xiaoming"] {
            if answer.body.contains(name) && !sent.contains(name.split('0').next().unwrap()) {
                wrong.push(format!("{what} names {name}"));
            }
        }
    };
    let refused =
        |answer: &Answer, says: &str| answer.status == StatusCode::FORBIDDEN && answer.body.contains(says);
    let shown = assessment::PAGES.iter().map(|(_, address, expected)| (*address, false, expected));
    let files = assessment::FILES.iter().map(|(address, expected)| (*address, true, expected));
    for (address, file, expected) in shown.chain(files) {
        let asks = asks_why(address, "", expected);
        // No page that support sees is left out unnoticed.
        assert!(asks || expected[SUPPORT] == GONE || ABOUT_NOBODY.contains(&address), "{address}");
        if asks && file {
            // A file leads to the page of its list, with the same query, and that page asks.
            let (page, _) = address.rsplit_once('.').unwrap();
            let page = page.strip_suffix("/extra-time").unwrap_or(page);
            let page = prepared.put(&format!("{page}?search=x"));
            let answer = site.get(&prepared.put(&format!("{address}?search=x")), support).await;
            let led = answer.status == StatusCode::SEE_OTHER && answer.header("location") == page;
            look(address, led, "", &answer);
            let answer = site.get(&page, support).await;
            look(&page, refused(&answer, "Why do you look at this?"), "", &answer);
            pages += 1;
        } else if asks {
            let answer = site.get(&prepared.put(address), support).await;
            look(address, refused(&answer, "Why do you look at this?"), "", &answer);
            pages += 1;
        }
    }
    for (path, body, expected) in assessment::FUNCTIONS {
        let asks = asks_why(path, body, expected);
        assert!(asks || expected[SUPPORT] == GONE || ABOUT_NOBODY.contains(path), "{path}");
        if asks {
            let body = prepared.put(body);
            let answer = site.call(path, &body, support).await;
            look(path, refused(&answer, "ReasonNeeded"), &body, &answer);
            functions += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(functions >= 28 && pages >= 12, "{functions} functions and {pages} pages were asked");
    // And nothing has changed.
    let done: i64 = sqlx::query_scalar("select count(*) from audit_events where action like 'assessment.%'")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    assert_eq!(done, 0);
}
