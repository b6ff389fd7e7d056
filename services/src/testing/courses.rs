//! Many courses, cohorts and learners of others, for tests of plans.

use sqlx::PgPool;

/// A hundred courses of fifty modules, a thousand cohorts with a date for each module of their course, and four learners in each. Of what they refer
/// to, people and checks do not exist: planning does not need them.
const OTHERS: &str = "set session_replication_role = replica;
    create function other(n bigint) returns uuid language sql immutable as
        $$ select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
    insert into organisations (id, name, slug, kind, created_at)
    select other(n), 'Other ' || n, 'other-' || n, 'university', now() from generate_series(1, 500) n;
    insert into courses (id, slug, title, summary, intro_html, framework_id)
    select other(n), 'other-' || n, 'Other', '', '', 'other' from generate_series(0, 99) n;
    insert into modules (id, course_id, slug, position, title, summary, intro_html, minutes, pass_mark, competencies)
    select other(n), other(n / 50), 'other-' || n, n, 'Other', '', '', 10, 80, '{}' from generate_series(0, 4999) n;
    insert into pages (id, module_id, slug, position, version)
    select other(n), other(n), 'other-' || n, n, 1 from generate_series(0, 4999) n;
    insert into page_versions (page_id, version, title, html, imported_at)
    select other(n), 1, 'Other', '<p>Other</p>', now() from generate_series(0, 4999) n;
    insert into cohorts (id, organisation_id, course_id, name, created_at)
    select other(n), other(n % 500 + 1), other(n % 100), 'Other ' || n, now() from generate_series(0, 999) n;
    insert into cohort_dates (cohort_id, module_id, due_on, set_at)
    select other(c), other(50 * (c % 100) + m), current_date, now() from generate_series(0, 999) c, generate_series(0, 49) m;
    insert into memberships (organisation_id, person_id, joined_at)
    select other(n / 4 % 500 + 1), other(n), now() from generate_series(0, 3999) n;
    insert into enrolments (id, learner_id, course_id, cohort_id, organisation_id, enrolled_at)
    select other(n), other(n), other(n / 4 % 100), other(n / 4), other(n / 4 % 500 + 1), now() from generate_series(0, 3999) n;
    insert into module_progress (enrolment_id, module_id, pages_opened, passed, entered, completed)
    select other(n), other(50 * (n / 4 % 100) + m), 1, false, true, false from generate_series(0, 3999) n, generate_series(0, 4) m;
    insert into module_completions (enrolment_id, module_id, completed_at, minutes)
    select other(n), other(50 * (n / 4 % 100) + m), now(), 10 from generate_series(0, 3999) n, generate_series(0, 4) m;
    insert into page_notes (enrolment_id, page_id, text, bookmarked, version, changed_at)
    select other(n), other(50 * (n / 4 % 100) + p), 'Other', false, 1, now() from generate_series(0, 3999) n, generate_series(0, 1) p;
    insert into page_highlights (enrolment_id, page_id, passages, version, changed_at)
    select other(n), other(50 * (n / 4 % 100) + p), '{Other}', 1, now() from generate_series(0, 3999) n, generate_series(0, 1) p;
    set session_replication_role = origin;
    analyze";

pub(crate) async fn beside_other_courses(db: &PgPool) {
    sqlx::raw_sql(OTHERS).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
}
