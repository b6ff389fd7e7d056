//! What a draft will repeat because the bank has no more templates: shown before publication.

use std::collections::BTreeMap;

use super::{RuleView, SectionView};
use crate::assessment::bank::TemplateCard;

/// A template, and how often it is used.
struct Stock<'a> {
    card: &'a TemplateCard,
    /// By this attempt.
    here: u32,
    /// By earlier attempts.
    before: u32,
}

/// A sentence for every category that has too few templates, and one for attempts that share some. Nothing if no
/// template matches.
pub fn asked_again(sections: &[SectionView], templates: &[TemplateCard], attempts: u8) -> Vec<String> {
    // In the order of drawing: chosen templates, then the rules with the fewest choices, then the rest.
    let mut rules: Vec<&RuleView> = sections.iter().flat_map(|section| &section.rules).collect();
    rules.sort_by_key(|rule| (rule.template.is_none(), rule.difficulty.is_none()));
    let mut stock: Vec<Stock> = templates.iter().map(|card| Stock { card, here: 0, before: 0 }).collect();
    let (mut twice, mut shared) = (BTreeMap::new(), 0);
    for _ in 0..attempts {
        let (mut twice_here, mut shared_here) = (BTreeMap::new(), 0);
        for rule in &rules {
            for _ in 0..rule.questions {
                let fitting = stock.iter_mut().filter(|stock| fits(rule, stock.card));
                let Some(taken) = fitting.min_by_key(|stock| (stock.here, stock.here + stock.before)) else {
                    continue;
                };
                if let (Some(category), true) = (rule.category, taken.here > 0) {
                    *twice_here.entry(category).or_insert(0) += 1;
                }
                shared_here += u32::from(taken.before > 0);
                taken.here += 1;
            }
        }
        for stock in &mut stock {
            stock.before += std::mem::take(&mut stock.here);
        }
        for (category, number) in twice_here {
            let most: &mut u32 = twice.entry(category).or_default();
            *most = number.max(*most);
        }
        shared = shared_here.max(shared);
    }
    let mut said: Vec<String> = twice
        .into_iter()
        .map(|(category, again)| {
            let of = |rule: &&&RuleView| rule.category == Some(category);
            let asked: u32 = rules.iter().filter(of).map(|rule| u32::from(rule.questions)).sum();
            let there = templates.iter().filter(|card| rules.iter().filter(of).any(|rule| fits(rule, card)));
            let there = match there.count() {
                1 => "1 template".to_owned(),
                several => format!("{several} templates"),
            };
            format!(
                "{} has {there}: {again} of {asked} questions will ask one of them again, with other numbers.",
                category.title(),
            )
        })
        .collect();
    if shared > 0 {
        let all: u32 = sections.iter().map(SectionView::questions).sum();
        said.push(format!(
            "The attempts share {shared} of {all} questions: a later attempt asks them again, with other numbers where they have any."
        ));
    }
    said
}

/// Whether a rule may be made from a template.
fn fits(rule: &RuleView, card: &TemplateCard) -> bool {
    match (&rule.template, rule.category) {
        (Some(name), _) => card.name == *name,
        (None, Some(category)) => {
            card.category == category && rule.difficulty.is_none_or(|level| level == card.difficulty)
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::{Category, Difficulty, SectionId, authoring::RuleId, bank::TemplateId};

    fn card(name: &str, category: Category, difficulty: Difficulty) -> TemplateCard {
        TemplateCard {
            id: TemplateId(uuid::Uuid::nil()),
            name: name.into(),
            category,
            difficulty,
            own: false,
        }
    }

    fn rule(questions: u16) -> RuleView {
        let (id, category) = (RuleId(uuid::Uuid::nil()), Some(Category::Comprehension));
        RuleView { id, category, difficulty: None, template: None, questions, marks: 1 }
    }

    fn said(rules: Vec<RuleView>, templates: usize, attempts: u8) -> Vec<String> {
        let mut cards: Vec<_> = (0..templates)
            .map(|n| card(&format!("t{n}"), Category::Comprehension, Difficulty::One))
            .collect();
        cards.push(card("other", Category::UnitDoses, Difficulty::One));
        let id = SectionId(uuid::Uuid::nil());
        let section = SectionView { id, title: String::new(), pass_percent: None, rules };
        asked_again(&[section], &cards, attempts)
    }

    #[test]
    fn repeated_templates_are_shown_before_publication() {
        assert_eq!(said(vec![rule(18)], 18, 1), [""; 0]);
        assert_eq!(said(vec![rule(9)], 18, 2), [""; 0]);
        let title = Category::Comprehension.title();
        assert_eq!(
            said(vec![rule(5), rule(20)], 18, 1),
            [format!(
                "{title} has 18 templates: 7 of 25 questions will ask one of them again, with other numbers."
            )]
        );
        let shares = |shared: u32, all: u32| {
            format!(
                "The attempts share {shared} of {all} questions: a later attempt asks them again, with other numbers where they have any."
            )
        };
        assert_eq!(said(vec![rule(10)], 18, 2), [shares(2, 10)]);
        // Of three attempts the last repeats most.
        assert_eq!(said(vec![rule(10)], 18, 3), [shares(10, 10)]);
        // A chosen template is in every attempt, and is not drawn as well.
        let chosen = RuleView { template: Some("t0".into()), category: None, ..rule(1) };
        assert_eq!(said(vec![rule(8), chosen], 17, 2), [shares(1, 9)]);
        // A rule of one difficulty has the first choice.
        let hard = RuleView { difficulty: Some(Difficulty::Three), ..rule(1) };
        assert_eq!(said(vec![rule(2), hard], 2, 1), [""; 0], "nothing fits: publishing says so");
    }
}
