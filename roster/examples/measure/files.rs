use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::Outcome;

const ROWS: usize = 50_000;

const HEADINGS: [&str; 8] =
    ["First name", "Last name", "Email", "Student number", "Team", "Area", "Cohort", "Notes"];

/// The same people in each format.
pub fn all() -> Outcome<Vec<(&'static str, Vec<u8>)>> {
    Ok(vec![("people.csv", csv()?), ("people.xlsx", xlsx()?), ("people.ods", ods()?)])
}

fn people() -> impl Iterator<Item = [String; 8]> {
    (0..ROWS).map(|at| {
        [
            ["Siân", "Priya", "Anna Maria", "Łukasz", "John"][at % 5].to_owned(),
            format!("Wiśniewski-{}", at % 9_973),
            format!("person.{at}@students.example.ac.uk"),
            format!("N{at:07}"),
            format!("Ward {}", at % 40),
            ["North", "South", "East"][at % 3].to_owned(),
            "September 2026".to_owned(),
            format!("note {at}"),
        ]
    })
}

fn csv() -> Outcome<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADINGS)?;
    for person in people() {
        writer.write_record(person)?;
    }
    Ok(writer.into_inner()?)
}

fn packed(parts: &[(&str, &str)]) -> Outcome<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default())?;
        writer.write_all(content.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

/// With shared texts, as Excel and openpyxl write it.
fn xlsx() -> Outcome<Vec<u8>> {
    let mut texts =
        String::from(r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#);
    let mut known = std::collections::HashMap::new();
    let mut sheet = String::from(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    let head = HEADINGS.map(str::to_owned);
    for (row, cells) in std::iter::once(head).chain(people()).enumerate() {
        write!(sheet, r#"<row r="{}">"#, row + 1)?;
        for (column, cell) in ('A'..).zip(cells) {
            let next = known.len();
            let at = *known.entry(cell).or_insert_with_key(|cell| {
                texts.push_str("<si><t>");
                texts.push_str(cell);
                texts.push_str("</t></si>");
                next
            });
            write!(sheet, r#"<c r="{column}{}" t="s"><v>{at}</v></c>"#, row + 1)?;
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    texts.push_str("</sst>");
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    packed(&[
        (
            "[Content_Types].xml",
            &format!(
                r#"<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            &format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{relations}"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        ("xl/sharedStrings.xml", &texts),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn ods() -> Outcome<Vec<u8>> {
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    let mut content = String::from(
        r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="People">"#,
    );
    for cells in std::iter::once(HEADINGS.map(str::to_owned)).chain(people()) {
        content.push_str("<table:table-row>");
        for cell in cells {
            write!(
                content,
                r#"<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>"#
            )?;
        }
        content.push_str("</table:table-row>");
    }
    content.push_str("</table:table></office:spreadsheet></office:body></office:document-content>");
    packed(&[
        ("mimetype", mime),
        ("META-INF/manifest.xml", r#"<manifest:manifest xmlns:manifest="m"></manifest:manifest>"#),
        ("content.xml", &content),
    ])
}
