//! How a file is called, and the page that offers it.

use axum::http::Uri;
use services::kit::export::File;

pub(super) fn taken(file: File) -> (String, Vec<u8>) {
    (disposition(&file.of, &file.what, file.format.extension()), file.bytes)
}

/// Names a file after its subject and its content: in ASCII for programs that know nothing else (RFC 6266), and in full.
pub(super) fn disposition(of: &str, what: &str, extension: &str) -> String {
    let name = |keep: fn(char) -> bool| {
        let spaced: String = of.chars().map(|c| if keep(c) { c } else { ' ' }).take(80).collect();
        spaced.split_whitespace().chain(what.split_whitespace()).collect::<Vec<_>>().join("-")
    };
    let encoded = name(char::is_alphanumeric).bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    });
    let plain = name(|c| c.is_ascii_alphanumeric());
    format!("attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{encoded}.{extension}")
}

pub(super) fn attachment(name: &str) -> String {
    format!("attachment; filename=\"{name}\"")
}

/// The address of the page that offers this file, with the same query.
pub(in crate::web) fn page_of(file: &Uri) -> String {
    let path = file.path().rsplit_once('.').map_or(file.path(), |(page, _)| page);
    let path = match path.rsplit_once('/') {
        // The list is the page itself.
        Some((page, "students" | "extra-time" | "templates" | "failed")) => page,
        Some((course, "certificate")) if course.starts_with("/learn/") => "/learn/record",
        Some((sitting, "certificate")) => &format!("{sitting}/result"),
        // A file of a version, on the page of its resource.
        Some((version, "file" | "captions")) => {
            version.rsplit_once("/versions/").map_or(version, |(resource, _)| resource)
        }
        _ => path,
    };
    file.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_file_has_the_same_query() {
        for (file, page) in [
            ("/assessments/papers/1/results.xlsx", "/assessments/papers/1/results"),
            ("/assessments/papers/1/results.csv?search=a.b", "/assessments/papers/1/results?search=a.b"),
            ("/cohorts/1/students.csv?sort=name", "/cohorts/1?sort=name"),
            ("/assessments/adjustments/1/extra-time.csv?show=all", "/assessments/adjustments/1?show=all"),
            ("/assessments/questions/1/templates.xlsx", "/assessments/questions/1"),
            ("/organisation/north/people.xlsx?team=a.b", "/organisation/north/people?team=a.b"),
            ("/organisation/north/reports.csv?team=a.b", "/organisation/north/reports?team=a.b"),
            ("/organisation/north/uploads/1/failed.csv", "/organisation/north/uploads/1"),
            ("/organisation/north/feedback.csv", "/organisation/north/feedback"),
            ("/support/log.csv?search=a.b", "/support/log?search=a.b"),
            ("/assessments/sittings/1/receipt.txt", "/assessments/sittings/1/receipt"),
            ("/assessments/sittings/1/receipt.pdf", "/assessments/sittings/1/receipt"),
            ("/assessments/sittings/1/certificate.pdf", "/assessments/sittings/1/result"),
            ("/learn/nmp/certificate.pdf", "/learn/record"),
            ("/learn/record.pdf", "/learn/record"),
            ("/learn/nmp/notes.pdf", "/learn/nmp/notes"),
            ("/zone/north/resources/1/versions/2/file", "/zone/north/resources/1"),
            ("/zone/north/resources/1/versions/2/captions", "/zone/north/resources/1"),
        ] {
            assert_eq!(page_of(&file.parse().unwrap()), page);
        }
    }

    #[test]
    fn a_file_is_named_after_its_subject_and_its_number_of_rows() {
        assert_eq!(
            disposition("Numeracy, spring: \"A\"\r\n/B", "12 results", "xlsx"),
            "attachment; filename=\"Numeracy-spring-A-B-12-results.xlsx\"; filename*=UTF-8''Numeracy-spring-A-B-12-results.xlsx"
        );
        assert_eq!(
            disposition("Zoë", "1 result", "csv"),
            "attachment; filename=\"Zo-1-result.csv\"; filename*=UTF-8''Zo%C3%AB-1-result.csv"
        );
        assert!(disposition("数", "0 results", "csv").starts_with("attachment; filename=\"0-results.csv\""));
    }
}
