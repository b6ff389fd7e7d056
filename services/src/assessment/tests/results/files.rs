//! The files of the results.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_file_names_columns_zone_and_paper(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.title = "Numeracy, spring".into()).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    sqlx::query("update paper_sections set title = 'Mark'").execute(&services.db).await.unwrap();
    sqlx::query("update sittings set submitted_at = '2026-07-01T23:30:00Z'")
        .execute(&services.db)
        .await
        .unwrap();
    let everybody = ResultsQuery::default();
    let file = results_file(services, &exam.setter, exam.paper, &everybody, Format::Csv).await.unwrap();
    assert_eq!((file.of.as_str(), file.what.as_str()), ("Numeracy, spring", "1 result"));
    let text = String::from_utf8(file.bytes).unwrap();
    let lines: Vec<Vec<&str>> =
        text.trim_start_matches('\u{feff}').lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| lines[0].iter().position(|column| *column == name).unwrap();
    assert_eq!(lines[1][column("Submitted (UK time)")], "2026-07-02 00:30");
    assert_eq!(
        [column("Mark"), column("Mark (2)"), column("Mark (3)")].map(|at| lines[1][at]),
        ["5", "4", "1"]
    );
}

/// Each row, as its cells by the headings of their columns.
type Rows = Vec<BTreeMap<String, String>>;

fn of_csv(bytes: Vec<u8>) -> Rows {
    let text = String::from_utf8(bytes).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    reader
        .records()
        .map(|record| texts(&headings).into_iter().zip(texts(&record.unwrap())).collect())
        .collect()
}

fn of_xlsx(bytes: Vec<u8>) -> Rows {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let list = book.worksheet_range("List").unwrap();
    let mut rows = list.rows().map(|row| row.iter().map(in_words).collect::<Vec<String>>());
    let headings = rows.next().unwrap();
    rows.map(|row| headings.iter().cloned().zip(row).collect()).collect()
}

/// The cell as a CSV file has it.
fn in_words(cell: &Data) -> String {
    let Data::DateTime(time) = cell else { return cell.to_string() };
    // In days since the end of 1899.
    let minutes: i64 = format!("{:.0}", time.as_f64() * 1440.0).parse().unwrap();
    let first = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap().and_hms_opt(0, 0, 0).unwrap();
    (first + TimeDelta::minutes(minutes)).format("%Y-%m-%d %H:%M").to_string()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn each_column_of_a_file_is_about_the_candidate_of_its_row(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    exam.another_paper().await;
    let first = exam.in_room().await;
    // One answer has a comma, and the last one is a number where a choice is asked: neither can be read.
    let mut saves = exam.answers(4, 1).await;
    saves[0].response = Some(number("2,5 mg"));
    submit_sitting(services, &exam.learner, first, &saves).await.unwrap();
    let second = exam.in_room().await;
    submit_sitting(services, &exam.learner, second, &exam.right_answers(second).await).await.unwrap();
    for change in [
        "update people set full_name = 'Zoë, M.' where email = 'learner@north.example'",
        "update sittings set submitted_by = 'setter' where attempt = 2 and submitted_at is not null",
        "update sittings set submitted_at = case attempt when 1 then '2026-07-01T23:30:00Z'::timestamptz else '2026-12-01T09:05:00Z' end
        where submitted_at is not null",
        "delete from incidents",
        "insert into incidents (id, sitting_id, at, kind)
        select gen_random_uuid(), s.id, now(), 'left' from sittings s, generate_series(1, 3) where s.attempt = 1",
    ] {
        sqlx::query(change).execute(&services.db).await.unwrap();
    }
    let columns = [
        "Name",
        "E-mail",
        "Attempt",
        "Submitted (UK time)",
        "By",
        "Mark",
        "Of",
        "Per cent",
        "Passed",
        "Sums",
        "Words",
        "Not readable",
        "Incidents",
        "Pass marks missed",
    ];
    let expected = [
        [
            "Zoë, M.",
            "learner@north.example",
            "1",
            "2026-07-02 00:30",
            "Candidate",
            "3",
            "5",
            "60",
            "No",
            "3",
            "0",
            "2",
            "3",
            "Words: 0 of 1, below 100%",
        ],
        [
            "Zoë, M.",
            "learner@north.example",
            "2",
            "2026-12-01 09:05",
            "Setter",
            "5",
            "5",
            "100",
            "Yes",
            "4",
            "1",
            "0",
            "0",
            "",
        ],
    ];
    let expected: Rows = expected
        .iter()
        .map(|cells| {
            columns
                .iter()
                .zip(cells)
                .map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned()))
                .collect()
        })
        .collect();
    for format in Format::ALL {
        let query =
            ResultsQuery { sort: ResultSort::Submitted, descending: false, ..ResultsQuery::default() };
        let file = results_file(services, &exam.setter, exam.paper, &query, format).await.unwrap();
        let rows = match format {
            Format::Csv => of_csv(file.bytes),
            Format::Xlsx => of_xlsx(file.bytes),
        };
        assert_eq!(rows, expected, "{format:?}");
    }
}
