//! What learners highlight, with the files of what they keep, and a module to print.

use domain::{
    FieldProblem, Problem,
    learning::{Highlight, Highlights, Note, NotedPage},
};

use super::*;
use crate::kit::export::Format;

const TEXT: &str = "<h2>Doses</h2><p>Start low. Go <em>slow</em>.</p><p>5 &lt; 6 &amp; 7.</p>";

/// A course whose first page has [`TEXT`], with a word that another page explains.
fn written() -> content::Course {
    let mut course = course(&["one", "two"], 2);
    course.modules[0].pages[0].html = TEXT.into();
    course.modules[1].pages[0].html = "<p>Slow is slow.</p>".into();
    course.terms = vec![content::Term {
        slug: "slow".into(),
        word: "Slow".into(),
        forms: Vec::new(),
        definition_html: "Not fast.".into(),
        explained: ("two".into(), "page-1".into()),
    }];
    course
}

async fn shown(world: &World, actor: &Actor) -> Result<Highlights> {
    let (course, module, page) = (slug("nmp"), slug("one"), slug("page-1"));
    let at = PageAddress { course: &course, module: &module, page: &page };
    note_page(&world.services, actor, at).await.map(|page| page.highlights)
}

fn passages(shown: &Highlights) -> Vec<(&str, bool)> {
    let there = shown.parts.iter().flat_map(|part| &part.paragraphs).flatten();
    there.map(|passage| (passage.text.as_str(), passage.chosen)).collect()
}

/// The keys of these passages.
fn keys(shown: &Highlights, texts: &[&str]) -> Vec<String> {
    let there = shown.parts.iter().flat_map(|part| &part.paragraphs).flatten().chain(&shown.gone);
    there
        .filter(|passage| texts.contains(&passage.text.as_str()))
        .map(|passage| passage.key.clone())
        .collect()
}

async fn save(world: &World, actor: &Actor, keys: &[String], version: i32) -> Result<()> {
    let (course, module, page) = (slug("nmp"), slug("one"), slug("page-1"));
    let at = PageAddress { course: &course, module: &module, page: &page };
    save_highlights(&world.services, actor, at, keys, version).await
}

async fn remove(world: &World, actor: &Actor, note: i32, highlights: i32) -> Result<()> {
    let (course, module, page) = (slug("nmp"), slug("one"), slug("page-1"));
    let at = PageAddress { course: &course, module: &module, page: &page };
    remove_note(&world.services, actor, at, KeptVersions { note, highlights }).await
}

async fn kept(world: &World, actor: &Actor) -> Vec<NotedPage> {
    notes_page(&world.services, actor, &slug("nmp")).await.unwrap().notes
}

fn problem(result: Result<()>) -> FieldProblem {
    match result {
        Err(Error::Invalid(problems)) if problems.len() == 1 => problems.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn is_old(result: Result<()>) -> bool {
    matches!(problem(result), FieldProblem { problem: Problem::ChangedMeanwhile { .. }, .. })
}

fn highlight(text: &str, gone: bool) -> Highlight {
    Highlight { text: text.into(), gone }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_highlighted_is_marked_on_the_page_for_its_learner_alone_and_listed(db: PgPool) {
    let world = World::new(db.clone());
    let cohort = world.cohort("University", "Autumn").await;
    let (ann, ben) = (world.learner("ann@uni.example").await, world.learner("ben@uni.example").await);
    for learner in [&ann, &ben] {
        world.enrol(learner, &cohort).await;
    }
    import(&world.services, &written()).await.unwrap();
    let fresh = shown(&world, &ann).await.unwrap();
    assert_eq!(passages(&fresh), [("Start low.", false), ("Go slow.", false), ("5 < 6 & 7.", false)]);
    assert_eq!((fresh.parts[0].heading.as_str(), fresh.version), ("Doses", 0));
    let before = open(&world, &ben, "one", "page-1").await.unwrap().html;
    assert!(before.contains("class=\"term\""), "{before}");

    let chosen = keys(&fresh, &["Go slow.", "5 < 6 & 7."]);
    for _ in ["once", "twice"] {
        save(&world, &ann, &chosen, 0).await.unwrap();
    }
    let now = shown(&world, &ann).await.unwrap();
    assert_eq!(passages(&now), [("Start low.", false), ("Go slow.", true), ("5 < 6 & 7.", true)]);
    assert_eq!(now.version, 1, "the second press is no change");
    let html = open(&world, &ann, "one", "page-1").await.unwrap().html;
    assert!(html.contains("<p>Start low. <mark>Go </mark><em>"), "{html}");
    assert!(
        html.contains("<mark>slow</mark></button>") && html.contains("<mark>5 &lt; 6 &amp; 7.</mark></p>")
    );
    assert_eq!(html.replace("<mark>", "").replace("</mark>", ""), before, "nothing else has changed");
    assert_eq!(open(&world, &ben, "one", "page-1").await.unwrap().html, before);
    assert_eq!(shown(&world, &ben).await.unwrap(), fresh);
    assert_eq!(kept(&world, &ben).await, []);
    let list = kept(&world, &ann).await;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].highlights, [highlight("Go slow.", false), highlight("5 < 6 & 7.", false)]);
    assert_eq!((list[0].note.text.as_str(), list[0].highlights_version), ("", 1));

    // Nobody reads them by a view or a function of the database.
    let readers: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc where prosrc ~ 'page_highlights'
        union select viewname::text from pg_views where definition ~ 'page_highlights'",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(readers, Vec::<String>::new());
    let stranger = world.learner("stranger@uni.example").await;
    assert!(matches!(shown(&world, &stranger).await, Err(Error::NotFound)));
    assert!(matches!(save(&world, &stranger, &chosen, 0).await, Err(Error::NotFound)));
    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&db).await.unwrap();
    assert!(matches!(save(&world, &ann, &[], 1).await, Err(Error::NotFound)));
    assert_eq!(
        kept(&world, &ann).await.len(),
        1,
        "what somebody keeps is theirs also when the course is closed"
    );
    sqlx::query("delete from enrolments where learner_id = $1")
        .bind(ann.person().0)
        .execute(&db)
        .await
        .unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from page_highlights").fetch_one(&db).await.unwrap();
    assert_eq!(left, 0, "it goes with the account");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_passage_that_is_no_longer_on_the_page_marks_nothing_and_stays_in_the_list(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let mut course = written();
    import(&world.services, &course).await.unwrap();
    let fresh = shown(&world, &actor).await.unwrap();
    save(&world, &actor, &keys(&fresh, &["Start low.", "Go slow."]), 0).await.unwrap();
    course.modules[0].pages[0].html = "<p>Start high. Go slow.</p>".into();
    import(&world.services, &course).await.unwrap();
    let now = shown(&world, &actor).await.unwrap();
    assert_eq!(passages(&now), [("Start high.", false), ("Go slow.", true)]);
    let gone: Vec<_> = now.gone.iter().map(|passage| (passage.text.as_str(), passage.chosen)).collect();
    assert_eq!(gone, [("Start low.", true)]);
    let html = open(&world, &actor, "one", "page-1").await.unwrap().html;
    assert!(html.starts_with("<p>Start high. <mark>Go "), "{html}");
    let list = kept(&world, &actor).await;
    assert_eq!(list[0].highlights, [highlight("Start low.", true), highlight("Go slow.", false)]);

    // A form of before the change names what is not there; one of now keeps what is gone, or not.
    let refused = problem(save(&world, &actor, &keys(&fresh, &["5 < 6 & 7."]), 1).await);
    assert_eq!(refused.field, "highlights");
    assert!(refused.problem.message().contains("has just changed"), "{refused:?}");
    save(&world, &actor, &keys(&now, &["Start low.", "Start high."]), 1).await.unwrap();
    assert_eq!(
        kept(&world, &actor).await[0].highlights,
        [highlight("Start high.", false), highlight("Start low.", true)]
    );
    save(&world, &actor, &keys(&now, &["Start high."]), 2).await.unwrap();
    assert_eq!(shown(&world, &actor).await.unwrap().gone, []);
    // Its text comes back.
    import(&world.services, &written()).await.unwrap();
    assert_eq!(kept(&world, &actor).await[0].highlights, [highlight("Start high.", true)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn highlights_of_an_older_window_replace_nothing_and_are_removed_with_the_note(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    import(&world.services, &written()).await.unwrap();
    let fresh = shown(&world, &actor).await.unwrap();
    let (low, slow) = (keys(&fresh, &["Start low."]), keys(&fresh, &["Go slow."]));
    save(&world, &actor, &low, 0).await.unwrap();
    assert!(is_old(save(&world, &actor, &slow, 0).await));
    save(&world, &actor, &slow, 1).await.unwrap();
    // The note has a version of its own: neither makes the other old.
    let (course, module, page) = (slug("nmp"), slug("one"), slug("page-1"));
    let at = PageAddress { course: &course, module: &module, page: &page };
    let note = Note { text: "Mine".into(), bookmarked: false, version: 0 };
    save_note(&world.services, &actor, at, note).await.unwrap();

    for (note, highlights) in [(1, 1), (0, 2)] {
        assert!(is_old(remove(&world, &actor, note, highlights).await));
    }
    let stands = kept(&world, &actor).await.remove(0);
    assert_eq!((stands.note.text.as_str(), stands.highlights.len()), ("Mine", 1), "nothing of it is removed");
    for _ in ["once", "twice"] {
        remove(&world, &actor, 1, 2).await.unwrap();
    }
    assert_eq!(kept(&world, &actor).await, []);
    let words: i64 =
        sqlx::query_scalar("select count(*) from page_highlights where cardinality(passages) > 0")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(words, 0, "nothing of the text is left");
    assert!(is_old(save(&world, &actor, &low, 2).await), "a form of before the removal");
    let html = open(&world, &actor, "one", "page-1").await.unwrap().html;
    assert!(!html.contains("<mark>"), "{html}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_hundred_passages_of_a_page_are_highlighted_and_not_one_more(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let mut course = written();
    let sentences: String = (1..=101).map(|n| format!("Sentence {n}. ")).collect();
    course.modules[0].pages[0].html = format!("<p>{sentences}</p>");
    import(&world.services, &course).await.unwrap();
    let fresh = shown(&world, &actor).await.unwrap();
    let all: Vec<_> = fresh.parts[0].paragraphs[0].iter().map(|passage| passage.key.clone()).collect();
    assert_eq!(all.len(), 101);
    let refused = problem(save(&world, &actor, &all, 0).await);
    assert_eq!(refused.problem.message(), "Choose at most 100 passages");
    save(&world, &actor, &all[..100], 0).await.unwrap();
    let html = open(&world, &actor, "one", "page-1").await.unwrap().html;
    assert_eq!(html.matches("<mark>").count(), 100);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_a_learner_keeps_is_a_file_of_their_own_without_formulas(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let mut course = written();
    course.modules[0].pages[0].html = "<p>=1+1 is two.</p>".into();
    import(&world.services, &course).await.unwrap();
    let fresh = shown(&world, &actor).await.unwrap();
    save(&world, &actor, &keys(&fresh, &["=1+1 is two."]), 0).await.unwrap();
    let (nmp, module, page) = (slug("nmp"), slug("one"), slug("page-1"));
    let at = PageAddress { course: &nmp, module: &module, page: &page };
    let note = Note { text: "+Ask\nand look up".into(), bookmarked: true, version: 0 };
    save_note(&world.services, &actor, at, note).await.unwrap();

    let file = notes_file(&world.services, &actor, &nmp, Format::Csv).await.unwrap();
    assert_eq!((file.what.as_str(), file.of.contains("Learning to prescribe")), ("3 rows", true));
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(&file.bytes[..])
        .records()
        .map(|row| row.unwrap().iter().skip(2).take(3).map(str::to_owned).collect())
        .collect();
    let row = |kind: &str, text: &str| vec![kind.to_owned(), text.to_owned(), "Yes".to_owned()];
    assert_eq!(
        rows,
        [row("Bookmark", ""), row("Note", "'+Ask\nand look up"), row("Highlight", "'=1+1 is two.")]
    );
    assert!(notes_pdf(&world.services, &actor, &nmp).await.unwrap().starts_with(b"%PDF-"));
    let stranger = world.learner("stranger@uni.example").await;
    let refused = notes_file(&world.services, &stranger, &nmp, Format::Xlsx).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let refused = notes_pdf(&world.services, &stranger, &nmp).await;
    assert!(matches!(refused, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_module_is_printed_with_ones_own_highlights_and_opens_none_of_its_pages(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    import(&world.services, &written()).await.unwrap();
    let fresh = shown(&world, &actor).await.unwrap();
    save(&world, &actor, &keys(&fresh, &["Go slow."]), 0).await.unwrap();
    let (nmp, one) = (slug("nmp"), slug("one"));
    let printed = printed_module(&world.services, &actor, &nmp, &one).await.unwrap();
    let pages: Vec<_> = printed.pages.iter().map(|page| (page.title.as_str(), page.html.as_str())).collect();
    assert_eq!((printed.title.as_str(), printed.made.as_str()), ("Module one", "22 November 2026"));
    let first = "<h3>Doses</h3><p>Start low. <mark>Go </mark><em><mark>slow</mark></em><mark>.</mark></p><p>5 &lt; 6 &amp; 7.</p>";
    assert_eq!(pages, [("Page 1", first), ("Page 2", "<p>Text</p>")]);
    let openings: i64 =
        sqlx::query_scalar("select count(*) from page_openings").fetch_one(&db).await.unwrap();
    assert_eq!(openings, 0);
    let stranger = world.learner("stranger@uni.example").await;
    let refused = printed_module(&world.services, &stranger, &nmp, &one).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let refused = printed_module(&world.services, &actor, &nmp, &slug("none")).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&db).await.unwrap();
    let closed = printed_module(&world.services, &actor, &nmp, &one).await;
    assert!(matches!(closed, Err(Error::NotFound)));
}
