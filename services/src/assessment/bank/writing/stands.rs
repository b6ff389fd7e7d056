//! What stands in the way of a question that is saved: another with its id, or a change meanwhile.

use domain::assessment::bank::{Fault, form::Fields};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Kept;
use crate::{Error, Result, access::OrganisationSetter};

/// What stands in the bank beside the form.
pub(super) struct Stands {
    /// The id of the question that is changed.
    pub(super) changes: Option<String>,
    /// As the form showed it, and as it is.
    pub(super) version: i64,
    pub(super) now: i64,
    /// Another question has the id of the form.
    pub(super) taken: bool,
}

impl Stands {
    pub(super) fn faults(&self, fields: &Fields) -> Vec<Fault> {
        let fault = |what: String| Fault { field: "id".to_owned(), what, seed: None };
        let mut faults = Vec::new();
        if let Some(name) = &self.changes {
            if fields.get("id").trim() != name {
                faults.push(fault(format!("this question keeps its id: write {name}")));
            } else if self.version != self.now {
                faults.push(fault(
                    "somebody has changed this question meanwhile: open it again in another window, and take over what you need"
                        .to_owned(),
                ));
            }
        }
        if self.taken && faults.is_empty() {
            faults.push(fault(
                "choose another id, or open the question that has this one: a question of your bank has it"
                    .to_owned(),
            ));
        }
        faults
    }
}

/// The same in the transaction that saves: nobody changes the bank's questions of this id meanwhile.
pub(super) async fn now_stands(
    db: &mut PgConnection,
    setter: OrganisationSetter,
    kept: &Kept<'_>,
    name: &str,
) -> Result<Stands> {
    let rows = sqlx::query!(
        r#"select id, name, (extract(epoch from imported_at) * 1000000)::bigint as "now!" from question_templates
        where organisation_id = $1 and (name = $2 or id = $3) order by name for no key update"#,
        setter.organisation().0,
        name,
        kept.changes.map(|template| template.0),
    )
    .fetch_all(db)
    .await?;
    let own: Option<Uuid> = kept.changes.map(|template| template.0);
    let changed = rows.iter().find(|row| Some(row.id) == own);
    if own.is_some() && changed.is_none() {
        return Err(Error::NotFound);
    }
    Ok(Stands {
        changes: changed.map(|row| row.name.clone()),
        version: kept.version,
        now: changed.map_or(0, |row| row.now),
        taken: rows.iter().any(|row| Some(row.id) != own && row.name == name),
    })
}
