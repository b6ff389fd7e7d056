//! The directory of areas of 1,000 to 1,000,000 members, in one database, asked by a role that owns nothing, so behind both walls: the time of
//! a search, the page beside a handler written by hand, and who is found despite a slip.

use std::{
    io::{Write, stdout},
    time::Instant,
};

use domain::{
    cohorts::{CohortId, StudentsQuery},
    learning::Slug,
    zone::directory::DirectoryQuery,
};
use server::{
    config::Config,
    web::{WebState, router},
};
use services::{Services, accounts, database, kit::live::Live, zone::directory::directory_page};
use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};
use tokio::sync::watch;
use uuid::{Uuid, uuid};

use crate::{
    Targets, median,
    pages::{CONNECTIONS, Page, beside, directory_by_hand},
    serve,
    support::{Outcome, session_of},
};

/// The smallest stands first alone, then beside all others.
const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
pub(crate) const LARGEST: &str = "bench-1000000";
pub(crate) const SEARCH: &str = "search=john+smith";
/// A member of all areas.
const MEMBER: Uuid = uuid!("5ea40000-0000-7000-8000-000000000001");
const RUNS: usize = 41;
/// How much longer a search may take among a million than among a thousand.
const AT_MOST: f64 = 2.0;
/// How many of the made-up names are found despite a slip, in percent.
const FOUND: f64 = 97.0;

/// What is measured: its name, its query, whether it is the second page, and whether it has a target. Several filters that few members fit
/// together look through a bounded number of them: a small area has fewer than that.
const SEARCHES: [(&str, &str, bool, bool); 10] = [
    ("a name", "search=smith", false, true),
    ("a whole name", "search=anna+walker", false, true),
    ("a slip", "search=smiht", false, true),
    ("two slips", "search=kowlaczky", false, true),
    ("a filter", "role=Nurse", false, true),
    ("the second page", "search=smith", true, true),
    ("the second by name", "sort=name", true, true),
    ("the newest", "sort=newest", false, true),
    ("a name and a filter", "search=anna&role=Nurse", false, true),
    ("three filters", "role=Nurse&work=Hospital&place=Leeds", false, false),
];

/// Measures, and prints the result.
pub async fn measure(config: &Config, services: &Services, targets: &mut Targets) -> Outcome<()> {
    let role = format!("bench_{}", Uuid::now_v7().simple());
    sqlx::raw_sql(AssertSqlSafe(format!("create role {role}"))).execute(&services.db).await?;
    database::grant_to_application(services, &role).await?;
    let pool = as_role(services, &role).await?;
    let application = Services { db: pool.clone(), ..services.clone() };
    let measured = all(config, services, &application, &role, targets).await;
    pool.close().await;
    sqlx::raw_sql(AssertSqlSafe(format!("drop owned by {role}; drop role {role}")))
        .execute(&services.db)
        .await?;
    measured
}

async fn all(
    config: &Config,
    owner: &Services,
    application: &Services,
    role: &str,
    targets: &mut Targets,
) -> Outcome<()> {
    let most = SIZES.iter().max().copied().unwrap_or_default();
    let mut db = owner.db.acquire().await?;
    let made = Instant::now();
    let members = include_str!("directory/members.sql").replace("$MOST", &most.to_string());
    sqlx::raw_sql(AssertSqlSafe(members)).execute(&mut *db).await?;
    let fill = |sizes: &[u32]| {
        let sizes: Vec<String> = sizes.iter().map(u32::to_string).collect();
        AssertSqlSafe(format!(
            "begin; {} commit",
            include_str!("directory/fill.sql").replace("$SIZES", &sizes.join(","))
        ))
    };
    let [smallest, others @ ..] = &SIZES;
    sqlx::raw_sql(fill(&[*smallest])).execute(&mut *db).await?;
    sqlx::raw_sql("vacuum analyze").execute(&mut *db).await?;
    let token = session_of(&owner.db, MEMBER).await?;
    let alone = times(application, &token, &[*smallest]).await?;
    sqlx::raw_sql(fill(others)).execute(&mut *db).await?;
    sqlx::raw_sql("vacuum analyze").execute(&mut *db).await?;
    let made = made.elapsed().as_secs();
    let beside_others = times(application, &token, &SIZES).await?;

    let mut out = stdout().lock();
    writeln!(
        out,
        "\nThe directory of an area, with its members (made in {made} s), in milliseconds, medians:"
    )?;
    for (n, (what, _, _, held)) in SEARCHES.into_iter().enumerate() {
        let row: Vec<f64> =
            beside_others.iter().map(|of_size| of_size.get(n).copied().unwrap_or(f64::NAN)).collect();
        let shown: Vec<String> =
            SIZES.iter().zip(&row).map(|(size, time)| format!("{size}: {time:.2}")).collect();
        let first = row.first().copied().unwrap_or(f64::NAN);
        let ratio = row.last().copied().unwrap_or(f64::NAN) / first;
        let target = if held {
            targets.at_most(&format!("{what} among a million against a thousand"), ratio, AT_MOST)
        } else {
            "(no target: it looks through a bounded number of members)".to_owned()
        };
        writeln!(out, "  {what:<20} {}: ratio {ratio:>5.2}  {target}", shown.join(", "))?;
        let before = alone.first().and_then(|of_size| of_size.get(n)).copied().unwrap_or(f64::NAN);
        if held {
            let target = targets.at_most(
                &format!("{what} beside other areas against without them"),
                first / before,
                1.5,
            );
            writeln!(
                out,
                "  {:<20} {before:.2} without other areas: ratio {:>5.2}  {target}",
                "",
                first / before
            )?;
        }
    }
    drop(out);
    page(config, application, &token, targets).await?;
    recall(&mut db, role, targets).await
}

/// The time of each search in each area: in turn, so that a moment in which the machine is busy falls on all.
async fn times(application: &Services, token: &str, sizes: &[u32]) -> Outcome<Vec<Vec<f64>>> {
    let actor = accounts::actor_for(application, token).await?.ok_or("nobody is signed in")?;
    let mut all = vec![Vec::new(); sizes.len()];
    for (_, asked, second, _) in SEARCHES {
        let mut areas = Vec::new();
        for size in sizes {
            let area = Slug::parse(&format!("bench-{size}")).map_err(|error| error.to_string())?;
            let mut query = DirectoryQuery::read(asked);
            let first = directory_page(application, &actor, &area, &query).await?;
            if second {
                let next = first.next.ok_or("there is no second page")?;
                query = query.with(query.list.next(next));
            }
            areas.push((area, query, Vec::with_capacity(RUNS)));
        }
        for _ in 0..RUNS {
            for (area, query, times) in &mut areas {
                let start = Instant::now();
                directory_page(application, &actor, area, query).await?;
                times.push(start.elapsed().as_secs_f64() * 1000.0);
            }
        }
        for (of_size, (_, _, times)) in all.iter_mut().zip(&mut areas) {
            of_size.push(median(times));
        }
    }
    Ok(all)
}

/// The page of the largest area beside a handler with the same statements.
async fn page(config: &Config, application: &Services, token: &str, targets: &mut Targets) -> Outcome<()> {
    let (_stop, stopping) = watch::channel(false);
    let state = WebState::new(config, application.clone(), Live::start(application.clone()), stopping)
        .map_err(|error| error.to_string())?;
    let real = serve(router(state)).await?;
    let path = format!("/zone/{LARGEST}/directory?{SEARCH}");
    let page = Page {
        what: "directory",
        path: &path,
        token,
        by_hand: axum::routing::get(directory_by_hand),
        cohort: CohortId(Uuid::nil()),
        students: StudentsQuery::default(),
        connections: CONNECTIONS,
        target: 0.5,
    };
    beside(application, real, targets, page).await
}

/// Five hundred people with made-up names among 100,000, each searched for with four slips. They are gone afterwards.
async fn recall(db: &mut sqlx::PgConnection, role: &str, targets: &mut Targets) -> Outcome<()> {
    sqlx::raw_sql("begin").execute(&mut *db).await?;
    sqlx::raw_sql(include_str!("directory/names.sql")).execute(&mut *db).await?;
    sqlx::raw_sql(include_str!("directory/wanted.sql")).execute(&mut *db).await?;
    let as_member = format!(
        "grant select on slips to {role}; set local role {role}; select 1 from zone_access('bench-100000', '{MEMBER}')"
    );
    sqlx::raw_sql(AssertSqlSafe(as_member)).execute(&mut *db).await?;
    let searched: Vec<(String, String, String, String, bool)> = sqlx::query_as(
        "select l.slip, l.kind, l.name, l.typed, zone_found(zone_area(), l.typed, '{}', 'relevance', null, null, 5)->'rows'
            @> jsonb_build_array(jsonb_build_object('member', l.member))
        from slips l order by l.slip, l.n",
    )
    .fetch_all(&mut *db)
    .await?;
    sqlx::raw_sql("rollback").execute(&mut *db).await?;
    let mut out = stdout().lock();
    writeln!(out, "Five hundred made-up names with a slip, among the first five of 100,000 members:")?;
    let mut slips: Vec<&str> = searched.iter().map(|(slip, ..)| slip.as_str()).collect();
    slips.dedup();
    for slip in slips {
        let of_slip: Vec<_> = searched.iter().filter(|(of, ..)| of == slip).collect();
        let found = of_slip.iter().filter(|(.., found)| *found).count();
        let percent = 100.0 * f64::from(u32::try_from(found)?) / f64::from(u32::try_from(of_slip.len())?);
        let target = targets.at_least(&format!("found with {slip}"), percent, FOUND);
        writeln!(out, "  {slip:<24} {found} of {}: {percent:.1} %  {target}", of_slip.len())?;
    }
    for (slip, kind, name, typed, _) in searched.iter().filter(|(.., found)| !found) {
        writeln!(out, "  missed: {name} ({kind}), typed as {typed} ({slip})")?;
    }
    Ok(())
}

/// Connections of the role, set up as those of a server.
async fn as_role(services: &Services, role: &str) -> Outcome<PgPool> {
    let set = format!("set role {role}; set plan_cache_mode = force_generic_plan; set jit = off");
    let pool = PgPoolOptions::new().max_connections(16).after_connect(move |connection, _| {
        let set = set.clone();
        Box::pin(async move {
            sqlx::raw_sql(AssertSqlSafe(set)).execute(connection).await?;
            Ok(())
        })
    });
    Ok(pool.connect_with((*services.db.connect_options()).clone()).await?)
}
