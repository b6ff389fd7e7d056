//! `glossary.toml`: the words that a course explains, and where they are marked in the text of its pages.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::{
    line_at,
    markdown::{escaped, inline},
    source::{Module, Page},
};

/// A word that a page of the course explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Made of the word; unique in its course.
    pub slug: String,
    pub word: String,
    /// Other forms of it, as they stand in texts.
    pub forms: Vec<String>,
    pub definition_html: String,
    /// Module and page.
    pub explained: (String, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    term: Vec<Spanned<Raw>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    word: String,
    #[serde(default)]
    forms: Vec<String>,
    explained: String,
    definition: String,
}

/// Reads the words, in the order of the alphabet, or says what is wrong and in which line (from 1). `modules` are those of the course.
pub(super) fn read(text: &str, modules: &[Module]) -> Result<Vec<Term>, Vec<(usize, String)>> {
    let file: File = toml::from_str(text).map_err(|error| {
        vec![(error.span().map_or(1, |span| line_at(text, span.start)), error.message().to_owned())]
    })?;
    let (mut terms, mut faults, mut spelt) = (Vec::new(), Vec::new(), BTreeSet::new());
    for raw in file.term {
        let line = line_at(text, raw.span().start);
        let raw = raw.into_inner();
        for form in std::iter::once(&raw.word).chain(&raw.forms) {
            if !spelt.insert(form.to_lowercase()) {
                faults.push((line, format!("{form:?} is there twice")));
            }
        }
        let word = raw.word.clone();
        match term(raw, modules) {
            Ok(term) if terms.iter().any(|there: &Term| there.slug == term.slug) => {
                faults.push((line, format!("{word:?} is there twice")));
            }
            Ok(term) => terms.push(term),
            Err(what) => faults.push((line, format!("{word:?}: {what}"))),
        }
    }
    terms.sort_by_key(|term: &Term| term.word.to_lowercase());
    if faults.is_empty() { Ok(terms) } else { Err(faults) }
}

fn term(raw: Raw, modules: &[Module]) -> Result<Term, String> {
    let slug = slug_of(&raw.word);
    if slug.is_empty() {
        return Err("a word has letters or figures".to_owned());
    }
    let (module, page) = raw.explained.split_once('/').unwrap_or_default();
    let there = modules
        .iter()
        .filter(|there| there.slug.as_str() == module)
        .flat_map(|there| &there.pages)
        .find(|there| there.slug.as_str() == page)
        .ok_or_else(|| format!("there is no page {:?}", raw.explained))?;
    let explained = (module.to_owned(), page.to_owned());
    let term =
        Term { slug, word: raw.word, forms: raw.forms, definition_html: inline(&raw.definition)?, explained };
    // Emphasis and markup may divide the word.
    if !in_text(&there.html, &term) {
        return Err(format!("the page {:?} does not have the word", raw.explained));
    }
    Ok(term)
}

fn slug_of(word: &str) -> String {
    let parts = word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

fn in_text(html: &str, term: &Term) -> bool {
    let mut inside = false;
    let text: String = html
        .chars()
        .filter(|c| {
            let markup = inside || *c == '<';
            inside = markup && *c != '>';
            !markup
        })
        .collect();
    text.char_indices().any(|(at, _)| term.length_at(&text, at).is_some())
}

/// What a page shows: its text with the words marked that other pages of the course explain, and what stands below it.
pub(super) fn shown(course: &str, terms: &[Term], module: &str, page: &Page) -> String {
    let here = (module, page.slug.as_str());
    let elsewhere = |term: &&Term| (term.explained.0.as_str(), term.explained.1.as_str()) != here;
    let mut marking = Marking {
        course,
        terms: terms.iter().filter(elsewhere).collect(),
        out: String::with_capacity(page.html.len() * 2),
    };
    marking.page(&page.html);
    marking.out + &page.about_html
}

/// In these nothing is marked: a button within a link or a heading is none, and what is bold is explained right there.
const UNMARKED: [&str; 11] = ["a", "code", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "table"];

/// Goes through the HTML that [`super::markdown`] has written.
struct Marking<'a> {
    course: &'a str,
    /// Those that are not marked yet: each is marked once in a page.
    terms: Vec<&'a Term>,
    out: String,
}

impl Marking<'_> {
    fn page(&mut self, html: &str) {
        let (mut rest, mut unmarked) = (html, 0_u32);
        while let Some(start) = rest.find('<') {
            let (text, tag) = rest.split_at(start);
            if unmarked == 0 {
                self.text(text)
            } else {
                self.out += text
            }
            let end = tag.find('>').map_or(tag.len(), |end| end + 1);
            let (tag, after) = tag.split_at(end);
            let name = tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next();
            if name.is_some_and(|name| UNMARKED.contains(&name)) {
                unmarked = if tag.starts_with("</") { unmarked.saturating_sub(1) } else { unmarked + 1 };
            }
            self.out += tag;
            rest = after;
        }
        self.text(rest);
    }

    fn text(&mut self, text: &str) {
        let mut written = 0;
        for (at, _) in text.char_indices() {
            if at < written {
                continue;
            }
            let found = self.terms.iter().enumerate();
            let found = found.filter_map(|(place, term)| Some((term.length_at(text, at)?, place))).max();
            let Some((length, place)) = found else { continue };
            let term = self.terms.swap_remove(place);
            self.out += &text[written..at];
            self.mark(term, &text[at..at + length]);
            written = at + length;
        }
        self.out += &text[written..];
    }

    /// A button that opens the definition, which browsers do by themselves.
    fn mark(&mut self, term: &Term, said: &str) {
        let (slug, course) = (&term.slug, self.course);
        self.out += &format!(
            "<button type=\"button\" class=\"term\" popovertarget=\"term-{slug}\">{said}</button>\
             <span class=\"definition\" popover=\"\" id=\"term-{slug}\" role=\"note\"><dfn>{}</dfn>: {} \
             <a href=\"/learn/{course}/glossary\">All words that are explained</a></span>",
            escaped(&term.word),
            term.definition_html,
        );
    }
}

impl Term {
    /// How many bytes of the text are this word, whole and in any of its forms, from this place on.
    fn length_at(&self, text: &str, at: usize) -> Option<usize> {
        let part_of_word = |c: char| c.is_alphanumeric() || c == '-';
        // After an ampersand stands the name of a character, like that of itself.
        if text[..at].chars().next_back().is_some_and(|c| part_of_word(c) || c == '&') {
            return None;
        }
        let whole = |length: &usize| !text[at + length..].chars().next().is_some_and(part_of_word);
        let forms = std::iter::once(&self.word).chain(&self.forms);
        forms.filter_map(|form| begins_with(&text[at..], form)).filter(whole).max()
    }
}

/// How many bytes of the text the word takes. A line may end between two words.
fn begins_with(text: &str, word: &str) -> Option<usize> {
    let mut there = text.char_indices();
    for wanted in word.chars() {
        let (_, c) = there.next()?;
        let same = c.eq_ignore_ascii_case(&wanted) || (wanted == ' ' && c.is_whitespace());
        if !same {
            return None;
        }
    }
    Some(there.offset())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{module, slug};

    fn term(word: &str, forms: &[&str], explained: &str) -> Term {
        let (module, page) = explained.split_once('/').unwrap();
        Term {
            slug: slug_of(word),
            word: word.to_owned(),
            forms: forms.iter().map(|form| (*form).to_owned()).collect(),
            definition_html: "D.".to_owned(),
            explained: (module.to_owned(), page.to_owned()),
        }
    }

    fn page(html: &str) -> Page {
        Page {
            slug: slug("page-1"),
            title: "P".into(),
            html: html.into(),
            about_html: "<footer></footer>".into(),
        }
    }

    /// The text with the marked words in brackets.
    fn marked(html: &str, terms: &[Term]) -> String {
        let shown = shown("nmp", terms, "one", &page(html));
        let mut said = String::new();
        let mut rest = shown.as_str();
        while let Some((before, after)) = rest.split_once("<button type=\"button\" class=\"term\"") {
            let (word, after) = after.split_once('>').unwrap().1.split_once("</button>").unwrap();
            said += &format!("{before}[{word}]");
            rest = after.split_once("</span>").unwrap().1;
        }
        (said + rest).replace("<footer></footer>", "")
    }

    #[test]
    fn a_word_is_marked_once_whole_in_any_form_and_not_where_it_is_a_link_a_title_or_explained() {
        let terms = [
            term("Half-life", &["half-lives"], "two/page-1"),
            term("Clearance", &[], "two/page-1"),
            term("Creatinine clearance", &["CrCl"], "two/page-1"),
            term("Steady state", &[], "one/page-1"),
            term("AMP", &["LT"], "two/page-1"),
        ];
        for (html, expected) in [
            ("<p>Half-lives and a half-life.</p>", "<p>[Half-lives] and a half-life.</p>"),
            (
                "<p>A creatinine\nclearance, a clearance.</p>",
                "<p>A [creatinine\nclearance], a [clearance].</p>",
            ),
            ("<p>CRCL <em>clearance</em></p>", "<p>[CRCL] <em>[clearance]</em></p>"),
            (
                "<p>clearances, preclearance, clearance-free, half-life-like</p>",
                "<p>clearances, preclearance, clearance-free, half-life-like</p>",
            ),
            (
                "<h2>Clearance</h2><p><strong>Half-life</strong> <a href=\"/x\">clearance</a></p>",
                "<h2>Clearance</h2><p><strong>Half-life</strong> <a href=\"/x\">clearance</a></p>",
            ),
            (
                "<table><tr><td><em>x</em> clearance</td></tr></table><p>clearance</p>",
                "<table><tr><td><em>x</em> clearance</td></tr></table><p>[clearance]</p>",
            ),
            (
                "<figure><img src=\"/m\" alt=\"clearance\"></figure>",
                "<figure><img src=\"/m\" alt=\"clearance\"></figure>",
            ),
            // The page that explains it.
            ("<p>At steady state</p>", "<p>At steady state</p>"),
            ("<p>Zoë’s clearance &amp; more", "<p>Zoë’s [clearance] &amp; more"),
            ("<p>1 &lt; 2 &amp; AMP</p>", "<p>1 &lt; 2 &amp; [AMP]</p>"),
        ] {
            assert_eq!(marked(html, &terms), expected);
        }
    }

    #[test]
    fn a_marked_word_opens_its_definition_without_scripts() {
        let shown = shown("nmp", &[term("R&D", &[], "two/page-1")], "one", &page("<p>R&D</p>"));
        assert_eq!(
            shown,
            "<p><button type=\"button\" class=\"term\" popovertarget=\"term-r-d\">R&D</button><span class=\"definition\" \
             popover=\"\" id=\"term-r-d\" role=\"note\"><dfn>R&amp;D</dfn>: D. <a href=\"/learn/nmp/glossary\">All words that are \
             explained</a></span></p><footer></footer>"
        );
    }

    #[test]
    fn words_come_in_the_order_of_the_alphabet_and_faults_have_their_line() {
        let mut one = module("one", 2);
        one.pages[0].html = "<p>The <strong>half</strong>-life, clearance</p>".into();
        one.pages[1].html = "<p>A half life</p>".into();
        let term = |word: &str, explained: &str, definition: &str| {
            format!(
                "[[term]]\nword = \"{word}\"\nexplained = \"{explained}\"\ndefinition = \"{definition}\"\n"
            )
        };
        let modules = [one];
        let two =
            term("Half-life", "one/page-1", "A *time*.") + &term("clearance", "one/page-1", "A volume.");
        let read = |text: &str| super::read(text, &modules);
        let words: Vec<_> =
            read(&two).unwrap().into_iter().map(|term| (term.word, term.definition_html)).collect();
        let row = |word: &str, html: &str| (word.to_owned(), html.to_owned());
        assert_eq!(words, [row("clearance", "A volume."), row("Half-life", "A <em>time</em>.")]);
        for (second, what) in [
            (term("Potency", "one/page-1", "D."), "does not have the word"),
            (term("clearance", "one/page-9", "D."), "there is no page"),
            (term("clearance", "one", "D."), "there is no page"),
            (term("HALF-LIFE", "one/page-1", "D."), "is there twice"),
            (term("half life", "one/page-2", "D."), "is there twice"),
            (term("clearance", "one/page-1", "<b>"), "HTML is not taken"),
            (term("…", "one/page-1", "D."), "letters or figures"),
        ] {
            let faults = read(&(term("Half-life", "one/page-1", "A time.") + &second)).unwrap_err();
            assert!(
                faults.iter().any(|(line, fault)| *line >= 5 && fault.contains(what)),
                "{what}: {faults:?}"
            );
        }
        assert_eq!(read("[[term]]\nword = \"x\"\n").unwrap_err()[0].0, 1);
    }
}
