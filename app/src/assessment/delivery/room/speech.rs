//! Announcements of the remaining time.

/// The seconds at which the time is announced.
const MARKS: [(i64, &str); 3] = [(600, "10 minutes left"), (300, "5 minutes left"), (60, "1 minute left")];
/// An announcement is removed after this number of seconds: the same words are announced again only if they were
/// removed.
const GONE_AFTER: i64 = 10;
/// A rise of this much above a mark means added time. A smaller one is the page's count, which follows the server's.
const ADDED: i64 = 5;

/// Announces each mark as it is passed, and again when it is passed again because of added time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Speech {
    /// The seconds left at the last call.
    before: Option<i64>,
    spoken: Option<Spoken>,
}

#[derive(Debug, Clone, Copy)]
struct Spoken {
    mark: i64,
    /// The seconds left then.
    at: i64,
    gone: bool,
}

impl Speech {
    /// The new contents of the live region; `None` leaves it unchanged.
    pub fn at(&mut self, left: i64) -> Option<&'static str> {
        let before = self.before.replace(left)?;
        if self.spoken.is_some_and(|spoken| left > spoken.mark + ADDED) {
            self.spoken = None;
            return Some("");
        }
        // After a sleep through several marks the last is announced.
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

    /// The text put into the live region, and the seconds left then.
    fn heard(lefts: impl IntoIterator<Item = i64>) -> Vec<(i64, &'static str)> {
        let mut speech = Speech::default();
        lefts.into_iter().filter_map(|left| Some((left, speech.at(left)?))).collect()
    }

    #[test]
    fn a_mark_passed_again_after_added_time_is_announced_again() {
        let five = "5 minutes left";
        // Time added at once, and long afterwards.
        let at_once = (298..=303).rev().chain((280..=538).rev());
        assert_eq!(heard(at_once), [(300, five), (538, ""), (300, five), (290, "")]);
        let later = (250..=303).rev().chain((280..=490).rev());
        assert_eq!(heard(later), [(300, five), (290, ""), (490, ""), (300, five), (290, "")]);
    }

    #[test]
    fn every_mark_is_announced_once_as_time_passes() {
        let spoken = |lefts: Vec<i64>| -> Vec<_> {
            heard(lefts).into_iter().filter(|(_, text)| !text.is_empty()).collect()
        };
        let all = [(600, "10 minutes left"), (300, "5 minutes left"), (60, "1 minute left")];
        assert_eq!(spoken((0..=900).rev().collect()), all);
        // The page's count jumps back a little when it hears the server's.
        assert_eq!(spoken(vec![301, 300, 302, 301, 300, 299]), [(300, "5 minutes left")]);
        // The device slept; the page is opened late.
        assert_eq!(spoken(vec![900, 45, 44]), [(45, "1 minute left")]);
        assert!(spoken(vec![45, 44]).is_empty());
    }
}
