//! What is spoken of the time that is left, and when.

/// Seconds at which the time is spoken.
const MARKS: [(i64, &str); 3] = [(600, "10 minutes left"), (300, "5 minutes left"), (60, "1 minute left")];
/// What was spoken goes after so many seconds: the same words are heard again only where they were gone.
const GONE_AFTER: i64 = 10;
/// So much above a mark is time that was added. Less is the page's count, which follows the server's.
const ADDED: i64 = 5;

/// Speaks each mark as it is passed, and again when it is passed again because time was added.
#[derive(Debug, Clone, Copy, Default)]
pub struct Speech {
    /// Seconds left when it was asked last.
    before: Option<i64>,
    spoken: Option<Spoken>,
}

#[derive(Debug, Clone, Copy)]
struct Spoken {
    mark: i64,
    /// Seconds left then.
    at: i64,
    gone: bool,
}

impl Speech {
    /// What the live region is to hold from now on; `None` leaves it as it is.
    pub fn at(&mut self, left: i64) -> Option<&'static str> {
        let before = self.before.replace(left)?;
        if self.spoken.is_some_and(|spoken| left > spoken.mark + ADDED) {
            self.spoken = None;
            return Some("");
        }
        // Who slept through several hears the last.
        let passed = MARKS.iter().rev().find(|(mark, _)| before > *mark && left <= *mark);
        let news = passed.filter(|(mark, _)| self.spoken.is_none_or(|last| *mark < last.mark));
        if let Some((mark, text)) = news {
            self.spoken = Some(Spoken { mark: *mark, at: left, gone: false });
            return Some(text);
        }
        let stale = self.spoken.as_mut().filter(|spoken| !spoken.gone && left <= spoken.at - GONE_AFTER)?;
        stale.gone = true;
        Some("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is put into the live region, and how many seconds are left then.
    fn heard(lefts: impl IntoIterator<Item = i64>) -> Vec<(i64, &'static str)> {
        let mut speech = Speech::default();
        lefts.into_iter().filter_map(|left| Some((left, speech.at(left)?))).collect()
    }

    #[test]
    fn a_mark_that_is_passed_again_after_time_was_added_is_spoken_again() {
        let five = "5 minutes left";
        // At once, and long afterwards.
        let at_once = (298..=303).rev().chain((280..=538).rev());
        assert_eq!(heard(at_once), [(300, five), (538, ""), (300, five), (290, "")]);
        let later = (250..=303).rev().chain((280..=490).rev());
        assert_eq!(heard(later), [(300, five), (290, ""), (490, ""), (300, five), (290, "")]);
    }

    #[test]
    fn every_mark_is_spoken_once_as_the_time_goes() {
        let spoken = |lefts: Vec<i64>| -> Vec<_> {
            heard(lefts).into_iter().filter(|(_, text)| !text.is_empty()).collect()
        };
        let all = [(600, "10 minutes left"), (300, "5 minutes left"), (60, "1 minute left")];
        assert_eq!(spoken((0..=900).rev().collect()), all);
        // The page's count goes back a little when it hears the server's.
        assert_eq!(spoken(vec![301, 300, 302, 301, 300, 299]), [(300, "5 minutes left")]);
        // The device slept; the page is opened late.
        assert_eq!(spoken(vec![900, 45, 44]), [(45, "1 minute left")]);
        assert!(spoken(vec![45, 44]).is_empty());
    }
}
