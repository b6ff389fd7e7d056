use domain::{
    assessment::{ItemId, PaperId},
    organisations::OrganisationId,
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use super::support::{LookedAt, since};
use crate::{Error, Result, Services, accounts::Actor};

/// Proof that the actor may see and run this paper: the person who set it, an administrator of its organisation, or
/// support. Made only by [`Actor::setter_of`], and by [`PaperAccess::admit`] where a page checks permission in the
/// statement that reads its data.
#[derive(Debug, Clone, Copy)]
pub struct PaperSetter {
    paper: PaperId,
    organisation: OrganisationId,
}

impl PaperSetter {
    pub fn paper(self) -> PaperId {
        self.paper
    }

    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }
}

/// The column `proof` of the database function `paper_access`. Only reading that column makes one.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct PaperAccess {
    paper: PaperId,
    organisation: OrganisationId,
    allowed: bool,
}

impl PaperAccess {
    /// # Errors
    /// [`Error::ReasonNeeded`] for support that has given no reason in the last hour.
    pub fn admit(self) -> Result<PaperSetter> {
        let Self { paper, organisation, allowed } = self;
        if allowed {
            Ok(PaperSetter { paper, organisation })
        } else {
            Err(Error::ReasonNeeded(LookedAt::Paper(paper)))
        }
    }
}

/// Proof of a [`PaperSetter`], with a question of that paper. Made only by [`Actor::corrects`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct PaperItem {
    setter: PaperSetter,
    item: ItemId,
}

impl PaperItem {
    pub fn paper(self) -> PaperId {
        self.setter.paper
    }

    pub fn item(self) -> ItemId {
        self.item
    }
}

/// The column `proof` of `item_access`.
#[derive(Deserialize)]
struct ItemAccess {
    item: ItemId,
    paper: PaperAccess,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for all other people, whether the paper exists or not; [`Error::ReasonNeeded`] for support
    /// that has given no reason in the last hour.
    pub async fn setter_of(
        &self,
        services: &Services,
        db: &mut PgConnection,
        paper: PaperId,
    ) -> Result<PaperSetter> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<PaperAccess>" from paper_access($1, $2, $3)"#,
            paper.0,
            self.person().0,
            since(services),
        );
        proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0.admit()
    }

    /// # Errors
    /// As for [`Actor::setter_of`], for the paper of this question; [`Error::NotFound`] for a question of another paper
    /// than `paper`.
    pub(crate) async fn corrects(
        &self,
        services: &Services,
        db: &mut PgConnection,
        paper: PaperId,
        item: ItemId,
    ) -> Result<PaperItem> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<ItemAccess>" from item_access($1, $2, $3)"#,
            item.0,
            self.person().0,
            since(services),
        );
        let ItemAccess { item, paper: of } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        let setter = of.admit()?;
        if setter.paper() == paper { Ok(PaperItem { setter, item }) } else { Err(Error::NotFound) }
    }
}
