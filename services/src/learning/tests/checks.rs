//! Checks: the questions of a try, the answers saved meanwhile, and the feedback after marking.

use domain::{
    FieldProblem, Problem,
    assessment::question::Rounding,
    learning::{Answers, CheckResult, CheckSave, CheckSaved, CheckTry, CheckView, Kind, Opt, Question},
};

use super::*;

/// The contents of the check's page.
pub(super) async fn shown(world: &World, actor: &Actor, module: &str) -> Result<CheckTry> {
    match check_page(&world.services, actor, &slug("nmp"), &slug(module), None, true).await?.view {
        CheckView::Asked(shown) => Ok(shown),
        CheckView::Marked(_) => panic!("no attempt was asked for"),
    }
}

/// The form, sent as the page has it.
pub(super) fn taken(module: &str, shown: &CheckTry, answers: Answers) -> TakenCheck {
    TakenCheck {
        course: slug("nmp"),
        module: slug(module),
        attempt: Some(shown.id),
        version: shown.version,
        sequence: sequence(shown, 1),
        drawn: shown.answers.clone(),
        answers,
    }
}

fn sequence(shown: &CheckTry, count: i64) -> i64 {
    shown.epoch * domain::assessment::delivery::EPOCH_SPAN + count
}

pub(super) async fn result(world: &World, actor: &Actor, attempt: AttemptId) -> CheckResult {
    let page =
        check_page(&world.services, actor, &slug("nmp"), &slug("one"), Some(attempt), true).await.unwrap();
    match page.view {
        CheckView::Marked(result) => result,
        CheckView::Asked(_) => panic!("an attempt was asked for"),
    }
}

async fn save(
    world: &World,
    actor: &Actor,
    shown: &CheckTry,
    count: i64,
    answers: Answers,
) -> Result<CheckSaved> {
    let save =
        CheckSave { attempt: shown.id, version: shown.version, sequence: sequence(shown, count), answers };
    save_check(&world.services, actor, &slug("nmp"), &slug("one"), save).await
}

/// The questions whose answers were not kept, because a later window gave other answers.
fn overtaken(saved: Result<CheckSaved>) -> Vec<String> {
    match saved.unwrap() {
        CheckSaved::Kept { changed, overtaken, refused } if changed.is_empty() && refused.is_empty() => {
            overtaken
        }
        other => panic!("{other:?}"),
    }
}

fn given(all: &[(&str, &str)]) -> Answers {
    all.iter().map(|(id, text)| ((*id).to_owned(), vec![(*text).to_owned()])).collect()
}

/// The ids asked, and those of the options of each.
fn order(shown: &CheckTry) -> Vec<String> {
    shown.questions.iter().map(|question| format!("{} {:?}", question.id, question.view)).collect()
}

fn single(n: usize) -> Question {
    let option = |id: &str, right: bool| Opt {
        id: id.into(),
        text: format!("{id} of q{n}"),
        right,
        why: format!("because {id}"),
    };
    Question {
        id: format!("q{n}"),
        text: format!("Question {n}?"),
        explanation: format!("Explained {n}"),
        page: Some(format!("page-{}", n % 2 + 1)),
        kind: Kind::Single { options: vec![option("a", false), option("b", true), option("c", false)] },
    }
}

/// The course with a pool of `count` questions in module one, of which three are asked.
async fn import_pool(world: &World, count: usize, change: impl Fn(&mut Vec<Question>)) {
    let mut new = course(&["one", "two"], 2);
    let mut pool = (0..count).map(single).collect();
    change(&mut pool);
    new.modules[0].questions = pool;
    new.modules[0].asked = Some(3);
    import(&world.services, &new).await.unwrap();
}

async fn with_pool(world: &World) -> Actor {
    let actor = enrolled(world).await;
    import_pool(world, 8, |_| ()).await;
    actor
}

fn all(shown: &CheckTry, option: &str) -> Answers {
    shown.questions.iter().map(|question| (question.id.clone(), vec![option.to_owned()])).collect()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_try_asks_the_same_questions_until_it_is_marked(db: PgPool) {
    let world = World::new(db);
    let actor = with_pool(&world).await;
    let (first, again) =
        (shown(&world, &actor, "one").await.unwrap(), shown(&world, &actor, "one").await.unwrap());
    assert_eq!((first.questions.len(), first.drawn), (3, true));
    assert_eq!((first.id, order(&first)), (again.id, order(&again)), "a reload, or another device");
    assert!(again.epoch > first.epoch, "a later opening is later");
    let attempt = take_check(&world.services, &actor, taken("one", &first, all(&first, "b"))).await.unwrap();
    let (asked, version): (Vec<String>, i32) = sqlx::query_as("select asked, version from check_attempts")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!(asked, first.questions.iter().map(|question| question.id.clone()).collect::<Vec<_>>());
    assert_eq!((attempt, version), (first.id, first.version));

    // The questions of the try stay, whatever happens to the pool.
    import_pool(&world, 12, |pool| pool.iter_mut().for_each(|question| question.text = "New?".into())).await;
    let told = result(&world, &actor, attempt).await;
    let texts = |result: &CheckResult| -> Vec<_> {
        result.questions.iter().map(|question| question.text.clone()).collect()
    };
    assert_eq!(
        texts(&told),
        first.questions.iter().map(|question| question.text.clone()).collect::<Vec<_>>()
    );
    let next = shown(&world, &actor, "one").await.unwrap();
    assert_ne!(next.id, first.id);
    assert!(next.answers.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_next_try_asks_other_questions_while_there_are_any(db: PgPool) {
    let world = World::new(db);
    let actor = with_pool(&world).await;
    let ids =
        |shown: &CheckTry| shown.questions.iter().map(|question| question.id.clone()).collect::<Vec<_>>();
    let mut before: Vec<String> = Vec::new();
    // By chance eight tries out of ten would repeat one of three.
    for _ in 0..8 {
        let looked = check_page(&world.services, &actor, &slug("nmp"), &slug("one"), None, false).await;
        assert!(
            matches!(looked.unwrap().view, CheckView::Asked(asked) if !ids(&asked).iter().any(|id| before.contains(id)))
        );
        let now = shown(&world, &actor, "one").await.unwrap();
        assert!(!ids(&now).iter().any(|id| before.contains(id)), "{:?} after {before:?}", ids(&now));
        assert_eq!(ids(&shown(&world, &actor, "one").await.unwrap()), ids(&now), "the same after a reload");
        take_check(&world.services, &actor, taken("one", &now, all(&now, "a"))).await.unwrap();
        before = ids(&now);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn half_done_answers_are_there_on_another_device_and_the_later_one_counts(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    save(&world, &actor, &here, 2, given(&[("a", "true")])).await.unwrap();
    let there = shown(&world, &actor, "one").await.unwrap();
    assert_eq!(there.answers, given(&[("a", "true")]));
    save(&world, &actor, &there, 1, given(&[("a", "false"), ("b", "true"), ("x", "true")])).await.unwrap();
    // The first window repeats a call that had not arrived, and sends an answer of its own.
    assert_eq!(overtaken(save(&world, &actor, &here, 1, given(&[("a", "true")])).await), ["a"]);
    assert_eq!(overtaken(save(&world, &actor, &here, 3, given(&[("b", "false")])).await), ["b"]);
    assert!(overtaken(save(&world, &actor, &here, 4, given(&[("b", "true")])).await).is_empty(), "the same");
    let now = shown(&world, &actor, "one").await.unwrap();
    assert_eq!(now.answers, given(&[("a", "false"), ("b", "true")]));
    let page = module_page(&world.services, &actor, &slug("nmp"), &slug("one")).await.unwrap();
    assert_eq!(page.check.answered, 2);

    // A form that cannot be marked keeps its answers, and clears the others.
    let half = taken("one", &now, given(&[("b", "false")]));
    let Err(Error::Invalid(problems)) = take_check(&world.services, &actor, half).await else {
        panic!("marked")
    };
    assert_eq!(problems, [FieldProblem::new("q-a", Problem::AnswerMissing)]);
    let now = shown(&world, &actor, "one").await.unwrap();
    assert_eq!(now.answers, given(&[("b", "false")]));
    put_aside(&world.services, &actor, taken("one", &now, given(&[("a", "true")]))).await.unwrap();
    assert_eq!(shown(&world, &actor, "one").await.unwrap().answers, given(&[("a", "true")]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_check_lists_the_own_tries_before_it_newest_first(db: PgPool) {
    let world = World::new(db);
    let actor = with_pool(&world).await;
    let first = shown(&world, &actor, "one").await.unwrap();
    assert!(first.earlier.is_empty());
    take_check(&world.services, &actor, taken("one", &first, all(&first, "a"))).await.unwrap();
    world.clock.advance(Duration::minutes(1));
    let second = shown(&world, &actor, "one").await.unwrap();
    take_check(&world.services, &actor, taken("one", &second, all(&second, "b"))).await.unwrap();
    let now = shown(&world, &actor, "one").await.unwrap();
    let listed: Vec<_> =
        now.earlier.iter().map(|earlier| (earlier.id, earlier.right, earlier.of, earlier.passed)).collect();
    assert_eq!(listed, [(second.id, 3, 3, true), (first.id, 0, 3, false)]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_overwrites_no_answer_that_another_window_has_given_since(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let older = shown(&world, &actor, "one").await.unwrap();
    let newer = shown(&world, &actor, "one").await.unwrap();
    save(&world, &actor, &older, 1, given(&[("a", "true")])).await.unwrap();
    // Left open, and refused because of a missing answer.
    put_aside(&world.services, &actor, taken("one", &newer, given(&[("b", "true")]))).await.unwrap();
    let refused = take_check(&world.services, &actor, taken("one", &newer, given(&[("b", "true")]))).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
    let now = shown(&world, &actor, "one").await.unwrap();
    assert_eq!(now.answers, given(&[("a", "true"), ("b", "true")]));

    // The older form says which answers are not kept, and keeps the rest.
    save(&world, &actor, &older, 2, given(&[("a", "false")])).await.unwrap();
    let aside = put_aside(&world.services, &actor, taken("one", &older, given(&[("b", "false")]))).await;
    let Err(Error::Invalid(problems)) = aside else { panic!("{aside:?}") };
    assert!(problems.contains(&FieldProblem::new("q-b", Problem::AnsweredElsewhere)), "{problems:?}");
    assert_eq!(shown(&world, &actor, "one").await.unwrap().answers["b"], ["true"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_head_request_for_a_check_begins_no_try(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let ask = async || {
        let page =
            check_page(&world.services, &actor, &slug("nmp"), &slug("one"), None, false).await.unwrap();
        let CheckView::Asked(asked) = page.view else { panic!("no attempt was asked for") };
        asked
    };
    let epochs = || {
        sqlx::query_scalar::<_, i64>("select coalesce(sum(epochs), 0)::bigint from check_tries")
            .fetch_one(&world.services.db)
    };
    assert_eq!(ask().await.questions.len(), 2);
    assert_eq!(epochs().await.unwrap(), 0);
    let begun = shown(&world, &actor, "one").await.unwrap();
    save(&world, &actor, &begun, 1, given(&[("a", "true")])).await.unwrap();
    let before = epochs().await.unwrap();
    let asked = ask().await;
    assert_eq!((asked.id, order(&asked), asked.answers), (begun.id, order(&begun), given(&[("a", "true")])));
    assert_eq!(epochs().await.unwrap(), before);
    let stranger = world.learner("stranger@uni.example").await;
    let page = check_page(&world.services, &stranger, &slug("nmp"), &slug("one"), None, false).await;
    assert!(matches!(page, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_try_is_marked_once_and_takes_no_answers_afterwards(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    let send = || take_check(&world.services, &actor, taken("one", &here, answers(true)));
    let (one, other) = tokio::join!(send(), send());
    assert_eq!((one.unwrap(), other.unwrap(), send().await.unwrap()), (here.id, here.id, here.id));
    let attempts: i64 = sqlx::query_scalar("select count(*) from check_attempts")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!(attempts, 1);
    let late = save(&world, &actor, &here, 9, given(&[("a", "false")])).await;
    assert_eq!(late.unwrap(), CheckSaved::Marked);
    assert!(shown(&world, &actor, "one").await.unwrap().answers.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_that_cannot_be_kept_is_reported_and_overwrites_nothing(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    save(&world, &actor, &here, 1, given(&[("a", "true"), ("b", "true")])).await.unwrap();
    let mut new = given(&[("a", &"x".repeat(201)), ("elsewhere", "true")]);
    new.insert("b".into(), vec!["true".into(); 31]);
    let told = [
        FieldProblem::new("q-a", Problem::TextTooLong),
        FieldProblem::new("q-b", Problem::ChoicesTooMany),
        FieldProblem::new("q-elsewhere", Problem::QuestionsChanged),
    ];
    let CheckSaved::Kept { refused, .. } = save(&world, &actor, &here, 2, new.clone()).await.unwrap() else {
        panic!("it is marked")
    };
    assert_eq!(refused, told);
    // Without scripts too; a form contains the asked questions and no others.
    let put = put_aside(&world.services, &actor, taken("one", &here, new)).await;
    assert!(matches!(put, Err(Error::Invalid(problems)) if problems == told[..2]));
    let stands = shown(&world, &actor, "one").await.unwrap().answers;
    assert_eq!(stands, given(&[("a", "true"), ("b", "true")]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_window_can_overtake_later_windows(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    let next_epoch = (here.epoch + 1) * domain::assessment::delivery::EPOCH_SPAN;
    for sequence in [i64::MAX, next_epoch + domain::assessment::delivery::EPOCH_SPAN, -1, i64::MIN] {
        let answers = given(&[("a", "false")]);
        let save = CheckSave { attempt: here.id, version: here.version, sequence, answers: answers.clone() };
        let saved = save_check(&world.services, &actor, &slug("nmp"), &slug("one"), save).await;
        let form = || TakenCheck { sequence, ..taken("one", &here, answers.clone()) };
        let put = put_aside(&world.services, &actor, form()).await;
        let sent = take_check(&world.services, &actor, form()).await.map(|_| ());
        for refused in [saved.map(|_| ()), put, sent] {
            let Err(Error::Invalid(problems)) = refused else { panic!("{sequence} was accepted") };
            assert_eq!(problems, [FieldProblem::new("saves", Problem::SequenceUnknown)]);
        }
    }
    let later = shown(&world, &actor, "one").await.unwrap();
    assert!(later.answers.is_empty());
    assert!(overtaken(save(&world, &actor, &later, 1, given(&[("a", "true")])).await).is_empty());
    assert_eq!(shown(&world, &actor, "one").await.unwrap().answers, given(&[("a", "true")]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn another_learners_answers_are_out_of_reach(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let other = world.learner("other@uni.example").await;
    let stranger = world.learner("stranger@uni.example").await;
    world.enrol(&other, &world.cohort("University", "Autumn").await).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    for somebody in [&other, &stranger] {
        let saved = save(&world, somebody, &here, 1, given(&[("a", "true")])).await;
        assert!(matches!(saved, Err(Error::NotFound)));
    }
    assert!(shown(&world, &actor, "one").await.unwrap().answers.is_empty());
    let attempt = take_check(&world.services, &actor, taken("one", &here, answers(true))).await.unwrap();
    let marked = take_check(&world.services, &other, taken("one", &here, answers(true))).await;
    let Err(Error::Invalid(problems)) = marked else { panic!("{marked:?}") };
    assert_eq!(problems, [FieldProblem::new("check", Problem::TryOfSomebodyElse)]);
    let attempts: i64 = sqlx::query_scalar("select count(*) from check_attempts")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!(attempts, 1, "no attempt of the other learner is marked");
    for somebody in [&other, &stranger] {
        let saved = save(&world, somebody, &here, 2, given(&[("a", "true")])).await;
        assert!(matches!(saved, Err(Error::NotFound)), "only its owner learns that it is marked");
    }
    for (actor, module) in [(&other, "one"), (&actor, "two")] {
        let looked =
            check_page(&world.services, actor, &slug("nmp"), &slug(module), Some(attempt), true).await;
        assert!(matches!(looked, Err(Error::NotFound)));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_failed_try_says_why_and_where_to_read_but_not_the_right_answers(db: PgPool) {
    let world = World::new(db);
    let actor = with_pool(&world).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    let mut answers = all(&here, "c");
    let known = here.questions[0].id.clone();
    answers.insert(known.clone(), vec!["b".into()]);
    let attempt = take_check(&world.services, &actor, taken("one", &here, answers)).await.unwrap();
    let told = result(&world, &actor, attempt).await;
    assert_eq!((told.right, told.of, told.passed, told.nth), (1, 3, false, 1));
    let json = serde_json::to_string(&told).unwrap();
    assert!(!json.contains("Explained") && !json.contains("because b"), "{json}");
    for (asked, question) in here.questions.iter().zip(&told.questions) {
        let right = asked.id == known;
        assert_eq!(question.right, right);
        let [chosen] = &question.answers[..] else { panic!("{question:?}") };
        assert_eq!((chosen.chosen, chosen.right), (true, Some(right)));
        if right {
            assert!(question.read.is_none());
        } else {
            assert!(!json.contains(&format!("b of {}", asked.id)), "{json}");
            assert_eq!(chosen.why, "because c");
            let read = question.read.clone().unwrap();
            assert_eq!(read.title, read.page.replace("page-", "Page "));
        }
    }

    let page = module_page(&world.services, &actor, &slug("nmp"), &slug("one")).await.unwrap();
    assert_eq!(page.check.told.as_deref(), Some("Not passed yet, 1 of 3, first try"));

    let next = shown(&world, &actor, "one").await.unwrap();
    world.clock.advance(Duration::days(5));
    let attempt = take_check(&world.services, &actor, taken("one", &next, all(&next, "b"))).await.unwrap();
    let told = result(&world, &actor, attempt).await;
    assert!(told.passed && told.nth == 2);
    assert!(
        told.questions.iter().all(|question| question.explanation.is_some() && question.answers.len() == 3)
    );
    take(&world, &actor, "two", true).await.unwrap();
    // A pass is final, whatever follows.
    let again = shown(&world, &actor, "one").await.unwrap();
    take_check(&world.services, &actor, taken("one", &again, all(&again, "c"))).await.unwrap();
    let page = module_page(&world.services, &actor, &slug("nmp"), &slug("one")).await.unwrap();
    assert_eq!(page.check.told.as_deref(), Some("Passed 27 November, 3 of 3, second try"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn feedback_on_a_number_names_the_wrong_part_and_no_unit_twice(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let numbers = |pool: &mut Vec<Question>| {
        for question in pool {
            let (answer, unit, rounding) = ("83".into(), "mL/hour".into(), Rounding::Whole);
            question.kind = Kind::Number { answer, unit, rounding };
        }
    };
    import_pool(&world, 3, numbers).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    let typed =
        here.questions.iter().map(|question| question.id.clone()).zip(["83.33 ml/h", "83 mg/h", "90"]);
    let answers = typed.map(|(id, typed)| (id, vec![typed.to_owned()])).collect();
    let attempt = take_check(&world.services, &actor, taken("one", &here, answers)).await.unwrap();
    let told = result(&world, &actor, attempt).await;
    let chosen = told.questions.iter().map(|question| {
        let [chosen] = &question.answers[..] else { panic!("{question:?}") };
        [chosen.text.as_str(), &chosen.why]
    });
    assert_eq!(
        chosen.collect::<Vec<_>>(),
        [
            ["83.33 ml/h", "It is not rounded as the question asks."],
            ["83 mg/h", "The unit is not right: the answer is asked for in mL/hour."],
            ["90 mL/hour", "The number is not right."],
        ]
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn missing_options_of_a_multiple_choice_are_not_revealed_after_a_failure(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    let several = |pool: &mut Vec<Question>| {
        for question in pool {
            let Kind::Single { mut options } = question.kind.clone() else { unreachable!() };
            options[2].right = true;
            question.kind = Kind::Multiple { options };
        }
    };
    import_pool(&world, 6, several).await;
    let here = shown(&world, &actor, "one").await.unwrap();
    let mut answers = all(&here, "b");
    let both = here.questions[1].id.clone();
    answers.insert(both, vec!["a".into(), "b".into()]);
    let attempt = take_check(&world.services, &actor, taken("one", &here, answers)).await.unwrap();
    let told = result(&world, &actor, attempt).await;
    assert_eq!(
        told.questions.iter().map(|question| question.incomplete).collect::<Vec<_>>(),
        [true, false, true]
    );
    let tags: Vec<_> =
        told.questions[1].answers.iter().map(|answer| (answer.right, answer.why.as_str())).collect();
    assert!(tags.contains(&(Some(false), "because a")) && tags.contains(&(None, "")), "{tags:?}");
    assert_eq!(told.questions[0].answers.iter().map(|answer| answer.right).collect::<Vec<_>>(), [None]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn changed_questions_are_asked_again_and_all_others_stay(db: PgPool) {
    let world = World::new(db);
    let actor = with_pool(&world).await;
    let old = shown(&world, &actor, "one").await.unwrap();
    save(&world, &actor, &old, 1, all(&old, "b")).await.unwrap();
    let ids: Vec<_> = old.questions.iter().map(|question| question.id.clone()).collect();
    // One is reworded, one is removed, one is unchanged; two are added.
    import_pool(&world, 10, |pool| {
        pool.retain(|question| question.id != ids[1]);
        pool.iter_mut()
            .filter(|question| question.id == ids[0])
            .for_each(|question| question.text = "Now?".into());
    })
    .await;
    // The old page, still open, says what has changed, and marks nothing.
    let sent = take_check(&world.services, &actor, taken("one", &old, all(&old, "b"))).await;
    let Err(Error::Invalid(problems)) = sent else { panic!("it was marked") };
    assert!(problems.contains(&FieldProblem::new(format!("q-{}", ids[0]), Problem::QuestionsChanged)));
    let refused = save(&world, &actor, &old, 2, given(&[(&ids[0], "c"), (&ids[2], "c")])).await.unwrap();
    let CheckSaved::Kept { changed: refused, .. } = refused else { panic!("{refused:?}") };
    assert!(refused.contains(&ids[0]) && !refused.contains(&ids[2]), "{refused:?}");

    let new = shown(&world, &actor, "one").await.unwrap();
    let now: Vec<_> = new.questions.iter().map(|question| question.id.clone()).collect();
    assert_eq!((new.id, &now[0], &now[1], now.len()), (old.id, &ids[0], &ids[2], 3));
    assert!(!ids.contains(&now[2]));
    assert_eq!(new.answers, given(&[(&ids[2], "c")]));
    // Answered again, it stays, even when other questions of the pool change.
    save(&world, &actor, &new, 1, given(&[(&now[0], "a")])).await.unwrap();
    import_pool(&world, 11, |pool| {
        pool.retain(|question| question.id != ids[1]);
        pool.iter_mut()
            .filter(|question| question.id == ids[0])
            .for_each(|question| question.text = "Now?".into());
    })
    .await;
    let last = shown(&world, &actor, "one").await.unwrap();
    assert_eq!(order(&last), order(&new));
    assert_eq!(last.answers, given(&[(&now[0], "a"), (&ids[2], "c")]));
    // The open page shows the current questions, so it is marked.
    take_check(&world.services, &actor, taken("one", &new, all(&new, "b"))).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_unanswered_check_that_changes_keeps_its_draw(db: PgPool) {
    let world = World::new(db);
    let actor = with_pool(&world).await;
    let old = shown(&world, &actor, "one").await.unwrap();
    import_pool(&world, 9, |_| ()).await;
    let new = shown(&world, &actor, "one").await.unwrap();
    assert_eq!(order(&old), order(&new));
    let (version, asked): (i32, Vec<String>) =
        sqlx::query_as("select version, asked from check_tries").fetch_one(&world.services.db).await.unwrap();
    assert_eq!((version, asked.len()), (new.version, 3));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_unreadable_number_is_reported_at_its_field_and_marks_nothing(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    import_pool(&world, 3, |pool| {
        pool[1].kind = Kind::Number { answer: "125".into(), unit: "mg".into(), rounding: Rounding::Exact };
    })
    .await;
    let here = shown(&world, &actor, "one").await.unwrap();
    let mut answers = all(&here, "b");
    for typed in ["0,125", "1,25", "12 5 mg 3"] {
        answers.insert("q1".into(), vec![typed.into()]);
        let sent = take_check(&world.services, &actor, taken("one", &here, answers.clone())).await;
        let Err(Error::Invalid(problems)) = sent else { panic!("{typed} was marked: {sent:?}") };
        let [FieldProblem { field, problem }] = &problems[..] else { panic!("{typed}: {problems:?}") };
        assert_eq!(field, "q-q1", "{typed}");
        if typed.contains(',') {
            assert_eq!(*problem, Problem::NumberMarks, "{typed}");
        }
        let attempts: i64 = sqlx::query_scalar("select count(*) from check_attempts")
            .fetch_one(&world.services.db)
            .await
            .unwrap();
        assert_eq!(attempts, 0, "{typed}");
        // The typed text is still there, beside the others.
        assert_eq!(shown(&world, &actor, "one").await.unwrap().answers, answers, "{typed}");
    }
}
