/// SplitMix64, written out: its output is specified to the bit, so a seed always gives the same question, on every
/// machine and after every library upgrade. It draws the numbers of questions, never anything secret.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `count` - 1, each equally likely; zero when `count` is zero.
    pub fn below(&mut self, count: u64) -> u64 {
        if count == 0 {
            return 0;
        }
        // The last, incomplete run of remainders would favour the small ones, so it is drawn again.
        let fair = u64::MAX - u64::MAX % count;
        loop {
            let drawn = self.next();
            if drawn < fair {
                return drawn % count;
            }
        }
    }

    /// An index into a list of this length; zero when it is empty.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(u64::MAX))).unwrap_or(0)
    }

    /// Fisher and Yates, from the last to the first.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.index(last + 1);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kit::random::SplitMix64;

    /// The values that the author's reference implementation gives. If this fails, every stored seed has lost its
    /// question: correct the generator, not the test.
    #[test]
    fn the_sequence_is_pinned() {
        let mut zero = SplitMix64::new(0);
        assert_eq!(
            [zero.next(), zero.next(), zero.next()],
            [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]
        );
        let mut other = SplitMix64::new(1_234_567);
        assert_eq!(
            [other.next(), other.next(), other.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn bounded_draws_and_shuffles_are_pinned() {
        let mut random = SplitMix64::new(42);
        let drawn: Vec<_> = (0..8).map(|_| random.below(10)).collect();
        let mut order = [1, 2, 3, 4, 5, 6];
        random.shuffle(&mut order);
        assert_eq!((drawn, order), (vec![3, 1, 8, 4, 0, 2, 5, 8], [3, 1, 6, 4, 5, 2]));
    }

    #[test]
    fn each_number_is_about_equally_likely_and_shuffles_lose_nothing() {
        let mut random = SplitMix64::new(7);
        let mut seen = [0u32; 6];
        for _ in 0..6000 {
            seen[random.index(6)] += 1;
        }
        assert!(seen.iter().all(|times| (850..1150).contains(times)), "{seen:?}");
        assert_eq!((random.below(0), random.below(1)), (0, 0));
    }
}
