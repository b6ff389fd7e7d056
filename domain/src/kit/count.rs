use std::fmt::Display;

/// A number with its noun: `1 question`, `2 questions`.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, thing: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// Names in a sentence, of which there may be many: the first ten, and how many more there are.
pub fn some_of(names: &[String]) -> String {
    const MOST: usize = 10;
    match names.split_at_checked(MOST) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
        _ => names.join(", "),
    }
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
    fn ten_names_are_said_and_the_others_are_counted() {
        let names = |most: u32| (1..=most).map(|number| format!("S{number}")).collect::<Vec<_>>();
        assert_eq!(some_of(&names(2)), "S1, S2");
        let ten = "S1, S2, S3, S4, S5, S6, S7, S8, S9, S10";
        assert_eq!(some_of(&names(10)), ten);
        assert_eq!(some_of(&names(1_000)), format!("{ten} and 990 more"));
    }

    #[test]
    fn one_takes_the_singular() {
        assert_eq!(count(1_u32, "minute"), "1 minute");
        assert_eq!(count(0_i64, "minute"), "0 minutes");
        assert_eq!(count(2_usize, "question"), "2 questions");
    }
}
