//! Setters' forms: all problems are reported at once, and another setter's changes are shown.

use sqlx::PgPool;

use super::{
    assessment::{self, Prepared},
    support::{Answer, Site, form_request},
};

/// Sends a form without scripts, and returns the page of the reply.
async fn sent(site: &Site, prepared: &Prepared, function: &str, form: &str, page: &str) -> Answer {
    let setter = prepared.sessions[3].as_deref();
    let (path, form, page) = (format!("/api/assessment/{function}"), prepared.put(form), prepared.put(page));
    let answer = site.send(form_request(&path, &form, setter, "text/html", &page)).await;
    assert_eq!(answer.status, 422, "{function} {form}");
    answer
}

/// The lines of the summary, without their markup.
pub fn summary(page: &Answer) -> Vec<String> {
    let summary = page.body.split("error-summary-title").nth(2).unwrap().split("</div>").next().unwrap();
    let text = |item: &str| {
        let mut inside = true;
        let text = item.chars().filter(|c| match c {
            '<' => {
                inside = false;
                false
            }
            '>' => {
                inside = true;
                false
            }
            _ => inside,
        });
        text.collect::<String>()
    };
    summary.split("<li>").skip(1).map(text).collect()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn all_problems_are_reported_at_once_and_name_their_fields(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let page = sent(
        &site,
        &prepared,
        "create_paper",
        "organisation={organisation}&title=&kind=",
        "/assessments/papers",
    )
    .await;
    assert_eq!(
        summary(&page),
        ["Title: Enter a title of at most 200 characters", "Kind: Choose one from the list",]
    );
    let wrong = "paper={draft}&version=0&title=&kind=mock&limit_minutes=many&pass_percent=101&attempts=1&opens=soon\
        &closes=2027-03-28T01:30&access_code=&release=at-once";
    let page = sent(&site, &prepared, "save_settings", wrong, "/assessments/papers/{draft}/settings").await;
    let starts: Vec<_> =
        summary(&page).iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(starts, ["Title", "Opens", "Closes", "Time limit", "Pass mark"]);
    assert!(page.body.contains("value=\"many\"") && page.body.contains("value=\"101\""));
    let wrong = "paper={draft}&section={section}&version=1&source=&questions=0&marks=x";
    let page = sent(&site, &prepared, "add_rule", wrong, "/assessments/papers/{draft}/questions").await;
    assert_eq!(summary(&page).len(), 3, "{:?}", summary(&page));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn values_saved_meanwhile_are_shown_above_the_typed_ones(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let first = prepared.put("paper={draft}&version=0&emails=first@x.example");
    site.call("/api/assessment/save_candidates", &first, setter).await;
    let second = "paper={draft}&version=0&emails=second@x.example";
    let page =
        sent(&site, &prepared, "save_candidates", second, "/assessments/papers/{draft}/candidates").await;
    assert!(summary(&page)[0].starts_with("Somebody changed this meanwhile, last on "));
    let changed = page.body.split("id=\"changed\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(changed.contains("Learners by e-mail address</dt><dd>1"), "{changed}");
    assert!(page.body.contains("Choose first@x.example"), "{}", page.body);
    let typed = page.body.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
    assert!(typed.contains("second@x.example") && !typed.contains("first@x.example"), "{typed}");
    // The returned form has the newest version, so saving again is deliberate.
    assert!(page.body.contains("name=\"version\" value=\"1\""));
    // An unreadable list keeps all typed text.
    let slip = "paper={draft}&version=1&emails=a@x.example%0Ac@x%0Ab@x.example";
    let page =
        sent(&site, &prepared, "save_candidates", slip, "/assessments/papers/{draft}/candidates").await;
    assert!(summary(&page)[0].starts_with("Check line 2:"), "{:?}", summary(&page));
    let typed = page.body.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
    assert!(["a@x.example", "c@x", "b@x.example"].iter().all(|part| typed.contains(part)), "{typed}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_missing_cohort_is_reported_and_the_ticked_ones_stay(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let cohort = async |whose: &str| -> String {
        let query = format!("select id::text from cohorts where organisation_id::text {whose} $1 limit 1");
        let id = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(prepared.put("{organisation}"));
        id.fetch_one(&site.services.db).await.unwrap()
    };
    let (own, foreign) = (cohort("=").await, cohort("<>").await);
    let page = "/assessments/papers/{draft}/candidates";
    for strange in [&*foreign, "00000000-0000-0000-0000-000000000000", "x"] {
        let form = format!("paper={{draft}}&version=0&cohorts[]={own}&cohorts[]={strange}&emails=a@x");
        let back = sent(&site, &prepared, "save_candidates", &form, page).await;
        let told = summary(&back);
        assert!(
            told[0].starts_with("Choose the cohorts again") && told[1].starts_with("Check line 1"),
            "{told:?}"
        );
        let ticked = back.body.split("<input").find(|input| input.contains(&own)).unwrap();
        let ticked = ticked.split('>').next().unwrap();
        assert!(ticked.contains(" checked"), "{ticked}");
        assert!(back.body.contains("id=\"cohorts\"") && back.body.contains("id=\"cohorts-problem\""));
    }
    let chosen: i64 = sqlx::query_scalar("select count(*) from paper_cohorts where paper_id::text = $1")
        .bind(prepared.put("{draft}"))
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    assert_eq!(chosen, 0);
    // The same form without it is accepted.
    let form = prepared.put(&format!("paper={{draft}}&version=0&cohorts[]={own}&emails="));
    let taken = site.call("/api/assessment/save_candidates", &form, prepared.sessions[3].as_deref()).await;
    assert!(taken.status.is_success() || taken.status.is_redirection(), "{}", taken.status);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn questions_that_could_not_be_added_are_in_their_open_form(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let rule = "paper={draft}&section={section}&source=si-conversion&marks=1";
    let first = prepared.put(&format!("{rule}&questions=2&version=1"));
    site.call("/api/assessment/add_rule", &first, prepared.sessions[3].as_deref()).await;
    let late = format!("{rule}&questions=17&version=1");
    let page = sent(&site, &prepared, "add_rule", &late, "/assessments/papers/{draft}/questions").await;
    assert!(summary(&page)[0].starts_with("Somebody changed this meanwhile, last on "));
    assert!(page.body.contains("it is added to what stands here"), "{}", page.body);
    let (before, form) = page.body.split_once("value=\"17\"").unwrap();
    let details = before.rsplit("<details").next().unwrap().split('>').next().unwrap();
    assert!(details.contains("open") && form.contains("</details>"), "{details}");
    assert!(!page.body.contains("it takes the place"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_key_corrected_meanwhile_is_shown_beside_the_typed_one(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let item: uuid::Uuid = sqlx::query_scalar(
        "select id from paper_items where paper_id::text = $1 and question->'key' ? 'number' order by attempt, position limit 1",
    )
    .bind(prepared.put("{sat}"))
    .fetch_one(&site.services.db)
    .await
    .unwrap();
    let form = |right: &str| {
        format!("paper={{sat}}&item={item}&how=right&confirmed=true&reason=A+slip&version=0&right={right}")
    };
    let first = prepared.put(&form("777"));
    site.call("/api/assessment/correct_item", &first, prepared.sessions[3].as_deref()).await;
    let items = "/assessments/papers/{sat}/items";
    let page = sent(&site, &prepared, "correct_item", &form("888"), items).await;
    assert!(summary(&page)[0].starts_with("Somebody changed this meanwhile, last on "));
    let form =
        page.body.split(&format!("id=\"changed-{item}\"")).nth(1).unwrap().split("</form>").next().unwrap();
    assert!(form.contains("777") && form.contains("value=\"888\"") && form.contains("A slip"), "{form}");
    // Saving again is deliberate.
    assert!(form.contains("name=\"version\" value=\"1\""), "{form}");
    assert!(page.body.contains("From ") && page.body.contains(" to 777"), "{}", page.body);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_correction_is_confirmed_because_it_can_take_passes_away(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let items = "/assessments/papers/{sat}/items";
    for how in ["right", "void", "put-back"] {
        let form = format!("paper={{sat}}&item={{item_of_sat}}&how={how}&right=777&reason=A+slip&version=0");
        let page = sent(&site, &prepared, "correct_item", &form, items).await;
        let lines = summary(&page);
        assert!(lines.iter().any(|line| line.contains("Tick the box to confirm")), "{how}: {lines:?}");
    }
    let corrections: i64 = sqlx::query_scalar("select count(*) from paper_corrections")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    assert_eq!(corrections, 0);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_correction_of_an_unknown_kind_corrects_nothing(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    for how in ["", "zzz"] {
        let form = format!(
            "paper={{sat}}&item={{item_of_sat}}&how={how}&right=777&confirmed=true&reason=A+slip&version=0"
        );
        let page = sent(&site, &prepared, "correct_item", &form, "/assessments/papers/{sat}/items").await;
        assert!(summary(&page)[0].contains("Choose one from the list"), "{how}: {:?}", summary(&page));
    }
    let corrections: i64 = sqlx::query_scalar("select count(*) from paper_corrections")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    assert_eq!(corrections, 0);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_page_says_how_far_a_correction_is_and_what_to_do_when_it_has_failed(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let corrects = "paper={sat}&item={item_of_sat}&how=void&confirmed=true&reason=Unclear&version=0";
    let sent = site.post("/api/assessment/correct_item", &prepared.put(corrects), setter).await;
    let items = sent.header("location").to_owned();
    let page = async |path: &str| site.get(&prepared.put(path), setter).await.body.replace("<!>", "");
    for shown in [page(&items).await, page("/assessments/papers/{sat}/results").await] {
        assert!(shown.contains("Marked again: 0 of "), "{shown}");
        assert!(shown.contains("role=\"status\">Everybody is being marked again.<"), "{shown}");
        assert!(!shown.contains("Go on marking"));
    }
    // Each of its pages leads back to itself, and says what was done.
    for place in ["results", "items"] {
        sqlx::query("update remarkings set failed = true, aside = array[(select id from sittings where id::text = $1)]")
            .bind(prepared.put("{submitted}"))
            .execute(&site.services.db)
            .await
            .unwrap();
        let shown = page(&format!("/assessments/papers/{{sat}}/{place}")).await;
        assert!(
            shown.contains("the marking has stopped there") && shown.contains("Go on marking"),
            "{shown}"
        );
        assert!(shown.contains("role=\"status\">The marking has stopped.<"), "{shown}");
        let named = prepared.put("<li><a href=\"/assessments/papers/{sat}/sittings/{submitted}\">王小明");
        assert!(shown.contains(&named), "{shown}");
        let form = prepared.put(&format!("paper={{sat}}&page={place}"));
        assert!(shown.contains(&format!("name=\"page\" value=\"{place}\"")), "{shown}");
        let again = site.post("/api/assessment/go_on_marking", &form, setter).await;
        let back = prepared.put(&format!("/assessments/papers/{{sat}}/{place}?done=marking"));
        assert_eq!(again.header("location"), back);
        let shown = page(&back).await;
        assert!(shown.contains("The marking goes on."), "{shown}");
    }
    sqlx::query("update remarkings set aside = '{}'").execute(&site.services.db).await.unwrap();
    services::kit::jobs::run_ready(&site.services).await.unwrap();
    let shown = page(&items).await;
    assert!(shown.contains("The question is corrected, and everybody has been marked again."), "{shown}");
    assert!(!shown.contains("being-marked"), "{shown}");
}

/// What the page of the results says about results that are not out while everybody is being marked again.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn results_that_wait_for_a_correction_say_what_else_they_wait_for(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let corrects = "paper={sat}&item={item_of_sat}&how=void&confirmed=true&reason=Unclear&version=0";
    site.post("/api/assessment/correct_item", &prepared.put(corrects), setter).await;
    sqlx::query("update remarkings set released = false").execute(&site.services.db).await.unwrap();
    let (by_hand, at_close) = (
        "They can be released when everybody has been marked again.",
        "They can when everybody has been marked again, the paper has closed and nobody is sitting it any more.",
    );
    for (release, said, not_said) in [("by-hand", by_hand, at_close), ("at-close", at_close, by_hand)] {
        sqlx::query("update papers set release = $1, released_at = null where id::text = $2")
            .bind(release)
            .bind(prepared.put("{sat}"))
            .execute(&site.services.db)
            .await
            .unwrap();
        let shown = site.get(&prepared.put("/assessments/papers/{sat}/results"), setter).await.body;
        assert!(shown.contains(said) && !shown.contains(not_said), "{shown}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn no_page_or_file_shows_a_result_as_final_that_a_correction_may_still_change(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let [candidate, setter] = [1, 3].map(|role| prepared.sessions[role].as_deref());
    sqlx::query(
        "update sittings set certificate_code = 'K7QM-3XRP-9WTD', verification_code = 'K7QM-3XRP-9WTD' where id::text = $1",
    )
    .bind(prepared.put("{submitted}"))
    .execute(&site.services.db)
    .await
    .unwrap();
    sqlx::query("update papers set released_at = now()").execute(&site.services.db).await.unwrap();
    let result = prepared.put("/assessments/sittings/{submitted}/result");
    let file = prepared.put("/assessments/sittings/{submitted}/certificate.pdf");
    let (home, check) = ("/assessments", "/verify/K7QM-3XRP-9WTD");
    let (again, checked) = ("Being marked again", "is being checked again");
    for page in [home, &result, check] {
        let shown = site.get(page, candidate).await;
        assert!(shown.status.is_success() && !shown.body.contains(again) && !shown.body.contains(checked));
    }
    assert!(site.get(check, None).await.body.contains("This certificate is valid"));
    assert!(site.get(&file, candidate).await.status.is_success());
    let corrects = "paper={sat}&item={item_of_sat}&how=void&confirmed=true&reason=Unclear&version=0";
    site.post("/api/assessment/correct_item", &prepared.put(corrects), setter).await;
    let shown = site.get(home, candidate).await.body;
    assert!(shown.contains(again), "{shown}");
    let shown = site.get(check, None).await.body;
    assert!(shown.contains(checked) && !shown.contains("is valid"), "{shown}");
    // The file leads to the page that says why there is none.
    let refused = site.get(&file, candidate).await;
    assert_eq!((refused.status.as_u16(), refused.header("location")), (303, result.as_str()));
    let shown = site.get(&result, candidate).await.body;
    assert!(shown.contains("Your certificate is being checked again"), "{shown}");
    assert!(!shown.contains("certificate.pdf"), "{shown}");
}

/// The text between two marks of a page, as its reader sees it.
fn shown<'a>(page: &'a Answer, from: &str, to: &str) -> std::borrow::Cow<'a, str> {
    let text = page.body.split(from).nth(1).unwrap().split(to).next().unwrap();
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").into()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_example_of_the_question_bank_passes_its_own_checks(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let page = site.get(&prepared.put("/assessments/questions/{organisation}"), setter).await;
    let example = shown(&page, "<pre><code>", "<");
    assert!(example.starts_with("[[question]]"), "{example}");
    let previewed = async |bank: &str| {
        let bank: String = bank.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let form = prepared.put(&format!("organisation={{organisation}}&bank={bank}"));
        let sent = site.post("/api/assessment/draft_bank", &form, setter).await;
        site.get(sent.header("location"), setter).await
    };
    let page = previewed(&example).await;
    assert!(page.body.contains("passed every check"), "{}", page.body);
    assert!(!page.body.contains("error-summary-title") && !page.body.contains("<title>Error"));
    // The refusal is shown at the top as in every form, and leads to the text.
    let page = previewed(&example.replace(" Round it to 2 decimal places.", "")).await;
    assert_eq!(summary(&page), ["Correct what is listed on this page, then preview again"]);
    assert!(page.body.contains("href=\"#bank\"") && page.body.contains("<title>Error"));
    assert!(page.body.contains("say how the answer is rounded"));
    for nothing in ["# nothing", "question = []"] {
        let page = previewed(nothing).await;
        assert_eq!(summary(&page), ["Correct what is listed on this page, then preview again"]);
        assert!(page.body.contains("there is no question in this text"), "{nothing}");
    }
}

/// The form that adds questions has hundreds of templates to choose from: a page has it once, and the others are a link away.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_draft_of_many_sections_lists_the_templates_once(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let paper: uuid::Uuid = prepared.put("{draft}").parse().unwrap();
    let sections: Vec<uuid::Uuid> = sqlx::query_scalar(
        "insert into paper_sections (id, paper_id, position, title)
        select gen_random_uuid(), $1, 100 + n, 'Part ' || n from generate_series(1, 9) n returning id",
    )
    .bind(paper)
    .fetch_all(&site.services.db)
    .await
    .unwrap();
    let list = "Or choose questions one by one";
    let page = site.get(&format!("/assessments/papers/{paper}/questions"), setter).await;
    assert_eq!(page.body.matches(list).count(), 1);
    let last = sections.last().unwrap();
    let form = format!("id=\"questions-{last}\"");
    assert!(!page.body.contains(&form));
    let link = format!("/assessments/papers/{paper}/questions?add={last}");
    assert!(page.body.contains(&format!("href=\"{link}#section-{last}\"")));
    let page = site.get(&link, setter).await;
    assert!(page.body.contains(&form) && page.body.matches(list).count() == 1);
    // The refused values are where they were typed.
    let wrong = format!("paper={{draft}}&section={last}&version=0&source=&questions=61&marks=1");
    let page = sent(&site, &prepared, "add_rule", &wrong, "/assessments/papers/{draft}/questions").await;
    assert!(page.body.contains(&form) && page.body.contains("value=\"61\""));
}
