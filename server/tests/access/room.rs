//! The exam room over HTTP: the effects of looking at it, its state after submission, and its form.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::Value;
use sqlx::PgPool;

use super::{
    assessment,
    support::{Answer, Site, form_request},
};

struct Opened {
    site: Site,
    sitting: String,
    session: Option<String>,
}

impl Opened {
    /// The form of a question, as a page without scripts sends it.
    async fn save_and_go(&self, form: &str) -> Answer {
        let path = "/api/assessment/save_and_go";
        let request = form_request(path, form, self.session.as_deref(), "text/html", &self.address());
        self.site.send(request).await
    }

    async fn new(db: PgPool) -> Self {
        let site = Site::with_demo(db).await;
        let prepared = assessment::prepared(&site).await;
        Self { sitting: prepared.put("{sitting}"), session: prepared.sessions[1].clone(), site }
    }

    fn address(&self) -> String {
        format!("/assessments/sittings/{}", self.sitting)
    }

    async fn ask(&self, method: Method, purpose: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(self.address()).header("accept", "text/html");
        request = request.header("cookie", format!("session={}", self.session.as_deref().unwrap()));
        if let Some(purpose) = purpose {
            request = request.header("sec-purpose", purpose);
        }
        self.site.send(request.body(Body::empty()).unwrap()).await
    }

    /// The values that the first question's form was drawn with, as they are sent back.
    async fn drawn(&self) -> String {
        let page = self.ask(Method::GET, None).await.body;
        let drawn = page.split("name=\"drawn\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let drawn = drawn.replace("&quot;", "\"").replace("&amp;", "&");
        url::form_urlencoded::byte_serialize(drawn.as_bytes()).collect()
    }

    async fn call(&self, function: &str) -> Value {
        let path = format!("/api/assessment/{function}");
        let answer =
            self.site.call(&path, &format!("sitting={}", self.sitting), self.session.as_deref()).await;
        serde_json::from_str(&answer.body)
            .unwrap_or_else(|_| panic!("{function}: {} {}", answer.status, answer.body))
    }

    async fn row<T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin>(
        &self,
        column: &'static str,
    ) -> T {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select {column} from sittings where id = $1::uuid")))
            .bind(&self.sitting)
            .fetch_one(&self.site.services.db)
            .await
            .unwrap()
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn looking_at_the_room_changes_nothing_and_a_running_page_begins_its_epoch(db: PgPool) {
    let room = Opened::new(db).await;
    let whole = "to_jsonb(sittings)::text";
    let before: String = room.row(whole).await;
    for (method, purpose, status) in [
        (Method::HEAD, None, StatusCode::OK),
        (Method::GET, Some("prefetch"), StatusCode::TOO_EARLY),
        (Method::GET, Some("prefetch;prerender"), StatusCode::TOO_EARLY),
        (Method::GET, None, StatusCode::OK),
    ] {
        assert_eq!(room.ask(method.clone(), purpose).await.status, status);
        assert_eq!(room.row::<String>(whole).await, before, "{method} {purpose:?}");
    }
    assert_eq!(room.call("open_room").await["epoch"], 0);
    assert_eq!(room.row::<String>(whole).await, before);
    assert_eq!(room.call("begin_epoch").await["epoch"], 1);
    assert_eq!(room.call("load_room_state").await["epoch"], 1);
    // The first window hears of the second.
    assert_eq!(room.call("begin_epoch").await["epoch"], 2);
    assert_eq!(room.call("load_room_state").await["epoch"], 2);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_questions_cannot_be_read_once_they_are_submitted(db: PgPool) {
    let room = Opened::new(db).await;
    let drawn = room.ask(Method::GET, None).await.body;
    let wording =
        room.call("open_room").await["questions"][0]["asked"]["wording"].as_str().unwrap().to_owned();
    assert!(drawn.contains("question-form"));
    room.call("submit_sitting").await;
    for released in [false, true] {
        if released {
            sqlx::query("update papers set released_at = now()")
                .execute(&room.site.services.db)
                .await
                .unwrap();
        }
        assert_eq!(room.call("open_room").await["questions"].as_array().map(Vec::len), Some(0));
        let answer = room.ask(Method::GET, None).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(answer.headers["location"], format!("{}/receipt", room.address()).as_str());
        for part in ["question-form", "room-bar", "ExamRoom", wording.as_str()] {
            assert!(!answer.body.contains(part), "{part} is in {}", answer.body);
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_break_and_its_end_lead_to_the_heading_of_the_next_view(db: PgPool) {
    let room = Opened::new(db).await;
    sqlx::query("update sittings set break_allowed_seconds = 50")
        .execute(&room.site.services.db)
        .await
        .unwrap();
    for (function, place, query) in [
        ("pause_sitting", "", ""),
        ("resume_sitting", "", ""),
        // The previous place; and an invalid place is not put into the address.
        ("pause_sitting", "&place=2", "?question=2"),
        ("resume_sitting", "&place=rev/ie%0Aw%23", "?question=review"),
    ] {
        let path = format!("/api/assessment/{function}");
        let form = format!("sitting={}{place}", room.sitting);
        let answer = room.site.post(&path, &form, room.session.as_deref()).await;
        assert_eq!(
            answer.header("location"),
            format!("{}{query}#question-heading", room.address()),
            "{function}"
        );
        let page = room.ask(Method::GET, None).await.body;
        assert_eq!(page.matches("id=\"question-heading\" tabindex=\"-1\"").count(), 1, "{function}");
        assert_eq!(page.contains("You are taking a break"), function == "pause_sitting");
        if function == "pause_sitting" {
            assert!(page.contains("1 minute") && !page.contains("1 minutes"), "{page}");
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_printed_result_names_its_candidate(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    sqlx::query("update papers set released_at = now()").execute(&site.services.db).await.unwrap();
    let session = prepared.sessions[1].as_deref();
    let page = site.get(&prepared.put("/assessments/sittings/{submitted}/result"), session).await;
    let main = page.body.split("<main").nth(1).unwrap();
    assert!(main.split("<h2").next().unwrap().contains("王小明"), "{main}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_that_the_browser_restores_is_sent_with_its_changes(db: PgPool) {
    let room = Opened::new(db).await;
    let question = room.call("open_room").await["questions"][0].clone();
    let encoded = room.drawn().await;
    for typed in ["5", "6", "7"] {
        let form = format!(
            "sitting={}&item={}&drawn={encoded}&kind=number&place=1&typed={typed}&go=2",
            room.sitting,
            question["item"].as_str().unwrap()
        );
        let answer = room.save_and_go(&form).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(room.call("open_room").await["questions"][0]["response"]["number"]["typed"], typed);
    }
    assert_eq!(room.row::<i32>("epochs").await, 3, "each form takes an epoch");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_choice_can_be_cleared_without_scripts_too(db: PgPool) {
    let room = Opened::new(db).await;
    let item = room.call("open_room").await["questions"][0]["item"].as_str().unwrap().to_owned();
    let bank = include_str!("../../../content/snap/literacy/spelling-of-medicines.toml");
    let bank = domain::assessment::bank::Bank::read(bank).unwrap();
    let template = bank.templates.iter().find(|template| template.id == "spell-chlorphenamine").unwrap();
    sqlx::query("update paper_items set question = $2 where id = $1::uuid")
        .bind(&item)
        .bind(sqlx::types::Json(template.question(1).unwrap()))
        .execute(&room.site.services.db)
        .await
        .unwrap();
    let question = async || room.call("open_room").await["questions"][0].clone();
    let option = question().await["asked"]["field"]["one"][0]["id"].as_str().unwrap().to_owned();
    let mut sequence = 0;
    for (go, chosen) in [("2", Some(option.as_str())), ("clear", None)] {
        let drawn = room.drawn().await;
        let form = format!(
            "sitting={}&item={item}&drawn={drawn}&kind=chosen&place=1&chosen[]={option}&go={go}",
            room.sitting
        );
        let answer = room.save_and_go(&form).await;
        let to = if go == "clear" { "1" } else { go };
        assert_eq!(answer.header("location"), format!("{}?question={to}", room.address()));
        let now = question().await;
        assert_eq!(now["response"]["chosen"][0].as_str(), chosen, "{now}");
        assert!(now["sequence"].as_i64().unwrap() > sequence, "clearing is an answer of its own");
        sequence = now["sequence"].as_i64().unwrap();
    }
    assert!(!room.ask(Method::GET, None).await.body.contains("checked"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_answer_sent_in_a_break_without_scripts_is_reported_as_not_counting(db: PgPool) {
    let room = Opened::new(db).await;
    let question = room.call("open_room").await["questions"][0].clone();
    let form = format!(
        "sitting={}&place=1&go=2&item={}&kind=number&typed=5&drawn={}",
        room.sitting,
        question["item"].as_str().unwrap(),
        room.drawn().await,
    );
    let notice = "came too late to count";
    let told = async |answer: Answer| {
        let to = answer.header("location").to_owned();
        room.site.get(&to, room.session.as_deref()).await.body.contains(notice)
    };
    assert!(!told(room.save_and_go(&form).await).await, "in time");
    sqlx::query("update sittings set break_allowed_seconds = 600, paused_at = now() - interval '1 minute' where id = $1::uuid")
        .bind(&room.sitting)
        .execute(&room.site.services.db)
        .await
        .unwrap();
    assert!(told(room.save_and_go(&form.replace("typed=5", "typed=6")).await).await, "in the break");
}
