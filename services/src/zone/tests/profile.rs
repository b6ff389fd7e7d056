use domain::{
    FieldProblem, FormToken, Problem,
    zone::{
        MemberId,
        profile::{MemberProfile, PictureId, ProfileTyped},
    },
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Error, Result,
    accounts::Actor,
    kit::files::delete_files,
    testing::{World, slug},
    zone::{
        pictures::{self, samples},
        profile::{member_page, preview, profile_page, save},
        testing::{area, join, lead},
    },
};

struct Place {
    world: World,
    ann: Actor,
    /// Ann in the area `north`.
    of_ann: MemberId,
    /// Another member there.
    ben: Actor,
    /// A lead of the area `south`.
    cat: Actor,
}

async fn place(db: PgPool) -> Place {
    let world = World::new(db);
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, ben, cat) = (
        world.learner("ann@north.example").await,
        world.learner("ben@north.example").await,
        world.learner("cat@south.example").await,
    );
    let of_ann = join(&world, north, &ann).await;
    join(&world, north, &ben).await;
    lead(&world, south, &cat).await;
    Place { world, ann, of_ann, ben, cat }
}

impl Place {
    async fn save(&self, typed: &ProfileTyped) -> Result<()> {
        save(&self.world.services, &self.ann, &slug("north"), typed).await
    }

    async fn seen_by(&self, reader: &Actor) -> Result<MemberProfile> {
        let page = member_page(&self.world.services, reader, &slug("north"), self.of_ann).await;
        page.map(|page| page.profile)
    }

    async fn bring(&self, form: Option<FormToken>, file: Vec<u8>) -> Result<()> {
        pictures::change(&self.world.services, &self.ann, &slug("north"), form, file).await
    }

    async fn picture_for(&self, reader: &Actor) -> Result<PictureId> {
        pictures::picture_of(&self.world.services, reader, &slug("north"), self.of_ann).await
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.world.services.db).await.unwrap()
    }
}

fn typed(version: u32) -> ProfileTyped {
    ProfileTyped {
        own_role: " Practice\u{a0}nurse ".into(),
        work_area: "General practice".into(),
        interests: "Asthma\r\nCOPD".into(),
        years_qualified: "12".into(),
        takes_messages: "true".into(),
        version: version.to_string(),
        ..ProfileTyped::default()
    }
}

fn changed_meanwhile(done: Result<()>) -> bool {
    matches!(done, Err(Error::Invalid(problems)) if matches!(
        problems.as_slice(),
        [FieldProblem { field, problem: Problem::ChangedMeanwhile { .. } }] if field == "changed"
    ))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_sends_many_pictures_waits_also_when_none_was_right(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let waits = async || match place.bring(None, b"x".to_vec()).await {
        Err(Error::Invalid(fields)) => fields[0].problem.message().contains("You have sent many pictures"),
        other => panic!("{other:?}"),
    };
    for _ in 0..3 {
        for _ in 0..20 {
            assert!(!waits().await, "twenty in an hour");
        }
        assert!(waits().await, "one more");
        // Asked before the file has arrived.
        let asked = pictures::may_bring(services, &place.ann, &slug("north")).await;
        assert!(matches!(&asked, Err(Error::Invalid(fields)) if fields[0].field == "picture"), "{asked:?}");
        pictures::may_bring(services, &place.ben, &slug("north")).await.unwrap();
        place.world.clock.advance(chrono::Duration::hours(1));
    }
    assert!(waits().await, "sixty in a day");
    place.world.clock.advance(chrono::Duration::hours(22));
    assert!(!waits().await, "the first are a day old");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn looking_at_what_is_typed_saves_nothing_and_says_what_is_wrong(db: PgPool) {
    let place = place(db).await;
    let (services, north) = (&place.world.services, slug("north"));
    let before = place.seen_by(&place.ben).await.unwrap();
    preview(services, &place.ann, &north, &typed(0)).await.unwrap();
    assert_eq!(place.seen_by(&place.ben).await.unwrap(), before);
    assert_eq!(profile_page(services, &place.ann, &north).await.unwrap().version, 0);
    assert_eq!(
        place.number("select count(*) from audit_events where action = 'zone.profile_changed'").await,
        0
    );
    let wrong = ProfileTyped { years_qualified: "many".into(), ..typed(0) };
    let refused = preview(services, &place.ann, &north, &wrong).await;
    assert!(
        matches!(&refused, Err(Error::Invalid(fields)) if fields[0].field == "years_qualified"),
        "{refused:?}"
    );
    assert!(matches!(preview(services, &place.cat, &north, &typed(0)).await, Err(Error::NotFound)));
    place.save(&typed(0)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn others_of_the_area_see_what_is_filled_in_and_nothing_else(db: PgPool) {
    let place = place(db).await;
    let blank = place.seen_by(&place.ben).await.unwrap();
    let nothing = MemberProfile {
        member: place.of_ann,
        name: "ann@north.example".into(),
        role: None,
        work_area: None,
        place: None,
        about: None,
        interests: None,
        years_qualified: None,
        picture: None,
        email: None,
        telephone: None,
        takes_messages: true,
        own_views: false,
    };
    assert_eq!(blank, nothing);
    place.save(&typed(0)).await.unwrap();
    let filled = MemberProfile {
        role: Some("Practice nurse".into()),
        work_area: Some("General practice".into()),
        interests: Some("Asthma\nCOPD".into()),
        years_qualified: Some(12),
        ..nothing.clone()
    };
    assert_eq!(place.seen_by(&place.ben).await.unwrap(), filled);
    // The preview is what others see.
    let own = profile_page(&place.world.services, &place.ann, &slug("north")).await.unwrap();
    assert_eq!((own.seen, own.version, own.email.as_str()), (filled, 1, "ann@north.example"));
    // What is taken out again is gone, and so is a way of contact that is not chosen any more.
    let chosen = ProfileTyped {
        shows_email: "true".into(),
        own_views: "true".into(),
        telephone: "0161 496 0000".into(),
        version: "1".into(),
        ..ProfileTyped::default()
    };
    place.save(&chosen).await.unwrap();
    let shown = MemberProfile {
        email: Some("ann@north.example".into()),
        telephone: Some("0161 496 0000".into()),
        own_views: true,
        takes_messages: false,
        ..nothing.clone()
    };
    assert_eq!(place.seen_by(&place.ben).await.unwrap(), shown);
    place.save(&ProfileTyped { version: "2".into(), ..ProfileTyped::default() }).await.unwrap();
    assert_eq!(place.seen_by(&place.ben).await.unwrap(), MemberProfile { takes_messages: false, ..nothing });
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_but_members_of_the_area_sees_a_profile_or_a_picture(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    place.bring(None, samples::jpeg(&samples::halves(20))).await.unwrap();
    let dan = place.world.learner("dan@north.example").await;
    for reader in [&place.cat, &dan] {
        assert!(matches!(place.seen_by(reader).await, Err(Error::NotFound)));
        assert!(matches!(place.picture_for(reader).await, Err(Error::NotFound)));
        assert!(matches!(profile_page(services, reader, &slug("north")).await, Err(Error::NotFound)));
        let saved = save(services, reader, &slug("north"), &typed(0)).await;
        assert!(matches!(saved, Err(Error::NotFound)));
        let brought = pictures::change(services, reader, &slug("north"), None, b"x".to_vec()).await;
        assert!(matches!(brought, Err(Error::NotFound)));
        assert!(matches!(pictures::remove(services, reader, &slug("north")).await, Err(Error::NotFound)));
    }
    // Nor through their own area.
    let through = member_page(services, &place.cat, &slug("south"), place.of_ann).await;
    assert!(matches!(through, Err(Error::NotFound)));
    let through = pictures::picture_of(services, &place.cat, &slug("south"), place.of_ann).await;
    assert!(matches!(through, Err(Error::NotFound)));
    let unknown = member_page(services, &place.ben, &slug("north"), MemberId(Uuid::now_v7())).await;
    assert!(matches!(unknown, Err(Error::NotFound)));
    assert!(place.picture_for(&place.ben).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_profile_that_was_changed_in_another_window_is_not_overwritten(db: PgPool) {
    let place = place(db).await;
    place.save(&typed(0)).await.unwrap();
    // The same once more is a button pressed twice.
    place.save(&typed(0)).await.unwrap();
    assert_eq!(place.number("select version from zone_profiles where role is not null").await, 1);
    let other = ProfileTyped { own_role: "Pharmacist".into(), ..typed(0) };
    assert!(changed_meanwhile(place.save(&other).await));
    assert!(changed_meanwhile(place.save(&ProfileTyped { version: String::new(), ..typed(0) }).await));
    assert_eq!(place.seen_by(&place.ben).await.unwrap().role.as_deref(), Some("Practice nurse"));
    place.save(&ProfileTyped { version: "1".into(), ..other }).await.unwrap();
    assert_eq!(place.seen_by(&place.ben).await.unwrap().role.as_deref(), Some("Pharmacist"));
    assert_eq!(
        place.number("select count(*) from audit_events where action = 'zone.profile_changed'").await,
        2
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_refused_form_changes_nothing(db: PgPool) {
    let place = place(db).await;
    let wrong = ProfileTyped { workplace: "x".repeat(201), years_qualified: "many".into(), ..typed(0) };
    let Err(Error::Invalid(problems)) = place.save(&wrong).await else { panic!("it was taken") };
    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["workplace", "years_qualified"]);
    assert_eq!(place.seen_by(&place.ben).await.unwrap().role, None);
    place.save(&typed(0)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_picture_is_there_until_it_is_replaced_or_removed(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    assert!(matches!(place.picture_for(&place.ben).await, Err(Error::NotFound)));
    let file = samples::with_exif(&samples::jpeg(&samples::halves(20)), 6);
    place.bring(None, file.clone()).await.unwrap();
    let first = place.picture_for(&place.ben).await.unwrap();
    assert_eq!(place.seen_by(&place.ben).await.unwrap().picture, Some(first));
    let bytes = pictures::bytes_of(services, first).await.unwrap();
    let secret = samples::SECRET.as_bytes();
    assert!(file.windows(secret.len()).any(|part| part == secret));
    assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    place
        .bring(None, samples::png(&image::DynamicImage::ImageRgb8(samples::halves(20)), None))
        .await
        .unwrap();
    let second = place.picture_for(&place.ben).await.unwrap();
    assert_ne!(first, second);
    // The file of the first one goes, and only that.
    assert_eq!(delete_files(services).await.unwrap(), 1);
    assert!(matches!(pictures::bytes_of(services, first).await, Err(Error::NotFound)));
    assert!(pictures::bytes_of(services, second).await.is_ok());
    for _ in 0..2 {
        pictures::remove(services, &place.ann, &slug("north")).await.unwrap();
        assert!(matches!(place.picture_for(&place.ben).await, Err(Error::NotFound)));
    }
    assert_eq!(delete_files(services).await.unwrap(), 1);
    assert!(matches!(pictures::bytes_of(services, second).await, Err(Error::NotFound)));
    assert_eq!(
        place.number("select count(*) from audit_events where action = 'zone.picture_removed'").await,
        1
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_form_of_a_picture_acts_once_and_a_wrong_file_leaves_the_one_before(db: PgPool) {
    let place = place(db).await;
    let (form, file) = (Some(FormToken(Uuid::now_v7())), samples::jpeg(&samples::halves(20)));
    place.bring(form, file.clone()).await.unwrap();
    let first = place.picture_for(&place.ben).await.unwrap();
    place.bring(form, file).await.unwrap();
    assert_eq!(place.picture_for(&place.ben).await.unwrap(), first);
    let Err(Error::Invalid(problems)) = place.bring(None, b"no picture".to_vec()).await else {
        panic!("it was taken")
    };
    assert_eq!(problems[0].field, "picture");
    let large = vec![0; pictures::MOST_BYTES + 1];
    assert!(matches!(place.bring(None, large).await, Err(Error::Invalid(_))));
    assert_eq!(place.picture_for(&place.ben).await.unwrap(), first);
    // What the second press has stored is deleted after a while.
    place.world.clock.advance(chrono::Duration::hours(1));
    assert_eq!(delete_files(&place.world.services).await.unwrap(), 1);
    assert!(pictures::bytes_of(&place.world.services, first).await.is_ok());
    // Whoever goes back and chooses another picture sends another form.
    place.bring(form, samples::jpeg(&samples::halves(30))).await.unwrap();
    assert_ne!(place.picture_for(&place.ben).await.unwrap(), first);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn with_the_membership_the_profile_and_its_picture_are_gone(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    place.bring(None, samples::jpeg(&samples::halves(20))).await.unwrap();
    let picture = place.picture_for(&place.ben).await.unwrap();
    sqlx::query("delete from zone_members where id = $1")
        .bind(place.of_ann.0)
        .execute(&services.db)
        .await
        .unwrap();
    assert!(matches!(place.seen_by(&place.ben).await, Err(Error::NotFound)));
    assert!(matches!(place.picture_for(&place.ben).await, Err(Error::NotFound)));
    assert!(matches!(place.picture_for(&place.ann).await, Err(Error::NotFound)));
    assert_eq!(delete_files(services).await.unwrap(), 1);
    assert!(matches!(pictures::bytes_of(services, picture).await, Err(Error::NotFound)));
}
