use proptest::prelude::*;

use super::*;
use crate::kit::markdown;

fn all(html: &str) -> Vec<String> {
    let parts = passages(html);
    parts.into_iter().flat_map(|part| part.paragraphs).flatten().map(|passage| passage.text).collect()
}

fn mark(html: &str, chosen: &[&str]) -> String {
    marked(html, &chosen.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
}

#[test]
fn a_paragraph_has_its_sentences_and_a_table_its_rows() {
    for (html, expected) in [
        (
            "<p>One. Two? “Three!” <em>Four</em> of 0.5 mL.</p>",
            &["One.", "Two?", "“Three!”", "Four of 0.5 mL."][..],
        ),
        (
            "<p>Drugs, e.g. NSAIDs, and vs. Dr. Smith's. A</p>",
            &["Drugs, e.g. NSAIDs, and vs. Dr. Smith's.", "A"],
        ),
        ("<p>5 &lt; 6 &amp; 7.\nA &quot;word&quot;</p>", &["5 < 6 & 7.", "A \"word\""]),
        ("<ul>\n<li>One</li>\n<li><p>Two.</p>\n</li>\n</ul>", &["One", "Two."]),
        ("<p>One.<br />\nTwo.</p>", &["One.", "Two."]),
        (
            "<table><caption>C</caption><thead><tr><th>H</th></tr></thead><tbody><tr><th scope=\"row\">A. B</th><td>1 &lt; 2</td><td></td></tr>\n</tbody></table>",
            &["A. B; 1 < 2"],
        ),
        ("<figure><img src=\"/m\" alt=\"a > b\"><figcaption>Curve.</figcaption></figure>", &["Curve."]),
        (
            "<div class=\"box box-key\" role=\"note\"><p class=\"box-title\">Key point</p><p>Look.</p></div>",
            &["Look."],
        ),
        (
            "<p>A <button type=\"button\" class=\"term\" popovertarget=\"t\">word</button><span class=\"definition\" id=\"t\"><dfn>Word</dfn>: <span>D.</span> <a href=\"/g\">All</a></span> here.</p><footer class=\"about-page\"><p>Last changed.</p></footer>",
            &["A word here."],
        ),
        // The first of the same words alone, and nothing without a letter or figure.
        ("<p>Yes. Yes. – </p><p>Yes.</p>", &["Yes."]),
        ("", &[]),
    ] {
        assert_eq!(all(html), expected, "{html}");
    }
}

#[test]
fn passages_stand_under_their_headings() {
    let parts = passages("<p>A. B.</p><h2>How <em>it</em> works</h2><p>C.</p><p>D.</p><h3>Empty</h3>");
    let said: Vec<_> = parts
        .iter()
        .map(|part| (part.heading.as_str(), part.paragraphs.iter().map(Vec::len).collect::<Vec<_>>()))
        .collect();
    assert_eq!(said, [("", vec![2]), ("How it works", vec![1, 1])]);
}

#[test]
fn what_is_chosen_is_marked_where_it_stands_and_nothing_else() {
    for (html, chosen, expected) in [
        ("<p>One. Two.</p>", &["Two."][..], "<p>One. <mark>Two.</mark></p>"),
        (
            "<p>A <strong>dose &amp; a</strong> day. B</p>",
            &["A dose & a day."],
            "<p><mark>A </mark><strong><mark>dose &amp; a</mark></strong><mark> day.</mark> B</p>",
        ),
        (
            "<p>A <button class=\"term\">word</button><span class=\"definition\"><dfn>Word</dfn>: D.</span>\nhere.</p>",
            &["A word here."],
            "<p><mark>A </mark><button class=\"term\"><mark>word</mark></button><span class=\"definition\"><dfn>Word</dfn>: D.</span><mark>\nhere.</mark></p>",
        ),
        (
            "<table><tbody>\n<tr>\n<th>A</th>\n<td>1</td>\n</tr>\n</tbody></table>",
            &["A; 1"],
            "<table><tbody>\n<tr>\n<th><mark>A</mark></th>\n<td><mark>1</mark></td>\n</tr>\n</tbody></table>",
        ),
        // Words that the page has no longer mark nothing; nor does markup.
        ("<p>One.</p>", &["Gone.", "p", "<p>"], "<p>One.</p>"),
        ("<p>Yes. Yes.</p>", &["Yes."], "<p><mark>Yes.</mark> Yes.</p>"),
    ] {
        assert_eq!(mark(html, chosen), expected);
    }
}

#[test]
fn on_paper_words_are_plain_and_headings_stand_below_the_title_of_the_page() {
    let html = "<h2>A</h2><p>A <button type=\"button\" class=\"term\" popovertarget=\"t\"><mark>word</mark></button><span class=\"definition\" id=\"t\"><span>D</span>: <a href=\"/g\">All</a></span> &lt; b.</p><h3 id=\"x\">B</h3>";
    assert_eq!(on_paper(html), "<h3>A</h3><p>A <mark>word</mark> &lt; b.</p><h4 id=\"x\">B</h4>");
}

/// The names of the elements that are left open, or `None` if one is closed that is not the last that was opened.
fn open(html: &str) -> Option<Vec<&str>> {
    let mut open = Vec::new();
    for tag in pieces(html).filter_map(|piece| piece.tag) {
        if tag.closes {
            if open.pop() != Some(tag.name) {
                return None;
            }
        } else if !["br", "img", "hr", "input"].contains(&tag.name) {
            open.push(tag.name);
        }
    }
    Some(open)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn marking_adds_marks_around_texts_and_changes_nothing_else(
        markdown in "((A|b|0\\.5|é|&|<|>|\"|'|\\*x y\\*|\\*\\*z\\*\\*|`c`|\\[l\\]\\(https://x\\.y\\)|\\. |\\? |, | |\n|\n\n|\n\n## H\n\n|\n\n- |\n\n1\\. |\n\n> \\[!TIP\\]\n> |\n\nTable: T\n\n\\| a \\| b \\|\n\\|---\\|---\\|\n\\| \\*c\\* d \\| 1\\. E \\|\n\n)){0,40}",
        every in 1_usize..4,
    ) {
        let markdown::Rendered { html, faults } = markdown::page(&markdown, |_| Err(String::new()));
        // HTML of its own is refused.
        prop_assume!(!faults.iter().any(|(_, fault)| fault.contains("HTML")));
        let chosen: Vec<String> = all(&html).into_iter().step_by(every).collect();
        let shown = marked(&html, &chosen);
        prop_assert_eq!(shown.replace("<mark>", "").replace("</mark>", ""), &html[..]);
        prop_assert_eq!(open(&html), Some(Vec::new()), "{}", html);
        prop_assert_eq!(open(&shown), Some(Vec::new()), "{}", shown);
        prop_assert_eq!(shown.contains("<mark>"), !chosen.is_empty());
        // The passages are the same, also of a page that has marks already.
        prop_assert_eq!(all(&shown), all(&html));
        for part in shown.split("<mark>").skip(1) {
            let inside = part.split("</mark>").next().unwrap_or_default();
            prop_assert!(!inside.contains('<') && !inside.trim().is_empty(), "{}", shown);
        }
    }

    #[test]
    fn any_text_is_read_without_an_end_in_the_middle_of_a_character(html in "(<|>|&|&lt;|&#|;|\"|'|/|p|span|é| |\\PC){0,60}") {
        let chosen = all(&html);
        let shown = marked(&html, &chosen);
        prop_assert_eq!(shown.replace("<mark>", "").replace("</mark>", ""), html.clone());
        on_paper(&html);
    }
}
