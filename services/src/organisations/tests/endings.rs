//! P5, P7: who belongs to an organisation no more opens nothing of it, has no role there and is seen by it no more. Their progress is theirs.

use std::collections::BTreeSet;

use domain::{
    cohorts::StudentsQuery,
    organisations::{Audience, ReportQuery},
};
use sqlx::postgres::PgListener;

use super::*;
use crate::{
    accounts::account_page,
    learning::{self, read_page},
};

const ONE: &str = "Name,E-mail,Cohort\nAda Lovelace,ada@x.example,Autumn\n";

impl Place {
    /// Somebody with an account who agrees to belong to the organisation, and studies in its cohort.
    async fn joins(&self, learner: &Actor) {
        self.take(ONE).await;
        answer_membership(&self.world.services, learner, self.organisation, true).await.unwrap();
    }

    async fn opens(&self, learner: &Actor) -> bool {
        let (nmp, one, page) = (slug("nmp"), slug("one"), slug("page-1"));
        read_page(&self.world.services, learner, &nmp, &one, &page, true).await.is_ok()
    }

    /// Whom the organisation sees: in the list of its people, in the grid of its cohort and in its report.
    async fn sees(&self) -> [usize; 3] {
        let (services, query) = (&self.world.services, StudentsQuery::default());
        let grid = cohorts::cohort_page(services, &self.head, self.cohort.id, &query).await.unwrap();
        let report =
            report_page(services, &self.head, &self.slug, &ReportQuery::default()).await.unwrap().rows.rows;
        [self.people("").await.len(), grid.students.rows.len(), report.len()]
    }

    async fn ends(&self, person: PersonId) -> Result<()> {
        end_membership(&self.world.services, &self.head, &self.slug, person).await
    }

    async fn role_events(&self, of: PersonId) -> i64 {
        sqlx::query_scalar(
            "select count(*) from audit_events where action = 'access.taken_back' and subject_id = $1",
        )
        .bind(of.0)
        .fetch_one(&self.world.services.db)
        .await
        .unwrap()
    }

    async fn belongs(&self, learner: &Actor) -> bool {
        let memberships = account_page(&self.world.services, learner).await.unwrap().memberships;
        memberships.iter().any(|membership| membership.organisation == self.organisation)
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_leaves_opens_nothing_of_the_organisation_and_it_sees_nothing_of_them(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.joins(&ada).await;
    place.world.grant(&ada, Role::CohortTutor(place.cohort.id)).await;
    place.world.grant(&ada, Role::PaperSetter(place.organisation)).await;
    assert!(place.opens(&ada).await && place.belongs(&ada).await);
    assert_eq!(place.sees().await, [1, 1, 1]);

    let mut listener = PgListener::connect_with(&services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    // Pressed twice, it is done once.
    for _ in 0..2 {
        leave_organisation(services, &ada, place.organisation).await.unwrap();
    }
    let mut heard = BTreeSet::new();
    for _ in 0..3 {
        heard.insert(listener.recv().await.unwrap().payload().to_owned());
    }
    let told = [
        format!("cohort:{}", place.cohort.id),
        format!("learner:{}", ada.person()),
        format!("organisation:{}", place.organisation),
    ];
    assert_eq!(heard, BTreeSet::from(told));

    assert!(!place.opens(&ada).await && !place.belongs(&ada).await);
    assert!(learning::my_courses(services, &ada).await.unwrap().courses.is_empty());
    assert_eq!(place.sees().await, [0, 0, 0]);
    let grid = cohorts::cohort_page(services, &ada, place.cohort.id, &StudentsQuery::default()).await;
    assert!(matches!(grid, Err(Error::NotFound)), "no tutor any more");
    assert_eq!(place.role_events(ada.person()).await, 2);
    assert_eq!(
        place.number("select count(*) from audit_events where action = 'organisations.left'").await,
        1
    );
    let in_cohorts = "select count(*) from cohort_students";
    assert_eq!(place.number(in_cohorts).await, 0, "so no paper of the cohort is theirs");

    // Named anew, they are asked, and go on where they were.
    place.joins(&ada).await;
    let page = learning::course_page(services, &ada, &slug("nmp")).await.unwrap();
    assert_eq!(page.progress.modules[0].pages_opened(), 1);
    assert_eq!(place.number(in_cohorts).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_another_organisation_gives_stays_open_to_who_leaves(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let coast = place.world.cohort("Coast", "Spring").await;
    let at = of(&place.world, "Coast").await;
    let ada = place.world.learner("ada@x.example").await;
    place.joins(&ada).await;
    assert!(place.opens(&ada).await);
    let other = place.world.learner("head@coast.example").await;
    place.world.grant(&other, Role::OrganisationAdministrator(at)).await;
    ensure_member(services, &mut services.db.acquire().await.unwrap(), at, ada.person()).await.unwrap();
    leave_organisation(services, &ada, place.organisation).await.unwrap();
    assert!(!place.opens(&ada).await);
    let to = Audience::Everyone.to_string();
    assign_course(services, &other, &slug("coast"), "nmp", &to).await.unwrap();
    assert!(place.opens(&ada).await);
    // Its cohort does not take the place over: it would see what was done before.
    let file = "Name,E-mail,Cohort\nAda Lovelace,ada@x.example,Spring\n";
    let new = NewUpload { file_name: "people.csv".into(), bytes: file.into(), attested: true };
    let upload = start_upload(services, &other, &slug("coast"), new).await.unwrap();
    let page = upload_page(services, &other, &slug("coast"), upload, &RowsQuery::default()).await.unwrap();
    confirm_upload(services, &other, &slug("coast"), upload, page.version).await.unwrap();
    run_ready(services).await.unwrap();
    let cohort: Option<uuid::Uuid> =
        sqlx::query_scalar("select cohort_id from enrolments").fetch_one(&services.db).await.unwrap();
    assert_eq!(cohort, None);
    let query = StudentsQuery::default();
    let grid = cohorts::cohort_page(services, &other, coast.id, &query).await.unwrap();
    assert!(grid.students.rows.is_empty() && place.opens(&ada).await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_administrator_ends_a_membership_and_the_person_is_told(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.joins(&ada).await;
    place.world.grant(&ada, Role::CohortTutor(place.cohort.id)).await;
    assert!(place.opens(&ada).await);

    // Not by others, nor by another organisation's administrator.
    place.world.cohort("Coast", "Spring").await;
    let at = of(&place.world, "Coast").await;
    let other = place.world.learner("head@coast.example").await;
    place.world.grant(&other, Role::OrganisationAdministrator(at)).await;
    for actor in [&ada, &other] {
        let refused = end_membership(services, actor, &place.slug, ada.person()).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }
    end_membership(services, &other, &slug("coast"), ada.person()).await.unwrap();
    assert!(place.belongs(&ada).await, "she does not belong to that one, and stays in this one");

    for _ in 0..2 {
        place.ends(ada.person()).await.unwrap();
    }
    run_ready(services).await.unwrap();
    assert!(!place.opens(&ada).await && !place.belongs(&ada).await);
    assert_eq!(place.sees().await, [0, 0, 0]);
    assert_eq!(place.role_events(ada.person()).await, 1);
    let noted = "select count(*) from audit_events where action = 'organisations.membership_ended'";
    assert_eq!(place.number(noted).await, 1);
    let letters = place.world.letters();
    let told = letters.iter().filter(|letter| letter.contains("You no longer belong to")).count();
    assert_eq!(told, 1);
    assert!(account_page(services, &ada).await.unwrap().looks.is_empty(), "it was no act of support");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_membership_that_support_ends_is_told_as_an_act_of_support(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.joins(&ada).await;
    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let about = LookedAt::Members(place.organisation);
    give_reason(services, &support, about, "Asked by the university").await.unwrap();
    let acts = async || {
        let looks = account_page(services, &ada).await.unwrap().looks;
        let acts = looks.into_iter().filter(|look| look.what.starts_with("Support ended a membership"));
        acts.map(|look| look.by.unwrap()).collect::<Vec<_>>()
    };
    assert!(acts().await.is_empty());
    for _ in 0..2 {
        end_membership(services, &support, &place.slug, ada.person()).await.unwrap();
    }
    assert!(!place.belongs(&ada).await);
    assert_eq!(acts().await, ["support@coop.example"]);
    run_ready(services).await.unwrap();
    let letters = place.world.letters();
    let told: Vec<_> = letters.iter().filter(|letter| letter.contains("You no longer belong to")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("Our support ended your membership"), "{}", told[0]);

    // Asked anew, she reads too that support took the question back.
    place.take(ONE).await;
    place.world.clock.advance(chrono::Duration::minutes(1));
    end_membership(services, &support, &place.slug, ada.person()).await.unwrap();
    assert_eq!(acts().await.len(), 2);
}

/// A funder sees nobody's progress, and nothing says that it does.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_mails_and_the_question_of_a_funder_promise_no_progress(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (ada, alan) =
        (place.world.learner("ada@x.example").await, place.world.learner("alan@x.example").await);
    for (learner, name, funds) in [(&ada, "ada", false), (&alan, "alan", true)] {
        if funds {
            place.run("update organisations set kind = 'funder'").await;
        }
        place.take(&format!("Name,E-mail\nSomebody,{name}@x.example\n")).await;
        let asked = account_page(services, learner).await.unwrap().asked;
        assert_eq!((asked.len(), asked[0].funder), (1, funds));
        answer_membership(services, learner, place.organisation, true).await.unwrap();
        place.ends(learner.person()).await.unwrap();
        run_ready(services).await.unwrap();
        let to = format!("{name}@x.example");
        let letters: Vec<_> =
            place.world.letters().into_iter().filter(|letter| letter.contains(&to)).collect();
        assert_eq!(letters.len(), 2, "the question, and the end");
        let promise = letters.iter().filter(|letter| letter.contains("your progress")).count();
        assert_eq!(promise, if funds { 0 } else { 2 }, "{letters:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_account_that_nobody_has_opened_stays_while_it_has_a_role_elsewhere(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let done = place.take("Name,E-mail\nAda Lovelace,ada@x.example\nAlan Turing,alan@x.example\n").await;
    // Invited as staff too, they have not opened the account.
    for email in ["ada@x.example", "alan@x.example"] {
        let staff = place.world.learner(email).await;
        place.world.grant(&staff, Role::Support).await;
    }
    let ada = place.world.learner("ada@x.example").await;
    place.ends(ada.person()).await.unwrap();
    undo_upload(services, &place.head, &place.slug, done.upload.id).await.unwrap();
    run_ready(services).await.unwrap();
    assert!(place.people("").await.is_empty());
    assert_eq!(place.number("select count(*) from grants where role = 'support'").await, 2);
    assert_eq!(place.number("select count(*) from audit_events where action = 'access.taken_back'").await, 0);
}

/// Ada has an account, and Alan has none: ending it tells no more than the list does.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_not_answered_is_removed_alike_with_an_account_and_without(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.take("Name,E-mail\nAda Lovelace,ada@x.example\nAlan Turing,alan@x.example\n").await;
    let letters = place.world.letters().len();
    for person in place.people("").await {
        assert_eq!(person.state, AccountState::Pending);
        for _ in 0..2 {
            place.ends(person.person).await.unwrap();
        }
    }
    run_ready(services).await.unwrap();
    assert!(place.people("").await.is_empty());
    assert_eq!(place.world.letters().len(), letters, "nobody gets a mail");
    assert!(account_page(services, &ada).await.unwrap().asked.is_empty());
    assert_eq!(place.number("select count(*) from people where email = 'alan@x.example'").await, 0);
    let noted = "select count(*) from audit_events where action = 'organisations.membership_ended'";
    assert_eq!(place.number(noted).await, 2);
}

/// The account, which nobody had opened, has gone with the first.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_membership_that_a_colleague_has_just_ended_has_ended_for_both(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let colleague = place.world.learner("colleague@north.example").await;
    place.world.grant(&colleague, Role::OrganisationAdministrator(place.organisation)).await;
    place.take(ONE).await;
    let ada = place.people("").await.remove(0).person;
    place.ends(ada).await.unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(place.number("select count(*) from people where email = 'ada@x.example'").await, 0);
    end_membership(services, &colleague, &place.slug, ada).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_keeps_an_administrator(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let second = place.world.learner("second@north.example").await;
    for head in [&place.head, &second] {
        let mut db = services.db.acquire().await.unwrap();
        ensure_member(services, &mut db, place.organisation, head.person()).await.unwrap();
    }
    let own = problems(place.ends(place.head.person()).await);
    assert_eq!(own[0].field, format!("end-{}", place.head.person()));
    let alone = problems(leave_organisation(services, &place.head, place.organisation).await);
    assert_eq!(alone[0].field, format!("leave-{}", place.organisation));
    place.world.grant(&second, Role::OrganisationAdministrator(place.organisation)).await;
    leave_organisation(services, &place.head, place.organisation).await.unwrap();
    let refused = people_page(services, &place.head, &place.slug, &PeopleQuery::default()).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let alone = problems(leave_organisation(services, &second, place.organisation).await);
    assert_eq!(alone.len(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn without_a_membership_nothing_is_said_to_have_ended(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let nobody = || PersonId(uuid::Uuid::from_u128(7));
    assert!(matches!(place.ends(nobody()).await, Err(Error::NotFound)));
    let nowhere = OrganisationId(uuid::Uuid::from_u128(7));
    let tutor = place.world.learner("tutor@north.example").await;
    assert!(matches!(leave_organisation(services, &tutor, nowhere).await, Err(Error::NotFound)));
    // Who has a role, and does not belong, keeps it and is told so.
    place.world.grant(&tutor, Role::CohortTutor(place.cohort.id)).await;
    for _ in 0..2 {
        let left = problems(leave_organisation(services, &tutor, place.organisation).await);
        assert_eq!(left[0].field, format!("leave-{}", place.organisation));
        let ended = problems(place.ends(tutor.person()).await);
        assert_eq!(ended[0].field, format!("end-{}", tutor.person()));
    }
    assert_eq!(place.role_events(tutor.person()).await, 0);
    // With a membership it ends, and the role with it, also when the button is pressed twice.
    let mut db = services.db.acquire().await.unwrap();
    ensure_member(services, &mut db, place.organisation, tutor.person()).await.unwrap();
    drop(db);
    for _ in 0..2 {
        place.ends(tutor.person()).await.unwrap();
    }
    assert_eq!(place.role_events(tutor.person()).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_waits_for_a_file_that_holds_their_membership(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    place.joins(&ada).await;
    let mut taking = services.begin().await.unwrap();
    sqlx::query("update memberships set team = 'Ward 7' where person_id = $1")
        .bind(ada.person().0)
        .execute(&mut *taking)
        .await
        .unwrap();
    let refused = problems(leave_organisation(services, &ada, place.organisation).await);
    assert_eq!(refused[0].field, format!("leave-{}", place.organisation));
    taking.commit().await.unwrap();
    leave_organisation(services, &ada, place.organisation).await.unwrap();
    assert!(!place.belongs(&ada).await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_tutor_whose_membership_is_undone_follows_the_cohort_no_more(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let done = place.take(ONE).await;
    // She has not opened the account, which stays because another organisation has it too.
    let ada = place.world.learner("ada@x.example").await;
    place.world.cohort("Coast", "Spring").await;
    let at = of(&place.world, "Coast").await;
    ensure_member(services, &mut services.db.acquire().await.unwrap(), at, ada.person()).await.unwrap();
    place.world.grant(&ada, Role::CohortTutor(place.cohort.id)).await;
    place.world.grant(&ada, Role::PaperSetter(at)).await;
    let follows = async || {
        let query = StudentsQuery::default();
        cohorts::cohort_page(services, &ada, place.cohort.id, &query).await.is_ok()
    };
    assert!(follows().await);
    let mut listener = PgListener::connect_with(&services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    undo_upload(services, &place.head, &place.slug, done.upload.id).await.unwrap();
    run_ready(services).await.unwrap();
    assert!(!follows().await);
    assert_eq!(place.role_events(ada.person()).await, 1);
    let roles: Vec<String> = sqlx::query_scalar("select role from grants where person_id = $1")
        .bind(ada.person().0)
        .fetch_all(&services.db)
        .await
        .unwrap();
    assert_eq!(roles, ["paper-setter"], "what she is in the other organisation stays");
    let told = [format!("cohort:{}", place.cohort.id), format!("organisation:{}", place.organisation)];
    for topic in told {
        while listener.recv().await.unwrap().payload() != topic {}
    }
}
