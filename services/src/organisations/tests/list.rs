//! The list of the people of an organisation, and its file.

use super::*;

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
