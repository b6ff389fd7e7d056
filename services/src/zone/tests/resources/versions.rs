//! A member suggests a new version of what is in the library, and a lead decides.

use super::*;

/// What is the same as `link`, but for its address.
fn other_link() -> NewVersion {
    NewVersion { url: "https://www.nice.org.uk/other".into(), ..NewVersion::default() }
}

impl Place {
    async fn suggest(&self, actor: &Actor, of: ResourceId, new: NewVersion) -> Result<Added> {
        let form = Some(FormToken(Uuid::now_v7()));
        add_version(&self.world.services, actor, &slug("north"), of, "The doses of 2027", new, form).await
    }

    async fn waiting(&self, actor: &Actor, of: ResourceId) -> Vec<ResourceId> {
        self.page(actor, of).await.unwrap().waiting
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_suggested_version_is_the_newest_when_a_lead_has_accepted_it_and_keeps_its_file(db: PgPool) {
    let place = Place::new(db.clone()).await;
    let guide = place.add(&place.lead, "Guide", link()).await.unwrap().resource;
    let sent = place.suggest(&place.ann, guide, pdf()).await.unwrap();
    assert_eq!(sent, Added { resource: guide, suggested: true });
    let waits = place.waiting(&place.ann, guide).await;
    assert_eq!((waits.len(), place.waiting(&place.lead, guide).await), (1, waits.clone()));
    let suggestion = waits[0];

    // Nobody else sees it, and what is in the library is as before.
    assert!(place.waiting(&place.ben, guide).await.is_empty());
    assert!(is_gone(place.page(&place.ben, suggestion).await));
    let page = place.page(&place.ben, guide).await.unwrap();
    assert_eq!(page.versions.len(), 1);
    assert!(matches!(page.card.thing, Thing::Link(_)));
    assert_eq!(place.titles(&place.ben, StateShown::Current).await, ["Guide"]);
    let own = place.list(&place.ann, &ResourcesQuery::default()).await.own;
    assert!(own.len() == 1 && own[0].new_version && own[0].title == "Guide", "{own:?}");
    let shown = place.page(&place.lead, suggestion).await.unwrap().card;
    assert_eq!((shown.version_of, shown.purpose.as_str()), (Some(guide), "The doses of 2027"));
    assert_eq!(place.titles(&place.lead, StateShown::Suggested).await, ["Guide"]);

    // Two presses make one version, and both lead to the same page.
    let (services, north) = (&place.world.services, slug("north"));
    for _ in 0..2 {
        let shown = decide(services, &place.lead, &north, suggestion, ResourceAct::Accept, "").await;
        assert_eq!(shown.unwrap(), guide);
    }
    let otherwise = place.decide(suggestion, ResourceAct::Decline, "No").await;
    assert_eq!(fields(otherwise), ["act"]);
    let page = place.page(&place.ben, guide).await.unwrap();
    let newest = &page.versions[0];
    assert_eq!((page.versions.len(), newest.number), (2, 2));
    assert_eq!(newest.change.as_deref(), Some("The doses of 2027"));
    assert_eq!(newest.by.as_ref().unwrap().id, place.in_north);
    assert_eq!(page.card.purpose, "To look things up");
    let read = file(services, &place.ben, &north, guide, newest.id, Part::File).await.unwrap();
    assert_eq!(services.files.get(read.key).await.unwrap(), PDF);
    let query =
        ResourcesQuery { filters: (KindShown::Document, StateShown::Current), ..ResourcesQuery::default() };
    assert_eq!(place.list(&place.ben, &query).await.resources.found, 1, "the filter goes by the newest");
    assert!(place.waiting(&place.lead, guide).await.is_empty());
    assert!(place.list(&place.ann, &ResourcesQuery::default()).await.own.is_empty());
    let lost: i64 = sqlx::query_scalar("select count(*) from files_to_delete where not_before is null")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(lost, 0);
    run_ready(services).await.unwrap();
    let letters = place.world.letters();
    assert_eq!(letters.len(), 1);
    for part in ["ann@north.example", "a new version of", &format!("/resources/{guide}")] {
        assert!(letters[0].contains(part), "{part}: {}", letters[0]);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_declined_version_is_read_with_its_reason_by_who_suggested_it(db: PgPool) {
    let place = Place::new(db).await;
    let guide = place.add(&place.lead, "Guide", link()).await.unwrap().resource;
    place.suggest(&place.ann, guide, other_link()).await.unwrap();
    let suggestion = place.waiting(&place.lead, guide).await[0];
    let (services, north) = (&place.world.services, slug("north"));
    for _ in 0..2 {
        let shown = decide(services, &place.lead, &north, suggestion, ResourceAct::Decline, "Too old").await;
        assert_eq!(shown.unwrap(), suggestion);
    }
    let own = place.list(&place.ann, &ResourcesQuery::default()).await.own;
    assert_eq!(own[0].reason.as_deref(), Some("Too old"));
    assert!(place.waiting(&place.ann, guide).await.is_empty());
    assert_eq!(place.page(&place.ben, guide).await.unwrap().versions.len(), 1);
    remove_for_good(services, &place.ann, &north, suggestion).await.unwrap();
    assert!(is_gone(place.page(&place.ann, suggestion).await));
    assert!(place.page(&place.ann, guide).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_member_suggests_versions_of_what_members_find_and_of_nothing_else(db: PgPool) {
    let place = Place::new(db).await;
    let (services, north) = (&place.world.services, slug("north"));
    let guide = place.add(&place.lead, "Guide", link()).await.unwrap().resource;
    let own = place.add(&place.ann, "Suggested", link()).await.unwrap().resource;
    assert!(is_gone(place.suggest(&place.ann, own, other_link()).await), "it waits itself");
    place.suggest(&place.ann, guide, other_link()).await.unwrap();
    let suggestion = place.waiting(&place.ann, guide).await[0];
    // No version of a version, nor other words for it, by a lead either.
    for actor in [&place.ann, &place.lead] {
        assert!(is_gone(place.suggest(actor, suggestion, link()).await));
    }
    assert!(is_gone(change(services, &place.lead, &north, suggestion, &said("Mine")).await));
    assert!(is_gone(place.suggest(&place.outside, guide, link()).await));
    place.decide(guide, ResourceAct::Retire, "Old").await.unwrap();
    assert!(is_gone(place.suggest(&place.ann, guide, other_link()).await), "it is retired");
    // What is removed takes its suggested versions with it.
    remove_for_good(services, &place.lead, &north, guide).await.unwrap();
    assert!(is_gone(place.page(&place.ann, suggestion).await));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_version_that_is_suggested_twice_waits_once_and_counts_among_those_that_wait(db: PgPool) {
    let place = Place::new(db).await;
    let guide = place.add(&place.lead, "Guide", link()).await.unwrap().resource;
    let (services, north) = (&place.world.services, slug("north"));
    let form = Some(FormToken(Uuid::now_v7()));
    for _ in 0..2 {
        add_version(services, &place.ann, &north, guide, "Newer", other_link(), form).await.unwrap();
    }
    assert_eq!(place.waiting(&place.ann, guide).await.len(), 1);
    for n in 1..20 {
        place.add(&place.ann, &format!("Guide {n}"), link()).await.unwrap();
    }
    assert_eq!(fields(place.suggest(&place.ann, guide, other_link()).await), ["url"]);
    place.suggest(&place.ben, guide, other_link()).await.unwrap();
}

/// The second wall lets a lead move a version, and nobody else.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_database_takes_a_suggested_version_for_the_role_of_the_application(db: PgPool) {
    let place = Place::new(db.clone()).await;
    let guide = place.add(&place.lead, "Guide", link()).await.unwrap().resource;
    let application = Application::new(&db, 2).await;
    let (services, north) = (&application.world.services, slug("north"));
    add_version(services, &place.ann, &north, guide, "Newer", pdf(), None).await.unwrap();
    let page = resource_page(services, &place.lead, &north, guide).await.unwrap();
    let mut member = services.begin().await.unwrap();
    place.ann.member_of(&mut member, &north).await.unwrap();
    let moved = sqlx::query(
        "update zone_resource_versions set resource_id = $1, number = 2, change = 'Mine' where number = 1",
    )
    .bind(guide.0)
    .execute(&mut *member)
    .await;
    assert_eq!(moved.unwrap().rows_affected(), 0);
    drop(member);
    decide(services, &place.lead, &north, page.waiting[0], ResourceAct::Accept, "").await.unwrap();
    assert_eq!(resource_page(services, &place.ben, &north, guide).await.unwrap().versions.len(), 2);
    application.end().await;
}
