//! Captions of a video, as WebVTT: <https://www.w3.org/TR/webvtt1/>.

use domain::Problem;

use super::in_words;

/// A file of captions has at least one with a text.
///
/// # Errors
/// [`Problem::InWords`].
pub(super) fn check(bytes: &[u8]) -> Result<(), Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| in_words("Choose captions that are text in UTF-8: save them again as WebVTT"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let after = text
        .strip_prefix("WEBVTT")
        .filter(|after| after.is_empty() || after.starts_with([' ', '\t', '\n', '\r']));
    let Some(after) = after else {
        return Err(in_words(
            "Choose captions in WebVTT: such a file begins with WEBVTT, and most editors of captions save it",
        ));
    };
    let mut lines = after.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let said = lines.peek().is_some_and(|text| !text.is_empty());
        if said && is_timing(line) {
            return Ok(());
        }
    }
    Err(in_words(
        "Choose captions with a text in them: this file has no caption with a time, like 00:01.000 --> 00:04.000",
    ))
}

/// `00:01.000 --> 00:04.000`, perhaps with hours, and with settings after it.
fn is_timing(line: &str) -> bool {
    let Some((begins, rest)) = line.split_once("-->") else { return false };
    let ends = rest.split_whitespace().next().unwrap_or_default();
    match (milliseconds(begins.trim()), milliseconds(ends)) {
        (Some(begins), Some(ends)) => begins < ends,
        _ => false,
    }
}

fn milliseconds(text: &str) -> Option<u64> {
    let (clock, thousandths) = text.split_once('.')?;
    let figures = |text: &str, least: usize| {
        let fits = text.len() >= least && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { text.parse::<u64>().ok() } else { None }
    };
    let thousandths = figures(thousandths, 3).filter(|_| thousandths.len() == 3)?;
    let parts: Vec<_> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [minutes, seconds] => (0, figures(minutes, 2)?, figures(seconds, 2)?),
        [hours, minutes, seconds] => (figures(hours, 2)?, figures(minutes, 2)?, figures(seconds, 2)?),
        _ => return None,
    };
    (minutes < 60 && seconds < 60).then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_are_webvtt_with_a_caption() {
        for right in [
            "WEBVTT\n\n00:01.000 --> 00:04.000\nGood morning",
            "\u{feff}WEBVTT - Prescribing\r\n\r\n1\r\n01:00:01.000 --> 01:00:04.000 line:0\r\nGood morning\r\n",
        ] {
            assert_eq!(check(right.as_bytes()), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "WEBVTT",
            "WEBVTTX\n\n00:01.000 --> 00:04.000\nGood morning",
            "1\n00:00:01,000 --> 00:00:04,000\nSubRip",
            "WEBVTT\n\n00:01.000 --> 00:04.000\n\n",
            "WEBVTT\n\n00:04.000 --> 00:01.000\nBackwards",
            "WEBVTT\n\n00:01,000 --> 00:04,000\nCommas",
            "WEBVTT\n\n00:61.000 --> 01:64.000\nNo such second",
            "WEBVTT\n\nGood morning",
            "<html>WEBVTT</html>",
        ] {
            assert!(check(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(check(b"WEBVTT\n\n00:01.000 --> 00:04.000\n\xff\xfe").is_err());
    }
}
