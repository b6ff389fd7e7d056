/// The remaining time, in seconds, as a clock shows it: "1:05:09", or "25:09" within the last hour. Below zero it is
/// zero.
pub fn clock(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let two = |number: i64| if number < 10 { format!("0{number}") } else { number.to_string() };
    if hours > 0 {
        format!("{hours}:{}:{}", two(minutes), two(seconds))
    } else {
        format!("{minutes}:{}", two(seconds))
    }
}

#[cfg(test)]
mod tests {
    use crate::assessment::delivery::parts::clock::clock;

    #[test]
    fn hours_are_shown_when_there_are_any() {
        for (seconds, shown) in
            [(-5, "0:00"), (9, "0:09"), (1509, "25:09"), (3599, "59:59"), (3909, "1:05:09")]
        {
            assert_eq!(clock(seconds), shown);
        }
    }
}
