use std::collections::BTreeSet;
use std::fmt::Write;

use crate::assessment::{
    Category, Strand,
    bank::Bank,
    question::{Question, Response, RoundingVerdict, UnitVerdict, ValueVerdict, Verdict, mark},
};

/// The head of the first file explains the form of a row.
const TABLE: &str = concat!(include_str!("table_doses.txt"), "\n", include_str!("table_infusions.txt"));

/// A question of the table with its responses.
#[derive(Default)]
struct Block {
    title: String,
    category: String,
    fields: Vec<(String, String)>,
    rows: Vec<(String, String)>,
}

const FIELDS: [&str; 10] = [
    "value",
    "unit",
    "unit-entry",
    "unit-choices",
    "also",
    "rounding",
    "tolerance",
    "precision",
    "error",
    "key",
];

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in TABLE.lines() {
        if let Some(title) = line.strip_prefix("== ") {
            let category = title.split(':').next().unwrap().to_owned();
            blocks.push(Block { title: title.to_owned(), category, ..Block::default() });
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        match line.split_once(": ").filter(|(name, _)| FIELDS.contains(name)) {
            Some((name, value)) => block.fields.push((name.to_owned(), value.to_owned())),
            None if line.is_empty() => {}
            None => {
                let (typed, verdict) = line.rsplit_once('|').unwrap_or_else(|| panic!("no verdict: {line}"));
                block.rows.push((typed.trim().to_owned(), verdict.trim().to_owned()));
            }
        }
    }
    blocks
}

impl Block {
    /// Tests the whole path, from the text of a template.
    fn question(&self) -> Question {
        let unit = self
            .fields
            .iter()
            .find(|(name, _)| name == "unit")
            .map_or(String::new(), |(_, unit)| format!(":{unit}"));
        let mut text = format!(
            "[[question]]\nid = \"row\"\ncategory = \"{}\"\ndifficulty = 1\nwording = \"Round, if need be; a whole number, or without trailing zeros?\"\n[question.number]\nsteps = [\"{{answer{unit}}}\"]\n",
            self.category
        );
        let mut errors = String::new();
        for (name, value) in &self.fields {
            match name.as_str() {
                "key" => {}
                "error" => {
                    let (name, value) = value.rsplit_once(" | ").unwrap();
                    writeln!(errors, "{{ name = \"{name}\", value = \"{value}\" }},").unwrap();
                }
                "also" => {
                    let (unit, factor) = value.split_once(" = ").unwrap();
                    writeln!(text, "also = {{ {unit} = \"{factor}\" }}").unwrap();
                }
                "unit-choices" => {
                    writeln!(text, "unit-choices = {:?}", value.split(", ").collect::<Vec<_>>()).unwrap()
                }
                _ => writeln!(text, "{name} = \"{value}\"").unwrap(),
            }
        }
        let bank = Bank::read(&format!("{text}errors = [\n{errors}]\n"))
            .unwrap_or_else(|error| panic!("{}: {error}", self.title));
        assert_eq!(bank.check(&(0..1)), [], "{}", self.title);
        bank.templates[0].question(0).unwrap()
    }
}

/// The verdict in the words of the table.
fn in_words(marked: Result<Verdict, crate::Problem>) -> String {
    let verdict = match marked {
        Err(problem) => return format!("refused {problem:?}"),
        Ok(verdict) => verdict,
    };
    let wrong = [
        (verdict.value == ValueVerdict::Wrong, "value wrong"),
        (verdict.unit == UnitVerdict::Missing, "unit missing"),
        (verdict.unit == UnitVerdict::Wrong, "unit wrong"),
        (verdict.rounding == RoundingVerdict::NotAsAsked, "rounding not as asked"),
    ];
    let wrong: Vec<_> = wrong.into_iter().filter_map(|(is, words)| is.then_some(words)).collect();
    assert_eq!(verdict.right, wrong.is_empty());
    let words = if wrong.is_empty() { "right".to_owned() } else { wrong.join(", ") };
    verdict.known_error.map_or(words.clone(), |error| format!("{words}; {error}"))
}

#[test]
fn every_row_of_the_table_holds() {
    let mut wrong = Vec::new();
    for block in blocks() {
        let question = block.question();
        let key = &block.fields.iter().find(|(name, _)| name == "key").unwrap().1;
        assert_eq!(question.right_answer()[0].replace('\u{a0}', " "), *key, "{}", block.title);
        for (typed, verdict) in &block.rows {
            let (number, unit) = typed
                .split_once('[')
                .map_or((typed.as_str(), ""), |(number, unit)| (number, unit.trim_end_matches(']')));
            let number = if number == "(nothing)" { "" } else { number };
            let marked = in_words(mark(
                &question,
                &Response::Number { typed: number.to_owned(), unit: unit.to_owned() },
            ));
            if marked != *verdict {
                wrong.push(format!("{}: {typed:?} is {marked:?}, by hand {verdict:?}", block.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_its_rows_and_every_category_of_numeracy() {
    let blocks = blocks();
    assert!(blocks.iter().map(|block| block.rows.len()).sum::<usize>() >= 150);
    let covered: BTreeSet<_> = blocks.iter().filter_map(|block| Category::parse(&block.category)).collect();
    assert!(Category::all().filter(|category| category.strand() == Strand::Numeracy).eq(covered));
}
