//! What an organisation does about the learners who name it as paying for them: gives out a code, confirms, refuses and ends.
//! What the learner does is in `sponsors.rs`.

use domain::{
    Problem,
    accounts::PersonId,
    kit::list::Choice,
    learning::Slug,
    organisations::{
        CodeGiven, CourseProgress, OrganisationHead, SponsorCode, Sponsored, SponsoredQuery, SponsoredRow,
    },
};
use sqlx::{PgConnection, types::Json};

use super::{
    people::note,
    sponsors::{Ends, already, end},
};
use crate::{
    Error, Result, Services,
    access::{OrganisationAdministrator, keep_leaving},
    accounts::Actor,
    kit::{
        list::Asked,
        random,
        waiting::{AS_LONG_AS_IT_TAKES, SHORTLY, busy, wait},
    },
    moment,
};

/// `/organisation/{slug}/sponsored`: who has named the organisation and consented. Of those for whom it pays, its administrators see how far
/// they are in the courses that they follow alone (`progress_followed`). Support sees who they are, and none of it.
///
/// # Errors
/// [`Error::NotFound`] for a funder, which sees nobody's progress; as [`Actor::administers`].
pub async fn sponsored_page(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    query: &SponsoredQuery,
) -> Result<Sponsored> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    // Nothing leads to this list as one page to print.
    let query = &SponsoredQuery { whole: false, ..query.clone() };
    let asked = Asked::of(query);
    let mut rows = sqlx::query!(
        r#"with named as materialized (
            select s.person_id as id, s.consented_at, s.confirmed_at, p.full_name, p.email
            -- Each by the key: a join could read the whole table.
            from sponsorships s
            cross join lateral (select x.full_name, x.email from people x where x.id = s.person_id offset 0) p
            where s.organisation_id = $1 and s.consented_at is not null
        ), listed as (
            select n.*, case $2
                    when 'asked' then to_char(n.consented_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
                    else lower(n.full_name)
                end collate "und-x-icu" as key
            from named n
            where (found_by(n.full_name, $3, (select searchable($3))) or found_by(n.email, $3, (select searchable($3))))
                and ($8 = 'all' or (n.confirmed_at is not null) = ($8 = 'confirmed'))
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "und-x-icu", $5) else (key, id) > ($4 collate "und-x-icu", $5) end
            order by case when $6 then key end desc, case when not $6 then key end, case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            select o.slug, o.name, o.sponsor_code, (select count(*) from named) as in_all, (select count(*) from listed) as found,
                exists (select from progress_access(o.id, $9)) as follows
            from organisations o where o.id = $1 and o.kind <> 'funder'
        )
        select h.slug, h.name, h.sponsor_code, h.in_all as "in_all!", h.found as "found!", h.follows as "follows!", s.id as "id?",
            s.full_name as "full_name?", s.email as "email?", s.consented_at as "consented_at?", s.confirmed_at as "confirmed_at?",
            s.key as "key?",
            (select coalesce(jsonb_agg(jsonb_build_object('course', c.title, 'completed', f.modules_completed, 'modules',
                    (select count(*) from modules m where m.course_id = c.id and not m.retired)) order by c.title), '[]')
                from progress_followed f join courses_named c on c.id = f.course_id
                where h.follows and f.organisation_id = $1 and f.person_id = s.id and f.alone
            ) as "progress!: Json<Vec<CourseProgress>>"
        from head h left join shown s on true
        order by case when $6 then s.key end desc, case when not $6 then s.key end, case when $6 then s.id end desc, s.id"#,
        administrator.organisation().0,
        query.sort.as_str(),
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        query.filters.as_str(),
        actor.person().0,
    )
    .fetch_all(&mut *db)
    .await?;
    // When nobody is found, the only row has no person.
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let (counts, follows) = ((head.found, head.in_all), head.follows);
    let code = head.sponsor_code.take().map(|code| code_given(services, &code)).transpose()?;
    let head =
        OrganisationHead { slug: std::mem::take(&mut head.slug), name: std::mem::take(&mut head.name) };
    rows.retain(|row| row.id.is_some());
    let learners = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            Ok(SponsoredRow {
                person: PersonId(row.id.unwrap_or_default()),
                name: row.full_name.unwrap_or_default(),
                email: row.email.unwrap_or_default(),
                asked: moment(row.consented_at.ok_or(Error::NotFound)?),
                confirmed: row.confirmed_at.map(moment),
                progress: row.progress.0,
            })
        },
    )?;
    Ok(Sponsored { head, code, follows, learners })
}

fn code_given(services: &Services, stored: &str) -> Result<CodeGiven> {
    let code = SponsorCode::parse(stored)
        .ok_or_else(|| Error::failed("the database has a code of an organisation that is none"))?
        .shown();
    let site = &services.public_url;
    let register = format!("{site}/register?code={code}");
    let account = format!("{site}/account?code={code}#sponsors");
    Ok(CodeGiven { code, register, account })
}

/// Gives out a new code, or none, in place of the one that the page has `shown`. That one names nobody any more; who has used it already is
/// not concerned. A code that was given out meanwhile, by a colleague or by the same button pressed twice, stays.
///
/// # Errors
/// A problem in words on `offered` when the page shows what is so no more, and something else is asked for than what is, and while somebody
/// else changes the organisation; as [`sponsored_page`].
pub async fn give_out_code(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    offered: bool,
    shown: Option<&SponsorCode>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let code =
        offered.then(random::bytes::<{ SponsorCode::LENGTH }>).transpose()?.map(SponsorCode::from_random);
    // Each person of a file that is being taken in refers to this row, by a key as the code is one.
    wait(&mut db, SHORTLY).await?;
    let given = sqlx::query!(
        "update organisations set sponsor_code = $2
        where id = $1 and kind <> 'funder' and sponsor_code is not distinct from $3 and sponsor_code is distinct from $2",
        administrator.organisation().0,
        code.as_ref().map(SponsorCode::as_str),
        shown.map(SponsorCode::as_str),
    )
    .execute(&mut *db)
    .await
    .map_err(|error| busy(error, "offered", "Press the button again"))?;
    wait(&mut db, AS_LONG_AS_IT_TAKES).await?;
    if given.rows_affected() == 0 {
        let stands = sqlx::query_scalar!(
            r#"select sponsor_code is not null as "stands!" from organisations where id = $1 and kind <> 'funder'"#,
            administrator.organisation().0,
        );
        if stands.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)? == offered {
            return Ok(());
        }
        let words =
            "Look at your code again, then decide: what the page showed has changed, perhaps by a colleague";
        return Err(Error::invalid("offered", Problem::InWords { words: words.to_owned() }));
    }
    let action = if offered {
        "organisations.sponsor_code_given_out"
    } else {
        "organisations.sponsor_code_taken_back"
    };
    note(services, &mut db, actor, administrator, None, action).await?;
    db.commit().await?;
    Ok(())
}

/// Whether the organisation pays is for its administrators to say. Support sees who asks, and does not answer for it.
async fn answers(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    slug: &Slug,
) -> Result<OrganisationAdministrator> {
    let administrator = actor.administers(services, db, slug).await?;
    if administrator.is_support() { Err(Error::NotFound) } else { Ok(administrator) }
}

/// The organisation pays for this learner. From now on it sees their progress.
///
/// # Errors
/// [`Error::NotFound`] when they do not wait for this answer: the learner may have ended it; and for support. To confirm twice is fine.
/// As [`sponsored_page`].
pub async fn confirm_sponsored(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    person: PersonId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = answers(services, &mut db, actor, slug).await?;
    let changed = sqlx::query!(
        "update sponsorships set confirmed_at = $3, confirmed_by = $4
        where organisation_id = $1 and person_id = $2 and consented_at is not null and confirmed_at is null
            and exists (select from organisations o where o.id = $1 and o.kind <> 'funder')",
        administrator.organisation().0,
        person.0,
        services.clock.now(),
        actor.person().0,
    )
    .execute(&mut *db)
    .await?;
    if changed.rows_affected() == 0 {
        let so = sqlx::query_scalar!(
            r#"select exists (select from sponsorships
                where organisation_id = $1 and person_id = $2 and confirmed_at is not null) as "so!""#,
            administrator.organisation().0,
            person.0,
        );
        return already(so.fetch_one(&mut *db).await?);
    }
    note(services, &mut db, actor, administrator, Some(person), "organisations.sponsor_confirmed").await?;
    db.commit().await?;
    Ok(())
}

/// The organisation does not pay for this learner, or no longer: it sees nothing of them from now on. `confirmed` is what the page showed:
/// whether it pays. To end it twice is fine.
///
/// # Errors
/// A problem in words on `end-{person}` when that is so no more, because a colleague has confirmed since, say; [`Error::NotFound`] when it has
/// never seen them, and for support. As [`Actor::administers`].
pub async fn end_sponsored(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    person: PersonId,
    confirmed: bool,
) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = answers(services, &mut db, actor, slug).await?;
    keep_leaving(services, &mut db, &[person.0]).await?;
    let ends = Ends::Organisation(administrator.organisation(), confirmed);
    if !end(&mut db, person, ends, services.clock.now()).await? {
        let seen = sqlx::query_scalar!(
            r#"select consented_at is not null as "stands!" from sponsorships
            where organisation_id = $1 and person_id = $2 and shown_from is not null"#,
            administrator.organisation().0,
            person.0,
        );
        if seen.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)? {
            let words = "Look at this learner again, then decide: what the page showed has changed, perhaps by a colleague";
            let problem = Problem::InWords { words: words.to_owned() };
            return Err(Error::invalid(&format!("end-{person}"), problem));
        }
        return Ok(());
    }
    note(services, &mut db, actor, administrator, Some(person), "organisations.sponsor_refused").await?;
    db.commit().await?;
    Ok(())
}
