//! The exam room: answers saved a second through HTTP, beside `pgbench` doing the same durable upsert on the same
//! cluster, and beside a hand-written handler that does only that upsert for a valid session; and a thousand learners
//! at once on a server of their own.

use std::{
    io::{Write, stdout},
    net::SocketAddr,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    routing::post,
};
use domain::assessment::{PaperId, delivery::Save};
use serde_json::{Value, json};
use services::Services;
use sqlx::PgPool;
use tokio::{net::TcpStream, process::Command, sync::Mutex, time::sleep};

use crate::{
    Targets, median, serve,
    support::{Browser, Choices, OpenRoom, Outcome, learners, open_paper, sit_down},
};

/// How many save at the same time: a few, and as many as the database has connections.
const CROWDS: [usize; 2] = [FEW, 64];
const FEW: usize = 16;
const RUNS: usize = 5;
const RUN: Duration = Duration::from_secs(3);

/// The statement for `pgbench`: the same rows, the same condition, one commit each.
const UPSERT: &str = "\\set n random(1, :rows)
insert into answers as a (sitting_id, item_id, sequence, response, flagged, saved_at)
select k.sitting, k.item, nextval('bench_sequence'), '{\"number\": {\"typed\": \"12 mg\", \"unit\": \"\"}}', false, clock_timestamp()
from bench_keys k where k.n = :n
on conflict (sitting_id, item_id) do update set sequence = excluded.sequence, response = excluded.response,
    flagged = excluded.flagged, saved_at = excluded.saved_at where a.sequence < excluded.sequence;
";

/// Saves a second.
pub async fn saves(services: &Services, server: SocketAddr, targets: &mut Targets) -> Outcome<()> {
    let (paper, code) = open_paper(&services.db).await?;
    let most = CROWDS.into_iter().max().unwrap_or_default();
    let mut rooms = Vec::new();
    for (_, session) in learners(&services.db, most).await? {
        rooms.push(Arc::new(Mutex::new((
            sit_down(Browser::new(server, session), paper, &code).await?,
            0_i64,
        ))));
    }
    // pgbench and the handler write to sittings of their own, equally many.
    let mut theirs = Vec::new();
    for (_, session) in learners(&services.db, most).await? {
        theirs.push(sit_down(Browser::new(server, session), paper, &code).await?);
    }
    let rows = keys(services, &theirs).await?;
    let by_hand =
        serve(Router::new().route(SAVE, post(save_by_hand)).with_state(services.db.clone())).await?;
    let mut rooms_by_hand = Vec::new();
    for (_, session) in learners(&services.db, most).await? {
        let room = sit_down(Browser::new(server, session), paper, &code).await?;
        let browser = Browser::new(by_hand, room.browser.session.clone());
        rooms_by_hand.push(Arc::new(Mutex::new((OpenRoom { browser, ..room }, 0_i64))));
    }
    let script = tempfile::NamedTempFile::new()?;
    std::fs::write(script.path(), UPSERT)?;
    let mut out = stdout().lock();
    writeln!(out, "\nAnswers saved a second: {RUNS} runs of {} s each, in turn.", RUN.as_secs())?;
    let (mut most_ours, mut most_plain) = (0.0_f64, 0.0_f64);
    for crowd in CROWDS {
        let (mut ours, mut by_hand, mut plain) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            plain.push(pgbench(script.path(), rows, crowd).await?);
            by_hand.push(run(&rooms_by_hand[..crowd]).await?);
            ours.push(run(&rooms[..crowd]).await?);
        }
        let (ours, by_hand, plain) = (median(&mut ours), median(&mut by_hand), median(&mut plain));
        (most_ours, most_plain) = (most_ours.max(ours), most_plain.max(plain));
        let ratio = ours / plain;
        let target = if crowd == FEW {
            targets.at_least(&format!("saves of {crowd} connections against pgbench"), ratio, 0.7)
        } else {
            String::new()
        };
        writeln!(
            out,
            "  {crowd} connections: pgbench {plain:.0}, this server over HTTP {ours:.0}, ratio {ratio:.2}  {target}"
        )?;
        let ratio = ours / by_hand;
        let target = targets.at_least(
            &format!("saves of {crowd} connections against a hand-written handler"),
            ratio,
            1.0,
        );
        writeln!(
            out,
            "    a hand-written handler over HTTP {by_hand:.0}, this server against it {ratio:.2}  {target}"
        )?;
    }
    let ratio = most_ours / most_plain;
    let target = targets.at_least("the most saves against pgbench", ratio, 0.5);
    writeln!(out, "  ratio of the most that each reaches  {ratio:.2}  {target}")?;
    Ok(())
}

const SAVE: &str = "/api/assessment/save_answers";

/// The minimum for saving over HTTP: the session look-up, the same upsert, one reply. It checks no deadline, no
/// question and no room, and does not report the remaining time.
async fn save_by_hand(
    State(db): State<PgPool>,
    headers: HeaderMap,
    Json(call): Json<Value>,
) -> (StatusCode, Json<Value>) {
    match upsert(&db, &headers, &call).await {
        Ok(true) => (StatusCode::OK, Json(json!({ "late": false }))),
        Ok(false) => (StatusCode::UNAUTHORIZED, Json(Value::Null)),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Json(Value::Null)),
    }
}

async fn upsert(db: &PgPool, headers: &HeaderMap, call: &Value) -> Outcome<bool> {
    let cookie = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let token = cookie.trim_start_matches("session=");
    let found: Option<uuid::Uuid> =
        sqlx::query_scalar("select person_id from sessions where token_hash = $1 and ends_at > now()")
            .bind(services::kit::random::hash(token))
            .fetch_optional(db)
            .await?;
    let Some(person) = found else { return Ok(false) };
    let save = &call["saves"][0];
    let written = sqlx::query(
        "insert into answers as a (sitting_id, item_id, sequence, response, flagged, saved_at)
        select s.id, $2, $3, $4, $5, clock_timestamp() from sittings s where s.id = $1 and s.learner_id = $6
        on conflict (sitting_id, item_id) do update set sequence = excluded.sequence, response = excluded.response,
            flagged = excluded.flagged, saved_at = excluded.saved_at where a.sequence < excluded.sequence",
    )
    .bind(serde_json::from_value::<uuid::Uuid>(call["sitting"].clone())?)
    .bind(serde_json::from_value::<uuid::Uuid>(save["item"].clone())?)
    .bind(save["sequence"].as_i64())
    .bind(&save["response"])
    .bind(save["flagged"].as_bool())
    .bind(person)
    .execute(db)
    .await?;
    if written.rows_affected() == 1 { Ok(true) } else { Err("nothing was written".into()) }
}

async fn keys(services: &Services, rooms: &[OpenRoom]) -> Outcome<usize> {
    sqlx::raw_sql(
        "create table bench_keys (n integer generated always as identity primary key, sitting uuid, item uuid);
        create sequence bench_sequence start 1000000",
    )
    .execute(&services.db)
    .await?;
    for room in rooms {
        sqlx::query("insert into bench_keys (sitting, item) select $1, unnest($2::uuid[])")
            .bind(room.sitting.0)
            .bind(&room.items)
            .execute(&services.db)
            .await?;
    }
    Ok(rooms.iter().map(|room| room.items.len()).sum())
}

async fn pgbench(script: &std::path::Path, rows: usize, crowd: usize) -> Outcome<f64> {
    let (connections, seconds) = (crowd.to_string(), RUN.as_secs().to_string());
    let output = Command::new(std::env::var("PGBENCH")?)
        .args([
            "-n",
            "-M",
            "prepared",
            "-c",
            &connections,
            "-j",
            "2",
            "-T",
            &seconds,
            "-D",
            &format!("rows={rows}"),
            "-f",
        ])
        .arg(script)
        .arg(std::env::var("DATABASE_URL")?)
        .stderr(Stdio::inherit())
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| format!("pgbench says no rate: {text}").into())
}

async fn run(rooms: &[Arc<Mutex<(OpenRoom, i64)>>]) -> Outcome<f64> {
    let start = Instant::now();
    let savers: Vec<_> = rooms
        .iter()
        .map(|room| {
            let room = room.clone();
            tokio::spawn(async move {
                let (room, count) = &mut *room.lock().await;
                let mut saved = 0_u32;
                while start.elapsed() < RUN {
                    *count += 1;
                    let item = usize::try_from(*count)? % room.items.len();
                    let save = room.save(item, *count);
                    room.browser.save(room.sitting, &[save]).await?;
                    saved += 1;
                }
                Outcome::Ok(saved)
            })
        })
        .collect();
    let mut saved = 0;
    for saver in savers {
        saved += saver.await??;
    }
    Ok(f64::from(saved) / start.elapsed().as_secs_f64())
}

const LEARNERS: usize = 1000;
const ARRIVE: Duration = Duration::from_secs(10);
const SIT: Duration = Duration::from_secs(30);

/// A thousand learners start within ten seconds, think for some seconds before each answer, and submit.
pub async fn thousand(services: &Services, targets: &mut Targets) -> Outcome<()> {
    let listen: SocketAddr = std::env::var("LISTEN")?.parse()?;
    let mut server = Command::new(std::env::var("SERVER")?).arg("serve").kill_on_drop(true).spawn()?;
    let pid = server.id().ok_or("the server has no id")?;
    while TcpStream::connect(listen).await.is_err() {
        sleep(Duration::from_millis(50)).await;
    }
    let (paper, code) = open_paper(&services.db).await?;
    let sessions = learners(&services.db, LEARNERS).await?;
    let before = cpu_seconds(pid)?;
    let begun = Instant::now();
    let tasks: Vec<_> = sessions
        .into_iter()
        .enumerate()
        .map(|(n, (_, session))| {
            let code = code.clone();
            tokio::spawn(sit(listen, session, paper, code, Choices::new(n as u64), begun))
        })
        .collect();
    let (mut errors, mut times) = (0_u32, Vec::new());
    for task in tasks {
        match task.await? {
            Ok(took) => times.extend(took),
            Err(error) => {
                errors += 1;
                writeln!(std::io::stderr(), "a learner failed: {error}")?;
            }
        }
    }
    let (took, used) = (begun.elapsed(), cpu_seconds(pid)? - before);
    server.start_kill()?;
    server.wait().await?;
    let (median, p99) = median_and_p99(times.iter().map(|(_, took)| *took).collect());
    let mut out = stdout().lock();
    writeln!(
        out,
        "\n{LEARNERS} learners who start within {} s, think 2 to 6 s before each answer, and submit:",
        ARRIVE.as_secs()
    )?;
    let target = targets.at_most("learners who failed", f64::from(errors), 0.0);
    writeln!(out, "  errors                    {errors:>8}  {target}")?;
    writeln!(out, "  answers saved             {:>8}  in {:.0} s", times.len(), took.as_secs_f64())?;
    writeln!(out, "  a save, median and p99    {:>8.1} ms, {:.1} ms", ms(median), ms(p99))?;
    let ratio = ms(p99) / ms(median);
    let target = targets.at_most("p99 of a save against the median", ratio, 25.0);
    writeln!(out, "  p99 against the median    {ratio:>8.1}  {target}")?;
    for (what, from, to) in [
        ("while learners arrive", Duration::ZERO, ARRIVE),
        ("while all sit", ARRIVE, SIT),
        ("while they submit", SIT, Duration::MAX),
    ] {
        let then = times.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, took)| *took);
        let (median, p99) = median_and_p99(then.collect());
        writeln!(out, "    {what:<23} {:>8.1} ms, {:.1} ms", ms(median), ms(p99))?;
    }
    writeln!(
        out,
        "  server's CPU a learner    {:>8.1} ms, from start to submission",
        used * 1000.0 / LEARNERS as f64
    )?;
    Ok(())
}

fn median_and_p99(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 1000).copied().unwrap_or_default();
    (at(500), at(990))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// When each save was sent, and how long it took.
async fn sit(
    server: SocketAddr,
    session: String,
    paper: PaperId,
    code: String,
    mut choices: Choices,
    begun: Instant,
) -> Outcome<Vec<(Duration, Duration)>> {
    sleep(Duration::from_millis(choices.below(u64::try_from(ARRIVE.as_millis())?))).await;
    let mut room = sit_down(Browser::new(server, session), paper, &code).await?;
    let (start, mut times, mut count) = (Instant::now(), Vec::new(), 0);
    while start.elapsed() < SIT {
        sleep(Duration::from_millis(2000 + choices.below(4000))).await;
        count += 1;
        let item = usize::try_from(choices.below(u64::try_from(room.items.len())?))?;
        let save = room.save(item, count);
        let asked = Instant::now();
        room.browser.save(room.sitting, &[save]).await?;
        times.push((asked - begun, asked.elapsed()));
    }
    let last: Vec<Save> = Vec::new();
    room.browser.submit(room.sitting, &last).await?;
    Ok(times)
}

/// User and system time of a process so far, from /proc, in its ticks of a hundredth of a second.
pub(crate) fn cpu_seconds(pid: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) / 100.0)
}
