//! Files of spreadsheet programs, from the upload on. How they are read is tested in `roster`.

use domain::{
    FieldProblem, Problem,
    organisations::{PeopleQuery, SheetKind, UploadPage, UploadState},
};
use sqlx::PgPool;

use super::{counts, place, problems};
use crate::{
    Error,
    kit::{export::Format, jobs::run_ready},
    organisations::{FileSaid, failed_rows_file, match_columns, people_file},
};

/// `openpyxl-two-sheets.xlsx` has two sheets with people, `openpyxl-sheets.xlsx` one beside others, of which one is hidden.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_sheet_of_a_workbook_is_chosen_and_nothing_is_taken_from_the_others(db: PgPool) {
    let place = place(db).await;
    let choose = async |page: &UploadPage, sheet: u32, fields: &[&str]| {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let file = FileSaid { sheet: Some(sheet), fields, linked_addresses: false };
        let services = &place.world.services;
        match_columns(services, &place.head, &place.slug, page.upload.id, page.version, file).await
    };
    let names = |page: &UploadPage| -> Vec<String> {
        page.rows.rows.iter().filter_map(|row| row.name.clone()).collect()
    };
    let page = place.upload(*include_bytes!("../../../../end2end/files/openpyxl-two-sheets.xlsx")).await;
    assert_eq!(page.refused.as_deref(), Some("Choose the sheet that has the people: Autumn, Spring"));
    assert_eq!(
        (page.sheet, page.columns.len(), page.rows.rows.len()),
        (None, 0, 0),
        "nothing of any is read"
    );
    assert!(page.asks_for_sheet());
    assert_eq!(problems(place.confirm(&page).await).len(), 1, "there is nothing to confirm");
    let nothing = failed_rows_file(&place.world.services, &place.head, &place.slug, page.upload.id).await;
    assert!(matches!(nothing, Err(Error::NotFound)));
    // Whatever else a form says, it does not choose.
    for fields in [Vec::new(), vec!["full_name", "email", "team"]] {
        let fields = fields.into_iter().map(str::to_owned).collect();
        let file = FileSaid { sheet: None, fields, linked_addresses: true };
        let services = &place.world.services;
        let refused =
            match_columns(services, &place.head, &place.slug, page.upload.id, page.version, file).await;
        assert_eq!(problems(refused), [FieldProblem::new("sheet", Problem::ChoiceMissing)]);
    }
    assert_eq!(place.page(page.upload.id).await, page);
    choose(&page, 1, &[]).await.unwrap();
    let spring = place.page(page.upload.id).await;
    assert_eq!(
        (spring.refused.as_deref(), spring.sheet, names(&spring)),
        (None, Some(1), vec!["Ben Cole".to_owned()])
    );
    assert_eq!(problems(place.confirm(&page).await).len(), 1, "that was another preview");
    // The same sheet again, read otherwise.
    choose(&spring, 1, &["full_name", "email", "team"]).await.unwrap();
    let spring = place.page(page.upload.id).await;
    assert_eq!(spring.columns[2].field.as_deref(), Some("team"));
    place.confirm(&spring).await.unwrap();
    let taken = place.page(page.upload.id).await;
    assert_eq!(
        (taken.sheets.len(), taken.columns.len(), taken.sheet),
        (0, 0, None),
        "while a job is at work"
    );
    run_ready(&place.world.services).await.unwrap();
    let done = place.page(page.upload.id).await;
    assert_eq!((done.upload.state, done.sheets.len(), done.sheet), (UploadState::Done, 0, None));
    let people: Vec<_> =
        place.people("").await.into_iter().map(|person| (person.name, person.team)).collect();
    assert_eq!(people, [("Ben Cole".to_owned(), Some("2".to_owned()))]);

    let page = place.upload(*include_bytes!("../../../../end2end/files/openpyxl-sheets.xlsx")).await;
    assert_eq!(
        (page.sheet, names(&page)),
        (Some(2), vec!["Ann Bell".to_owned()]),
        "the one of which there is no doubt"
    );
    let kinds: Vec<_> = page.sheets.iter().map(|sheet| sheet.kind).collect();
    assert_eq!(kinds, [SheetKind::Hidden, SheetKind::Empty, SheetKind::Offered, SheetKind::Offered]);
    let hidden = problems(choose(&page, 0, &["", "", ""]).await);
    assert_eq!(
        hidden,
        [FieldProblem::new("sheet", Problem::InWords { words: "Choose the sheet again".into() })]
    );
    choose(&page, 3, &["", "", ""]).await.unwrap();
    let legend = place.page(page.upload.id).await;
    assert_eq!(
        (legend.sheet, legend.columns[1].heading.as_str(), legend.rows.rows.len()),
        (Some(3), "means", 0)
    );
    assert!(legend.refused.is_some_and(|said| said.contains("full name")));
}

/// A part of the workbook is damaged in its packing: its first sheet.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_sheet_that_cannot_be_read_is_refused_by_itself(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(with_damaged_first_sheet()).await;
    assert_eq!(page.refused.as_deref(), Some("Choose the sheet that has the people: Autumn, Spring"));
    assert_eq!((page.sheet, page.rows.rows.len()), (None, 0));
    let choose = async |sheet: u32| {
        let file = FileSaid { sheet: Some(sheet), ..FileSaid::default() };
        let services = &place.world.services;
        match_columns(services, &place.head, &place.slug, page.upload.id, page.version, file).await
    };
    let refused = problems(choose(0).await);
    let [FieldProblem { field, problem: Problem::InWords { words } }] = refused.as_slice() else {
        panic!("{refused:?}")
    };
    assert!(field == "sheet" && words.contains("could not be read to the end"), "{refused:?}");
    assert_eq!(place.page(page.upload.id).await, page, "the question stands");
    choose(1).await.unwrap();
    let spring = place.page(page.upload.id).await;
    assert_eq!((spring.sheet, counts(&spring)), (Some(1), [1, 0, 0, 0, 0]));
}

/// `openpyxl-two-sheets.xlsx`, in which some packed bytes of the first sheet are others.
fn with_damaged_first_sheet() -> Vec<u8> {
    let mut bytes = include_bytes!("../../../../end2end/files/openpyxl-two-sheets.xlsx").to_vec();
    let name = b"xl/worksheets/sheet1.xml";
    // The header of the part stands before its bytes, and ends with its name.
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap() + name.len();
    bytes[at + 40..at + 60].fill(0);
    bytes
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn rows_of_another_sheet_come_back_as_the_file_to_mend(db: PgPool) {
    let place = place(db).await;
    place.take("Name,E-mail,Student number\nAda Lovelace,ada@x.example,2\n").await;
    let page = place.upload(*include_bytes!("../../../../end2end/files/openpyxl-two-sheets.xlsx")).await;
    let services = &place.world.services;
    let file = FileSaid { sheet: Some(1), ..FileSaid::default() };
    match_columns(services, &place.head, &place.slug, page.upload.id, page.version, file).await.unwrap();
    assert_eq!(counts(&place.page(page.upload.id).await), [0, 0, 0, 1, 0], "the number is Ada's");
    let file = failed_rows_file(services, &place.head, &place.slug, page.upload.id).await.unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    assert!(text.contains("Ben Cole,ben@example.ac.uk,2,") && !text.contains("Ann Bell"), "{text}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_a_spreadsheet_hides_is_said_first_and_an_address_behind_a_name_is_taken_when_told(db: PgPool) {
    let place = place(db).await;
    let page = place.upload(*include_bytes!("../../../../end2end/files/libreoffice-filtered.ods")).await;
    assert_eq!((counts(&page), page.hidden), ([6, 0, 0, 0, 0], 3));
    let total = "Rows that hold a total are not people, and are passed over: 8";
    assert!(page.warnings.iter().any(|said| said == total), "{:?}", page.warnings);

    let page = place.upload(*include_bytes!("../../../../end2end/files/exceljs-mailto.xlsx")).await;
    assert_eq!(counts(&page), [1, 0, 0, 2, 0]);
    let fields = vec!["full_name".to_owned(), "email".to_owned()];
    let file = FileSaid { sheet: None, fields, linked_addresses: true };
    let services = &place.world.services;
    match_columns(services, &place.head, &place.slug, page.upload.id, page.version, file).await.unwrap();
    let page = place.page(page.upload.id).await;
    assert_eq!((counts(&page), page.linked_addresses), ([2, 0, 0, 1, 0], true));
    assert_eq!(page.rows.rows[0].email.as_deref(), Some("ann.bell@example.ac.uk"));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_looks_like_a_formula_or_a_number_comes_back_from_a_downloaded_list_as_it_was(db: PgPool) {
    let place = place(db).await;
    place
        .take(
            "Name,E-mail,Student number,Team,Area\n\
             Ada Lovelace,ada@x.example,0012,'=Ward 1,@home\n\
             Grace Hopper,grace@x.example,12345678901,-5,'+a\n",
        )
        .await;
    let people: Vec<_> =
        place.people("?sort=name").await.into_iter().map(|person| (person.team, person.area)).collect();
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(people, [(is("=Ward 1"), is("@home")), (is("-5"), is("+a"))]);
    for format in Format::ALL {
        let query = PeopleQuery::default();
        let file =
            people_file(&place.world.services, &place.head, &place.slug, &query, format).await.unwrap();
        let page = place.upload(file.bytes).await;
        assert_eq!(counts(&page), [0, 2, 0, 0, 0], "{format:?}: {:?}", page.rows.rows);
    }
}
