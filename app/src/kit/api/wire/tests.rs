use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Unreadable, reader::read};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Name(String);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Named(Name),
    Pair(i64, bool),
    Long { text: String, more: Option<Box<Kind>> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Tagged {
    Empty,
    Some { number: u8 },
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Key {
    First,
    Second,
}

/// Without a tag, the contents decide which variant it is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Whole(i64),
    Broken(f64),
    Text(String),
}

/// The tag and the contents, side by side.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of")]
enum Beside {
    Empty,
    Some(u8, String),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct All {
    name: Name,
    kinds: Vec<Kind>,
    tagged: Vec<Tagged>,
    either: Vec<Either>,
    beside: Vec<Beside>,
    found: Result<(u32, f64), String>,
    not: Result<(), char>,
    #[serde(default)]
    later: bool,
    none: Option<u8>,
    map: BTreeMap<String, i32>,
    by_kind: BTreeMap<Key, u8>,
    twice: Option<Option<u8>>,
    nothing: (),
    least: i64,
    most: u64,
    sequence: i64,
    whole: f64,
}

fn all() -> All {
    let long = Kind::Long {
        text: "two\nlines, \"quoted\" \\ £ 🙂\u{1}".into(),
        more: Some(Box::new(Kind::Plain)),
    };
    All {
        name: Name("ä".into()),
        kinds: vec![Kind::Plain, Kind::Named(Name(String::new())), Kind::Pair(-3, true), long],
        tagged: vec![Tagged::Empty, Tagged::Some { number: 255 }],
        either: vec![Either::Whole((1 << 60) + 1), Either::Broken(-0.5), Either::Text("1".into())],
        beside: vec![Beside::Empty, Beside::Some(1, "x".into())],
        found: Ok((7, 0.1)),
        not: Err('é'),
        later: true,
        none: None,
        map: BTreeMap::from([("a".into(), -1), ("b".into(), 2)]),
        by_kind: BTreeMap::from([(Key::First, 1), (Key::Second, 2)]),
        twice: Some(Some(3)),
        nothing: (),
        // A floating-point number, which these would become on the way, holds fewer digits.
        least: i64::MIN + 1,
        most: u64::MAX - 1,
        sequence: (1 << 53) + 1,
        whole: 2.0,
    }
}

#[test]
fn a_written_value_is_read_back() {
    let text = serde_json::to_string(&all()).unwrap();
    assert_eq!(read::<All>(&text), Ok(all()));
    assert_eq!(read::<All>(&serde_json::to_string_pretty(&all()).unwrap()), Ok(all()));
}

#[test]
fn an_extra_field_is_skipped_and_a_missing_one_is_an_error() {
    let mut value = serde_json::to_value(all()).unwrap();
    value["new"] = json!({ "deep": [1, "two", { "three": null }, true, -0.5e3] });
    value.as_object_mut().unwrap().remove("later");
    value.as_object_mut().unwrap().remove("none");
    value["twice"] = Value::Null;
    value["whole"] = json!(2);
    assert_eq!(read::<All>(&value.to_string()), Ok(All { later: false, twice: None, ..all() }));
    value.as_object_mut().unwrap().remove("name");
    assert_eq!(read::<All>(&value.to_string()), Err(Unreadable));
}

/// Fields and variants are read by number, which an `alias` would shift.
#[test]
fn no_type_has_a_second_name_for_a_field() {
    fn look(folder: &Path, files: &mut usize) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, files);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains(concat!("alias", " =")), "{}", path.display());
                *files += 1;
            }
        }
    }
    let mut files = 0;
    for folder in ["../domain/src", "src"] {
        look(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    assert!(files > 50, "{files}");
}

/// Pseudo-random numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn value(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.below(1000)),
            3 => json!(-i64::try_from(self.below(1 << 31)).unwrap()),
            4 => json!(f64::from(u32::try_from(self.below(1 << 31)).unwrap()) / 7.0),
            5 => json!(self.text()),
            6 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => (0..self.below(4))
                .map(|_| (self.text(), self.value(depth - 1)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    fn text(&mut self) -> String {
        let some = [
            'a', '"', '\\', '/', '\n', '\t', '\u{8}', '\u{c}', '\u{0}', '\u{1f}', 'é', '\u{2028}', '🙂', ' ',
            '{', ']',
        ];
        (0..self.below(6)).map(|_| some[usize::try_from(self.below(some.len() as u64)).unwrap()]).collect()
    }
}

/// `serde_json` is not exact in the last digit of a floating-point number.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
            (one - other).abs() <= 4.0 * f64::EPSILON * other.abs()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (one, other) => one == other,
    }
}

#[test]
fn the_reader_agrees_with_serde_json_on_valid_and_invalid_texts() {
    let mut dice = Dice(1);
    for _ in 0..2000 {
        let value = dice.value(4);
        let mut text = if dice.below(2) == 0 {
            value.to_string()
        } else {
            serde_json::to_string_pretty(&value).unwrap()
        };
        assert!(read::<Value>(&text).is_ok_and(|read| same(&read, &value)), "{text}");
        // Removes one character, or inserts one.
        let places: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[usize::try_from(dice.below(places.len() as u64)).unwrap()];
        if dice.below(2) == 0 {
            text.remove(at);
        } else {
            text.insert(
                at,
                [',', '"', '}', ']', '0', ':', '\\', 'e'][usize::try_from(dice.below(8)).unwrap()],
            );
        }
        match serde_json::from_str::<Value>(&text) {
            Ok(strict) => assert!(read::<Value>(&text).is_ok_and(|value| same(&value, &strict)), "{text}"),
            Err(_) => assert!(read::<Value>(&text).is_err() || is_freer_number(&text), "{text}"),
        }
    }
}

/// The reader also accepts numbers like 01 or 1., which no server writes. This checks whether the text has any other
/// fault: `serde_json` reads it with 0 for each number.
fn is_freer_number(text: &str) -> bool {
    let (mut plain, mut in_text, mut escaped, mut in_number) = (String::new(), false, false, false);
    for sign in text.chars() {
        let of_number = !in_text && matches!(sign, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
        // The `e` of a word does not belong to a number.
        let of_number = of_number && (in_number || matches!(sign, '0'..='9' | '-'));
        match (of_number, in_number) {
            (true, false) => plain.push('0'),
            (true, true) => {}
            (false, _) => plain.push(sign),
        }
        in_number = of_number;
        in_text ^= sign == '"' && !escaped;
        escaped = in_text && sign == '\\' && !escaped;
    }
    serde_json::from_str::<Value>(&plain).is_ok()
}

#[test]
fn malformed_text_is_refused() {
    let texts = [
        "",
        " ",
        "nul",
        "nulll",
        "tru",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud83d\"",
        "\"\\ud83d\\u0041\"",
        "\"\u{1}\"",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "1 1",
        "-",
        "+1",
        "1e",
        "]",
        "{]",
        "[}",
    ];
    for text in texts {
        assert_eq!(read::<Value>(text), Err(Unreadable), "{text}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        assert!(read::<Value>(&deep(90)).is_ok());
        assert_eq!(read::<Value>(&deep(100_000)), Err(Unreadable));
        assert_eq!(read::<serde::de::IgnoredAny>(&deep(100_000)).err(), Some(Unreadable));
    }
    // No value has numbers for keys.
    assert_eq!(read::<BTreeMap<u8, u8>>("{\"1\":1}"), Err(Unreadable));
    assert_eq!(read::<i64>("9223372036854775808"), Err(Unreadable));
    assert_eq!(read::<i64>("1.5"), Err(Unreadable));
    assert_eq!(read::<u8>("256"), Err(Unreadable));
    assert_eq!(read::<u8>("-1"), Err(Unreadable));
    assert_eq!(read::<(u8, u8)>("[1,2,3]"), Err(Unreadable));
    assert_eq!(read::<Kind>("\"Pair\""), Err(Unreadable));
    assert_eq!(read::<Kind>("{\"Plain\":1}"), Err(Unreadable));
    assert_eq!(read::<Kind>("\"Other\""), Err(Unreadable));
    assert_eq!(read::<String>("\"\\ud83d\\ude42 \\u00e9\\/\""), Ok("🙂 é/".into()));
}
