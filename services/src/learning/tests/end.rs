//! P8, P12: what learners are asked at the end of a course, and that an organisation sees figures of five people or more.

mod unchanged;

use domain::{
    FieldProblem, Problem,
    access::Role,
    learning::{Comments, CommentsQuery, CourseEnd, FEEDBACK, LONGEST_COMMENT, WISHES, Wanted},
    organisations::OrganisationId,
};

use super::*;
use crate::{
    kit::export::Format,
    learning::end::ASKED_BEFORE,
    moment,
    organisations::{assign_course, ensure_member},
};

/// An organisation with a cohort, and its administrator.
struct Employer {
    head: Actor,
    slug: Slug,
    cohort: NewCohort,
}

async fn employer(world: &World, name: &str) -> Employer {
    let cohort = world.cohort(name, "Autumn").await;
    let organisation = sqlx::query_scalar::<_, Uuid>("select id from organisations where name = $1")
        .bind(name)
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    let head = world.learner(&format!("head@{name}.example")).await;
    world.grant(&head, Role::OrganisationAdministrator(OrganisationId(organisation))).await;
    Employer { head, slug: slug(name), cohort }
}

impl Employer {
    /// Somebody of the cohort who has completed the course.
    async fn finisher(&self, world: &World, name: &str) -> Actor {
        let learner = world.learner(&format!("{name}@{}.example", self.slug)).await;
        world.enrol(&learner, &self.cohort).await;
        complete(world, &learner).await;
        learner
    }

    /// For each question how many people gave which rating: nothing, as long as no figures are shown.
    async fn figures(&self, world: &World) -> Vec<[u32; 5]> {
        let page = organisation_feedback(&world.services, &self.head, &self.slug).await.unwrap();
        assert_eq!(page.courses.len(), 1);
        page.courses[0].questions.iter().map(|question| question.people).collect()
    }

    /// The rows of the file, without its headings.
    async fn file(&self, world: &World) -> Vec<String> {
        let file = feedback_file(&world.services, &self.head, &self.slug, Format::Csv).await.unwrap();
        assert!(file.of.ends_with(", feedback"), "{}", file.of);
        String::from_utf8(file.bytes).unwrap().lines().skip(1).map(str::to_owned).collect()
    }
}

async fn complete(world: &World, learner: &Actor) {
    for module in ["one", "two"] {
        for page in ["page-1", "page-2"] {
            open(world, learner, module, page).await.unwrap();
        }
        take(world, learner, module, true).await.unwrap();
    }
}

/// The same rating for all questions.
fn form(rating: u8) -> FeedbackForm {
    let ratings = FEEDBACK.questions.iter().map(|question| (question.id.to_owned(), rating.to_string()));
    FeedbackForm { version: FEEDBACK.version.to_owned(), ratings: ratings.collect(), comment: String::new() }
}

fn wants(keep_access: bool, join_zone: bool) -> Wanted {
    Wanted { keep_access, join_zone }
}

/// Only the part about the time after the course.
async fn say_wishes(services: &Services, learner: &Actor, course: &Slug, wanted: Wanted) -> Result<()> {
    let said = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let wishes = WishesForm {
        version: WISHES.version.to_owned(),
        keep_access: said(wanted.keep_access),
        join_zone: said(wanted.join_zone),
    };
    answer_end(services, learner, course, &EndForm { wishes, ..empty() }).await
}

/// Only the part about the course.
async fn give_feedback(
    services: &Services,
    learner: &Actor,
    course: &Slug,
    form: &FeedbackForm,
) -> Result<()> {
    answer_end(services, learner, course, &EndForm { feedback: form.clone(), ..empty() }).await
}

/// The form that the page shows, without an answer.
fn empty() -> EndForm {
    let wishes = WishesForm { version: WISHES.version.to_owned(), ..WishesForm::default() };
    let feedback = FeedbackForm { version: FEEDBACK.version.to_owned(), ..FeedbackForm::default() };
    EndForm { wishes, feedback }
}

async fn says(world: &World, learner: &Actor, rating: u8) {
    give_feedback(&world.services, learner, &slug("nmp"), &form(rating)).await.unwrap();
}

async fn page(world: &World, learner: &Actor) -> CourseEnd {
    end_page(&world.services, learner, &slug("nmp")).await.unwrap()
}

/// The figures that every question has when all have the same answers.
fn all(people: [u32; 5]) -> Vec<[u32; 5]> {
    vec![people; FEEDBACK.questions.len()]
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_completed_every_module_is_asked_and_may_answer_again(db: PgPool) {
    let world = World::new(db);
    let (s, nmp) = (&world.services, slug("nmp"));
    let employer = employer(&world, "north").await;
    let learner = world.learner("sam@north.example").await;
    assert!(matches!(end_page(s, &learner, &nmp).await, Err(Error::NotFound)));
    world.enrol(&learner, &employer.cohort).await;
    let asked = page(&world, &learner).await;
    assert_eq!((asked.unfinished, asked.asks()), (2, false));
    assert!(matches!(say_wishes(s, &learner, &nmp, wants(true, true)).await, Err(Error::NotFound)));
    assert!(matches!(give_feedback(s, &learner, &nmp, &form(5)).await, Err(Error::NotFound)));

    complete(&world, &learner).await;
    let asked = page(&world, &learner).await;
    assert_eq!((asked.unfinished, asked.asks(), &asked.wishes, &asked.feedback), (0, true, &None, &None));
    say_wishes(s, &learner, &nmp, wants(true, true)).await.unwrap();
    world.clock.advance(Duration::days(1));
    say_wishes(s, &learner, &nmp, wants(true, false)).await.unwrap();
    let said = page(&world, &learner).await.wishes.unwrap();
    assert_eq!((said.keep_access, said.join_zone), (true, false));
    assert_eq!(said.said, moment(s.clock.now()));

    says(&world, &learner, 2).await;
    let again = FeedbackForm { comment: " Long,\r\nbut good ".to_owned(), ..form(4) };
    give_feedback(s, &learner, &nmp, &again).await.unwrap();
    let given = page(&world, &learner).await.feedback.unwrap();
    assert_eq!((given.version.as_str(), given.given), (FEEDBACK.version, moment(s.clock.now())));
    assert_eq!(given.ratings, vec![4; FEEDBACK.questions.len()]);
    assert_eq!(given.comment.as_deref(), Some("Long,\nbut good"));

    // A module that is added later takes back nothing that was asked.
    import(s, &course(&["one", "two", "three"], 2)).await.unwrap();
    let asked = page(&world, &learner).await;
    assert_eq!((asked.unfinished, asked.asks()), (1, true));
    say_wishes(s, &learner, &nmp, wants(false, false)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn every_question_needs_a_rating_and_changed_questions_are_asked_again(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    let learner = employer.finisher(&world, "sam").await;
    let refused = async |form: FeedbackForm| match give_feedback(
        &world.services,
        &learner,
        &slug("nmp"),
        &form,
    )
    .await
    {
        Err(Error::Invalid(problems)) => problems,
        other => panic!("{other:?}"),
    };
    let mut without = form(3);
    without.ratings.remove("useful");
    without.ratings.insert("easy".to_owned(), "6".to_owned());
    without.comment = "x".repeat(LONGEST_COMMENT + 1);
    let wrong = |field: &str, problem| FieldProblem::new(field, problem);
    assert_eq!(
        refused(without).await,
        [
            wrong("useful", Problem::AnswerMissing),
            wrong("easy", Problem::AnswerMissing),
            wrong("comment", Problem::LongTextTooLong),
        ]
    );
    let earlier = FeedbackForm { version: "2026-01-01".to_owned(), ..form(3) };
    assert_eq!(refused(earlier).await, [wrong(FEEDBACK.questions[0].id, Problem::QuestionsChanged)]);
    assert_eq!(page(&world, &learner).await.feedback, None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_form_keeps_both_parts_or_nothing_and_a_part_left_empty_stays(db: PgPool) {
    let world = World::new(db);
    let (s, nmp) = (&world.services, slug("nmp"));
    let employer = employer(&world, "north").await;
    let learner = employer.finisher(&world, "sam").await;
    let wishes = |keep_access: &str, join_zone: &str| WishesForm {
        version: WISHES.version.to_owned(),
        keep_access: keep_access.to_owned(),
        join_zone: join_zone.to_owned(),
    };
    let refused = async |form: EndForm| match answer_end(s, &learner, &nmp, &form).await {
        Err(Error::Invalid(problems)) => {
            problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let wanted = ["keep_access", "join_zone"].into_iter();
    let every: Vec<_> = wanted.chain(FEEDBACK.questions.iter().map(|question| question.id)).collect();
    // The map has the other fields of the form too: they are no answer.
    let mut nothing = empty();
    nothing.feedback.ratings.insert("from".to_owned(), "/learn/nmp/end".to_owned());
    assert_eq!(refused(nothing).await, every);
    // What is wrong in one part keeps nothing of the other.
    assert_eq!(refused(EndForm { wishes: wishes("yes", ""), feedback: form(4) }).await, ["join_zone"]);
    let comment = FeedbackForm { comment: "Good".to_owned(), ..empty().feedback };
    assert_eq!(refused(EndForm { wishes: wishes("yes", "no"), feedback: comment }).await, every[2..]);
    let earlier = WishesForm { version: "2026-01-01".to_owned(), ..WishesForm::default() };
    assert_eq!(refused(EndForm { wishes: earlier, feedback: form(4) }).await, ["keep_access"]);
    let end = page(&world, &learner).await;
    assert_eq!((end.wishes, end.feedback), (None, None));

    let both = FeedbackForm { comment: "Good".to_owned(), ..form(4) };
    answer_end(s, &learner, &nmp, &EndForm { wishes: wishes("yes", "no"), feedback: both }).await.unwrap();
    let end = page(&world, &learner).await;
    let (said, given) = (end.wishes.unwrap(), end.feedback.unwrap());
    assert_eq!(said.to(&WISHES), Some(wants(true, false)));
    assert_eq!((given.ratings[0], given.comment.as_deref()), (4, Some("Good")));
    answer_end(s, &learner, &nmp, &EndForm { wishes: wishes("no", "no"), ..empty() }).await.unwrap();
    assert_eq!(page(&world, &learner).await.feedback, Some(given));
    says(&world, &learner, 1).await;
    assert_eq!(page(&world, &learner).await.wishes.unwrap().to(&WISHES), Some(wants(false, false)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_course_asks_until_both_parts_are_answered(db: PgPool) {
    let world = World::new(db);
    let (s, nmp) = (&world.services, slug("nmp"));
    let employer = employer(&world, "north").await;
    let (first, other) = (employer.finisher(&world, "sam").await, employer.finisher(&world, "kim").await);
    let answered = async |learner: &Actor| course_page(s, learner, &nmp).await.unwrap().answered;
    assert!(!answered(&first).await && !answered(&other).await);
    say_wishes(s, &first, &nmp, wants(false, false)).await.unwrap();
    says(&world, &other, 4).await;
    assert!(!answered(&first).await && !answered(&other).await);
    says(&world, &first, 2).await;
    assert!(answered(&first).await && !answered(&other).await);
    say_wishes(s, &other, &nmp, wants(true, true)).await.unwrap();
    assert!(answered(&other).await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn answers_to_earlier_questions_stay_and_those_to_the_new_ones_count_apart(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    let mut learners = Vec::new();
    for n in 0..5 {
        let learner = employer.finisher(&world, &format!("learner{n}")).await;
        says(&world, &learner, 2).await;
        say_wishes(&world.services, &learner, &slug("nmp"), wants(true, true)).await.unwrap();
        learners.push(learner);
    }
    // As a version of the service stored them that asked two questions.
    for statement in [
        "update course_feedback set version = $1, ratings = '{2, 2}'",
        "delete from feedback_figures where question > 2 and version <> $1",
        "update feedback_figures set version = $1",
        "update course_wishes set version = $1",
    ] {
        sqlx::query(statement).bind(ASKED_BEFORE.version).execute(&world.services.db).await.unwrap();
    }
    let end = page(&world, &learners[0]).await;
    let given = end.feedback.unwrap();
    assert_eq!((given.version.as_str(), given.ratings), (ASKED_BEFORE.version, vec![2, 2]));
    assert_eq!(end.wishes.unwrap().version, ASKED_BEFORE.version);
    let figures = async || {
        let page = organisation_feedback(&world.services, &employer.head, &employer.slug).await.unwrap();
        let of_version = page.courses.into_iter().map(|course| {
            let questions = course.questions.into_iter().map(|question| (question.text, question.people));
            (course.version, questions.collect::<Vec<_>>())
        });
        of_version.collect::<Vec<_>>()
    };
    let before: Vec<_> = ASKED_BEFORE
        .questions
        .iter()
        .map(|question| (question.text.to_owned(), [0_u32, 5, 0, 0, 0]))
        .collect();
    let before = (ASKED_BEFORE.version.to_owned(), before);
    for learner in &learners {
        assert_eq!(figures().await.as_slice(), std::slice::from_ref(&before));
        says(&world, learner, 5).await;
        say_wishes(&world.services, learner, &slug("nmp"), wants(false, true)).await.unwrap();
    }
    let now = FEEDBACK.questions.iter().map(|question| (question.text.to_owned(), [0, 0, 0, 0, 5]));
    assert_eq!(figures().await, [(FEEDBACK.version.to_owned(), now.collect()), before]);
    let end = page(&world, &learners[0]).await;
    assert_eq!(end.feedback.unwrap().version, FEEDBACK.version);
    let wanted = end.wishes.unwrap().to(&WISHES);
    assert_eq!(wanted, Some(wants(false, true)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn four_answers_show_nothing_the_fifth_shows_and_the_next_ones_wait_for_four_more(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    for (n, rating) in (0..).zip([1, 2, 2, 5]) {
        let learner = employer.finisher(&world, &format!("one{n}")).await;
        says(&world, &learner, rating).await;
        assert!(employer.figures(&world).await.is_empty());
        assert!(employer.file(&world).await.is_empty());
    }
    let fifth = employer.finisher(&world, "fifth").await;
    says(&world, &fifth, 3).await;
    let five = all([1, 2, 1, 0, 1]);
    assert_eq!(employer.figures(&world).await, five);
    let file = employer.file(&world).await;
    assert_eq!(file.len(), FEEDBACK.questions.len());
    let first =
        format!("Learning to prescribe,{},{},5,2.6,1,2,1,0,1", FEEDBACK.version, FEEDBACK.questions[0].text);
    assert_eq!(file[0], first);

    for n in 0..4 {
        let learner = employer.finisher(&world, &format!("later{n}")).await;
        says(&world, &learner, 4).await;
        assert_eq!(employer.figures(&world).await, five, "{n}");
        assert_eq!(employer.file(&world).await, file, "{n}");
    }
    let tenth = employer.finisher(&world, "tenth").await;
    says(&world, &tenth, 5).await;
    assert_eq!(employer.figures(&world).await, all([1, 2, 1, 4, 2]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_that_is_changed_or_erased_changes_no_figure(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    let mut people = Vec::new();
    for n in 0..9 {
        people.push(employer.finisher(&world, &format!("one{n}")).await);
    }
    // Who changes an answer that waits still counts once.
    for rating in [1, 5] {
        for learner in &people[..4] {
            says(&world, learner, rating).await;
        }
    }
    assert!(employer.figures(&world).await.is_empty());
    says(&world, &people[4], 5).await;
    let five = all([0, 0, 0, 0, 5]);
    assert_eq!(employer.figures(&world).await, five);

    says(&world, &people[0], 1).await;
    assert_eq!(page(&world, &people[0]).await.feedback.unwrap().ratings[0], 1);
    sqlx::query("delete from people where id = $1")
        .bind(people[1].person().0)
        .execute(&world.services.db)
        .await
        .unwrap();
    assert_eq!(employer.figures(&world).await, five);
    for learner in &people[5..] {
        says(&world, learner, 4).await;
        says(&world, &people[0], 2).await;
        assert_eq!(employer.figures(&world).await, five);
    }
    let last = employer.finisher(&world, "last").await;
    says(&world, &last, 3).await;
    assert_eq!(employer.figures(&world).await, all([0, 0, 1, 4, 5]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_people_of_the_organisation_count_and_only_its_administrators_see(db: PgPool) {
    let world = World::new(db);
    let s = &world.services;
    let (north, coast) = (employer(&world, "north").await, employer(&world, "coast").await);
    let mut four = Vec::new();
    for n in 0..4 {
        let learner = north.finisher(&world, &format!("north{n}")).await;
        says(&world, &learner, 1).await;
        four.push(learner);
        let learner = coast.finisher(&world, &format!("coast{n}")).await;
        says(&world, &learner, 5).await;
        // Registered by themselves: on the course, and in no cohort.
        let own = world.learner(&format!("own{n}@home.example")).await;
        let enrolment = world.enrol(&own, &north.cohort).await;
        complete(&world, &own).await;
        sqlx::query("update enrolments set cohort_id = null, organisation_id = null where id = $1")
            .bind(enrolment.0)
            .execute(&s.db)
            .await
            .unwrap();
        says(&world, &own, 3).await;
    }
    // Who has left counts for nobody: neither for the one that they have left, nor for another one that gives the same course.
    let gone = north.finisher(&world, "gone").await;
    sqlx::query("delete from memberships where person_id = $1")
        .bind(gone.person().0)
        .execute(&s.db)
        .await
        .unwrap();
    for employer in [&north, &coast] {
        assign_course(s, &employer.head, &employer.slug, "nmp", "everyone").await.unwrap();
    }
    let mut db = s.db.acquire().await.unwrap();
    ensure_member(s, &mut db, coast.cohort.organisation, gone.person()).await.unwrap();
    drop(db);
    says(&world, &gone, 5).await;
    assert!(north.figures(&world).await.is_empty() && coast.figures(&world).await.is_empty());
    let fifth = north.finisher(&world, "fifth").await;
    says(&world, &fifth, 2).await;
    let five = all([4, 1, 0, 0, 0]);
    assert_eq!(north.figures(&world).await, five);
    assert!(coast.figures(&world).await.is_empty());

    // Moving people to a cohort of another organisation moves no answer that is counted.
    let mut db = s.db.acquire().await.unwrap();
    for person in &four {
        ensure_member(s, &mut db, coast.cohort.organisation, person.person()).await.unwrap();
    }
    drop(db);
    sqlx::query("update enrolments set cohort_id = $1 where cohort_id = $2")
        .bind(coast.cohort.id.0)
        .bind(north.cohort.id.0)
        .execute(&s.db)
        .await
        .unwrap();
    says(&world, &four[0], 1).await;
    assert_eq!(north.figures(&world).await, five);
    assert!(coast.figures(&world).await.is_empty());

    for who in [&coast.head, &four[0]] {
        assert!(matches!(organisation_feedback(s, who, &north.slug).await, Err(Error::NotFound)));
        let file = feedback_file(s, who, &north.slug, Format::Xlsx).await;
        assert!(matches!(file, Err(Error::NotFound)));
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_two_fifth_answers_at_once_one_waits(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    for n in 0..4 {
        let learner = employer.finisher(&world, &format!("one{n}")).await;
        says(&world, &learner, 1).await;
    }
    let (one, other) = (employer.finisher(&world, "fifth").await, employer.finisher(&world, "sixth").await);
    tokio::join!(says(&world, &one, 5), says(&world, &other, 5));
    assert_eq!(employer.figures(&world).await, all([4, 0, 0, 0, 1]));
    for n in 4..8 {
        let learner = employer.finisher(&world, &format!("one{n}")).await;
        says(&world, &learner, 2).await;
    }
    assert_eq!(employer.figures(&world).await, all([4, 4, 0, 0, 2]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn comments_are_read_by_support_alone_and_without_names(db: PgPool) {
    let world = World::new(db);
    let s = &world.services;
    let employer = employer(&world, "north").await;
    let learner = employer.finisher(&world, "sam").await;
    say_wishes(s, &learner, &slug("nmp"), wants(true, false)).await.unwrap();
    let written = FeedbackForm { comment: "More about doses".to_owned(), ..form(4) };
    give_feedback(s, &learner, &slug("nmp"), &written).await.unwrap();
    let silent = employer.finisher(&world, "silent").await;
    says(&world, &silent, 1).await;

    let support = world.learner("help@coop.example").await;
    world.grant(&support, Role::Support).await;
    let read = async |query: &str| comments(s, &support, &CommentsQuery::read(query)).await.unwrap();
    let seen = read("").await;
    assert_eq!((seen.asked, seen.keep_access, seen.join_zone), (1, 1, 0));
    assert_eq!(seen.comments.rows.len(), 1);
    let row = &seen.comments.rows[0];
    assert_eq!((row.course.as_str(), row.text.as_str()), ("Learning to prescribe", "More about doses"));
    assert!(!serde_json::to_string(&seen).unwrap().contains("sam"));
    assert_eq!(read("search=doses").await.comments.found, 1);
    assert_eq!(read("search=nothing").await.comments.found, 0);
    for who in [&employer.head, &learner] {
        let refused = comments(s, who, &CommentsQuery::default()).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }
    let shown = organisation_feedback(s, &employer.head, &employer.slug).await.unwrap();
    assert!(!serde_json::to_string(&shown).unwrap().contains("doses"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_answer_counts_for_the_organisation_that_assigned_the_course(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    sqlx::query(
        "insert into course_assignments (id, organisation_id, course_id, team, assigned_at)
        select gen_random_uuid(), k.organisation_id, k.course_id, 'Ward 7', now() from cohorts k",
    )
    .execute(&world.services.db)
    .await
    .unwrap();
    for n in 0..5 {
        let nurse = world.learner(&format!("nurse{n}@north.example")).await;
        sqlx::query(
            "insert into memberships (organisation_id, person_id, team, joined_at)
            select k.organisation_id, $1, 'Ward 7', now() from cohorts k",
        )
        .bind(nurse.person().0)
        .execute(&world.services.db)
        .await
        .unwrap();
        complete(&world, &nurse).await;
        assert!(employer.figures(&world).await.iter().all(|question| question.iter().sum::<u32>() == 0));
        says(&world, &nurse, 4).await;
    }
    assert!(employer.figures(&world).await.iter().all(|question| *question == [0, 0, 0, 5, 0]));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_waits_for_the_answer_of_another_organisation(db: PgPool) {
    let world = World::new(db);
    let (north, south) = (employer(&world, "north").await, employer(&world, "south").await);
    let (one, other) = (north.finisher(&world, "one").await, south.finisher(&world, "other").await);
    // Somebody of the north is answering, and so is somebody else who keeps the course for themselves.
    let mut answering = world.services.begin().await.unwrap();
    sqlx::query(
        "select pg_advisory_xact_lock(hashtextextended(concat('feedback ', k.organisation_id, ' ', k.course_id), 0))
        from cohorts k where k.id = $1",
    )
    .bind(north.cohort.id.0)
    .execute(&mut *answering)
    .await
    .unwrap();
    sqlx::query("select id from courses for no key update").execute(&mut *answering).await.unwrap();
    let within = std::time::Duration::from_secs(20);
    tokio::time::timeout(within, says(&world, &other, 5)).await.expect("the south waits for the north");
    let waits = async {
        loop {
            let waits: bool = sqlx::query_scalar(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'advisory')",
            )
            .fetch_one(&world.services.db)
            .await
            .unwrap();
            if waits {
                break;
            }
        }
        answering.commit().await.unwrap();
    };
    let both = async { tokio::join!(says(&world, &one, 5), waits) };
    tokio::time::timeout(within, both).await.expect("of one organisation the second waits for the first");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_comments_are_read_page_by_page_in_both_orders(db: PgPool) {
    let world = World::new(db);
    let s = &world.services;
    employer(&world, "north").await;
    sqlx::raw_sql(
        "with p as (
            insert into people (id, email, full_name, created_at, activated_at)
            select gen_random_uuid(), n || '@x.example', 'Nurse', now(), now() from generate_series(1, 60) n returning id, email
        ), e as (
            insert into enrolments (id, learner_id, course_id, enrolled_at)
            select gen_random_uuid(), p.id, c.id, now() from p cross join courses c returning id, learner_id
        )
        insert into course_feedback (enrolment_id, version, ratings, comment, given_at)
        select e.id, 'x', '{1}'::smallint[], 'Said by ' || p.email,
            -- Many on one day, each at another time.
            timestamptz '2026-11-01 08:00:00.123456Z' + n / 25 * interval '1 day' + n * interval '1 minute'
        from e join p on p.id = e.learner_id cross join lateral (select split_part(p.email, '@', 1)::integer as n) nth",
    )
    .execute(&s.db)
    .await
    .unwrap();
    let support = world.learner("help@coop.example").await;
    world.grant(&support, Role::Support).await;
    let in_order: Vec<String> = sqlx::query_scalar(
        "select comment from course_feedback order by given_at::date desc, comment_id desc",
    )
    .fetch_all(&s.db)
    .await
    .unwrap();
    let enrolments: Vec<Uuid> =
        sqlx::query_scalar("select enrolment_id from course_feedback").fetch_all(&s.db).await.unwrap();
    // The page says nothing of an enrolment, and no time but the day.
    let says_nothing = |page: &Comments| {
        let said = serde_json::to_string(page).unwrap();
        assert!(enrolments.iter().all(|id| !said.contains(&id.to_string())), "{said}");
        for time in ["T08:", "T09:", "am\"", "123456"] {
            assert!(!said.contains(time), "{time} is in {said}");
        }
    };
    for (order, falls) in [("order=down", true), ("order=up", false)] {
        let first = CommentsQuery::read(&format!("sort=time&{order}&search=said"));
        let page = comments(s, &support, &first).await.unwrap();
        says_nothing(&page);
        let page = page.comments;
        assert!(page.rows.iter().all(|row| row.day.ends_with(" November")), "{order}");
        let (day, _) = page.next.as_deref().and_then(crate::kit::list::end).unwrap();
        assert!(day.len() == "2026-11-02".len() && day.starts_with("2026-11-0"), "{day}");
        assert_eq!((page.rows.len(), page.found, page.in_all), (50, 60, 60), "{order}");
        let second = first.next(page.next.clone().unwrap());
        let rest = comments(s, &support, &second).await.unwrap();
        says_nothing(&rest);
        let rest = rest.comments;
        assert!(rest.next.is_none());
        let mut read: Vec<_> = page.rows.into_iter().chain(rest.rows).map(|row| row.text).collect();
        if !falls {
            read.reverse();
        }
        assert_eq!(read, in_order, "{order}");
    }
    let all = comments(s, &support, &CommentsQuery::default()).await.unwrap().comments;
    assert_eq!((all.found, all.in_all), (60, 60));
    // An address that somebody made up, and one of an earlier version, begins at the beginning.
    for key in ["x", "+99999-01-01", "-9999-01-01", "1793520000123456"] {
        let made_up = CommentsQuery::default().next(format!("{}~{key}", Uuid::nil()));
        assert_eq!(comments(s, &support, &made_up).await.unwrap().comments.rows.len(), 50, "{key}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_comment_that_is_said_anew_is_another_one(db: PgPool) {
    let world = World::new(db);
    let employer = employer(&world, "north").await;
    let learner = employer.finisher(&world, "sam").await;
    let mut seen = Vec::new();
    for comment in ["Long", "Long, but good"] {
        let said = FeedbackForm { comment: comment.to_owned(), ..form(4) };
        give_feedback(&world.services, &learner, &slug("nmp"), &said).await.unwrap();
        let id: Uuid = sqlx::query_scalar("select comment_id from course_feedback")
            .fetch_one(&world.services.db)
            .await
            .unwrap();
        seen.push(id);
    }
    assert_ne!(seen[0], seen[1]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_completed_a_course_is_asked_also_when_its_days_are_over(db: PgPool) {
    let world = World::new(db.clone());
    let (s, nmp) = (&world.services, slug("nmp"));
    let employer = employer(&world, "north").await;
    let (done, begun) = (employer.finisher(&world, "done").await, world.learner("begun@north.example").await);
    world.enrol(&begun, &employer.cohort).await;
    let leads_to = async |learner: &Actor| my_courses(s, learner).await.unwrap().courses.remove(0).leads_to;
    assert_eq!(leads_to(&done).await, "nmp");
    assert!(!page(&world, &done).await.closed);
    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&db).await.unwrap();
    assert!(matches!(course_page(s, &done, &nmp).await, Err(Error::NotFound)));
    let asked = page(&world, &done).await;
    assert!(asked.closed && asked.asks());
    assert_eq!(leads_to(&done).await, "nmp/end");
    say_wishes(s, &done, &nmp, wants(true, true)).await.unwrap();
    says(&world, &done, 4).await;
    assert!(page(&world, &done).await.feedback.is_some());
    // Who has not completed it is told so, and asked nothing.
    assert_eq!(leads_to(&begun).await, "nmp");
    assert!(!page(&world, &begun).await.asks());
    assert!(matches!(give_feedback(s, &begun, &nmp, &form(5)).await, Err(Error::NotFound)));
    let stranger = world.learner("stranger@north.example").await;
    assert!(matches!(end_page(s, &stranger, &nmp).await, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_search_of_the_comments_compares_what_was_made_searchable_when_they_were_written(db: PgPool) {
    let plan = crate::testing::plan(&db, "strpos(f.comment_searched").await;
    assert!(plan.contains("f.comment_searched") && !plan.contains("f.comment COLLATE"), "{plan}");
}
