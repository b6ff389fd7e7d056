//! `make bench`: the signed-in course page of the real server beside a hand-written handler that runs the same queries on
//! the same pool and returns a body of the same size; what the page weighs; the exam room (see `exam`); and lists beside the papers
//! of many others (see `scale`). `bench saves`, `bench tabs` and `bench scale` measure one of them alone. It ends with an error that names every
//! target that is missed, after everything has been measured. Medians of several runs, as ratios: this machine's speed says
//! nothing about another's, the ratio does.

mod exam;
mod scale;
#[path = "../support/mod.rs"]
mod support;
mod tabs;

use std::{
    io::{Write, stdout},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::State, http::header, response::Html, routing::get};
use domain::{
    accounts::{EmailAddress, Password},
    learning::Slug,
};
use server::{
    config::Config,
    web::{WebState, router},
};
use services::{Crowd, Services, SystemClock, accounts, database, demo, learning, live::Live};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

const CONNECTIONS: usize = 16;
const RUNS: usize = 5;
const RUN: Duration = Duration::from_secs(3);
const PAGE: &str = "/learn/nmp";

use support::Outcome;

#[tokio::main]
async fn main() -> Outcome<()> {
    let config = Config::from_env()?;
    let services = Services {
        db: config.pool()?,
        lanes: database::pool_for_lanes(&config.database_url)?,
        session_lanes: database::pool_for_lanes(&config.database_url)?,
        clock: Arc::new(SystemClock),
        hasher: accounts::Hasher::new()?,
        crowd: Crowd::default(),
        mailer: config.mailer()?,
        public_url: "http://localhost".into(),
    };
    let only = std::env::args().nth(1);
    let mut targets = Targets::default();
    if only.as_deref() == Some("scale") {
        scale::lists(&services, &mut targets).await?;
        return targets.met();
    }
    if only.as_deref() == Some("tabs") {
        tabs::outage(&services, &mut targets).await?;
        return targets.met();
    }
    let token = sign_in(&services).await?;
    let (_stop, stopping) = watch::channel(false);
    let state = WebState::new(&config, services.clone(), Live::start(services.clone()), stopping)
        .map_err(|error| error.to_string())?;
    let real = serve(router(state)).await?;
    if only.as_deref() == Some("saves") {
        exam::saves(&services, real, &mut targets).await?;
        return targets.met();
    }
    let page = fetch(real, &token, PAGE).await?;
    let hand_written = serve(Router::new().route(PAGE, get(by_hand)).with_state(ByHand {
        services: services.clone(),
        token: token.clone(),
        body: "x".repeat(page.len()).into(),
    }))
    .await?;

    let mut out = stdout().lock();
    writeln!(
        out,
        "\nThe course page, signed in: {CONNECTIONS} connections, {RUNS} runs of {} s each, in turn.",
        RUN.as_secs()
    )?;
    let (mut pages, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        plain.push(run(hand_written, &token).await?);
        pages.push(run(real, &token).await?);
    }
    let (page_rate, plain_rate) = (median(&mut pages), median(&mut plain));
    writeln!(out, "  hand-written handler  {plain_rate:>8.0} requests/s")?;
    writeln!(out, "  this server           {page_rate:>8.0} requests/s")?;
    let ratio = page_rate / plain_rate;
    let target = targets.at_least("the course page against a hand-written handler", ratio, 0.5);
    writeln!(out, "  ratio                 {ratio:>8.2}  {target}")?;
    writeln!(out, "\nWhat the first page of a signed-in student sends:")?;
    weigh(&mut out, &page, &config.site_root, &mut targets).await?;
    drop(out);
    exam::saves(&services, real, &mut targets).await?;
    exam::thousand(&services, &mut targets).await?;
    tabs::outage(&services, &mut targets).await?;
    // Last: what it leaves in the tables would be beside all others.
    scale::lists(&services, &mut targets).await?;
    targets.met()
}

/// What is asked of the measured values. Those that miss it are named at the end, so that one hides no other.
#[derive(Default)]
pub(crate) struct Targets {
    missed: Vec<String>,
}

impl Targets {
    /// Gives the words that stand beside the value.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, target: f64) -> String {
        self.hold(what, value, value >= target, &format!("at least {target}"))
    }

    pub(crate) fn at_most(&mut self, what: &str, value: f64, target: f64) -> String {
        self.hold(what, value, value <= target, &format!("at most {target}"))
    }

    /// What could not be measured, as `NaN`, is missed too.
    fn hold(&mut self, what: &str, value: f64, met: bool, target: &str) -> String {
        if met {
            return format!("(target: {target})");
        }
        self.missed.push(format!("{what}: {value:.2}, not {target}"));
        format!("(target: {target}, MISSED)")
    }

    fn met(self) -> Outcome<()> {
        if self.missed.is_empty() {
            Ok(())
        } else {
            Err(format!("missed: {}", self.missed.join("; ")).into())
        }
    }
}

async fn sign_in(services: &Services) -> Outcome<String> {
    let form = accounts::SignIn {
        email: EmailAddress::parse("student001@demo.example").map_err(|problem| problem.message())?,
        password: Password::parse(demo::PASSWORD).map_err(|problem| problem.message())?,
        remember: false,
        user_agent: "bench",
        from: accounts::Visitor::default(),
        presented: None,
    };
    Ok(accounts::sign_in(services, form).await?.token.as_str().to_owned())
}

#[derive(Clone)]
struct ByHand {
    services: Services,
    token: String,
    body: Arc<str>,
}

/// What the page does, without the page: the session, the course and its progress, and as many bytes.
async fn by_hand(State(state): State<ByHand>) -> Html<String> {
    let actor = accounts::actor_for(&state.services, &state.token).await.ok().flatten();
    let course = Slug::parse("nmp").ok();
    if let (Some(actor), Some(course)) = (actor, course) {
        let _ = learning::course_page(&state.services, &actor, &course).await;
    }
    Html(state.body.to_string())
}

pub(crate) async fn serve(router: Router) -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
    });
    Ok(address)
}

fn request(path: &str, token: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n{}: session={token}\r\n\r\n",
        header::COOKIE
    )
    .into_bytes()
}

async fn fetch(address: SocketAddr, token: &str, path: &str) -> Outcome<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request(path, token)).await?;
    read_answer(&mut stream, &mut Vec::new()).await
}

/// Reads one answer with a length or in chunks; only the body is given back.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Outcome<Vec<u8>> {
    buffer.clear();
    let mut chunk = [0; 65536];
    loop {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Err("the server closed the connection".into());
        }
        buffer.extend_from_slice(&chunk[..read]);
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
        if !text.starts_with("http/1.1 200") {
            return Err(text.into());
        }
        let body = &buffer[head + 4..];
        match text
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.parse::<usize>().ok())
        {
            Some(length) if body.len() >= length => return Ok(body.to_vec()),
            None if body.ends_with(b"0\r\n\r\n") => return Ok(body.to_vec()),
            _ => {}
        }
    }
}

/// Requests a second, with as many connections as there are, each asking again as soon as it is answered.
async fn run(address: SocketAddr, token: &str) -> Outcome<f64> {
    let request: Arc<[u8]> = request(PAGE, token).into();
    let start = Instant::now();
    let askers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let request = request.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                let (mut buffer, mut answered) = (Vec::new(), 0_u32);
                while start.elapsed() < RUN {
                    stream.write_all(&request).await?;
                    read_answer(&mut stream, &mut buffer).await?;
                    answered += 1;
                }
                Outcome::Ok(answered)
            })
        })
        .collect();
    let mut answered = 0;
    for asker in askers {
        answered += asker.await??;
    }
    Ok(f64::from(answered) / start.elapsed().as_secs_f64())
}

pub(crate) fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

async fn weigh(out: &mut impl Write, page: &[u8], site_root: &Path, targets: &mut Targets) -> Outcome<()> {
    let compressed = compressed(page).await?;
    writeln!(out, "  HTML  {:>9} bytes, {:>8} with brotli", page.len(), compressed)?;
    let mut scripts = 0;
    // What the page asks for, and nothing that only other pages need.
    let text = String::from_utf8_lossy(page);
    let named = text.split(['"', '\'']).filter(|name| name.starts_with("/pkg/"));
    for name in named.collect::<std::collections::BTreeSet<_>>() {
        let path = site_root.join(name.trim_start_matches('/'));
        let kind = match name.rsplit('.').next() {
            Some("wasm") => "WASM",
            Some("js") => "JS",
            Some("css") => "CSS",
            _ => continue,
        };
        let size = std::fs::metadata(&path)?.len();
        let brotli = std::fs::metadata(format!("{}.br", path.display()))?.len();
        if kind != "CSS" {
            scripts += brotli;
        }
        writeln!(out, "  {kind:<5} {size:>9} bytes, {brotli:>8} with brotli")?;
    }
    let target = targets.at_most("bytes of WASM and JS", f64::from(u32::try_from(scripts)?), 260_000.0);
    writeln!(out, "  WASM and JS together: {scripts} bytes with brotli {target}")?;
    Ok(())
}

/// As the server's own compression does it.
async fn compressed(page: &[u8]) -> Outcome<usize> {
    use tower::{Service, ServiceExt};
    let page = page.to_vec();
    let inner = tower::service_fn(move |_: axum::http::Request<Body>| {
        let page = page.clone();
        async move {
            Ok::<_, std::convert::Infallible>(
                axum::http::Response::builder()
                    .header(header::CONTENT_TYPE, "text/html")
                    .body(Body::from(page))
                    .unwrap_or_default(),
            )
        }
    });
    let quality = tower_http::CompressionLevel::Precise(4);
    let mut service = tower::ServiceBuilder::new()
        .layer(tower_http::compression::CompressionLayer::new().quality(quality))
        .service(inner);
    let request = axum::http::Request::builder().header(header::ACCEPT_ENCODING, "br").body(Body::empty())?;
    let response = service.ready().await?.call(request).await?;
    Ok(axum::body::to_bytes(Body::new(response.into_body()), usize::MAX).await?.len())
}
