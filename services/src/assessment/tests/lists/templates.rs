//! The templates of an organisation.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_organisations_own_templates_are_found_sorted_and_in_the_file(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let (services, setter, organisation) = (&exam.world.services, &exam.setter, exam.organisation);
    // Some have names that others have too, in another organisation or in the shared bank.
    let mut connection = services.db.acquire().await.unwrap();
    let south = ensure_organisation(services, &mut connection, "South", "university").await.unwrap();
    drop(connection);
    sqlx::query(
        "insert into question_templates (id, organisation_id, name, category, difficulty, source, retired, imported_at)
        select gen_random_uuid(), o.id, case when n % 2 = 0 then 'Template-' else 'template-' end || to_char(n, 'FM000'),
            (array['comprehension', 'oral-liquids', 'unit-doses'])[1 + n % 3], 1 + n % 2,
            case when n = 7 then 'wording = \"A syrup for Zoë\"' else '' end, n % 10 = 0, now()
        from generate_series(1, 120) n, organisations o where o.id = $1 or n < 10",
    )
    .bind(organisation.0)
    .execute(&services.db)
    .await
    .unwrap();
    let stored: Vec<(Uuid, String, String, i16, bool)> = sqlx::query_as(
        "select id, name, category, difficulty, retired from question_templates where organisation_id = $1",
    )
    .bind(organisation.0)
    .fetch_all(&services.db)
    .await
    .unwrap();
    let page = async |query: &TemplatesQuery| {
        let bank = own_templates(services, setter, organisation, query).await.unwrap();
        assert_eq!((bank.organisation.as_str(), bank.shared), ("North", 2));
        bank.templates
    };
    for sort in TemplateSort::ALL.iter().copied() {
        for descending in [false, true] {
            let mut query = TemplatesQuery { sort, descending, ..TemplatesQuery::default() };
            let (mut seen, mut sizes) = (Vec::new(), Vec::new());
            loop {
                let page = page(&query).await;
                assert_eq!((page.found, page.in_all), (120, 120));
                sizes.push(page.rows.len());
                seen.extend(page.rows.into_iter().map(|template| template.id.0));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert_eq!(sizes, [50, 50, 20], "{sort:?} {descending}");
            let rows = stored.iter().map(|(id, name, category, difficulty, _)| {
                let (name, category) = (name.to_lowercase(), Category::parse(category).unwrap());
                let key = match sort {
                    TemplateSort::Name => name,
                    TemplateSort::Difficulty => format!("{difficulty}{name}"),
                    TemplateSort::Category => format!("{:02}{difficulty}{name}", category as usize),
                };
                (key, *id, *id)
            });
            assert_eq!(seen, in_order(rows.collect(), descending), "{sort:?} {descending}");
        }
    }
    file_has_the_rows_of_the_pages(
        7,
        async |query: TemplatesQuery| {
            templates_file(services, setter, organisation, &query, Format::Csv).await.unwrap()
        },
        async |query: TemplatesQuery| page(&query).await,
        |template: &OwnTemplate| &template.name,
    )
    .await;
    let (all, liquids) = (OfCategory(None), OfCategory(Some(Category::OralLiquids)));
    let (every, two) = (OfDifficulty(None), OfDifficulty(Some(Difficulty::Two)));
    for (search, filters, found) in [
        ("", (InUse::Retired, all, every), 12),
        ("", (InUse::InUse, all, every), 108),
        ("", (InUse::All, liquids, every), 40),
        ("", (InUse::All, liquids, two), 20),
        ("TEMPLATE-01", (InUse::All, all, every), 10),
        // The text of the question is searched too.
        ("syrup for zoe", (InUse::All, all, every), 1),
        ("syrup", (InUse::Retired, all, every), 0),
        ("grams", (InUse::All, all, every), 0),
    ] {
        let query = TemplatesQuery { search: search.into(), filters, ..TemplatesQuery::default() };
        let now = page(&query).await;
        assert_eq!((now.found, now.in_all), (found, 120), "{search} {filters:?}");
        assert!(
            now.rows
                .iter()
                .all(|row| filters.0 == InUse::All || row.retired == (filters.0 == InUse::Retired))
        );
        let file = templates_file(services, setter, organisation, &query, Format::Csv).await.unwrap();
        assert_eq!((file.of, file.what), ("North".to_owned(), domain::count(found, "template")));
        let lines = String::from_utf8(file.bytes).unwrap().lines().count();
        assert_eq!(lines, usize::try_from(found).unwrap() + 1);
    }
    let elsewhere = sets_papers(&exam.world, "setter@south.example", south).await;
    let taken = async |who: &Actor| {
        templates_file(services, who, organisation, &TemplatesQuery::default(), Format::Xlsx).await
    };
    assert!(matches!(taken(&elsewhere).await, Err(Error::NotFound)));
    // Support needs no reason for questions, and its look is recorded, once.
    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;
    for _ in 0..2 {
        assert!(taken(&support).await.is_ok());
    }
    let looks: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'assessment.bank_seen_by_support'",
    )
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(looks, 1);
}
