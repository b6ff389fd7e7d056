use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::assessment::{
    Category, Strand,
    bank::{Bank, BankFinding},
    question::Key,
};

/// Every bank of the project: its name without the extension, and its contents.
pub(in crate::assessment) fn banks() -> Vec<(Strand, String, Bank)> {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/snap");
    let mut banks = Vec::new();
    for (strand, folder) in [(Strand::Numeracy, "numeracy"), (Strand::Literacy, "literacy")] {
        for entry in fs::read_dir(content.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let bank = Bank::read(&fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|error| panic!("{name}.toml: {error}"));
            banks.push((strand, name, bank));
        }
    }
    banks
}

#[test]
fn every_template_of_the_project_has_no_findings() {
    let mut wrong = String::new();
    for (_, name, bank) in banks() {
        for BankFinding { template, line, finding } in bank.check(&(0..1000)) {
            wrong += &format!(
                "{name}.toml:{line}: {template}: {} (seed {:?}): {}\n",
                finding.key, finding.seed, finding.what
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_file_is_one_category_and_no_id_is_used_twice() {
    let mut ids = BTreeSet::new();
    let mut categories = BTreeSet::new();
    for (strand, name, bank) in banks() {
        for template in &bank.templates {
            assert_eq!(
                (template.category.as_str(), template.category.strand()),
                (name.as_str(), strand),
                "{}",
                template.id
            );
            assert!(ids.insert(template.id.clone()), "{} is in two files", template.id);
        }
        categories.extend(bank.templates.iter().map(|template| template.category));
    }
    assert!(Category::all().eq(categories), "a category has no file");
}

#[test]
fn a_seed_gives_the_same_question_and_seeds_differ() {
    for (_, _, bank) in banks() {
        for template in &bank.templates {
            let questions: Vec<_> = (0..40).map(|seed| template.question(seed).unwrap()).collect();
            assert!(
                questions.iter().all(|question| template.question(question.seed).as_ref() == Ok(question))
            );
            let different: BTreeSet<_> =
                questions.iter().map(|question| format!("{:?}", question.as_asked())).collect();
            assert!(
                different.len() > 1 || template.category.strand() == Strand::Literacy,
                "{} is always the same",
                template.id
            );
        }
    }
}

#[test]
fn the_asked_question_does_not_reveal_the_key() {
    for (_, _, bank) in banks() {
        for template in &bank.templates {
            let Key::SingleChoice(choices) = template.question(0).unwrap().key else { continue };
            let right = |seed| match template.question(seed).unwrap().key {
                Key::SingleChoice(choices) => choices.into_iter().find(|choice| choice.right).unwrap().id,
                _ => unreachable!("the kind is the template's"),
            };
            let places: BTreeSet<_> = (0..60).map(right).collect();
            assert_eq!(places.len(), choices.len(), "{}: the right option keeps to some places", template.id);
        }
    }
}

#[test]
fn guessing_by_the_appearance_of_an_option_does_not_pay() {
    let mut looks = crate::assessment::bank::guessing::Looks::default();
    banks().iter().for_each(|(_, _, bank)| looks.bank(bank));
    assert_eq!(looks.findings(), [""; 0]);
}
