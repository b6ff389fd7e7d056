//! `make faults`: learners sit an exam while everything around them is broken, again and again. Every acknowledged
//! answer must be there at once and afterwards, with the highest sequence of each question, and no deadline may have
//! moved. First other browsers abandon requests (see `leavers`), which no learner may notice; then server, database and
//! network are broken.
//!
//! `faults` runs all of it, `faults short` the part that runs with the tests. Settings come from the environment that
//! `scripts/faults.sh` makes: the server to start, its database, and the cluster to break.

mod leavers;
#[path = "../support/mod.rs"]
mod support;

use std::{
    collections::HashMap,
    env,
    io::{Write, stdout},
    net::SocketAddr,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::assessment::delivery::Save;
use leavers::{Leavers, Left};
use sqlx::{PgPool, postgres::PgPoolOptions};
use support::{Browser, Choices, OpenRoom, Outcome, enter, learners, open_paper, sit_down};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::watch,
    time::{Instant, sleep},
};
use uuid::Uuid;

struct Plan {
    learners: usize,
    /// The number of abandoned requests.
    leavers: usize,
    kills: usize,
    cut: Duration,
    /// The longest time between one fault and the next.
    pause: Duration,
}

const WHOLE: Plan = Plan {
    learners: 100,
    leavers: 2000,
    kills: 20,
    cut: Duration::from_secs(60),
    pause: Duration::from_secs(4),
};
const SHORT: Plan = Plan {
    learners: 100,
    leavers: 2000,
    kills: 3,
    cut: Duration::from_secs(4),
    pause: Duration::from_secs(2),
};

#[tokio::main]
async fn main() -> Outcome<()> {
    let plan = if env::args().any(|arg| arg == "short") { SHORT } else { WHOLE };
    let listen: SocketAddr = env::var("LISTEN")?.parse()?;
    let db = PgPoolOptions::new().max_connections(12).connect(&env::var("DATABASE_URL")?).await?;
    let mut server = Server::start(listen).await?;
    let network = Network::start(listen).await?;
    let (paper, code) = open_paper(&db).await?;

    let mut rooms = Vec::new();
    for (_, session) in learners(&db, plan.learners).await? {
        rooms.push(
            sit_down(Browser::new(network.address, session.clone()), paper, &code)
                .await
                .map(|room| (room, session))?,
        );
    }
    let deadlines = deadlines(&db).await?;
    let (stop, stopped) = watch::channel(false);
    let counts = Arc::new(Counts { quiet: true.into(), ..Counts::default() });
    let mut tasks = Vec::new();
    for (n, (room, session)) in rooms.into_iter().enumerate() {
        let (stopped, counts) = (stopped.clone(), counts.clone());
        let seed = u64::try_from(n)?;
        let learner = Learner { session, address: network.address, db: db.clone(), counts };
        tasks.push(tokio::spawn(learn(learner, room, Choices::new(seed), stopped)));
    }

    say("giving requests up")?;
    let leavers = Leavers::new(&db, listen).await?;
    let left = leavers.leave(plan.leavers, &db).await?;
    counts.quiet.store(false, Ordering::Relaxed);

    let mut choices = Choices::new(2026);
    let mut wait = async || {
        let most = u64::try_from(plan.pause.as_millis()).unwrap_or(1000);
        sleep(Duration::from_millis(300 + choices.below(most))).await;
    };
    for n in 1..=plan.kills {
        wait().await;
        say(&format!("killing the server, {n} of {}", plan.kills))?;
        server.kill().await?;
        server = Server::start(listen).await?;
    }
    wait().await;
    say("killing a backend of the database")?;
    kill_backend(&db).await?;
    wait().await;
    say("killing the postmaster")?;
    kill_postmaster().await?;
    wait().await;
    say("cutting the network")?;
    network.cut(plan.cut).await;
    wait().await;
    stop.send(true)?;
    say("letting the last answers through")?;

    let mut sent = HashMap::new();
    for task in tasks {
        let learned = task.await??;
        sent.insert(learned.sitting, learned);
    }
    let verdict = judge(&db, &sent, &deadlines).await?;
    server.kill().await?;
    report(&plan, &counts, &left, &verdict)
}

fn say(what: &str) -> Outcome<()> {
    Ok(writeln!(std::io::stderr(), "  {what}")?)
}

#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    failed: AtomicU64,
    /// Nothing is broken now, so nothing may fail.
    quiet: AtomicBool,
    failed_in_quiet: AtomicU64,
    hung_in_quiet: AtomicU64,
    /// Acknowledged answers that another session of the database did not see.
    unseen: AtomicU64,
}

/// A save takes milliseconds; one that takes this long is waiting for a lock.
const HUNG: Duration = Duration::from_secs(3);

struct Learner {
    session: String,
    address: SocketAddr,
    db: PgPool,
    counts: Arc<Counts>,
}

impl Learner {
    /// Sends answers, and checks that acknowledged ones are there.
    async fn save(&self, room: &mut OpenRoom, saves: &[Save]) -> Outcome<serde_json::Value> {
        let quiet = || self.counts.quiet.load(Ordering::Relaxed);
        let (watched, asked) = (quiet(), Instant::now());
        let saved = room.browser.save(room.sitting, saves).await;
        if watched && quiet() {
            let count = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
            match &saved {
                Err(_) => drop(count(&self.counts.failed_in_quiet)),
                Ok(_) if asked.elapsed() > HUNG => drop(count(&self.counts.hung_in_quiet)),
                Ok(_) if !self.seen(room, saves).await? => drop(count(&self.counts.unseen)),
                Ok(_) => {}
            }
        }
        saved
    }

    async fn seen(&self, room: &OpenRoom, saves: &[Save]) -> Outcome<bool> {
        let (items, sequences): (Vec<_>, Vec<_>) =
            saves.iter().map(|save| (save.item.0, save.sequence)).unzip();
        let missing: i64 = sqlx::query_scalar(
            "select count(*) from unnest($2::uuid[], $3::bigint[]) as g (item, sequence) where not exists
            (select from answers a where a.sitting_id = $1 and a.item_id = g.item and a.sequence >= g.sequence)",
        )
        .bind(room.sitting.0)
        .bind(&items)
        .bind(&sequences)
        .fetch_one(&self.db)
        .await?;
        Ok(missing == 0)
    }
}

/// One learner's record: for each question the highest sequence given, and the highest acknowledged.
struct Learned {
    sitting: Uuid,
    given: HashMap<Uuid, i64>,
    acknowledged: HashMap<Uuid, i64>,
}

/// Answers until told to stop, as the page does: keeps unacknowledged answers and sends them again, sometimes sends one
/// twice or an old one after a new one, and sometimes opens the room again.
async fn learn(
    learner: Learner,
    mut room: OpenRoom,
    mut choices: Choices,
    stopped: watch::Receiver<bool>,
) -> Outcome<Learned> {
    let counts = &learner.counts;
    let mut learned =
        Learned { sitting: room.sitting.0, given: HashMap::new(), acknowledged: HashMap::new() };
    let mut unsent: Vec<Save> = Vec::new();
    let mut old: Vec<Save> = Vec::new();
    let (mut count, mut patience, mut last_error) = (0, 0, String::new());
    loop {
        let over = *stopped.borrow();
        if over && unsent.is_empty() {
            // Half of them submit, which must change no answer; the others stay.
            if choices.below(2) == 0 {
                room.browser.submit(room.sitting, &[]).await?;
            }
            return Ok(learned);
        }
        if over {
            patience += 1;
            if patience > 60 {
                return Err(format!("the last answers were never acknowledged: {last_error}").into());
            }
        } else {
            count += 1;
            let item = usize::try_from(choices.below(u64::try_from(room.items.len())?))?;
            let save = room.save(item, count);
            learned.given.insert(save.item.0, save.sequence);
            unsent.retain(|other| other.item != save.item);
            unsent.push(save);
        }
        let mut batch = unsent.clone();
        if !old.is_empty() && choices.below(4) == 0 {
            // Out of order: an answer that was sent long ago.
            batch.push(old[usize::try_from(choices.below(u64::try_from(old.len())?))?].clone());
        }
        let times = if choices.below(5) == 0 { 2 } else { 1 };
        for _ in 0..times {
            counts.sent.fetch_add(1, Ordering::Relaxed);
            match learner.save(&mut room, &batch).await {
                Ok(saved) if saved["late"] == false => {
                    counts.acknowledged.fetch_add(1, Ordering::Relaxed);
                    for save in &batch {
                        let highest = learned.acknowledged.entry(save.item.0).or_insert(0);
                        *highest = (*highest).max(save.sequence);
                    }
                    old.append(&mut unsent);
                }
                Ok(_) => return Err("an answer in time was called late".into()),
                Err(error) => {
                    last_error = error.to_string();
                    counts.failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        if choices.below(40) == 0
            && let Ok(again) =
                enter(Browser::new(learner.address, learner.session.clone()), room.sitting).await
        {
            (room, count) = (again, 0);
        }
        // In quiet times as people answer, otherwise as fast as possible, so that there is always a call to break.
        let most = if counts.quiet.load(Ordering::Relaxed) { 2000 } else { 400 };
        sleep(Duration::from_millis(50 + choices.below(most))).await;
    }
}

async fn deadlines(db: &PgPool) -> Outcome<HashMap<Uuid, DateTime<Utc>>> {
    let rows: Vec<(Uuid, DateTime<Utc>)> =
        sqlx::query_as("select id, deadline_at from sittings where submitted_at is null")
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().collect())
}

#[derive(Default)]
struct Verdict {
    answers: usize,
    lost: usize,
    not_the_highest: usize,
    wrong_text: usize,
    moved: usize,
}

async fn judge(
    db: &PgPool,
    sent: &HashMap<Uuid, Learned>,
    before: &HashMap<Uuid, DateTime<Utc>>,
) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    let rows: Vec<(Uuid, Uuid, i64, Option<String>)> =
        sqlx::query_as("select sitting_id, item_id, sequence, response->'number'->>'typed' from answers")
            .fetch_all(db)
            .await?;
    let stored: HashMap<(Uuid, Uuid), (i64, Option<String>)> = rows
        .into_iter()
        .map(|(sitting, item, sequence, typed)| ((sitting, item), (sequence, typed)))
        .collect();
    for learned in sent.values() {
        for (item, given) in &learned.given {
            verdict.answers += 1;
            let found = stored.get(&(learned.sitting, *item));
            let sequence = found.map_or(0, |(sequence, _)| *sequence);
            if sequence < learned.acknowledged.get(item).copied().unwrap_or(0) {
                verdict.lost += 1;
            }
            if sequence != *given {
                verdict.not_the_highest += 1;
            }
            let typed = format!("{} mg", sequence % domain::assessment::delivery::EPOCH_SPAN);
            if found.and_then(|(_, typed)| typed.as_deref()) != Some(&typed) {
                verdict.wrong_text += 1;
            }
        }
    }
    for (sitting, deadline) in deadlines(db).await? {
        if before.get(&sitting).is_some_and(|before| *before != deadline) {
            verdict.moved += 1;
        }
    }
    Ok(verdict)
}

fn report(plan: &Plan, counts: &Counts, left: &Left, verdict: &Verdict) -> Outcome<()> {
    let mut out = stdout().lock();
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    writeln!(
        out,
        "\n{} learners; {} requests of others given up; kill -9 of the server {} times, of a database backend and of the postmaster once each;",
        plan.learners, left.requests, plan.kills
    )?;
    writeln!(
        out,
        "the network cut for {} s; saves sent twice and out of order; rooms opened anew.\n",
        plan.cut.as_secs()
    )?;
    for (what, count) in [
        ("calls sent", read(&counts.sent)),
        ("calls acknowledged", read(&counts.acknowledged)),
        ("calls that failed and were sent again", read(&counts.failed)),
        ("starts that were given up", u64::try_from(left.starts)?),
        ("sittings that these began", u64::try_from(left.begun)?),
    ] {
        writeln!(out, "  {what:<48} {count:>8}")?;
    }
    let while_given_up = [
        ("connections left inside a transaction", u64::try_from(left.inside_a_transaction)?),
        ("acknowledged answers that others do not see", read(&counts.unseen)),
        ("saves that failed while requests were given up", read(&counts.failed_in_quiet)),
        ("saves that hung while requests were given up", read(&counts.hung_in_quiet)),
    ];
    for (what, count) in while_given_up {
        writeln!(out, "  {what:<48} {count:>8}")?;
    }
    for (what, count) in [
        ("answers at the end", verdict.answers),
        ("acknowledged answers lost", verdict.lost),
        ("answers that are not the highest sequence", verdict.not_the_highest),
        ("answers with another text than was sent", verdict.wrong_text),
        ("deadlines moved", verdict.moved),
    ] {
        writeln!(out, "  {what:<48} {count:>8}")?;
    }
    let broken = verdict.lost + verdict.not_the_highest + verdict.wrong_text + verdict.moved;
    if read(&counts.failed) == 0 {
        return Err("nothing failed: the faults did not happen".into());
    }
    if left.begun == 0 || left.begun * 2 < left.starts {
        return Err("hardly a start that was given up began a sitting".into());
    }
    if while_given_up.iter().any(|(_, count)| *count > 0) {
        return Err("requests that were given up did harm".into());
    }
    if broken > 0 || verdict.answers == 0 { Err("answers were lost".into()) } else { Ok(()) }
}

struct Server(Child);

impl Server {
    async fn start(listen: SocketAddr) -> Outcome<Self> {
        let child = Command::new(env::var("SERVER")?)
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let begun = Instant::now();
        while TcpStream::connect(listen).await.is_err() {
            if begun.elapsed() > Duration::from_secs(20) {
                return Err("the server did not start".into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(Self(child))
    }

    async fn kill(&mut self) -> Outcome<()> {
        self.0.start_kill()?;
        self.0.wait().await?;
        Ok(())
    }
}

/// `kill -9` of a backend makes PostgreSQL end all its connections and recover from its log.
async fn kill_backend(db: &PgPool) -> Outcome<()> {
    let pid: i32 = sqlx::query_scalar(
        "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' limit 1",
    )
    .fetch_one(db)
    .await?;
    run(Command::new("kill").args(["-9", &pid.to_string()])).await
}

async fn kill_postmaster() -> Outcome<()> {
    run(Command::new("sh").args(["-c", &env::var("KILL_POSTMASTER")?])).await?;
    // Until the last of its processes has noticed, PostgreSQL refuses to start again.
    for _ in 0..20 {
        sleep(Duration::from_millis(500)).await;
        if run(Command::new("sh").args(["-c", &env::var("START_POSTGRES")?])).await.is_ok() {
            return Ok(());
        }
    }
    Err("PostgreSQL did not start again".into())
}

async fn run(command: &mut Command) -> Outcome<()> {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).status().await?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

/// The network between learners and server, which can be cut: connections end, and new ones get no reply.
struct Network {
    address: SocketAddr,
    open: Arc<AtomicBool>,
    cuts: watch::Sender<u32>,
}

impl Network {
    async fn start(to: SocketAddr) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let open = Arc::new(AtomicBool::new(true));
        let (cuts, cut) = watch::channel(0);
        let is_open = open.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (is_open, mut cut) = (is_open.clone(), cut.clone());
                tokio::spawn(async move {
                    if !is_open.load(Ordering::Relaxed) {
                        return;
                    }
                    cut.mark_unchanged();
                    let Ok(mut far) = TcpStream::connect(to).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Ok(Self { address, open, cuts })
    }

    async fn cut(&self, how_long: Duration) {
        self.open.store(false, Ordering::Relaxed);
        self.cuts.send_modify(|cuts| *cuts += 1);
        sleep(how_long).await;
        self.open.store(true, Ordering::Relaxed);
    }
}
