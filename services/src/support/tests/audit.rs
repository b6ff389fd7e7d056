//! What the audit shows, to whom, and what it keeps of being read.

use domain::support::LogQuery;

use super::*;
use crate::kit::export::Format;

impl Desk {
    async fn log(&self, who: &Actor, query: &str) -> Result<domain::support::AuditLog> {
        audit_log(&self.world.services, who, &LogQuery::read(query)).await
    }

    /// How often something happened.
    async fn happened(&self, action: &str) -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1")
            .bind(action)
            .fetch_one(&self.world.services.db)
            .await
            .unwrap()
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_audit_is_read_with_a_reason_newest_first_and_filtered(db: PgPool) {
    let desk = desk(db).await;
    let services = &desk.world.services;
    assert!(needs_reason(desk.log(&desk.support, "").await));
    assert!(not_found(desk.log(&desk.learner, "").await));
    assert!(needs_reason(audit_file(services, &desk.support, &LogQuery::default(), Format::Csv).await));
    desk.ask().await;
    desk.world.clock.advance(chrono::Duration::minutes(1));
    desk.reason(LookedAt::Log, "Review of the month").await.unwrap();
    let looks = desk.log(&desk.support, "show=looks").await.unwrap().events;
    let read: Vec<_> = looks.iter().map(|row| (row.what.as_str(), row.reason.as_deref())).collect();
    assert_eq!(
        read,
        [
            ("Support looked at the audit", Some("Review of the month")),
            ("Support looked at an account", Some("Asked by telephone")),
        ]
    );
    assert_eq!(looks[1].subject.as_deref(), Some("sam@north.example"));
    assert_eq!(looks[1].person, Some(desk.learner.person()));
    let everything = desk.log(&desk.support, "").await.unwrap().events.len();
    assert!(everything > 2);
    // A month is shown, unless more is asked for. The reasons are old by now.
    desk.world.clock.advance(chrono::Duration::days(31));
    desk.reason(LookedAt::Log, "Review of the month after").await.unwrap();
    assert_eq!(desk.log(&desk.support, "").await.unwrap().events.len(), 1);
    assert_eq!(desk.log(&desk.support, "days=90").await.unwrap().events.len(), everything + 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_audit_names_nobody_for_whom_the_reader_has_given_no_reason(db: PgPool) {
    let desk = desk(db).await;
    let services = &desk.world.services;
    let colleague = desk.world.learner("colleague@coop.example").await;
    desk.world.grant(&colleague, Role::Support).await;
    let person = LookedAt::Person(desk.learner.person());
    give_reason(services, &colleague, person, "Sam has lost the telephone").await.unwrap();
    desk.reason(LookedAt::Log, "Review of the month").await.unwrap();
    let said = serde_json::to_string(&desk.log(&desk.support, "").await.unwrap()).unwrap();
    assert!(!said.contains("sam@") && !said.contains("Sam has"), "{said}");
    assert!(!said.contains(&desk.learner.person().to_string()), "{said}");
    let file = async || {
        let file = audit_file(services, &desk.support, &LogQuery::default(), Format::Csv).await.unwrap();
        String::from_utf8(file.bytes).unwrap()
    };
    let text = file().await;
    assert!(!text.contains("sam@") && !text.contains("Sam has"), "{text}");
    // Who acts as support is named, and found, also when they have left it and have only looked.
    sqlx::query("delete from grants where person_id = $1")
        .bind(colleague.person().0)
        .execute(&services.db)
        .await
        .unwrap();
    let looks = desk.log(&desk.support, "show=looks&search=colleague").await.unwrap().events;
    let read: Vec<_> = looks.iter().map(|row| (row.actor.as_deref(), row.subject.as_deref())).collect();
    assert_eq!(read, [(Some("colleague@coop.example"), Some("A person"))]);
    assert!(desk.log(&desk.support, "search=sam%40north").await.unwrap().events.is_empty());
    // But not for what they did or what happened to them apart from that.
    sqlx::query(
        "insert into audit_events (id, at, actor_id, subject_id, action)
        select gen_random_uuid(), $2, $1, $1, a from unnest(array['accounts.signed_in', 'accounts.link_requested']) a",
    )
    .bind(colleague.person().0)
    .bind(services.clock.now())
    .execute(&services.db)
    .await
    .unwrap();
    let signed_in = desk.log(&desk.support, "show=accounts").await.unwrap().events;
    assert!(signed_in.iter().all(|row| row.actor.as_deref() != Some("colleague@coop.example")));
    for of_their_own in ["show=accounts&search=colleague", "show=support"] {
        let events = desk.log(&desk.support, of_their_own).await.unwrap().events;
        let named = events.iter().any(|row| row.actor.as_deref() == Some("colleague@coop.example"));
        assert!(!named, "{of_their_own}");
    }
    // With a reason for this person, which they read, the reader sees what happened to them.
    desk.ask().await;
    let found = desk.log(&desk.support, "show=looks&search=sam%40north").await.unwrap().events;
    let why: Vec<_> = found.iter().filter_map(|row| row.reason.as_deref()).collect();
    assert_eq!(why, ["Asked by telephone", "Sam has lost the telephone"]);
    assert!(file().await.contains("Sam has lost the telephone"));
    desk.world.clock.advance(chrono::Duration::minutes(61));
    desk.reason(LookedAt::Log, "Review of the month").await.unwrap();
    assert!(desk.log(&desk.support, "search=sam%40north").await.unwrap().events.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_audit_says_who_of_support_did_each_thing(db: PgPool) {
    let desk = desk(db).await;
    let (services, support, person) = (&desk.world.services, &desk.support, desk.learner.person());
    let cohort = desk.world.cohort("University of the North", "Autumn").await;
    desk.world.grant(&desk.learner, Role::CohortTutor(cohort.id)).await;
    let colleague = desk.world.learner("colleague@coop.example").await;
    desk.world.grant(&colleague, Role::Support).await;
    desk.try_to_sign_in(PASSWORD).await.unwrap();
    assert!(desk.try_to_sign_in("something else").await.is_err());
    desk.with_factors().await;
    desk.ask().await;
    assert!(unlock(services, support, person, "Mistyped the password").await.unwrap());
    assert!(send_mail(services, support, person, "Forgot the password").await.unwrap());
    end_sessions(services, support, person, "Lost the bag").await.unwrap();
    assert!(end_second_factor(services, support, person, "Lost the phone").await.unwrap());
    let role = format!("cohort-tutor/{}", cohort.id);
    take_back_role(services, support, person, &role, "Left the university").await.unwrap();
    // The other mail is for an account that is not open.
    sqlx::query("update people set activated_at = null, password_hash = null where id = $1")
        .bind(person.0)
        .execute(&services.db)
        .await
        .unwrap();
    assert!(send_mail(services, support, person, "Did not come").await.unwrap());
    let done = [
        "Support ended a wait for signing in",
        "Support sent a mail again",
        "Asked for a link to choose a password",
        "Asked for the mail of the activation",
        "Support signed all devices out",
        "Support ended the second factor",
        "Took back a role: Tutor, Autumn",
    ];
    // A colleague has a reason for the audit, and none for the person.
    give_reason(services, &colleague, LookedAt::Log, "Review of the month").await.unwrap();
    for query in ["", "show=support", "search=help%40coop", "show=support&search=help%40coop"] {
        let events = desk.log(&colleague, query).await.unwrap().events;
        for what in done {
            let by: Vec<_> = events
                .iter()
                .filter(|row| row.what == what)
                .map(|row| (row.actor.as_deref(), row.subject.as_deref()))
                .collect();
            let named = by.iter().all(|of| *of == (Some("help@coop.example"), Some("A person")));
            assert!(named && !by.is_empty(), "{query}: {what}: {by:?}");
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_search_and_download_of_the_audit_is_in_it_without_the_text(db: PgPool) {
    let desk = desk(db).await;
    desk.reason(LookedAt::Log, "Review of the month").await.unwrap();
    desk.log(&desk.support, "").await.unwrap();
    assert_eq!(desk.happened("support.log_searched").await, 0);
    for _ in 0..2 {
        desk.log(&desk.support, "search=secret&show=looks").await.unwrap();
    }
    assert_eq!(desk.happened("support.log_searched").await, 2);
    let query = LogQuery::read("search=secret&show=roles&days=365");
    audit_file(&desk.world.services, &desk.support, &query, Format::Xlsx).await.unwrap();
    // Who asks for a file without reading it has downloaded nothing.
    audit_file(&desk.world.services, &desk.support.clone().only_asking(), &query, Format::Csv).await.unwrap();
    let kept: Vec<serde_json::Value> = sqlx::query_scalar(
        "select detail from audit_events where action like 'support.log\\_%' order by at, id",
    )
    .fetch_all(&desk.world.services.db)
    .await
    .unwrap();
    let searched = serde_json::json!({ "show": "looks", "days": "30", "shown": 0 });
    let downloaded = serde_json::json!({
        "show": "roles", "days": "365", "searched": true, "format": "xlsx", "events": 0
    });
    assert_eq!(kept, [searched.clone(), searched, downloaded]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_the_audit_show_each_event_once(db: PgPool) {
    let desk = desk(db).await;
    // Some at the same time.
    sqlx::query(
        "insert into audit_events (id, at, action)
        select gen_random_uuid(), '2026-11-22T08:00:00.123456Z'::timestamptz - n / 3 * interval '1 microsecond', 'test.' || n
        from generate_series(1, 120) n",
    )
    .execute(&desk.world.services.db)
    .await
    .unwrap();
    desk.reason(LookedAt::Log, "Review of the month").await.unwrap();
    let (mut query, mut read) = (LogQuery::default(), Vec::new());
    loop {
        let page = audit_log(&desk.world.services, &desk.support, &query).await.unwrap();
        read.extend(page.events.into_iter().map(|row| row.what).filter(|what| what.starts_with("test.")));
        match page.next {
            Some(next) => query = query.next(next),
            None => break,
        }
    }
    assert_eq!(read.len(), 120);
    assert_eq!(read.iter().collect::<std::collections::BTreeSet<_>>().len(), 120);
    // An address that somebody made up begins at the beginning.
    for after in ["x", "00000000-0000-0000-0000-000000000000~+99999-01-01T00:00:00Z"] {
        let made_up = LogQuery { after: Some(after.to_owned()), ..LogQuery::default() };
        let page = audit_log(&desk.world.services, &desk.support, &made_up).await.unwrap();
        assert_eq!(page.events.len(), 50, "{after}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_page_of_the_audit_each_filter_and_a_search_are_read_from_an_index(db: PgPool) {
    sqlx::raw_sql(
        "insert into audit_events (id, at, actor_id, subject_id, action)
        select gen_random_uuid(), now() - n * interval '1 minute', gen_random_uuid(), gen_random_uuid(),
            case n % 300 when 0 then 'organisations.created' when 1 then 'support.unlocked' else 'accounts.signed_in' end
        from generate_series(1, 50000) n;
        analyze audit_events",
    )
    .execute(&db)
    .await
    .unwrap();
    let found = crate::testing::plans(&db, "where e.at >= $3 and (e.at, e.id) < ($4, $5)").await;
    let [(_, plan)] = found.as_slice() else { panic!("{} statements", found.len()) };
    assert!(!plan.contains("Seq Scan on audit_events"), "{plan}");
    // Everything, a filter, what support did; then by who did it, and to whom; and who has ever acted as support.
    for index in ["at", "area", "by_support", "actor", "subject", "support_actor"] {
        assert!(plan.contains(&format!(" audit_events_{index}")), "{index}: {plan}");
    }
    // The filter begins where its area and the page do, in a large table too, where the planner would prefer the index of times.
    let mut of_area = plan.lines().skip_while(|line| !line.contains(" audit_events_area on"));
    let condition = of_area.nth(1).unwrap_or_default();
    assert!(condition.contains("Index Cond") && condition.contains("$15, $4, $5"), "{plan}");
}
