//! The people and services that an area pins for its members.
//!
//! | what | where |
//! |---|---|
//! | the page | here |
//! | what is typed of a contact, read | `said.rs` |
//! | a service or a member is pinned | `pinning.rs` |
//! | a contact is changed, moved, removed | `changing.rs` |

mod changing;
mod pinning;
mod said;

use domain::{
    FormToken,
    learning::Slug,
    zone::{
        AreaHead, MemberId,
        resources::{Contact, ContactId, Contacts},
    },
};
use serde::Deserialize;
use serde_json::json;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

pub use self::{
    changing::{change_contact, move_contact, remove_contact},
    pinning::{add_service, pin_member},
    said::ContactSaid,
};
use super::resources::web_link;
use crate::{Result, Services, access::AreaLead, accounts::Actor, kit::audit};

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
