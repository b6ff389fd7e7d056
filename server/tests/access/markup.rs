//! Text stays text: whatever people call themselves and their work, no page of the tables gets an element from it.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{
    COHORT_PAGES, OK, PAGES, assessment, of_cohort, put, roles,
    support::{Site, form_request},
};

/// Would close every element that ends only at its own closing tag, and add an element of its own.
pub const TYPED: &str = "</title></textarea></script></style></noscript>--><b id=x>&lt;&amp;\" onfocus='x";
const SITE: &str = "Health and Education Co-operative";

/// Every column of text by people or courses that pages show.
const WORDS: [(&str, &str); 17] = [
    ("people", "full_name"),
    ("organisations", "name"),
    ("cohorts", "name"),
    ("cohort_notes", "text"),
    ("cohort_reminders", "text"),
    ("courses", "title"),
    ("courses", "summary"),
    ("modules", "title"),
    ("modules", "summary"),
    ("page_versions", "title"),
    ("course_terms", "word"),
    ("course_certificates", "title"),
    ("frameworks", "title"),
    ("papers", "title"),
    ("papers", "instructions"),
    ("paper_sections", "title"),
    ("bank_drafts", "text"),
];

fn title(page: &str) -> String {
    let text = page.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
    text.replace("&lt;", "<").replace("&amp;", "&")
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn no_page_treats_text_as_markup(db: PgPool) {
    let site = Site::with_demo(db).await;
    let (sessions, cohort) = roles(&site).await;
    let prepared = assessment::prepared(&site).await;
    let names = of_cohort(&site, cohort).await;
    for (table, column) in WORDS {
        let query = format!("update {table} set {column} = $1 || left({column}, 40)");
        sqlx::query(sqlx::AssertSqlSafe(query)).bind(TYPED).execute(&site.services.db).await.unwrap();
    }
    let note = format!("paper={{sat}}&sitting={{submitted}}&note={}", encoded(TYPED));
    let noted = site
        .call("/api/assessment/note_incident", &prepared.put(&note), prepared.sessions[3].as_deref())
        .await;
    assert!(noted.status.is_success() || noted.status == StatusCode::FOUND, "{}", noted.status);

    // Each page as the first role that may see it.
    let first = |expected: &[u16]| expected.iter().position(|status| *status == OK);
    let learning = PAGES.iter().map(|(_, address, expected)| ((*address).to_owned(), expected));
    let cohorts = COHORT_PAGES.iter().map(|(address, expected)| (put(&names, address), expected));
    let learning = learning
        .chain(cohorts)
        .filter_map(|(address, expected)| Some((address, sessions[first(expected)?].as_deref())));
    let assessments = assessment::PAGES.iter().filter_map(|(_, address, expected)| {
        Some((prepared.put(address), prepared.sessions[first(expected)?].as_deref()))
    });
    let (mut pages, mut named) = (0, Vec::new());
    for (address, session) in learning.chain(assessments) {
        let page = site.get(&address, session).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(!page.body.contains("<b id"), "{address} has a typed element");
        let title = title(&page.body);
        assert!(title.ends_with(SITE), "{address}: {title}");
        pages += 1;
        if title.contains(TYPED) {
            named.push(address);
        }
    }
    assert!(pages > 30, "{pages}");
    // A page named by a person has that name in the tab, exactly as typed.
    for part in [
        "/learn/nmp",
        "/cohorts/",
        "/assessments/start/",
        "/receipt",
        "/result",
        "/settings",
        "/items",
        "/sittings/",
    ] {
        assert!(named.iter().any(|address| address.contains(part)), "{part} is not among {named:?}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_refused_form_has_exactly_the_typed_values(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let page = prepared.put("/assessments/papers/{draft}/candidates");
    let form = prepared.put(&format!("paper={{draft}}&version=0&emails={}", encoded(TYPED)));
    let sent = form_request("/api/assessment/save_candidates", &form, setter, "text/html", &page);
    let page = site.send(sent).await;
    assert!(page.body.contains("There is a problem") && !page.body.contains("<b id"));
    let shown = page.body.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
    let shown = shown.split_once('>').unwrap().1.replace("&lt;", "<").replace("&amp;", "&");
    assert_eq!(shown, format!("\n{TYPED}"));
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
