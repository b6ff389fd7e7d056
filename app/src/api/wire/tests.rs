use std::collections::BTreeMap;

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

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct All {
    name: Name,
    kinds: Vec<Kind>,
    tagged: Vec<Tagged>,
    found: Result<(u32, f64), String>,
    not: Result<(), char>,
    #[serde(default)]
    later: bool,
    none: Option<u8>,
    map: BTreeMap<String, i32>,
    nothing: (),
    least: i64,
    most: u64,
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
        found: Ok((7, 0.1)),
        not: Err('é'),
        later: true,
        none: None,
        map: BTreeMap::from([("a".into(), -1), ("b".into(), 2)]),
        nothing: (),
        least: i64::MIN,
        most: u64::MAX,
    }
}

#[test]
fn what_was_written_is_read() {
    let text = serde_json::to_string(&all()).unwrap();
    assert_eq!(read::<All>(&text), Ok(all()));
    assert_eq!(read::<All>(&serde_json::to_string_pretty(&all()).unwrap()), Ok(all()));
}

#[test]
fn a_field_more_is_passed_over_and_a_field_less_is_seen() {
    let mut value = serde_json::to_value(all()).unwrap();
    value["new"] = json!({ "deep": [1, "two", { "three": null }, true, -0.5e3] });
    value.as_object_mut().unwrap().remove("later");
    value.as_object_mut().unwrap().remove("none");
    assert_eq!(read::<All>(&value.to_string()), Ok(All { later: false, ..all() }));
    value.as_object_mut().unwrap().remove("name");
    assert_eq!(read::<All>(&value.to_string()), Err(Unreadable));
}

/// Numbers that look random and are the same in each run.
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

#[test]
fn it_reads_what_serde_json_reads_and_refuses_what_it_refuses() {
    let mut dice = Dice(1);
    for _ in 0..2000 {
        let value = dice.value(4);
        let mut text = if dice.below(2) == 0 {
            value.to_string()
        } else {
            serde_json::to_string_pretty(&value).unwrap()
        };
        assert_eq!(read::<Value>(&text), Ok(value), "{text}");
        // One sign goes, or another comes.
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
        let strict = serde_json::from_str::<Value>(&text).ok();
        // A number may be written more freely here, as 01 or 1.; nobody writes such numbers.
        if strict.is_some() {
            assert_eq!(read::<Value>(&text).ok(), strict, "{text}");
        }
    }
}

#[test]
fn what_is_no_value_is_refused() {
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
    assert_eq!(read::<u8>("256"), Err(Unreadable));
    assert_eq!(read::<u8>("-1"), Err(Unreadable));
    assert_eq!(read::<(u8, u8)>("[1,2,3]"), Err(Unreadable));
    assert_eq!(read::<Kind>("\"Pair\""), Err(Unreadable));
    assert_eq!(read::<Kind>("{\"Plain\":1}"), Err(Unreadable));
    assert_eq!(read::<Kind>("\"Other\""), Err(Unreadable));
    assert_eq!(read::<String>("\"\\ud83d\\ude42 \\u00e9\\/\""), Ok("🙂 é/".into()));
}
