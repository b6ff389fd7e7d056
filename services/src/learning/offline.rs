//! Reading without a network: which pages a device keeps, and the openings that it tells when it is back.

use chrono::{DateTime, Duration, Utc};
use domain::learning::{LateOpening, MOST_LATE_OPENINGS, MOST_PAGES_KEPT, Slug};

use crate::{Result, Services, accounts::Actor};

/// An opening that is told later than this is not taken: no device keeps pages for so long.
const LATEST: Duration = Duration::days(30);
/// So many are taken of one place on a course, more than anybody reads of it: each is a row for ever, and a program could tell one for every
/// millisecond.
const MOST_OF_A_PLACE: i64 = 5_000;

/// The addresses of the pages that a device of the actor keeps: those that they have opened, and all of the first two
/// modules of each course that they have not completed. The ones that they read next come first. Asking records nothing.
///
/// # Errors
/// When the database fails.
pub async fn pages_to_keep(services: &Services, actor: &Actor) -> Result<Vec<String>> {
    let rows = sqlx::query!(
        r#"with mine as (
            select e.id, e.course_id, c.slug from enrolments e join courses c on c.id = e.course_id
            where e.learner_id = $1 and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $2))
        ), unfinished as (
            select mine.id as enrolment_id, m.id as module_id, row_number() over (partition by mine.id order by m.position) as nth
            from mine join modules m on m.course_id = mine.course_id and not m.retired
            left join module_progress mp on mp.enrolment_id = mine.id and mp.module_id = m.id
            where not coalesce(mp.completed, false)
        )
        select mine.slug as "course!", m.slug as "module!", p.slug as "page!"
        from mine
        join modules m on m.course_id = mine.course_id and not m.retired
        join pages p on p.module_id = m.id and not p.retired
        left join unfinished u on u.enrolment_id = mine.id and u.module_id = m.id and u.nth <= 2
        left join page_openings o on o.enrolment_id = mine.id and o.page_id = p.id
        where u.module_id is not null or o.page_id is not null
        order by u.module_id is null, mine.slug, m.position, p.position
        limit $3"#,
        actor.person().0,
        services.clock.now(),
        MOST_PAGES_KEPT,
    )
    .fetch_all(&services.db)
    .await?;
    let mut addresses = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        let course = format!("/learn/{}", row.course);
        let module = format!("{course}/{}", row.module);
        let page = format!("{module}/{}", row.page);
        for address in [course, module, page] {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    Ok(addresses)
}

/// Counts pages that the actor has read without a network, each with its own time, and marks them as told later. One that
/// is sent again counts once. What cannot be is left out: times to come or long ago, and pages that are not, or that are
/// not the actor's to open. Nor is anything taken when [`MOST_OF_A_PLACE`] were.
///
/// # Errors
/// When the database fails.
pub async fn take_late_openings(services: &Services, actor: &Actor, sent: &[LateOpening]) -> Result<()> {
    let now = services.clock.now();
    let (mut courses, mut modules, mut pages, mut times) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for opening in sent.iter().take(MOST_LATE_OPENINGS) {
        let Some(at) = believed(opening.at, now) else { continue };
        let parts = [&opening.course, &opening.module, &opening.page];
        if parts.iter().all(|part| Slug::parse(part).is_ok()) {
            courses.push(opening.course.clone());
            modules.push(opening.module.clone());
            pages.push(opening.page.clone());
            times.push(at);
        }
    }
    if times.is_empty() {
        return Ok(());
    }
    // The lock comes first, as where a page is opened now; the trigger on `page_openings` does the counting.
    sqlx::query!(
        r#"with mine as (
            select e.id, e.course_id, c.slug, (select count(*) from late_openings l where l.enrolment_id = e.id) as told
            from enrolments e join courses c on c.id = e.course_id
            where e.learner_id = $1 and c.slug = any($2::text[])
                and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $6))
            order by e.id
            for no key update of e
        ), sent as (
            select distinct course, module, page, opened_at
            from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) as s (course, module, page, opened_at)
        ), here as (
            -- In the text of that time.
            select mine.id as enrolment_id, p.id as page_id, sent.opened_at, coalesce(
                (select max(v.version) from page_versions v where v.page_id = p.id and v.imported_at <= sent.opened_at), p.version
            ) as version
            from sent
            join mine on mine.slug = sent.course and mine.told < $7
            join modules m on m.course_id = mine.course_id and m.slug = sent.module and not m.retired
            join pages p on p.module_id = m.id and p.slug = sent.page and not p.retired
        ), late as (
            insert into late_openings (enrolment_id, page_id, opened_at, sent_at)
            select enrolment_id, page_id, opened_at, $6 from here
            on conflict do nothing
            returning enrolment_id, page_id, opened_at
        ), counted as (
            insert into page_openings as o
                (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version, times)
            select enrolment_id, page_id, min(opened_at), min(version), max(opened_at), max(version), count(*)::integer
            from late join here using (enrolment_id, page_id, opened_at)
            group by enrolment_id, page_id
            on conflict (enrolment_id, page_id) do update set
                first_opened_at = least(o.first_opened_at, excluded.first_opened_at),
                first_version = case when excluded.first_opened_at < o.first_opened_at then excluded.first_version else o.first_version end,
                last_opened_at = greatest(o.last_opened_at, excluded.last_opened_at),
                last_version = case when excluded.last_opened_at > o.last_opened_at then excluded.last_version else o.last_version end,
                times = o.times + excluded.times
        ), latest as (
            select distinct on (enrolment_id) enrolment_id, page_id, opened_at
            from late order by enrolment_id, opened_at desc
        )
        update enrolments e set last_seen_at = latest.opened_at, last_page_id = latest.page_id
        from latest
        where e.id = latest.enrolment_id and (e.last_seen_at is null or e.last_seen_at < latest.opened_at)"#,
        actor.person().0,
        &courses,
        &modules,
        &pages,
        &times,
        now,
        MOST_OF_A_PLACE,
    )
    .execute(&services.db)
    .await?;
    Ok(())
}

/// The time that a device gives, if a page can have been opened then.
fn believed(milliseconds: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(milliseconds).filter(|at| *at <= now && *at >= now - LATEST)
}
