use domain::{
    accounts::PersonId,
    learning::Slug,
    zone::{AreaId, MemberId},
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use crate::{Error, Result, accounts::Actor};

/// The actor in the Zone, outside of any area: until the transaction ends the database shows their own memberships, applications and
/// profiles. Only [`Actor::in_zone`] makes one, and `acts_for` for who is not the actor.
#[derive(Debug, Clone, Copy)]
pub struct ZonePerson {
    person: PersonId,
}

impl ZonePerson {
    pub fn person(self) -> PersonId {
        self.person
    }
}

/// Proof that the actor is a member of this area. Until the transaction ends the database shows the rows of this area. Only
/// [`Actor::member_of`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct AreaMember {
    area: AreaId,
    member: MemberId,
    person: PersonId,
    lead: bool,
}

impl AreaMember {
    pub fn area(self) -> AreaId {
        self.area
    }

    pub fn member(self) -> MemberId {
        self.member
    }

    pub fn person(self) -> PersonId {
        self.person
    }

    /// The actor leads the area, which a page says. What only a lead may do takes an [`AreaLead`].
    pub fn is_lead(self) -> bool {
        self.lead
    }
}

/// Proof that the actor is a member and a lead of this area. The database shows its applicants too. Only [`Actor::leads`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct AreaLead {
    area: AreaId,
    person: PersonId,
}

impl AreaLead {
    pub fn area(self) -> AreaId {
        self.area
    }

    pub fn person(self) -> PersonId {
        self.person
    }
}

/// The column `proof` of the database function `zone_access`.
#[derive(Deserialize)]
struct ZoneAccess {
    area: AreaId,
    member: MemberId,
    person: PersonId,
    lead: bool,
}

/// The transaction acts for somebody in the Zone who is not the actor: who has just proved their address, and of whom nobody is signed in
/// yet; whom support appoints; whose account is closed. The caller has asked for permission.
pub(crate) async fn acts_for(db: &mut PgConnection, person: PersonId) -> Result<ZonePerson> {
    sqlx::query_scalar!("select set_config('zone.person', $1::uuid::text, true)", person.0)
        .fetch_one(db)
        .await?;
    Ok(ZonePerson { person })
}

/// The transaction sees and keeps what leads keep of this area: for setting up at the command line, which checks no permission, for support,
/// which appoints a lead, and for the job that tells leads what waits for them.
pub(crate) async fn sets_up(db: &mut PgConnection, area: AreaId) -> Result<()> {
    sqlx::query!(
        "select set_config('zone.area', $1::uuid::text, true) as area, set_config('zone.lead', 'yes', true) as lead",
        area.0,
    )
    .fetch_one(db)
    .await?;
    Ok(())
}

impl Actor {
    /// `db` is inside a transaction, here and below: what it is shown ends with it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn in_zone(&self, db: &mut PgConnection) -> Result<ZonePerson> {
        acts_for(db, self.person()).await
    }

    /// # Errors
    /// [`Error::NotFound`] for all other people, applicants and former members too, whether the area exists or not.
    pub async fn member_of(&self, db: &mut PgConnection, area: &Slug) -> Result<AreaMember> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<ZoneAccess>" from zone_access($1, $2)"#,
            area.as_str(),
            self.person().0,
        );
        let ZoneAccess { area, member, person, lead } =
            proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(AreaMember { area, member, person, lead })
    }

    /// The same by the id of the area, which news has.
    ///
    /// # Errors
    /// As [`Actor::member_of`].
    pub(crate) async fn member_in(&self, db: &mut PgConnection, area: AreaId) -> Result<AreaMember> {
        let slug = sqlx::query_scalar!("select slug from zone_areas where id = $1", area.0);
        let slug = slug.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?;
        let slug = Slug::parse(&slug).map_err(Error::failed)?;
        self.member_of(db, &slug).await
    }

    /// # Errors
    /// [`Error::NotFound`] for all who do not lead the area.
    pub async fn leads(&self, db: &mut PgConnection, area: &Slug) -> Result<AreaLead> {
        let AreaMember { area, person, lead, .. } = self.member_of(db, area).await?;
        if lead { Ok(AreaLead { area, person }) } else { Err(Error::NotFound) }
    }
}
