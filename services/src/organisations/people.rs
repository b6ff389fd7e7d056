//! Who belongs to an organisation, as its administrators see it.

use chrono::{DateTime, Utc};
use domain::{
    accounts::{AccountState, MailState, PersonId},
    kit::list::{Choice, Page},
    learning::Slug,
    organisations::{GroupNames, OrganisationHead, OrganisationPeople, PeopleQuery, PersonRow},
    visible,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    one_at_a_time,
    questions::{ask_again, listed_since},
};
use crate::{
    Error, Result, Services,
    access::{self, LookedAt, OrganisationAdministrator},
    accounts::{self, Actor},
    kit::{
        audit,
        export::{Cell, Export, File, Format, file, in_turn_if_whole},
        list::{AllRows, Asked, narrowed},
        once::pressed_twice,
        waiting::{AS_LONG_AS_IT_TAKES, SHORTLY, busy, wait},
    },
};

/// `/organisation/{slug}/people`.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn people_page(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    query: &PeopleQuery,
) -> Result<OrganisationPeople> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.administers(services, &mut db, slug).await
    };
    let load = async {
        let mut db = services.db.acquire().await?;
        let administrator = actor.administers(services, &mut db, slug).await?;
        page(&mut db, administrator, query, Asked::of(query), listed_since(services)).await
    };
    let Listed { head, people, names } = in_turn_if_whole(services, actor, query.whole, prove, load).await?;
    let Page { rows, found, in_all, next, anew } = people;
    let rows = rows.into_iter().map(|(row, _)| row).collect();
    Ok(OrganisationPeople { head, people: Page { rows, found, in_all, next, anew }, names })
}

/// How many teams, and how many areas, are offered where one is typed.
pub(super) const NAMES_OFFERED: i64 = 100;

/// People, each with the time since when they belong to the organisation.
struct Listed {
    head: OrganisationHead,
    people: Page<(PersonRow, DateTime<Utc>)>,
    names: GroupNames,
}

/// Sends somebody who has not answered the mail again: that of the activation, or the question whether they belong to the organisation, and
/// does not tell which. Nobody gets very many, and a button pressed twice sends one.
///
/// # Errors
/// [`Error::NotFound`] for a person whom the organisation has neither invited nor asked; a problem in words on `resend-{person}` while
/// somebody else changes them; as [`Actor::administers`].
pub async fn resend_activation(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    person: PersonId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let (organisation, support) = (administrator.organisation(), administrator.is_support());
    let (action, words) = ("organisations.activation_resent", organisation.to_string());
    if pressed_twice(services, &mut db, actor.person(), person.0, (action, &words)).await? {
        return Ok(());
    }
    // A file that changes the name of this person holds them.
    wait(&mut db, SHORTLY).await?;
    let sent = match accounts::resend(services, &mut db, organisation, person, actor.person(), support).await
    {
        Err(Error::NotFound) => ask_again(services, &mut db, organisation, person).await,
        sent => sent,
    };
    let sent = sent.map_err(|error| busy(error, &format!("resend-{person}"), "Send the mail again"))?;
    wait(&mut db, AS_LONG_AS_IT_TAKES).await?;
    // The page does not tell, and nothing is kept of a mail that was not sent: pressed again, it is tried again.
    if !sent {
        return Ok(());
    }
    note(services, &mut db, actor, administrator, Some(person), action).await?;
    db.commit().await?;
    Ok(())
}

/// Sends everybody who has not answered the mail again, but who got one within a day or wants no reminders. Returns how many.
///
/// # Errors
/// A problem in words on `resend-all` while somebody else changes one of them; as [`Actor::administers`].
pub async fn resend_all_activations(services: &Services, actor: &Actor, slug: &Slug) -> Result<usize> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let (organisation, support) = (administrator.organisation(), administrator.is_support());
    // The same button pressed twice waits for the first, however many mails it sends, and then sends none. A file holds people alone.
    one_at_a_time(&mut db, organisation).await?;
    wait(&mut db, SHORTLY).await?;
    let sent = accounts::resend_all(services, &mut db, organisation, actor.person(), support).await;
    let sent = sent.map_err(|error| busy(error, "resend-all", "Send the mails again"))?;
    wait(&mut db, AS_LONG_AS_IT_TAKES).await?;
    if sent > 0 {
        note(services, &mut db, actor, administrator, None, "organisations.activations_resent").await?;
    }
    db.commit().await?;
    Ok(sent)
}

/// An event about the organisation, or about a person in it. What support did about a person they read in their account.
pub(super) async fn note(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    administrator: OrganisationAdministrator,
    subject: Option<PersonId>,
    action: &str,
) -> Result<()> {
    let event = audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject, action };
    let id = Uuid::now_v7();
    audit::record_as(db, id, event, administrator.noted(serde_json::json!({}))).await?;
    match subject.filter(|_| administrator.is_support()) {
        Some(person) => access::keep_shown(db, id, LookedAt::Person(person)).await,
        None => Ok(()),
    }
}

/// Members, and who has been asked to become one since then, in one statement. Those who were asked are called as the organisation calls them.
async fn page(
    db: &mut PgConnection,
    administrator: OrganisationAdministrator,
    query: &PeopleQuery,
    asked: Asked,
    since: DateTime<Utc>,
) -> Result<Listed> {
    let mut rows = sqlx::query!(
        r#"with groups as materialized (
            -- Once, and not for each person.
            select c.id from cohorts_named c where $11 <> '' and c.organisation_id = $1 and searchable(c.name) = (select searchable($11))
        ), members as (
            select m.person_id as id, m.student_number, m.team, m.area, m.joined_at, null::uuid as cohort_id, true as member,
                p.full_name, p.email,
                case when p.withdrawn_at is not null then 'withdrawn' when p.activated_at is not null then 'active' else 'pending' end as state
            -- Each by the key: a join could read the whole table.
            from memberships m
            cross join lateral (select x.full_name, x.email, x.activated_at, x.withdrawn_at from people x where x.id = m.person_id offset 0) p
            where m.organisation_id = $1
            union all
            select r.person_id, r.student_number, r.team, r.area, r.asked_at, r.cohort_id, false, r.full_name, p.email, 'pending'
            from membership_requests r
            cross join lateral (select x.email from people x where x.id = r.person_id offset 0) p
            where r.organisation_id = $1 and r.asked_at > $12
        ), listed as (
            select b.*, case $2
                    when 'number' then coalesce(lower(b.student_number), '')
                    when 'team' then coalesce(lower(b.team), '')
                    when 'area' then coalesce(lower(b.area), '')
                    when 'joined' then to_char(b.joined_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
                    else lower(b.full_name)
                end collate "und-x-icu" as key
            from members b
            where (found_by(b.full_name, $3, (select searchable($3))) or found_by(b.email, $3, (select searchable($3)))
                    or found_by(b.student_number, $3, (select searchable($3))))
                and ($8 = 'all' or b.state = $8)
                and ($9 = '' or searchable(b.team) = (select searchable($9)))
                and ($10 = '' or searchable(b.area) = (select searchable($10)))
                and ($11 = '' or b.cohort_id in (select g.id from groups g)
                    or b.member and exists (
                        select from enrolments e where e.learner_id = b.id and e.cohort_id in (select g.id from groups g)))
        ), shown as (
            select * from listed
            where $4::text is null
                or case when $6 then (key, id) < ($4 collate "und-x-icu", $5) else (key, id) > ($4 collate "und-x-icu", $5) end
            order by case when $6 then key end desc, case when not $6 then key end, case when $6 then id end desc, id
            limit $7
        ), head as materialized (
            select o.slug, o.name, (select count(*) from members) as in_all, (select count(*) from listed) as found,
                array(select min(b.team) from members b where b.team is not null
                    group by lower(b.team) order by lower(b.team) collate "und-x-icu" limit $13) as teams,
                array(select min(b.area) from members b where b.area is not null
                    group by lower(b.area) order by lower(b.area) collate "und-x-icu" limit $13) as areas
            from organisations o where o.id = $1
        )
        select h.slug, h.name, h.in_all as "in_all!", h.found as "found!", s.id as "id?", s.full_name as "full_name?",
            s.email as "email?", s.student_number, s.team, s.area, s.joined_at as "joined_at?", s.key as "key?", s.member as "member?",
            a.state as "state?",
            -- In one of the rows.
            case when row_number() over () = 1 then h.teams end as "teams?",
            case when row_number() over () = 1 then h.areas end as "areas?",
            case when s.member then a.mail else (
                select m.state from mails_of_people m
                where m.person_id = s.id and m.kind in ('membership_asked', 'activation', 'activation_reminder')
                order by m.queued_at desc, m.id desc limit 1
            ) end as "mail?",
            case when s.member then (
                select string_agg(c.name, ', ' order by c.name) from enrolments e join cohorts_named c on c.id = e.cohort_id
                where e.learner_id = s.id and c.organisation_id = $1
            ) else (select c.name from cohorts_named c where c.id = s.cohort_id) end as cohorts
        from head h
        left join shown s on true
        left join lateral (select x.state, x.mail from activation_states x where x.person_id = s.id offset 0) a on true
        order by case when $6 then s.key end desc, case when not $6 then s.key end, case when $6 then s.id end desc, s.id"#,
        administrator.organisation().0,
        query.sort.as_str(),
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        query.filters.state.as_str(),
        visible(&query.filters.team),
        visible(&query.filters.area),
        visible(&query.filters.cohort),
        since,
        NAMES_OFFERED,
    )
    .fetch_all(db)
    .await?;
    // When nobody is found, the only row has no person.
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let counts = (head.found, head.in_all);
    let head =
        OrganisationHead { slug: std::mem::take(&mut head.slug), name: std::mem::take(&mut head.name) };
    let names = GroupNames {
        teams: rows.iter_mut().find_map(|row| row.teams.take()).unwrap_or_default(),
        areas: rows.iter_mut().find_map(|row| row.areas.take()).unwrap_or_default(),
    };
    rows.retain(|row| row.id.is_some());
    let people = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let unknown =
                || Error::failed("the database has a state of an account or a mail that nobody knows");
            let state = AccountState::read(row.state.as_deref().unwrap_or_default()).ok_or_else(unknown)?;
            // Who was asked may have an account, of which this organisation is not told: they are shown as who was invited.
            let state = if row.member == Some(true) { state } else { AccountState::Pending };
            let mail = row.mail.filter(|_| state == AccountState::Pending);
            let mail = mail.map(|word| MailState::read(&word).ok_or_else(unknown)).transpose()?;
            // That a mail has gone out would tell: who said no gets none.
            let mail = mail.filter(|mail| matches!(mail, MailState::Bounced | MailState::Failed));
            let person = PersonRow {
                person: row.id.map(PersonId).ok_or(Error::NotFound)?,
                name: row.full_name.unwrap_or_default(),
                email: row.email.unwrap_or_default(),
                student_number: row.student_number,
                team: row.team,
                area: row.area,
                cohorts: row.cohorts,
                state,
                mail,
                invited: row.id.map(PersonId).filter(|_| state == AccountState::Pending),
            };
            Ok((person, row.joined_at.unwrap_or_default()))
        },
    )?;
    Ok(Listed { head, people, names })
}

const COLUMNS: [&str; 8] =
    ["Name", "E-mail", "Student number", "Team", "Area", "Cohort", "State", "Belongs since (UK time)"];

/// A file of all people that `query` finds, in its order. Its columns come back as an upload.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn people_file(
    services: &Services,
    actor: &Actor,
    slug: &Slug,
    query: &PeopleQuery,
    format: Format,
) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.administers(services, &mut db, slug).await
    };
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let administrator = actor.administers(services, &mut db, slug).await?;
        let mut all = AllRows::of(query);
        let head = loop {
            let (portion, asked) = all.portion();
            let Listed { head, people, .. } =
                page(&mut db, administrator, portion, asked, listed_since(services)).await?;
            if all.take(people) {
                break head;
            }
        };
        db.commit().await?;
        let rows = all.rows.into_iter().map(|(person, since)| {
            vec![
                Cell::Text(person.name),
                Cell::Text(person.email),
                Cell::text_or_nothing(person.student_number),
                Cell::text_or_nothing(person.team),
                Cell::text_or_nothing(person.area),
                Cell::text_or_nothing(person.cohorts),
                Cell::text(person.state.label()),
                Cell::Time(since),
            ]
        });
        Ok(Export {
            of: head.name,
            thing: "member",
            narrowed: narrowed(query),
            headings: COLUMNS.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        })
    };
    file(services, actor, format, prove, load).await
}
