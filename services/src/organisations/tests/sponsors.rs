//! P10: an organisation sees the progress of a learner with an account of their own only while it pays and they consent.

use domain::{
    accounts::Consent,
    cohorts::StudentsQuery,
    organisations::{
        CourseProgress, SPONSOR_CONSENT, Sponsor, SponsorCode, SponsorConsent, SponsorState, SponsoredQuery,
        SponsoredRow,
    },
};

use super::*;
use crate::accounts::{account_page, withdraw_consent};

/// A learner who follows the course by themselves, and has completed one of its two modules.
async fn learner(place: &Place, email: &str) -> Actor {
    let learner = place.world.learner(email).await;
    sqlx::query(
        "insert into enrolments (id, learner_id, course_id, enrolled_at, modules_completed)
        select gen_random_uuid(), $1, c.id, now(), 1 from courses c",
    )
    .bind(learner.person().0)
    .execute(&place.world.services.db)
    .await
    .unwrap();
    learner
}

impl Place {
    /// Another code than the one that stands.
    async fn code(&self) -> String {
        let shown = self.code_shown().await;
        self.gives_out(true, shown.as_deref()).await.unwrap();
        self.code_shown().await.unwrap()
    }

    async fn code_shown(&self) -> Option<String> {
        let query = SponsoredQuery::default();
        let page = sponsored_page(&self.world.services, &self.head, &self.slug, &query).await;
        page.unwrap().code.map(|given| given.code)
    }

    /// From a page that shows this code.
    async fn gives_out(&self, offered: bool, shown: Option<&str>) -> Result<()> {
        let shown = shown.and_then(SponsorCode::parse);
        give_out_code(&self.world.services, &self.head, &self.slug, offered, shown.as_ref()).await
    }

    async fn learners(&self, query: &str) -> Vec<SponsoredRow> {
        let query = SponsoredQuery::read(query);
        let page = sponsored_page(&self.world.services, &self.head, &self.slug, &query).await;
        page.unwrap().learners.rows
    }

    async fn consents(&self, learner: &Actor) -> Result<()> {
        let consent = SponsorConsent::parse(true, SPONSOR_CONSENT).unwrap();
        consent_to_sponsor(&self.world.services, learner, self.organisation, consent).await
    }

    async fn confirms(&self, learner: &Actor) -> Result<()> {
        confirm_sponsored(&self.world.services, &self.head, &self.slug, learner.person()).await
    }

    /// Both conditions hold.
    async fn sponsors(&self, learner: &Actor) {
        name_sponsor(&self.world.services, learner, &self.code().await).await.unwrap();
        self.consents(learner).await.unwrap();
        self.confirms(learner).await.unwrap();
    }

    async fn sponsor_of(&self, learner: &Actor) -> Option<Sponsor> {
        account_page(&self.world.services, learner).await.unwrap().sponsors.into_iter().next()
    }
}

fn is_missing<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn progress_is_seen_while_the_learner_consents_and_the_organisation_pays(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = learner(&place, "ada@home.example").await;
    let state = async || place.sponsor_of(&ada).await.map(|sponsor| sponsor.state);

    // Named, and the organisation is told nothing.
    let typed = format!(" {} ", place.code().await.to_lowercase());
    assert_eq!(name_sponsor(services, &ada, &typed).await.unwrap(), SponsorState::Named);
    assert_eq!(state().await, Some(SponsorState::Named));
    assert!(place.learners("").await.is_empty());
    assert!(is_missing(place.confirms(&ada).await), "it cannot confirm whom it does not see");

    // With the consent it sees who it is, and no progress.
    place.consents(&ada).await.unwrap();
    let row = place.learners("").await.remove(0);
    assert_eq!(
        (row.email.as_str(), row.confirmed.is_none(), row.progress.len()),
        ("ada@home.example", true, 0)
    );
    let sponsor = place.sponsor_of(&ada).await.unwrap();
    assert_eq!((sponsor.state, sponsor.name.as_str()), (SponsorState::Asked, "University of the North"));
    let Some(Consent { policy, given }) = sponsor.consent else { panic!("no consent is kept") };
    assert_eq!((policy.as_str(), given.london.as_str()), (SPONSOR_CONSENT, "22 November 2026 at 9am"));
    let overview = organisation_page(services, &place.head, &place.slug).await.unwrap();
    assert_eq!((overview.asking, overview.sponsored), (1, 0));

    // Named again, nothing is begun anew.
    let named = async || name_sponsor(services, &ada, &typed).await.unwrap();
    assert_eq!(named().await, SponsorState::Asked);

    // Both hold.
    place.confirms(&ada).await.unwrap();
    assert_eq!(named().await, SponsorState::Confirmed);
    let row = place.learners("").await.remove(0);
    let progress = CourseProgress { course: "Learning to prescribe".into(), completed: 1, modules: 2 };
    assert_eq!((row.confirmed.is_some(), row.progress), (true, vec![progress]));
    assert_eq!(state().await, Some(SponsorState::Confirmed));
    let overview = organisation_page(services, &place.head, &place.slug).await.unwrap();
    assert_eq!((overview.asking, overview.sponsored), (0, 1));

    // The learner ends it.
    end_sponsor(services, &ada, place.organisation).await.unwrap();
    assert!(place.learners("").await.is_empty());
    assert!(place.sponsor_of(&ada).await.is_none());
    assert!(is_missing(place.confirms(&ada).await) && is_missing(place.consents(&ada).await));
    // Twice is once.
    end_sponsor(services, &ada, place.organisation).await.unwrap();
    let noted = "select count(*) from audit_events where action = 'organisations.sponsor_ended'";
    assert_eq!(place.number(noted).await, 1);
    assert!(is_missing(end_sponsor(services, &place.head, place.organisation).await), "who named none");

    // Begun anew, the organisation ends it.
    place.sponsors(&ada).await;
    assert_eq!(place.learners("").await[0].progress.len(), 1);
    for _ in 0..2 {
        end_sponsored(services, &place.head, &place.slug, ada.person(), true).await.unwrap();
    }
    assert!(place.learners("").await.is_empty());
    assert_eq!(state().await, Some(SponsorState::Ended));
    assert!(is_missing(place.confirms(&ada).await) && is_missing(place.consents(&ada).await));

    // Closing the account ends it too.
    place.sponsors(&ada).await;
    withdraw_consent(services, &ada).await.unwrap();
    assert!(place.learners("").await.is_empty());
    let noted = "select count(*) from audit_events where action = 'organisations.sponsor_consented' and detail ? 'consent'";
    assert_eq!(place.number(noted).await, 3, "each consent, with its version");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_ended_it_stays_known_when_the_account_is_closed(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (ada, grace) =
        (learner(&place, "ada@home.example").await, learner(&place, "grace@home.example").await);
    for learner in [&ada, &grace] {
        place.sponsors(learner).await;
    }
    // With one learner, the other's stands.
    end_sponsored(services, &place.head, &place.slug, ada.person(), true).await.unwrap();
    let ended = "select count(*) from sponsorships where ended_by = 'organisation' and consented_at is null";
    assert_eq!((place.number(ended).await, place.learners("").await.len()), (1, 1));
    for learner in [&ada, &grace] {
        withdraw_consent(services, learner).await.unwrap();
    }
    let by_learner = "select count(*) from sponsorships where ended_by = 'learner' and consented_at is null";
    assert_eq!((place.number(ended).await, place.number(by_learner).await), (1, 1));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn another_organisation_sees_and_confirms_nobody(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let theirs = place.world.cohort("Coast", "Autumn").await;
    let coast = of(&place.world, "Coast").await;
    let other = place.world.learner("head@coast.example").await;
    place.world.grant(&other, Role::OrganisationAdministrator(coast)).await;
    let ada = learner(&place, "ada@home.example").await;
    place.sponsors(&ada).await;
    let all = SponsoredQuery::default();
    let at = slug("coast");
    assert!(is_missing(sponsored_page(services, &other, &place.slug, &all).await));
    assert!(sponsored_page(services, &other, &at, &all).await.unwrap().learners.rows.is_empty());
    for of in [&place.slug, &at] {
        assert!(is_missing(confirm_sponsored(services, &other, of, ada.person()).await));
        assert!(is_missing(end_sponsored(services, &other, of, ada.person(), true).await));
    }
    assert!(is_missing(give_out_code(services, &other, &place.slug, false, None).await));
    let setter = place.world.learner("setter@north.example").await;
    place.world.grant(&setter, Role::PaperSetter(place.organisation)).await;
    for actor in [&setter, &ada] {
        assert!(is_missing(sponsored_page(services, actor, &place.slug, &all).await));
    }
    // Nor does the one that pays see the course that the other gives in a cohort; the other does.
    let grace = place.world.learner("grace@home.example").await;
    place.world.enrol(&grace, &theirs).await;
    place.sponsors(&grace).await;
    let rows = place.learners("?search=grace").await;
    assert_eq!((rows.len(), rows[0].progress.len()), (1, 0));
    let tutor = place.world.learner("tutor@coast.example").await;
    place.world.grant(&tutor, Role::CohortTutor(theirs.id)).await;
    let seen = cohorts::cohort_page(services, &tutor, theirs.id, &StudentsQuery::default()).await.unwrap();
    assert_eq!(seen.students.rows.len(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_condition_says_whether_progress_is_seen(db: PgPool) {
    let place = place(db).await;
    place.world.cohort("Coast", "Autumn").await;
    let (ada, grace) =
        (learner(&place, "ada@home.example").await, learner(&place, "grace@home.example").await);
    place.sponsors(&ada).await;
    name_sponsor(&place.world.services, &grace, &place.code().await).await.unwrap();
    place.consents(&grace).await.unwrap();
    let seen: Vec<(String, String)> = sqlx::query_as(
        "select o.name, p.email from organisations o cross join people p where exists (select from progress_seen(o.id, p.id))",
    )
    .fetch_all(&place.world.services.db)
    .await
    .unwrap();
    assert_eq!(seen, [("University of the North".to_owned(), "ada@home.example".to_owned())]);
    // Neither condition can be stored without the other that it needs.
    for wrong in [
        "update sponsorships set consented_at = null, consent_version = null where confirmed_at is not null",
        "update sponsorships set confirmed_at = now(), consented_at = null, consent_version = null",
        "update sponsorships set ended_at = now(), ended_by = 'learner'",
    ] {
        assert!(sqlx::raw_sql(wrong).execute(&place.world.services.db).await.is_err(), "{wrong}");
    }
}

/// The course of a cohort is seen in the grid, and not here: neither by its own organisation, nor after the student has left it.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_left_is_seen_in_no_course_of_the_organisation_also_when_it_pays(db: PgPool) {
    let place = place(db).await;
    let ada = place.world.learner("ada@home.example").await;
    place.world.enrol(&ada, &place.cohort).await;
    name_sponsor(&place.world.services, &ada, &place.code().await).await.unwrap();
    place.consents(&ada).await.unwrap();
    let progress = async || place.learners("").await.remove(0).progress;
    assert!(progress().await.is_empty(), "it waits for the answer");
    place.run("delete from memberships").await;
    assert!(progress().await.is_empty());
    place.confirms(&ada).await.unwrap();
    assert!(progress().await.is_empty());
    assert_eq!(place.number("select count(*) from progress_followed").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_funder_sees_no_learner_and_gives_out_no_code(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (ada, grace, alan) = (
        learner(&place, "ada@home.example").await,
        learner(&place, "grace@home.example").await,
        learner(&place, "alan@home.example").await,
    );
    place.sponsors(&ada).await;
    let code = place.code().await;
    name_sponsor(services, &grace, &code).await.unwrap();
    place.consents(&grace).await.unwrap();
    let mut db = services.db.acquire().await.unwrap();
    ensure_member(services, &mut db, place.organisation, alan.person()).await.unwrap();
    drop(db);
    let told = async || {
        let memberships = account_page(services, &alan).await.unwrap().memberships;
        memberships.into_iter().map(|of| of.funder).collect::<Vec<_>>()
    };
    assert_eq!(told().await, [false]);
    place.run("update organisations set kind = 'funder'").await;
    let page = sponsored_page(services, &place.head, &place.slug, &SponsoredQuery::default()).await;
    assert!(is_missing(page));
    assert!(is_missing(place.confirms(&grace).await));
    for offered in [true, false] {
        assert!(is_missing(place.gives_out(offered, Some(&code)).await));
    }
    assert!(matches!(name_sponsor(services, &alan, &code).await, Err(Error::Invalid(_))));
    assert_eq!(place.number("select count(*) from progress_followed").await, 0);
    assert_eq!(told().await, [true], "and the account says so");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_sees_who_is_paid_for_and_no_progress(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = learner(&place, "ada@home.example").await;
    place.sponsors(&ada).await;
    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    give_reason(services, &support, LookedAt::Members(place.organisation), "Asked about a licence")
        .await
        .unwrap();
    let shown = async |actor: &Actor| {
        let page = sponsored_page(services, actor, &place.slug, &SponsoredQuery::default()).await.unwrap();
        (page.follows, page.learners.rows.len(), page.learners.rows[0].progress.len())
    };
    assert_eq!(shown(&support).await, (false, 1, 0));
    assert_eq!(shown(&place.head).await, (true, 1, 1));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_is_found_by_its_code_alone_and_guesses_are_limited(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = learner(&place, "ada@home.example").await;
    let first = place.code().await;
    let code = place.code().await;
    assert_ne!(first, code);
    let said = async |typed: &str| match name_sponsor(services, &ada, typed).await {
        Err(Error::Invalid(problems)) => {
            assert_eq!(problems[0].field, "sponsor_code");
            problems[0].problem.message().into_owned()
        }
        Err(error) => panic!("{error}"),
        Ok(_) => String::new(),
    };
    for wrong in ["", "north", "university-of-the-north", &first] {
        assert!(said(wrong).await.starts_with("Check the code"), "{wrong}");
    }
    // One of them was a code, and counts.
    for n in 0..9_u8 {
        let wrong = SponsorCode::from_random([n; 10]).shown();
        assert!(said(&wrong).await.starts_with("Check the code"), "{n}");
    }
    assert!(said(&code).await.starts_with("Wait until "), "not even the right one");
    assert!(place.sponsor_of(&ada).await.is_none());
    place.world.clock.advance(chrono::Duration::minutes(61));
    assert_eq!(said(&code).await, "");
    assert!(place.sponsor_of(&ada).await.is_some());
    // Who has named it keeps that when the code is taken back; nobody else can.
    place.gives_out(false, Some(&code)).await.unwrap();
    assert!(said(&code).await.starts_with("Check the code"));
    assert!(place.sponsor_of(&ada).await.is_some());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_learners_are_searched_filtered_and_sorted(db: PgPool) {
    let place = place(db).await;
    let code = place.code().await;
    let mut all = Vec::new();
    for name in ["ada", "grace", "alan"] {
        let one = learner(&place, &format!("{name}@home.example")).await;
        name_sponsor(&place.world.services, &one, &code).await.unwrap();
        place.consents(&one).await.unwrap();
        place.world.clock.advance(chrono::Duration::minutes(1));
        all.push(one);
    }
    place.confirms(&all[1]).await.unwrap();
    let names = async |query: &str| -> Vec<String> {
        let rows = place.learners(query).await.into_iter();
        rows.map(|row| row.email.replace("@home.example", "")).collect()
    };
    assert_eq!(names("").await, ["ada", "alan", "grace"]);
    assert_eq!(names("?order=down&sort=name").await, ["grace", "alan", "ada"]);
    assert_eq!(names("?sort=asked&order=down").await, ["alan", "grace", "ada"]);
    assert_eq!(names("?show=waiting").await, ["ada", "alan"]);
    assert_eq!(names("?show=confirmed").await, ["grace"]);
    assert_eq!(names("?search=GRA").await, ["grace"]);
    assert_eq!(names("?search=%25").await, Vec::<String>::new());
}

/// At the end of the look, neither is found any more.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_paid_for_and_no_longer_while_support_looks_reads_of_it(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (ada, grace) =
        (learner(&place, "ada@home.example").await, learner(&place, "grace@home.example").await);
    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let about = LookedAt::Members(place.organisation);
    give_reason(services, &support, about, "Asked about a licence").await.unwrap();
    let looks = async |who: &Actor| account_page(services, who).await.unwrap().looks.len();
    for who in [&ada, &grace] {
        place.sponsors(who).await;
        assert_eq!(looks(who).await, 0);
    }
    end_sponsor(services, &ada, place.organisation).await.unwrap();
    assert_eq!(looks(&ada).await, 1, "the learner has ended it");
    end_sponsored(services, &place.head, &place.slug, grace.person(), true).await.unwrap();
    assert_eq!(looks(&grace).await, 1, "the organisation has ended it");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_learner_sees_who_of_support_looked_while_the_organisation_could_see_them(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = learner(&place, "ada@home.example").await;
    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let look = async || {
        let about = LookedAt::Members(place.organisation);
        give_reason(services, &support, about, "Asked about a licence").await.unwrap();
        place.world.clock.advance(chrono::Duration::hours(2));
    };
    let looks = async || account_page(services, &ada).await.unwrap().looks.len();
    look().await;
    place.sponsors(&ada).await;
    assert_eq!(looks().await, 0, "it was over before");
    look().await;
    assert_eq!(looks().await, 1);
    end_sponsor(services, &ada, place.organisation).await.unwrap();
    place.world.clock.advance(chrono::Duration::minutes(1));
    look().await;
    assert_eq!(looks().await, 1, "and what came after");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_old_page_takes_no_code_that_was_given_out_since(db: PgPool) {
    let place = place(db).await;
    let noted = "select count(*) from audit_events where action like 'organisations.sponsor_code%'";
    // Pressed twice, and on a page that a colleague has open still.
    let (one, other) = tokio::join!(place.gives_out(true, None), place.gives_out(true, None));
    one.unwrap();
    other.unwrap();
    let first = place.code_shown().await.unwrap();
    place.gives_out(true, None).await.unwrap();
    assert_eq!((place.code_shown().await, place.number(noted).await), (Some(first.clone()), 1));
    // Another code in its place is one other code.
    for _ in 0..2 {
        place.gives_out(true, Some(&first)).await.unwrap();
    }
    let second = place.code_shown().await.unwrap();
    assert_ne!(second, first);
    assert_eq!(place.number(noted).await, 2);
    // Nor is one taken back that the page does not show.
    for shown in [None, Some(first.as_str())] {
        assert_eq!(problems(place.gives_out(false, shown).await)[0].field, "offered");
    }
    assert_eq!(place.code_shown().await, Some(second.clone()));
    for _ in 0..2 {
        place.gives_out(false, Some(&second)).await.unwrap();
    }
    assert_eq!((place.code_shown().await, place.number(noted).await), (None, 3));
    // It was to be another one in its place, which is gone.
    assert_eq!(problems(place.gives_out(true, Some(&second)).await)[0].field, "offered");
    assert_eq!(place.code_shown().await, None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_done_already_is_done_and_an_old_page_ends_nothing_that_was_confirmed_since(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = learner(&place, "ada@home.example").await;
    name_sponsor(services, &ada, &place.code().await).await.unwrap();
    for _ in 0..2 {
        place.consents(&ada).await.unwrap();
    }
    for _ in 0..2 {
        place.confirms(&ada).await.unwrap();
    }
    // The page of a colleague still shows that she waits.
    let refused = end_sponsored(services, &place.head, &place.slug, ada.person(), false).await;
    assert_eq!(problems(refused)[0].field, format!("end-{}", ada.person()));
    assert_eq!(place.learners("?show=confirmed").await.len(), 1);
    end_sponsored(services, &place.head, &place.slug, ada.person(), true).await.unwrap();
    assert!(place.learners("").await.is_empty());
    for (action, times) in [("consented", 1), ("confirmed", 1), ("refused", 1)] {
        let noted: i64 = sqlx::query_scalar("select count(*) from audit_events where action = $1")
            .bind(format!("organisations.sponsor_{action}"))
            .fetch_one(&services.db)
            .await
            .unwrap();
        assert_eq!(noted, times, "{action}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_names_the_organisation_anew_is_shown_to_nobody_before_they_consent(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = learner(&place, "ada@home.example").await;
    place.sponsors(&ada).await;
    end_sponsor(services, &ada, place.organisation).await.unwrap();
    name_sponsor(services, &ada, &place.code().await).await.unwrap();
    assert_eq!(place.sponsor_of(&ada).await.map(|sponsor| sponsor.state), Some(SponsorState::Named));
    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let about = LookedAt::Members(place.organisation);
    give_reason(services, &support, about, "Asked about a licence").await.unwrap();
    assert!(account_page(services, &ada).await.unwrap().looks.is_empty(), "the page does not show her");
    assert!(is_missing(end_sponsored(services, &place.head, &place.slug, ada.person(), true).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_sees_who_asks_and_answers_for_no_organisation(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = learner(&place, "ada@home.example").await;
    name_sponsor(services, &ada, &place.code().await).await.unwrap();
    place.consents(&ada).await.unwrap();
    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let about = LookedAt::Members(place.organisation);
    give_reason(services, &support, about, "Asked about a licence").await.unwrap();
    let page = sponsored_page(services, &support, &place.slug, &SponsoredQuery::default()).await.unwrap();
    assert_eq!((page.learners.rows.len(), page.follows), (1, false));
    let state = async || place.sponsor_of(&ada).await.map(|sponsor| sponsor.state);
    let ends =
        async |confirmed: bool| end_sponsored(services, &support, &place.slug, ada.person(), confirmed).await;
    assert!(is_missing(confirm_sponsored(services, &support, &place.slug, ada.person()).await));
    assert!(is_missing(ends(false).await));
    assert_eq!(state().await, Some(SponsorState::Asked));
    place.confirms(&ada).await.unwrap();
    assert!(is_missing(ends(true).await));
    assert_eq!(state().await, Some(SponsorState::Confirmed));
    // An administrator of the organisation answers for it, though they are support as well.
    place.world.grant(&support, Role::OrganisationAdministrator(place.organisation)).await;
    ends(true).await.unwrap();
    assert_eq!(state().await, Some(SponsorState::Ended));
}

/// The two end apart, and the letter about one of them says that the other stands.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_letter_about_a_membership_says_what_an_organisation_that_pays_still_sees(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    for (email, pays) in [("ada@home.example", true), ("grace@home.example", false)] {
        let learner = learner(&place, email).await;
        if pays {
            place.sponsors(&learner).await;
        }
        place.take(&format!("Name,E-mail\nSomebody,{email}\n")).await;
        answer_membership(services, &learner, place.organisation, true).await.unwrap();
        end_membership(services, &place.head, &place.slug, learner.person()).await.unwrap();
        run_ready(services).await.unwrap();
        let letters = place.world.letters();
        let told = letters
            .iter()
            .find(|letter| letter.contains(email) && letter.contains("You no longer belong to"));
        let told = told.unwrap();
        assert_eq!(told.contains("pays for you still"), pays, "{told}");
        assert_eq!(told.contains("does not see your progress any more"), !pays, "{told}");
    }
    assert_eq!(place.learners("").await[0].progress.len(), 1, "so it is");
}
