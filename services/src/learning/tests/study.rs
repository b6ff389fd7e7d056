//! Search in a course, and what learners keep of it for themselves.

use domain::{
    Problem,
    learning::{FoundPage, LONGEST_NOTE, Note, NotedPage, PageNote},
};

use super::*;

/// A course whose pages say something. Its learner is enrolled.
async fn written(world: &World) -> Actor {
    let actor = enrolled(world).await;
    let mut course = course(&["one", "two"], 2);
    let texts = [
        ("Absorption", "<p>A <strong>drug</strong> is absorbed in the gut. 5 &lt; 6 &amp; 7.</p>"),
        ("Clearance", "<h2>Kidneys</h2><p>The kidneys clear most drugs.</p>"),
        ("Children", "<p>Doses for children go by weight.</p><img src=\"/media/x.svg\" alt=\"hidden\" />"),
        ("Kidney disease", "<p>A smaller dose for people whose <em>kid</em>neys are ill.</p>"),
    ];
    let pages = course.modules.iter_mut().flat_map(|module| &mut module.pages);
    for (page, (title, html)) in pages.zip(texts) {
        (page.title, page.html) = (title.to_owned(), html.to_owned());
    }
    course.modules[0].title = "Pharmacokinetics".to_owned();
    import(&world.services, &course).await.unwrap();
    actor
}

async fn found(world: &World, actor: &Actor, search: &str) -> Vec<FoundPage> {
    search_course(&world.services, actor, &slug("nmp"), search).await.unwrap().found
}

async fn titles(world: &World, actor: &Actor, search: &str) -> Vec<String> {
    found(world, actor, search).await.into_iter().map(|page| page.title).collect()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_search_finds_words_in_their_forms_in_titles_texts_and_beginnings(db: PgPool) {
    let world = World::new(db);
    let actor = written(&world).await;
    for (search, pages) in [
        // In the title, before those that have it in the text alone.
        ("kidney", &["Kidney disease", "Clearance"][..]),
        ("KIDNEYS", &["Kidney disease", "Clearance"]),
        ("dose children", &["Children"]),
        ("\"smaller dose\"", &["Kidney disease"]),
        ("dose -weight", &["Kidney disease"]),
        // The beginning of the title of a module, whose pages it finds.
        ("pharmaco", &["Absorption", "Clearance"]),
        ("absorb", &["Absorption"]),
        // Not in what is markup, nor in words that every text has.
        ("strong", &[]),
        ("hidden", &[]),
        ("the", &[]),
        ("", &[]),
        ("'); drop table pages; --", &[]),
        ("\\ & | ! ( ) : * <-> %", &[]),
    ] {
        assert_eq!(titles(&world, &actor, search).await, pages, "{search}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_search_shows_the_passage_as_people_read_it_with_the_words_marked(db: PgPool) {
    let world = World::new(db);
    let actor = written(&world).await;
    let page = found(&world, &actor, "drugs absorbed").await.remove(0);
    let (module, slug) = (page.module.as_str(), page.page.as_str());
    assert_eq!((module, page.module_title.as_str(), slug), ("one", "Pharmacokinetics", "page-1"));
    let text: String = page.passage.iter().map(|part| part.text.as_str()).collect();
    assert!(text.contains("drug is absorbed"), "{text}");
    let plain: String = sqlx::query_scalar("select plain from page_versions where title = 'Absorption'")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!(plain, "A drug is absorbed in the gut. 5 < 6 & 7.");
    let marked: Vec<_> =
        page.passage.iter().filter(|part| part.marked).map(|part| part.text.as_str()).collect();
    assert_eq!(marked, ["drug", "absorbed"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_search_finds_what_is_there_now_and_only_for_who_may_open_the_course(db: PgPool) {
    let world = World::new(db);
    let actor = written(&world).await;
    let stranger = world.learner("stranger@uni.example").await;
    let refused = search_course(&world.services, &stranger, &slug("nmp"), "kidney").await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let nowhere = search_course(&world.services, &actor, &slug("other"), "kidney").await;
    assert!(matches!(nowhere, Err(Error::NotFound)));
    // A page that has another text now, and one that is gone.
    let mut later = course(&["one", "two"], 2);
    later.modules[0].pages[1].html = "<p>Nothing of it</p>".into();
    later.modules[1].pages.remove(1);
    import(&world.services, &later).await.unwrap();
    assert_eq!(titles(&world, &actor, "kidney").await, Vec::<String>::new());
    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&world.services.db).await.unwrap();
    let closed = search_course(&world.services, &actor, &slug("nmp"), "nothing").await;
    assert!(matches!(closed, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn words_are_marked_and_listed_for_who_may_open_the_course_and_searched_as_before(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    let mut course = course(&["one", "two"], 2);
    course.modules[0].pages[0].html = "<p>Clearance is a volume.</p>".into();
    course.modules[1].pages[0].html = "<p>Look at the clearance.</p>".into();
    course.terms = vec![content::Term {
        slug: "clearance".into(),
        word: "Clearance".into(),
        forms: Vec::new(),
        definition_html: "A volume of blood.".into(),
        explained: ("one".into(), "page-1".into()),
    }];
    import(&world.services, &course).await.unwrap();
    assert_eq!(import(&world.services, &course).await.unwrap(), content::Imported::default());
    let there = open(&world, &actor, "two", "page-1").await.unwrap().html;
    assert!(there.contains("<button") && there.contains("A volume of blood."), "{there}");
    let explains = open(&world, &actor, "one", "page-1").await.unwrap().html;
    assert_eq!(explains, "<p>Clearance is a volume.</p>");
    // A definition is no text of the page.
    assert_eq!(titles(&world, &actor, "blood").await, Vec::<String>::new());
    let page = glossary(&world.services, &actor, &slug("nmp")).await.unwrap();
    let said: Vec<_> =
        page.terms.iter().map(|term| (term.word.as_str(), term.page.as_str(), term.gone)).collect();
    assert_eq!(said, [("Clearance", "page-1", false)]);

    let stranger = world.learner("stranger@uni.example").await;
    let refused = glossary(&world.services, &stranger, &slug("nmp")).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    course.terms.clear();
    import(&world.services, &course).await.unwrap();
    assert_eq!(glossary(&world.services, &actor, &slug("nmp")).await.unwrap().terms, []);
    assert!(!open(&world, &actor, "two", "page-1").await.unwrap().html.contains("<button"));
    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&db).await.unwrap();
    let closed = glossary(&world.services, &actor, &slug("nmp")).await;
    assert!(matches!(closed, Err(Error::NotFound)));
}

async fn keep(
    world: &World,
    actor: &Actor,
    page: &str,
    text: &str,
    bookmarked: bool,
    version: i32,
) -> Result<()> {
    let (course, module, page) = (slug("nmp"), slug("one"), slug(page));
    let at = PageAddress { course: &course, module: &module, page: &page };
    save_note(&world.services, actor, at, Note { text: text.to_owned(), bookmarked, version }).await
}

async fn remove(world: &World, actor: &Actor, page: &str, version: i32) -> Result<()> {
    let (course, module, page) = (slug("nmp"), slug("one"), slug(page));
    let at = PageAddress { course: &course, module: &module, page: &page };
    remove_note(&world.services, actor, at, KeptVersions { note: version, highlights: 0 }).await
}

async fn beside(world: &World, actor: &Actor, page: &str) -> Result<PageNote> {
    let (course, module, page) = (slug("nmp"), slug("one"), slug(page));
    let at = PageAddress { course: &course, module: &module, page: &page };
    note_page(&world.services, actor, at).await
}

async fn kept(world: &World, actor: &Actor) -> Vec<NotedPage> {
    notes_page(&world.services, actor, &slug("nmp")).await.unwrap().notes
}

fn is_old(result: Result<()>) -> bool {
    match result {
        Err(Error::Invalid(problems)) => {
            matches!(&problems[..], [problem] if problem.field == "changed" && matches!(problem.problem, Problem::ChangedMeanwhile { .. }))
        }
        _ => false,
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_note_and_a_bookmark_are_beside_the_page_and_in_the_list_until_they_are_removed(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    keep(&world, &actor, "page-2", "Ask about this\r\n\r\nTwice\u{202e}", false, 0).await.unwrap();
    keep(&world, &actor, "page-1", "", true, 0).await.unwrap();
    let page = beside(&world, &actor, "page-2").await.unwrap();
    assert_eq!((page.course_title.as_str(), page.title.as_str()), ("Learning to prescribe", "Page 2"));
    assert_eq!(page.note, Note { text: "Ask about this\n\nTwice".into(), bookmarked: false, version: 1 });
    let openings: i64 =
        sqlx::query_scalar("select count(*) from page_openings").fetch_one(&world.services.db).await.unwrap();
    assert_eq!(openings, 0, "what is kept of a page is looked at without opening it");
    for (page, noted, bookmarked) in [("page-1", false, true), ("page-2", true, false)] {
        let page = open(&world, &actor, "one", page).await.unwrap();
        assert_eq!((page.noted, page.bookmarked), (noted, bookmarked));
    }
    let list = kept(&world, &actor).await;
    let said: Vec<_> = list.iter().map(|noted| (noted.title.as_str(), noted.note.bookmarked)).collect();
    assert_eq!(said, [("Page 1", true), ("Page 2", false)], "in the order of the course");

    // Pressed twice; from an older window; with the version that stands.
    keep(&world, &actor, "page-2", "Another", true, 1).await.unwrap();
    keep(&world, &actor, "page-2", "Another", true, 1).await.unwrap();
    assert!(is_old(keep(&world, &actor, "page-2", "Older", false, 1).await));
    assert!(is_old(keep(&world, &actor, "page-1", "Older", false, 0).await));
    assert!(is_old(remove(&world, &actor, "page-2", 1).await));
    let stands = beside(&world, &actor, "page-2").await.unwrap().note;
    assert_eq!(
        (stands.text.as_str(), stands.bookmarked, stands.version),
        ("Another", true, 2),
        "the second press is no change"
    );

    for _ in ["once", "twice"] {
        remove(&world, &actor, "page-2", stands.version).await.unwrap();
    }
    assert_eq!(kept(&world, &actor).await.len(), 1);
    let words: i64 = sqlx::query_scalar("select count(*) from page_notes where text <> ''")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!(words, 0, "nothing of the text is left");
    // A form of before the removal does not bring it back.
    assert!(is_old(keep(&world, &actor, "page-2", "Back again", false, stands.version).await));
    let long = "é".repeat(LONGEST_NOTE);
    keep(&world, &actor, "page-1", &long, true, 1).await.unwrap();
    let too_long = keep(&world, &actor, "page-1", &format!("{long}é"), true, 2).await;
    assert!(matches!(too_long, Err(Error::Invalid(problems)) if problems[0].field == "note"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_a_learner_keeps_is_theirs_alone_and_stays_theirs_when_the_course_closes(db: PgPool) {
    let world = World::new(db.clone());
    let cohort = world.cohort("University", "Autumn").await;
    let (ann, ben) = (world.learner("ann@uni.example").await, world.learner("ben@uni.example").await);
    for learner in [&ann, &ben] {
        world.enrol(learner, &cohort).await;
    }
    keep(&world, &ann, "page-1", "Mine", true, 0).await.unwrap();
    assert_eq!(kept(&world, &ben).await, []);
    assert_eq!(beside(&world, &ben, "page-1").await.unwrap().note, Note::default());
    assert!(!open(&world, &ben, "one", "page-1").await.unwrap().noted);
    assert!(matches!(remove(&world, &ben, "page-1", 1).await, Err(Error::NotFound)));
    let stranger = world.learner("stranger@uni.example").await;
    assert!(matches!(notes_page(&world.services, &stranger, &slug("nmp")).await, Err(Error::NotFound)));
    assert!(matches!(beside(&world, &stranger, "page-1").await, Err(Error::NotFound)));
    assert!(matches!(keep(&world, &stranger, "page-1", "Theirs", false, 0).await, Err(Error::NotFound)));

    // Nobody reads them by a view or a function of the database, and no other area does: see `tables.rs`.
    let readers: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc where prosrc ~ 'page_notes'
        union select viewname::text from pg_views where definition ~ 'page_notes'",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(readers, Vec::<String>::new());

    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&db).await.unwrap();
    assert!(matches!(keep(&world, &ann, "page-1", "Later", true, 1).await, Err(Error::NotFound)));
    assert_eq!(kept(&world, &ann).await.len(), 1);
    // A page that is no longer in the course.
    import(&world.services, &course(&["two"], 2)).await.unwrap();
    assert!(kept(&world, &ann).await[0].gone);
    remove(&world, &ann, "page-1", 1).await.unwrap();
    assert_eq!(kept(&world, &ann).await, []);
    // It goes with the account.
    sqlx::query("delete from enrolments where learner_id = $1")
        .bind(ann.person().0)
        .execute(&db)
        .await
        .unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from page_notes").fetch_one(&db).await.unwrap();
    assert_eq!(left, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_a_learner_says_of_a_page_is_of_the_text_that_they_have_read_and_can_be_changed(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    let stranger = world.learner("stranger@uni.example").await;
    let (nmp, one, page) = (slug("nmp"), slug("one"), slug("page-1"));
    let at = PageAddress { course: &nmp, module: &one, page: &page };
    let say = async |who: &Actor, version, clear: &str, words: &str| {
        say_clear(&world.services, who, at, version, clear, words).await
    };
    let said = async || beside(&world, &actor, "page-1").await.unwrap().said;
    assert_eq!(said().await, None);
    assert!(matches!(say(&stranger, 1, "yes", "").await, Err(Error::NotFound)));
    assert!(matches!(say(&actor, 2, "yes", "").await, Err(Error::NotFound)), "a text that it never had");
    for (clear, words, field) in
        [("", "", "was_clear"), ("perhaps", "", "was_clear"), ("no", &"x".repeat(201)[..], "unclear_words")]
    {
        let refused = say(&actor, 1, clear, words).await;
        assert!(matches!(refused, Err(Error::Invalid(problems)) if problems[0].field == field));
    }
    say(&actor, 1, "yes", "").await.unwrap();
    say(&actor, 1, "no", " What is\nan  agonist? ").await.unwrap();
    let now = said().await.unwrap();
    assert_eq!((now.clear, now.words.as_str()), (false, "What is an agonist?"));
    assert_eq!(open(&world, &actor, "one", "page-1").await.unwrap().clear, Some(false));
    let all: i64 = sqlx::query_scalar("select count(*) from page_clarity").fetch_one(&db).await.unwrap();
    assert_eq!(all, 1);
    // Another text asks anew; what was said of the first stays with it, also when it is said late.
    let mut later = course(&["one", "two"], 2);
    later.modules[0].pages[0].html = "<p>New</p>".into();
    import(&world.services, &later).await.unwrap();
    assert_eq!(said().await, None);
    say(&actor, 1, "yes", "").await.unwrap();
    assert_eq!(said().await, None);
    say(&actor, 2, "yes", "").await.unwrap();
    assert!(said().await.unwrap().clear);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_step_that_completes_a_module_says_so_and_no_later_one(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let later = || world.clock.advance(Duration::seconds(1));
    // By the last page.
    take(&world, &actor, "two", true).await.unwrap();
    later();
    assert!(!open(&world, &actor, "two", "page-1").await.unwrap().completed);
    later();
    assert!(open(&world, &actor, "two", "page-2").await.unwrap().completed);
    later();
    for page in ["page-1", "page-2"] {
        assert!(!open(&world, &actor, "two", page).await.unwrap().completed);
    }
    // By the check.
    for page in ["page-1", "page-2"] {
        later();
        assert!(!open(&world, &actor, "one", page).await.unwrap().completed);
    }
    let mut said = Vec::new();
    for right in [false, true, true] {
        later();
        let attempt = take(&world, &actor, "one", right).await.unwrap();
        said.push(super::checks::result(&world, &actor, attempt).await.completed);
        if said.len() == 2 {
            world.clock.advance(Duration::minutes(5));
            assert!(
                !super::checks::result(&world, &actor, attempt).await.completed,
                "it is not news any more"
            );
        }
    }
    assert_eq!(said, [false, true, false]);
}
