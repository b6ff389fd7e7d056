//! Content as data: faults are named by file and line, and nothing is half-imported.

use std::{fs, path::Path};

use sqlx::PgPool;

use super::*;
use crate::testing::{World, course, module};

/// Writes a small, sound course into a folder, with some files replaced.
fn folder(replaced: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let question = |n: usize| {
        format!(
            "[[question]]\nid = \"q{n}\"\nkind = \"true-false\"\ntext = \"T\"\nexplanation = \"E\"\nanswer = true\n"
        )
    };
    let check: String = (1..=5).map(question).collect();
    let sound = [
        (
            "frameworks/f-1.toml",
            "id = \"f-1\"\ntitle = \"F\"\npublisher = \"P\"\nyear = 2021\n[[competency]]\nid = \"1\"\ndomain = \"D\"\ntitle = \"T\"\n",
        ),
        (
            "nmp/course.md",
            "+++\ntitle = \"C\"\nsummary = \"S\"\nframework = \"f-1\"\nmodules = [\"one\"]\n+++\nText\n",
        ),
        (
            "nmp/one/module.md",
            "+++\ntitle = \"M\"\nsummary = \"S\"\nminutes = 5\npass_mark = 80\ncompetencies = [\"1\"]\n+++\nText\n",
        ),
        (
            "nmp/one/01-first.md",
            "+++\ntitle = \"P\"\nchanged = \"2026-11-22\"\n+++\n\nText\n\n![A line](line.svg)\n",
        ),
        ("nmp/one/line.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("nmp/one/check.toml", check.as_str()),
    ];
    for (name, text) in sound.iter().chain(replaced) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn faults(replaced: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(replaced);
    let faults = read(&folder.path().join("nmp")).unwrap_err();
    faults.into_iter().map(|fault| fault.to_string().split_once("nmp/").unwrap().1.to_owned()).collect()
}

#[test]
fn faults_are_named_by_file_and_line() {
    let page = |body: &'static str| ("nmp/one/01-first.md", body);
    for (replaced, expected) in [
        (page("Text"), "one/01-first.md:1: must begin with front matter"),
        (page("+++\ntitle = 5\n+++\nText"), "one/01-first.md:2: invalid type"),
        (page("+++\ntitle = \"P\"\nauthor = \"x\"\n+++\nText"), "one/01-first.md:3: unknown field"),
        (page("+++\ntitle = \"P\"\n+++\n"), "one/01-first.md:4: has no text"),
        (page("+++\ntitle = \"P\"\n+++\nText"), "one/01-first.md:2: says nothing of `changed`"),
        (
            page("+++\ntitle = \"P\"\nchanged = \"2026-02-30\"\n+++\nText"),
            "one/01-first.md:3: \"2026-02-30\" is no day",
        ),
        (page("+++\ntitle = \"P\"\n+++\nText\n\n# Big"), "one/01-first.md:6: the page's title"),
        (
            page("+++\ntitle = \"P\"\n+++\n![x](none.svg)"),
            "one/01-first.md:4: the picture \"none.svg\" cannot be read",
        ),
        (page("+++\ntitle = \"P\"\n+++\n![x](../one/line.svg)"), "one/01-first.md:4: the picture"),
        (
            ("nmp/one/line.svg", "<svg><script>1</script></svg>"),
            "one/01-first.md:8: the picture \"line.svg\" contains \"<script\"",
        ),
        (("nmp/one/first.md", "+++\ntitle = \"P\"\n+++\nText"), "one/first.md:1: a page's file is named"),
        (("nmp/one/02-check.md", "+++\ntitle = \"P\"\n+++\nText"), "one/02-check.md:1: the address"),
        (("nmp/one/02-print.md", "+++\ntitle = \"P\"\n+++\nText"), "one/02-print.md:1: the address"),
        (("nmp/one/check.toml", "[[question]]\nid = \"a\"\n"), "one/check.toml:1: missing field"),
        (
            (
                "nmp/one/module.md",
                "+++\ntitle = \"M\"\nsummary = \"S\"\nminutes = 5\npass_mark = 80\ncompetencies = [\"11\"]\n+++\nText\n",
            ),
            "one/module.md:6: f-1 has no competency \"11\"",
        ),
        (
            (
                "nmp/course.md",
                "+++\ntitle = \"C\"\nsummary = \"S\"\nframework = \"f-1\"\nmodules = [\"one\", \"gone\"]\n+++\nText\n",
            ),
            "gone/module.md:1: cannot be read",
        ),
        (
            (
                "nmp/course.md",
                "+++\ntitle = \"C\"\nsummary = \"S\"\nframework = \"f-1\"\nmodules = [\"one\", \"end\"]\n+++\nText\n",
            ),
            "course.md:5: the address \"end\" is taken",
        ),
    ] {
        let found = faults(&[replaced]);
        assert!(found.iter().any(|fault| fault.starts_with(expected)), "{expected}: {found:?}");
    }
}

#[test]
fn a_course_takes_no_address_of_a_learners_own_pages() {
    let folder = folder(&[]);
    fs::rename(folder.path().join("nmp"), folder.path().join("record")).unwrap();
    let faults = read(&folder.path().join("record")).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].to_string().ends_with("course.md:1: the address \"record\" is taken"));
}

#[test]
fn questions_that_cannot_be_marked_are_refused() {
    for (question, expected) in [
        ("kind = \"single\"\noption = []", "0 of its 0 options"),
        ("kind = \"true-false\"\nanswer = \"yes\"", "needs `answer = true`"),
        ("kind = \"number\"\nanswer = \"2,5\"", "is not a number"),
        ("kind = \"number\"\nanswer = \"-250\"\nunit = \"mL\"", "is below 0"),
        ("kind = \"number\"\nanswer = \"2.55\"\nrounding = \"one-decimal\"", "is not rounded so"),
        ("kind = \"true-false\"\nanswer = true\nrounding = \"whole\"", "only a number is rounded"),
        ("kind = \"essay\"", "is not one of"),
        ("kind = \"single\"\nanswer = true", "the options hold the answer"),
    ] {
        let text = format!("\n[[question]]\nid = \"a\"\ntext = \"T\"\nexplanation = \"E\"\n{question}\n");
        let found = faults(&[("nmp/one/check.toml", &text)]);
        assert!(
            found.iter().any(|fault| fault.starts_with("one/check.toml:2") && fault.contains(expected)),
            "{expected}: {found:?}"
        );
        assert!(found.iter().any(|fault| fault.contains("at least 5 questions")), "{found:?}");
    }
}

/// A check with this number of questions about the page `first`, with its first lines.
fn pool(head: &str, count: usize) -> String {
    let question = |n: usize| {
        format!(
            "[[question]]\nid = \"q{n}\"\nkind = \"true-false\"\npage = \"first\"\ntext = \"T\"\nexplanation = \"E\"\nanswer = true\n"
        )
    };
    format!("{head}{}", (1..=count).map(question).collect::<String>())
}

#[test]
fn a_pool_is_at_least_twice_a_try() {
    for (head, count, expected) in [
        ("\nasked = 6\n", 11, "one/check.toml:2: to ask 6, at least 12 questions are needed; there are 11"),
        ("asked = 4\n", 12, "one/check.toml:1: a check asks at least 5 questions; this one asks 4"),
        ("asked = 0\n", 12, "one/check.toml:1: a check asks at least 5 questions; this one asks 0"),
        ("asked = -6\n", 12, "one/check.toml:1: a check asks at least 5 questions; this one asks 0"),
        ("asked = \"six\"\n", 12, "one/check.toml:1: invalid type"),
    ] {
        let found = faults(&[("nmp/one/check.toml", &pool(head, count))]);
        assert!(matches!(&found[..], [fault] if fault.starts_with(expected)), "{expected}: {found:?}");
    }
    let course =
        read(&folder(&[("nmp/one/check.toml", &pool("asked = 6\n", 12))]).path().join("nmp")).unwrap();
    let module = &course.modules[0];
    assert_eq!((module.asked, module.questions.len()), (Some(6), 12));
    assert!(module.questions.iter().all(|question| question.page.as_deref() == Some("first")));
}

/// A rule of marking is stated beside the box, and not in the wording alone.
#[test]
fn a_question_whose_answer_is_rounded_says_so_beside_its_box() {
    let rounded = |key: &str| {
        pool("", 4)
            + "[[question]]\nid = \"n\"\nkind = \"number\"\ntext = \"To 1 decimal place?\"\nexplanation = \"E\"\nanswer = \"2.5\"\n"
            + key
    };
    let found = faults(&[("nmp/one/check.toml", &rounded(""))]);
    assert!(matches!(&found[..], [fault] if fault.contains("give `rounding` too")), "{found:?}");
    let folder = folder(&[("nmp/one/check.toml", &rounded("rounding = \"one-decimal\"\n"))]);
    assert!(read(&folder.path().join("nmp")).is_ok());
}

#[test]
fn a_question_names_an_existing_page() {
    let found = faults(&[("nmp/one/check.toml", &pool("", 5).replace("\"first\"", "\"second\""))]);
    assert_eq!(found.len(), 5);
    assert_eq!(found[0], "one/check.toml:1: question \"q1\": the module has no page \"second\"");
}

#[test]
fn a_check_that_always_asks_the_same_is_found_and_may_be_imported() {
    let today = "2027-01-31".parse().unwrap();
    let folder = folder(&[("REVIEW.md", "| Fact | Next |\n| --- | --- |\n| Old | 2027-01-30 |\n")]);
    let checked = super::check(folder.path(), today);
    assert!(matches!(&checked.faults[..], [fault] if fault.what.contains("`asked`")), "{:?}", checked.faults);
    assert_eq!(checked.due.len(), 1);
    fs::write(folder.path().join("nmp/one/check.toml"), pool("asked = 5\n", 10)).unwrap();
    assert!(super::check(folder.path(), today).faults.is_empty());
    fs::write(folder.path().join("nmp/one/module.md"), "none").unwrap();
    assert!(!super::check(folder.path(), today).faults.is_empty());
}

/// Everything under `content/`, as `server content check` reads it. Facts due for review are reported there and fail
/// nothing.
#[test]
fn the_shipped_content_is_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let checked = super::check(&folder, "2026-11-28".parse().unwrap());
    assert!(checked.faults.is_empty() && checked.due.is_empty(), "{checked:#?}");
}

#[test]
fn a_sound_folder_is_read() {
    let folder = folder(&[]);
    let course = read(&folder.path().join("nmp")).unwrap();
    assert_eq!(
        (course.modules.len(), course.modules[0].pages.len(), course.modules[0].questions.len()),
        (1, 1, 5)
    );
    assert_eq!(course.pictures.len(), 1);
    let page = &course.modules[0].pages[0];
    assert!(page.html.contains("<img src=\"/media/") && !page.html.contains("Last changed"));
    assert!(page.about_html.contains("Last changed"));
}

/// The course that this project ships. P38: every picture has its alternative text, or it would not be read.
#[test]
fn the_shipped_course_is_sound_and_of_the_promised_size() {
    let course = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/nmp"))
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(course.modules.len(), 12);
    for module in &course.modules {
        let kinds: std::collections::BTreeSet<_> = module
            .questions
            .iter()
            .map(|question| std::mem::discriminant(&question.kind))
            .map(|kind| format!("{kind:?}"))
            .collect();
        assert!(
            (3..=5).contains(&module.pages.len()) && module.questions.len() >= 5 && kinds.len() == 4,
            "{}",
            module.slug
        );
        assert!(!module.competencies.is_empty(), "{}", module.slug);
        let html: String = module.pages.iter().map(|page| page.html.as_str()).collect();
        assert!(
            html.contains("<figure>") || html.contains("<table>"),
            "{} has no figure or table",
            module.slug
        );
        assert!(html.contains("box-example"), "{} has no worked example", module.slug);
        for page in &module.pages {
            let words = words(&page.html);
            assert!((200..=420).contains(&words), "{}/{} has {words} words", module.slug, page.slug);
        }
    }
}

/// So the times of two modules differ when the modules do: 200 words a minute, half a minute for each question that is asked and another
/// minute where it is calculated, and a minute for tables, figures and the page of the module.
#[test]
fn the_shipped_modules_say_how_long_they_take() {
    let course = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/nmp"))
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    for module in &course.modules {
        let words: usize = module.pages.iter().map(|page| words(&page.html)).sum();
        let calculated = module
            .questions
            .iter()
            .filter(|question| matches!(question.kind, domain::learning::Kind::Number { .. }))
            .count();
        let number = |number: usize| f64::from(u32::try_from(number).unwrap());
        let share = number(calculated) / number(module.questions.len());
        let takes = 1.0 + number(words) / 200.0 + f64::from(module.asked.unwrap()) * (0.5 + share);
        assert!(
            (takes - f64::from(module.minutes)).abs() <= 1.0,
            "{} takes {takes:.1} minutes and says {}",
            module.slug,
            module.minutes
        );
    }
}

/// Words that are read: without tags, and without what is in tables.
fn words(html: &str) -> usize {
    let without_tables: String = html
        .split("<table>")
        .map(|part| part.split_once("</table>").map_or(part, |(_, rest)| rest))
        .collect();
    let mut inside = false;
    let text: String = without_tables
        .chars()
        .map(|c| {
            inside = c == '<' || (inside && c != '>');
            if inside || c == '>' { ' ' } else { c }
        })
        .collect();
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// What a definition says is not compared with its page here: whoever writes one does that.
#[test]
fn the_shipped_course_has_a_glossary_and_marks_its_words() {
    let course = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/nmp"))
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    assert!(course.terms.len() >= 25, "{}", course.terms.len());
    let shown = |module: &str, page: &str| {
        let there = course.modules.iter().find(|there| there.slug.as_str() == module).unwrap();
        let page = there.pages.iter().find(|there| there.slug.as_str() == page).unwrap();
        glossary::shown("nmp", &course.terms, module, page)
    };
    let marked = "popovertarget=\"term-steady-state\"";
    assert_eq!(shown("monitoring-and-review", "why-what-and-when").matches(marked).count(), 1);
    assert_eq!(shown("pharmacokinetics", "steady-state-and-loading").matches(marked).count(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn importing_twice_changes_nothing(db: PgPool) {
    let world = World::new(db);
    let new = course(&["one", "two"], 3);
    let first = import(&world.services, &new).await.unwrap();
    assert_eq!(first, Imported { pages_added: 6, checks_changed: 2, ..Imported::default() });
    assert_eq!(import(&world.services, &new).await.unwrap(), Imported::default());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn another_day_or_source_is_shown_and_makes_no_version_of_the_text(db: PgPool) {
    let world = World::new(db.clone());
    let mut course = course(&["one"], 1);
    course.modules[0].pages[0].about_html = "<p>Last changed</p>".into();
    import(&world.services, &course).await.unwrap();
    course.modules[0].pages[0].about_html = "<p>Last reviewed</p>".into();
    assert_eq!(import(&world.services, &course).await.unwrap(), Imported::default());
    let (version, shown, text): (i32, String, String) = sqlx::query_as(
        "select p.version, p.shown_html, v.html from pages p join page_versions v on v.page_id = p.id",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(
        (version, shown.as_str(), text.as_str()),
        (1, "<p>Text</p><p>Last reviewed</p>", "<p>Text</p>")
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn changed_content_gets_a_version_and_missing_content_is_retired(db: PgPool) {
    let world = World::new(db);
    import(&world.services, &course(&["one", "two"], 3)).await.unwrap();
    let mut changed = course(&["one"], 2);
    changed.modules[0].pages[0].html = "<p>Better</p>".into();
    changed.modules[0].questions.truncate(1);
    let done = import(&world.services, &changed).await.unwrap();
    let expected = Imported {
        pages_added: 0,
        pages_changed: 1,
        pages_retired: 1,
        checks_changed: 1,
        modules_retired: 1,
    };
    assert_eq!(done, expected);
    changed.modules.push(module("two", 3));
    changed.modules[0] = module("one", 3);
    let back = import(&world.services, &changed).await.unwrap();
    assert_eq!(
        (back.pages_added, back.pages_changed, back.modules_retired),
        (1, 1, 0),
        "a restored page is itself again"
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_failing_import_leaves_nothing_behind(db: PgPool) {
    let world = World::new(db);
    let mut broken = course(&["one", "two"], 2);
    broken.modules[1].pass_mark = 0;
    import(&world.services, &broken).await.unwrap_err();
    let courses: i64 =
        sqlx::query_scalar("select count(*) from courses").fetch_one(&world.services.db).await.unwrap();
    assert_eq!(courses, 0);
}
