//! Support does what others do too, for organisations and in papers: the audit names it there, also after it has left.

use domain::{assessment::PaperKind, support::LogQuery};

use super::*;
use crate::{
    assessment::authoring::create_paper,
    cohorts::{CohortForm, give_tutor, make_cohort},
    organisations::{
        NewUpload, PersonByHand, add_person, assign_course, discard_upload, give_out_code, resend_activation,
        start_upload,
    },
    testing::slug,
};

impl Desk {
    /// Who did each of these, as somebody of support reads it.
    async fn did(&self, reader: &Actor, query: &str, what: &str) -> Vec<Option<String>> {
        let page = audit_log(&self.world.services, reader, &LogQuery::read(query)).await.unwrap();
        page.events.into_iter().filter(|row| row.what == what).map(|row| row.actor).collect()
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_audit_names_who_of_support_acted_for_an_organisation(db: PgPool) {
    let desk = desk(db).await;
    let cohort = desk.world.cohort("University of the North", "Autumn").await;
    let (services, support, north) = (&desk.world.services, &desk.support, slug("university-of-the-north"));
    let organisation: Uuid =
        sqlx::query_scalar("select id from organisations").fetch_one(&services.db).await.unwrap();
    let organisation = OrganisationId(organisation);
    desk.joins(organisation, &desk.learner).await;
    let head = desk.world.learner("head@north.example").await;
    desk.world.grant(&head, Role::OrganisationAdministrator(organisation)).await;
    let colleague = desk.world.learner("colleague@coop.example").await;
    desk.world.grant(&colleague, Role::Support).await;

    desk.reason(LookedAt::Members(organisation), "Nobody there can do it").await.unwrap();
    let ada = PersonByHand {
        name: "Ada Lovelace".into(),
        email: "ada@x.example".into(),
        attested: true,
        ..PersonByHand::default()
    };
    add_person(services, support, &north, ada).await.unwrap();
    let ada: Uuid = sqlx::query_scalar("select id from people where email = 'ada@x.example'")
        .fetch_one(&services.db)
        .await
        .unwrap();
    resend_activation(services, support, &north, PersonId(ada)).await.unwrap();
    let form = |name: &str| CohortForm { name: name.into(), course: "nmp".into(), ..CohortForm::default() };
    make_cohort(services, support, &north, &form("Spring")).await.unwrap();
    assign_course(services, support, &north, "nmp", "everyone").await.unwrap();
    give_out_code(services, support, &north, true, None).await.unwrap();
    give_tutor(services, support, &north, cohort.id, "sam@north.example", "Leads the seminars")
        .await
        .unwrap();
    let bytes = b"Name,E-mail\nGrace Hopper,grace@x.example\n".to_vec();
    let file = NewUpload { file_name: "people.csv".into(), bytes, attested: true };
    let upload = start_upload(services, support, &north, file).await.unwrap();
    discard_upload(services, support, &north, upload).await.unwrap();
    create_paper(services, support, organisation, "Numeracy", PaperKind::Mock, None).await.unwrap();

    let done = [
        "Added a person by hand",
        "Sent the mail of the activation again",
        "Got the mail of the activation again",
        "Made a cohort",
        "Gave a course to people of an organisation",
        "Gave out a code for learners whom an organisation pays for",
        "Gave a role: Tutor, Autumn",
        "Uploaded a file of people",
        "Discarded a file of people",
        "Made a paper",
    ];
    give_reason(services, &colleague, LookedAt::Log, "Review of the month").await.unwrap();
    let by_support = [Some("help@coop.example".to_owned())];
    for left in [false, true] {
        // Who has left support stays named, and is found.
        if left {
            sqlx::query("delete from grants where person_id = $1 and role = 'support'")
                .bind(support.person().0)
                .execute(&services.db)
                .await
                .unwrap();
        }
        for query in ["", "show=support", "search=help%40coop", "show=support&search=help%40coop"] {
            let page = audit_log(services, &colleague, &LogQuery::read(query)).await.unwrap();
            for what in done {
                let rows = page.events.iter().filter(|row| row.what == what);
                let by: Vec<_> = rows.map(|row| row.actor.clone()).collect();
                assert_eq!(by, by_support, "{query}: {what}, left: {left}");
            }
        }
    }
    // What the organisation's own administrator does names nobody.
    make_cohort(services, &head, &north, &form("Summer")).await.unwrap();
    let both = desk.did(&colleague, "", "Made a cohort").await;
    assert_eq!(both, [Some("A person".to_owned()), by_support[0].clone()]);
    assert_eq!(desk.did(&colleague, "show=support", "Made a cohort").await, by_support);
}
