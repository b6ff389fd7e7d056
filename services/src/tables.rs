//! Lists the area that owns each table, and tests that no area reads or writes the tables of another one. An area calls a function of the
//! other area instead, or reads a view or function of the database whose comment begins with "AREA, for the other areas".

mod statements;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use sqlx::PgPool;

use statements::{texts, uses};

/// Every table, view and function of the database, by area. All areas share those of `kit`.
const OWNERS: &[(&str, &[&str])] = &[
    (
        "kit",
        &[
            "acted_as_support",
            "audit_append_only",
            "audit_area",
            "audit_by_support",
            "audit_events",
            "audit_log",
            "audit_once",
            "cursor_keys",
            "done_forms",
            "file_unnamed",
            "files_to_delete",
            "found_by",
            "grant_to_application",
            "jobs",
            "live_tell",
            "mails_of_people",
            "outbox",
            "outbox_content",
            "schedules",
            "searchable",
        ],
    ),
    (
        "accounts",
        &[
            "account_closed_news",
            "account_facts",
            "activation_links",
            "activation_states",
            "consents",
            "devices_signed_in",
            "invitations",
            "known_devices",
            "links_followed",
            "password_link_requests",
            "password_links",
            "people",
            "people_named",
            "people_withdrawn",
            "recovery_codes",
            "registrations",
            "role_given",
            "second_factor_shown",
            "second_factors",
            "second_factors_on",
            "session_ended",
            "sessions",
            "sign_in_addresses",
            "sign_in_tries",
        ],
    ),
    (
        "organisations",
        &[
            "administration_waits",
            "course_assignments",
            "course_assignments_reach",
            "courses_assigned",
            "member_details",
            "membership_questions",
            "membership_requests",
            "memberships",
            "memberships_reach",
            "organisation_members",
            "organisation_slug",
            "organisations",
            "organisations_named",
            "progress_shared",
            "sponsors_of_people",
            "sponsorship_news",
            "sponsorships",
            "sponsorships_shown",
            "upload_files",
            "upload_rows",
            "uploads",
        ],
    ),
    (
        "cohorts",
        &[
            "cohort_dates",
            "cohort_due",
            "cohort_notes",
            "cohort_open",
            "cohort_reminded",
            "cohort_reminders",
            "cohorts",
            "cohorts_named",
            "reminder_outcome",
            "reminder_stops",
            "reminders_stopped",
        ],
    ),
    ("support", &["support_looks"]),
    (
        "access",
        &[
            "administered_organisations",
            "cohort_access",
            "cohort_tutors",
            "followed_cohorts",
            "grants",
            "item_access",
            "looked_at",
            "organisation_access",
            "organisation_administration",
            "own_sitting",
            "paper_access",
            "papers_seen",
            "progress_access",
            "progress_seen",
            "roles_held",
            "roles_of",
            "sets_papers",
            "sitting_access",
            "support_access",
            "support_look",
            "support_reason",
            "support_shown",
            "support_shows",
            "zone_access",
            "zone_leads",
        ],
    ),
    (
        "learning",
        &[
            "assigned_learners",
            "calendar_feeds",
            "check_attempts",
            "check_tries",
            "check_versions",
            "cohort_students",
            "competencies",
            "course_certificates",
            "course_feedback",
            "course_learners",
            "course_open",
            "course_state",
            "course_terms",
            "course_ways",
            "course_wishes",
            "courses",
            "courses_named",
            "enrol_assigned",
            "enrolment_of_cohort",
            "enrolments",
            "enrolments_moved",
            "enrolments_reach",
            "feedback_figures",
            "frameworks",
            "late_openings",
            "learning_cards",
            "learning_check_taken",
            "learning_count",
            "learning_page_opened",
            "media",
            "module_completed",
            "module_completion_timed",
            "module_completions",
            "module_progress",
            "module_recounts",
            "module_reflections",
            "modules",
            "modules_due",
            "own_reminded",
            "own_reminded_dates",
            "own_reminders",
            "page_clarity",
            "page_highlights",
            "page_notes",
            "page_openings",
            "page_plain",
            "page_versions",
            "pages",
            "place_free_for",
            "progress_followed",
            "progress_news",
            "students_not_seen",
        ],
    ),
    (
        "assessment",
        &[
            "answers",
            "bank_drafts",
            "code_tries",
            "count_marks",
            "exam_adjustments",
            "in_london",
            "incidents",
            "item_category",
            "item_marks",
            "known_to_organisation",
            "late_answers",
            "mark_changes",
            "paper_changes",
            "paper_cohorts",
            "paper_corrections",
            "paper_items",
            "paper_learners",
            "selection_rules",
            "paper_sections",
            "paper_versions",
            "papers",
            "papers_dated",
            "papers_kept",
            "papers_waiting",
            "practice_questions",
            "question_drafts",
            "question_pictures",
            "question_templates",
            "remarking_of",
            "remarkings",
            "results_released",
            "results_seen",
            "sitting_certificate",
            "sitting_deadline",
            "sitting_news",
            "sitting_states",
            "sitting_totals",
            "sittings",
            "sittings_under_way",
            "still_to_mark",
            "takes_answers",
        ],
    ),
    (
        "zone",
        &[
            "zone_admits",
            "zone_admitted_domains",
            "zone_alike",
            "zone_area",
            "zone_areas",
            "zone_blocks",
            "zone_contacts",
            "zone_domain",
            "zone_found",
            "zone_got",
            "zone_is_member",
            "zone_joined",
            "zone_leading",
            "zone_made",
            "zone_mark",
            "zone_members",
            "zone_messages",
            "zone_name_kept",
            "zone_near",
            "zone_old",
            "zone_one_left_out",
            "zone_own_member",
            "zone_person",
            "zone_postings",
            "zone_profile_gone",
            "zone_profile_searched",
            "zone_profile_words",
            "zone_profiles",
            "zone_reports",
            "zone_resource_versions",
            "zone_resources",
            "zone_sendings",
            "zone_slips",
            "zone_spelt",
            "zone_standing_news",
            "zone_stops",
            "zone_waits",
            "zone_words",
            "zone_words_counted",
        ],
    ),
];

/// The areas.
pub(crate) fn areas() -> impl Iterator<Item = &'static str> {
    OWNERS.iter().map(|(area, _)| *area)
}

/// The tables, views and functions of one area.
pub(crate) fn of(area: &str) -> &'static [&'static str] {
    OWNERS.iter().find(|(owner, _)| *owner == area).map_or(&[], |(_, names)| *names)
}

/// Files and folders that may use tables of another area, with the reason.
const ALLOWED: &[(&str, &[&str], &str)] = &[
    (
        "services/src/cohorts/",
        &[
            "check_attempts",
            "courses",
            "enrolments",
            "module_completions",
            "module_progress",
            "modules",
            "page_openings",
            "pages",
        ],
        "the page of a cohort sorts and searches hundreds of students by their progress in one statement, and that of a student shows all of theirs in one",
    ),
    (
        "services/src/organisations/",
        &["enrolments", "modules", "people"],
        "an upload of 50,000 people is compared and written in a few statements; their list is one, and so is their report",
    ),
];

/// A table, view or function of the database.
struct Named {
    area: &'static str,
    is_function: bool,
    /// Whether its comment says that other areas may use it.
    is_published: bool,
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_area_uses_the_tables_of_another(db: PgPool) {
    let names = names(&db).await;
    let mut found: Vec<(String, &'static str, String)> = Vec::new();
    let mut read = 0;
    for (file, text) in sources() {
        let area = file.trim_start_matches("services/src/").split('/').next().unwrap_or_default();
        let area = OWNERS.iter().find(|(owner, _)| *owner == area).map_or("kit", |(owner, _)| owner);
        for (line, sql) in texts(&file, &text) {
            read += 1;
            for (within, name) in uses(&sql, &names) {
                found.push((format!("{file}:{}", line + within), area, name));
            }
        }
    }
    assert!(read > 700 && found.len() > 400, "{read} {}", found.len());
    let bodies: Vec<(String, String)> = sqlx::query_as(
        "select proname::text, prosrc from pg_proc p where pronamespace = 'public'::regnamespace and prokind = 'f'
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        union all select viewname::text, definition from pg_views where schemaname = 'public'",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    for (name, body) in bodies {
        for (_, used) in uses(&body, &names) {
            found.push((name.clone(), names[&name].area, used));
        }
    }

    let (mut wrong, mut needed) = (Vec::new(), BTreeSet::new());
    for (place, area, name) in found {
        let used = &names[&name];
        // Functions of `access` may read the owner of a cohort, paper or sitting, and who pays for a learner, from any area's tables.
        let asks_permission = area == "access" && names.get(&place).is_some_and(|named| named.is_function);
        let shared = used.is_published || used.is_function && matches!(used.area, "access" | "kit");
        if used.area == area || shared || asks_permission {
            continue;
        }
        let allowed =
            ALLOWED.iter().find(|(begin, of, _)| place.starts_with(begin) && of.contains(&name.as_str()));
        match allowed {
            Some((begin, ..)) => drop(needed.insert((*begin, name))),
            None => wrong.push(format!("{place}: {area} uses {name} of {}", used.area)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (begin, names, _) in ALLOWED {
        for name in *names {
            assert!(needed.contains(&(*begin, (*name).to_owned())), "{begin} does not use {name} any more");
        }
    }
}

/// Every name of the database with its area.
async fn names(db: &PgPool) -> BTreeMap<String, Named> {
    let there: Vec<(String, bool, String)> = sqlx::query_as(
        "select relname::text, false, coalesce(obj_description(oid, 'pg_class'), '') from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') and relname <> '_sqlx_migrations'
        union all
        -- Those of an extension are nobody's.
        select proname::text, true, coalesce(obj_description(oid, 'pg_proc'), '') from pg_proc p
        where pronamespace = 'public'::regnamespace
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let owners = OWNERS.iter().flat_map(|(area, names)| names.iter().map(|name| (*name, *area)));
    let owners: BTreeMap<_, _> = owners.collect();
    let listed: BTreeSet<_> = owners.keys().copied().collect();
    let known: BTreeSet<_> = there.iter().map(|(name, ..)| name.as_str()).collect();
    let missing: Vec<_> = listed.symmetric_difference(&known).collect();
    assert!(missing.is_empty(), "not in the database or in no area: {missing:?}");
    there
        .into_iter()
        .map(|(name, is_function, comment)| {
            let area = owners[name.as_str()];
            let is_published =
                comment.split_once(", for the other areas: ").is_some_and(|(of, _)| of == area);
            (name, Named { area, is_function, is_published })
        })
        .collect()
}

/// The files of this crate, without its tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.extend((!["tests", "testing", "tables"].contains(&name.as_str())).then_some(path));
            } else if !["tests.rs", "testing.rs", "tables.rs"].contains(&name.as_str()) && is_read(&path) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((
                    format!("services/src/{}", path.strip_prefix(&root).unwrap().to_str().unwrap()),
                    text,
                ));
            }
        }
    }
    found
}

fn is_read(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "rs" || kind == "sql")
}
