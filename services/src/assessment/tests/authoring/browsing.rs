//! The banks as setters look into them, and what they add to a draft from there.

use std::path::Path;

use domain::{
    assessment::{
        Difficulty,
        bank::{AnsweredBy, Bank, BankQuery, OfCategory, OfDifficulty, QuestionKind, TemplateId},
    },
    kit::list::OptionCount,
};

use super::*;
use crate::assessment::{
    authoring::{RuleMove, add_template, move_rule},
    bank::{bank_page, bank_question},
};

/// The whole shared bank, as it is delivered.
fn delivered() -> Vec<Bank> {
    let snap = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/snap");
    let files =
        ["numeracy", "literacy"].into_iter().flat_map(|folder| std::fs::read_dir(snap.join(folder)).unwrap());
    files.map(|file| Bank::read(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap()).collect()
}

async fn template(exam: &Exam, name: &str) -> TemplateId {
    let id = sqlx::query_scalar("select id from question_templates where name = $1").bind(name);
    TemplateId(id.fetch_one(&exam.world.services.db).await.unwrap())
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_column_says_of_every_question_how_it_is_answered(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, banks) = (&exam.world.services, delivered());
    import_shared_bank(services, &banks).await.unwrap();
    // Written in a line, with spaces, or in its parts alone, a kind is the same kind.
    let ways = [
        "  text-entry = { accepted = [\"one\"] }",
        "text-entry.case-matters = true\ntext-entry.accepted = [\"one\"]",
        "ordering.items = [\"one\", \"two\", \"three\"]",
        "[ question . 'ordering' ]\nitems = [\"one\", \"two\", \"three\"]",
        "[[question.single-choice.options]]\ntext = \"one\"\nright = true\n[[question.single-choice.options]]\ntext = \"two\"",
        "\"multiple-choice\".\"options\" = [{ text = \"one\", right = true }, { text = \"two\" }]",
        "stimulus = \"\"\"\nordering = no\nordering. First\n\"\"\"\nnumber.value = \"1\"",
    ];
    let written = |(n, way): (usize, &&str)| {
        Bank::read(&format!(
            "[[question]]\nid = \"way-{n}\"\ncategory = \"comprehension\"\ndifficulty = 1\nwording = \"Which word?\"\n\
            explanation = \"The first.\"\n{way}\n"
        ))
    };
    let ways = ways.iter().enumerate().map(|way| written(way).unwrap());
    let banks: Vec<_> = banks.into_iter().chain(ways).collect();
    import_shared_bank(services, &banks).await.unwrap();
    let stored: Vec<(String, String)> =
        sqlx::query_as("select name, kind from question_templates where not retired")
            .fetch_all(&services.db)
            .await
            .unwrap();
    let stored: BTreeMap<_, _> = stored.into_iter().collect();
    let mut kinds = BTreeMap::new();
    for template in banks.iter().flat_map(|bank| &bank.templates) {
        assert_eq!(stored[&template.id], template.kind().as_str(), "{}", template.id);
        *kinds.entry(template.kind().as_str()).or_insert(0) += 1;
    }
    assert_eq!(kinds.len(), QuestionKind::ALL.len(), "{kinds:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn setters_find_the_shared_questions_and_their_own_and_nobody_elses(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let mut connection = services.db.acquire().await.unwrap();
    let south = ensure_organisation(services, &mut connection, "South", "university").await.unwrap();
    drop(connection);
    let elsewhere = sets_papers(&exam.world, "setter@south.example", south).await;
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let draft = draft_bank(services, &exam.setter, exam.organisation, &own).await.unwrap();
    import_draft(services, &exam.setter, draft).await.unwrap();
    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;

    let titles = async |who: &Actor, query: &BankQuery| {
        let page = bank_page(services, who, query).await.unwrap().questions;
        let rows = page.rows.into_iter().map(|card| (card.title, card.organisation));
        (rows.collect::<Vec<_>>(), page.found, page.in_all)
    };
    let shared = |title: &str| (title.to_owned(), None);
    let north = |title: &str| (title.to_owned(), Some("North".to_owned()));
    let all = BankQuery::default();
    let mine = vec![shared("Grams"), north("Own grams"), north("Own safe"), shared("Safe")];
    assert_eq!(titles(&exam.setter, &all).await, (mine, 4, 4));
    // Another organisation, and support, which looks at an organisation's own questions on a page that records it.
    for who in [&elsewhere, &support] {
        assert_eq!(titles(who, &all).await, (vec![shared("Grams"), shared("Safe")], 2, 2));
    }
    assert!(not_found(bank_page(services, &exam.learner, &all).await));
    let page =
        async |who: &Actor, name: &str| bank_question(services, who, template(&exam, name).await, 1).await;
    let own = page(&exam.setter, "own-grams").await.unwrap();
    assert_eq!((own.organisation.as_deref(), own.bank), (Some("North"), Some(exam.organisation)));
    assert_eq!(page(&exam.setter, "grams").await.unwrap().bank, None);
    for who in [&elsewhere, &support] {
        assert!(page(who, "grams").await.is_ok());
        assert!(not_found(page(who, "own-grams").await));
    }
    assert!(not_found(page(&exam.learner, "grams").await));
    let own = template(&exam, "own-grams").await;
    retire_template(services, &exam.setter, exam.organisation, own, true).await.unwrap();
    assert!(not_found(page(&exam.setter, "own-grams").await));
    assert_eq!(titles(&exam.setter, &all).await.2, 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn questions_are_searched_in_words_filtered_and_counted(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, banks) = (&exam.world.services, delivered());
    import_shared_bank(services, &banks).await.unwrap();
    let templates: Vec<_> = banks.iter().flat_map(|bank| &bank.templates).collect();
    let found = async |search: &str, filters| {
        let query = BankQuery { search: search.into(), filters, ..BankQuery::default() };
        bank_page(services, &exam.setter, &query).await.unwrap()
    };
    let (every, any, each) = (OfCategory(None), OfDifficulty(None), AnsweredBy(None));
    // The words of a title, which has no hyphen.
    let page = found("grams to milligrams", (every, any, each)).await;
    assert!(page.questions.rows.iter().any(|card| card.title == "SI grams to milligrams"), "{page:?}");
    // The words of a text are searched, and not its keys.
    let page = found("w/v", (every, any, each)).await.questions;
    assert!(page.found > 0 && page.found < page.in_all, "{page:?}");
    for key in ["unit-entry", "unit-choices", "wording", "[question"] {
        assert_eq!(found(key, (every, any, each)).await.questions.found, 0, "{key}");
    }
    for (category, difficulty, kind) in [
        (Some(Category::OralLiquids), None, None),
        (None, Some(Difficulty::Three), None),
        (None, None, Some(QuestionKind::Ordering)),
        (Some(Category::ChartsAndLabels), Some(Difficulty::Two), Some(QuestionKind::Number)),
    ] {
        let page = found("", (OfCategory(category), OfDifficulty(difficulty), AnsweredBy(kind))).await;
        let fits = |of: Category, level: Difficulty, how: QuestionKind| {
            category.is_none_or(|category| category == of)
                && difficulty.is_none_or(|difficulty| difficulty == level)
                && kind.is_none_or(|kind| kind == how)
        };
        let expected = templates.iter().filter(|one| fits(one.category, one.difficulty, one.kind())).count();
        assert_eq!(usize::try_from(page.questions.found).unwrap(), expected);
        assert!(page.questions.rows.iter().all(|card| fits(card.category, card.difficulty, card.kind)));
        assert!(page.questions.rows.iter().all(|card| !card.example.is_empty()));
        // Each count is what its option would leave, with the other filters as they are.
        for OptionCount { filter, option, rows } in page.counts {
            let filters = (
                if filter == "category" {
                    OfCategory(Category::parse(&option))
                } else {
                    OfCategory(category)
                },
                if filter == "difficulty" {
                    OfDifficulty(Some(option.parse::<u8>().unwrap().try_into().unwrap()))
                } else {
                    OfDifficulty(difficulty)
                },
                if filter == "kind" { AnsweredBy(QuestionKind::parse(&option)) } else { AnsweredBy(kind) },
            );
            assert_eq!(found("", filters).await.questions.found, rows, "{filter} {option}");
        }
    }
    // Each question once, from page to page.
    let (mut query, mut seen) = (BankQuery::default(), Vec::new());
    loop {
        let page = bank_page(services, &exam.setter, &query).await.unwrap().questions;
        seen.extend(page.rows.into_iter().map(|card| card.id.0));
        match page.next {
            Some(next) => query = query.next(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), templates.len());
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), templates.len());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_seed_draws_the_same_example_and_the_next_one_another(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let id = template(&exam, "grams").await;
    let drawn = async |seed| {
        let page = bank_question(services, &exam.setter, id, seed).await.unwrap();
        (page.seed, page.example.unwrap())
    };
    let first = drawn(5).await;
    assert_eq!(first, drawn(5).await);
    assert_eq!((first.0, first.1.right_answer.len(), first.1.solution.len()), (5, 1, 1));
    let mut others = Vec::new();
    for seed in 6..20 {
        others.push(drawn(seed).await.1.right_answer);
    }
    others.sort();
    others.dedup();
    assert!(others.len() > 1, "{others:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_question_is_added_once_to_a_draft_of_ones_own(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let grams = template(&exam, "grams").await;
    let draft =
        create_paper(services, setter, exam.organisation, "Draft", PaperKind::Mock, None).await.unwrap();
    let drafts = async || bank_question(services, setter, grams, 1).await.unwrap().drafts;
    // The published paper is not among them. A draft without sections is one place.
    let places: Vec<_> = drafts().await.into_iter().map(|place| place.id).collect();
    assert_eq!(places, [format!("{draft}/")]);
    let form = Some(domain::FormToken(uuid::Uuid::now_v7()));
    let section = add_template(services, setter, draft, None, grams, 2, form).await.unwrap();
    assert_eq!(add_template(services, setter, draft, None, grams, 2, form).await.unwrap(), section);
    let page = paper_page(services, setter, draft).await.unwrap();
    let [only] = page.sections.as_slice() else { panic!("{:?}", page.sections) };
    assert_eq!((only.id, only.rules.len(), only.marks()), (section, 1, 2));
    assert_eq!(only.rules[0].template.as_deref(), Some("grams"));
    let places: Vec<_> = drafts().await.into_iter().map(|place| place.id).collect();
    assert_eq!(places, [format!("{draft}/{section}")]);
    add_template(services, setter, draft, Some(section), grams, 1, None).await.unwrap();
    assert_eq!(paper_page(services, setter, draft).await.unwrap().sections[0].rules.len(), 2);

    let wrong = problems(add_template(services, setter, draft, Some(section), grams, 21, None).await);
    assert_eq!(wrong, [FieldProblem::new("marks", Problem::NumberOutOfRange)]);
    let none = TemplateId(uuid::Uuid::now_v7());
    let wrong = problems(add_template(services, setter, draft, Some(section), none, 1, None).await);
    assert_eq!(wrong, [FieldProblem::new("place", Problem::TemplatesMissing)]);
    // A published paper takes none, nor does a section of another paper, and a colleague has no way in.
    assert!(not_found(add_template(services, setter, exam.paper, None, grams, 1, None).await));
    let foreign = paper_page(services, setter, exam.paper).await.unwrap().sections[0].id;
    assert!(not_found(add_template(services, setter, draft, Some(foreign), grams, 1, None).await));
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    assert!(not_found(add_template(services, &colleague, draft, Some(section), grams, 1, None).await));
    assert!(bank_question(services, &colleague, grams, 1).await.unwrap().drafts.is_empty());
    assert_eq!(paper_page(services, setter, draft).await.unwrap().sections[0].rules.len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_line_moves_by_one_or_to_a_place_and_never_off_the_end(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = new_draft(&exam).await;
    let page = async || paper_page(services, setter, draft).await.unwrap();
    let section = page().await.sections[0].id;
    for questions in 1..=4 {
        let source = RuleSource::Category(Category::SiConversion, None);
        add_rule(services, setter, draft, section, source, questions, 1, None).await.unwrap();
    }
    let order =
        async || -> Vec<u16> { page().await.sections[0].rules.iter().map(|rule| rule.questions).collect() };
    let rule = async |questions: u16| {
        let rules = page().await.sections.remove(0).rules;
        rules.iter().find(|rule| rule.questions == questions).unwrap().id
    };
    for (questions, to, after) in [
        (3, RuleMove::Up, [1, 3, 2, 4]),
        (3, RuleMove::Up, [3, 1, 2, 4]),
        (3, RuleMove::Up, [3, 1, 2, 4]),
        (1, RuleMove::Down, [3, 2, 1, 4]),
        (4, RuleMove::Down, [3, 2, 1, 4]),
        (3, RuleMove::To(4), [2, 1, 4, 3]),
        (3, RuleMove::To(2), [2, 3, 1, 4]),
        (1, RuleMove::To(3), [2, 3, 1, 4]),
        (4, RuleMove::To(0), [4, 2, 3, 1]),
        (4, RuleMove::To(3), [2, 3, 4, 1]),
        (2, RuleMove::To(u16::MAX), [3, 4, 1, 2]),
    ] {
        let seen = page().await.versions.questions;
        // Sent twice, it moves once.
        for _ in 0..2 {
            move_rule(services, setter, draft, rule(questions).await, to, Some(seen)).await.unwrap();
        }
        assert_eq!(order().await, after, "{questions} {to:?}");
    }
    // From a page that another window has overtaken nothing is moved.
    for to in [RuleMove::Up, RuleMove::To(1)] {
        let wrong = problems(move_rule(services, setter, draft, rule(1).await, to, Some(0)).await);
        assert!(matches!(wrong[0].problem, Problem::ChangedMeanwhile { .. }));
        let foreign = paper_page(services, setter, exam.paper).await.unwrap().sections[0].rules[0].id;
        assert!(not_found(move_rule(services, setter, draft, foreign, to, None).await));
    }
    assert_eq!(order().await, [3, 4, 1, 2]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_draft_shows_the_questions_of_the_opened_category_alone(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, draft) = (&exam.world.services, new_draft(&exam).await);
    let page = async |paper, category| sections_page(services, &exam.setter, paper, category).await.unwrap();
    let closed = page(draft, None).await;
    let stock: Vec<_> = closed.stock.iter().map(|stock| (stock.category, stock.questions)).collect();
    assert_eq!(stock, [(Category::SiConversion, 1), (Category::AbbreviationsAndSafeWriting, 1)]);
    assert!(closed.cards.is_empty() && closed.category.is_none());
    let open = page(draft, Some(Category::SiConversion)).await;
    let [card] = open.cards.as_slice() else { panic!("{:?}", open.cards) };
    assert_eq!((card.title.as_str(), open.category), ("Grams", Some(Category::SiConversion)));
    assert!(card.example.contains("A bag holds"), "{}", card.example);
    // A category without questions stays closed, and a published paper has none to choose.
    assert_eq!(page(draft, Some(Category::Injections)).await.category, None);
    let published = page(exam.paper, Some(Category::SiConversion)).await;
    assert!(published.stock.is_empty() && published.cards.is_empty());
}
