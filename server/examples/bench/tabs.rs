//! A thousand open tabs that lose their network for half a minute, on a server of their own: their requests before and
//! after. Each tab is in the exam room. It saves an answer every few seconds and sends a sign of life every ten, and
//! has its stream of events, which it loses and opens again at the client's own pace (`domain::kit::live::pace`).

mod line;

use std::{
    io::{Write, stdout},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    assessment::delivery::SittingId,
    kit::live::{Topic, pace},
};
use line::Line;
use services::Services;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    Targets,
    exam::cpu_seconds,
    support::{Browser, Choices, OpenRoom, Outcome, learners, open_paper, sit_down},
};

const TABS: usize = 1000;
const ARRIVE: Duration = Duration::from_secs(20);
const SETTLE: Duration = Duration::from_secs(10);
const BEFORE: Duration = Duration::from_secs(30);
const AWAY: Duration = Duration::from_secs(30);
/// The longest time that a tab waits before it tries again: by then all of them hear.
const AFTER: Duration = Duration::from_secs(50);
/// As in the exam room: a sign of life, and unsaved answers are sent again.
const BEAT: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_secs(2);

pub async fn outage(services: &Services, targets: &mut Targets) -> Outcome<()> {
    let listen: SocketAddr = std::env::var("LISTEN")?.parse()?;
    let mut server = Command::new(std::env::var("SERVER")?).arg("serve").kill_on_drop(true).spawn()?;
    let pid = server.id().ok_or("the server has no id")?;
    while TcpStream::connect(listen).await.is_err() {
        sleep(Duration::from_millis(50)).await;
    }
    let (paper, code) = open_paper(&services.db).await?;
    let line = Arc::new(Line::to(listen));
    let tabs: Vec<_> = (0_u64..)
        .zip(learners(&services.db, TABS).await?)
        .map(|(n, (_, session))| {
            let (line, code) = (line.clone(), code.clone());
            tokio::spawn(async move {
                let mut choices = Choices::new(n);
                sleep(ARRIVE.mul_f64(chance(&mut choices))).await;
                let room = sit_down(Browser::new(line.server, session), paper, &code).await?;
                tab(&line, room, choices).await;
                Outcome::Ok(())
            })
        })
        .collect();
    let now = || line.begun.elapsed();
    let cpu = || cpu_seconds(pid);
    sleep(ARRIVE + SETTLE).await;
    let (start, cpu_start) = (now(), cpu()?);
    sleep(BEFORE).await;
    let (gone, cpu_gone, hearing) = (now(), cpu()?, line.hearing.load(Ordering::Relaxed));
    line.away.send_replace(true);
    sleep(AWAY).await;
    let (back, cpu_back) = (now(), cpu()?);
    line.away.send_replace(false);
    sleep(AFTER).await;
    let (end, cpu_end, healed) = (now(), cpu()?, line.hearing.load(Ordering::Relaxed));
    line.over.store(true, Ordering::Relaxed);
    line.away.send_replace(true);
    let mut failed = 0_u32;
    for tab in tabs {
        failed += u32::from(tab.await?.is_err());
    }
    server.start_kill()?;
    server.wait().await?;

    let mut out = stdout().lock();
    writeln!(
        out,
        "\n{TABS} tabs in the exam room, with no network for {} s. Of them heard before: {hearing}; after: {healed}.",
        AWAY.as_secs()
    )?;
    let (before, after) = (line.load(start, gone), line.load(back, end));
    let share = |used: f64, time: Duration| 100.0 * used / time.as_secs_f64();
    let used_before = share(cpu_gone - cpu_start, gone - start);
    let used_after = share(cpu_end - cpu_back, end - back);
    for (when, (mean, most), used) in [
        (format!("in the {} s before", BEFORE.as_secs()), before, used_before),
        (format!("in the {} s after", AFTER.as_secs()), after, used_after),
    ] {
        writeln!(
            out,
            "  {when:<20} {mean:>6.0} requests/s, at most {most:>5} in one, {used:>5.0} % of a processor"
        )?;
    }
    let ratio = after.0 / before.0;
    let target = targets.at_most("requests after an outage against before", ratio, 1.2);
    writeln!(out, "  requests after against before    {ratio:>5.2}  {target}")?;
    let ratio = used_after / used_before;
    let target = targets.at_most("the server's work after an outage against before", ratio, 1.2);
    writeln!(out, "  processor after against before   {ratio:>5.2}  {target}")?;
    let lost = TABS.saturating_sub(healed) + usize::try_from(failed)?;
    let target =
        targets.at_most("tabs that do not hear after an outage", f64::from(u32::try_from(lost)?), 0.0);
    writeln!(out, "  tabs that do not hear again      {lost:>5}  {target}")?;
    let refused = line.refused.load(Ordering::Relaxed);
    writeln!(out, "  answers that were none           {refused:>5}")?;
    Ok(())
}

fn chance(choices: &mut Choices) -> f64 {
    f64::from(u32::try_from(choices.below(10_000)).unwrap_or_default()) / 10_000.0
}

/// The state that its parts share.
#[derive(Default)]
struct Part {
    news: Notify,
    hears: AtomicBool,
    lost: AtomicU32,
}

async fn tab(line: &Line, mut room: OpenRoom, mut choices: Choices) {
    let part = Part::default();
    let (sitting, session) = (room.sitting, room.browser.session.clone());
    let mut others = [1, 2, 3].map(|n| Choices::new(choices.below(u64::MAX) ^ n));
    let [of_stream, of_asker, of_beat] = &mut others;
    let state = format!("sitting={sitting}");
    tokio::join!(
        listen(line, &part, sitting, &session, of_stream),
        ask(line, &part, Browser::new(line.server, session.clone()), &state, of_asker),
        async {
            let mut browser = Browser::new(line.server, session.clone());
            sleep(BEAT.mul_f64(chance(of_beat))).await;
            while !line.is_over() {
                let _ = line.call(&mut browser, STATE, &state).await;
                sleep(BEAT).await;
            }
        },
        async {
            let (mut count, mut unsent) = (0, Vec::new());
            while !line.is_over() {
                sleep(Duration::from_millis(2000 + choices.below(4000))).await;
                count += 1;
                let item = usize::try_from(choices.below(room.items.len() as u64)).unwrap_or_default();
                unsent.push(room.save(item, count));
                while line.take().is_err() || room.browser.save(room.sitting, &unsent).await.is_err() {
                    if line.is_over() {
                        return;
                    }
                    sleep(AGAIN).await;
                }
                unsent.clear();
            }
        }
    );
}

const STATE: &str = "/api/assessment/load_room_state";

/// The part's requests: one at a time, and one more for all news meanwhile.
async fn ask(line: &Line, part: &Part, mut browser: Browser, state: &str, choices: &mut Choices) {
    while !line.is_over() {
        if timeout(Duration::from_secs(1), part.news.notified()).await.is_err() {
            continue;
        }
        if line.call(&mut browser, STATE, state).await.is_ok() {
            part.lost.store(0, Ordering::Relaxed);
            sleep(pace::PAUSE).await;
        } else {
            let lost = part.lost.fetch_add(1, Ordering::Relaxed) + 1;
            if part.hears.load(Ordering::Relaxed) {
                sleep(pace::ask_again_in(lost, None, chance(choices))).await;
                part.news.notify_one();
            }
        }
    }
}

/// The tab's stream, opened again whenever it breaks.
async fn listen(line: &Line, part: &Part, sitting: SittingId, session: &str, choices: &mut Choices) {
    let mut failed = 0;
    while !line.is_over() {
        let silent = hear(line, part, sitting, session, choices).await.unwrap_or(false);
        let heard = part.hears.swap(false, Ordering::Relaxed);
        if heard {
            line.hearing.fetch_sub(1, Ordering::Relaxed);
        }
        failed = if heard { 0 } else { failed + 1 };
        if silent || !heard {
            part.news.notify_one();
        }
        let answers = part.lost.load(Ordering::Relaxed) == 0;
        let again = pace::open_again_in(failed, answers, chance(choices));
        let until = Instant::now() + again;
        while Instant::now() < until && !line.is_over() {
            sleep((until - Instant::now()).min(Duration::from_secs(1))).await;
        }
    }
}

/// Until the stream ends, or is silent: then it reports that.
async fn hear(
    line: &Line,
    part: &Part,
    sitting: SittingId,
    session: &str,
    choices: &mut Choices,
) -> Outcome<bool> {
    line.take()?;
    let mut away = line.away.subscribe();
    let request = format!(
        "GET /live?topics={} HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\ncookie: session={session}\r\n\r\n",
        Topic::Sitting(sitting),
        line.server,
    );
    let mut stream = TcpStream::connect(line.server).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut chunk = vec![0; 4096];
    loop {
        let silence = pace::SILENCE + pace::SPREAD.mul_f64(chance(choices));
        let read = tokio::select! {
            read = timeout(silence, stream.read(&mut chunk)) => read,
            _ = away.wait_for(|away| *away) => return Ok(false),
        };
        let Ok(read) = read else { return Ok(true) };
        let said = String::from_utf8_lossy(&chunk[..read?]).into_owned();
        if said.is_empty() {
            return Ok(false);
        }
        if said.contains("data: ") && !part.hears.swap(true, Ordering::Relaxed) {
            line.hearing.fetch_add(1, Ordering::Relaxed);
        }
        if said.contains("changed") {
            part.news.notify_one();
        }
    }
}
