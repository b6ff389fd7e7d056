//! The people and services that an area pins for its members.

use domain::{
    FormToken, Problem,
    accounts::EmailAddress,
    learning::Slug,
    visible,
    zone::{
        AreaHead, AreaId, MemberId, Telephone,
        resources::{Contact, ContactAct, ContactId, Contacts, MOST_CONTACTS},
    },
};
use serde::Deserialize;
use serde_json::json;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    resources::{Problems, in_words, link, member_called, purpose, web_link},
    unless_left,
};
use crate::{
    Error, Result, Services,
    access::AreaLead,
    accounts::Actor,
    kit::{
        audit,
        once::{once, saying},
    },
};

const LONGEST_NAME: usize = 200;
const LONGEST_HOURS: usize = 200;

/// A row of `zone_contacts`, with the member's name.
#[derive(Debug, Deserialize)]
struct Stored {
    id: Uuid,
    member: Option<Uuid>,
    name: String,
    role: Option<String>,
    purpose: String,
    telephone: Option<String>,
    email: Option<String>,
    web: Option<String>,
    hours: Option<String>,
}

impl Stored {
    fn shown(self) -> Result<Contact> {
        Ok(Contact {
            id: ContactId(self.id),
            member: self.member.map(MemberId),
            name: self.name,
            role: self.role,
            purpose: self.purpose,
            telephone: self.telephone,
            email: self.email,
            web: self.web.map(web_link).transpose()?,
            hours: self.hours,
        })
    }
}

/// `/zone/{area}/contacts`.
///
/// # Errors
/// As [`Actor::member_of`].
pub async fn contacts_page(services: &Services, actor: &Actor, area: &Slug) -> Result<Contacts> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let row = sqlx::query!(
        r#"select a.slug, a.name,
            coalesce((
                select jsonb_agg(jsonb_build_object('id', c.id, 'member', c.member_id, 'name', coalesce(c.name, p.name),
                    'role', p.role, 'purpose', c.purpose, 'telephone', c.telephone, 'email', c.email, 'web', c.web,
                    'hours', c.hours) order by c.place, c.id)
                from zone_contacts c left join zone_profiles p on p.member_id = c.member_id and p.area_id = c.area_id
                where c.area_id = a.id
            ), '[]') as "contacts!: Json<Vec<Stored>>"
        from zone_areas a where a.id = $1"#,
        member.area().0,
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    Ok(Contacts {
        head: AreaHead { slug: row.slug, name: row.name, lead: member.is_lead() },
        contacts: row.contacts.0.into_iter().map(Stored::shown).collect::<Result<_>>()?,
        form: FormToken(Uuid::now_v7()),
    })
}

/// A contact, as typed. For a member only the purpose counts.
#[derive(Debug, Clone, Default)]
pub struct ContactSaid {
    pub name: String,
    pub purpose: String,
    pub telephone: String,
    pub email: String,
    pub web: String,
    pub hours: String,
}

/// A service, as it is stored.
#[derive(Debug)]
struct Service {
    name: String,
    purpose: String,
    telephone: Option<String>,
    email: Option<String>,
    web: Option<String>,
    hours: Option<String>,
}

impl ContactSaid {
    /// For [`once`].
    fn what(&self, area: &Slug) -> String {
        let Self { name, purpose, telephone, email, web, hours } = self;
        let said = [area.as_str(), name, purpose, telephone, email, web, hours].map(str::as_bytes);
        saying("add a service", &said)
    }

    /// `of` ends the ids of the fields of this form.
    fn service(&self, of: &str) -> Result<Service> {
        let mut problems = Problems::default();
        let field = |name: &str| format!("{name}-{of}");
        let name = problems.take(&field("name"), name(&self.name));
        let purpose = problems.take(&field("purpose"), purpose(&self.purpose));
        let telephone = problems.take(&field("telephone"), telephone(&self.telephone));
        let email = problems.take(&field("email"), email(&self.email));
        let web = problems.take(&field("web"), web(&self.web));
        let hours = problems.take(&field("hours"), hours(&self.hours));
        if telephone == Some(None) && email == Some(None) && web == Some(None) {
            let words = "Enter a telephone number, an e-mail address or a web address";
            problems.take(&field("telephone"), Err::<(), _>(in_words(words)));
        }
        let read = name.zip(purpose).zip(telephone).zip(email).zip(web).zip(hours);
        let read = read.map(|(((((name, purpose), telephone), email), web), hours)| Service {
            name,
            purpose,
            telephone,
            email,
            web,
            hours,
        });
        problems.unless_any(read)
    }
}

fn name(text: &str) -> std::result::Result<String, Problem> {
    let text = visible(text);
    let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
    if fits { Ok(text) } else { Err(Problem::NameMissing) }
}

fn telephone(text: &str) -> std::result::Result<Option<String>, Problem> {
    Ok(Telephone::read(text)?.map(|number| number.as_str().to_owned()))
}

fn email(text: &str) -> std::result::Result<Option<String>, Problem> {
    let text = visible(text);
    if text.is_empty() {
        return Ok(None);
    }
    EmailAddress::parse(&text).map(|address| Some(address.as_str().to_owned()))
}

fn web(text: &str) -> std::result::Result<Option<String>, Problem> {
    if visible(text).is_empty() {
        return Ok(None);
    }
    link(text).map(|address| Some(address.into()))
}

fn hours(text: &str) -> std::result::Result<Option<String>, Problem> {
    let text = visible(text);
    match text.chars().count() {
        0 => Ok(None),
        1..=LONGEST_HOURS => Ok(Some(text)),
        _ => Err(Problem::TextTooLong),
    }
}

/// Pins a service, at the end of the list. The same form acts once.
///
/// # Errors
/// Problems on `name-new`, `purpose-new`, `telephone-new`, `email-new`, `web-new` and `hours-new`; as [`Actor::leads`].
pub async fn add_service(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    said: &ContactSaid,
    form: Option<FormToken>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let contact = Uuid::now_v7();
    let what = said.what(area);
    let before = once(services, &mut db, actor, form, &what, contact).await?;
    let lead = actor.leads(&mut db, area).await?;
    if before.is_some() {
        return Ok(());
    }
    let service = said.service("new")?;
    let place = next_place(&mut db, lead.area(), "name-new").await?;
    sqlx::query!(
        "insert into zone_contacts (id, area_id, place, name, purpose, telephone, email, web, hours, pinned_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        contact,
        lead.area().0,
        place,
        service.name,
        service.purpose,
        service.telephone,
        service.email,
        service.web,
        service.hours,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, lead, ContactId(contact), "zone.contact_pinned").await?;
    db.commit().await?;
    Ok(())
}

/// Pins a member, at the end of the list. A button pressed twice pins once.
///
/// # Errors
/// [`Problem::InWords`] on `member-pin` for nobody of the area and for who is pinned for something else, and on `purpose-pin`; as
/// [`Actor::leads`].
pub async fn pin_member(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    member: &str,
    said: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let mut problems = Problems::default();
    let member = problems.take("member-pin", member_called(&mut db, lead.area(), member).await?);
    let purpose = problems.take("purpose-pin", purpose(said));
    let (member, purpose) = problems.unless_any(member.zip(purpose))?;
    let pinned = sqlx::query_scalar!(
        "select purpose from zone_contacts where area_id = $1 and member_id = $2",
        lead.area().0,
        member.0,
    );
    match pinned.fetch_optional(&mut *db).await? {
        Some(before) if before == purpose => return Ok(()),
        Some(_) => {
            let words = "Change what is said of this member above: they are pinned already";
            return Err(Error::invalid("member-pin", in_words(words)));
        }
        None => {}
    }
    let place = next_place(&mut db, lead.area(), "member-pin").await?;
    let contact = Uuid::now_v7();
    let pinned = sqlx::query!(
        "insert into zone_contacts (id, area_id, place, member_id, purpose, pinned_at) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing",
        contact,
        lead.area().0,
        place,
        member.0,
        purpose,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    // Another lead has pinned them at this moment.
    if pinned.rows_affected() == 0 {
        return Ok(());
    }
    note(services, &mut db, lead, ContactId(contact), "zone.contact_pinned").await?;
    db.commit().await?;
    Ok(())
}

/// The place after the last.
async fn next_place(db: &mut PgConnection, area: AreaId, field: &str) -> Result<i32> {
    // Those that leads pin at the same time are counted one after the other.
    sqlx::query!("select id from zone_areas where id = $1 for no key update", area.0)
        .fetch_one(&mut *db)
        .await?;
    let facts = sqlx::query!(
        r#"select count(*) as "all!", coalesce(max(place), 0) as "last!" from zone_contacts where area_id = $1"#,
        area.0,
    )
    .fetch_one(db)
    .await?;
    if usize::try_from(facts.all).is_ok_and(|all| all < MOST_CONTACTS) {
        return Ok(facts.last.saturating_add(1));
    }
    let words = format!("Remove a contact first: an area has at most {MOST_CONTACTS}");
    Err(Error::invalid(field, in_words(words)))
}

/// Changes a contact: of a member only the purpose.
///
/// # Errors
/// As [`add_service`], with the id of the contact at the end of the fields; [`Error::NotFound`] for one that is not there.
pub async fn change_contact(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    contact: ContactId,
    said: &ContactSaid,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let held = sqlx::query!(
        r#"select member_id is not null as "member!" from zone_contacts where id = $1 and area_id = $2 for update"#,
        contact.0,
        lead.area().0,
    );
    let held = held.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?;
    let of = contact.to_string();
    if held.member {
        let mut problems = Problems::default();
        let purpose = problems.take(&format!("purpose-{of}"), purpose(&said.purpose));
        let purpose = problems.unless_any(purpose)?;
        sqlx::query!(
            "update zone_contacts set purpose = $3 where id = $1 and area_id = $2",
            contact.0,
            lead.area().0,
            purpose,
        )
        .execute(&mut *db)
        .await?;
    } else {
        let service = said.service(&of)?;
        sqlx::query!(
            "update zone_contacts set name = $3, purpose = $4, telephone = $5, email = $6, web = $7, hours = $8
            where id = $1 and area_id = $2",
            contact.0,
            lead.area().0,
            service.name,
            service.purpose,
            service.telephone,
            service.email,
            service.web,
            service.hours,
        )
        .execute(&mut *db)
        .await?;
    }
    note(services, &mut db, lead, contact, "zone.contact_changed").await?;
    db.commit().await?;
    Ok(())
}

/// Moves a contact by one place, from the place at which the page shows it, counted from 0: pressed twice, it moves once.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn move_contact(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    contact: ContactId,
    act: ContactAct,
    at: usize,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let all = sqlx::query_scalar!(
        "select id from zone_contacts where area_id = $1 order by place, id for update",
        lead.area().0,
    )
    .fetch_all(&mut *db)
    .await?;
    let moved = act.moved(&all, at).filter(|_| all.get(at) == Some(&contact.0));
    let Some(moved) = moved else { return Ok(()) };
    sqlx::query!(
        "update zone_contacts c set place = o.place::int
        from unnest($2::uuid[]) with ordinality as o (id, place) where c.id = o.id and c.area_id = $1",
        lead.area().0,
        &moved,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

/// Removes a contact. One that is gone already stays so.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn remove_contact(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    contact: ContactId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let removed =
        sqlx::query!("delete from zone_contacts where id = $1 and area_id = $2", contact.0, lead.area().0,)
            .execute(&mut *db)
            .await?;
    if removed.rows_affected() == 0 {
        return Ok(());
    }
    note(services, &mut db, lead, contact, "zone.contact_removed").await?;
    db.commit().await?;
    Ok(())
}

async fn note(
    services: &Services,
    db: &mut PgConnection,
    lead: AreaLead,
    contact: ContactId,
    action: &str,
) -> Result<()> {
    let event = audit::Event { at: services.clock.now(), actor: Some(lead.person()), subject: None, action };
    audit::record_with(db, event, json!({ "area": lead.area(), "contact": contact })).await
}
