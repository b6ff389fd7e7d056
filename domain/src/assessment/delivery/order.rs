//! The order of one candidate's questions.

use crate::assessment::SectionId;

/// The places of `sections.len()` items as one candidate sees them: sections stay together and in their order, the
/// items within each are put into an order drawn from the seed. The same seed always gives the same order.
pub fn shuffled(sections: &[SectionId], seed: u64) -> Vec<usize> {
    let mut random = crate::kit::random::SplitMix64::new(seed);
    let mut places: Vec<usize> = (0..sections.len()).collect();
    let mut start = 0;
    while start < places.len() {
        let end = start + sections[start..].iter().take_while(|section| **section == sections[start]).count();
        random.shuffle(&mut places[start..end]);
        start = end;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn shuffling_keeps_sections_together(sizes in prop::collection::vec(0_usize..8, 0..5), seed in any::<u64>()) {
            let sections: Vec<_> = sizes.iter().enumerate()
                .flat_map(|(n, size)| std::iter::repeat_n(SectionId(Uuid::from_u128(n as u128)), *size))
                .collect();
            let places = shuffled(&sections, seed);
            let seen: Vec<_> = places.iter().map(|place| sections[*place]).collect();
            prop_assert_eq!(&seen, &sections);
            let mut sorted = places.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..sections.len()).collect::<Vec<_>>());
            prop_assert_eq!(places, shuffled(&sections, seed));
        }
    }
}
