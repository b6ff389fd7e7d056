//! Draws the questions of a try from a pool, and the order of their options. Both follow from the try's seed, so they
//! are the same after a reload and on another device.

use super::{Kind, Question};
use crate::kit::random::SplitMix64;

/// Draws this number of questions from the pool, each once: first those that were not `asked_before`, as evenly as
/// possible over its pages, and from each page of various kinds. Without a number all are asked.
pub fn draw(pool: &[Question], asked: Option<u16>, seed: u64, asked_before: &[String]) -> Vec<String> {
    draw_on(Vec::new(), pool, asked, seed, asked_before)
}

/// The draw from a pool that has changed since: drawn questions that are still there keep their places, and missing
/// ones are drawn again.
pub fn draw_on(
    drawn: Vec<String>,
    pool: &[Question],
    asked: Option<u16>,
    seed: u64,
    asked_before: &[String],
) -> Vec<String> {
    let asked = asked.map_or(pool.len(), usize::from).min(pool.len());
    let find = |id: &String| pool.iter().find(|question| question.id == *id);
    let mut chosen: Vec<&Question> = drawn.iter().filter_map(find).take(asked).collect();
    let mut rest: Vec<_> = pool.iter().filter(|question| !drawn.contains(&question.id)).collect();
    SplitMix64::new(seed).shuffle(&mut rest);
    while chosen.len() < asked {
        let drawn_before = |question: &Question| {
            let same_page = |other: &&&Question| other.page == question.page;
            let same_kind = |other: &&&Question| other.kind.name() == question.kind.name();
            let known = asked_before.contains(&question.id);
            (known, chosen.iter().filter(same_page).count(), chosen.iter().filter(same_kind).count())
        };
        let next = rest.iter().enumerate().min_by_key(|(_, question)| drawn_before(question));
        let Some((at, _)) = next else { break };
        chosen.push(rest.remove(at));
    }
    chosen.into_iter().map(|question| question.id.clone()).collect()
}

impl Question {
    /// The question with its options in the order of this try. "True" and "False" keep theirs.
    pub fn shuffled(mut self, seed: u64) -> Self {
        if let Kind::Single { options } | Kind::Multiple { options } = &mut self.kind {
            // A different order for each question of the try: the seed alone would put every right option in the same
            // place.
            SplitMix64::new(seed ^ fingerprint(&self.id)).shuffle(options);
        }
        self
    }
}

/// FNV-1a, 64 bits: the same for ever.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::{assessment::question::Rounding, learning::Opt};

    fn question(n: usize, page: Option<usize>) -> Question {
        let option = |id: &str| Opt { id: id.into(), text: id.into(), right: id == "a", why: String::new() };
        let kind = match n % 3 {
            0 => Kind::TrueFalse { answer: true },
            1 => Kind::Number { answer: "1".into(), unit: String::new(), rounding: Rounding::Exact },
            _ => Kind::Single { options: ["a", "b", "c", "d"].map(option).into() },
        };
        Question {
            id: format!("q{n}"),
            text: String::new(),
            explanation: String::new(),
            kind,
            page: page.map(|page| page.to_string()),
        }
    }

    fn pool(count: usize, pages: usize) -> Vec<Question> {
        (0..count).map(|n| question(n, (pages > 0).then(|| n % pages))).collect()
    }

    /// If this fails, every current try and every stored attempt shows its options in another order: correct the draw,
    /// not the test.
    #[test]
    fn the_draw_is_pinned() {
        assert_eq!(draw(&pool(8, 2), Some(4), 42, &[]), ["q3", "q2", "q1", "q6"]);
        let ids = |seed| match question(2, None).shuffled(seed).kind {
            Kind::Single { options } => options.into_iter().map(|option| option.id).collect::<String>(),
            _ => unreachable!("the kind is the question's"),
        };
        assert_eq!([ids(1), ids(2), ids(3)], ["dcab", "bcad", "adbc"]);
    }

    #[test]
    fn without_a_number_all_are_asked() {
        let all: BTreeSet<_> = draw(&pool(7, 0), None, 5, &[]).into_iter().collect();
        assert_eq!(all.len(), 7);
    }

    #[test]
    fn each_place_is_about_equally_likely_for_the_right_option() {
        let mut places = [0; 4];
        for seed in 0..4000 {
            let Kind::Single { options } = question(2, None).shuffled(seed).kind else { unreachable!() };
            places[options.iter().position(|option| option.right).unwrap()] += 1;
        }
        assert!(places.iter().all(|times| (900..1100).contains(times)), "{places:?}");
    }

    proptest! {
        #[test]
        fn a_draw_is_stable_and_even_and_asks_nothing_twice(
            count in 1..24_usize, pages in 0..5_usize, asked in 1..12_u16, seed in any::<u64>()
        ) {
            let pool = pool(count, pages);
            let drawn = draw(&pool, Some(asked), seed, &[]);
            prop_assert_eq!(&drawn, &draw(&pool, Some(asked), seed, &[]));
            prop_assert_eq!(drawn.len(), usize::from(asked).min(count));
            prop_assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), drawn.len());
            // No page is asked two more questions than another that still has some.
            let page = |id: &String| pool.iter().find(|question| question.id == *id).unwrap().page.clone();
            let (mut there, mut taken) = (BTreeMap::new(), BTreeMap::new());
            for question in &pool { *there.entry(question.page.clone()).or_insert(0) += 1; }
            for id in &drawn { *taken.entry(page(id)).or_insert(0) += 1; }
            let most = taken.values().copied().max().unwrap_or(0);
            for (page, there) in there {
                let taken = taken.get(&page).copied().unwrap_or(0);
                prop_assert!(taken == there || taken + 1 >= most, "{:?}: {} of {}, most {}", page, taken, there, most);
            }
        }

        #[test]
        fn no_question_is_repeated_while_there_are_others(
            count in 1..24_usize, pages in 0..5_usize, asked in 1..12_u16, seeds in proptest::collection::vec(any::<u64>(), 2..6)
        ) {
            let pool = pool(count, pages);
            let mut before = Vec::new();
            for seed in seeds {
                let drawn = draw(&pool, Some(asked), seed, &before);
                let again = drawn.iter().filter(|id| before.contains(id)).count();
                let others = count - before.len();
                prop_assert_eq!(again, drawn.len().saturating_sub(others), "{:?} after {:?}", drawn, before);
                prop_assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), usize::from(asked).min(count));
                before = drawn;
            }
        }

        #[test]
        fn questions_that_are_still_there_keep_their_places(gone in proptest::collection::btree_set(0..16_usize, 0..10), seed in any::<u64>()) {
            let old = pool(16, 4);
            let drawn = draw(&old, Some(6), seed, &[]);
            let new: Vec<_> = old.into_iter().enumerate().filter(|(n, _)| !gone.contains(n)).map(|(_, question)| question).collect();
            let now = draw_on(drawn.clone(), &new, Some(6), seed, &[]);
            prop_assert_eq!(now.len(), 6.min(new.len()));
            let kept: Vec<_> = drawn.into_iter().filter(|id| new.iter().any(|question| question.id == *id)).collect();
            prop_assert_eq!(&now[..kept.len()], &kept[..]);
            prop_assert_eq!(now.iter().collect::<BTreeSet<_>>().len(), now.len());
        }
    }
}
