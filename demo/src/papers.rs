//! Papers of the demo: one that is open, and one that a cohort has sat.

use chrono::Duration;
use domain::{
    access::Role,
    accounts::{EmailAddress, Password},
    assessment::{
        Category, Difficulty, PaperId, PaperKind,
        question::{Key, Question, Response, UnitEntry, figures},
    },
};
use services::{
    Error, Result, Services,
    accounts::{self, Actor, SignIn, Visitor},
    assessment::{self, authoring::RuleSource},
    organisations,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{PASSWORD, grant, person};

const SETTER: &str = "setter@demo.example";
const LEARNER: &str = "learner@demo.example";
/// Opens the practice paper.
const CODE: &str = "DEMO2026";

/// Seeds once. Without a bank of templates there is nothing to make papers from, so nothing is done.
pub(super) async fn seed(services: &Services) -> Result<bool> {
    let mut db = services.begin().await?;
    let ready = sqlx::query_scalar!(
        r#"select exists (select from question_templates) and not exists (select from people where email = $1) as "ready!""#,
        SETTER,
    )
    .fetch_one(&mut *db)
    .await?;
    if !ready {
        return Ok(false);
    }
    let hash = services.hasher.hash(PASSWORD).await?;
    let organisation = organisations::ensure_organisation(
        services,
        &mut db,
        "University of Northfield (demo)",
        "university",
    )
    .await?;
    let setter = person(services, &mut db, SETTER, "Demo Setter", &hash).await?;
    person(services, &mut db, LEARNER, "Demo Learner", &hash).await?;
    grant(services, &mut db, setter, Role::PaperSetter(organisation)).await?;
    let cohort = sqlx::query_scalar!(
        "select id from cohorts where organisation_id = $1 and name = 'Independent prescribing, September 2026'",
        organisation.0,
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    let setter = sign_in(services, SETTER).await?;

    let open =
        paper(services, &setter, organisation, "Numeracy practice paper (demo)", PaperKind::Mock).await?;
    set(services, open, cohort, &[LEARNER], 0).await?;
    assessment::authoring::publish_paper(services, &setter, open, true, None).await?;

    let sat = paper(services, &setter, organisation, "Numeracy check, autumn (demo)", PaperKind::Examination)
        .await?;
    set(services, sat, cohort, &[], 1).await?;
    assessment::authoring::publish_paper(services, &setter, sat, true, None).await?;
    sit(services, sat, cohort).await?;
    accounts::sign_out(services, &setter).await?;
    Ok(true)
}

/// As a browser would: papers are set, and courses are judged, through the use cases, which need a signed-in actor.
pub(crate) async fn sign_in(services: &Services, email: &str) -> Result<Actor> {
    let form = SignIn {
        email: EmailAddress::parse(email).map_err(|problem| Error::failed(problem.message()))?,
        password: Password::parse(PASSWORD).map_err(|problem| Error::failed(problem.message()))?,
        remember: false,
        user_agent: "demo",
        from: Visitor::default(),
        presented: None,
    };
    let opened = accounts::sign_in(services, form).await?;
    accounts::actor_for(services, opened.token.as_str()).await?.ok_or(Error::NotFound)
}

async fn paper(
    services: &Services,
    setter: &Actor,
    organisation: domain::organisations::OrganisationId,
    title: &str,
    kind: PaperKind,
) -> Result<PaperId> {
    let paper =
        assessment::authoring::create_paper(services, setter, organisation, title, kind, None).await?;
    for (title, rules) in [
        (
            "Doses and units",
            vec![(Category::SiConversion, 2), (Category::TabletsAndCapsules, 2), (Category::Injections, 1)],
        ),
        ("Rates and volumes", vec![(Category::InfusionMlPerHour, 2), (Category::FluidBalance, 1)]),
        (
            "Reading and writing",
            vec![(Category::ChartsAndLabels, 1), (Category::AbbreviationsAndSafeWriting, 1)],
        ),
    ] {
        assessment::authoring::add_section(services, setter, paper, title, None, None).await?;
        let page = assessment::authoring::paper_page(services, setter, paper).await?;
        let section = page.sections.last().map(|section| section.id).ok_or(Error::NotFound)?;
        for (category, questions) in rules {
            let source = RuleSource::Category(category, (questions > 1).then_some(Difficulty::One));
            assessment::authoring::add_rule(services, setter, paper, section, source, questions, 1, None)
                .await?;
        }
    }
    Ok(paper)
}

/// Window, code and candidates. `weeks_closed` above zero makes a paper that was open that long ago, which no form
/// would allow.
async fn set(
    services: &Services,
    paper: PaperId,
    cohort: Uuid,
    learners: &[&str],
    weeks_closed: i32,
) -> Result<()> {
    let mut db = services.begin().await?;
    sqlx::query!(
        "update papers set opens_at = now() - interval '1 hour', closes_at = now() + interval '60 days', calculator = $2,
            access_code = $3, instructions = 'Work on your own. Give the unit with every answer that has one.' where id = $1",
        paper.0,
        weeks_closed == 0,
        (weeks_closed == 0).then_some(CODE),
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("insert into paper_cohorts (paper_id, cohort_id) values ($1, $2)", paper.0, cohort)
        .execute(&mut *db)
        .await?;
    for learner in learners {
        sqlx::query!(
            "insert into paper_learners (paper_id, email, person_id) select $1, email, id from people where email = $2",
            paper.0,
            learner,
        )
        .execute(&mut *db)
        .await?;
    }
    db.commit().await?;
    Ok(())
}

/// Lets forty students of the cohort sit the paper a week ago, some better than others, with the same results every
/// time.
async fn sit(services: &Services, paper: PaperId, cohort: Uuid) -> Result<()> {
    let mut db = services.begin().await?;
    let learners = sqlx::query_scalar!(
        "select e.learner_id from enrolments e join people p on p.id = e.learner_id where e.cohort_id = $1 order by p.email limit 40",
        cohort,
    )
    .fetch_all(&mut *db)
    .await?;
    let items = sqlx::query!(
        r#"select id, question as "question: Json<Question>" from paper_items where paper_id = $1 and attempt = 1 order by position"#,
        paper.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let began = services.clock.now() - Duration::days(7);
    for (who, learner) in learners.into_iter().enumerate() {
        let sitting = Uuid::now_v7();
        sqlx::query!(
            "insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at,
                last_contact_at, removed_on)
            select $1, $2, $3, 1, $4::timestamptz, 1800, $4::timestamptz + interval '2 hours', $4, $4, ($4::timestamptz + interval '7 years')::date",
            sitting,
            paper.0,
            learner,
            began,
        )
        .execute(&mut *db)
        .await?;
        for (n, item) in items.iter().enumerate() {
            // From 0 to 99, spread evenly: the better the student and the easier the question, the likelier a right answer.
            let luck = (who * 37 + n * 61 + who * n * 13) % 100;
            let right = luck < 45 + who + 4 * (items.len() - n) / 3;
            let response = respond(&item.question, right, luck);
            sqlx::query!(
                "insert into answers (sitting_id, item_id, sequence, response, flagged, saved_at) values ($1, $2, $3, $4, false, $5)",
                sitting,
                item.id,
                1_i64 << 32,
                response.map(Json) as _,
                began + Duration::minutes(2 * i64::try_from(n).unwrap_or(0)),
            )
            .execute(&mut *db)
            .await?;
        }
    }
    db.commit().await?;
    // Their time is up, so the sweep submits and marks them. The record then says that they submitted themselves.
    while assessment::delivery::sweep(services).await? > 0 {}
    let mut db = services.begin().await?;
    // Nobody of the demo gets a receipt by mail of what they have not sat.
    sqlx::query!(
        "with gone as (
            delete from outbox where kind = 'receipt' and person_id in (select learner_id from sittings where paper_id = $1) returning id
        )
        delete from jobs j using gone where j.kind = 'send_mail' and j.payload->>'mail' = gone.id::text",
        paper.0,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update sittings set submitted_at = started_at + interval '25 minutes', submitted_by = 'candidate' where paper_id = $1",
        paper.0,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update papers set opens_at = $2::timestamptz - interval '1 hour', closes_at = $2::timestamptz + interval '2 hours' where id = $1", paper.0, began)
        .execute(&mut *db)
        .await?;
    db.commit().await?;
    Ok(())
}

/// A right answer, or a known wrong one; now and then none.
fn respond(question: &Question, right: bool, luck: usize) -> Option<Response> {
    if !right && luck.is_multiple_of(9) {
        return None;
    }
    Some(match &question.key {
        Key::Number(key) => {
            let wrong = key
                .errors
                .get(luck % key.errors.len().max(1))
                .and_then(|error| key.rounding.apply(error.answer));
            let value = if right { key.answer } else { wrong? };
            let unit = key.unit.as_ref().map(ToString::to_string).unwrap_or_default();
            let number = figures(value)?;
            match key.unit_entry {
                UnitEntry::Typed => Response::Number {
                    typed: format!("{number} {unit}").trim().to_owned(),
                    unit: String::new(),
                },
                UnitEntry::Chosen => Response::Number { typed: number, unit },
                UnitEntry::Shown => Response::Number { typed: number, unit: String::new() },
            }
        }
        Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
            let fitting: Vec<_> = choices.iter().filter(|choice| choice.right == right).collect();
            let one = fitting.get(luck % fitting.len().max(1)).map(|choice| choice.id.clone());
            match &question.key {
                Key::MultipleChoice(_) if right => {
                    Response::Chosen(fitting.iter().map(|choice| choice.id.clone()).collect())
                }
                _ => Response::Chosen(one.into_iter().collect()),
            }
        }
        Key::Ordering(key) => {
            let mut order = key.right.clone();
            if !right {
                order.reverse();
            }
            Response::Ordered(order)
        }
        Key::TextEntry(key) if right => Response::Text(key.accepted.first()?.clone()),
        Key::TextEntry(_) => Response::Text("not sure".into()),
    })
}
