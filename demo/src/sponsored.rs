//! A learner with an account of their own, for whom an employer pays: it sees how far they are.

use domain::{
    learning::Slug,
    organisations::{OrganisationId, SPONSOR_CONSENT, SponsorConsent, SponsoredQuery},
};
use services::{Error, Result, Services, learning, organisations};
use uuid::Uuid;

use crate::{PASSWORD, papers::sign_in, person, progress};

/// Named in the README.
const LEARNER: &str = "alone@demo.example";
const MANAGER: &str = "manager@demo.example";

/// Seeds once, as people do it: the employer gives out its code, the learner names it and consents, and it confirms that it pays. Apart from
/// [`seed`](crate::seed), because tests count the people of that.
///
/// # Errors
/// [`Error::NotFound`] without the course, or when the demo is not there.
pub async fn sponsor(services: &Services) -> Result<()> {
    let mut db = services.begin().await?;
    let employer = sqlx::query!(
        r#"select g.organisation_id as "id!",
            exists (select from sponsorships s join people p on p.id = s.person_id
                where s.organisation_id = g.organisation_id and p.email = $2 and s.confirmed_at is not null) as "there!"
        from grants g join people m on m.id = g.person_id
        where m.email = $1 and g.role = 'organisation-administrator'"#,
        MANAGER,
        LEARNER,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if employer.there {
        return Ok(());
    }
    let organisation = OrganisationId(employer.id);
    let hash = services.hasher.hash(PASSWORD).await?;
    let course = learning::find_course(&mut db, "nmp").await?;
    let learner = person(services, &mut db, LEARNER, "Lena Marsh (demo)", &hash).await?;
    // They follow the course alone: their place was made for no organisation.
    let place = sqlx::query_scalar!(
        "insert into enrolments (id, learner_id, course_id, enrolled_at) values ($1, $2, $3, $4)
        on conflict (learner_id, course_id) do nothing returning id",
        Uuid::now_v7(),
        learner.0,
        course.0,
        services.clock.now(),
    )
    .fetch_optional(&mut *db)
    .await?;
    if let Some(place) = place {
        progress(services, &mut db, place, 5).await?;
    }
    db.commit().await?;

    let slug = Slug::parse(&organisations::slug_of(services, organisation).await?).map_err(Error::failed)?;
    let manager = sign_in(services, MANAGER).await?;
    organisations::give_out_code(services, &manager, &slug, true, None).await?;
    let page = organisations::sponsored_page(services, &manager, &slug, &SponsoredQuery::default()).await?;
    let code = page.code.ok_or(Error::NotFound)?.code;
    let actor = sign_in(services, LEARNER).await?;
    let consent =
        SponsorConsent::parse(true, SPONSOR_CONSENT).map_err(|problem| Error::failed(problem.message()))?;
    organisations::name_sponsor(services, &actor, &code).await?;
    organisations::consent_to_sponsor(services, &actor, organisation, consent).await?;
    organisations::confirm_sponsored(services, &manager, &slug, learner).await
}
