//! What a learner does about an organisation that pays for them: names it by its code, consents to its seeing their progress, ends it.
//! What the organisation does is in `sponsored.rs`; whether it sees anything is decided by the database function `progress_seen`.

use chrono::{DateTime, Utc};
use domain::{
    Problem,
    accounts::{Consent, PersonId},
    organisations::{OrganisationId, Sponsor, SponsorCode, SponsorConsent, SponsorState},
};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    Error, Result, Services, access, accounts::Actor, assessment::delivery::code_tries::Try, kit::audit,
    moment,
};

/// Names the organisation that gave out this code. It is told nothing before the learner consents. Wrong codes count as those of papers do:
/// ten in an hour. Returns how far it is between the two: it may have been named before.
///
/// # Errors
/// A problem in words on `sponsor_code`, also after too many wrong ones.
pub async fn name_sponsor(services: &Services, actor: &Actor, typed: &str) -> Result<SponsorState> {
    let unknown =
        || wrong("Check the code with the organisation that gave it to you. None gives out this one now");
    let code = SponsorCode::parse(typed).ok_or_else(unknown)?;
    // Not in a transaction: a refused try counts all the same.
    let mut db = services.db.acquire().await?;
    let tried = match Try::begin(services, &mut db, actor, &format!("sponsor/{}", code.as_str())).await {
        Err(Error::Invalid(problems)) => {
            let until = problems.first().and_then(|problem| match &problem.problem {
                Problem::CodeWait { until } => Some(until.to_string()),
                _ => None,
            });
            let until = until.map_or_else(|| "later".to_owned(), |until| format!("until {until}"));
            return Err(wrong(format!("Wait {until} before you try another code: ten were not right")));
        }
        tried => tried?,
    };
    let named = sqlx::query!(
        r#"insert into sponsorships as s (organisation_id, person_id, named_at)
        select o.id, $2::uuid, $3::timestamptz from organisations o where o.sponsor_code = $1 and o.kind <> 'funder'
        on conflict (organisation_id, person_id) do update set
            named_at = case when s.ended_at is null then s.named_at else excluded.named_at end,
            -- Begun anew, the organisation sees nothing of them again until they consent.
            shown_from = case when s.ended_at is null then s.shown_from end, ended_at = null, ended_by = null
        returning s.consented_at is not null as "consented!", s.confirmed_at is not null as "pays!""#,
        code.as_str(),
        actor.person().0,
        services.clock.now(),
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(named) = named else {
        tried.was_wrong(services, &mut db, actor).await?;
        return Err(unknown());
    };
    tried.was_right(&mut db, actor).await?;
    Ok(match (named.pays, named.consented) {
        (true, _) => SponsorState::Confirmed,
        (false, true) => SponsorState::Asked,
        (false, false) => SponsorState::Named,
    })
}

fn wrong(words: impl Into<String>) -> Error {
    Error::invalid("sponsor_code", Problem::InWords { words: words.into() })
}

/// The learner consents: the organisation sees who they are, and their progress from when it confirms that it pays.
///
/// # Errors
/// [`Error::NotFound`] when they have not named it, or have ended it. To consent twice is fine.
pub async fn consent_to_sponsor(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    consent: SponsorConsent,
) -> Result<()> {
    let mut db = services.begin().await?;
    let now = services.clock.now();
    let changed = sqlx::query!(
        "update sponsorships set consent_version = $3, consented_at = $4, shown_from = coalesce(shown_from, $4)
        where organisation_id = $1 and person_id = $2 and consented_at is null and ended_at is null",
        organisation.0,
        actor.person().0,
        consent.version(),
        now,
    )
    .execute(&mut *db)
    .await?;
    if changed.rows_affected() == 0 {
        let so = sqlx::query_scalar!(
            r#"select exists (select from sponsorships
                where organisation_id = $1 and person_id = $2 and consented_at is not null) as "so!""#,
            organisation.0,
            actor.person().0,
        );
        return already(so.fetch_one(&mut *db).await?);
    }
    let action = "organisations.sponsor_consented";
    let event = audit::Event { at: now, actor: Some(actor.person()), subject: Some(actor.person()), action };
    let detail = json!({ "organisation": organisation, "consent": consent.version() });
    audit::record_with(&mut db, event, detail).await?;
    db.commit().await?;
    Ok(())
}

/// The learner ends it, at whatever stage: from now on the organisation sees nothing, and it is no longer in their account.
///
/// # Errors
/// [`Error::NotFound`] when they have never named it. To end it twice is fine.
pub async fn end_sponsor(services: &Services, actor: &Actor, organisation: OrganisationId) -> Result<()> {
    let mut db = services.begin().await?;
    let now = services.clock.now();
    access::keep_leaving(services, &mut db, &[actor.person().0]).await?;
    if !end(&mut db, actor.person(), Ends::Learner(organisation), now).await? {
        let so = sqlx::query_scalar!(
            r#"select exists (select from sponsorships where organisation_id = $1 and person_id = $2) as "so!""#,
            organisation.0,
            actor.person().0,
        );
        return already(so.fetch_one(&mut *db).await?);
    }
    let action = "organisations.sponsor_ended";
    let event = audit::Event { at: now, actor: Some(actor.person()), subject: Some(actor.person()), action };
    audit::record_with(&mut db, event, json!({ "organisation": organisation })).await?;
    db.commit().await?;
    Ok(())
}

/// What is so already is done: the button was pressed twice, or in two tabs.
pub(super) fn already(so: bool) -> Result<()> {
    if so { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends all of them, in the transaction in which a person closes their account.
pub(crate) async fn end_all_sponsors(
    db: &mut PgConnection,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<()> {
    end(db, person, Ends::Account, now).await.map(drop)
}

/// Who ends what an organisation sees of a learner who named it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ends {
    /// The learner, at whatever stage. One that the organisation has ended leaves their account with it.
    Learner(OrganisationId),
    /// The learner, who closes their account: all that have not ended.
    Account,
    /// The organisation, to which they have consented, if it still is as its page showed: whether it pays.
    Organisation(OrganisationId, bool),
}

/// Ends what is seen of a learner: no consent and no confirmation is left. Says whether that changed anything.
pub(super) async fn end(
    db: &mut PgConnection,
    person: PersonId,
    ends: Ends,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (organisation, by, confirmed) = match ends {
        Ends::Learner(organisation) => (Some(organisation.0), "learner", None),
        Ends::Account => (None, "learner", None),
        Ends::Organisation(organisation, confirmed) => {
            (Some(organisation.0), "organisation", Some(confirmed))
        }
    };
    let changed = sqlx::query!(
        "update sponsorships set consent_version = null, consented_at = null, confirmed_at = null, confirmed_by = null,
            ended_at = coalesce(ended_at, $5), ended_by = $3
        where person_id = $1 and ended_by is distinct from $3
            and (organisation_id = $2 or $2::uuid is null and ended_at is null)
            and ($4::boolean is null or consented_at is not null and (confirmed_at is not null) = $4)",
        person.0,
        organisation,
        by,
        confirmed,
        now,
    )
    .execute(db)
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// A row of the view `sponsors_of_people`, which the page of the account reads with the rest.
#[derive(Debug, Deserialize)]
pub(crate) struct SponsorKept {
    organisation: OrganisationId,
    name: String,
    consent_version: Option<String>,
    consented_at: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<SponsorKept> for Sponsor {
    fn from(kept: SponsorKept) -> Self {
        let state = match (kept.consented_at, kept.confirmed_at, kept.ended_at) {
            (_, _, Some(_)) => SponsorState::Ended,
            (_, Some(_), None) => SponsorState::Confirmed,
            (Some(_), None, None) => SponsorState::Asked,
            (None, None, None) => SponsorState::Named,
        };
        let consent = kept.consent_version.zip(kept.consented_at);
        Self {
            organisation: kept.organisation,
            name: kept.name,
            state,
            consent: consent.map(|(policy, given)| Consent { policy, given: moment(given) }),
            answered: kept.ended_at.or(kept.confirmed_at).map(moment),
        }
    }
}
