//! Leads add, members suggest, with the same form: a resource, or a version of one.

use chrono::Duration;
use domain::{
    FieldProblem, FormToken, Problem,
    learning::Slug,
    visible_lines,
    zone::{
        AreaId, MemberId,
        resources::{FileType, MOST_VIDEO_BYTES, ResourceId, ResourceState},
    },
};
use sqlx::PgConnection;
use uuid::Uuid;

pub use super::keeping::NewVersion;
use super::{
    Said, digest,
    facts::{Facts, Problems, owner},
    in_words,
    keeping::{Checked, Kept, keep, too_long},
    note, today,
};
use crate::{
    Error, Result, Services,
    access::AreaMember,
    accounts::{self, Actor},
    kit::{
        moment::day_time,
        once::{once, saying},
        rate::Rate,
    },
    zone::unless_left,
};

/// How many suggestions of one member wait at most.
const MOST_WAITING: i64 = 20;
const LONGEST_CHANGE: usize = 500;
/// Each file is read, scanned and kept.
const RATE: Rate = Rate { what: "bring a file for a library", an_hour: 60, a_day: 200 };

/// The answer to a file that is not even waited for.
pub fn too_large() -> Error {
    Error::invalid("file", too_long(MOST_VIDEO_BYTES))
}

/// The answer to one more file while others of the same person arrive.
pub fn too_many_at_once() -> Error {
    Error::invalid("file", in_words("Wait until your other files have arrived, then upload this one"))
}

/// Whether the actor may add something, or a version of this resource: asked before a file has arrived.
///
/// # Errors
/// [`Problem::InWords`] on `title`, or for a version on `url`, when many suggestions of theirs wait; [`Error::NotFound`] for a resource that
/// is not there or that they do not find in the library, and for a suggested version; as [`Actor::member_of`].
pub async fn may_add(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: Option<ResourceId>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    if let Some(resource) = resource {
        let there = sqlx::query_scalar!(
            r#"select exists (select from zone_resources where id = $1 and area_id = $2 and version_of is null
                and (state = 'current' or $3)) as "there!""#,
            resource.0,
            member.area().0,
            member.is_lead(),
        );
        if !there.fetch_one(&mut *db).await? {
            return Err(Error::NotFound);
        }
    }
    if !member.is_lead() {
        let field = if resource.is_some() { "url" } else { "title" };
        has_room(&mut db, member, field).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Counts a file, whatever is in it. Links are not counted.
async fn one_more(services: &Services, actor: &Actor, new: &NewVersion) -> Result<()> {
    if new.file.is_empty() {
        return Ok(());
    }
    let mut db = services.begin().await?;
    let again = RATE.take(services, &mut db, actor.person()).await?;
    db.commit().await?;
    let Some(again) = again else { return Ok(()) };
    let again = day_time(again + Duration::seconds(59));
    let words = format!("You have sent many files. You can choose one again from {again}");
    Err(Error::invalid("file", in_words(words)))
}

async fn has_room(db: &mut PgConnection, member: AreaMember, field: &str) -> Result<()> {
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "waiting!" from zone_resources where area_id = $1 and added_by = $2 and state = 'suggested'"#,
        member.area().0,
        member.member().0,
    );
    if waiting.fetch_one(db).await? < MOST_WAITING {
        return Ok(());
    }
    let words = format!(
        "Wait until a lead has decided, or take one of your suggestions back: {MOST_WAITING} wait already"
    );
    Err(Error::invalid(field, in_words(words)))
}

/// What has become of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    pub resource: ResourceId,
    /// It waits for a lead.
    pub suggested: bool,
}

/// Puts a link or a file into the library, or suggests it. The same form acts once.
///
/// # Errors
/// [`Problem::TitleMissing`] on `title`; [`Problem::DayInvalid`] on `review_on`; [`Problem::InWords`] on these, on `purpose`, `owner`, `url`,
/// `file`, `captions` and `alt`; as [`may_add`].
pub async fn add(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    said: Said,
    new: NewVersion,
    form: Option<FormToken>,
) -> Result<Added> {
    may_add(services, actor, area, None).await?;
    one_more(services, actor, &new).await?;
    let owner = owner_said(services, actor, area, &said.owner).await?;
    let mut problems = Problems::default();
    let facts = said.read(owner, today(services), &mut problems);
    let checked = check(services, new).await?.map_err(|more| problems.extend(more)).ok();
    let (facts, (checked, content)) = problems.unless_any(facts.zip(checked))?;
    let what = what_added(area, &facts, &content);
    let kept = keep(services, checked).await?;
    let mut db = services.begin().await?;
    let resource = ResourceId(Uuid::now_v7());
    let before = once(services, &mut db, actor, form, &what, resource.0).await?;
    // Permission may have ended while the file was read.
    let member = actor.member_of(&mut db, area).await?;
    let suggested = !member.is_lead();
    if let Some(before) = before {
        return Ok(Added { resource: ResourceId(before), suggested });
    }
    let owner = facts.owner.unwrap_or(member.member());
    if suggested {
        // Suggestions that are made at the same time are counted one after the other.
        accounts::one_at_a_time(&mut db, member.person()).await?;
        has_room(&mut db, member, "title").await?;
    }
    let state = if suggested { ResourceState::Suggested } else { ResourceState::Current };
    sqlx::query!(
        "insert into zone_resources (id, area_id, state, kind, title, purpose, owner_id, review_on, added_by, added_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        resource.0,
        member.area().0,
        state.as_str(),
        kept.kind.as_str(),
        facts.title,
        facts.purpose,
        owner.0,
        facts.review_on,
        member.member().0,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    let first = Place { id: Uuid::now_v7(), of: resource, number: 1, change: None };
    version(services, &mut db, member, first, &kept).await?;
    if suggested {
        digest::tell_in_the_morning(services, &mut db, member.area()).await?;
    }
    let action = if suggested { "zone.resource_suggested" } else { "zone.resource_added" };
    note(services, &mut db, actor, member.area(), resource, action).await?;
    db.commit().await?;
    Ok(Added { resource, suggested })
}

/// Adds a version, which then is the one that counts, or suggests it. `change` says what is different. The same form acts once.
///
/// # Errors
/// [`Problem::InWords`] on `url`, `file`, `captions`, `alt` and `change`; as [`may_add`].
pub async fn add_version(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: ResourceId,
    change: &str,
    new: NewVersion,
    form: Option<FormToken>,
) -> Result<Added> {
    may_add(services, actor, area, Some(resource)).await?;
    one_more(services, actor, &new).await?;
    let mut problems = Problems::default();
    let checked = check(services, new).await?.map_err(|more| problems.extend(more)).ok();
    let change = problems.take("change", change_of(change));
    let ((checked, content), change) = problems.unless_any(checked.zip(change))?;
    let what = saying("add a version", &[resource.0.as_bytes(), change.as_bytes(), &content]);
    let kept = keep(services, checked).await?;
    let mut db = services.begin().await?;
    let before = once(services, &mut db, actor, form, &what, resource.0).await?;
    // Permission may have ended while the file was read.
    let member = actor.member_of(&mut db, area).await?;
    let suggested = !member.is_lead();
    if before.is_some() {
        return Ok(Added { resource, suggested });
    }
    if suggested {
        accounts::one_at_a_time(&mut db, member.person()).await?;
        has_room(&mut db, member, "url").await?;
        suggest_version(services, &mut db, member, resource, &change, &kept).await?;
        digest::tell_in_the_morning(services, &mut db, member.area()).await?;
        note(services, &mut db, actor, member.area(), resource, "zone.resource_suggested").await?;
    } else {
        let number = next_number(&mut db, member.area(), resource).await?;
        let place = Place { id: Uuid::now_v7(), of: resource, number, change: Some(&change) };
        version(services, &mut db, member, place, &kept).await?;
        newest_is(services, &mut db, member.area(), resource, kept.kind.as_str()).await?;
        note(services, &mut db, actor, member.area(), resource, "zone.resource_version_added").await?;
    }
    db.commit().await?;
    Ok(Added { resource, suggested })
}

/// A version as a suggestion of its own, called as what it is a version of.
async fn suggest_version(
    services: &Services,
    db: &mut PgConnection,
    member: AreaMember,
    resource: ResourceId,
    change: &str,
    kept: &Kept,
) -> Result<()> {
    let id = Uuid::now_v7();
    let made = sqlx::query!(
        "insert into zone_resources (id, area_id, state, kind, title, purpose, owner_id, review_on, added_by, added_at, changed_at, version_of)
        select $1, r.area_id, 'suggested', $4, r.title, $5, $6, r.review_on, $6, $7, $7, r.id
        from zone_resources r where r.id = $2 and r.area_id = $3 and r.state = 'current' and r.version_of is null",
        id,
        resource.0,
        member.area().0,
        kept.kind.as_str(),
        change,
        member.member().0,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    if made.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    let place = Place { id, of: ResourceId(id), number: 1, change: None };
    version(services, db, member, place, kept).await
}

/// The number of the next version of a resource, which nobody else gives until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`] for one that is not there, and for a suggested version.
pub(super) async fn next_number(db: &mut PgConnection, area: AreaId, resource: ResourceId) -> Result<i32> {
    let held = sqlx::query!(
        "select id from zone_resources where id = $1 and area_id = $2 and version_of is null for update",
        resource.0,
        area.0,
    );
    held.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?;
    let last = sqlx::query_scalar!(
        r#"select coalesce(max(number), 0) as "last!" from zone_resource_versions where resource_id = $1 and area_id = $2"#,
        resource.0,
        area.0,
    );
    Ok(last.fetch_one(db).await?.saturating_add(1))
}

/// A resource has a new version, of this kind.
pub(super) async fn newest_is(
    services: &Services,
    db: &mut PgConnection,
    area: AreaId,
    resource: ResourceId,
    kind: &str,
) -> Result<()> {
    sqlx::query!(
        "update zone_resources set kind = $3, changed_at = $4 where id = $1 and area_id = $2",
        resource.0,
        area.0,
        kind,
        services.clock.now(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Where a version goes.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    id: Uuid,
    of: ResourceId,
    number: i32,
    change: Option<&'a str>,
}

async fn version(
    services: &Services,
    db: &mut PgConnection,
    by: AreaMember,
    place: Place<'_>,
    kept: &Kept,
) -> Result<()> {
    kept.named(db).await?;
    sqlx::query!(
        "insert into zone_resource_versions (id, area_id, resource_id, number, made_at, made_by, change, url, file_key, file_type,
            file_bytes, alt, captions_key, captions_language)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        place.id,
        by.area().0,
        place.of.0,
        place.number,
        services.clock.now(),
        by.member().0,
        place.change,
        kept.url,
        kept.key,
        kept.file_type.map(FileType::extension),
        kept.bytes,
        kept.alt,
        kept.captions.map(|(key, _)| key),
        kept.captions.map(|(_, language)| language.tag()),
    )
    .execute(db)
    .await
    .map_err(unless_left)?;
    Ok(())
}

/// A link or a file with its digest, or what is wrong with it, off the async threads.
async fn check(
    services: &Services,
    new: NewVersion,
) -> Result<std::result::Result<(Checked, Vec<u8>), Vec<FieldProblem>>> {
    let checked = move || {
        new.check().map(|checked| {
            let digest = checked.digest();
            (checked, digest)
        })
    };
    match services.queues.heavy.work(checked).await {
        // A fault in a decoder, which a strange file has found: it has not harmed anybody.
        Err(Error::Failed(error)) => {
            tracing::warn!(%error, "a file could not be checked");
            let words =
                "Open the file in its program, save it again, and upload that: this one cannot be read";
            Ok(Err(vec![FieldProblem::new("file", in_words(words))]))
        }
        checked => checked,
    }
}

/// The owner whom a lead names. Others do not say who it is.
async fn owner_said(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    text: &str,
) -> Result<std::result::Result<Option<MemberId>, Problem>> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let owner = if member.is_lead() { owner(&mut db, member.area(), text).await? } else { Ok(None) };
    db.commit().await?;
    Ok(owner)
}

fn change_of(text: &str) -> std::result::Result<String, Problem> {
    let text = visible_lines(text);
    let fits = (1..=LONGEST_CHANGE).contains(&text.chars().count());
    if fits { Ok(text) } else { Err(in_words("Say what is different in it, in at most 500 characters")) }
}

/// For [`once`].
fn what_added(area: &Slug, facts: &Facts, content: &[u8]) -> String {
    let Facts { title, purpose, owner, review_on } = facts;
    let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
    let review_on = review_on.to_string();
    let mut said = [area.as_str(), title, purpose, &owner, &review_on].map(str::as_bytes).to_vec();
    said.push(content);
    saying("add a resource", &said)
}
