use domain::Problem;

/// A person's reason for an action, as typed: stored with the action.
///
/// # Errors
/// [`Problem::ReasonMissing`] when it is empty or too long.
pub(crate) fn reason(text: &str) -> std::result::Result<String, Problem> {
    let text = domain::visible_lines(text);
    if (1..=500).contains(&text.chars().count()) { Ok(text) } else { Err(Problem::ReasonMissing) }
}
