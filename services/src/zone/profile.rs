//! What members say of themselves.

use domain::{
    FormToken, Problem,
    learning::Slug,
    zone::{
        AreaHead, MemberId,
        profile::{MemberPage, MemberProfile, PictureId, ProfilePage, ProfileTyped},
    },
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::AreaMember,
    accounts::Actor,
    kit::{audit, moment::day_time, once::pressed_twice},
    number,
    zone::messages,
};

/// `/zone/{area}/members/{member}`.
///
/// # Errors
/// [`Error::NotFound`] for who is no member of the area, and for the profile of anybody who is none.
pub async fn member_page(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    member: MemberId,
) -> Result<MemberPage> {
    let mut db = services.begin().await?;
    let reader = actor.member_of(&mut db, area).await?;
    let found = find(&mut db, reader, member).await?;
    db.commit().await?;
    Ok(MemberPage {
        head: found.head(reader),
        id: Some(reader.area()),
        own: member == reader.member(),
        writing: messages::writing(found.takes_messages, found.blocked),
        profile: found.seen()?,
    })
}

/// `/zone/{area}/profile`.
///
/// # Errors
/// [`Error::NotFound`] for who is no member of the area.
pub async fn profile_page(services: &Services, actor: &Actor, area: &Slug) -> Result<ProfilePage> {
    let mut db = services.begin().await?;
    let reader = actor.member_of(&mut db, area).await?;
    let found = find(&mut db, reader, reader.member()).await?;
    db.commit().await?;
    Ok(ProfilePage {
        head: found.head(reader),
        email: found.email.clone(),
        version: number(found.version)?,
        form: FormToken(Uuid::now_v7()),
        seen: found.seen()?,
    })
}

/// Whether what is typed can be shown to others as it is. Nothing is saved.
///
/// # Errors
/// [`Error::NotFound`] for who is no member of the area; the problems of the fields, all at once.
pub async fn preview(services: &Services, actor: &Actor, area: &Slug, typed: &ProfileTyped) -> Result<()> {
    let mut db = services.begin().await?;
    actor.member_of(&mut db, area).await?;
    typed.read().map_err(Error::Invalid)?;
    Ok(())
}

/// Saves the form of the reader's own profile.
///
/// # Errors
/// - [`Error::NotFound`] for who is no member of the area
/// - the problems of the fields, all at once
/// - [`Problem::ChangedMeanwhile`] on `changed` if it was saved since the form was drawn
pub async fn save(services: &Services, actor: &Actor, area: &Slug, typed: &ProfileTyped) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let entries = typed.read().map_err(Error::Invalid)?;
    let held = sqlx::query!(
        "select version, changed_at from zone_profiles where member_id = $1 and area_id = $2 for update",
        member.member().0,
        member.area().0,
    );
    let held = held.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?;
    let words = format!("{typed:?}");
    let before =
        pressed_twice(services, &mut db, member.person(), member.member().0, ("save a profile", &words))
            .await?;
    // A form that does not say its version shows none that exists.
    let seen = typed.version.parse::<u32>().map_or(-1, i64::from);
    match held.version - seen {
        0 => {}
        1 if before => return Ok(()),
        _ => {
            let at = day_time(held.changed_at);
            return Err(Error::invalid("changed", Problem::ChangedMeanwhile { at }));
        }
    }
    let now = services.clock.now();
    sqlx::query!(
        "update zone_profiles set role = $3, work_area = $4, place = $5, about = $6, interests = $7, years_qualified = $8,
            telephone = $9, shows_email = $10, takes_messages = $11, own_views = $12, version = version + 1, changed_at = $13
        where member_id = $1 and area_id = $2",
        member.member().0,
        member.area().0,
        entries.role.as_ref().map(|line| line.as_str()),
        entries.work_area.as_ref().map(|line| line.as_str()),
        entries.place.as_ref().map(|line| line.as_str()),
        entries.about.as_ref().map(|passage| passage.as_str()),
        entries.interests.as_ref().map(|passage| passage.as_str()),
        entries.years_qualified.map(|years| i16::from(years.get())),
        entries.telephone.as_ref().map(|telephone| telephone.as_str()),
        entries.shows_email,
        entries.takes_messages,
        entries.own_views,
        now,
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, member, "zone.profile_changed").await?;
    db.commit().await?;
    Ok(())
}

/// Records what a member has done with their own profile.
pub(super) async fn note(
    services: &Services,
    db: &mut PgConnection,
    member: AreaMember,
    action: &str,
) -> Result<()> {
    let person = Some(member.person());
    let event = audit::Event { at: services.clock.now(), actor: person, subject: person, action };
    audit::record_with(db, event, json!({ "zone_area": member.area() })).await
}

struct Found {
    slug: String,
    area: String,
    member_id: Uuid,
    name: String,
    role: Option<String>,
    work_area: Option<String>,
    place: Option<String>,
    about: Option<String>,
    interests: Option<String>,
    years_qualified: Option<i16>,
    picture_id: Option<Uuid>,
    shows_email: bool,
    telephone: Option<String>,
    takes_messages: bool,
    own_views: bool,
    version: i64,
    email: String,
    /// By the reader.
    blocked: bool,
}

async fn find(db: &mut PgConnection, reader: AreaMember, of: MemberId) -> Result<Found> {
    let found = sqlx::query_as!(
        Found,
        r#"select a.slug, a.name as area, p.member_id, p.name, p.role, p.work_area, p.place, p.about, p.interests, p.years_qualified,
            p.picture_id, p.shows_email, p.telephone, p.takes_messages, p.own_views, p.version, h.email as "email!",
            exists (
                select from zone_blocks b where b.by_member = $3 and b.area_id = p.area_id and b.blocked_person = p.person_id
            ) as "blocked!"
        from zone_profiles p join zone_areas a on a.id = p.area_id join people_named h on h.id = p.person_id
        where p.area_id = $1 and p.member_id = $2"#,
        reader.area().0,
        of.0,
        reader.member().0,
    );
    found.fetch_optional(db).await?.ok_or(Error::NotFound)
}

impl Found {
    fn head(&self, reader: AreaMember) -> AreaHead {
        AreaHead { slug: self.slug.clone(), name: self.area.clone(), lead: reader.is_lead() }
    }

    fn seen(self) -> Result<MemberProfile> {
        Ok(MemberProfile {
            member: MemberId(self.member_id),
            name: self.name,
            role: self.role,
            work_area: self.work_area,
            place: self.place,
            about: self.about,
            interests: self.interests,
            years_qualified: self.years_qualified.map(number).transpose()?,
            picture: self.picture_id.map(PictureId),
            email: Some(self.email).filter(|_| self.shows_email),
            telephone: self.telephone,
            takes_messages: self.takes_messages,
            own_views: self.own_views,
        })
    }
}
