//! The colours of the style sheet, each on what it stands on, in the light and in the dark (WCAG 2.2, 1.4.3 and 1.4.11).

use std::{collections::BTreeMap, fs, path::PathBuf};

type Tokens = BTreeMap<String, [u8; 3]>;

fn style() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../style"))
}

/// In the light, and in the dark.
fn tokens() -> [Tokens; 2] {
    let sheet = fs::read_to_string(style().join("colours.css")).unwrap();
    let (light, dark) = sheet.split_once("@variant dark").unwrap();
    [light, dark].map(|part| part.lines().filter_map(token).collect())
}

fn token(line: &str) -> Option<(String, [u8; 3])> {
    let (name, value) = line.trim().strip_prefix("--color-")?.split_once(": #")?;
    let digits = value.strip_suffix(';').filter(|digits| digits.len() == 6).unwrap();
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    Some((name.to_owned(), [part(0), part(2), part(4)]))
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Every one of these on every one of those.
const TEXT: &[(&[&str], &[&str])] = &[
    (&["ink", "quiet", "link", "link-hover", "wrong"], &["paper", "ground", "done-ground", "begun-ground"]),
    (&["ink", "quiet", "link", "link-hover", "wrong"], &["key-ground", "example-ground", "learnt-ground"]),
    (&["brand-sign"], &["paper", "ground"]),
    (&["done-ink"], &["paper", "ground", "done-ground"]),
    (&["begun-ink"], &["begun-ground"]),
    (&["flagged"], &["paper", "key-ground"]),
    (&["on-solid"], &["brand", "action", "action-hover"]),
    (&["on-focus"], &["focus"]),
];

/// Signs, edges and lines that say something.
const SIGNS: &[(&[&str], &[&str])] = &[
    (&["done", "begun", "wrong", "care", "flagged", "flagged-line"], &["paper", "ground"]),
    (&["edge", "brand-sign"], &["paper", "ground"]),
    (&["done", "edge", "flagged", "flagged-line"], &["done-ground"]),
    (&["begun", "edge"], &["begun-ground"]),
    (&["begun"], &["example-ground"]),
    (&["done"], &["learnt-ground"]),
    (&["care", "wrong"], &["key-ground"]),
];

#[test]
fn text_and_signs_are_told_from_what_they_stand_on() {
    let [light, dark] = tokens();
    assert_eq!(light.keys().collect::<Vec<_>>(), dark.keys().collect::<Vec<_>>(), "each has both");
    let mut faint = Vec::new();
    for (which, tokens) in [("light", &light), ("dark", &dark)] {
        for (least, pairs) in [(4.5, TEXT), (3.0, SIGNS)] {
            for (colours, grounds) in pairs {
                for (colour, ground) in
                    colours.iter().flat_map(|colour| grounds.iter().map(move |ground| (*colour, *ground)))
                {
                    let found = contrast(tokens[colour], tokens[ground]);
                    if found < least {
                        faint.push(format!("{which}: {colour} on {ground} has {found:.2} to 1, not {least}"));
                    }
                }
            }
        }
    }
    assert!(faint.is_empty(), "{}", faint.join("\n"));
}

#[test]
fn the_contrast_is_that_of_the_guidelines() {
    assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
    assert!((contrast([0x76, 0x76, 0x76], [255, 255, 255]) - 4.54).abs() < 0.01);
}

/// A colour that is written elsewhere would be the same in the dark. On paper there is black, and drawings lie on white.
#[test]
fn no_other_file_of_style_has_a_colour_of_its_own() {
    let mut folders = vec![style()];
    let (mut files, mut found) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.ends_with("colours.css") {
                continue;
            }
            files += 1;
            let text = fs::read_to_string(&path).unwrap();
            for (n, line) in text.lines().enumerate() {
                for after in line.split('#').skip(1) {
                    let digits: String = after.chars().take_while(char::is_ascii_hexdigit).collect();
                    let rest = after[digits.len()..].starts_with([';', ' ', ',', ')']);
                    if [3, 6].contains(&digits.len()) && rest && !["000", "fff"].contains(&&*digits) {
                        found.push(format!("{}:{}: #{digits}", path.display(), n + 1));
                    }
                }
            }
        }
    }
    assert!(files > 4, "{files}");
    assert!(found.is_empty(), "{found:#?}");
}
