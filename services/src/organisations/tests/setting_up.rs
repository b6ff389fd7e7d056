//! An organisation and its first administrator, its cohorts and their tutors, and who sees none of it.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn other_organisations_see_nothing_and_support_gives_a_reason(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let page = place.upload(THREE).await;
    let (slug_of_place, id) = (&place.slug, page.upload.id);
    place.world.cohort("Coast", "Autumn").await;
    let coast = of(&place.world, "Coast").await;
    let other = place.world.learner("head@coast.example").await;
    place.world.grant(&other, Role::OrganisationAdministrator(coast)).await;
    let setter = place.world.learner("setter@north.example").await;
    place.world.grant(&setter, Role::PaperSetter(place.organisation)).await;
    for actor in [&other, &setter] {
        let rows = RowsQuery::default();
        assert!(matches!(organisation_page(services, actor, slug_of_place).await, Err(Error::NotFound)));
        assert!(matches!(upload_page(services, actor, slug_of_place, id, &rows).await, Err(Error::NotFound)));
        assert!(matches!(confirm_upload(services, actor, slug_of_place, id, 1).await, Err(Error::NotFound)));
    }
    // Nor by the address of an organisation that is theirs.
    let theirs = slug("coast");
    assert!(matches!(
        upload_page(services, &other, &theirs, id, &RowsQuery::default()).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(confirm_upload(services, &other, &theirs, id, 1).await, Err(Error::NotFound)));
    assert!(matches!(discard_upload(services, &other, &theirs, id).await, Err(Error::NotFound)));
    assert!(matches!(failed_rows_file(services, &other, &theirs, id).await, Err(Error::NotFound)));
    let file = FileSaid { fields: vec!["email".into()], ..FileSaid::default() };
    let matched = match_columns(services, &other, &theirs, id, 1, file).await;
    assert!(matches!(matched, Err(Error::NotFound)));

    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let about = LookedAt::Members(place.organisation);
    let asked = organisation_page(services, &support, slug_of_place).await;
    assert!(matches!(asked, Err(Error::ReasonNeeded(what)) if what == about));
    give_reason(services, &support, about, "Asked to help with an upload").await.unwrap();
    assert_eq!(organisation_page(services, &support, slug_of_place).await.unwrap().waiting, 1);
    let elsewhere = organisation_page(services, &support, &theirs).await;
    assert!(matches!(elsewhere, Err(Error::ReasonNeeded(_))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn tutors_are_named_from_the_organisations_people_and_with_a_reason(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (head, at, cohort) = (&place.head, &place.slug, place.cohort.id);
    place.take("Name,E-mail\nTess Tutor,tess@x.example\n").await;
    place.world.learner("stranger@x.example").await;
    let give =
        async |email: &str, why: &str| cohorts::give_tutor(services, head, at, cohort, email, why).await;
    for unknown in ["stranger@x.example", "nobody@x.example"] {
        let refused = problems(give(unknown, "").await);
        assert_eq!(
            refused,
            [
                FieldProblem::new("email", Problem::MemberUnknown),
                FieldProblem::new("reason", Problem::ReasonMissing)
            ]
        );
    }
    give("tess@x.example", "Leads the module").await.unwrap();
    let page = cohorts::cohort_tutors(services, head, at, cohort).await.unwrap();
    let tutor = &page.tutors[0];
    assert_eq!((tutor.name.as_str(), tutor.reason.as_str()), ("Tess Tutor", "Leads the module"));
    assert_eq!(tutor.by.as_deref(), Some("head@north.example"));
    let person: PersonId = tutor.person.parse().unwrap();
    let take_back = async |why: &str| cohorts::take_back_tutor(services, head, at, cohort, person, why).await;
    assert_eq!(problems(take_back(" ").await)[0].field, format!("reason-{person}"));
    take_back("Has left").await.unwrap();
    place.world.clock.advance(chrono::Duration::minutes(1));
    assert!(matches!(take_back("Has left").await, Err(Error::NotFound)));
    assert!(cohorts::cohort_tutors(services, head, at, cohort).await.unwrap().tutors.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_has_a_course_and_days_in_order(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let make = async |form: cohorts::CohortForm| {
        cohorts::make_cohort(services, &place.head, &place.slug, &form).await
    };
    let spring = cohorts::CohortForm {
        name: "Spring".into(),
        course: "nmp".into(),
        starts_on: "2027-02-01".into(),
        ends_on: "2027-01-01".into(),
        access_until: "soon".into(),
        ..cohorts::CohortForm::default()
    };
    let refused = problems(make(spring.clone()).await);
    assert_eq!(
        refused,
        [
            FieldProblem::new("access_until", Problem::DayInvalid),
            FieldProblem::new("ends_on", Problem::DaysOutOfOrder)
        ]
    );
    let spring = cohorts::CohortForm { ends_on: "1/7/2027".into(), access_until: String::new(), ..spring };
    make(spring.clone()).await.unwrap();
    let other = cohorts::CohortForm { ends_on: String::new(), ..spring };
    assert_eq!(problems(make(other).await), [FieldProblem::new("name", Problem::CohortNameTaken)]);
    let refused = problems(make(cohorts::CohortForm::default()).await);
    assert_eq!(
        refused,
        [
            FieldProblem::new("name", Problem::NameMissing),
            FieldProblem::new("course", Problem::ChoiceMissing)
        ]
    );
    let page = cohorts::organisation_cohorts(services, &place.head, &place.slug).await.unwrap();
    let ends =
        page.cohorts.iter().find(|cohort| cohort.name == "Spring").map(|cohort| cohort.ends_on.as_deref());
    assert_eq!((page.all, ends), (2, Some(Some("1 July 2027"))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_is_made_with_its_first_administrator(db: PgPool) {
    let world = World::new(db);
    let email = EmailAddress::parse("head@south.example").unwrap();
    let south = slug("south");
    let new = NewOrganisation {
        name: "South Trust",
        kind: OrganisationKind::Employer,
        slug: &south,
        administrator: &email,
        administrator_name: "Head of South",
        reason: "Contract of 2026",
    };
    create_organisation(&world.services, new).await.unwrap();
    run_ready(&world.services).await.unwrap();
    assert_eq!(world.letters().len(), 1);
    let head = world.learner("head@south.example").await;
    let page = organisation_page(&world.services, &head, &south).await.unwrap();
    assert_eq!(
        (page.head.name.as_str(), page.kind, page.active, page.pending),
        ("South Trust", OrganisationKind::Employer, 0, 1)
    );
    assert!(matches!(create_organisation(&world.services, new).await, Err(NotMade::Taken)));
    let other = NewOrganisation { name: "Another", ..new };
    assert!(matches!(create_organisation(&world.services, other).await, Err(NotMade::Taken)));
    let why: String =
        sqlx::query_scalar("select reason from grants").fetch_one(&world.services.db).await.unwrap();
    assert_eq!(why, "Contract of 2026");
    let noted: i64 =
        sqlx::query_scalar("select count(*) from audit_events where action = 'organisations.created'")
            .fetch_one(&world.services.db)
            .await
            .unwrap();
    assert_eq!(noted, 1);
}
