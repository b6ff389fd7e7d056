//! The memory of a server that does nothing but to take in one file, which arrives over HTTP.

use std::{
    io::{Write, stdout},
    net::SocketAddr,
    time::Duration,
};

use services::Services;
use tokio::{net::TcpStream, process::Command, time::sleep};
use uuid::Uuid;

use super::{Organisation, done, file, organisation};
use crate::{
    Targets,
    pages::fetch,
    support::{Browser, Outcome},
};

/// How long the file may take: as long as the server lets a request take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the page of an upload is asked for before its memory counts: what a server keeps once and for all is then there.
const VISITS: usize = 20;

/// Measures how much memory the server ever had, from before the file arrives until its people have accounts.
pub async fn memory(services: &Services, targets: &mut Targets) -> Outcome<()> {
    let listen: SocketAddr = std::env::var("LISTEN")?.parse()?;
    // Its mails are thrown away, and it ends before it has sent many.
    let mail = tempfile::tempdir()?;
    let mut server = Command::new(std::env::var("SERVER")?)
        .arg("serve")
        .env("MAIL_FOLDER", mail.path())
        .env_remove("SMTP_URL")
        .kill_on_drop(true)
        .spawn()?;
    let pid = server.id().ok_or("the server has no id")?;
    while TcpStream::connect(listen).await.is_err() {
        if let Some(status) = server.try_wait()? {
            return Err(format!("the server did not start: {status}").into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    let Organisation { slug, session } = organisation(&services.db, "alone").await?;
    for _ in 0..VISITS {
        fetch(listen, &session, &format!("/organisation/{slug}/uploads")).await?;
    }
    let file = file("alone")?;
    let size = file.len();
    let before = kilobytes(pid, "VmRSS")?;
    let mut browser = Browser::new(listen, session);
    browser.patience = PATIENCE;
    let path = format!("/uploads?organisation={slug}");
    let form = format!("multipart/form-data; boundary={BOUNDARY}");
    taken(browser.call(&path, &form, &multipart(&file)).await?)?;
    let upload: Uuid = sqlx::query_scalar(
        "select u.id from uploads u join organisations o on o.id = u.organisation_id where o.slug = $1",
    )
    .bind(slug.to_string())
    .fetch_one(&services.db)
    .await?;
    let previewed = kilobytes(pid, "VmHWM")?;
    let form = format!("organisation={slug}&upload={upload}&version=1");
    let confirm = "/api/organisations/confirm_upload";
    taken(browser.call(confirm, "application/x-www-form-urlencoded", &form).await?)?;
    done(&services.db, upload).await?;
    let after = kilobytes(pid, "VmHWM")?;
    server.start_kill()?;
    server.wait().await?;
    let grown = |most: u32| f64::from(most.saturating_sub(before)) / 1000.0;
    let target =
        targets.at_most("megabytes that a server grows by while it takes a file in", grown(after), 150.0);
    writeln!(
        stdout(),
        "  memory of a server  {:>7.0} MB more than before, {:.0} MB of them for the preview of its {:.1} MB  {target}",
        grown(after),
        grown(previewed),
        f64::from(u32::try_from(size)?) / 1e6,
    )?;
    Ok(())
}

const BOUNDARY: &str = "the-end-of-a-field";

/// The form as a browser sends it.
fn multipart(file: &str) -> String {
    format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"attested\"\r\n\r\ntrue\r\n\
         --{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\ncontent-type: text/csv\r\n\r\n\
         {file}\r\n--{BOUNDARY}--\r\n"
    )
}

/// Fails for a refused request. A form with something wrong comes back with its page: the database shows that.
fn taken((status, body): (u16, String)) -> Outcome<()> {
    if (200..400).contains(&status) { Ok(()) } else { Err(format!("status {status}: {body}").into()) }
}

/// A line of /proc, in kB: `VmRSS` is what a process has, `VmHWM` the most that it ever had.
fn kilobytes(pid: u32, name: &str) -> Outcome<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = value.ok_or_else(|| format!("no {name} in /proc/{pid}/status"))?;
    Ok(value.trim().trim_end_matches("kB").trim().parse()?)
}
