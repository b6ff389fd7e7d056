use std::fmt::Display;

/// A number with its noun: `1 question`, `2 questions`.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, thing: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// Milliseconds as minutes, rounded up: 0 only when nothing is left.
pub fn minutes_begun(ms: i64) -> i64 {
    (ms.max(0) + 59_999) / 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_minute_counts_as_one() {
        assert_eq!([-1, 0, 1, 59_999, 60_000, 60_001].map(minutes_begun), [0, 0, 1, 1, 1, 2]);
    }

    #[test]
    fn one_takes_the_singular() {
        assert_eq!(count(1_u32, "minute"), "1 minute");
        assert_eq!(count(0_i64, "minute"), "0 minutes");
        assert_eq!(count(2_usize, "question"), "2 questions");
    }
}
