//! Pages of the real server beside hand-written handlers that run the same statements on the same pool and return
//! bodies of the same size; and the size of pages.

use std::{
    collections::BTreeSet,
    io::{Write, stdout},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::header,
    response::Html,
    routing::{MethodRouter, get},
};
use domain::{
    accounts::{EmailAddress, Password},
    cohorts::{CohortId, CohortsQuery, StudentsQuery},
    learning::Slug,
    zone::directory::DirectoryQuery,
};
use services::{Services, accounts, cohorts, kit::ROWS_A_PAGE, learning, zone::directory::directory_page};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{Targets, median, serve, support::Outcome};

pub(crate) const CONNECTIONS: usize = 16;
const RUNS: usize = 5;
const RUN: Duration = Duration::from_secs(3);

const STUDENT: &str = "student001@demo.example";
pub(crate) const TUTOR: &str = "tutor@demo.example";
const COURSE: &str = "/learn/nmp";
const READING: &str = "/learn/nmp/pharmacokinetics/metabolism";
/// The size of that page with brotli while every page was a document with four islands in it.
const READING_BEFORE: f64 = 4114.0;

/// Requests a second, in turn with the hand-written handlers.
pub async fn compare(services: &Services, real: SocketAddr, targets: &mut Targets) -> Outcome<()> {
    let (student, tutor) = (sign_in(services, STUDENT).await?, sign_in(services, TUTOR).await?);
    let (cohort, students) = a_cohort(services, &tutor).await?;
    writeln!(
        stdout(),
        "\nPages, signed in, in requests a second: {CONNECTIONS} connections, {RUNS} runs of {} s each, in turn with handlers written by hand.",
        RUN.as_secs()
    )?;
    let of_cohort = format!("/cohorts/{cohort}");
    let what = format!("cohort, {students} students");
    let course = Page {
        what: "course",
        path: COURSE,
        token: &student,
        by_hand: get(course_by_hand),
        cohort,
        students: StudentsQuery::default(),
        connections: CONNECTIONS,
        target: 0.8,
    };
    beside(services, real, targets, course).await?;
    let of_cohort = Page {
        what: &what,
        path: &of_cohort,
        token: &tutor,
        by_hand: get(cohort_by_hand),
        cohort,
        students: StudentsQuery::default(),
        connections: CONNECTIONS,
        target: 0.7,
    };
    beside(services, real, targets, of_cohort).await
}

/// A page to measure beside its handler written by hand.
pub(crate) struct Page<'a> {
    pub what: &'a str,
    pub path: &'a str,
    pub token: &'a str,
    pub by_hand: MethodRouter<ByHand>,
    /// What the handler loads, if it is that of a cohort.
    pub cohort: CohortId,
    pub students: StudentsQuery,
    pub connections: usize,
    pub target: f64,
}

/// Measures one page, in turn with its handler, and prints the result.
pub(crate) async fn beside(
    services: &Services,
    real: SocketAddr,
    targets: &mut Targets,
    page: Page<'_>,
) -> Outcome<()> {
    let Page { what, path, token, by_hand, cohort, students, connections, target } = page;
    let body = fetch(real, token, path).await?.len();
    let state = ByHand {
        services: services.clone(),
        token: token.to_owned(),
        cohort,
        students,
        body: "x".repeat(body).into(),
    };
    let hand_written = serve(on(path, by_hand, state)).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        theirs.push(run(hand_written, token, path, connections).await?);
        ours.push(run(real, token, path, connections).await?);
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let ratio = ours / theirs;
    let target = targets.at_least(&format!("the page {what} against a handler by hand"), ratio, target);
    writeln!(
        stdout(),
        "  {what:<20} {ours:>6.0} this server, {theirs:>6.0} by hand: ratio {ratio:>5.2}  {target}"
    )?;
    Ok(())
}

/// The handler at the path of an address, whatever its query.
fn on(path: &str, by_hand: MethodRouter<ByHand>, state: ByHand) -> Router {
    Router::new().route(path.split('?').next().unwrap_or(path), by_hand).with_state(state)
}

/// A cohort of the tutor's with a full first page, and the number of its students there.
async fn a_cohort(services: &Services, token: &str) -> Outcome<(CohortId, usize)> {
    let actor = accounts::actor_for(services, token).await?.ok_or("nobody is signed in")?;
    for cohort in cohorts::my_cohorts(services, &actor, &CohortsQuery::default()).await?.cohorts.rows {
        let page = cohorts::cohort_page(services, &actor, cohort.id, &StudentsQuery::default()).await?;
        if page.students.rows.len() == ROWS_A_PAGE {
            return Ok((cohort.id, page.students.rows.len()));
        }
    }
    Err("no cohort of the tutor fills a page".into())
}

#[derive(Clone)]
pub(crate) struct ByHand {
    services: Services,
    token: String,
    cohort: CohortId,
    students: StudentsQuery,
    body: Arc<str>,
}

/// The work of the page, without the page: the session, the course and its progress, and the same number of bytes.
async fn course_by_hand(State(state): State<ByHand>) -> Html<String> {
    let actor = accounts::actor_for(&state.services, &state.token).await.ok().flatten();
    if let (Some(actor), Ok(course)) = (actor, Slug::parse("nmp")) {
        let _ = learning::course_page(&state.services, &actor, &course).await;
    }
    Html(state.body.to_string())
}

/// The same for a cohort: the session, permission, and its students.
pub(crate) async fn cohort_by_hand(State(state): State<ByHand>) -> Html<String> {
    if let Ok(Some(actor)) = accounts::actor_for(&state.services, &state.token).await {
        let _ = cohorts::cohort_page(&state.services, &actor, state.cohort, &state.students).await;
    }
    Html(state.body.to_string())
}

/// The same for the directory of an area: the session, permission, and the members found.
pub(crate) async fn directory_by_hand(State(state): State<ByHand>) -> Html<String> {
    if let (Ok(Some(actor)), Ok(area)) =
        (accounts::actor_for(&state.services, &state.token).await, Slug::parse(crate::directory::LARGEST))
    {
        let query = DirectoryQuery::read(crate::directory::SEARCH);
        let _ = directory_page(&state.services, &actor, &area, &query).await;
    }
    Html(state.body.to_string())
}

pub(crate) async fn sign_in(services: &Services, email: &str) -> Outcome<String> {
    let form = accounts::SignIn {
        email: EmailAddress::parse(email).map_err(|problem| problem.message())?,
        password: Password::parse(demo::PASSWORD).map_err(|problem| problem.message())?,
        remember: false,
        user_agent: "bench",
        from: accounts::Visitor::default(),
        presented: None,
    };
    Ok(accounts::sign_in(services, form).await?.token.as_str().to_owned())
}

fn request(path: &str, token: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n{}: session={token}\r\n\r\n",
        header::COOKIE
    )
    .into_bytes()
}

pub(crate) async fn fetch(address: SocketAddr, token: &str, path: &str) -> Outcome<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request(path, token)).await?;
    read_answer(&mut stream, &mut Vec::new()).await
}

/// Reads one response with a length or in chunks; only the body is returned.
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

/// Requests a second, with so many connections, each asking again as soon as it has its reply.
async fn run(address: SocketAddr, token: &str, path: &str, connections: usize) -> Outcome<f64> {
    let request: Arc<[u8]> = request(path, token).into();
    let start = Instant::now();
    let askers: Vec<_> = (0..connections)
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

/// The size of the first page for a signed-in student, and how much of a reading page is not its text.
pub async fn weigh(
    services: &Services,
    real: SocketAddr,
    site_root: &Path,
    targets: &mut Targets,
) -> Outcome<()> {
    let student = sign_in(services, STUDENT).await?;
    let mut out = stdout();
    let reading = fetch(real, &student, READING).await?;
    let ratio = f64::from(u32::try_from(compressed(&reading).await?)?) / READING_BEFORE;
    let bare = compressed(without_scripts(&reading)?.as_bytes()).await?;
    let target = targets.at_most("HTML of a page to read against the same with islands", ratio, 1.2);
    writeln!(
        out,
        "\nHTML of a page to read with brotli: {:.0} bytes, {bare} of them without scripts; with four islands it was {READING_BEFORE:.0}: ratio {ratio:.2}  {target}",
        ratio * READING_BEFORE,
    )?;
    let page = fetch(real, &student, COURSE).await?;
    writeln!(out, "\nWhat the first page of a signed-in student sends:")?;
    writeln!(out, "  HTML  {:>9} bytes, {:>8} with brotli", page.len(), compressed(&page).await?)?;
    let mut scripts = 0;
    // The files that the page loads, and nothing that only other pages need.
    let text = String::from_utf8_lossy(&page);
    let named = text.split(['"', '\'']).filter(|name| name.starts_with("/pkg/"));
    for name in named.collect::<BTreeSet<_>>() {
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

/// The page without the application's additions: scripts with their data, the files loaded for them, and the hydration
/// marks in the markup.
fn without_scripts(page: &[u8]) -> Outcome<String> {
    let mut text = String::from_utf8(page.to_vec())?;
    for (from, to) in [("<script", "</script>"), ("<link rel=\"preload\"", ">"), ("<!--", "-->")] {
        while let Some(start) = text.find(from) {
            let end = text[start..].find(to).ok_or("an element without an end")?;
            text.replace_range(start..start + end + to.len(), "");
        }
    }
    Ok(text.replace("<!>", ""))
}

/// As the server's own compression does.
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
