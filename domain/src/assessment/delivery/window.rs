//! Detects that the candidate left the window of the exam. A page that is reloaded, or goes on to another, is hidden
//! for a moment too, although the candidate has not left. So the report waits a moment, and a page that is going away
//! makes none.

/// Watches one page. Each call returns what to report now: `true` for left, `false` for returned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WindowWatch {
    /// Hidden, and not reported yet.
    waiting: bool,
    /// The page is going, or has gone.
    going: bool,
    told: bool,
}

impl WindowWatch {
    /// The page is no longer visible. Call [`Self::moment_over`] a moment later.
    pub fn hidden(&mut self) {
        self.waiting = !self.going && !self.told;
    }

    pub fn moment_over(&mut self) -> Option<bool> {
        let left = std::mem::take(&mut self.waiting);
        self.told |= left;
        left.then_some(true)
    }

    /// Visible again. A candidate who returns within the moment has left all the same.
    pub fn seen(&mut self) -> Vec<bool> {
        self.going = false;
        let left = self.moment_over();
        let back = std::mem::take(&mut self.told).then_some(false);
        left.into_iter().chain(back).collect()
    }

    /// The page goes: before or after it is hidden, as browsers differ.
    pub fn goes(&mut self) {
        (self.waiting, self.going) = (false, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_the_window_and_returning_are_reported() {
        let mut watch = WindowWatch::default();
        watch.hidden();
        assert_eq!(watch.moment_over(), Some(true));
        assert_eq!(watch.moment_over(), None);
        assert_eq!(watch.seen(), [false]);
        assert_eq!(watch.seen(), []);
        // A glance elsewhere, shorter than the moment.
        watch.hidden();
        assert_eq!(watch.seen(), [true, false]);
        assert_eq!(watch.moment_over(), None);
    }

    #[test]
    fn reloading_the_page_does_not_count_as_leaving() {
        for goes_first in [true, false] {
            let mut watch = WindowWatch::default();
            if goes_first {
                watch.goes();
                watch.hidden();
            } else {
                watch.hidden();
                watch.goes();
            }
            assert_eq!(watch.moment_over(), None, "{goes_first}");
            // Restored from the browser's cache by "back": the page is there again, and nothing was reported.
            assert_eq!(watch.seen(), []);
            watch.hidden();
            assert_eq!(watch.moment_over(), Some(true), "{goes_first}");
        }
    }
}
