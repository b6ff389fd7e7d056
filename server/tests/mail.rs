//! A link to choose a password goes out over a real SMTP conversation.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use services::Mailer;
use sqlx::PgPool;
use support::Site;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// Takes one message, as a mail server does, and gives back the whole conversation.
async fn take_one(listener: TcpListener) -> String {
    let (stream, _) = listener.accept().await.unwrap();
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut heard = String::new();
    let mut data = false;
    writer.write_all(b"220 mail.test\r\n").await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        heard.push_str(&line);
        heard.push('\n');
        let reply: &[u8] = match (data, line.split([' ', ':']).next().unwrap_or_default()) {
            (true, _) if line == "." => {
                data = false;
                b"250 taken\r\n"
            }
            (true, _) => continue,
            (false, "EHLO") => b"250 mail.test\r\n",
            (false, "DATA") => {
                data = true;
                b"354 go on\r\n"
            }
            (false, "QUIT") => b"221 bye\r\n",
            (false, _) => b"250 ok\r\n",
        };
        writer.write_all(reply).await.unwrap();
        if reply.starts_with(b"250 taken") || reply.starts_with(b"221") {
            break;
        }
    }
    heard
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_link_arrives_by_smtp(db: PgPool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mut site = Site::with_demo(db.clone()).await;
    site.services.mailer = Mailer::smtp(&url, "Learning <no-reply@example.org>").unwrap();
    let email = domain::accounts::EmailAddress::parse("student@demo.example").unwrap();
    services::accounts::request_link(&site.services, email, services::accounts::Visitor::default())
        .await
        .unwrap();
    let heard = tokio::time::timeout(std::time::Duration::from_secs(10), take_one(listener)).await.unwrap();
    assert!(
        heard.contains("MAIL FROM:<no-reply@example.org>")
            && heard.contains("RCPT TO:<student@demo.example>"),
        "{heard}"
    );
    let body = heard.replace("=\n", "").replace("=3D", "=");
    assert!(
        body.contains("Subject: Choose a new password")
            && body.contains("http://learning.test/choose-password/"),
        "{body}"
    );
}
