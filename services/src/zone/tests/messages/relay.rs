use domain::FormToken;
use uuid::Uuid;

use super::*;
use crate::zone::messages::stop;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_message_is_relayed_by_mail_and_gives_no_address_away(db: PgPool) {
    let place = place(db).await;
    place.sends(&place.ann, place.in_ben, "Do you have a minute?\r\nAbout insulin.").await.unwrap();
    let letters = place.mail_to("ben@north.example").await;
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    for part in [
        "\r\nSubject: Ann Archer writes to you in north\r\n",
        "> Do you have a minute?",
        "> About insulin.",
        &format!("https://learning.example/zone/north/members/{}", place.in_ann),
        "https://learning.example/zone/north/messages",
        "https://learning.example/stop-messages/",
        "\r\nList-Unsubscribe:",
        "<https://learning.example/mail/stop-messages/",
        "no-reply@example.org",
    ] {
        assert!(letter.contains(part), "{part} is not in {letter}");
    }
    assert!(!letter.contains("ann@") && !letter.contains("Reply-To"), "{letter}");
    assert_eq!(letter.matches("ben@").count(), 1, "their own address is in To alone: {letter}");
    for (who, other) in [(&place.ann, "Ben Baker"), (&place.ben, "Ann Archer")] {
        let rows = place.rows(who).await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].other.as_ref().unwrap().name, other);
        assert_eq!(rows[0].text, "Do you have a minute?\nAbout insulin.");
        assert_eq!(rows[0].received, std::ptr::eq(who, &place.ben));
        let sent = serde_json::to_string(&rows).unwrap();
        assert!(!sent.contains('@'), "{sent}");
    }
    assert!(place.rows(&place.lead).await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sender_who_wants_it_gives_their_address_away(db: PgPool) {
    let place = place(db).await;
    let text = MessageText::parse("Write to me").unwrap();
    let new = NewMessage { to: place.in_ben, text: &text, shows_address: true, form: None };
    send(&place.world.services, &place.ann, &slug("north"), new).await.unwrap();
    let letter = place.mail_to("ben@north.example").await.remove(0);
    assert!(letter.contains("\r\nReply-To: ann@north.example\r\n"), "{letter}");
    assert!(letter.contains("lets you see their e-mail address, ann@north.example."), "{letter}");
    // The platform keeps no address with the message.
    let kept: String = sqlx::query_scalar("select string_agg(m::text, ' ') from zone_messages m")
        .fetch_one(&place.db)
        .await
        .unwrap();
    assert!(!kept.contains('@'), "{kept}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_that_is_sent_twice_sends_one_message(db: PgPool) {
    let place = place(db).await;
    let text = MessageText::parse("Hello").unwrap();
    let form = Some(FormToken(Uuid::now_v7()));
    let new = NewMessage { to: place.in_ben, text: &text, shows_address: false, form };
    for _ in 0..2 {
        send(&place.world.services, &place.ann, &slug("north"), new).await.unwrap();
    }
    assert_eq!((place.count("zone_messages").await, place.mail_to("ben@north.example").await.len()), (1, 1));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_writes_to_another_area_or_to_themselves(db: PgPool) {
    let place = place(db).await;
    let south = area(&place.world, "south").await;
    let cat = named(&place.world, "cat@south.example", "Cat").await;
    let in_cat = join(&place.world, south, &cat).await;
    for (from, to) in [(&cat, place.in_ben), (&place.ann, in_cat), (&place.ann, place.in_ann), (&cat, in_cat)]
    {
        assert!(matches!(place.sends(from, to, "Hello").await, Err(Error::NotFound)));
    }
    assert!(matches!(
        messages_page(&place.world.services, &cat, &slug("north"), &MessagesQuery::default()).await,
        Err(Error::NotFound)
    ));
    assert_eq!((place.count("zone_messages").await, place.count("outbox").await), (0, 0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_link_of_a_mail_stops_messages_in_its_area_without_signing_in(db: PgPool) {
    let place = place(db).await;
    let south = area(&place.world, "south").await;
    join(&place.world, south, &place.ben).await;
    place.sends(&place.ann, place.in_ben, "Hello").await.unwrap();
    let letter = place.mail_to("ben@north.example").await.remove(0);
    let token = letter.split("/stop-messages/").nth(1).unwrap().split(['>', '\r', '\n']).next().unwrap();
    let taking = async || -> Vec<String> {
        let areas = "select a.name from zone_profiles p join zone_areas a on a.id = p.area_id
            where p.person_id = $1 and p.takes_messages order by 1";
        sqlx::query_scalar(areas).bind(place.ben.person().0).fetch_all(&place.db).await.unwrap()
    };
    stop(&place.world.services, "unknown").await.unwrap();
    assert_eq!(taking().await, ["north", "south"]);
    for _ in 0..2 {
        stop(&place.world.services, token).await.unwrap();
    }
    assert_eq!(taking().await, ["south"]);
    assert!(refused(place.sends(&place.ann, place.in_ben, "Again").await).contains("takes no messages"));
    let events = "select count(*) from audit_events where action = 'zone.messages_stopped'";
    assert_eq!(sqlx::query_scalar::<_, i64>(events).fetch_one(&place.db).await.unwrap(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_have_every_message_once_newest_first(db: PgPool) {
    let place = place(db).await;
    sqlx::query(
        "insert into zone_messages (id, area_id, from_member, to_member, text, shows_email, kept_back, sent_at)
        select gen_random_uuid(), $1, case when n % 2 = 0 then $2 else $3 end, case when n % 2 = 0 then $3 else $2 end,
            'Number ' || n, false, false, timestamptz '2026-11-01' + make_interval(mins => n / 3)
        from generate_series(1, 120) n",
    )
    .bind(place.north.0)
    .bind(place.in_ann.0)
    .bind(place.in_ben.0)
    .execute(&place.db)
    .await
    .unwrap();
    let stored: Vec<String> =
        sqlx::query_scalar("select text from zone_messages order by sent_at desc, id desc")
            .fetch_all(&place.db)
            .await
            .unwrap();
    let page = async |query: &MessagesQuery| {
        messages_page(&place.world.services, &place.ben, &slug("north"), query).await.unwrap().messages
    };
    let (mut query, mut shown) = (MessagesQuery::default(), Vec::new());
    loop {
        let page = page(&query).await;
        assert_eq!((page.in_all, page.found), (120, 120));
        shown.extend(page.rows.into_iter().map(|row| row.text));
        match page.next {
            Some(next) => query = query.next(next),
            None => break,
        }
    }
    assert_eq!(shown, stored);
    for (asked, found) in
        [("show=received", 60), ("show=sent", 60), ("search=number+12", 2), ("search=baker", 0)]
    {
        assert_eq!(page(&MessagesQuery::read(asked)).await.found, found, "{asked}");
    }
    assert_eq!(page(&MessagesQuery::read("search=archer")).await.found, 120);
}
