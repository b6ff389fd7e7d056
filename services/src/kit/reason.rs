use domain::Problem;

/// Why somebody does something, as they typed it: kept with what they did.
///
/// # Errors
/// [`Problem::ReasonMissing`] where there is none, or a story.
pub(crate) fn reason(text: &str) -> std::result::Result<String, Problem> {
    let text = domain::visible_lines(text);
    if (1..=500).contains(&text.chars().count()) { Ok(text) } else { Err(Problem::ReasonMissing) }
}
