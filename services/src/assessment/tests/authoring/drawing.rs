//! The questions that a paper draws, and the banks that it draws them from.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_retired_template_is_not_drawn_and_can_be_restored(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let import = async || {
        let draft = draft_bank(services, setter, exam.organisation, &own).await.unwrap();
        import_draft(services, setter, draft).await.unwrap();
    };
    import().await;
    let bank = async || first_templates(services, setter, exam.organisation).await.unwrap().templates.rows;
    let grams = bank().await.into_iter().find(|card| card.name == "own-grams").unwrap().id;
    let paper =
        create_paper(services, setter, exam.organisation, "Own", PaperKind::Mock, None).await.unwrap();
    add_section(services, setter, paper, "Sums", None, None).await.unwrap();
    let section = paper_page(services, setter, paper).await.unwrap().sections[0].id;
    add_rule(services, setter, paper, section, RuleSource::Template(grams), 1, 1, None).await.unwrap();
    save_candidates(services, setter, paper, &[], "learner@north.example", None).await.unwrap();
    publish_paper(services, setter, paper, true, None).await.unwrap();

    let retire = async |retired| retire_template(services, setter, exam.organisation, grams, retired).await;
    retire(true).await.unwrap();
    let retired = async || -> Vec<bool> { bank().await.iter().map(|template| template.retired).collect() };
    // In the order of the categories.
    assert_eq!(retired().await, [true, false]);
    // Importing the same text again does not bring it back.
    import().await;
    assert_eq!(retired().await, [true, false]);
    // Without the shared one its category is empty.
    sqlx::query("update question_templates set retired = true where name = 'grams'")
        .execute(&services.db)
        .await
        .unwrap();
    let rule = async |source| {
        add_rule(services, setter, new_draft(&exam).await, section_of(&exam).await, source, 1, 1, None).await
    };
    for source in [RuleSource::Category(Category::SiConversion, None), RuleSource::Template(grams)] {
        let wrong = problems(rule(source).await);
        assert_eq!(wrong[0].problem, Problem::TemplatesMissing);
    }
    // The published paper keeps it.
    let (_, questions) = preview_paper(services, setter, paper).await.unwrap();
    assert_eq!(questions[0].name, "own-grams");
    retire(false).await.unwrap();
    assert_eq!(retired().await, [false, false]);
    rule(RuleSource::Template(grams)).await.unwrap();
    // No organisation can retire a template of the shared bank.
    let shared: uuid::Uuid = sqlx::query_scalar("select id from question_templates where name = 'safe'")
        .fetch_one(&services.db)
        .await
        .unwrap();
    let shared = domain::assessment::bank::TemplateId(shared);
    assert!(not_found(retire_template(services, setter, exam.organisation, shared, true).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_long_paper_fills_every_place_and_repeats_no_template_while_there_are_others(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let text: String = (0..7)
        .map(|n| {
            let own = BANK
                .replace("A bag holds", &format!("Bag {n} holds"))
                .replace("Which is", &format!("{n}: which is"));
            own.replace("\"grams\"", &format!("\"grams{n}\"")).replace("\"safe\"", &format!("\"safe{n}\""))
        })
        .collect();
    let draft = draft_bank(services, setter, exam.organisation, &text).await.unwrap();
    import_draft(services, setter, draft).await.unwrap();
    let draft = new_draft(&exam).await;
    let section = section_of(&exam).await;
    // Eight templates of the category: five, and three and seventeen more.
    for questions in [5, 20] {
        let source = RuleSource::Category(Category::SiConversion, None);
        add_rule(services, setter, draft, section, source, questions, 1, None).await.unwrap();
    }
    let (_, previewed) = preview_paper(services, setter, draft).await.unwrap();
    assert_eq!(previewed.len(), 25);
    let settings = PaperSettings { attempts: 3, access_code: "LONG2026".into(), ..settings() };
    save_settings(services, setter, draft, &settings, None).await.unwrap();
    publish_paper(services, setter, draft, true, None).await.unwrap();
    let rows: Vec<(i16, i16, String, String, i16)> = sqlx::query_as(
        "select attempt, position, question->>'template', question->>'wording', marks from paper_items where paper_id = $1
        order by attempt, position",
    )
    .bind(draft.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    assert_eq!(rows.len(), 75);
    for (n, (attempt, position, _, _, marks)) in rows.iter().enumerate() {
        assert_eq!(
            (usize::from(attempt.unsigned_abs()), usize::from(position.unsigned_abs()), *marks),
            (n / 25 + 1, n % 25 + 1, 1)
        );
    }
    for attempt in rows.chunks(25) {
        let different = |rows: &[(i16, i16, String, String, i16)], wordings: bool| {
            rows.iter()
                .map(|row| if wordings { row.3.clone() } else { row.2.clone() })
                .collect::<BTreeSet<_>>()
                .len()
        };
        assert_eq!((different(&attempt[..8], false), different(attempt, true)), (8, 25));
    }
}

/// A number of templates of a kind that the shared bank does not have, which draw nothing.
async fn readings(exam: &Exam, number: usize) {
    let text: String = (0..number)
        .map(|n| {
            format!(
                "[[question]]\nid = \"reading-{n}\"\ncategory = \"comprehension\"\ndifficulty = 1\n\
                wording = \"Which of these {n}?\"\nexplanation = \"The first.\"\n[question.single-choice]\n\
                options = [{{ text = \"one\", right = true }}, {{ text = \"two\", error = \"Two\", why = \"No.\" }}, {{ text = \"three\", error = \"Three\", why = \"No.\" }}]\n"
            )
        })
        .collect();
    let services = &exam.world.services;
    let draft = draft_bank(services, &exam.setter, exam.organisation, &text).await.unwrap();
    import_draft(services, &exam.setter, draft).await.unwrap();
}

/// A draft that asks a number of them at each of a number of attempts.
async fn reading_paper(exam: &Exam, questions: u16, attempts: u8) -> PaperId {
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = new_draft(exam).await;
    let source = RuleSource::Category(Category::Comprehension, None);
    add_rule(services, setter, draft, section_of(exam).await, source, questions, 1, None).await.unwrap();
    let settings = PaperSettings { attempts, access_code: String::new(), ..settings() };
    save_settings(services, setter, draft, &settings, None).await.unwrap();
    save_candidates(services, setter, draft, &[], "learner@north.example", None).await.unwrap();
    draft
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_attempt_avoids_the_templates_of_earlier_attempts_while_there_are_others(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    readings(&exam, 7).await;
    let services = &exam.world.services;
    let draft = reading_paper(&exam, 3, 3).await;
    let said = sections_page(services, &exam.setter, draft, None).await.unwrap().asked_again;
    assert!(said.len() == 1 && said[0].starts_with("The attempts share 2 of 3 questions"), "{said:?}");
    publish_paper(services, &exam.setter, draft, true, None).await.unwrap();
    let asked: Vec<String> = sqlx::query_scalar(
        "select question->>'template' from paper_items where paper_id = $1 order by attempt, position",
    )
    .bind(draft.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    let different = |asked: &[String]| asked.iter().collect::<BTreeSet<_>>().len();
    assert_eq!((different(&asked[..6]), different(&asked[6..]), different(&asked)), (6, 3, 7), "{asked:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_whose_attempt_would_repeat_a_question_is_not_published(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    readings(&exam, 3).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let draft = reading_paper(&exam, 4, 1).await;
    assert_eq!(preview_paper(services, setter, draft).await.unwrap().1.len(), 4);
    let wrong = problems(publish_paper(services, setter, draft, true, None).await);
    assert_eq!(wrong, [FieldProblem::new("questions", Problem::QuestionsTwice)]);
    // A template that draws one of two numbers is asked twice, and drawn until the questions differ.
    let pair = BANK.replace("from = 2, to = 9", "from = 2, to = 3").replace("\"grams\"", "\"pair\"");
    let own = pair.split("[[question]]\nid = \"safe\"").next().unwrap();
    let bank = draft_bank(services, setter, exam.organisation, own).await.unwrap();
    import_draft(services, setter, bank).await.unwrap();
    let bank = first_templates(services, setter, exam.organisation).await.unwrap();
    let pair = bank.templates.rows.iter().find(|card| card.name == "pair").unwrap().id;
    let draft = new_draft(&exam).await;
    let section = section_of(&exam).await;
    add_rule(services, setter, draft, section, RuleSource::Template(pair), 2, 1, None).await.unwrap();
    for _ in 0..16 {
        let (_, asked) = preview_paper(services, setter, draft).await.unwrap();
        assert_ne!(asked[0].question.wording, asked[1].question.wording);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn different_questions_in_one_place_are_counted_and_voided_apart(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    readings(&exam, 2).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let paper = reading_paper(&exam, 1, 2).await;
    publish_paper(services, setter, paper, true, None).await.unwrap();
    for _ in 0..2 {
        let sitting = start_sitting(services, &exam.learner, paper, "").await.unwrap();
        submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    }
    let page = items_page(services, setter, paper).await.unwrap();
    let rows: Vec<_> = page
        .items
        .iter()
        .map(|item| (item.number, item.every_attempt, item.candidates, item.variants[0].attempt))
        .collect();
    assert_eq!((rows, page.analysis.candidates), (vec![(1, false, 1, 1), (1, false, 1, 2)], 2));
    assert_ne!(page.items[0].template, page.items[1].template);
    assert!(
        page.items
            .iter()
            .all(|item| item.tally.iter().any(|tally| tally.answer == "Not answered" && tally.count == 1))
    );
    correct_item(services, setter, paper, page.items[0].item, "Unclear", &Correction::Void, None)
        .await
        .unwrap();
    let voided: Vec<_> =
        items_page(services, setter, paper).await.unwrap().items.iter().map(|item| item.voided).collect();
    assert_eq!(voided, [true, false]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_item_shows_the_wording_and_stimulus_of_each_attempt(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let own =
        BANK.split("[[question]]\nid = \"safe\"").next().unwrap().replace("\"grams\"", "\"bag\"").replace(
            "wording = \"A bag holds {g} g. How much is in it?\"",
            "stimulus = \"A bag holds **{g} g**.\"\nwording = \"How much is in it?\"",
        );
    let bank = draft_bank(services, setter, exam.organisation, &own).await.unwrap();
    import_draft(services, setter, bank).await.unwrap();
    let bank = first_templates(services, setter, exam.organisation).await.unwrap();
    let bag = bank.templates.rows.iter().find(|card| card.name == "bag").unwrap().id;
    let paper = new_draft(&exam).await;
    let section = section_of(&exam).await;
    add_rule(services, setter, paper, section, RuleSource::Template(bag), 1, 1, None).await.unwrap();
    let settings = PaperSettings { access_code: String::new(), ..settings() };
    save_settings(services, setter, paper, &settings, None).await.unwrap();
    save_candidates(services, setter, paper, &[], "learner@north.example", None).await.unwrap();
    publish_paper(services, setter, paper, true, None).await.unwrap();
    let page = items_page(services, setter, paper).await.unwrap();
    let [item] = page.items.as_slice() else { panic!("{:?}", page.items) };
    let [first, second] = item.variants.as_slice() else { panic!("{item:?}") };
    assert!(item.stimulus.as_deref().is_some_and(|html| html.contains("<strong>")), "{item:?}");
    assert_eq!((&item.stimulus, &item.wording), (&first.stimulus, &first.wording));
    assert!(second.stimulus.is_some() && second.stimulus != first.stimulus, "{item:?}");
    assert_eq!(second.wording, first.wording);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn rounding_and_precision_are_stated_in_the_room_and_in_practice(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, learner) = (&exam.world.services, &exam.setter, &exam.learner);
    let told_in_practice = async || {
        let id = ask_practice(services, learner, Some(Category::SiConversion)).await.unwrap();
        practice_page(services, learner, id).await.unwrap().asked.rules
    };
    let told_in_room = async |sitting| {
        let questions = open_room(services, learner, sitting).await.unwrap().questions;
        questions.into_iter().map(|question| question.asked.rules).collect::<Vec<_>>()
    };
    assert_eq!(told_in_practice().await, None, "only the number is judged");
    assert_eq!(told_in_room(exam.in_room().await).await, [None, None, None, None, None]);
    let ruled = BANK.replace("rounding = \"exact\"", "rounding = \"whole\"\nprecision = \"whole\"");
    import_shared_bank(services, &[domain::assessment::bank::Bank::read(&ruled).unwrap()]).await.unwrap();
    let rules = Some(
        "Round your answer to the nearest whole number. Write a whole number, without a decimal point."
            .to_owned(),
    );
    assert_eq!(told_in_practice().await, rules);
    let paper = duplicate_paper(services, setter, exam.paper, true, None).await.unwrap();
    let settings = PaperSettings { access_code: String::new(), ..settings() };
    save_settings(services, setter, paper, &settings, None).await.unwrap();
    publish_paper(services, setter, paper, true, None).await.unwrap();
    let sitting = start_sitting(services, learner, paper, "").await.unwrap();
    let mut expected = vec![rules; 4];
    expected.push(None);
    assert_eq!(told_in_room(sitting).await, expected);
}

#[expect(clippy::disallowed_methods, reason = "it takes the one thread of a runtime of its own")]
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn making_the_questions_of_a_paper_blocks_no_other_request(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (setter, paper) = (exam.setter, exam.paper);
    let draft = duplicate_paper(&exam.world.services, &setter, paper, true, None).await.unwrap();
    let settings = PaperSettings { access_code: String::new(), ..settings() };
    save_settings(&exam.world.services, &setter, draft, &settings, None).await.unwrap();
    let (services, address) =
        (exam.world.services.clone(), exam.world.services.db.connect_options().as_ref().clone());
    // A runtime whose only thread for long work is busy until released: the questions are made there, so no paper is
    // published or shown before. All other requests go on meanwhile.
    let alone = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let db = sqlx::postgres::PgPoolOptions::new().connect_with(address).await.unwrap();
            let services = Services { batch_pool: db.clone().into(), session_batch_pool: db.clone().into(), db, ..services };
            for what in ["shown", "published"] {
                let (free, busy) = std::sync::mpsc::channel::<()>();
                let busy = tokio::task::spawn_blocking(move || busy.recv());
                let making = async {
                    match what {
                        "shown" => preview_paper(&services, &setter, draft).await.map(|_| ()),
                        _ => publish_paper(&services, &setter, draft, true, None).await,
                    }
                };
                let mut making = std::pin::pin!(making);
                let others = async {
                    // Far more than its own requests to the database.
                    for _ in 0..300 {
                        sqlx::query("select 1").execute(&services.db).await.unwrap();
                    }
                };
                tokio::select! {
                    _ = &mut making => panic!("the questions are made where pages are served, before it is {what}"),
                    () = others => {}
                }
                free.send(()).unwrap();
                busy.await.unwrap().unwrap();
                making.await.unwrap();
            }
        });
    });
    tokio::task::spawn_blocking(|| alone.join()).await.unwrap().unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_drafted_bank_is_tried_once_and_few_drafts_are_kept(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    let own = BANK.replace("\"grams\"", "\"own-grams\"").replace("\"safe\"", "\"own-safe\"");
    let others = draft_bank(services, &colleague, exam.organisation, &own).await.unwrap();
    let mut drafts = Vec::new();
    for _ in 0..14 {
        drafts.push(draft_bank(services, setter, exam.organisation, &own).await.unwrap());
        exam.world.clock.advance(chrono::Duration::milliseconds(1));
    }
    for draft in &drafts[..4] {
        assert!(not_found(bank_draft(services, setter, *draft).await));
    }
    let first = bank_draft(services, setter, drafts[4]).await.unwrap();
    assert_eq!((first.faults.len(), first.questions.len()), (0, 2));
    assert_eq!(bank_draft(services, setter, drafts[4]).await.unwrap(), first);
    // From then on the stored findings count.
    sqlx::query(
        "update bank_drafts set tried = '{\"faults\": [\"Found\"], \"questions\": []}' where id = $1",
    )
    .bind(drafts[4].0)
    .execute(&services.db)
    .await
    .unwrap();
    assert_eq!(bank_draft(services, setter, drafts[4]).await.unwrap().faults, ["Found"]);
    assert!(matches!(import_draft(services, setter, drafts[4]).await, Err(Error::Invalid(_))));
    import_draft(services, setter, drafts[13]).await.unwrap();
    import_draft(services, &colleague, others).await.unwrap();
}
