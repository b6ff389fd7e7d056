use chrono::{DateTime, Utc};
use domain::{
    access::Role,
    accounts::{AccountState, MailState, PersonId},
    support::{DeviceSeen, MailSeen, MembershipSeen, RoleSeen, SupportedPerson, UploadSeen},
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::words::mail_words;
use crate::{Error, Result, Services, accounts::Actor, moment, number};

/// How many mails are shown: the newest.
const MAILS: i64 = 50;

/// A row of `mails_of_people`.
#[derive(Debug, Deserialize)]
struct Mail {
    kind: String,
    state: String,
    at: DateTime<Utc>,
}

/// A row of `devices_signed_in`.
#[derive(Debug, Deserialize)]
struct SignedInDevice {
    device: String,
    created_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
}

/// A row of `member_details`.
#[derive(Debug, Deserialize)]
struct Membership {
    organisation: String,
    student_number: Option<String>,
    team: Option<String>,
    area: Option<String>,
    joined_at: DateTime<Utc>,
    file_name: Option<String>,
    uploaded_at: Option<DateTime<Utc>>,
}

/// A row of `roles_held`.
#[derive(Debug, Deserialize)]
struct Held {
    role: String,
    scope_id: Option<Uuid>,
    scope: Option<String>,
    granted_at: DateTime<Utc>,
    by: Option<String>,
    reason: String,
}

/// `/support/people/{person}`: the state of an account, in one statement.
///
/// # Errors
/// As [`Actor::helps`]; [`Error::NotFound`] for nobody.
pub async fn person_page(services: &Services, actor: &Actor, person: PersonId) -> Result<SupportedPerson> {
    let mut db = services.db.acquire().await?;
    let helper = actor.helps(services, &mut db, person).await?;
    let now = services.clock.now();
    let row = sqlx::query!(
        r#"select p.full_name as "full_name!", p.email as "email!", a.state as "state!",
            f.created_at as "created_at!", f.activated_at, f.withdrawn_at, f.wait_until, f.code_wait_until,
            case when f.second_factor then f.recovery_codes end as recovery_codes,
            (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
                select m.kind, m.state, m.queued_at as at from mails_of_people m
                where m.person_id = p.id order by m.queued_at desc, m.id desc limit $3) x) as "mails!: Json<Vec<Mail>>",
            (select count(*) from mails_of_people m where m.person_id = p.id) as "all_mails!",
            (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
                select d.device, d.created_at, d.last_used_at from devices_signed_in d
                where d.person_id = p.id and d.ends_at > $2 order by d.last_used_at desc, d.id) x) as "devices!: Json<Vec<SignedInDevice>>",
            (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
                select o.name as organisation, m.student_number, m.team, m.area, m.joined_at, m.file_name, m.uploaded_at
                from member_details m join organisations_named o on o.id = m.organisation_id
                where m.person_id = p.id order by o.name) x) as "memberships!: Json<Vec<Membership>>",
            (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
                select r.role, r.scope_id, r.scope, r.granted_at, b.full_name as by, r.reason
                from roles_held r left join people_named b on b.id = r.granted_by
                where r.person_id = p.id order by r.granted_at desc, r.role, r.scope) x) as "roles!: Json<Vec<Held>>",
            (select coalesce(jsonb_agg(jsonb_build_array(z.id, z.name) order by z.name), '[]') from zone_areas z) as "areas!: Json<Vec<(Uuid, String)>>"
        from people_named p
        join account_facts f on f.person_id = p.id
        join activation_states a on a.person_id = p.id
        where p.id = $1"#,
        helper.person().0,
        now,
        MAILS,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let state = AccountState::read(&row.state)
        .ok_or_else(|| Error::failed("the database has a state of an account that nobody knows"))?;
    let mails = row.mails.0.into_iter().map(|mail| -> Result<MailSeen> {
        let state = MailState::read(&mail.state)
            .ok_or_else(|| Error::failed("the database has a state of a mail that nobody knows"))?;
        Ok(MailSeen { what: mail_words(&mail.kind), state, at: moment(mail.at) })
    });
    let devices = row.devices.0.into_iter().map(|device| DeviceSeen {
        name: device.device,
        signed_in: moment(device.created_at),
        last_used: moment(device.last_used_at),
    });
    let memberships = row.memberships.0.into_iter().map(|of| MembershipSeen {
        organisation: of.organisation,
        student_number: of.student_number,
        team: of.team,
        area: of.area,
        since: moment(of.joined_at),
        upload: of.uploaded_at.map(|at| UploadSeen { file: of.file_name, at: moment(at) }),
    });
    Ok(SupportedPerson {
        person: helper.person(),
        name: row.full_name,
        email: row.email,
        state,
        made: moment(row.created_at),
        opened: row.activated_at.map(moment),
        withdrawn: row.withdrawn_at.map(moment),
        waits_until: row.wait_until.filter(|until| *until > now).map(moment),
        codes_wait_until: row.code_wait_until.filter(|until| *until > now).map(moment),
        recovery_codes: row.recovery_codes.map(number).transpose()?,
        own: helper.person() == helper.support(),
        mails: mails.collect::<Result<_>>()?,
        all_mails: number(row.all_mails)?,
        devices: devices.collect(),
        memberships: memberships.collect(),
        roles: row.roles.0.into_iter().map(role).collect::<Result<_>>()?,
        areas: row.areas.0.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
    })
}

fn role(held: Held) -> Result<RoleSeen> {
    let role = Role::read(&held.role, held.scope_id)
        .ok_or_else(|| Error::failed("the database has a role that nobody knows"))?;
    let key = match held.scope_id {
        Some(scope) => format!("{}/{scope}", held.role),
        None => held.role,
    };
    Ok(RoleSeen {
        key,
        role: role.label().to_owned(),
        of: held.scope,
        since: moment(held.granted_at),
        by: held.by,
        reason: held.reason,
    })
}
