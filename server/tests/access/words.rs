//! Texts of pages that promise something, or that people check against.

use sqlx::PgPool;

use super::{assessment, support::Site};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_settings_name_everything_that_goes_beyond_the_close(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let settings = prepared.put("/assessments/papers/{draft}/settings");
    let page = site.get(&settings, prepared.sessions[3].as_deref()).await.body;
    let hint = page.split("id=\"closes-hint\"").nth(1).unwrap().split("<").next().unwrap();
    // The trigger `sitting_deadline` takes these beyond the close, and nothing else.
    assert!(hint.ends_with("Only extra time and rest breaks go beyond."), "{hint}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_check_of_a_certificate_shows_everything_on_it(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let (paper, organisation, mark, available): (String, String, i32, i32) = sqlx::query_as(
        "with named as (update sittings set certificate_code = 'K7QM-3XRP-9WTD', verification_code = 'K7QM-3XRP-9WTD'
            where id = $1::uuid returning *)
        select p.title, o.name, s.mark::int, s.available::int from named s join papers p on p.id = s.paper_id
        join organisations o on o.id = p.organisation_id",
    )
    .bind(prepared.put("{submitted}"))
    .fetch_one(&site.services.db)
    .await
    .unwrap();
    sqlx::query("update papers set released_at = now()").execute(&site.services.db).await.unwrap();
    // The marks for the ends of texts are not read aloud.
    let page = site.get("/verify/K7QM-3XRP-9WTD", None).await.body.replace("<!>", "");
    let said: Vec<_> = page.split("<dt>").skip(1).map(|row| row.split("</dd>").next().unwrap()).collect();
    for row in [
        "Initials</dt><dd>W. X.".to_owned(),
        "Result</dt><dd>Passed".to_owned(),
        format!("Paper</dt><dd>{paper}"),
        format!("Mark</dt><dd>{mark} of {available} ({}%)", mark * 100 / available),
        format!("Organisation</dt><dd>{organisation}"),
    ] {
        assert!(said.contains(&row.as_str()), "{row} is not in {said:?}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_empty_report_says_that_what_was_given_may_have_been_taken_back(db: PgPool) {
    let site = Site::with_demo(db).await;
    sqlx::query(
        "with made as (insert into organisations (id, name, kind, slug, created_at)
            values (gen_random_uuid(), 'Without courses', 'university', 'without-courses', now()) returning id)
        insert into grants (person_id, role, organisation_id, granted_at, reason)
        select p.id, 'organisation-administrator', made.id, now(), 'Asked' from people p, made
        where p.email = 'student@demo.example'",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let session = site.sign_in("student@demo.example").await;
    let page = site.get("/organisation/without-courses/reports", Some(&session)).await.body;
    assert!(page.contains("or what you gave was taken back"), "{page}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_page_states_a_pass_mark_of_everything_without_or_more(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    // The reason for a missing tick is shown once the module has been opened.
    site.get("/learn/nmp/pharmacokinetics/absorption-and-distribution", Some(&session)).await;
    for (pass_mark, words) in [(99_i16, "99% or more"), (100, "100%")] {
        sqlx::query("update modules set pass_mark = $1")
            .bind(pass_mark)
            .execute(&site.services.db)
            .await
            .unwrap();
        let check = site.get("/learn/nmp/pharmacokinetics/check", Some(&session)).await.body;
        assert!(check.contains(&format!(". {words} is a pass")), "{pass_mark}");
        let module = site.get("/learn/nmp/pharmacokinetics", Some(&session)).await.body;
        assert!(module.contains(&format!("({words}")), "{pass_mark}: why it is not ticked");
        assert!(!(check + &module).contains("100% or more"));
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn deleting_a_draft_is_confirmed_on_the_next_page(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let notice = "The draft is deleted.";
    assert!(!site.get("/assessments/papers", setter).await.body.contains(notice));
    let removed = site.post("/api/assessment/remove_draft", &prepared.put("paper={draft}"), setter).await;
    assert!(site.get(removed.header("location"), setter).await.body.contains(notice));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn everyone_concerned_is_told_that_the_close_cuts_the_time(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let starts = site.sign_in("student003@demo.example").await;
    let setter = prepared.sessions[3].as_deref();
    let overview = "/assessments/papers/{open}/sittings/{sitting}";
    let for_the_setter = "Less than that: the paper closes before it would be over";
    let pages = [
        (
            "/assessments/papers/{draft}/publish",
            setter,
            "The paper is open for 30 minutes, which is less than its time limit of 60 minutes: nobody has the whole of it.",
        ),
        (
            "/assessments/start/{open}",
            Some(&*starts),
            "Less than the whole time, because the paper closes before it would be over",
        ),
        ("/assessments/papers/{open}?show=sitting", setter, for_the_setter),
        (overview, setter, for_the_setter),
    ];
    for (open_for, cut) in [("30 minutes", true), ("2 hours", false)] {
        let closes = "with moved as (
                update papers set limit_minutes = 60, closes_at = now() + $1::text::interval,
                    opens_at = case when published_at is null then now() else opens_at end
                where id::text in ($2, $3)
            )
            update sittings set started_at = now(), allowed_seconds = 3600, closes_at = now() + $1::text::interval
            where submitted_at is null";
        sqlx::query(closes)
            .bind(open_for)
            .bind(prepared.put("{open}"))
            .bind(prepared.put("{draft}"))
            .execute(&site.services.db)
            .await
            .unwrap();
        for (page, session, words) in pages {
            let page = site.get(&prepared.put(page), session).await.body.replace("<!>", "");
            assert_eq!(page.contains(words), cut, "{open_for}: {words} {page}");
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_setter_who_adds_time_for_all_is_told_how_many_got_it(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let add = prepared.put("paper={open}&minutes=5&form=018f4d2c-0000-7000-8000-000000000001");
    for words in [
        "The 1 candidate who is sitting has more time now.",
        "The time was added already: the candidates who were sitting then have it.",
    ] {
        let added = site.post("/api/assessment/add_time", &add, setter).await;
        let page = site.get(added.header("location"), setter).await;
        assert!(page.body.contains(words), "{words}: {} {}", added.header("location"), page.body);
    }
}

/// What a browser sends for a form of the page that sends to `function`, without what is typed.
fn drawn(page: &str, function: &str) -> String {
    let form = page.split(&format!("action=\"{function}\"")).nth(1).unwrap().split("</form>").next().unwrap();
    let hidden = form.split("type=\"hidden\" name=\"").skip(1).map(|field| {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        format!("{name}={}", rest.split('"').next().unwrap())
    });
    hidden.collect::<Vec<_>>().join("&")
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn time_for_one_candidate_is_added_once_by_a_form_that_is_sent_twice(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let page = site.get(&prepared.put("/assessments/papers/{open}/sittings/{sitting}"), setter).await.body;
    let (add, note) =
        (drawn(&page, "/api/assessment/add_time"), drawn(&page, "/api/assessment/note_incident"));
    let kept = async || -> (i32, i64) {
        let kept = sqlx::query_as(
            "select extra_seconds, (select count(*) from incidents where sitting_id = s.id)
            from sittings s where id::text = $1",
        );
        kept.bind(prepared.put("{sitting}")).fetch_one(&site.services.db).await.unwrap()
    };
    let before = kept().await;
    for _ in 0..2 {
        let forms =
            [("add_time", format!("{add}&minutes=5")), ("note_incident", format!("{note}&note=Noise"))];
        for (function, form) in forms {
            let sent = site.post(&format!("/api/assessment/{function}"), &form, setter).await;
            assert!(sent.status.is_redirection(), "{function} {form}: {}", sent.status);
        }
    }
    assert_eq!(kept().await, (before.0 + 5 * 60, before.1 + 2), "{page}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_address_that_says_what_was_done_is_not_believed_where_it_is_not_so(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let (setter, administrator, support) =
        (assessment::SETTER, assessment::ADMINISTRATOR, assessment::SUPPORT);
    let reason = prepared.put("about=person/{tutor}&reason=Asked+by+telephone");
    site.call("/api/assessment/give_reason", &reason, prepared.sessions[support].as_deref()).await;
    for (role, page, never) in [
        (setter, "/assessments/papers/{open}?done=withdrawn", "This paper is withdrawn"),
        (setter, "/assessments/papers/{open}?done=window", "The times of this paper are changed"),
        (setter, "/assessments/papers/{draft}?done=window", "The times of this paper are changed"),
        (setter, "/assessments/papers/{open}?done=closed", "This paper is closed."),
        (setter, "/assessments/papers/{open}?done=reworded", "The title and the instructions are corrected"),
        (setter, "/assessments/papers/{open}?done=code", "The access code is"),
        (setter, "/assessments/papers/{draft}/questions?add={section}&done=added", "The question is added"),
        // Nobody has confirmed it yet.
        (administrator, "/organisation/{slug}/uploads/{upload}?done=before", "was confirmed already"),
        (administrator, "/organisation/{slug}/uploads/{upload}?done=undone", "was undone already"),
        // The tutor is signed in.
        (support, "/support/people/{tutor}?done=factor-ended", "Their second factor has ended"),
        (support, "/support/people/{tutor}?done=signed-out", "All their devices are signed out."),
        (
            support,
            "/support/people/{tutor}?done=no-devices",
            "Nothing was changed: they are signed in nowhere.",
        ),
        (support, "/support/people/{tutor}?done=taken-back", "They do not have this role any more."),
        (support, "/support/people/{tutor}?done=appointed", "They lead the area of NMP Zone"),
        (setter, "/assessments/adjustments/{organisation}?done=taken-back", "are taken back"),
        (
            administrator,
            "/organisation/{slug}/people?done=ended",
            "does not belong to your organisation any more",
        ),
        (administrator, "/organisation/{slug}/courses?done=taken-back", "It is taken back."),
        (administrator, "/organisation/{slug}/courses?done=given&assignment=", "The course is given."),
        (administrator, "/organisation/{slug}/sponsored?done=confirmed", "You pay for this learner"),
        (
            administrator,
            "/organisation/{slug}/sponsored?done=ended",
            "You do not see the courses that this learner follows",
        ),
        (setter, "/account?done=joined", "You belong to the organisation now."),
        (setter, "/account?done=declined", "You do not belong to the organisation, and it sees"),
        (setter, "/account?done=left", "You do not belong to the organisation any more."),
        (setter, "/account?done=named", "Decide below whether"),
        (setter, "/account?done=paid", "pays for you already"),
        (setter, "/account?done=consented", "is asked to confirm that it pays"),
        (setter, "/account?done=ended", "The organisation sees nothing of the courses"),
        (setter, "/zone?done=applied", "You have applied. You get a mail"),
    ] {
        let answer = site.get(&prepared.put(page), prepared.sessions[role].as_deref()).await;
        assert_eq!(answer.status, 200, "{page}");
        assert!(!answer.body.contains(never), "{page}: {}", answer.body);
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_list_of_people_keeps_its_search_when_something_was_done(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let administrator = prepared.sessions[assessment::ADMINISTRATOR].as_deref();
    let form = prepared
        .put("organisation={slug}&from=%2Forganisation%2F{slug}%2Fpeople%3Fsearch%3Dada%26sort%3Dteam");
    let sent = site.post("/api/organisations/resend_all_activations", &form, administrator).await;
    let back = sent.header("location");
    assert!(back.contains("search=ada") && back.contains("sort=team"), "{back}");
    assert!(back.ends_with("done=all-resent"), "{back}");
    // The forms of the page send it.
    let page = site.get(&prepared.put("/organisation/{slug}/people?search=a&sort=team"), administrator).await;
    let forms = page.body.split("<form").filter(|form| form.contains("/api/organisations/end_membership"));
    let mut forms = forms.peekable();
    assert!(forms.peek().is_some(), "{}", page.body);
    for form in forms {
        assert!(form.contains("people?search=a&amp;sort=team\""), "{form}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn who_is_asked_for_a_reason_reads_what_becomes_of_it(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    for page in ["/support/log", "/support/people/{tutor}", "/assessments/papers/{open}"] {
        let answer = site.get(&prepared.put(page), prepared.sessions[assessment::SILENT].as_deref()).await;
        let told = "Those whom the page is about read in their account that you looked, and one whose account you open reads your reason; nobody is told of a look at the audit.";
        assert!(answer.body.contains(told), "{page}: {}", answer.body);
    }
}
