mod versions;

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    FormToken, Problem,
    kit::list::Choice,
    zone::{
        AreaId, MemberId,
        resources::{
            CaptionLanguage, FileType, KindShown, ResourceAct, ResourceId, ResourcePage, ResourceSort,
            ResourceState, Resources, ResourcesQuery, StateShown, Thing,
        },
    },
};
use futures::future::join_all;
use sqlx::PgPool;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use uuid::Uuid;

use crate::{
    Error, Result,
    accounts::Actor,
    kit::{jobs::run_ready, scanner::Scanner},
    testing::{Application, World, in_order, key_of, slug},
    zone::{
        contacts::{ContactSaid, add_service},
        home::area_home,
        pictures::samples,
        resources::{
            Added, NewVersion, Part, Reading, Said, add, add_version, change, decide, file, remove_for_good,
            resource_page, resources_page,
        },
        testing::{area, join, lead},
    },
};

const PDF: &[u8] = b"%PDF-1.7\nA guide\n%%EOF";
const CAPTIONS: &[u8] = b"WEBVTT\n\n00:01.000 --> 00:04.000\nGood morning\n";
const MP4: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41";

/// An area with a lead and two members, and somebody who leads another area.
struct Place {
    world: World,
    north: AreaId,
    lead: Actor,
    ann: Actor,
    in_north: MemberId,
    ben: Actor,
    outside: Actor,
}

impl Place {
    async fn new(db: PgPool) -> Self {
        let world = World::new(db);
        let (north, south) = (area(&world, "north").await, area(&world, "south").await);
        let [leads, ann, ben, outside] = [
            world.learner("lead@north.example").await,
            world.learner("ann@north.example").await,
            world.learner("ben@north.example").await,
            world.learner("cat@south.example").await,
        ];
        lead(&world, north, &leads).await;
        let in_north = join(&world, north, &ann).await;
        join(&world, north, &ben).await;
        lead(&world, south, &outside).await;
        Self { world, north, lead: leads, ann, in_north, ben, outside }
    }

    async fn add(&self, actor: &Actor, title: &str, new: NewVersion) -> Result<Added> {
        let form = Some(FormToken(Uuid::now_v7()));
        add(&self.world.services, actor, &slug("north"), said(title), new, form).await
    }

    async fn list(&self, actor: &Actor, query: &ResourcesQuery) -> Resources {
        resources_page(&self.world.services, actor, &slug("north"), query).await.unwrap()
    }

    /// The titles that somebody finds in this state.
    async fn titles(&self, actor: &Actor, state: StateShown) -> Vec<String> {
        let query = ResourcesQuery { filters: (KindShown::All, state), ..ResourcesQuery::default() };
        let page = self.list(actor, &query).await;
        page.resources.rows.into_iter().map(|card| card.title).collect()
    }

    async fn page(&self, actor: &Actor, resource: ResourceId) -> Result<ResourcePage> {
        resource_page(&self.world.services, actor, &slug("north"), resource).await
    }

    async fn bytes(&self, reading: &Reading) -> Vec<u8> {
        self.world.services.files.get(reading.key).await.unwrap()
    }

    async fn decide(&self, resource: ResourceId, act: ResourceAct, reason: &str) -> Result<()> {
        decide(&self.world.services, &self.lead, &slug("north"), resource, act, reason).await.map(drop)
    }
}

fn said(title: &str) -> Said {
    Said {
        title: title.into(),
        purpose: "To look things up".into(),
        owner: String::new(),
        review_on: "2027-11-22".into(),
    }
}

fn link() -> NewVersion {
    NewVersion { url: "https://www.nice.org.uk/guidance".into(), ..NewVersion::default() }
}

fn pdf() -> NewVersion {
    NewVersion { file: PDF.to_vec(), ..NewVersion::default() }
}

fn fields<T: std::fmt::Debug>(refused: Result<T>) -> Vec<String> {
    match refused {
        Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

fn is_gone<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_a_member_suggests_is_found_by_others_when_a_lead_has_accepted_it(db: PgPool) {
    let place = Place::new(db).await;
    let added = place.add(&place.ann, "Guide", link()).await.unwrap();
    assert!(added.suggested);
    let guide = added.resource;
    for shown in StateShown::ALL.iter().copied() {
        assert!(place.titles(&place.ben, shown).await.is_empty(), "{shown:?}");
    }
    assert!(is_gone(place.page(&place.ben, guide).await));
    let own = place.list(&place.ann, &ResourcesQuery::default()).await.own;
    assert_eq!((own.len(), own[0].id, own[0].state), (1, guide, ResourceState::Suggested));
    assert!(place.page(&place.ann, guide).await.unwrap().own);
    assert_eq!(place.titles(&place.lead, StateShown::Suggested).await, ["Guide"]);
    let of_lead = place.list(&place.lead, &ResourcesQuery::default()).await;
    assert_eq!((of_lead.waiting, of_lead.resources.in_all), (1, 0));
    // The page of the area says it too, to leads alone.
    let waiting = async |actor: &Actor| {
        area_home(&place.world.services, actor, &slug("north")).await.unwrap().suggestions
    };
    assert_eq!((waiting(&place.lead).await, waiting(&place.ann).await), (1, 0));
    assert_eq!(place.list(&place.ann, &ResourcesQuery::default()).await.waiting, 0);

    for _ in 0..2 {
        place.decide(guide, ResourceAct::Accept, "").await.unwrap();
    }
    assert_eq!(waiting(&place.lead).await, 0);
    assert_eq!(place.titles(&place.ben, StateShown::Current).await, ["Guide"]);
    assert!(place.page(&place.ben, guide).await.is_ok());
    run_ready(&place.world.services).await.unwrap();
    let letters = place.world.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("ann@north.example") && letters[0].contains("accepted"), "{}", letters[0]);
    let otherwise = place.decide(guide, ResourceAct::Decline, "No").await;
    assert_eq!(fields(otherwise), ["act"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_suggested_reads_why_it_is_declined_and_nobody_else_sees_it(db: PgPool) {
    let place = Place::new(db.clone()).await;
    let guide = place.add(&place.ann, "Guide", pdf()).await.unwrap().resource;
    assert_eq!(fields(place.decide(guide, ResourceAct::Decline, " \u{200b}").await), ["decline_reason"]);
    for _ in 0..2 {
        place.decide(guide, ResourceAct::Decline, "It is out of date").await.unwrap();
    }
    let own = place.list(&place.ann, &ResourcesQuery::default()).await.own;
    assert_eq!(own[0].reason.as_deref(), Some("It is out of date"));
    assert!(is_gone(place.page(&place.ben, guide).await));
    run_ready(&place.world.services).await.unwrap();
    let letters = place.world.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("It is out of date"), "{}", letters[0]);

    // They remove it for good, and its file goes.
    let remove =
        async |actor: &Actor| remove_for_good(&place.world.services, actor, &slug("north"), guide).await;
    remove(&place.ben).await.unwrap();
    assert!(place.page(&place.ann, guide).await.is_ok());
    for _ in 0..2 {
        remove(&place.ann).await.unwrap();
    }
    assert!(is_gone(place.page(&place.lead, guide).await));
    let gone: i64 = sqlx::query_scalar("select count(*) from files_to_delete where not_before is null")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(gone, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_retired_is_found_by_leads_only_until_it_is_brought_back(db: PgPool) {
    let place = Place::new(db).await;
    let guide = place.add(&place.lead, "Guide", pdf()).await.unwrap();
    assert!(!guide.suggested);
    let guide = guide.resource;
    let version = place.page(&place.ann, guide).await.unwrap().versions[0].id;
    let read = async |actor: &Actor| {
        file(&place.world.services, actor, &slug("north"), guide, version, Part::File).await
    };
    let reading = read(&place.ann).await.unwrap();
    assert_eq!((place.bytes(&reading).await.as_slice(), reading.extension), (PDF, "pdf"));
    assert_eq!(reading.content_type, FileType::Pdf.content_type());
    // In use, it is not removed.
    let removed = remove_for_good(&place.world.services, &place.lead, &slug("north"), guide).await;
    assert_eq!(fields(removed), ["remove"]);

    assert_eq!(fields(place.decide(guide, ResourceAct::Retire, "").await), ["retire_reason"]);
    place.decide(guide, ResourceAct::Retire, "There is a better one").await.unwrap();
    assert!(is_gone(place.page(&place.ann, guide).await) && is_gone(read(&place.ann).await));
    for shown in StateShown::ALL.iter().copied() {
        assert!(place.titles(&place.ann, shown).await.is_empty(), "{shown:?}");
    }
    assert_eq!(place.titles(&place.lead, StateShown::Retired).await, ["Guide"]);
    let page = place.page(&place.lead, guide).await.unwrap();
    assert_eq!(page.reason.as_deref(), Some("There is a better one"));
    assert!(read(&place.lead).await.is_ok());

    place.decide(guide, ResourceAct::BringBack, "").await.unwrap();
    assert_eq!(place.page(&place.ann, guide).await.unwrap().reason, None);
    assert!(read(&place.ann).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_outside_the_area_finds_or_changes_anything_of_its_library(db: PgPool) {
    let place = Place::new(db).await;
    let guide = place.add(&place.lead, "Guide", pdf()).await.unwrap().resource;
    let version = place.page(&place.lead, guide).await.unwrap().versions[0].id;
    let (services, cat) = (&place.world.services, &place.outside);
    for of in ["north", "south", "nowhere"] {
        let of = slug(of);
        assert!(is_gone(resource_page(services, cat, &of, guide).await), "{of}");
        assert!(is_gone(file(services, cat, &of, guide, version, Part::File).await), "{of}");
        assert!(is_gone(decide(services, cat, &of, guide, ResourceAct::Retire, "Mine").await), "{of}");
        assert!(is_gone(change(services, cat, &of, guide, &said("Mine")).await), "{of}");
        assert!(is_gone(add_version(services, cat, &of, guide, "Mine", link(), None).await), "{of}");
    }
    assert!(is_gone(resources_page(services, cat, &slug("north"), &ResourcesQuery::default()).await));
    assert!(is_gone(add(services, cat, &slug("north"), said("Mine"), link(), None).await));
    let elsewhere = resources_page(services, cat, &slug("south"), &ResourcesQuery::default()).await.unwrap();
    assert_eq!(elsewhere.resources.in_all, 0);
    // Who owns something of an area is of the area.
    let theirs = Said { owner: "ann@north.example".into(), ..said("Theirs") };
    assert_eq!(fields(add(services, cat, &slug("south"), theirs, link(), None).await), ["owner"]);

    // Nor do members who do not lead it.
    for act in ResourceAct::ALL {
        assert!(is_gone(decide(services, &place.ann, &slug("north"), guide, act, "Mine").await), "{act:?}");
    }
    assert!(is_gone(change(services, &place.ann, &slug("north"), guide, &said("Mine")).await));
    // What they send of a version is a suggestion.
    let sent = add_version(services, &place.ann, &slug("north"), guide, "Mine", link(), None).await;
    assert!(sent.unwrap().suggested);
    assert_eq!(place.page(&place.ann, guide).await.unwrap().versions.len(), 1);
    assert_eq!(place.page(&place.ann, guide).await.unwrap().card.title, "Guide");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_file_is_taken_by_its_content_and_a_video_with_its_captions(db: PgPool) {
    let place = Place::new(db).await;
    let sent = async |new: NewVersion| place.add(&place.lead, "Guide", new).await;
    let of = |bytes: &[u8]| NewVersion { file: bytes.to_vec(), ..NewVersion::default() };
    assert_eq!(fields(sent(NewVersion::default()).await), ["url"]);
    assert_eq!(fields(sent(NewVersion { url: link().url, ..pdf() }).await), ["file"]);
    assert_eq!(fields(sent(NewVersion { url: "http://a.example".into(), ..pdf() }).await), ["file"]);
    let plain = NewVersion { url: "http://nice.org.uk".into(), ..NewVersion::default() };
    assert_eq!(fields(sent(plain).await), ["url"]);
    for wrong in [b"<html></html>".as_slice(), b"MZ\x90\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] {
        assert_eq!(fields(sent(of(wrong)).await), ["file"]);
    }
    let mut large = PDF.to_vec();
    large.resize(25_000_001, b' ');
    assert_eq!(fields(sent(of(&large)).await), ["file"]);
    assert_eq!(fields(sent(of(MP4)).await), ["captions"]);
    let bare = NewVersion { captions: b"1\n00:00:01,000 --> 00:00:04,000\nNo".to_vec(), ..of(MP4) };
    assert_eq!(fields(sent(bare).await), ["captions"]);
    assert!(place.titles(&place.lead, StateShown::Current).await.is_empty());

    let with =
        |language: &str| NewVersion { captions: CAPTIONS.to_vec(), language: language.into(), ..of(MP4) };
    assert_eq!(fields(sent(with("tlh")).await), ["captions_language"]);
    // A form of the version before does not say which.
    for (tag, language) in [("cy", CaptionLanguage::Welsh), ("", CaptionLanguage::English)] {
        let video = sent(with(tag)).await.unwrap().resource;
        assert_eq!(place.page(&place.ann, video).await.unwrap().versions[0].captions, language);
    }
    let video = sent(with("en-GB")).await.unwrap().resource;
    let version = place.page(&place.ann, video).await.unwrap().versions[0].id;
    let captions =
        file(&place.world.services, &place.ann, &slug("north"), video, version, Part::Captions).await;
    let captions = captions.unwrap();
    let bytes = place.bytes(&captions).await;
    assert_eq!((bytes.as_slice(), captions.content_type), (CAPTIONS, "text/vtt; charset=utf-8"));
    // A link has no file.
    let page = sent(link()).await.unwrap().resource;
    let version = place.page(&place.ann, page).await.unwrap().versions[0].id;
    for part in [Part::File, Part::Captions] {
        let none = file(&place.world.services, &place.ann, &slug("north"), page, version, part).await;
        assert!(is_gone(none), "{part:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn leads_are_told_once_in_the_morning_what_waits_in_the_library(db: PgPool) {
    let place = Place::new(db.clone()).await;
    let services = &place.world.services;
    let told =
        || place.world.letters().iter().filter(|letter| letter.contains("For the library of north")).count();
    let queued = async || -> i64 {
        let of_kind = "select count(*) from jobs where kind = 'tell_suggestions'";
        sqlx::query_scalar(of_kind).fetch_one(&db).await.unwrap()
    };
    let morning = async || {
        let due = "update jobs set run_at = clock_timestamp() where kind = 'tell_suggestions'";
        sqlx::query(due).execute(&db).await.unwrap();
        run_ready(services).await.unwrap();
    };
    place.add(&place.lead, "Of a lead", link()).await.unwrap();
    assert_eq!(queued().await, 0, "nothing waits");
    let mut suggested = Vec::new();
    for title in ["One", "Two"] {
        suggested.push(place.add(&place.ann, title, link()).await.unwrap().resource);
    }
    run_ready(services).await.unwrap();
    assert_eq!((told(), queued().await), (0, 1), "in the morning, together");
    morning().await;
    assert_eq!((told(), queued().await), (1, 0), "the lead, and no member");
    assert!(place.world.letters().iter().any(|letter| letter.contains("2 suggestions")));
    morning().await;
    assert_eq!(told(), 1, "nothing was suggested since");
    // What does not wait any more is not told.
    suggested.push(place.add(&place.ann, "Three", link()).await.unwrap().resource);
    for resource in suggested {
        remove_for_good(services, &place.ann, &slug("north"), resource).await.unwrap();
    }
    morning().await;
    assert_eq!((told(), queued().await), (1, 0));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_sends_many_files_waits_and_gives_links_meanwhile(db: PgPool) {
    let place = Place::new(db).await;
    let nothing = || NewVersion { file: b"MZ".to_vec(), ..NewVersion::default() };
    let waits = async || match place.add(&place.lead, "Guide", nothing()).await {
        Err(Error::Invalid(fields)) => fields[0].problem.message().contains("You have sent many files"),
        other => panic!("{other:?}"),
    };
    for _ in 0..60 {
        assert!(!waits().await, "sixty in an hour");
    }
    assert!(waits().await, "one more");
    place.add(&place.lead, "Guide", link()).await.unwrap();
    assert_eq!(fields(place.add(&place.ann, "Guide", nothing()).await), ["file"], "somebody else");
    place.world.clock.advance(Duration::hours(1));
    assert!(!waits().await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_video_loses_what_the_camera_wrote_beside_its_pictures(db: PgPool) {
    let place = Place::new(db).await;
    let of = |film: Vec<u8>| NewVersion { file: film, captions: CAPTIONS.to_vec(), ..NewVersion::default() };
    let film = [MP4, b"\0\0\0\x12udta+55.95-3.1"].concat();
    let added = place.add(&place.lead, "Film", of(film.clone())).await.unwrap().resource;
    let version = place.page(&place.ann, added).await.unwrap().versions[0].id;
    let read = file(&place.world.services, &place.ann, &slug("north"), added, version, Part::File).await;
    let kept = place.bytes(&read.unwrap()).await;
    assert_eq!((kept.len(), kept.starts_with(MP4)), (film.len(), true));
    assert!(!kept.windows(6).any(|part| part == b"+55.95"));
    // One of which nobody knows what is in it.
    let damaged = [MP4, b"\0\0\x01\0udta"].concat();
    assert_eq!(fields(place.add(&place.lead, "Film", of(damaged)).await), ["file"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_image_loses_what_the_camera_wrote_and_says_what_it_shows(db: PgPool) {
    let place = Place::new(db).await;
    let photograph = samples::with_exif(&samples::jpeg(&samples::halves(80)), 1);
    let tells =
        |bytes: &[u8]| bytes.windows(samples::SECRET.len()).any(|part| part == samples::SECRET.as_bytes());
    assert!(tells(&photograph));
    let of = |alt: &str| NewVersion { file: photograph.clone(), alt: alt.into(), ..NewVersion::default() };
    assert_eq!(fields(place.add(&place.lead, "Photograph", of("  ")).await), ["alt"]);
    let added = place.add(&place.lead, "Photograph", of("A red and a blue half")).await.unwrap().resource;
    let page = place.page(&place.ann, added).await.unwrap();
    let Thing::File { kind, alt, .. } = &page.card.thing else { panic!("{:?}", page.card.thing) };
    assert_eq!((*kind, alt.as_deref()), (FileType::Jpg, Some("A red and a blue half")));
    let version = page.versions[0].id;
    let read = file(&place.world.services, &place.ann, &slug("north"), added, version, Part::File).await;
    assert!(!tells(&place.bytes(&read.unwrap()).await));
}

/// Answers one file with this text.
async fn scanner(answer: &'static str) -> Scanner {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scanner = Scanner::Tcp(listener.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 10]).await.unwrap();
        loop {
            match stream.read_u32().await.unwrap() {
                0 => break,
                length => {
                    let mut chunk = vec![0; usize::try_from(length).unwrap()];
                    stream.read_exact(&mut chunk).await.unwrap();
                }
            }
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    scanner
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_file_that_the_scanner_refuses_or_cannot_scan_is_not_kept(db: PgPool) {
    let mut place = Place::new(db.clone()).await;
    for (answer, taken) in [
        ("stream: Eicar-Test-Signature FOUND\0", false),
        ("INSTREAM size limit exceeded. ERROR\0", false),
        ("stream: OK\0", true),
    ] {
        place.world.services.scanner = scanner(answer).await;
        let sent = place.add(&place.lead, "Guide", pdf()).await;
        if !taken {
            assert_eq!(fields(sent), ["file"], "{answer}");
        }
        let found = place.titles(&place.lead, StateShown::Current).await;
        assert_eq!(found.is_empty(), !taken, "{answer}");
    }
    // Of those that are not taken, nothing was ever stored.
    let stored: i64 =
        sqlx::query_scalar("select count(*) from files_to_delete").fetch_one(&db).await.unwrap();
    assert_eq!(stored, 0);
    // Nobody listens there any more; a link needs no scanner.
    assert_eq!(fields(place.add(&place.lead, "Other", pdf()).await), ["file"]);
    place.add(&place.lead, "Link", link()).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_that_is_sent_twice_adds_once(db: PgPool) {
    let place = Place::new(db).await;
    let form = Some(FormToken(Uuid::now_v7()));
    let sent = async |new: NewVersion| {
        add(&place.world.services, &place.lead, &slug("north"), said("Guide"), new, form).await.unwrap()
    };
    let first = sent(pdf()).await;
    assert_eq!(sent(pdf()).await, first);
    assert_eq!(place.titles(&place.lead, StateShown::Current).await, ["Guide"]);
    // Its file is there still.
    let version = place.page(&place.lead, first.resource).await.unwrap().versions[0].id;
    let north = slug("north");
    let read = file(&place.world.services, &place.ann, &north, first.resource, version, Part::File);
    assert_eq!(place.bytes(&read.await.unwrap()).await, PDF);
    // With other contents it is another form.
    assert_ne!(sent(link()).await, first);
    let mut known = vec![first.resource];
    for other in [
        Said { purpose: "Something else".into(), ..said("Guide") },
        Said { owner: "ann@north.example".into(), ..said("Guide") },
        Said { review_on: "2028-11-22".into(), ..said("Guide") },
    ] {
        let (services, north) = (&place.world.services, slug("north"));
        let added = add(services, &place.lead, &north, other, pdf(), form).await.unwrap().resource;
        assert!(!known.contains(&added));
        known.push(added);
    }

    let form = Some(FormToken(Uuid::now_v7()));
    for _ in 0..2 {
        let (services, guide) = (&place.world.services, first.resource);
        add_version(services, &place.lead, &slug("north"), guide, "A link now", link(), form).await.unwrap();
    }
    assert_eq!(place.page(&place.lead, first.resource).await.unwrap().versions.len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_newest_version_comes_first_and_the_earlier_ones_stay(db: PgPool) {
    let place = Place::new(db).await;
    let guide = place.add(&place.lead, "Guide", pdf()).await.unwrap().resource;
    let (services, north) = (&place.world.services, slug("north"));
    let refused = add_version(services, &place.lead, &north, guide, "", NewVersion::default(), None).await;
    assert_eq!(fields(refused), ["url", "change"]);
    place.world.clock.advance(Duration::hours(1));
    add_version(services, &place.lead, &north, guide, "Now on the web", link(), None).await.unwrap();
    let page = place.page(&place.ann, guide).await.unwrap();
    let numbers: Vec<_> = page.versions.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!(page.versions[0].change.as_deref(), Some("Now on the web"));
    assert_eq!(page.versions[0].by.as_ref().unwrap().name, "lead@north.example");
    assert_eq!(page.versions[1].change, None);
    assert!(matches!(page.card.thing, Thing::Link(_)));
    assert!(page.versions[0].made.utc > page.versions[1].made.utc);
    let read = file(services, &place.ann, &north, guide, page.versions[1].id, Part::File).await;
    assert_eq!(place.bytes(&read.unwrap()).await, PDF);
    // The filter goes by the newest.
    for (kind, found) in [(KindShown::Link, 1), (KindShown::Document, 0), (KindShown::All, 1)] {
        let query = ResourcesQuery { filters: (kind, StateShown::Current), ..ResourcesQuery::default() };
        assert_eq!(place.list(&place.ann, &query).await.resources.found, found, "{kind:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_somebody_who_left_has_added_stays_without_their_name(db: PgPool) {
    let place = Place::new(db.clone()).await;
    let guide = place.add(&place.ann, "Guide", link()).await.unwrap().resource;
    place.decide(guide, ResourceAct::Accept, "").await.unwrap();
    let page = place.page(&place.ben, guide).await.unwrap();
    for named in [&page.card.owner, &page.added_by, &page.versions[0].by] {
        assert_eq!(named.as_ref().unwrap().id, place.in_north);
    }
    sqlx::query("delete from zone_members where id = $1").bind(place.in_north.0).execute(&db).await.unwrap();
    let page = place.page(&place.ben, guide).await.unwrap();
    assert_eq!((&page.card.owner, &page.added_by, &page.versions[0].by), (&None, &None, &None));
    let list = place.list(&place.ben, &ResourcesQuery::default()).await;
    assert_eq!(list.resources.rows[0].owner, None);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_lead_changes_what_is_said_of_it_and_sees_what_is_due(db: PgPool) {
    let place = Place::new(db).await;
    let guide = place.add(&place.lead, "Guide", link()).await.unwrap().resource;
    let (services, north) = (&place.world.services, slug("north"));
    let wrong = Said { owner: "cat@south.example".into(), ..said("Guide") };
    assert_eq!(fields(change(services, &place.lead, &north, guide, &wrong).await), ["owner"]);
    let refused = change(services, &place.lead, &north, guide, &Said::default()).await;
    assert_eq!(fields(refused), ["title", "purpose", "review_on"]);
    let better = Said {
        owner: format!("https://learning.example/zone/north/members/{}", place.in_north),
        review_on: "23/11/2026".into(),
        ..said("A better guide")
    };
    change(services, &place.lead, &north, guide, &better).await.unwrap();
    let card = place.page(&place.ben, guide).await.unwrap().card;
    assert_eq!((card.title.as_str(), card.due), ("A better guide", false));
    assert_eq!((card.review.iso.as_str(), card.owner.unwrap().id), ("2026-11-23", place.in_north));
    assert!(place.titles(&place.ben, StateShown::Due).await.is_empty());
    // From that day in London on.
    place.world.clock.advance(Duration::hours(15));
    assert_eq!(place.titles(&place.ben, StateShown::Due).await, ["A better guide"]);
    assert!(place.page(&place.ben, guide).await.unwrap().card.due);
    // Without an owner it keeps the one that it has.
    change(services, &place.lead, &north, guide, &said("Guide")).await.unwrap();
    assert_eq!(place.page(&place.ben, guide).await.unwrap().card.owner.unwrap().id, place.in_north);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_pages_of_the_list_have_every_resource_once_in_every_order(db: PgPool) {
    let place = Place::new(db.clone()).await;
    for n in 0..60 {
        place.add(&place.lead, &format!("Guide {:02}", n * 7 % 10), link()).await.unwrap();
        place.world.clock.advance(Duration::minutes(1));
    }
    // Others that are not in the list, and those of another area.
    place.add(&place.ann, "Guide 00", link()).await.unwrap();
    let (services, south) = (&place.world.services, slug("south"));
    add(services, &place.outside, &south, said("Guide 00"), link(), None).await.unwrap();
    let stored: Vec<(Uuid, String, chrono::DateTime<chrono::Utc>)> = sqlx::query_as(
        "select id, title, added_at from zone_resources where area_id = $1 and state = 'current'",
    )
    .bind(place.north.0)
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(stored.len(), 60);
    for sort in ResourceSort::ALL.iter().copied() {
        for descending in [false, true] {
            let key = |title: &str, at| match sort {
                ResourceSort::Title => title.to_lowercase(),
                ResourceSort::Added => key_of(at),
                ResourceSort::Review => String::new(),
            };
            let rows = stored.iter().map(|(id, title, at)| (key(title, *at), *id, ResourceId(*id)));
            let expected = in_order(rows.collect(), descending);
            let mut query = ResourcesQuery { sort, descending, ..ResourcesQuery::default() };
            let mut shown = Vec::new();
            loop {
                let page = place.list(&place.ann, &query).await.resources;
                assert_eq!((page.found, page.in_all), (60, 60));
                shown.extend(page.rows.iter().map(|card| card.id));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(shown, expected, "{sort:?}, descending: {descending}");
        }
    }
    let query = ResourcesQuery { search: "GUIDE 03".into(), ..ResourcesQuery::default() };
    let found = place.list(&place.ann, &query).await.resources;
    let titles: BTreeSet<_> = found.rows.iter().map(|card| card.title.as_str()).collect();
    assert_eq!((found.found, titles), (6, BTreeSet::from(["Guide 03"])));
    let query = ResourcesQuery { search: "100%_".into(), ..ResourcesQuery::default() };
    assert_eq!(place.list(&place.ann, &query).await.resources.found, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_member_suggests_no_more_than_leads_can_look_at(db: PgPool) {
    let place = Place::new(db).await;
    for n in 0..20 {
        place.add(&place.ann, &format!("Guide {n}"), link()).await.unwrap();
    }
    let refused = place.add(&place.ann, "One more", link()).await;
    match refused {
        Err(Error::Invalid(problems)) => {
            assert_eq!(problems[0].field, "title");
            assert!(matches!(&problems[0].problem, Problem::InWords { words } if words.contains("20")));
        }
        other => panic!("{other:?}"),
    }
    // Of others there is room.
    place.add(&place.ben, "Mine", link()).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_suggestions_at_the_same_moment_no_more_are_taken_either(db: PgPool) {
    let place = Place::new(db).await;
    for n in 0..18 {
        place.add(&place.ann, &format!("Guide {n}"), link()).await.unwrap();
    }
    let more = (0..8).map(|n| place.add(&place.ann, if n % 2 == 0 { "Even" } else { "Odd" }, link()));
    let taken = join_all(more).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(taken, 2);
}

/// The second wall alone, for a role that owns nothing: statements without any condition.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_database_shows_and_takes_only_what_is_of_the_area(db: PgPool) {
    let place = Place::new(db.clone()).await;
    let guide = place.add(&place.lead, "Guide", pdf()).await.unwrap().resource;
    let waits = place.add(&place.ann, "Suggestion", link()).await.unwrap().resource;
    let help = ContactSaid {
        name: "Advice".into(),
        purpose: "Questions".into(),
        telephone: "111".into(),
        ..ContactSaid::default()
    };
    add_service(&place.world.services, &place.lead, &slug("north"), &help, None).await.unwrap();
    let application = Application::new(&db, 2).await;
    let services = &application.world.services;
    let seen = async |actor: &Actor, of: &str| -> Vec<Uuid> {
        let mut db = services.begin().await.unwrap();
        // Also who is refused looks.
        let _ = actor.member_of(&mut db, &slug(of)).await;
        let mut seen: Vec<Uuid> =
            sqlx::query_scalar("select id from zone_resources").fetch_all(&mut *db).await.unwrap();
        let of_versions: Vec<Uuid> = sqlx::query_scalar("select resource_id from zone_resource_versions")
            .fetch_all(&mut *db)
            .await
            .unwrap();
        seen.sort();
        let versions: BTreeSet<_> = of_versions.into_iter().collect();
        assert_eq!(versions, seen.iter().copied().collect());
        seen
    };
    for (actor, of, expected) in [
        (&place.lead, "north", vec![guide.0, waits.0]),
        (&place.ann, "north", vec![guide.0, waits.0]),
        (&place.ben, "north", vec![guide.0]),
        (&place.outside, "south", vec![]),
        (&place.outside, "north", vec![]),
    ] {
        assert_eq!(seen(actor, of).await, expected, "{of}");
    }
    // What only leads may do changes nothing for a member.
    let mut member = services.begin().await.unwrap();
    place.ben.member_of(&mut member, &slug("north")).await.unwrap();
    for how in [
        "update zone_resources set title = 'Mine'",
        "delete from zone_resources",
        "update zone_contacts set purpose = 'Mine'",
    ] {
        assert_eq!(sqlx::query(how).execute(&mut *member).await.unwrap().rows_affected(), 0, "{how}");
    }
    drop(member);
    // All of it works for this role.
    let north = slug("north");
    let added = add(services, &place.ben, &north, said("Another"), pdf(), None).await.unwrap();
    decide(services, &place.lead, &north, added.resource, ResourceAct::Accept, "").await.unwrap();
    let form = Some(FormToken(Uuid::now_v7()));
    add_version(services, &place.lead, &north, added.resource, "A link", link(), form).await.unwrap();
    change(services, &place.lead, &north, added.resource, &said("Renamed")).await.unwrap();
    assert_eq!(
        resource_page(services, &place.ann, &north, added.resource).await.unwrap().card.title,
        "Renamed"
    );
    decide(services, &place.lead, &north, added.resource, ResourceAct::Retire, "Old").await.unwrap();
    remove_for_good(services, &place.lead, &north, added.resource).await.unwrap();
    remove_for_good(services, &place.ann, &north, waits).await.unwrap();
    assert!(is_gone(resource_page(services, &place.lead, &north, waits).await));
    application.end().await;
}
