//! `docs/questions.md` is true: its templates have no findings, and it names everything that can be written.

use crate::assessment::{
    Category,
    bank::{Bank, BankFinding},
    question::Rounding,
};

const DOCS: &str = include_str!("../../../../docs/questions.md");

/// The blocks of TOML in the text.
fn blocks() -> Vec<&'static str> {
    DOCS.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn findings(text: &str) -> Vec<(String, String)> {
    let bank = Bank::read(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    bank.check(&(0..1000)).into_iter().map(|found| (found.finding.key, found.finding.what)).collect()
}

#[test]
fn every_whole_template_in_the_document_has_no_findings() {
    let whole: Vec<_> = blocks().into_iter().filter(|block| block.starts_with("[[question]]")).collect();
    assert_eq!(whole.len(), 2);
    for block in whole {
        assert_eq!(findings(block), []);
    }
}

/// Follows "Write your first question" step by step.
#[test]
fn the_walkthrough_gives_the_findings_that_it_shows() {
    let blocks = blocks();
    let (head, _) = blocks[0].split_once("wording").unwrap();
    let (varying, errors, constraint) = (blocks[1], blocks[2], blocks[3]);
    let found = Bank::read(&format!("{head}{varying}{errors}")).unwrap().check(&(0..1000));
    let [BankFinding { template, finding, .. }] = &found[..] else { panic!("{found:?}") };
    let said = format!("{template}: {}: seed {}: {}", finding.key, finding.seed.unwrap(), finding.what);
    assert!(DOCS.contains(&said.replace('\u{a0}', " ")), "{said}");
    assert_eq!(findings(&format!("{head}{constraint}{varying}{errors}")), []);
}

#[test]
fn the_fragments_of_items_can_be_read() {
    let fragments: Vec<_> = blocks()
        .into_iter()
        .filter(|block| block.starts_with("[question.") && !block.contains("number"))
        .collect();
    assert_eq!(fragments.len(), 3);
    for block in fragments {
        let head = "[[question]]\nid = \"x\"\ncategory = \"comprehension\"\ndifficulty = 1\nwording = \"?\"\nexplanation = \"So.\"\n";
        assert_eq!(findings(&format!("{head}{block}")), []);
    }
}

#[test]
fn every_unit_function_category_and_rounding_is_named() {
    let rounding = |rule| toml::Value::try_from(rule).unwrap().as_str().unwrap().to_owned();
    let names = Category::all().map(|category| category.as_str().to_owned());
    let names = names.chain(Rounding::ALL.into_iter().map(rounding));
    let names = names.chain(crate::quantity::names().map(str::to_owned));
    for name in names {
        assert!(DOCS.contains(&format!("`{name}`")), "{name}");
    }
    let figures =
        ["syringe", "medicine-cup", "pump", "drop-chamber", "label", "fluid-chart", "observation-chart"];
    for name in figures.into_iter().chain(["read", "work-out", "draw-up"]) {
        assert!(DOCS.contains(&format!("| `{name}`")), "{name}");
    }
    for name in crate::assessment::bank::expression::function_names() {
        assert!(DOCS.contains(&format!("`{name}(")), "{name}");
    }
}
