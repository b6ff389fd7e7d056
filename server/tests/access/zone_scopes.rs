//! Each condition of `zone_access` is needed, like those of the other functions in `scopes.rs`: without it a role sees more of an area than the
//! tables say.

use sqlx::{AssertSqlSafe, PgPool};

use super::{
    BAD, OK, ON, TO,
    support::Site,
    zone::{FILES, FUNCTIONS, OTHERS, PAGES},
    zone_world::{Expected, Zone, prepared},
};

/// What changes nothing: the pages, the files, and the functions that load.
fn rows() -> Vec<(&'static str, &'static str, &'static Expected)> {
    let pages = PAGES.iter().map(|(_, address, expected)| (*address, "", expected));
    let files = FILES.iter().chain(OTHERS).map(|(address, expected)| (*address, "", expected));
    let functions = FUNCTIONS.iter().filter(|row| row.0.contains("/load_"));
    pages.chain(files).chain(functions.map(|(path, body, expected)| (*path, *body, expected))).collect()
}

/// The first role that is let in where its row does not say so.
async fn too_much(site: &Site, zone: &Zone) -> Option<String> {
    let let_in = |status: u16| [OK, ON, BAD].contains(&status);
    for (what, body, expected) in rows() {
        let what = zone.put(what);
        for (role, session) in zone.sessions.iter().enumerate() {
            let status = if what.starts_with("/api/") {
                site.call(&what, &zone.put(body), session.as_deref()).await.status.as_u16()
            } else {
                site.look(&what, session.as_deref()).await.status().as_u16()
            };
            let wanted = expected[role];
            if !let_in(wanted) && let_in(status) && !(wanted == TO && status == ON) {
                return Some(format!("{what} {body} as role {role}: {status}"));
            }
        }
    }
    None
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_condition_of_the_proof_of_a_member_is_needed(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let zone = prepared(&site).await;
    let run = async |statement: &str| {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&db).await.unwrap();
    };
    let made: String =
        sqlx::query_scalar("select pg_get_functiondef('zone_access'::regproc)").fetch_one(&db).await.unwrap();
    assert_eq!(too_much(&site, &zone).await, None, "as it is");
    let lines: Vec<_> = made.lines().collect();
    let (mut scopes, mut implied, mut wrong) = (0, 0, Vec::new());
    for (n, line) in lines.iter().enumerate() {
        let trimmed = line.trim().trim_end_matches(';');
        if !trimmed.starts_with("where ") && !trimmed.starts_with("and ") {
            continue;
        }
        let (condition, mark) =
            trimmed.split_once(" /* ").unwrap_or_else(|| panic!("{line} says not what it is for"));
        let word = condition.split_whitespace().next().unwrap();
        let end = if line.trim_end().ends_with(';') { ";" } else { "" };
        let gone = format!("{word} true{end}");
        let changed: Vec<_> =
            lines.iter().enumerate().map(|(m, line)| if m == n { gone.as_str() } else { line }).collect();
        run(&changed.join("\n")).await;
        match (too_much(&site, &zone).await, mark) {
            (None, "scope */") => wrong.push(format!("{condition}: nothing opens without it")),
            (Some(cell), "scope */") => {
                scopes += 1;
                assert!(!cell.is_empty());
            }
            (Some(cell), _) => wrong.push(format!("{condition}: without it {cell}")),
            (None, mark) => {
                assert!(mark.starts_with("implied: "), "{line}");
                implied += 1;
            }
        }
        run(&made).await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!((scopes, implied), (5, 1));
}
