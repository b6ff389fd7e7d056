//! Mail as written and as stored in the outbox. `server/tests/mail.rs` tests it with a mail server.

use std::{collections::HashMap, os::unix::fs::PermissionsExt};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::accounts::EmailAddress;
use sha2::{Digest, Sha256};
use sqlx::PgPool;

use super::{
    message::{Outgoing, unsubscribe_address},
    *,
};
use crate::{
    Error,
    kit::jobs::run_ready,
    testing::{World, plan},
};

const FROM: &str = "Health and Education Co-operative <no-reply@learning.example>";

fn outgoing(to: &str) -> Outgoing {
    let letter = Letter::new("Results for Siân")
        .paragraph("Hello Siân,")
        .paragraph("A line that is rather long, so that it does not stand on one line of a mail however wide that is, and a = sign.")
        .link("See them", "https://learning.example/assessments?a=1&b=2");
    Outgoing {
        message_id: "0192@learning.example".into(),
        queued_at: "2026-11-29T03:00:00Z".parse().unwrap(),
        to: to.into(),
        subject: letter.subject().into(),
        text: letter.text(),
        html: letter.html(),
        unsubscribe: Some(unsubscribe_address("https://lernen.example/stop/Siân?wer=ich & du").unwrap()),
        reply_to: None,
    }
}

fn mailer() -> Mailer {
    Mailer::files(tempfile::tempdir().unwrap().keep(), FROM).unwrap()
}

fn written(mailer: &Mailer, to: &str) -> String {
    String::from_utf8(mailer.message(&outgoing(to)).unwrap().formatted()).unwrap()
}

/// A header, unfolded.
fn header(message: &str, name: &str) -> String {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut found = head.lines().filter_map(|line| line.split_once(": ")).filter(|(key, _)| *key == name);
    let value = found.next().unwrap_or_else(|| panic!("{name} is not in {head}")).1.to_owned();
    assert!(found.next().is_none(), "{name} is there twice");
    value
}

/// Rule 39, except the signature.
#[test]
fn every_part_has_type_and_charset_and_the_headers_are_ascii() {
    let message = written(&mailer(), "sam@bücher.example");
    assert!(message.is_ascii(), "{message}");
    assert_eq!(header(&message, "Message-ID"), "<0192@learning.example>");
    assert_eq!(header(&message, "To"), "sam@xn--bcher-kva.example");
    assert_eq!(header(&message, "Date"), "Sun, 29 Nov 2026 03:00:00 +0000");
    assert_eq!(
        header(&message, "List-Unsubscribe"),
        "<https://lernen.example/stop/Si%C3%A2n?wer=ich%20&%20du>"
    );
    assert_eq!(header(&message, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(header(&message, "MIME-Version"), "1.0");
    let kind = header(&message, "Content-Type");
    let boundary = kind.strip_prefix("multipart/alternative;").unwrap().trim();
    let boundary = boundary.strip_prefix("boundary=").unwrap().trim_matches('"');
    let (_, body) = message.split_once("\r\n\r\n").unwrap();
    let parts: Vec<_> = body.split(&format!("--{boundary}")).collect();
    assert_eq!((parts.len(), parts[0], parts[3].trim()), (4, "", "--"));
    for (part, kind) in [(parts[1], "text/plain; charset=utf-8"), (parts[2], "text/html; charset=utf-8")] {
        let part = part.trim_start();
        assert_eq!(header(part, "Content-Type"), kind);
        assert_eq!(header(part, "Content-Transfer-Encoding"), "quoted-printable");
    }
    assert!(message.lines().all(|line| line.len() <= 998), "{message}");
    assert_eq!(message, written(&mailer(), "sam@bücher.example"), "sent again it is the same mail");
}

#[test]
fn an_answer_goes_to_an_address_of_its_own_only_where_the_mail_says_so() {
    let mail = Outgoing { reply_to: Some("kim@bücher.example".into()), ..outgoing("sam@uni.example") };
    let message = String::from_utf8(mailer().message(&mail).unwrap().formatted()).unwrap();
    assert_eq!(header(&message, "Reply-To"), "kim@xn--bcher-kva.example");
    assert!(header(&message, "From").ends_with("<no-reply@learning.example>"), "{message}");
    assert!(!written(&mailer(), "sam@uni.example").contains("Reply-To"));
    let signed = mailer().signing("here", KEY).unwrap();
    let needed = written(&signed, "sam@uni.example");
    let added = needed.replacen("\r\n", "\r\nReply-To: elsewhere@evil.example\r\n", 1);
    assert!(verified(&needed) && !verified(&added), "no relay can add it");
}

#[test]
fn the_address_that_stops_mail_is_https() {
    assert!(
        unsubscribe_address("https://bücher.example/stop")
            .unwrap()
            .starts_with("https://xn--bcher-kva.example/")
    );
    for wrong in ["http://learning.example/stop", "mailto:stop@learning.example", "stop"] {
        assert!(unsubscribe_address(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_sender_with_a_domain_of_other_letters_is_written_in_ascii() {
    let mailer = Mailer::files(tempfile::tempdir().unwrap().keep(), "Lernen <post@bücher.example>").unwrap();
    assert_eq!(header(&written(&mailer, "sam@uni.example"), "From"), "Lernen <post@xn--bcher-kva.example>");
}

const KEY: &str = include_str!("testdata/key-for-tests.pem");
const PUBLIC: &[u8] = include_bytes!("testdata/key-for-tests.pub.der");

/// White space as in RFC 6376, section 3.4.2: none at the ends, one space elsewhere.
fn relaxed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a mail reader would accept the signature: RFC 6376, section 6.1, written here again with another library for
/// the arithmetic than the one that signs.
fn verified(message: &str) -> bool {
    let signature = header(message, "DKIM-Signature");
    let tags: HashMap<_, _> = signature.split(';').filter_map(|tag| tag.split_once('=')).collect();
    let tags: HashMap<_, _> = tags
        .into_iter()
        .map(|(key, value)| (key.trim(), value.split_ascii_whitespace().collect::<String>()))
        .collect();
    assert_eq!((&*tags["v"], &*tags["a"], &*tags["c"]), ("1", "rsa-sha256", "relaxed/relaxed"));
    assert_eq!((&*tags["d"], &*tags["s"]), ("learning.example", "here"));

    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let lines: Vec<_> = body
        .split("\r\n")
        .map(|line| {
            // Inner white space is one space; white space before it begins counts.
            let shrunk = relaxed(line);
            if line.starts_with([' ', '\t']) && !shrunk.is_empty() { format!(" {shrunk}") } else { shrunk }
        })
        .collect();
    let body = lines.join("\r\n").trim_end_matches("\r\n").to_owned() + "\r\n";
    if STANDARD.encode(Sha256::digest(body)) != tags["bh"] {
        return false;
    }

    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut signed = String::new();
    for name in tags["h"].split(':') {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        for (key, value) in lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)) {
            signed += &format!("{}:{}\r\n", key.to_lowercase(), relaxed(value));
        }
    }
    let (before, after) = signature.split_once(" b=").unwrap();
    assert!(!after.contains(';'), "the signature is the last tag");
    signed += &format!("dkim-signature:{} b=", relaxed(before));
    ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, PUBLIC)
        .verify(signed.as_bytes(), &STANDARD.decode(&tags["b"]).unwrap())
        .is_ok()
}

/// Rule 39: the signature covers the headers that stop mail too.
#[test]
fn a_signature_is_valid_and_covers_the_headers_that_stop_mail() {
    let mailer = mailer().signing("here", KEY).unwrap();
    let message = written(&mailer, "sam@uni.example");
    assert!(verified(&message), "{message}");
    for (signed, changed) in [
        ("/stop/", "/go-on/"),
        ("List-Unsubscribe=One-Click", "List-Unsubscribe=Two-Clicks"),
        ("0192@learning.example", "0193@learning.example"),
        ("sam@uni.example", "kim@uni.example"),
        ("See them", "See this"),
    ] {
        assert!(message.contains(signed), "{signed}");
        assert!(!verified(&message.replace(signed, changed)), "{changed}");
    }
    let (from, rest) = message.split_once("\r\n").unwrap();
    let needed = Outgoing { unsubscribe: None, ..outgoing("sam@uni.example") };
    let needed = String::from_utf8(mailer.message(&needed).unwrap().formatted()).unwrap();
    assert!(verified(&needed), "{needed}");
    let added = needed.replacen("\r\n", "\r\nList-Unsubscribe: <https://elsewhere.example>\r\n", 1);
    assert!(!verified(&added), "a header cannot be added");
    assert!(from.starts_with("From: ") && !rest.contains("\r\nFrom: "));
    assert!(
        Mailer::files(tempfile::tempdir().unwrap().keep(), FROM).unwrap().signing("here", "no key").is_err()
    );
}

fn test_mail(to: Recipient) -> Mail {
    Mail {
        kind: MailKind::Test,
        to,
        letter: Letter::new("Very private").paragraph("Nobody's business"),
        unsubscribe: None,
    }
}

fn address(text: &str) -> Recipient {
    Recipient::Address(EmailAddress::parse(text).unwrap())
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn other_users_of_the_machine_cannot_read_mail_files(db: PgPool) {
    let mut world = World::new(db);
    let folder = world.mail.path().to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    world.services.mailer = Mailer::files(folder.clone(), FROM).unwrap();
    enqueue_alone(&world.services, &test_mail(address("sam@uni.example"))).await.unwrap();
    assert_eq!(run_ready(&world.services).await.unwrap(), 1);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!((mode(&folder), files.len(), mode(&files[0])), (0o700, 1, 0o600));
}

/// Rule 51 for mail, and what support can and cannot see.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn mail_is_sent_after_its_commit_and_support_sees_its_state_only(db: PgPool) {
    let world = World::new(db.clone());
    let person = world.learner("sam.secret@uni.example").await.person();
    let mails = [test_mail(Recipient::Person(person)), test_mail(address("kim.secret@bücher.example"))];
    let mut rolled_back = world.services.begin().await.unwrap();
    enqueue_many(&world.services, &mut rolled_back, &mails).await.unwrap();
    rolled_back.rollback().await.unwrap();
    assert_eq!(
        (run_ready(&world.services).await.unwrap(), list(&world.services, None, 10).await.unwrap().len()),
        (0, 0)
    );

    let mut committed = world.services.begin().await.unwrap();
    enqueue_many(&world.services, &mut committed, &mails).await.unwrap();
    committed.commit().await.unwrap();
    let held: String =
        sqlx::query_scalar("select string_agg(o::text, ' ') from outbox o").fetch_one(&db).await.unwrap();
    for secret in ["secret", "private", "business"] {
        assert!(!held.contains(secret), "{held}");
    }
    assert_eq!(run_ready(&world.services).await.unwrap(), 2);
    let mut listed = list(&world.services, None, 10).await.unwrap();
    listed.sort_by_key(|mail| mail.person.is_none());
    let seen: Vec<_> = listed
        .iter()
        .map(|mail| (&*mail.kind, mail.person, &*mail.domain, &*mail.state, mail.attempts))
        .collect();
    assert_eq!(
        seen,
        [
            ("test", Some(person.0), "uni.example", "sent", 1),
            ("test", None, "xn--bcher-kva.example", "sent", 1)
        ]
    );
    let letters = world.letters();
    assert_eq!(letters.len(), 2);
    for mail in &listed {
        let id = format!("Message-ID: <{}@learning.example>", mail.id);
        assert_eq!(letters.iter().filter(|letter| letter.contains(&id)).count(), 1, "{id}");
    }
    let left: i64 = sqlx::query_scalar("select count(*) from outbox_content").fetch_one(&db).await.unwrap();
    assert_eq!(left, 0, "the text of a sent mail is not kept");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn mail_to_a_deleted_person_is_not_sent_and_not_a_fault(db: PgPool) {
    let world = World::new(db.clone());
    let person = world.learner("sam@uni.example").await.person();
    enqueue_alone(&world.services, &test_mail(Recipient::Person(person))).await.unwrap();
    sqlx::query("delete from people").execute(&db).await.unwrap();
    assert_eq!(run_ready(&world.services).await.unwrap(), 1);
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from jobs) + (select count(*) from outbox) + (select count(*) from outbox_content)",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!((left, world.letters().len()), (0, 0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn mail_to_a_person_goes_to_their_address_at_the_time_of_sending(db: PgPool) {
    let world = World::new(db.clone());
    let person = world.learner("sam@uni.example").await.person();
    enqueue_alone(&world.services, &test_mail(Recipient::Person(person))).await.unwrap();
    sqlx::query("update people set email = 'sam@trust.example'").execute(&db).await.unwrap();
    run_ready(&world.services).await.unwrap();
    assert_eq!(header(&world.letters()[0], "To"), "sam@trust.example");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn mail_that_ended_long_ago_is_removed_and_waiting_mail_stays(db: PgPool) {
    let world = World::new(db.clone());
    for to in ["one@uni.example", "two@uni.example"] {
        enqueue_alone(&world.services, &test_mail(address(to))).await.unwrap();
    }
    sqlx::query("update outbox set state = 'failed', ended_at = now() - interval '91 days' where id = (select min(id::text)::uuid from outbox)")
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(purge(&world.services).await.unwrap(), 1);
    let left: (i64, i64) =
        sqlx::query_as("select (select count(*) from outbox), (select count(*) from outbox_content)")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(left, (1, 1));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_a_failed_mail_says_is_kept_only_while_it_can_be_retried(db: PgPool) {
    let world = World::new(db.clone());
    for to in ["one@uni.example", "two@uni.example"] {
        enqueue_alone(&world.services, &test_mail(address(to))).await.unwrap();
    }
    let fail = "update outbox set state = 'failed', ended_at = now() - make_interval(days =>
        case when id = (select mail_id from outbox_content where email = 'one@uni.example') then 31 else 29 end)";
    sqlx::query(fail).execute(&db).await.unwrap();
    let kept = async || -> (i64, i64) {
        assert_eq!(purge(&world.services).await.unwrap(), 0);
        sqlx::query_as("select (select count(*) from outbox), (select count(*) from outbox_content)")
            .fetch_one(&db)
            .await
            .unwrap()
    };
    assert_eq!(kept().await, (2, 2), "its job may begin again");
    sqlx::query("delete from jobs").execute(&db).await.unwrap();
    assert_eq!(kept().await, (2, 1), "support sees that it failed, and not what it said");
    let left: String = sqlx::query_scalar("select email from outbox_content").fetch_one(&db).await.unwrap();
    assert_eq!(left, "two@uni.example", "it failed 29 days ago");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_mail_that_is_queued_after_very_many_is_sent_before_most_of_them(db: PgPool) {
    let world = World::new(db.clone());
    let many = vec![test_mail(address("many@uni.example")); 1000];
    for _ in 0..2 {
        let mut transaction = world.services.begin().await.unwrap();
        enqueue_many(&world.services, &mut transaction, &many).await.unwrap();
        transaction.commit().await.unwrap();
    }
    enqueue_alone(&world.services, &test_mail(address("one@uni.example"))).await.unwrap();
    let (at_once, before, lasts): (i64, i64, f64) = sqlx::query_as(
        "with queued as (
            select j.run_at, c.email from jobs j join outbox_content c on c.mail_id = (j.payload->>'mail')::uuid
        ), one as (select run_at from queued where email = 'one@uni.example')
        select (select count(*) from one where run_at <= clock_timestamp()),
            (select count(*) from queued q, one where q.run_at < one.run_at),
            (select extract(epoch from max(q.run_at) - one.run_at)::float8 from queued q, one group by one.run_at)",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(at_once, 1);
    assert!((40..1000).contains(&before), "{before} are sent before it");
    // The second thousand come after the first.
    assert!(lasts > 60.0, "{lasts} seconds");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_malformed_unsubscribe_address_is_refused_before_queueing(db: PgPool) {
    let world = World::new(db);
    let mail =
        Mail { unsubscribe: Some("http://learning.example".into()), ..test_mail(address("sam@uni.example")) };
    assert!(matches!(enqueue_alone(&world.services, &mail).await, Err(Error::Failed(_))));
    assert!(list(&world.services, None, 10).await.unwrap().is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_failed_mail_says_is_found_among_the_failed_mail(db: PgPool) {
    sqlx::raw_sql(
        "insert into outbox (id, message_id, kind, domain, state, ended_at)
        select gen_random_uuid(), n::text, 'test', 'uni.example', k.state, case when k.state <> 'queued' then now() end
        from generate_series(1, 30000) n
        cross join lateral (select case when n % 1000 = 0 then 'failed' when n % 3 = 0 then 'queued' else 'sent' end as state) k;
        insert into outbox_content (mail_id, subject, body, html) select id, '', '', '' from outbox where state <> 'sent';
        analyze outbox, outbox_content",
    )
    .execute(&db)
    .await
    .unwrap();
    let plan = plan(&db, "from outbox_content c join outbox o").await;
    assert!(plan.contains(" outbox_failed") && !plan.contains("Seq Scan on outbox o"), "{plan}");
}
