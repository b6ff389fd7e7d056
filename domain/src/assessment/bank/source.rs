use std::{collections::BTreeMap, ops::Range};

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Finding, Template};

mod pasted;

/// The templates of one TOML file, each under `[[question]]`, with their lines.
///
/// Not built for the browser: banks are read where they are imported.
#[derive(Debug, Clone)]
pub struct Bank {
    pub templates: Vec<Template>,
    /// The text of each template, from its `[[question]]` to the next.
    pub sources: Vec<String>,
    /// "question[0].number.value" to its line, from 1.
    lines: BTreeMap<String, usize>,
}

/// Why a file cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BankError {
    /// From 1.
    pub line: usize,
    pub what: String,
}

/// A [`Finding`] with the template's id and the line in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFinding {
    pub template: String,
    /// From 1.
    pub line: usize,
    pub finding: Finding,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    question: Vec<Template>,
}

impl Bank {
    /// Reads a file.
    ///
    /// # Errors
    /// [`BankError`] for the first part that is not TOML, not a field of a template, or not a readable expression. Each
    /// `[[question]]` must be alone on its line, because templates are stored one by one. The invisible byte order mark
    /// that some editors put at the beginning of a file is skipped.
    pub fn read(text: &str) -> Result<Self, BankError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line_of = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        let failed = |error: toml::de::Error| BankError {
            line: line_of(error.span().map_or(0, |span| span.start)),
            what: error.message().to_owned(),
        };
        let no_toml = |error: toml::de::Error| {
            pasted::stray(text).map_or_else(|| failed(error), |(line, what)| BankError { line, what })
        };
        let table = DeTable::parse(text).map_err(no_toml)?;
        let mut lines = BTreeMap::new();
        note_table("", table.get_ref(), &line_of, &mut lines);
        let Written { question: templates } = toml::from_str(text).map_err(failed)?;
        let sources = sources(text);
        if sources.len() != templates.len() {
            let what =
                "each [[question]] must stand on a line of its own, and nowhere else at the start of one";
            return Err(BankError { line: 1, what: what.to_owned() });
        }
        Ok(Self { templates, sources, lines })
    }

    /// The line of a key of the template with this index; if the key is absent, the line of the nearest part around it.
    pub fn line(&self, template: usize, key: &str) -> usize {
        let mut path = format!("question[{template}].{key}");
        loop {
            if let Some(line) = self.lines.get(&path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path.truncate(end),
                None => return 1,
            }
        }
    }

    /// Checks every template on every seed, and that no id is used twice.
    pub fn check(&self, seeds: &Range<u64>) -> Vec<BankFinding> {
        let mut found = Vec::new();
        for (at, template) in self.templates.iter().enumerate() {
            let twice = self.templates[..at].iter().any(|other| other.id == template.id);
            let twice = twice.then(|| Finding::of("id", "another template of this file has the same id"));
            for finding in twice.into_iter().chain(template.check(seeds.clone())) {
                found.push(BankFinding {
                    template: template.id.clone(),
                    line: self.line(at, &finding.key),
                    finding,
                });
            }
        }
        found
    }
}

/// The text of each template. The text before the first belongs to none.
fn sources(text: &str) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.trim_end() == "[[question]]" {
            sources.push(String::new());
        }
        if let Some(source) = sources.last_mut() {
            source.push_str(line);
            source.push('\n');
        }
    }
    sources
}

fn note_table(
    path: &str,
    table: &DeTable<'_>,
    line_of: &impl Fn(usize) -> usize,
    lines: &mut BTreeMap<String, usize>,
) {
    for (key, value) in table {
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{}", key.get_ref());
        lines.insert(path.clone(), line_of(key.span().start));
        note_value(&path, value, line_of, lines);
    }
}

fn note_value(
    path: &str,
    value: &Spanned<DeValue<'_>>,
    line_of: &impl Fn(usize) -> usize,
    lines: &mut BTreeMap<String, usize>,
) {
    match value.get_ref() {
        DeValue::Table(table) => note_table(path, table, line_of, lines),
        DeValue::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let path = format!("{path}[{at}]");
                lines.insert(path.clone(), line_of(item.span().start));
                note_value(&path, item, line_of, lines);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_template_can_be_read_from_its_own_text() {
        let whole = Bank::read(&format!("# A bank\n{GOOD}{}", GOOD.replace("\"one\"", "\"two\""))).unwrap();
        assert_eq!(whole.sources.len(), 2);
        for (source, template) in whole.sources.iter().zip(&whole.templates) {
            assert_eq!(Bank::read(source).unwrap().templates, std::slice::from_ref(template));
        }
        let hidden =
            GOOD.replace("\"What number for {g} g?\"", "\"\"\"What number for {g} g?\n[[question]]\n\"\"\"");
        assert!(Bank::read(&hidden).unwrap_err().what.contains("line of its own"));
    }

    const GOOD: &str = r#"
[[question]]
id = "one"
category = "si-conversion"
difficulty = 1
variables = [
  { name = "g", from = 1, to = 9 },
]
wording = "What number for {g} g?"
[question.number]
value = "g * 1000"
unit = "mg"
errors = [
  { name = "Divided instead of multiplied", value = "g / 1000" },
]
steps = ["{g} g × 1,000 = {answer:mg}"]
"#;

    #[test]
    fn an_unreadable_bank_is_reported_with_its_line() {
        for (from, to, line, says) in [
            ("difficulty = 1", "difficulty = 4", 5, "difficulty is 1, 2 or 3"),
            ("category = \"si-conversion\"", "category = \"si\"", 4, "unknown variant `si`"),
            ("unit = \"mg\"", "unti = \"mg\"", 12, "unknown field `unti`"),
            ("value = \"g * 1000\"", "value = \"g * \"", 11, "at character 5"),
            ("value = \"g / 1000\"", "value = \"g / 1,000\"", 14, "at character 6"),
            ("{g} g?", "{g g?", 9, "at character 17"),
            ("from = 1,", "from = 0.5,", 7, "write 0.5 in quotes"),
            ("[question.number]", "[question.numbers]", 10, "unknown field `numbers`"),
            ("id = \"one\"", "id = one", 3, ""),
            ("id = \"one\"", "id = “one”", 3, "at character 6: “ (U+201C) is a curly quotation mark"),
            ("id = \"one\"", "id = \"one”", 3, "at character 10: ” (U+201D) is a curly quotation mark"),
            (
                "id = \"one\"",
                "id = ‘one’",
                3,
                "at character 6: ‘ (U+2018) is a curly quotation mark; write a plain one: '",
            ),
            ("name = \"g\"", "name = „g“", 7, "at character 12: „ (U+201E)"),
            (
                "wording = \"What number for {g} g?\"",
                "wording = ”””\nWhat?\n”””",
                9,
                "at character 11: ” (U+201D)",
            ),
            ("difficulty = 1", "difficulty\u{a0}= 1", 5, "at character 11: a no-break space (U+00A0)"),
            ("unit = \"mg\"", "\u{a0}\u{a0}unit = \"mg\"", 12, "at character 1: a no-break space (U+00A0)"),
            (
                "[question.number]",
                "[question.number]\u{202f}",
                10,
                "at character 18: a no-break space (U+202F)",
            ),
            (
                "id = \"one\"",
                "\u{feff}id = \"one\"",
                3,
                "at character 1: a character that cannot be seen (U+FEFF)",
            ),
            (
                "difficulty = 1",
                "difficulty = 1\u{200b}",
                5,
                "at character 15: a character that cannot be seen (U+200B)",
            ),
            ("from = 1", "from = –1", 7, "at character 24: – (U+2013); write a plain minus"),
            ("\n[[question]]", "\n× [[question]]", 2, "at character 1: × (U+00D7) can only stand in a text"),
        ] {
            let error = Bank::read(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.line == line && error.what.contains(says), "{to}: {error}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        for text in [GOOD, GOOD.trim_start()] {
            let (marked, plain) =
                (Bank::read(&format!("\u{feff}{text}")).unwrap(), Bank::read(text).unwrap());
            assert_eq!((&marked.templates, &marked.sources), (&plain.templates, &plain.sources));
            assert_eq!(marked.line(0, "id"), plain.line(0, "id"));
        }
    }

    #[test]
    fn a_finding_has_the_line_of_its_key() {
        let bank = Bank::read(GOOD).unwrap();
        assert_eq!(bank.check(&(0..50)), []);
        assert_eq!(bank.line(0, "number.errors[0].value"), 14);
        assert_eq!((bank.line(0, "number.tolerance"), bank.line(0, "hints"), bank.line(3, "id")), (10, 2, 2));
        let wrong = Bank::read(&format!("{GOOD}{}", GOOD.replace("g / 1000", "g * 1000"))).unwrap();
        let found: Vec<_> =
            wrong.check(&(0..50)).into_iter().map(|found| (found.line, found.finding.key)).collect();
        assert_eq!(found, [(19, "id".to_owned()), (30, "number.errors[0].value".to_owned())]);
    }
}
