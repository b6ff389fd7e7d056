//! Which page the form of a server function is on, for browsers that do not say where they come from.

/// The server function and the address of its form's page. What stands in braces is a field of the form.
const PAGES: &[(&str, &str)] = &[
    ("/api/accounts/sign_in", "/sign-in?next={next}"),
    ("/api/accounts/request_link", "/forgotten-password"),
    ("/api/accounts/choose_password", "/choose-password/{token}"),
    ("/api/accounts/change_password", "/account"),
    ("/api/accounts/end_session", "/account"),
    ("/api/learning/submit_check", "/learn/{course}/{module}/check"),
    ("/api/assessment/enter_code", "/assessments"),
    ("/api/assessment/start_sitting", "/assessments/start/{paper}?code={code}"),
    ("/api/assessment/save_and_go", "/assessments/sittings/{sitting}?question={place}"),
    ("/api/assessment/pause_sitting", "/assessments/sittings/{sitting}"),
    ("/api/assessment/resume_sitting", "/assessments/sittings/{sitting}"),
    ("/api/assessment/submit_sitting", "/assessments/sittings/{sitting}?question=review"),
    ("/api/assessment/ask_practice", "/assessments/practice"),
    ("/api/assessment/answer_practice", "/assessments/practice/{question}"),
    ("/api/assessment/create_paper", "/assessments/papers"),
    ("/api/assessment/save_settings", "/assessments/papers/{paper}/settings"),
    ("/api/assessment/add_section", "/assessments/papers/{paper}/questions"),
    ("/api/assessment/remove_section", "/assessments/papers/{paper}/questions"),
    ("/api/assessment/add_line", "/assessments/papers/{paper}/questions"),
    ("/api/assessment/remove_line", "/assessments/papers/{paper}/questions"),
    ("/api/assessment/save_candidates", "/assessments/papers/{paper}/candidates"),
    ("/api/assessment/publish_paper", "/assessments/papers/{paper}/publish"),
    ("/api/assessment/remove_draft", "/assessments/papers/{paper}/publish"),
    ("/api/assessment/add_time", "/assessments/papers/{paper}"),
    ("/api/assessment/submit_for", "/assessments/papers/{paper}/sittings/{sitting}"),
    ("/api/assessment/reopen_sitting", "/assessments/papers/{paper}/sittings/{sitting}"),
    ("/api/assessment/note_incident", "/assessments/papers/{paper}/sittings/{sitting}"),
    ("/api/assessment/release_results", "/assessments/papers/{paper}/results"),
    ("/api/assessment/correct_item", "/assessments/papers/{paper}/items"),
    ("/api/assessment/draft_bank", "/assessments/questions/{organisation}"),
    ("/api/assessment/import_bank", "/assessments/papers"),
    ("/api/assessment/set_adjustment", "/assessments/adjustments/{organisation}"),
];

/// The page, with what the form itself says of it. `None` where it is not known.
pub(super) fn of(function: &str, sent: &[u8]) -> Option<String> {
    let (_, address) = PAGES.iter().find(|(path, _)| *path == function)?;
    let mut rest = *address;
    let mut page = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let value = url::form_urlencoded::parse(sent).find(|(key, _)| key == name).map(|(_, value)| value);
        let value = value.unwrap_or_default();
        // A part of a path that is missing leads nowhere; a part of a query may be.
        if value.is_empty() && !before.ends_with('=') {
            return None;
        }
        page.push_str(before);
        page.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
        rest = after;
    }
    page.push_str(rest);
    Some(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::functions;

    #[test]
    fn every_function_that_is_named_is_one() {
        for (function, _) in PAGES {
            assert_eq!(functions::named(function), Some(*function));
        }
    }

    #[test]
    fn a_form_says_which_page_it_is_on() {
        for (function, sent, page) in [
            (
                "/api/accounts/sign_in",
                "email=a&next=%2Flearn%3Fa%3Db",
                Some("/sign-in?next=%2Flearn%3Fa%3Db"),
            ),
            ("/api/accounts/sign_in", "email=a", Some("/sign-in?next=")),
            ("/api/assessment/save_settings", "paper=1", Some("/assessments/papers/1/settings")),
            (
                "/api/assessment/save_settings",
                "paper=%2F%2Fevil",
                Some("/assessments/papers/%2F%2Fevil/settings"),
            ),
            ("/api/assessment/save_settings", "title=x", None),
            ("/api/learning/load_courses", "", None),
        ] {
            assert_eq!(of(function, sent.as_bytes()).as_deref(), page, "{function} {sent}");
        }
    }
}
