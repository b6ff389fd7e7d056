//! Whether the window of the exam was left. A page that is loaded again, or goes on to another, is hidden for a moment too, and nobody
//! has left anything: so a moment is waited before it is told, and it is not told of a page that goes.

/// Watches one page. Each call says what is to be told now: `true` for left, `false` for come back to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WindowWatch {
    /// Hidden, and not told yet.
    waiting: bool,
    /// The page is going, or has gone.
    going: bool,
    told: bool,
}

impl WindowWatch {
    /// The page cannot be seen any more. A moment later [`Self::moment_over`] is to be called.
    pub fn hidden(&mut self) {
        self.waiting = !self.going && !self.told;
    }

    pub fn moment_over(&mut self) -> Option<bool> {
        let left = std::mem::take(&mut self.waiting);
        self.told |= left;
        left.then_some(true)
    }

    /// Seen again. Whoever comes back within the moment has left all the same.
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
    fn a_window_that_is_left_is_told_of_and_so_is_the_return() {
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
    fn a_page_that_is_loaded_again_has_not_been_left() {
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
            // Out of the browser's memory by "back": the page is there again, and nothing was told.
            assert_eq!(watch.seen(), []);
            watch.hidden();
            assert_eq!(watch.moment_over(), Some(true), "{goes_first}");
        }
    }
}
