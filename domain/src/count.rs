use std::fmt::Display;

/// A number with what is counted: `1 question`, `2 questions`.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, thing: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn one_of_a_thing_is_no_plural() {
        assert_eq!(count(1_u32, "minute"), "1 minute");
        assert_eq!(count(0_i64, "minute"), "0 minutes");
        assert_eq!(count(2_usize, "question"), "2 questions");
    }
}
