//! Files that nobody means well with, or that were damaged on the way: each ends with an answer, and none takes more than its share.

use crate::packing::{packed, unpacked};
use crate::read_all::read_all;
use crate::support::{bytes, lines};
use proptest::prelude::*;
use roster::{Choice, Choices, Limits, Refused, open};

const FILES: [&str; 14] = [
    "sheetjs.xlsx",
    "openpyxl-days.xlsx",
    "openpyxl-filtered.xlsx",
    "libreoffice-faults.xlsx",
    "exceljs-mailto.xlsx",
    "sheetjs.ods",
    "indented.ods",
    "libreoffice-faults.ods",
    "sheetjs.xls",
    "libreoffice-days.xls",
    "libreoffice-filtered.xls",
    "xlwt-formulas.xls",
    "moodle.csv",
    "sheetjs-utf-16.xls",
];

fn team() -> impl Strategy<Value = String> {
    "[ !\"$%&(-9;-?A-~é\\n]{0,12}".prop_filter("kept by a formula", |team| !team.contains("=\""))
}

proptest! {
    // `PROPTEST_CASES` says how many, for those who have the time.

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_all(&bytes);
    }

    #[test]
    fn any_text_is_answered(text in "[\"',;=\\t\\r\\n@a-e0-9É\u{a0}-]{0,120}") {
        read_all(text.as_bytes());
        read_all(format!("Name,Email,Student number,Start date,Active\n{text}").as_bytes());
    }

    #[test]
    fn a_damaged_file_is_answered(
        file in 0..FILES.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        end in any::<prop::sample::Index>(),
        cut in proptest::bool::weighted(0.2),
    ) {
        let mut bytes = bytes(FILES[file]);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        read_all(&bytes);
    }

    /// Damage within the packing never gets through it; this is damage of what is packed.
    #[test]
    fn a_damaged_part_of_a_workbook_is_answered(
        file in 0..8_usize,
        part in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), "[<>/&\"=0-9a-z]{0,3}"), 1..6),
    ) {
        let mut parts = unpacked(&bytes(FILES[file]));
        let part = part.index(parts.len());
        let content = &mut parts[part].1;
        for (place, text) in changes {
            if !content.is_empty() {
                let place = place.index(content.len());
                content.splice(place..(place + 1).min(content.len()), text.bytes());
            }
        }
        read_all(&packed(&parts));
    }

    /// The teams are neither errors of a formula, nor texts that one keeps (`="0012"`), nor rows, nor guarded by an apostrophe.
    #[test]
    fn what_was_written_is_what_is_read(
        people in proptest::collection::vec(("[A-Za-zÀ-ž'’ -]{1,12}", "[a-z]{1,8}", team()), 1..30),
        separator in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        line_ends in prop::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n'), csv::Terminator::Any(b'\r')]),
        always in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new().delimiter(separator).terminator(line_ends).quote_style(style).from_writer(Vec::new());
        writer.write_record(["Name", "Team", "Email"]).unwrap();
        for (at, (name, address, team)) in people.iter().enumerate() {
            writer.write_record([&format!("A{name}"), team, &format!("{address}.{at}@example.ac.uk")]).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let mut book = open(&file, &Limits::default()).unwrap();
        let table = book.only_table().unwrap();
        let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
        prop_assert_eq!(preview.rows.len(), people.len());
        for (at, (row, (name, address, team))) in preview.rows.iter().zip(&people).enumerate() {
            prop_assert_eq!(usize::try_from(row.number).unwrap(), at + 2);
            let person = row.outcome.as_ref().unwrap();
            prop_assert_eq!(&person.name, &domain::visible(&format!("A{name}")));
            prop_assert_eq!(person.email.as_str(), format!("{address}.{at}@example.ac.uk"));
            let team = Some(domain::visible(team)).filter(|team| team.chars().any(char::is_alphanumeric));
            prop_assert_eq!(&person.team, &team);
        }
    }
}

/// A workbook with one part changed.
fn with(file: &str, part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    changed(&bytes(file), part, change)
}

fn changed(bytes: &[u8], part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut parts = unpacked(bytes);
    let (_, content) = parts.iter_mut().find(|(name, _)| name == part).unwrap();
    *content = change(std::str::from_utf8(content).unwrap()).into_bytes();
    packed(&parts)
}

fn outcome(bytes: &[u8], limits: &Limits) -> Result<usize, Refused> {
    Ok(open(bytes, limits)?.only_table()?.rows())
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

#[test]
fn a_part_that_unpacks_to_more_than_is_allowed_is_refused() {
    let limits = Limits { unpacked: 1_000_000, ..Limits::default() };
    let spaces = " ".repeat(3_000_000);
    for (file, part) in [
        ("sheetjs.xlsx", SHEET),
        ("sheetjs.xlsx", "xl/workbook.xml"),
        ("sheetjs.xlsx", "docProps/app.xml"),
        ("libreoffice.ods", "content.xml"),
    ] {
        let bomb = with(file, part, |content| content.replace("?>", &format!("?>{spaces}")));
        assert!(bomb.len() < 30_000, "{}", bomb.len());
        assert_eq!(outcome(&bomb, &limits), Err(Refused::UnpacksTooLarge), "{file} {part}");
    }
    let texts = with("libreoffice-faults.xlsx", "xl/sharedStrings.xml", |content| {
        content.replace("</sst>", &format!("{spaces}</sst>"))
    });
    assert_eq!(
        outcome(&texts, &Limits { shared_texts: 1_000_000, ..Limits::default() }),
        Err(Refused::UnpacksTooLarge)
    );
}

#[test]
fn texts_that_are_only_said_to_be_there_get_no_room() {
    let saying = |number: &str| {
        with("libreoffice-faults.xlsx", "xl/sharedStrings.xml", |content| {
            assert!(content.contains(r#"uniqueCount="12""#), "{content}");
            content.replace(r#"uniqueCount="12""#, &format!(r#"uniqueCount="{number}""#))
        })
    };
    for number in ["0", "12", "13", "3000000", "many"] {
        assert_eq!(outcome(&saying(number), &Limits::default()), Ok(4), "{number}");
    }
    // Hundreds of gigabytes, which no machine gives.
    for number in ["3000001", "4294967296", "99999999999999999999", r#"1" x:uniqueCount="4294967296"#] {
        assert_eq!(outcome(&saying(number), &Limits::default()), Err(Refused::UnpacksTooLarge), "{number}");
    }
}

#[test]
fn an_error_that_calamine_has_no_name_for_is_one_all_the_same() {
    let newer = with("libreoffice-faults.xlsx", SHEET, |content| content.replace("#VALUE!", "#SPILL!"));
    let table = open(&newer, &Limits::default()).unwrap().only_table().unwrap();
    let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
    assert_eq!(lines(&preview)[2], "Row 4, Student number: replace #SPILL!, which is an error of a formula");
    assert_eq!(preview.rows.len(), 4);
}

#[test]
fn rows_that_the_filter_of_a_table_hides_are_said_to_be_filtered() {
    let hidden = with("dls-delegates.xlsx", SHEET, |content| {
        content.replace(r#"<row r="3""#, r#"<row r="3" hidden="1""#)
    });
    let filtered = changed(&hidden, "xl/tables/table1.xml", |content| {
        assert!(content.contains("<autoFilter "), "{content}");
        content.replacen("/>", r#"><filterColumn colId="0"/></autoFilter>"#, 1)
    });
    for (file, filter_on) in [(hidden, false), (filtered, true)] {
        let table = open(&file, &Limits::default()).unwrap().only_table().unwrap();
        let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
        assert_eq!((preview.hidden, preview.filter_on), (1, filter_on));
    }
}

#[test]
fn one_endless_text_is_refused_before_it_is_kept() {
    let text = "a".repeat(3_000_000);
    let endless = with("sheetjs.xlsx", SHEET, |content| content.replace("Evans", &text));
    assert_eq!(outcome(&endless, &Limits::default()), Err(Refused::UnpacksTooLarge));
    let long = with("sheetjs.xlsx", SHEET, |content| content.replace("Evans", &"a".repeat(40_000)));
    assert_eq!(outcome(&long, &Limits::default()), Err(Refused::CellTooLong { row: 2 }));
}

#[test]
fn a_workbook_that_names_a_sheet_over_and_over_is_refused() {
    let naming = |sheets: usize| {
        with("sheetjs.xlsx", "xl/workbook.xml", |content| {
            let more: String = (0..sheets)
                .map(|at| format!(r#"<sheet name="S{at}" sheetId="{}" r:id="rId1"/>"#, at + 2))
                .collect();
            content.replace("</sheets>", &format!("{more}</sheets>"))
        })
    };
    assert_eq!(open(&naming(999), &Limits::default()).unwrap().sheets().len(), 1_000);
    assert_eq!(outcome(&naming(1_000), &Limits::default()), Err(Refused::UnpacksTooLarge));
    assert_eq!(outcome(&naming(50_000), &Limits::default()), Err(Refused::UnpacksTooLarge));
}

#[test]
fn a_sheet_that_cannot_be_read_leaves_the_others_and_may_be_the_one() {
    let two = bytes("openpyxl-two-sheets.xlsx");
    let cut = |bytes: &[u8], sheet: &str| {
        changed(bytes, sheet, |content| content.split_once("Student").unwrap().0.to_owned() + "<")
    };
    let wide = |bytes: &[u8], sheet: &str| {
        let cell = r#"<c r="XFD2"><v>1</v></c></row></sheetData>"#;
        changed(bytes, sheet, |content| content.replace("</row></sheetData>", cell))
    };
    let second = "xl/worksheets/sheet2.xml";
    for (file, refused) in
        [(cut(&two, SHEET), Refused::Damaged), (wide(&two, SHEET), Refused::TooManyColumns { most: 200 })]
    {
        let mut book = open(&file, &Limits::default()).unwrap();
        let read: Vec<_> = book.sheets().iter().map(|sheet| sheet.refused.clone()).collect();
        assert_eq!(read, [Some(refused.clone()), None]);
        assert!(book.sheets()[0].is_offered());
        assert_eq!(book.choice(), Ok(Choice::Ask(vec![0, 1])), "the one with the people may be the first");
        assert_eq!(book.table(0).unwrap_err(), refused);
        assert_eq!(book.table(1).unwrap().rows(), 1);
    }
    // Where none can be read, the first says what to do.
    let neither = cut(&wide(&two, SHEET), second);
    let book = open(&neither, &Limits::default()).unwrap();
    assert_eq!(book.choice(), Err(Refused::TooManyColumns { most: 200 }));

    // What one sheet unpacks to is not spent again on the next.
    let spaces = "<v/>".repeat(200_000);
    let bomb = |bytes: &[u8], sheet: &str| {
        changed(bytes, sheet, |content| content.replace("<sheetData>", &format!("<sheetData>{spaces}")) + "<")
    };
    let limits = Limits { unpacked: 1_000_000, ..Limits::default() };
    assert!(open(&bomb(&two, SHEET), &limits).is_ok());
    let both = bomb(&bomb(&two, SHEET), second);
    assert_eq!(open(&both, &limits).err(), Some(Refused::UnpacksTooLarge));

    let ods = with("libreoffice-sheets.ods", "content.xml", |content| {
        let cell = r#"<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>"#;
        // Only in the first row of the last sheet.
        let (before, last) = content.rsplit_once("<table:table ").unwrap();
        format!("{before}<table:table {}", last.replacen("</table:table-row>", cell, 1))
    });
    let book = open(&ods, &Limits::default()).unwrap();
    assert_eq!(book.sheets()[3].refused, Some(Refused::TooManyColumns { most: 200 }));
    assert_eq!(book.choice(), Ok(Choice::Ask(vec![2, 3])));
}

#[test]
fn a_name_of_a_sheet_shows_what_it_is_and_only_some_of_many_are_said() {
    let named = |name: &str| {
        with("openpyxl-two-sheets.xlsx", "xl/workbook.xml", |content| {
            content.replace(r#"name="Autumn""#, &format!(r#"name="{name}""#))
        })
    };
    let long = "é".repeat(101);
    for (name, shown) in [
        ("\u{202e}nmutuA\u{202c}", "nmutuA"),
        ("Ann\u{7f}\u{85}  Bell", "Ann Bell"),
        ("\u{200b}", "Sheet 1"),
        (long.as_str(), &*("é".repeat(100) + " …")),
    ] {
        let file = named(name);
        let mut book = open(&file, &Limits::default()).unwrap();
        assert_eq!(book.sheets()[0].name, shown);
        // It is found by what the file calls it.
        assert_eq!(book.table(0).unwrap().rows(), 1);
    }
    let many = with("openpyxl-two-sheets.xlsx", "xl/workbook.xml", |content| {
        let more: String =
            (1..=98).map(|at| format!(r#"<sheet name="S{at}" sheetId="{}" r:id="rId1"/>"#, at + 2)).collect();
        content.replace("</sheets>", &format!("{more}</sheets>"))
    });
    assert_eq!(
        open(&many, &Limits::default()).unwrap().only_table().unwrap_err().message(),
        "Choose the sheet that has the people: Autumn, Spring, S1, S2, S3, S4, S5, S6, S7, S8 and 90 more"
    );
}

#[test]
fn a_file_with_a_password_is_named() {
    let locked = with("libreoffice.ods", "META-INF/manifest.xml", |manifest| {
        manifest.replace("</manifest:manifest>", "<manifest:encryption-data/></manifest:manifest>")
    });
    assert_eq!(outcome(&locked, &Limits::default()), Err(Refused::Password));
}

#[test]
fn a_row_of_nothing_but_separators_is_read_or_refused() {
    let wide = |separators| format!("Name,Email\nAnn,ann@example.ac.uk{}\n", ",".repeat(separators));
    assert_eq!(outcome(wide(16_000).as_bytes(), &Limits::default()), Ok(1));
    assert_eq!(outcome(wide(1_000_000).as_bytes(), &Limits::default()), Err(Refused::CellTooLong { row: 2 }));
}

#[test]
fn two_cells_in_opposite_corners_take_no_room_between_them() {
    let row = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>"#;
    let corners = with("sheetjs.xlsx", SHEET, |content| content.replace("</sheetData>", row));
    assert_eq!(outcome(&corners, &Limits::default()), Err(Refused::TooManyColumns { most: 200 }));
    let below = r#"<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>"#;
    let below = with("sheetjs.xlsx", SHEET, |content| content.replace("</sheetData>", below));
    assert_eq!(outcome(&below, &Limits::default()), Ok(3));
}

#[test]
fn an_old_workbook_whose_cells_lie_far_apart_is_refused() {
    // A LABELSST record: row, column, format, text. The last one is moved to the last row and column that there are.
    let mut bytes = bytes("libreoffice.xls");
    let record = [0xfd, 0, 10, 0];
    let at = bytes.windows(4).rposition(|window| window == record).unwrap();
    bytes[at + 4..at + 8].copy_from_slice(&[0xff, 0xff, 0xff, 0]);
    assert_eq!(outcome(&bytes, &Limits::default()), Err(Refused::UnpacksTooLarge));
}

#[test]
fn an_old_workbook_that_says_it_is_huge_is_read_as_it_is() {
    let read = outcome(&bytes("libreoffice.xls"), &Limits::default());
    assert_eq!(read, Ok(2));
    for rows in [[0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0], [1, 0, 0, 0]] {
        // DIMENSIONS: first row, row after the last, the same of columns.
        let mut bytes = bytes("libreoffice.xls");
        let at = bytes.windows(4).position(|window| window == [0, 2, 14, 0]).unwrap();
        bytes[at + 4] = 2;
        bytes[at + 8..at + 12].copy_from_slice(&rows);
        assert_eq!(outcome(&bytes, &Limits::default()), read, "{rows:?}");
    }
}

#[test]
fn a_chain_of_blocks_that_goes_round_ends() {
    let mut bytes = bytes("libreoffice.xls");
    // The folder's first block comes after itself.
    let number =
        |at: usize| usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap();
    let (folder, table) = (number(0x30), number(0x4c));
    let at = 512 * (table + 1) + 4 * folder;
    bytes[at..at + 4].copy_from_slice(&u32::try_from(folder).unwrap().to_le_bytes());
    assert_eq!(outcome(&bytes, &Limits::default()), Ok(2));
}

#[test]
fn a_row_or_a_cell_that_stands_a_million_times_is_refused() {
    let people = with("libreoffice.ods", "content.xml", |content| {
        content.replacen("<table:table-row ", r#"<table:table-row table:number-rows-repeated="1000000" "#, 2)
    });
    assert_eq!(outcome(&people, &Limits::default()), Err(Refused::TooManyRows { most: 50_000 }));
    let cells = with("libreoffice.ods", "content.xml", |content| {
        content.replacen(
            "<table:table-cell ",
            r#"<table:table-cell table:number-columns-repeated="1000000" "#,
            1,
        )
    });
    assert_eq!(outcome(&cells, &Limits::default()), Err(Refused::TooManyColumns { most: 200 }));
}

#[test]
fn rows_columns_cells_and_bytes_are_counted() {
    let limits = Limits { rows: 2, columns: 3, cell: 20, bytes: 200, ..Limits::default() };
    let head = "Name,Email\n";
    let row = "Ann,ann@example.ac.uk\n";
    let too_long = format!("{head}\n{},a@example.ac.uk\n", "a".repeat(21));
    for (text, refused) in [
        (format!("{head}{row}{row}{row}"), Some(Refused::TooManyRows { most: 2 })),
        (format!("{head}a,b,c,d\n"), Some(Refused::TooManyColumns { most: 3 })),
        (too_long, Some(Refused::CellTooLong { row: 3 })),
        (format!("{head}{}", "\n".repeat(200)), Some(Refused::TooLarge { megabytes: 0 })),
        (format!("{head}{row}{row}"), None),
    ] {
        let limits = if text.len() > 200 { limits.clone() } else { Limits { cell: 21, ..limits.clone() } };
        let limits = if text.contains(&"a".repeat(21)) { Limits { cell: 20, ..limits } } else { limits };
        assert_eq!(outcome(text.as_bytes(), &limits).err(), refused, "{text}");
    }
}

#[test]
fn a_quotation_mark_in_the_wrong_place_loses_nobody_silently() {
    let lost = "Name,Email,Note\nAnn,ann@example.ac.uk,\"see\nBen,ben@example.ac.uk,\nCai,cai@example.ac.uk,\" file\n";
    let mut book = open(lost.as_bytes(), &Limits::default()).unwrap();
    let table = book.only_table().unwrap();
    let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
    assert_eq!(
        lines(&preview),
        [
            "Row 2, Note: look for a quotation mark that should not be there: the rows that follow have become part of this cell"
        ]
    );
    let shifted = "Name,Email\nBell, Ann,ann@example.ac.uk\n";
    let mut book = open(shifted.as_bytes(), &Limits::default()).unwrap();
    let table = book.only_table().unwrap();
    let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
    assert_eq!(
        lines(&preview)[0],
        "Row 2: put quotation marks around a cell that has the separator in it: there are more cells than the 2 headings"
    );
}

#[test]
fn two_rows_about_one_person_name_each_other() {
    let file = "Name,Email,Student number\n\
        Ann Bell,ann@example.ac.uk,1\n\
        Ann Bell,ANN@example.ac.uk,1\n\
        Ben Cole,ben@example.ac.uk,2\n\
        Ben Coal,ben@example.ac.uk,2\n\
        Cai Dee,cai@example.ac.uk,3\n\
        Cai D,cai.dee@example.ac.uk,3\n\
        Dee Eve,dee@example.ac.uk,\n\
        Eve Fox,eve@example.ac.uk,\n";
    let mut book = open(file.as_bytes(), &Limits::default()).unwrap();
    let table = book.only_table().unwrap();
    let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
    let address = |row, other| {
        format!("Row {row}, Email: take one of the two out, or correct the address: row {other} has the same")
    };
    let number = |row, other| {
        format!(
            "Row {row}, Student number: correct one of the two: row {other} has this student number with another e-mail address"
        )
    };
    assert_eq!(
        lines(&preview),
        [
            "2 Ann Bell ann@example.ac.uk 1".into(),
            address(3, 2),
            address(4, 5),
            address(5, 4),
            number(6, 7),
            number(7, 6),
            "8 Dee Eve dee@example.ac.uk".into(),
            "9 Eve Fox eve@example.ac.uk".into(),
        ]
    );
}
