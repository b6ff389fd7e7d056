//! What real programs write, and what is read of it. The files and their makers are in `end2end/files/`.

use crate::support::{bytes, lines, preview, refused, rows, table, warnings};
use roster::{Choice, Choices, Doubt, Kind, Limits, Refused, open, write_failed};

const TWO: [&str; 2] =
    ["2 Siân Evans sian.evans@example.ac.uk 0012", "3 Łukasz Wiśniewski lukasz@example.ac.uk 0345"];

const NOT_AN_ADDRESS: &str = "enter an e-mail address in the correct form, like name@example.ac.uk";

#[test]
fn every_format_that_is_read_gives_the_same_people() {
    for name in [
        "sheetjs.xlsx",
        "sheetjs.ods",
        "sheetjs.xls",
        "sheetjs-utf-16.xls",
        "libreoffice.ods",
        "libreoffice.xls",
    ] {
        assert_eq!(rows(name), TWO, "{name}");
    }
}

#[test]
fn a_binary_workbook_is_refused_and_never_read_in_part() {
    assert_eq!(refused("sheetjs.xlsb"), Refused::Binary);
    assert_eq!(Refused::Binary.message(), "Save this binary workbook as .xlsx or .csv and upload it again");
}

#[test]
fn ods_is_read_with_white_space_between_cells_and_with_cells_that_have_no_type() {
    assert_eq!(rows("indented.ods"), TWO);
    assert_eq!(
        rows("odfpy-untyped.ods"),
        ["2 Ann Bell ann@example.ac.uk 0012", "3 Ben Cole ben@example.ac.uk 0013"]
    );
}

#[test]
fn a_needed_column_that_is_empty_or_absent_stops_the_whole_and_is_named() {
    assert_eq!(refused("odfpy-no-address.ods"), Refused::ColumnEmpty { heading: "Email".into() });
    let table = table("odfpy-untyped.ods").unwrap();
    let mut matching = table.recognise();
    matching.set(1, None);
    let refused = table.preview(&matching, Choices::default()).unwrap_err();
    assert_eq!(refused.message(), "Say which column has the e-mail address: every person needs one");
}

#[test]
fn rows_have_the_numbers_that_the_spreadsheet_program_shows() {
    let not_an_address = |row: u32| format!("Row {row}, Email: {NOT_AN_ADDRESS}");
    assert_eq!(rows("openpyxl-row-5.xlsx"), ["6 Ann Bell ann@example.ac.uk 1".into(), not_an_address(9)]);
    assert_eq!(
        rows("mac-line-ends.csv"),
        [
            "2 Ann Bell ann@example.ac.uk".into(),
            not_an_address(4),
            "5 Cai Dee cai@example.ac.uk".into(),
            not_an_address(6)
        ]
    );
    assert_eq!(rows("pandas-line-breaks.csv"), ["2 Ann Bell ann@example.ac.uk".into(), not_an_address(3)]);
}

#[test]
fn a_number_is_never_rounded_and_a_date_is_no_number() {
    let number = "Student number";
    assert_eq!(
        rows("openpyxl-numbers.xlsx"),
        [
            format!("Row 2, {number}: enter a whole number: this one has a fraction"),
            "3 Ben Cole ben@example.ac.uk 12".into(),
            format!(
                "Row 4, {number}: format the column as text and enter the number again: it is so long that digits may have changed"
            ),
            format!("Row 5, {number}: enter the student number without a minus sign"),
            format!(
                "Row 6, {number}: format the column as text and type this again: the program has turned it into 2024-09-01"
            ),
            "7 Fay Gray fay@example.ac.uk 0012".into(),
        ]
    );
    // Where one row has no number, pandas writes all with a fraction.
    assert_eq!(
        rows("pandas-numbers.csv"),
        [
            "2 Ann Bell a@example.ac.uk 12345".into(),
            "3 Ben Cole b@example.ac.uk".into(),
            format!("Row 4, {number}: enter a whole number: this one has a fraction"),
        ]
    );
}

#[test]
fn zeros_before_a_student_number_come_from_its_format_or_are_asked_about() {
    let padded = ["0000012", "1234567", "7654321", "5000000"];
    for name in ["openpyxl-padded.xlsx", "libreoffice-padded.ods"] {
        let preview = preview(name).unwrap();
        let numbers: Vec<_> =
            preview.delegates().map(|(_, person)| person.student_number.as_deref().unwrap()).collect();
        assert_eq!(numbers, padded, "{name}");
        assert_eq!(warnings(name), []);
    }
    assert_eq!(warnings("libreoffice-padded.xls"), [(2, Doubt::ZerosLost)]);
    assert_eq!(
        rows("text-formula.csv"),
        ["2 Ann Bell ann@example.ac.uk 0012", "3 Ben Cole ben@example.ac.uk 0013"]
    );
}

#[test]
fn digits_that_a_program_has_cut_are_refused() {
    assert_eq!(
        rows("sheetjs-long-numbers.csv"),
        [
            "2 Ann Bell ann@example.ac.uk 12345678901",
            "Row 3, Student number: format the column as text and enter the number again: it is so long that digits may have changed"
        ]
    );
}

#[test]
fn fifteen_figures_are_a_student_number_and_sixteen_are_refused() {
    for name in
        ["libreoffice-long-numbers.xlsx", "libreoffice-long-numbers.ods", "libreoffice-long-numbers.xls"]
    {
        assert_eq!(
            rows(name),
            [
                "2 Ann Bell ann@example.ac.uk 123456789012345",
                "Row 3, Student number: format the column as text and enter the number again: it is so long that digits may have changed"
            ],
            "{name}"
        );
    }
}

#[test]
fn days_and_yes_are_the_same_in_every_format() {
    for name in ["openpyxl-days.xlsx", "libreoffice-days.ods", "libreoffice-days.xls", "libreoffice-days.csv"]
    {
        assert_eq!(
            rows(name),
            [
                "2 Ann Bell ann@example.ac.uk 2024-09-01 active",
                "3 Ben Cole ben@example.ac.uk 2024-09-01 not active",
                "4 Cai Dee cai@example.ac.uk 2024-08-31 active",
                "5 Dee Eve dee@example.ac.uk 2024-09-01 active",
                "Row 6, Start date: enter a day like 2026-09-01 or 01/09/2026",
                "7 Fay Gray fay@example.ac.uk 2024-09-01 active",
            ],
            "{name}"
        );
        assert_eq!(
            warnings(name),
            [(3, Doubt::TimeLeftOut), (4, Doubt::DayEarly), (5, Doubt::TimeLeftOut)],
            "{name}"
        );
    }
}

#[test]
fn a_day_that_was_written_in_another_time_zone_is_doubted() {
    assert_eq!(
        warnings("exceljs-dates.xlsx"),
        [(2, Doubt::DayEarly), (4, Doubt::TimeLeftOut), (6, Doubt::TimeLeftOut)]
    );
}

#[test]
fn an_error_of_a_formula_is_nobody() {
    for (name, last) in [
        ("libreoffice-faults.xlsx", "#VALUE!"),
        ("libreoffice-faults.ods", "Err:522"),
        ("libreoffice-faults.xls", "#VALUE!"),
        ("libreoffice-faults.csv", "Err:522"),
    ] {
        assert_eq!(
            rows(name),
            [
                "Row 2, Name: replace #N/A, which is an error of a formula",
                "Row 3, Student number: replace #DIV/0!, which is an error of a formula",
                &format!("Row 4, Student number: replace {last}, which is an error of a formula"),
                "5 Dee Eve dee@example.ac.uk 4",
            ],
            "{name}"
        );
    }
}

#[test]
fn formulas_without_results_stop_the_whole() {
    for name in ["openpyxl-formulas.xlsx", "xlsxwriter-formulas.xlsx", "xlwt-formulas.xls"] {
        assert_eq!(refused(name), Refused::FormulasUnfinished { heading: "Email".into() }, "{name}");
    }
    // The same file, once a spreadsheet program has saved it.
    assert_eq!(
        rows("libreoffice-formulas.xlsx"),
        ["2 Ann Bell ann@example.ac.uk 1", "3 Ben Cole ben@example.ac.uk 2"]
    );
}

#[test]
fn a_row_in_which_nobody_sees_anything_is_blank() {
    let preview = preview("openpyxl-prefilled.xlsx").unwrap();
    assert_eq!(lines(&preview), ["2 Ann Bell ann@example.ac.uk 1", "303 Ben Cole ben@example.ac.uk 2"]);
    assert_eq!(preview.failed(), 0);
}

#[test]
fn the_sheet_is_the_visible_one_with_people_or_somebody_is_asked() {
    for name in ["openpyxl-sheets.xlsx", "libreoffice-sheets.ods", "libreoffice-sheets.xls"] {
        let bytes = bytes(name);
        let book = open(&bytes, &Limits::default()).unwrap();
        assert_eq!(book.choice(), Ok(Choice::One(2)), "{name}");
        let visible: Vec<_> = book.sheets().iter().map(|sheet| sheet.visible).collect();
        assert_eq!(visible, [false, true, true, true], "{name}");
        assert_eq!(rows(name), ["2 Ann Bell ann@example.ac.uk 1"], "{name}");
    }
    let two = bytes("openpyxl-two-sheets.xlsx");
    let mut book = open(&two, &Limits::default()).unwrap();
    assert_eq!(book.choice(), Ok(Choice::Ask(vec![0, 1])));
    assert_eq!(
        book.only_table().unwrap_err().message(),
        "Choose the sheet that has the people: Autumn, Spring"
    );
    assert_eq!(book.table(1).unwrap().rows(), 1);
    assert_eq!(book.table(2).unwrap_err(), Refused::SheetUnknown);
}

#[test]
fn rows_that_a_filter_hides_are_read_and_counted_and_a_total_is_nobody() {
    for name in [
        "openpyxl-filtered.xlsx",
        "libreoffice-filtered.xlsx",
        "libreoffice-filtered.ods",
        "libreoffice-filtered.xls",
    ] {
        let preview = preview(name).unwrap();
        assert_eq!((preview.rows.len(), preview.failed(), preview.hidden), (6, 0, 3), "{name}");
        assert!(preview.filter_on, "{name}");
        let hidden: Vec<_> = preview.rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
        assert_eq!(hidden, [3, 5, 6], "{name}");
        assert_eq!(preview.totals, [8], "{name}");
    }
}

#[test]
fn an_address_behind_a_name_is_offered_and_taken_when_told() {
    for name in ["exceljs-mailto.xlsx", "libreoffice-mailto.ods"] {
        let table = table(name).unwrap();
        let read = |linked_addresses| {
            lines(&table.preview(&table.recognise(), Choices { linked_addresses }).unwrap())
        };
        let web = format!("Row 4, Email: {NOT_AN_ADDRESS}");
        assert_eq!(
            read(false),
            [
                "Row 2, Email: this is no e-mail address, but the cell links to ann.bell@example.ac.uk: use that, or correct it",
                "3 Ben Cole ben@example.ac.uk",
                &web
            ],
            "{name}"
        );
        assert_eq!(
            read(true),
            ["2 Ann Bell ann.bell@example.ac.uk", "3 Ben Cole ben@example.ac.uk", &web],
            "{name}"
        );
    }
}

#[test]
fn letters_are_right_whatever_the_encoding() {
    for (name, people, encoding, certain) in [
        (
            "utf-16-without-mark.csv",
            vec!["2 René Roy rene@example.ac.uk", "3 Łukasz Wiśniewski lukasz@example.ac.uk"],
            "UTF-16LE",
            true,
        ),
        ("windows.csv", vec!["2 René Roy rene@example.ac.uk"], "windows-1252", false),
        ("said-separator.csv", vec!["2 René Roy rene@example.ac.uk"], "UTF-8", true),
    ] {
        assert_eq!(rows(name), people, "{name}");
        let table = table(name).unwrap();
        let found = table.encoding().unwrap();
        assert_eq!((found.name, found.certain), (encoding, certain), "{name}");
    }
}

#[test]
fn a_file_is_what_is_in_it_and_not_what_it_is_called() {
    let bytes = bytes("tabs.xls");
    assert_eq!(open(&bytes, &Limits::default()).unwrap().kind(), Kind::Text);
    assert_eq!(rows("tabs.xls"), ["2 Siân Evans sian@example.ac.uk Ward 1, Ward 2"]);
    for (name, refusal) in [
        ("sheetjs-web-page.xls", Refused::WebPage),
        ("pandas-web-page.xls", Refused::WebPage),
        ("sheetjs-xml-2003.xls", Refused::Xml2003),
        ("sheetjs-flat.fods", Refused::FlatOpenDocument),
    ] {
        assert_eq!(refused(name), refusal, "{name}");
    }
    assert!(Refused::WebPage.message().ends_with("this is a web page saved as .xls"));
    for (bytes, refusal) in [
        (&b"%PDF-1.7\n"[..], Refused::Pdf),
        (b"\x89PNG\r\n\x1a\n", Refused::Picture),
        (b"{\\rtf1}", Refused::Document),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", Refused::WebArchive),
        (b"", Refused::Empty),
        (b"\r\n \r\n", Refused::Empty),
    ] {
        assert_eq!(open(bytes, &Limits::default()).err(), Some(refusal));
    }
}

#[test]
fn nothing_is_guessed_from_a_text_and_a_merged_heading_fills_one_cell() {
    for name in ["pandas-names.csv", "pandas-names.xlsx"] {
        assert_eq!(
            rows(name),
            [
                "2 Nan None a@example.ac.uk",
                "3 Inf NA b@example.ac.uk",
                "4 True False c@example.ac.uk",
                "5 Null O'Neill d@example.ac.uk"
            ],
            "{name}"
        );
    }
    assert_eq!(
        rows("exceljs-merged-heading.xlsx"),
        ["3 Null True null.true@example.ac.uk Nan Inf", "4 Ann Bell ann@example.ac.uk North"]
    );
}

#[test]
fn one_apostrophe_before_a_formula_is_dropped_so_that_our_own_files_come_back() {
    // As it is, and as LibreOffice saves it.
    for name in ["our-own.csv", "libreoffice-our-own.xlsx", "libreoffice-our-own.ods"] {
        assert_eq!(
            rows(name),
            [
                "2 Ann Bell ann@example.ac.uk =Ward 1",
                "3 Ben Cole ben@example.ac.uk @home",
                "4 Cai Dee cai@example.ac.uk 'tis"
            ],
            "{name}"
        );
    }
}

#[test]
fn headings_of_moodle_and_of_digital_learning_solutions_work_as_they_are() {
    assert_eq!(
        rows("moodle.csv"),
        [
            "2 Siân Evans sian.evans@example.ac.uk 0012 Pharmacy 2026-09 active",
            "3 Ben Cole ben.cole@example.ac.uk 0013 Nursing 2026-09 not active"
        ]
    );
    assert_eq!(
        rows("dls-delegates.xlsx"),
        [
            "2 Siân Evans sian.evans@trust.example.nhs.uk SE123 active",
            "3 Ben Cole ben.cole@trust.example.nhs.uk not active"
        ]
    );
}

#[test]
fn rows_that_failed_come_back_as_a_file_that_can_be_corrected_and_uploaded() {
    let table = table("openpyxl-numbers.xlsx").unwrap();
    let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
    let file = String::from_utf8(write_failed(&table, &preview.rows).unwrap()).unwrap();
    let mut lines = file.lines();
    assert_eq!(lines.next(), Some("\u{feff}Name,Email,Student number,What to do"));
    assert_eq!(
        lines.next(),
        Some(
            "Ann Bell,ann@example.ac.uk,7.5,\"Row 2, Student number: enter a whole number: this one has a fraction\""
        )
    );
    assert_eq!(lines.count(), 3);
    let corrected = file
        .replace("7.5", "75")
        .replace("1234567890123456", "12345")
        .replace("-4", "4")
        .replace("2024-09-01", "7");
    let mut book = open(corrected.as_bytes(), &Limits::default()).unwrap();
    let table = book.only_table().unwrap();
    let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
    assert_eq!((preview.rows.len(), preview.failed()), (4, 0));
}
