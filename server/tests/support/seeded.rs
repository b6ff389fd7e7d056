//! The demo for a test. Seeding takes seconds, so each program of tests seeds one database, and each of its tests gets a copy of it.

use std::{
    env,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use services::learning::content;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, postgres::PgConnectOptions};

/// The categories of the demo's papers.
const SNAP: [&str; 7] = [
    "numeracy/si-conversion.toml",
    "numeracy/tablets-and-capsules.toml",
    "numeracy/injections.toml",
    "numeracy/infusion-ml-per-hour.toml",
    "numeracy/fluid-balance.toml",
    "literacy/charts-and-labels.toml",
    "literacy/abbreviations-and-safe-writing.toml",
];

/// The demo has times that count from its seeding.
const FRESH: Duration = Duration::from_secs(30 * 60);

/// Makes the database of a test, which nothing has been written into, a copy of the seeded one.
pub async fn fill(db: &PgPool) {
    let options = (*db.connect_options()).clone();
    let name = options.get_database().unwrap().to_owned();
    let mut server = PgConnection::connect_with(&options.clone().database("postgres")).await.unwrap();
    // Nobody drops what is being copied. The lock ends with the connection.
    run(&mut server, "select pg_advisory_lock(hashtext('seeded'))").await;
    let seeded = seeded(&mut server, &options).await;
    // The pool notices that its connection has ended, and makes another.
    run(&mut server, &format!(r#"drop database "{name}" with (force)"#)).await;
    run(&mut server, &format!(r#"create database "{name}" template "{seeded}""#)).await;
    server.close().await.unwrap();
}

/// The name of the seeded database of this program of tests. One of another build, or an old one, is made anew.
async fn seeded(server: &mut PgConnection, options: &PgConnectOptions) -> String {
    let program = env::current_exe().unwrap();
    // The content is read when it is seeded, and not compiled in.
    let made_of = [program.clone(), content_folder()].map(|path| newest(&path));
    let changed = age(made_of.into_iter().max().unwrap());
    // Its file is called after the tests and a hash of what they were built from.
    let program = program.file_stem().unwrap().to_str().unwrap();
    let name = format!("seeded_{}", program.split_once('-').map_or(program, |(tests, _)| tests));
    let said: Option<String> = sqlx::query_scalar(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = $1",
    )
    .bind(&name)
    .fetch_optional(&mut *server)
    .await
    .unwrap()
    .flatten();
    let fresh = said.as_deref().and_then(|said| said.split_once(' ')).is_some_and(|(of, at)| {
        of == program
            && at.parse().is_ok_and(|at| {
                let age = age(SystemTime::UNIX_EPOCH + Duration::from_secs(at));
                age < FRESH && age < changed
            })
    });
    if !fresh {
        run(server, &format!(r#"drop database if exists "{name}" with (force)"#)).await;
        run(server, &format!(r#"create database "{name}""#)).await;
        seed(options.clone().database(&name)).await;
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        // Only now: one whose seeding was interrupted is made anew.
        run(server, &format!(r#"comment on database "{name}" is '{program} {now}'"#)).await;
    }
    name
}

fn content_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content")
}

/// When a file, or any in a folder, was last changed.
fn newest(path: &Path) -> SystemTime {
    let own = path.metadata().unwrap().modified().unwrap();
    let inside = path.read_dir().into_iter().flatten().map(|entry| newest(&entry.unwrap().path()));
    inside.chain([own]).max().unwrap()
}

fn age(at: SystemTime) -> Duration {
    at.elapsed().unwrap_or_default()
}

async fn seed(options: PgConnectOptions) {
    let db = PgPool::connect_with(options).await.unwrap();
    services::MIGRATIONS.run(&db).await.unwrap();
    let (mail, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let services = super::services(&super::config(&[]), db.clone(), mail.path(), files.path());
    let folder = |name: &str| content_folder().join(name);
    let banks = SNAP.map(|file| {
        let bank = std::fs::read_to_string(folder("snap").join(file)).unwrap();
        domain::assessment::bank::Bank::read(&bank).unwrap()
    });
    services::assessment::bank::import_shared_bank(&services, &banks).await.unwrap();
    content::import(&services, &content::read(&folder("nmp")).unwrap()).await.unwrap();
    demo::seed(&services).await.unwrap();
    // What is connected to cannot be copied.
    db.close().await;
}

async fn run(server: &mut PgConnection, statement: &str) {
    let ran = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(server).await;
    ran.unwrap_or_else(|error| panic!("{statement}: {error}"));
}
