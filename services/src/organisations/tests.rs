//! P3, P22, P23: an organisation brings its people in bulk, after attesting that it may; the file is destroyed. P7: nobody else sees them.

use domain::{
    FieldProblem, FormToken, Problem,
    access::Role,
    accounts::{AccountState, EmailAddress, MailState, PersonId},
    organisations::{PeopleQuery, RowOutcome, RowsQuery, UploadPage, UploadState, UploadsQuery},
};
use sqlx::PgPool;

mod endings;
mod plans;
mod sponsors;

use super::*;
use crate::{
    access::{LookedAt, give_reason},
    cohorts,
    kit::{
        export::Format,
        jobs::{Job, enqueue, run_ready},
    },
    testing::{World, file_has_the_rows_of_the_pages, slug},
};

mod workbooks;

/// An organisation with a cohort, and its administrator.
struct Place {
    world: World,
    head: Actor,
    slug: Slug,
    organisation: OrganisationId,
    cohort: cohorts::NewCohort,
}

async fn place(db: PgPool) -> Place {
    let world = World::new(db);
    let cohort = world.cohort("University of the North", "Autumn").await;
    let organisation = of(&world, "University of the North").await;
    let head = world.learner("head@north.example").await;
    world.grant(&head, Role::OrganisationAdministrator(organisation)).await;
    Place { world, head, slug: slug("university-of-the-north"), organisation, cohort }
}

async fn of(world: &World, name: &str) -> OrganisationId {
    let id = sqlx::query_scalar("select id from organisations where name = $1").bind(name);
    OrganisationId(id.fetch_one(&world.services.db).await.unwrap())
}

impl Place {
    async fn upload(&self, file: impl Into<Vec<u8>>) -> UploadPage {
        let new = NewUpload { file_name: "people.csv".into(), bytes: file.into(), attested: true };
        let upload = start_upload(&self.world.services, &self.head, &self.slug, new).await.unwrap();
        self.page(upload).await
    }

    async fn page(&self, upload: domain::organisations::UploadId) -> UploadPage {
        upload_page(&self.world.services, &self.head, &self.slug, upload, &RowsQuery::default())
            .await
            .unwrap()
    }

    async fn confirm(&self, page: &UploadPage) -> Result<bool> {
        confirm_upload(&self.world.services, &self.head, &self.slug, page.upload.id, page.version).await
    }

    /// Uploads, confirms and takes in.
    async fn take(&self, file: &str) -> UploadPage {
        let page = self.upload(file).await;
        self.confirm(&page).await.unwrap();
        run_ready(&self.world.services).await.unwrap();
        self.page(page.upload.id).await
    }

    async fn people(&self, query: &str) -> Vec<domain::organisations::PersonRow> {
        let query = PeopleQuery::read(query);
        people_page(&self.world.services, &self.head, &self.slug, &query).await.unwrap().people.rows
    }

    async fn number(&self, what: &'static str) -> i64 {
        sqlx::query_scalar(what).fetch_one(&self.world.services.db).await.unwrap()
    }

    async fn run(&self, what: &'static str) {
        sqlx::raw_sql(what).execute(&mut *self.world.services.db.acquire().await.unwrap()).await.unwrap();
    }
}

fn counts(page: &UploadPage) -> [u32; 5] {
    let counts = page.upload.counts;
    [counts.new, counts.same, counts.changed, counts.wrong, counts.left_out]
}

fn problems<T>(result: Result<T>) -> Vec<FieldProblem> {
    match result {
        Err(Error::Invalid(problems)) => problems,
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

const THREE: &str = "Name,E-mail,Student number,Team,Cohort\n\
    Ada Lovelace,ada@x.example,0012,Ward 7,Autumn\n\
    Grace Hopper,grace@x.example,0013,,autumn\n\
    Alan Turing,alan@x.example,,Ward 8,\n";

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nothing_is_taken_from_a_file_before_it_is_confirmed(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    assert_eq!((counts(&page), page.upload.state), ([3, 0, 0, 0, 0], UploadState::Preview));
    assert_eq!(place.number("select count(*) from people where email like '%@x.example'").await, 0);
    assert_eq!(place.number("select count(*) from memberships").await, 0);
    assert_eq!(page.rows.rows[1].name.as_deref(), Some("Grace Hopper"));
    let fields: Vec<_> = page.columns.iter().map(|column| column.field.as_deref()).collect();
    assert_eq!(
        fields,
        [Some("full_name"), Some("email"), Some("student_number"), Some("team"), Some("cohort")]
    );

    assert!(place.confirm(&page).await.unwrap());
    // The same form once more, in another tab: while the job is at work, and when it is done.
    assert!(!place.confirm(&page).await.unwrap());
    run_ready(&place.world.services).await.unwrap();
    assert!(!place.confirm(&page).await.unwrap());
    let (services, id) = (&place.world.services, page.upload.id);
    let file = FileSaid::default();
    assert!(!match_columns(services, &place.head, &place.slug, id, page.version, file).await.unwrap());
    let page = place.page(page.upload.id).await;
    assert_eq!((counts(&page), page.upload.state), ([3, 0, 0, 0, 0], UploadState::Done));
    let people = place.people("?sort=name").await;
    let shown: Vec<_> = people
        .iter()
        .map(|person| (person.name.as_str(), person.student_number.as_deref(), person.cohorts.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Ada Lovelace", Some("0012"), Some("Autumn")),
            ("Alan Turing", None, None),
            ("Grace Hopper", Some("0013"), Some("Autumn")),
        ]
    );
    assert!(people.iter().all(|person| person.state == AccountState::Pending && person.mail.is_none()));
    assert_eq!(place.world.letters().len(), 3, "each is invited");
    let again =
        async |person| resend_activation(&place.world.services, &place.head, &place.slug, person).await;
    again(people[0].invited.unwrap()).await.unwrap();
    assert!(matches!(again(place.head.person()).await, Err(Error::NotFound)));
    place.world.clock.advance(chrono::Duration::days(2));
    let all = resend_all_activations(&place.world.services, &place.head, &place.slug).await.unwrap();
    assert_eq!(all, 3);
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.world.letters().len(), 7);
    assert_eq!(
        sqlx::query_scalar::<_, i64>("select count(*) from enrolments where cohort_id = $1")
            .bind(place.cohort.id.0)
            .fetch_one(&place.world.services.db)
            .await
            .unwrap(),
        2
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_statement_is_kept_with_its_version_and_the_file_is_destroyed_when_the_accounts_exist(
    db: PgPool,
) {
    let place = place(db).await;
    let new = NewUpload { file_name: "a.csv".into(), bytes: THREE.into(), attested: false };
    let refused = start_upload(&place.world.services, &place.head, &place.slug, new).await;
    assert_eq!(problems(refused), [FieldProblem::new("attested", Problem::FileNotAttested)]);
    let nothing = start_upload(&place.world.services, &place.head, &place.slug, NewUpload::default()).await;
    assert_eq!(problems(nothing), [FieldProblem::new("attested", Problem::AttestationMissing)]);
    assert_eq!(place.number("select count(*) from uploads").await, 0);

    let page = place.upload(THREE).await;
    let (version, by): (String, uuid::Uuid) =
        sqlx::query_as("select attested_version, person_id from uploads where attested_at = created_at")
            .fetch_one(&place.world.services.db)
            .await
            .unwrap();
    assert_eq!((version.as_str(), by), (domain::organisations::ATTESTATION.version, place.head.person().0));
    assert_eq!(place.number("select count(*) from upload_files").await, 1);
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    for gone in [
        "select count(*) from upload_files",
        "select count(*) from upload_rows",
        "select count(*) from uploads where columns <> '[]' or matching <> '[]' or warnings <> '{}' or sheets <> '[]' or sheet is not null",
    ] {
        assert_eq!(place.number(gone).await, 0, "{gone}");
    }
    let page = place.page(page.upload.id).await;
    assert!(page.columns.is_empty() && page.rows.rows.is_empty());
    let file = failed_rows_file(&place.world.services, &place.head, &place.slug, page.upload.id).await;
    assert!(matches!(file, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_same_file_twice_changes_nothing(db: PgPool) {
    let place = place(db).await;
    place.take(THREE).await;
    let everything = "select md5(string_agg(x::text, '|' order by x::text)) from (
        select m::text as x from memberships m union all select e::text from enrolments e
        union all select (p.id, p.email, p.full_name)::text from people p union all select r::text from membership_requests r) all_rows";
    let before: String = sqlx::query_scalar(everything).fetch_one(&place.world.services.db).await.unwrap();
    let letters = place.world.letters().len();
    let page = place.upload(THREE).await;
    assert_eq!(counts(&page), [0, 3, 0, 0, 0]);
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let after: String = sqlx::query_scalar(everything).fetch_one(&place.world.services.db).await.unwrap();
    assert_eq!(after, before);
    assert_eq!(place.world.letters().len(), letters);
    // Nor does undoing the second take anything from the first.
    undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.page(page.upload.id).await.removed, 0);
    assert_eq!(place.people("").await.len(), 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_preview_says_what_changes_and_what_is_left_out_stays(db: PgPool) {
    let place = place(db).await;
    place.take(THREE).await;
    place.run("update people set activated_at = now() where email = 'grace@x.example'").await;
    let page = place
        .upload(
            "Name,E-mail,Student number,Team,Cohort\n\
             Ada King,ada@x.example,,Ward 9,\n\
             Grace Murray,grace@x.example,0013,,Autumn\n\
             Alan Turing,alan@x.example,0014,,Autumn\n\
             Mary Seacole,mary@x.example,0012,,\n\
             Edith Cavell,edith@x.example,0015,,Spring\n",
        )
        .await;
    // The name of an open account is its owner's.
    assert_eq!(counts(&page), [0, 1, 2, 2, 0]);
    let row = |at: usize| &page.rows.rows[at];
    let changes = |at: usize| -> Vec<_> {
        row(at)
            .difference
            .iter()
            .map(|part| (part.what.as_str(), part.before.as_deref(), part.after.as_str()))
            .collect()
    };
    assert_eq!(changes(0), [("Name", Some("Ada Lovelace"), "Ada King"), ("Team", Some("Ward 7"), "Ward 9")]);
    assert_eq!(changes(2), [("Student number", None, "0014"), ("Cohort", None, "Autumn")]);
    assert_eq!(row(3).outcome, RowOutcome::Wrong);
    let said: Vec<_> =
        [3, 4].iter().map(|at| (row(*at).number, row(*at).problems[0].column.as_deref())).collect();
    assert_eq!(said, [(5, Some("Student number")), (6, Some("Cohort"))]);
    assert!(row(4).problems[0].what.contains("make the cohort first"));

    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let people = place.people("?sort=name").await;
    let ada = people.iter().find(|person| person.email == "ada@x.example").unwrap();
    assert_eq!(
        (ada.name.as_str(), ada.student_number.as_deref(), ada.team.as_deref(), ada.cohorts.as_deref()),
        ("Ada King", Some("0012"), Some("Ward 9"), Some("Autumn"))
    );
    assert!(people.iter().any(|person| person.name == "Grace Hopper"));
    assert_eq!(people.len(), 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn rows_that_are_wrong_come_back_as_a_file_that_can_be_mended(db: PgPool) {
    let place = place(db).await;
    let page = place
        .upload(
            "First name;Surname;E-mail;Cohort;Note\n\
             Ada;Lovelace;ada@x.example;;a\n\
             Grace;;grace@x.example;;b\n\
             Alan;Turing;alan@x;;c\n\
             Mary;Seacole;mary@x.example;Winter;d\n",
        )
        .await;
    assert_eq!(counts(&page), [1, 0, 0, 3, 0]);
    let file =
        failed_rows_file(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    assert_eq!((file.of.as_str(), file.what.as_str()), ("people", "3 rows to correct"));
    let text = String::from_utf8(file.bytes).unwrap();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0], "First name,Surname,E-mail,Cohort,Note,What to do");
    assert!(
        lines[1].starts_with("Grace,,grace@x.example,,b,\"Row 3, Surname: enter the last name"),
        "{}",
        lines[1]
    );
    assert!(lines[3].contains("Row 5, Cohort: "), "{}", lines[3]);

    // Without them the good row goes in; mended, they follow.
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let mended = text
        .replace("Grace,,", "Grace,Hopper,")
        .replace("alan@x,", "alan@x.example,")
        .replace("Winter", "Autumn");
    let page = place.take(&mended).await;
    assert_eq!(counts(&page), [3, 0, 0, 0, 0]);
    assert_eq!(place.people("").await.len(), 4);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn columns_can_be_matched_otherwise_and_a_stale_preview_is_not_confirmed(db: PgPool) {
    let place = place(db).await;
    let page = place.upload("Who,E-mail,Ward\nAda Lovelace,ada@x.example,7\n").await;
    assert!(page.refused.as_deref().is_some_and(|said| said.contains("full name")), "{:?}", page.refused);
    assert_eq!(problems(place.confirm(&page).await).len(), 1, "there is nothing to confirm");
    let matched = async |version, fields: [&str; 3]| {
        let fields = fields.map(str::to_owned).to_vec();
        let (services, id) = (&place.world.services, page.upload.id);
        let file = FileSaid { fields, ..FileSaid::default() };
        match_columns(services, &place.head, &place.slug, id, version, file).await
    };
    matched(page.version, ["full_name", "email", "area"]).await.unwrap();
    let now = place.page(page.upload.id).await;
    assert_eq!((counts(&now), now.refused.as_deref()), ([1, 0, 0, 0, 0], None));
    assert_eq!(now.columns[2].field.as_deref(), Some("area"));
    let stale = problems(matched(page.version, ["full_name", "email", "team"]).await);
    assert_eq!(stale, [FieldProblem::new("matching", Problem::UploadChanged)]);
    assert_eq!(problems(place.confirm(&page).await), [FieldProblem::new("confirm", Problem::UploadChanged)]);
    place.confirm(&now).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.people("").await[0].area.as_deref(), Some("7"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_has_become_wrong_since_the_preview_stops_the_whole_upload(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    place.confirm(&page).await.unwrap();
    place.run("update cohorts set name = 'Winter'").await;
    run_ready(&place.world.services).await.unwrap();
    let now = place.page(page.upload.id).await;
    assert_eq!((now.upload.state, now.returned, counts(&now)), (UploadState::Preview, true, [1, 0, 0, 2, 0]));
    assert_eq!(place.people("").await.len(), 0, "all or nothing");
    place.confirm(&now).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.people("").await.len(), 1, "what was confirmed the second time");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn undoing_removes_the_accounts_that_nobody_has_activated(db: PgPool) {
    let place = place(db).await;
    let first = place.take("Name,E-mail\nMary Seacole,mary@x.example\n").await;
    let page = place.take(THREE).await;
    place.run("update people set activated_at = now() where email = 'grace@x.example'").await;
    let undo = async |id| undo_upload(&place.world.services, &place.head, &place.slug, id).await;
    let waiting = place.upload("Name,E-mail\nEdith Cavell,edith@x.example\n").await;
    assert!(matches!(undo(waiting.upload.id).await, Err(Error::NotFound)), "nothing was taken from it");
    assert!(undo(page.upload.id).await.unwrap());
    // Pressed twice: while the job is at work, and when it is done.
    assert!(!undo(page.upload.id).await.unwrap());
    run_ready(&place.world.services).await.unwrap();
    let undone = place.page(page.upload.id).await;
    assert_eq!((undone.upload.state, undone.removed), (UploadState::Undone, 2));
    let left: Vec<_> = place.people("?sort=name").await.into_iter().map(|person| person.email).collect();
    assert_eq!(left, ["grace@x.example", "mary@x.example"]);
    assert_eq!(
        place.number("select count(*) from people where email in ('ada@x.example', 'alan@x.example')").await,
        0
    );
    assert_eq!(place.number("select count(*) from enrolments").await, 1);
    assert!(!undo(page.upload.id).await.unwrap());
    let noted = "select count(*) from audit_events where action = 'organisations.upload_undone'";
    assert_eq!(place.number(noted).await, 1, "it was undone once");
    assert_eq!(place.page(first.upload.id).await.upload.state, UploadState::Done);
    // The same people can come again.
    assert_eq!(counts(&place.take(THREE).await), [2, 1, 0, 0, 0]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_opens_the_account_while_the_upload_is_undone_keeps_everything(db: PgPool) {
    let place = place(db).await;
    let page = place.take(THREE).await;
    let mut activation = place.world.services.begin().await.unwrap();
    sqlx::query("update people set activated_at = now() where email = 'grace@x.example'")
        .execute(&mut *activation)
        .await
        .unwrap();
    undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    let (undone, ()) = tokio::join!(run_ready(&place.world.services), async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        activation.commit().await.unwrap();
    });
    undone.unwrap();
    assert_eq!(place.page(page.upload.id).await.removed, 2);
    let left = place.people("").await;
    assert_eq!((left.len(), left[0].email.as_str()), (1, "grace@x.example"));
    assert_eq!(left[0].cohorts.as_deref(), Some("Autumn"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_an_account_is_asked_and_a_preview_does_not_tell(db: PgPool) {
    let place = place(db).await;
    let stranger = place.world.learner("ada@x.example").await;
    let page = place.upload(THREE).await;
    assert_eq!(counts(&page), [3, 0, 0, 0, 0], "she counts as new");
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    let count = "select count(*) from memberships m join people p on p.id = m.person_id where p.email = 'ada@x.example'";
    assert_eq!(place.number(count).await, 0);
    assert_eq!(
        place.number("select count(*) from membership_requests where student_number = '0012'").await,
        1
    );
    let name: String = sqlx::query_scalar("select full_name from people where id = $1")
        .bind(stranger.person().0)
        .fetch_one(&place.world.services.db)
        .await
        .unwrap();
    assert_eq!(name, "ada@x.example", "her account is as it was");
    let shown = place.people("?search=ada").await;
    assert_eq!(
        (shown[0].name.as_str(), shown[0].state, shown[0].mail, shown[0].cohorts.as_deref()),
        ("Ada Lovelace", AccountState::Pending, None, Some("Autumn"))
    );
    let letters = place.world.letters();
    assert!(
        letters.iter().any(|letter| letter.contains("do you belong to it?") && letter.contains("/account"))
    );
    // She is asked once.
    assert_eq!(counts(&place.upload(THREE).await), [0, 3, 0, 0, 0]);
    undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.number("select count(*) from membership_requests").await, 0);
    assert_eq!(place.number("select count(*) from people where email = 'ada@x.example'").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_agrees_belongs_to_the_organisation_and_a_no_is_not_told(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (ada, alan) =
        (place.world.learner("ada@x.example").await, place.world.learner("alan@x.example").await);
    place.take(THREE).await;
    let asked = crate::accounts::account_page(services, &ada).await.unwrap().asked;
    assert_eq!(
        (asked.len(), asked[0].organisation, asked[0].name.as_str()),
        (1, place.organisation, "University of the North")
    );
    answer_membership(services, &ada, place.organisation, true).await.unwrap();
    answer_membership(services, &alan, place.organisation, false).await.unwrap();
    for (actor, agrees) in [(&place.head, true), (&place.head, false), (&ada, false)] {
        let unasked = answer_membership(services, actor, place.organisation, agrees).await;
        assert!(matches!(unasked, Err(Error::NotFound)), "nobody joins unasked");
    }
    for (actor, agrees) in [(&alan, false), (&ada, true)] {
        answer_membership(services, actor, place.organisation, agrees).await.unwrap();
    }
    let noted = "select count(*) from audit_events where action like 'organisations.membership\\_%'";
    assert_eq!(place.number(noted).await, 2, "what was said twice is said once");
    assert!(crate::accounts::account_page(services, &ada).await.unwrap().asked.is_empty());
    let people = place.people("?sort=name").await;
    let shown: Vec<_> = people
        .iter()
        .map(|person| (person.email.as_str(), person.state, person.cohorts.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("ada@x.example", AccountState::Active, Some("Autumn")),
            ("alan@x.example", AccountState::Pending, None),
            ("grace@x.example", AccountState::Pending, Some("Autumn")),
        ]
    );
    let members = "select count(*) from memberships m join people p on p.id = m.person_id where p.email = 'alan@x.example'";
    assert_eq!(place.number(members).await, 0);
    // He thinks better of it.
    let said = crate::accounts::account_page(services, &alan).await.unwrap().asked;
    assert_eq!((said.len(), said[0].declined), (1, true));
    answer_membership(services, &alan, place.organisation, true).await.unwrap();
    assert_eq!(place.number(members).await, 1);
}

/// Ada has an account, and Alan has none: nothing that the organisation sees or does tells which of them.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_list_of_people_does_not_tell_who_had_an_account_already(db: PgPool) {
    const TWO: &str = "Name,E-mail,Student number,Team\nAda Lovelace,ada@x.example,0012,A\nAlan Turing,alan@x.example,0013,A\n";
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    let done = place.take(TWO).await;
    let alike = async |what: &str| {
        let people = place.people("?sort=name").await;
        let shown: Vec<_> = people.iter().map(|one| (one.state, one.mail, one.invited.is_some())).collect();
        assert_eq!(shown, [(AccountState::Pending, None, true); 2], "{what}");
        let page = organisation_page(services, &place.head, &place.slug).await.unwrap();
        assert_eq!((page.active, page.pending), (0, 2), "{what}");
        for person in people {
            let again = resend_activation(services, &place.head, &place.slug, person.invited.unwrap()).await;
            assert!(again.is_ok(), "{what}");
        }
    };
    alike("after the upload").await;
    answer_membership(services, &ada, place.organisation, false).await.unwrap();
    alike("after a no").await;
    let changed = TWO.replace(",A\n", ",B\n").replace("Lovelace", "King").replace("Turing", "Kurz");
    assert_eq!(counts(&place.take(&changed).await), [0, 0, 2, 0, 0]);
    alike("after a change").await;
    let name: String = sqlx::query_scalar("select full_name from people where id = $1")
        .bind(ada.person().0)
        .fetch_one(&services.db)
        .await
        .unwrap();
    assert_eq!(name, "ada@x.example", "hers is as it was");
    let held = place
        .upload("Name,E-mail,Student number\nEve One,eve@x.example,0012\nEve Two,two@x.example,0013\n")
        .await;
    assert_eq!(counts(&held), [0, 0, 0, 2, 0]);
    place.run("update outbox set state = 'bounced', ended_at = now()").await;
    let mails: Vec<_> = place.people("").await.into_iter().map(|one| one.mail).collect();
    assert_eq!(mails, [Some(MailState::Bounced); 2]);
    undo_upload(services, &place.head, &place.slug, done.upload.id).await.unwrap();
    run_ready(services).await.unwrap();
    assert_eq!(place.page(done.upload.id).await.removed, 2);
    assert!(place.people("").await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_said_no_is_not_asked_again_for_a_year(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let ada = place.world.learner("ada@x.example").await;
    let asked = async || {
        let asked = crate::accounts::account_page(services, &ada).await.unwrap().asked;
        asked.into_iter().filter(|one| !one.declined).count()
    };
    let file = "Name,E-mail\nAda Lovelace,ada@x.example\n";
    place.take(file).await;
    assert_eq!(asked().await, 1);
    answer_membership(services, &ada, place.organisation, false).await.unwrap();
    assert_eq!(asked().await, 0);
    // Not by the next upload, nor after this one is undone, nor when the question is listed no more.
    let again = place.upload(file).await;
    assert_eq!(counts(&again), [0, 1, 0, 0, 0]);
    place.run("update outbox set queued_at = queued_at - interval '8 days'").await;
    let letters = place.world.letters().len();
    for days in [0, 91] {
        place.world.clock.advance(chrono::Duration::days(days));
        assert_eq!(forget_requests(services).await.unwrap(), 0);
        if days > 0 {
            assert!(place.people("").await.is_empty(), "as a person who does not answer");
        }
        let page = place.upload(file).await;
        assert_eq!(counts(&page)[0], u32::from(days > 0));
        place.confirm(&page).await.unwrap();
        run_ready(services).await.unwrap();
        assert_eq!((asked().await, place.people("").await.len()), (0, 1), "{days}");
        undo_upload(services, &place.head, &place.slug, page.upload.id).await.unwrap();
        run_ready(services).await.unwrap();
    }
    assert!(place.people("").await.is_empty());
    assert_eq!(place.world.letters().len(), letters);
    let taken_back = answer_membership(services, &ada, place.organisation, true).await;
    assert!(matches!(taken_back, Err(Error::NotFound)), "it is no question any more");
    // A year later the no is forgotten.
    place.world.clock.advance(chrono::Duration::days(275));
    assert_eq!(forget_requests(services).await.unwrap(), 1);
    place.take(file).await;
    assert_eq!(asked().await, 1);
    // A question that nobody answers goes as an invitation does.
    place.world.clock.advance(chrono::Duration::days(90));
    assert_eq!(forget_requests(services).await.unwrap(), 1);
    assert_eq!(asked().await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_follows_the_course_without_a_cohort_is_not_taken_into_one(db: PgPool) {
    let place = place(db).await;
    let grace = place.world.learner("grace@x.example").await;
    place.take("Name,E-mail,Student number,Team\nAda Lovelace,ada@x.example,0012,Ward 6\n").await;
    place
        .run("insert into enrolments (id, learner_id, course_id, enrolled_at)
            select gen_random_uuid(), p.id, c.id, now() from people p, courses c where p.email like '%@x.example'")
        .await;
    let page = place.upload(THREE).await;
    assert_eq!(counts(&page), [2, 0, 1, 0, 0]);
    let changes: Vec<_> = page.rows.rows[0].difference.iter().map(|part| part.what.as_str()).collect();
    assert_eq!(changes, ["Team"], "the preview does not promise a cohort");
    // It says so of who belongs to the organisation, and not of Grace: it would tell that she has an account.
    assert_eq!(page.rows.rows.iter().map(|row| row.stays).collect::<Vec<_>>(), [true, false, false]);
    let by_hand = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ada@x.example".into(),
        cohort: "Autumn".into(),
        attested: true,
        ..PersonByHand::default()
    };
    let refused = problems(add_person(&place.world.services, &place.head, &place.slug, by_hand).await);
    assert_eq!(refused.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), ["cohort"]);
    place.confirm(&page).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    answer_membership(&place.world.services, &grace, place.organisation, true).await.unwrap();
    assert_eq!(place.number("select count(*) from enrolments where cohort_id is null").await, 2);
    let people = place.people("?cohort=autumn").await;
    assert!(people.is_empty(), "{people:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_organisations_that_upload_one_new_person_do_not_share_them(db: PgPool) {
    let place = place(db).await;
    place.world.cohort("Coast", "Autumn").await;
    let other = place.world.learner("head@coast.example").await;
    let coast = of(&place.world, "Coast").await;
    place.world.grant(&other, Role::OrganisationAdministrator(coast)).await;
    place.take(THREE).await;
    let new = NewUpload { file_name: "a.csv".into(), bytes: THREE.into(), attested: true };
    let theirs = start_upload(&place.world.services, &other, &slug("coast"), new).await.unwrap();
    confirm_upload(&place.world.services, &other, &slug("coast"), theirs, 1).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.number("select count(*) from memberships").await, 3);
    assert_eq!(place.number("select count(*) from membership_requests").await, 3);
    let letters = place.world.letters();
    assert_eq!(letters.len(), 6, "each organisation invites them with a link of its own");
    assert!(
        letters.iter().all(|letter| letter.contains("/activate/")),
        "a pending person gets no other mail"
    );
    assert_eq!(letters.iter().filter(|letter| letter.contains("Subject: Coast:")).count(), 3);
    // While the other organisation waits for them, undoing leaves the accounts.
    let own = uploads_page(&place.world.services, &place.head, &place.slug, &UploadsQuery::default())
        .await
        .unwrap();
    undo_upload(&place.world.services, &place.head, &place.slug, own.uploads.rows[0].id).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.number("select count(*) from people where email like '%@x.example'").await, 3);
    assert!(place.people("").await.is_empty());
    let links = "select count(*) from activation_links l join organisations o on o.id = l.organisation_id";
    assert_eq!(place.number(links).await, 3, "those of the organisation that is left");
    let theirs = "select count(*) from activation_links l join organisations o on o.id = l.organisation_id where o.name = 'Coast'";
    assert_eq!(place.number(theirs).await, 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_pending_person_stays_90_days_after_the_last_organisation_that_asked(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    place.world.cohort("Coast", "Autumn").await;
    let other = place.world.learner("head@coast.example").await;
    place.world.grant(&other, Role::OrganisationAdministrator(of(&place.world, "Coast").await)).await;
    place.take("Name,E-mail\nAda Lovelace,ada@x.example\nAlan Turing,alan@x.example\n").await;
    place.world.clock.advance(chrono::Duration::days(80));
    let ada = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ada@x.example".into(),
        attested: true,
        ..PersonByHand::default()
    };
    add_person(services, &other, &slug("coast"), ada).await.unwrap();
    place.world.clock.advance(chrono::Duration::days(20));
    assert_eq!(crate::accounts::remove_pending(services).await.unwrap(), 1, "only Alan");
    assert_eq!(place.number("select count(*) from membership_requests").await, 1);
    place.world.clock.advance(chrono::Duration::days(71));
    assert_eq!(crate::accounts::remove_pending(services).await.unwrap(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whoever_is_asked_again_after_an_undo_gets_no_second_mail_within_a_week(db: PgPool) {
    let place = place(db).await;
    place.world.learner("ada@x.example").await;
    for _ in 0..3 {
        let page = place.take("Name,E-mail\nAda Lovelace,ada@x.example\n").await;
        assert_eq!(place.number("select count(*) from membership_requests").await, 1);
        undo_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
        run_ready(&place.world.services).await.unwrap();
    }
    assert_eq!(place.world.letters().len(), 1);
    place.run("update outbox set queued_at = queued_at - interval '8 days'").await;
    place.take("Name,E-mail\nAda Lovelace,ada@x.example\n").await;
    assert_eq!(place.world.letters().len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_upload_whose_worker_was_killed_is_taken_in_once(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    place.confirm(&page).await.unwrap();
    // A job of which the process was killed after it had committed: it is done again.
    let mut db = place.world.services.begin().await.unwrap();
    enqueue(&mut db, Job::TakeInUpload { upload: page.upload.id.0 }).await.unwrap();
    db.commit().await.unwrap();
    // One whose lease has ended, as that of a killed process.
    place
        .run("update jobs set worker = gen_random_uuid(), attempts = 1, run_at = now() - interval '1 second' where kind = 'take_in_upload'")
        .await;
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.page(page.upload.id).await.upload.state, UploadState::Done);
    assert_eq!(place.people("").await.len(), 3);
    assert_eq!(place.world.letters().len(), 3);
    assert_eq!(
        place
            .number("select count(*) from audit_events where action = 'organisations.upload_taken_in'")
            .await,
        1
    );
    assert_eq!(place.number("select count(*) from jobs").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_upload_that_fails_for_good_takes_nobody_and_can_be_confirmed_again(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(THREE).await;
    place.confirm(&page).await.unwrap();
    place.run("alter table enrolments add constraint refused check (cohort_id is null) not valid").await;
    for _ in 0..5 {
        place.run("update jobs set run_at = now()").await;
        run_ready(&place.world.services).await.unwrap();
    }
    let failed = place.page(page.upload.id).await;
    assert_eq!((failed.upload.state, counts(&failed)), (UploadState::Failed, [3, 0, 0, 0, 0]));
    assert_eq!(place.number("select count(*) from memberships").await, 0);
    place.run("alter table enrolments drop constraint refused").await;
    place.confirm(&failed).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.people("").await.len(), 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_not_active_is_left_out_and_files_that_nobody_confirms_go_after_a_week(db: PgPool) {
    let place = place(db).await;
    let page = place.upload("Name,E-mail,Active\nAda,ada@x.example,yes\nGrace,grace@x.example,FALSE\n").await;
    assert_eq!(counts(&page), [1, 0, 0, 0, 1]);
    let done = place.take(THREE).await;
    place.world.clock.advance(chrono::Duration::days(8));
    assert_eq!(forget_uploads(&place.world.services).await.unwrap(), 1);
    assert_eq!(place.number("select count(*) from upload_files").await, 0);
    assert_eq!(place.page(done.upload.id).await.upload.state, UploadState::Done);
    let page = place.upload(THREE).await;
    // Pressed twice, it is answered as the first time.
    for _ in 0..2 {
        discard_upload(&place.world.services, &place.head, &place.slug, page.upload.id).await.unwrap();
    }
    assert_eq!(place.number("select count(*) from uploads").await, 1);
    let noted = "select count(*) from audit_events where action = 'organisations.upload_discarded'";
    assert_eq!(place.number(noted).await, 1);
    let confirmed = discard_upload(&place.world.services, &place.head, &place.slug, done.upload.id).await;
    assert!(matches!(confirmed, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_file_that_is_no_list_of_people_is_refused_in_words(db: PgPool) {
    let place = place(db).await;
    for (bytes, words) in
        [(&b""[..], "empty"), (b"%PDF-1.7", "PDF"), (b"PK\x03\x04rubbish", "could not be read")]
    {
        let new = NewUpload { file_name: "a.xlsx".into(), bytes: bytes.into(), attested: true };
        let refused = problems(start_upload(&place.world.services, &place.head, &place.slug, new).await);
        assert_eq!(refused[0].field, "file");
        assert!(refused[0].problem.message().contains(words), "{}", refused[0].problem.message());
    }
    assert_eq!(place.number("select count(*) from uploads").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_file_is_refused_while_twenty_wait_for_their_confirmation(db: PgPool) {
    let place = place(db).await;
    let first = place.upload(THREE).await;
    place
        .run("insert into uploads (id, organisation_id, state, attested_version, attested_at, created_at)
            select gen_random_uuid(), organisation_id, 'failed', '1', now(), now() from uploads, generate_series(1, 19)")
        .await;
    let new = NewUpload { file_name: "a.csv".into(), bytes: THREE.into(), attested: true };
    let refused = problems(start_upload(&place.world.services, &place.head, &place.slug, new).await);
    assert_eq!(refused[0].field, "file");
    assert!(refused[0].problem.message().contains("Confirm or discard"));
    discard_upload(&place.world.services, &place.head, &place.slug, first.upload.id).await.unwrap();
    place.upload(THREE).await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_person_by_hand_follows_the_rules_of_a_file(db: PgPool) {
    let place = place(db).await;
    let add = async |person: PersonByHand| {
        add_person(&place.world.services, &place.head, &place.slug, person).await
    };
    let ada = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ADA@x.example".into(),
        student_number: "0012".into(),
        cohort: "Autumn".into(),
        attested: true,
        ..PersonByHand::default()
    };
    let upload = add(ada.clone()).await.unwrap();
    assert_eq!(counts(&place.page(upload).await), [1, 0, 0, 0, 0]);
    assert_eq!(place.people("").await[0].cohorts.as_deref(), Some("Autumn"));
    run_ready(&place.world.services).await.unwrap();
    assert_eq!(place.world.letters().len(), 1);
    let other = PersonByHand { email: "grace@x.example".into(), ..ada.clone() };
    let refused = problems(add(other.clone()).await);
    assert_eq!(refused[0].field, "student_number");
    let spring = PersonByHand { student_number: String::new(), cohort: "Spring".into(), ..other.clone() };
    assert_eq!(problems(add(spring).await)[0].field, "cohort");
    let silent = PersonByHand { student_number: String::new(), attested: false, ..other };
    assert_eq!(problems(add(silent).await), [FieldProblem::new("attested", Problem::AttestationMissing)]);
    assert_eq!(place.number("select count(*) from uploads").await, 1, "what is refused leaves nothing");
    // Twice is once.
    let again = add(ada).await.unwrap();
    assert_eq!(counts(&place.page(again).await), [0, 1, 0, 0, 0]);
    undo_upload(&place.world.services, &place.head, &place.slug, upload).await.unwrap();
    run_ready(&place.world.services).await.unwrap();
    assert!(place.people("").await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_form_for_one_person_that_is_sent_twice_makes_one_upload(db: PgPool) {
    let place = place(db).await;
    let add = async |person: PersonByHand| {
        add_person(&place.world.services, &place.head, &place.slug, person).await.unwrap()
    };
    let ada = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ada@x.example".into(),
        attested: true,
        form: Some(FormToken(uuid::Uuid::from_u128(7))),
        ..PersonByHand::default()
    };
    let (one, other) = tokio::join!(add(ada.clone()), add(ada.clone()));
    assert_eq!(one, other);
    assert_eq!(place.number("select count(*) from uploads").await, 1);
    assert_eq!(place.number("select count(*) from done_forms where what ilike '%lovelace%'").await, 0);
    // Somebody goes back in the browser and types another person into the same form.
    let grace = PersonByHand { name: "Grace Hopper".into(), email: "grace@x.example".into(), ..ada };
    assert_ne!(add(grace).await, one);
    assert_eq!(place.people("").await.len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_added_twice_at_once_is_a_member_once_and_is_not_asked(db: PgPool) {
    let place = place(db).await;
    let add = async || {
        let ada = PersonByHand {
            name: "Ada Lovelace".into(),
            email: "ada@x.example".into(),
            attested: true,
            ..PersonByHand::default()
        };
        add_person(&place.world.services, &place.head, &place.slug, ada).await.unwrap()
    };
    let (one, other) = tokio::join!(add(), add());
    let mut new = [counts(&place.page(one).await)[0], counts(&place.page(other).await)[0]];
    new.sort_unstable();
    assert_eq!(new, [0, 1], "the second sees what the first has written");
    assert_eq!(place.number("select count(*) from memberships").await, 1);
    assert_eq!(place.number("select count(*) from membership_requests").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_become_a_member_since_the_rows_were_compared_is_not_asked(db: PgPool) {
    let place = place(db).await;
    place.world.learner("grace@x.example").await;
    // Ada is not known yet, and Grace would be asked.
    let page = place.upload(THREE).await;
    place.take("Name,E-mail\nAda Lovelace,ada@x.example\n").await;
    place
        .run(
            "insert into memberships (organisation_id, person_id, joined_at)
            select o.id, p.id, now() from organisations o, people p where p.email = 'grace@x.example'",
        )
        .await;
    let portion = uploads::Portion {
        organisation: place.organisation,
        upload: page.upload.id,
        first: 0,
        last: i32::MAX,
        at: place.world.services.clock.now(),
    };
    let mut transaction = place.world.services.begin().await.unwrap();
    uploads::write(&place.world.services, &mut transaction, portion).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(place.number("select count(*) from membership_requests").await, 0);
    assert_eq!(place.number("select count(*) from memberships").await, 3);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_student_number_that_is_given_twice_at_once_is_said_beside_the_field(db: PgPool) {
    let place = place(db).await;
    let add = async |email: &str| {
        let person = PersonByHand {
            name: "Ada Lovelace".into(),
            email: email.into(),
            student_number: "0012".into(),
            attested: true,
            ..PersonByHand::default()
        };
        add_person(&place.world.services, &place.head, &place.slug, person).await
    };
    let (one, other) = tokio::join!(add("ada@x.example"), add("grace@x.example"));
    let refused: Vec<_> = [problems(one), problems(other)].concat();
    assert_eq!(refused.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), ["student_number"]);
    assert_eq!(place.number("select count(*) from memberships").await, 1);
    // An upload that was compared before it is no fault of ours either, in whatever order they are written.
    let page = place.upload("Name,E-mail,Student number\nAlan Turing,alan@x.example,0013\n").await;
    place.run("update memberships set student_number = '0013'").await;
    let portion = uploads::Portion {
        organisation: place.organisation,
        upload: page.upload.id,
        first: 0,
        last: i32::MAX,
        at: place.world.services.clock.now(),
    };
    let mut transaction = place.world.services.begin().await.unwrap();
    let written = uploads::write(&place.world.services, &mut transaction, portion).await;
    assert!(written.is_err_and(|error| uploads::number_was_taken(&error)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_agrees_joins_without_a_student_number_that_somebody_else_has_by_then(db: PgPool) {
    let place = place(db).await;
    let ada = place.world.learner("ada@x.example").await;
    place.take(THREE).await;
    place.run("update memberships set student_number = '0012' where student_number = '0013'").await;
    answer_membership(&place.world.services, &ada, place.organisation, true).await.unwrap();
    let found = place.people("?search=ada").await;
    assert_eq!((found.len(), found[0].student_number.as_deref()), (1, None));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_list_is_searched_filtered_sorted_and_downloaded(db: PgPool) {
    let place = place(db).await;
    place.take(THREE).await;
    place.run("update people set activated_at = now() where email = 'alan@x.example'").await;
    let emails = async |query: &str| -> Vec<String> {
        place.people(query).await.into_iter().map(|person| person.email.replace("@x.example", "")).collect()
    };
    assert_eq!(emails("?state=active").await, ["alan"]);
    assert_eq!(emails("?state=pending&sort=number&order=down").await, ["grace", "ada"]);
    // By the whole name: Ward 7 is not Ward 7B.
    place.run("update memberships set team = 'Ward 7B' where team = 'Ward 8'").await;
    assert_eq!(emails("?team=ward+7").await, ["ada"]);
    assert_eq!(emails("?team=WARD+7b").await, ["alan"]);
    assert_eq!(emails("?team=ward").await, Vec::<String>::new());
    place.run("update memberships set area = 'Médicine' where team = 'Ward 7'").await;
    assert_eq!(emails("?area=medicine").await, ["ada"]);
    assert_eq!(emails("?area=medi").await, Vec::<String>::new());
    place.run("update memberships set area = null").await;
    assert_eq!(emails("?cohort=autumn").await, ["ada", "grace"]);
    assert_eq!(emails("?cohort=autum").await, Vec::<String>::new());
    assert_eq!(emails("?search=0013").await, ["grace"]);
    assert_eq!(emails("?search=%25").await, Vec::<String>::new());
    // Nobody has an area, and two have a cohort.
    file_has_the_rows_of_the_pages(
        1,
        async |query: PeopleQuery| {
            people_file(&place.world.services, &place.head, &place.slug, &query, Format::Csv).await.unwrap()
        },
        async |query: PeopleQuery| {
            people_page(&place.world.services, &place.head, &place.slug, &query).await.unwrap().people
        },
        |person: &domain::organisations::PersonRow| &person.name,
    )
    .await;
    let query = PeopleQuery::read("?cohort=autumn");
    for format in Format::ALL {
        let file =
            people_file(&place.world.services, &place.head, &place.slug, &query, format).await.unwrap();
        assert_eq!(file.what, "2 members");
        // It comes back as it went out.
        let new = NewUpload { file_name: "a".into(), bytes: file.bytes, attested: true };
        let upload = start_upload(&place.world.services, &place.head, &place.slug, new).await.unwrap();
        assert_eq!(counts(&place.page(upload).await), [0, 2, 0, 0, 0], "{format:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_list_offers_the_first_hundred_teams_and_areas_of_its_own_people(db: PgPool) {
    let place = place(db).await;
    place.take(THREE).await;
    place.world.cohort("Coast", "Autumn").await;
    place
        .run(
            "insert into memberships (organisation_id, person_id, team, area, joined_at)
            select o.id, p.id, 'Elsewhere', 'Elsewhere', now() from organisations o, people p
            where o.name = 'Coast' and p.email = 'alan@x.example';
            update memberships set team = 'WARD 7', area = 'Surgery' where student_number = '0013'",
        )
        .await;
    let names = async |query: &str| {
        let query = PeopleQuery::read(query);
        people_page(&place.world.services, &place.head, &place.slug, &query).await.unwrap().names
    };
    // Also where nobody is found.
    for query in ["", "?search=nobody"] {
        let names = names(query).await;
        let teams: Vec<_> = names.teams.iter().map(|team| team.to_lowercase()).collect();
        assert_eq!(teams, ["ward 7", "ward 8"], "{query}");
        assert_eq!(names.areas, ["Surgery"], "{query}");
    }
    place
        .run(
            "with p as (
                insert into people (id, email, full_name, created_at)
                select gen_random_uuid(), n || '@many.example', 'Many', now() from generate_series(1, 120) n returning id, email
            )
            insert into memberships (organisation_id, person_id, team, joined_at)
            select o.id, p.id, 'A ' || p.email, now() from organisations o, p where o.name = 'University of the North'",
        )
        .await;
    let names = names("").await;
    assert_eq!((names.teams.len(), names.areas.len()), (100, 1));
    assert!(names.teams.iter().all(|team| team.starts_with("A ")), "{names:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_has_withdrawn_is_neither_active_nor_pending_and_the_list_says_withdrawn(db: PgPool) {
    let place = place(db).await;
    place.take(THREE).await;
    place
        .run("update people set activated_at = now() where email in ('ada@x.example', 'alan@x.example')")
        .await;
    place.run("update people set withdrawn_at = activated_at where email = 'alan@x.example'").await;
    let page = organisation_page(&place.world.services, &place.head, &place.slug).await.unwrap();
    assert_eq!((page.active, page.pending), (1, 1));
    let states = async |query: &str| -> Vec<_> {
        let people = place.people(query).await;
        people.into_iter().map(|person| (person.email.replace("@x.example", ""), person.state)).collect()
    };
    let ada = ("ada".to_owned(), AccountState::Active);
    let alan = ("alan".to_owned(), AccountState::Withdrawn);
    let grace = ("grace".to_owned(), AccountState::Pending);
    assert_eq!(states("?sort=name").await, [ada.clone(), alan, grace.clone()]);
    assert_eq!(states("?state=active").await, [ada]);
    assert_eq!(states("?state=pending").await, [grace]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn other_organisations_see_nothing_and_support_gives_a_reason(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let page = place.upload(THREE).await;
    let (slug_of_place, id) = (&place.slug, page.upload.id);
    place.world.cohort("Coast", "Autumn").await;
    let coast = of(&place.world, "Coast").await;
    let other = place.world.learner("head@coast.example").await;
    place.world.grant(&other, Role::OrganisationAdministrator(coast)).await;
    let setter = place.world.learner("setter@north.example").await;
    place.world.grant(&setter, Role::PaperSetter(place.organisation)).await;
    for actor in [&other, &setter] {
        let rows = RowsQuery::default();
        assert!(matches!(organisation_page(services, actor, slug_of_place).await, Err(Error::NotFound)));
        assert!(matches!(upload_page(services, actor, slug_of_place, id, &rows).await, Err(Error::NotFound)));
        assert!(matches!(confirm_upload(services, actor, slug_of_place, id, 1).await, Err(Error::NotFound)));
    }
    // Nor by the address of an organisation that is theirs.
    let theirs = slug("coast");
    assert!(matches!(
        upload_page(services, &other, &theirs, id, &RowsQuery::default()).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(confirm_upload(services, &other, &theirs, id, 1).await, Err(Error::NotFound)));
    assert!(matches!(discard_upload(services, &other, &theirs, id).await, Err(Error::NotFound)));
    assert!(matches!(failed_rows_file(services, &other, &theirs, id).await, Err(Error::NotFound)));
    let file = FileSaid { fields: vec!["email".into()], ..FileSaid::default() };
    let matched = match_columns(services, &other, &theirs, id, 1, file).await;
    assert!(matches!(matched, Err(Error::NotFound)));

    let support = place.world.learner("support@coop.example").await;
    place.world.grant(&support, Role::Support).await;
    let about = LookedAt::Members(place.organisation);
    let asked = organisation_page(services, &support, slug_of_place).await;
    assert!(matches!(asked, Err(Error::ReasonNeeded(what)) if what == about));
    give_reason(services, &support, about, "Asked to help with an upload").await.unwrap();
    assert_eq!(organisation_page(services, &support, slug_of_place).await.unwrap().waiting, 1);
    let elsewhere = organisation_page(services, &support, &theirs).await;
    assert!(matches!(elsewhere, Err(Error::ReasonNeeded(_))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn tutors_are_named_from_the_organisations_people_and_with_a_reason(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let (head, at, cohort) = (&place.head, &place.slug, place.cohort.id);
    place.take("Name,E-mail\nTess Tutor,tess@x.example\n").await;
    place.world.learner("stranger@x.example").await;
    let give =
        async |email: &str, why: &str| cohorts::give_tutor(services, head, at, cohort, email, why).await;
    for unknown in ["stranger@x.example", "nobody@x.example"] {
        let refused = problems(give(unknown, "").await);
        assert_eq!(
            refused,
            [
                FieldProblem::new("email", Problem::MemberUnknown),
                FieldProblem::new("reason", Problem::ReasonMissing)
            ]
        );
    }
    give("tess@x.example", "Leads the module").await.unwrap();
    let page = cohorts::cohort_tutors(services, head, at, cohort).await.unwrap();
    let tutor = &page.tutors[0];
    assert_eq!((tutor.name.as_str(), tutor.reason.as_str()), ("Tess Tutor", "Leads the module"));
    assert_eq!(tutor.by.as_deref(), Some("head@north.example"));
    let person: PersonId = tutor.person.parse().unwrap();
    let take_back = async |why: &str| cohorts::take_back_tutor(services, head, at, cohort, person, why).await;
    assert_eq!(problems(take_back(" ").await)[0].field, format!("reason-{person}"));
    take_back("Has left").await.unwrap();
    assert!(matches!(take_back("Has left").await, Err(Error::NotFound)));
    assert!(cohorts::cohort_tutors(services, head, at, cohort).await.unwrap().tutors.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_cohort_has_a_course_and_days_in_order(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let make = async |form: cohorts::CohortForm| {
        cohorts::make_cohort(services, &place.head, &place.slug, &form).await
    };
    let spring = cohorts::CohortForm {
        name: "Spring".into(),
        course: "nmp".into(),
        starts_on: "2027-02-01".into(),
        ends_on: "2027-01-01".into(),
        access_until: "soon".into(),
        ..cohorts::CohortForm::default()
    };
    let refused = problems(make(spring.clone()).await);
    assert_eq!(
        refused,
        [
            FieldProblem::new("access_until", Problem::DayInvalid),
            FieldProblem::new("ends_on", Problem::DaysOutOfOrder)
        ]
    );
    let spring = cohorts::CohortForm { ends_on: "1/7/2027".into(), access_until: String::new(), ..spring };
    make(spring.clone()).await.unwrap();
    assert_eq!(problems(make(spring).await), [FieldProblem::new("name", Problem::CohortNameTaken)]);
    let refused = problems(make(cohorts::CohortForm::default()).await);
    assert_eq!(
        refused,
        [
            FieldProblem::new("name", Problem::NameMissing),
            FieldProblem::new("course", Problem::ChoiceMissing)
        ]
    );
    let page = cohorts::organisation_cohorts(services, &place.head, &place.slug).await.unwrap();
    let ends =
        page.cohorts.iter().find(|cohort| cohort.name == "Spring").map(|cohort| cohort.ends_on.as_deref());
    assert_eq!((page.all, ends), (2, Some(Some("1 July 2027"))));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisation_is_made_with_its_first_administrator(db: PgPool) {
    let world = World::new(db);
    let email = EmailAddress::parse("head@south.example").unwrap();
    let south = slug("south");
    let new = NewOrganisation {
        name: "South Trust",
        kind: OrganisationKind::Employer,
        slug: &south,
        administrator: &email,
        administrator_name: "Head of South",
        reason: "Contract of 2026",
    };
    create_organisation(&world.services, new).await.unwrap();
    run_ready(&world.services).await.unwrap();
    assert_eq!(world.letters().len(), 1);
    let head = world.learner("head@south.example").await;
    let page = organisation_page(&world.services, &head, &south).await.unwrap();
    assert_eq!(
        (page.head.name.as_str(), page.kind, page.active, page.pending),
        ("South Trust", OrganisationKind::Employer, 0, 1)
    );
    assert!(matches!(create_organisation(&world.services, new).await, Err(NotMade::Taken)));
    let other = NewOrganisation { name: "Another", ..new };
    assert!(matches!(create_organisation(&world.services, other).await, Err(NotMade::Taken)));
    let why: String =
        sqlx::query_scalar("select reason from grants").fetch_one(&world.services.db).await.unwrap();
    assert_eq!(why, "Contract of 2026");
    let noted: i64 =
        sqlx::query_scalar("select count(*) from audit_events where action = 'organisations.created'")
            .fetch_one(&world.services.db)
            .await
            .unwrap();
    assert_eq!(noted, 1);
}
