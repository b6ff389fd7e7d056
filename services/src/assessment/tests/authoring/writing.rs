//! Questions written by form.

use domain::assessment::bank::{Bank, QuestionDraftId, TemplateId, form::Fields};

use super::*;
use crate::assessment::bank::{
    Beside, Press, Written, Wrote, bring_picture, look_at_fields, may_bring_picture, question_picture,
    write_question, writing,
};

const QUESTION: &str = r#"[[question]]
id = "written-by-form"
category = "oral-liquids"
difficulty = 1
variables = [
  { name = "dose", from = 50, to = 300, step = 25 },
]
constraints = ["dose != 100"]
wording = "{dose} mg is prescribed, the bottle says 100 mg in 5 mL. How many millilitres do you give? Round to 2 decimal places."

[question.number]
value = "dose / 100 * 5"
unit = "mL"
unit-entry = "shown"
rounding = "two-decimals"
steps = ["{dose} mg ÷ 100 mg × 5 mL = {answer} mL"]
errors = [
  { name = "Formula upside down", value = "100 / dose * 5" },
]
"#;

fn fields() -> Fields {
    Fields::from(&Bank::read(QUESTION).unwrap().templates[0])
}

fn new_draft_id() -> QuestionDraftId {
    QuestionDraftId(uuid::Uuid::now_v7())
}

fn written(draft: QuestionDraftId, fields: &Fields) -> Written {
    Written { draft, changes: None, version: 0, fields: fields.clone(), pasted: String::new() }
}

async fn stored(exam: &Exam, name: &str) -> Option<(uuid::Uuid, String)> {
    sqlx::query_as("select id, source from question_templates where name = $1 and organisation_id = $2")
        .bind(name)
        .bind(exam.organisation.0)
        .fetch_optional(&exam.world.services.db)
        .await
        .unwrap()
}

async fn drafts(exam: &Exam) -> i64 {
    sqlx::query_scalar("select count(*) from question_drafts")
        .fetch_one(&exam.world.services.db)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_typed_stays_until_the_question_is_saved(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let empty = writing(services, setter, north, None, None, Beside::Nothing).await.unwrap();
    assert_eq!((empty.fields, empty.changes, empty.tried), (Fields::anew(), None, None));
    assert_eq!(drafts(&exam).await, 0);

    let draft = empty.draft;
    let mut typed = fields();
    typed.set("number.errors.0.value", "dose / 100 * 5");
    let page = async |beside| writing(services, setter, north, Some(draft), None, beside).await.unwrap();
    let press = async |fields: &Fields, press| {
        write_question(services, setter, north, written(draft, fields), press).await.unwrap()
    };
    assert_eq!(press(&typed, Press::Add("number.errors".to_owned())).await, Wrote::Kept);
    let shown = page(Beside::Nothing).await;
    assert_eq!((shown.fields.rows("number.errors"), shown.tried), (2, None));
    assert_eq!(shown.fields.get("number.errors.0.value"), "dose / 100 * 5");

    // The known mistake is the right answer: it is not saved, and the page says where the fault is.
    assert_eq!(press(&typed, Press::Save).await, Wrote::Faulty);
    assert_eq!(stored(&exam, "written-by-form").await, None);
    let tried = page(Beside::Preview).await.tried.unwrap();
    assert_eq!(tried.draws.len(), 10);
    let [fault] = tried.faults.as_slice() else { panic!("{:?}", tried.faults) };
    assert_eq!(fault.field, "number.errors.0.value");
    assert!(fault.what.contains("is the right answer too") && fault.seed.is_some(), "{fault:?}");

    for _ in 0..2 {
        assert_eq!(press(&fields(), Press::Save).await, Wrote::Saved);
    }
    let (_, source) = stored(&exam, "written-by-form").await.unwrap();
    assert_eq!(source, QUESTION);
    assert_eq!((drafts(&exam).await, audited(&exam, "assessment.question_written").await), (0, 1));
    assert!(not_found(writing(services, setter, north, Some(draft), None, Beside::Nothing).await));
    let own = own_templates(services, setter, north, &TemplatesQuery::default()).await.unwrap();
    assert_eq!(own.templates.rows[0].name, "written-by-form");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_preview_shows_the_numbers_and_where_mistakes_lead(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter) = (&exam.world.services, &exam.setter);
    let tried = look_at_fields(services, setter, exam.organisation, fields()).await.unwrap();
    assert!(tried.faults.is_empty(), "{:?}", tried.faults);
    assert_eq!(tried.draws.iter().map(|draw| draw.seed).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    for draw in &tried.draws {
        let [(name, dose)] = draw.numbers.as_slice() else { panic!("{:?}", draw.numbers) };
        let (dose, right) = (dose.parse::<f64>().unwrap(), &draw.question.right_answer[0]);
        let right: f64 = right.trim_end_matches(" mL").trim_end_matches("\u{a0}mL").parse().unwrap();
        assert_eq!((name.as_str(), (right * 100.0).round()), ("dose", (dose * 5.0).round()));
        assert_eq!(draw.mistakes[0].0, "Formula upside down");
    }
    // Nothing of it is kept, and HTML is a fault beside its field.
    assert_eq!(drafts(&exam).await, 0);
    let mut html = fields();
    html.set("number.steps.0", "<b>{dose}</b> mg, which is {answer} mL");
    let tried = look_at_fields(services, setter, exam.organisation, html).await.unwrap();
    assert_eq!(tried.faults[0].field, "number.steps.0");
    // What cannot be read at all is named field by field, and nothing is drawn.
    let mut unread = fields();
    unread.set("number.value", "dose *");
    unread.set("variables.0.to", "310");
    let tried = look_at_fields(services, setter, exam.organisation, unread).await.unwrap();
    let named: Vec<_> = tried.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!((named.as_slice(), tried.draws.len()), (["variables.0.to", "number.value"].as_slice(), 0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_changed_question_keeps_its_id_and_published_papers_keep_theirs(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let first = new_draft_id();
    write_question(services, setter, north, written(first, &fields()), Press::Save).await.unwrap();
    let (id, _) = stored(&exam, "written-by-form").await.unwrap();
    let items = "select jsonb_agg(question order by id)::text from paper_items";
    let asked = async || sqlx::query_scalar::<_, String>(items).fetch_one(&services.db).await.unwrap();
    let before = asked().await;

    // Two setters open it, and one is quicker.
    let colleague = sets_papers(&exam.world, "colleague@north.example", north).await;
    let open = async |actor| {
        writing(services, actor, north, None, Some(TemplateId(id)), Beside::Nothing).await.unwrap()
    };
    let (mine, theirs) = (open(setter).await, open(&colleague).await);
    assert_eq!((mine.fields.clone(), mine.changes), (fields(), Some(TemplateId(id))));
    let changed = |page: &domain::assessment::bank::Writing, difficulty: &str, name: &str| {
        let mut fields = page.fields.clone();
        fields.set("difficulty", difficulty);
        fields.set("id", name);
        Written { changes: page.changes, version: page.version, ..written(page.draft, &fields) }
    };
    exam.world.clock.advance(chrono::Duration::minutes(1));
    let save =
        async |actor, written| write_question(services, actor, north, written, Press::Save).await.unwrap();
    assert_eq!(save(setter, changed(&mine, "2", "another-id")).await, Wrote::Faulty);
    for _ in 0..2 {
        assert_eq!(save(setter, changed(&mine, "2", "written-by-form")).await, Wrote::Saved);
    }
    assert_eq!(save(&colleague, changed(&theirs, "3", "written-by-form")).await, Wrote::Faulty);
    let page = writing(services, &colleague, north, Some(theirs.draft), None, Beside::Preview).await.unwrap();
    let faults = page.tried.unwrap().faults;
    assert!(faults[0].field == "id" && faults[0].what.contains("meanwhile"), "{faults:?}");
    let (same, source) = stored(&exam, "written-by-form").await.unwrap();
    assert!(same == id && source.contains("difficulty = 2"), "{source}");
    assert_eq!(asked().await, before);

    // A new question does not take the place of another by its id.
    let new = new_draft_id();
    assert_eq!(save(setter, written(new, &fields())).await, Wrote::Faulty);
    let page = writing(services, setter, north, Some(new), None, Beside::Preview).await.unwrap();
    let faults = page.tried.unwrap().faults;
    assert!(faults[0].field == "id" && faults[0].what.contains("another id"), "{faults:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_form_is_filled_in_from_a_text_and_shown_as_one(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let draft = new_draft_id();
    let paste = async |text: &str| {
        let pasted = Written { pasted: text.to_owned(), ..written(draft, &Fields::anew()) };
        let wrote = write_question(services, setter, north, pasted, Press::Paste).await.unwrap();
        (wrote, writing(services, setter, north, Some(draft), None, Beside::Text).await.unwrap())
    };
    for wrong in ["", "nothing", &QUESTION.replace("unit = ", "unti = "), &format!("{QUESTION}{QUESTION}")] {
        let (wrote, page) = paste(wrong).await;
        assert_eq!((wrote, page.toml.as_deref(), page.fields), (Wrote::Faulty, Some(wrong), Fields::anew()));
        assert_eq!(page.tried.unwrap().faults[0].field, "pasted", "{wrong}");
    }
    let (wrote, page) = paste(QUESTION).await;
    assert_eq!((wrote, page.toml.as_deref(), page.fields), (Wrote::Kept, Some(QUESTION), fields()));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_setters_of_the_organisation_write_and_a_draft_is_its_writers(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let colleague = sets_papers(&exam.world, "colleague@north.example", north).await;
    let draft = new_draft_id();
    write_question(services, setter, north, written(draft, &fields()), Press::Look).await.unwrap();
    let shared: uuid::Uuid =
        sqlx::query_scalar("select id from question_templates where organisation_id is null limit 1")
            .fetch_one(&services.db)
            .await
            .unwrap();
    let shared = Some(TemplateId(shared));
    for (actor, draft, changes) in [
        (&exam.learner, None, None),
        (&exam.learner, Some(draft), None),
        (&colleague, Some(draft), None),
        (setter, Some(new_draft_id()), None),
        (setter, None, shared),
    ] {
        assert!(not_found(writing(services, actor, north, draft, changes, Beside::Nothing).await));
    }
    for (actor, written) in [
        (&exam.learner, written(new_draft_id(), &fields())),
        (&colleague, written(draft, &fields())),
        (setter, Written { changes: shared, ..written(new_draft_id(), &fields()) }),
    ] {
        assert!(not_found(write_question(services, actor, north, written, Press::Look).await));
    }
    assert!(not_found(look_at_fields(services, &exam.learner, north, fields()).await));
    let mut long = fields();
    long.set("wording", "a".repeat(110_000));
    let wrong = problems(write_question(services, setter, north, written(draft, &long), Press::Look).await);
    assert_eq!(wrong, [FieldProblem::new("wording", Problem::TextTooLong)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn few_drafts_are_kept_and_none_for_ever(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let mut last = new_draft_id();
    for _ in 0..23 {
        last = new_draft_id();
        write_question(services, setter, north, written(last, &fields()), Press::Look).await.unwrap();
        exam.world.clock.advance(chrono::Duration::milliseconds(1));
    }
    assert_eq!(drafts(&exam).await, 20);
    exam.world.clock.advance(chrono::Duration::days(29));
    write_question(services, setter, north, written(last, &fields()), Press::Look).await.unwrap();
    exam.world.clock.advance(chrono::Duration::days(2));
    assert_eq!(crate::assessment::bank::forget_bank_drafts(services).await.unwrap(), 19);
    writing(services, setter, north, Some(last), None, Beside::Nothing).await.unwrap();
}

fn png() -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(40, 20).write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_picture_says_what_it_shows_and_is_seen_by_setters_and_by_who_is_asked(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let colleague = sets_papers(&exam.world, "colleague@north.example", north).await;
    let draft = new_draft_id();
    write_question(services, setter, north, written(draft, &fields()), Press::Look).await.unwrap();
    let bring = async |actor, file: &[u8], alt| {
        bring_picture(services, actor, north, draft, file.to_vec(), alt).await
    };
    for alt in ["", " \r\n"] {
        let wrong = problems(bring(setter, &png(), alt).await);
        assert!(wrong[0].field == "alt" && wrong[0].problem.message().contains("do not see it"), "{wrong:?}");
    }
    for file in [&b""[..], b"GIF89a", b"<svg/>", &png()[..40]] {
        assert_eq!(problems(bring(setter, file, "A chart").await)[0].field, "picture");
    }
    assert!(not_found(bring(&colleague, &png(), "A chart").await));
    bring(setter, &png(), "A chart {of} doses").await.unwrap();

    let page = writing(services, setter, north, Some(draft), None, Beside::Preview).await.unwrap();
    let key = |key: &str| page.fields.get(key).to_owned();
    assert_eq!(
        (key("figure.kind"), key("figure.width"), key("figure.height")),
        ("picture".into(), "40".into(), "20".into())
    );
    let tried = page.tried.as_ref().unwrap();
    assert!(tried.faults.is_empty(), "{:?}", tried.faults);
    let shown = tried.draws[0].question.question.stimulus.clone().unwrap();
    assert!(
        shown.contains("alt=\"A chart {of} doses\"") && shown.contains(&key("figure.picture")),
        "{shown}"
    );
    // Without words it is not saved.
    let mut wordless = page.fields.clone();
    wordless.set("figure.alt", "");
    let saved =
        write_question(services, setter, north, written(draft, &wordless), Press::Save).await.unwrap();
    assert_eq!(saved, Wrote::Faulty);

    let picture: uuid::Uuid = key("figure.picture").parse().unwrap();
    let seen = async |actor: &Actor| question_picture(services, actor, picture).await;
    for actor in [setter, &colleague] {
        assert!(seen(actor).await.unwrap().starts_with(&[0xff, 0xd8]), "it is a JPEG");
    }
    let elsewhere = exam.world.learner("elsewhere@south.example").await;
    sqlx::query(
        "update paper_items set question = jsonb_set(question, '{figure}', jsonb_build_object('picture',
            jsonb_build_object('picture', $1::text, 'width', 40, 'height', 20, 'alt', 'A chart')))",
    )
    .bind(picture)
    .execute(&services.db)
    .await
    .unwrap();
    // Who is named on the paper sees it when they have begun.
    assert!(not_found(seen(&exam.learner).await));
    exam.start().await;
    assert!(seen(&exam.learner).await.is_ok());
    assert!(not_found(seen(&elsewhere).await));
    assert!(not_found(question_picture(services, setter, uuid::Uuid::now_v7()).await));
}

/// A text can name any picture, and candidates would be asked about one that they do not see.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_question_is_not_saved_with_a_picture_that_its_organisation_does_not_have(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let draft = new_draft_id();
    write_question(services, setter, north, written(draft, &fields()), Press::Look).await.unwrap();
    bring_picture(services, setter, north, draft, png(), "A chart").await.unwrap();
    let page = async || writing(services, setter, north, Some(draft), None, Beside::Preview).await.unwrap();
    let own = page().await.fields;
    assert!(look_at_fields(services, setter, north, own.clone()).await.unwrap().faults.is_empty());
    let text = own.template().unwrap().to_toml();
    let imported = async || {
        let bank = draft_bank(services, setter, north, &text).await.unwrap();
        bank_draft(services, setter, bank).await.unwrap().faults
    };
    assert!(imported().await.is_empty());

    sqlx::raw_sql(
        "insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'South', 'university', now());
        update question_pictures set organisation_id = (select id from organisations where name = 'South')",
    )
    .execute(&services.db)
    .await
    .unwrap();
    for picture in [own.get("figure.picture").to_owned(), uuid::Uuid::now_v7().to_string()] {
        let mut typed = own.clone();
        typed.set("figure.picture", picture);
        let faults = look_at_fields(services, setter, north, typed.clone()).await.unwrap().faults;
        assert!(faults.len() == 1 && faults[0].field == "figure.kind", "{faults:?}");
        let saved =
            write_question(services, setter, north, written(draft, &typed), Press::Save).await.unwrap();
        assert_eq!((saved, stored(&exam, "written-by-form").await), (Wrote::Faulty, None));
        assert_eq!(page().await.tried.unwrap().faults[0].field, "figure.kind");
    }
    let faults = imported().await;
    assert!(faults.len() == 1 && faults[0].contains("nobody has brought this picture"), "{faults:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn so_many_pictures_are_taken_of_one_person_in_an_hour_whatever_they_are(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, north) = (&exam.world.services, &exam.setter, exam.organisation);
    let draft = new_draft_id();
    write_question(services, setter, north, written(draft, &fields()), Press::Look).await.unwrap();
    let bring = async |file: Vec<u8>| {
        let brought = bring_picture(services, setter, north, draft, file, "A chart").await;
        problems(brought)[0].problem.message().into_owned()
    };
    for _ in 0..60 {
        assert!(!bring(b"no picture".to_vec()).await.contains("many pictures"));
    }
    assert!(bring(png()).await.contains("many pictures"));
    // Before the file has arrived.
    let asked = may_bring_picture(services, setter, north, draft).await;
    assert!(problems(asked)[0].problem.message().contains("many pictures"));
    exam.world.clock.advance(chrono::Duration::hours(1));
    bring_picture(services, setter, north, draft, png(), "A chart").await.unwrap();
}
