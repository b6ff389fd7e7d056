//! Markdown to HTML, as our pages show it.
//!
//! A small, strict subset: Markdown that cannot be shown accessibly is a fault of the author, named with its line, and
//! not a broken page for the learner.

use std::ops::Range;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_SMART_PUNCTUATION
}

/// A page's HTML, its faults by line, and its number of words.
pub(crate) struct Rendered {
    pub html: String,
    /// Line (from 1) in the Markdown, and the fault there.
    pub faults: Vec<(usize, String)>,
}

/// `picture` turns the file name of a figure into the address of its image, or says why it cannot.
pub(crate) fn page(markdown: &str, picture: impl Fn(&str) -> Result<String, String>) -> Rendered {
    write(markdown, picture, None)
}

/// `caption` is for tables without one of their own; if it is missing too, such a table is a fault.
fn write(
    markdown: &str,
    picture: impl Fn(&str) -> Result<String, String>,
    caption: Option<&'static str>,
) -> Rendered {
    let mut writer = Writer { markdown, faults: Vec::new(), out: Vec::new(), level: 1, caption };
    let events: Vec<_> = Parser::new_ext(markdown, options()).into_offset_iter().collect();
    let mut at = 0;
    while at < events.len() {
        at = writer.block(&events, at, &picture);
    }
    let mut rendered = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut rendered, writer.out.into_iter());
    Rendered { html: rendered, faults: writer.faults }
}

/// A question or an answer: one paragraph, without the `<p>` around it.
///
/// # Errors
/// The fault in the Markdown.
pub(crate) fn inline(markdown: &str) -> Result<String, String> {
    let rendered = page(markdown, |_| Err("a picture cannot stand here".to_owned()));
    if let Some((_, fault)) = rendered.faults.into_iter().next() {
        return Err(fault);
    }
    let one = rendered.html.trim().strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    match one {
        Some(inner) if !inner.contains("<p>") => Ok(inner.to_owned()),
        _ => Err(format!("{markdown:?} must be one paragraph")),
    }
}

/// A text of a question, whole paragraphs and tables; `None` for Markdown outside the subset.
pub(crate) fn try_html(markdown: &str) -> Option<String> {
    let rendered = write(markdown, |_| Err("a picture cannot stand here".to_owned()), Some("Chart"));
    rendered.faults.is_empty().then_some(rendered.html)
}

/// The same, with Markdown outside the subset shown as plain text: no bank may put HTML of its own into a page.
pub(crate) fn html(markdown: &str) -> String {
    try_html(markdown).unwrap_or_else(|| format!("<p>{}</p>", escaped(markdown)))
}

/// The same for inline text: the wording of a question, an option, a step.
pub(crate) fn inline_html(markdown: &str) -> String {
    inline(markdown).unwrap_or_else(|_| escaped(markdown))
}

/// The words of [`inline_html`] alone, where HTML is impossible.
pub(crate) fn plain(markdown: &str) -> String {
    if inline(markdown).is_err() {
        return markdown.to_owned();
    }
    let mut words = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    words
}

/// The line (from 1) of a byte of the text.
pub(crate) fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

struct Writer<'a> {
    markdown: &'a str,
    faults: Vec<(usize, String)>,
    out: Vec<Event<'a>>,
    /// The heading level that the last heading had; the page's title is the `h1`.
    level: u8,
    caption: Option<&'static str>,
}

type Spanned<'a> = (Event<'a>, Range<usize>);

impl<'a> Writer<'a> {
    fn fault(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.faults.push((line_at(self.markdown, span.start), what.into()));
    }

    fn html(&mut self, html: impl Into<CowStr<'a>>) {
        self.out.push(Event::Html(html.into()));
    }

    /// Writes the element that starts at `at`, and returns where the next one starts.
    fn block(
        &mut self,
        events: &[Spanned<'a>],
        at: usize,
        picture: &impl Fn(&str) -> Result<String, String>,
    ) -> usize {
        let (event, span) = &events[at];
        match event {
            Event::Start(Tag::Paragraph) => return self.paragraph(events, at, picture),
            Event::Start(Tag::Table(alignments)) => return self.table(events, at, alignments.clone(), None),
            Event::Start(Tag::Heading { level, .. }) => self.heading(*level, span),
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                let (class, title) = match kind {
                    BlockQuoteKind::Tip => ("box box-example", "Worked example"),
                    BlockQuoteKind::Important => ("box box-key", "Key point"),
                    BlockQuoteKind::Warning | BlockQuoteKind::Caution => ("box box-care", "Take care"),
                    BlockQuoteKind::Note => ("box", "Note"),
                };
                self.html(format!("<div class=\"{class}\" role=\"note\"><p class=\"box-title\">{title}</p>"));
                return at + 1;
            }
            Event::End(TagEnd::BlockQuote(Some(_))) => {
                self.html("</div>");
                return at + 1;
            }
            _ => {}
        }
        self.pass_on(event, span);
        at + 1
    }

    /// Writes the contents of a block, unless they are not allowed on a page.
    fn pass_on(&mut self, event: &Event<'a>, span: &Range<usize>) {
        match event {
            Event::Start(Tag::Image { .. }) => self.fault(span, "a picture must be a paragraph of its own"),
            Event::Start(Tag::HtmlBlock) | Event::Html(_) | Event::InlineHtml(_) => {
                self.fault(span, "HTML is not taken: write Markdown");
            }
            Event::Start(Tag::Link { dest_url, .. })
                if !dest_url.starts_with("https://") && !dest_url.starts_with('/') =>
            {
                self.fault(span, format!("the link {dest_url:?} must start with https:// or /"));
            }
            _ => {}
        }
        self.out.push(event.clone());
    }

    fn heading(&mut self, level: HeadingLevel, span: &Range<usize>) {
        let level = level as u8;
        if level == 1 {
            self.fault(span, "the page's title is its only first-level heading: begin with ##");
        } else if level > self.level + 1 {
            self.fault(span, format!("a heading of level {level} cannot follow one of level {}", self.level));
        }
        self.level = level;
    }

    /// A paragraph that is only a picture becomes a figure; one that begins `Table: ` the caption of the table after
    /// it.
    fn paragraph(
        &mut self,
        events: &[Spanned<'a>],
        at: usize,
        picture: &impl Fn(&str) -> Result<String, String>,
    ) -> usize {
        let end = at
            + events[at..].iter().position(|(e, _)| matches!(e, Event::End(TagEnd::Paragraph))).unwrap_or(0);
        let inside = &events[at + 1..end];
        let text = |events: &[Spanned<'a>]| -> String {
            events
                .iter()
                .filter_map(|(event, _)| match event {
                    Event::Text(text) | Event::Code(text) => Some(text.to_string()),
                    Event::SoftBreak => Some(" ".to_owned()),
                    _ => None,
                })
                .collect()
        };
        if let Some((Event::Start(Tag::Image { dest_url, title, .. }), span)) = inside.first()
            && matches!(inside.last(), Some((Event::End(TagEnd::Image), _)))
        {
            let alternative = text(inside);
            if alternative.trim().is_empty() {
                self.fault(span, "the picture has no alternative text: say between [ and ] what it shows");
            }
            match picture(dest_url) {
                Ok(address) => {
                    let caption = match title.trim() {
                        "" => String::new(),
                        caption => format!("<figcaption>{}</figcaption>", escaped(caption)),
                    };
                    self.html(format!(
                        "<figure><img src=\"{address}\" alt=\"{}\">{caption}</figure>",
                        escaped(&alternative)
                    ));
                }
                Err(why) => self.fault(span, why),
            }
            return end + 1;
        }
        if let Some(caption) = text(inside).strip_prefix("Table: ")
            && let Some((Event::Start(Tag::Table(alignments)), _)) = events.get(end + 1)
        {
            return self.table(events, end + 1, alignments.clone(), Some(caption.trim().to_owned()));
        }
        self.out.push(events[at].0.clone());
        at + 1
    }

    /// Tables get a caption, header cells with a scope, and a frame that scrolls separately on a narrow screen.
    fn table(
        &mut self,
        events: &[Spanned<'a>],
        at: usize,
        alignments: Vec<Alignment>,
        caption: Option<String>,
    ) -> usize {
        // A page may show many questions, each with its chart: only tables with a caption of their own are landmarks.
        let role = if caption.is_none() && self.caption.is_some() { "group" } else { "region" };
        let caption = caption.or(self.caption.map(str::to_owned)).unwrap_or_else(|| {
            self.fault(&events[at].1, "the table has no caption: put a paragraph `Table: …` right before it");
            String::new()
        });
        let caption = escaped(&caption);
        self.html(format!(
            "<div class=\"table-frame\" role=\"{role}\" aria-label=\"{caption}\" tabindex=\"0\"><table><caption>{caption}</caption>"
        ));
        let (mut column, mut head, mut at) = (0, true, at + 1);
        let mut heads = false;
        while let Some((event, span)) = events.get(at) {
            at += 1;
            match event {
                Event::Start(Tag::TableHead) => self.html("<thead><tr>"),
                Event::End(TagEnd::TableHead) => {
                    head = false;
                    self.html("</tr></thead><tbody>");
                }
                Event::Start(Tag::TableRow) => self.html("<tr>"),
                Event::End(TagEnd::TableRow) => self.html("</tr>"),
                Event::Start(Tag::TableCell) => {
                    let class = match alignments.get(column) {
                        Some(Alignment::Right) => " class=\"number\"",
                        _ => "",
                    };
                    // A cell without a word heads nothing.
                    let empty = matches!(events.get(at), Some((Event::End(TagEnd::TableCell), _)));
                    heads = (head || column == 0) && !empty;
                    self.html(match (head, heads) {
                        (true, true) => format!("<th scope=\"col\"{class}>"),
                        (false, true) => format!("<th scope=\"row\"{class}>"),
                        (_, false) => format!("<td{class}>"),
                    });
                }
                Event::End(TagEnd::TableCell) => {
                    self.html(if heads { "</th>" } else { "</td>" });
                    column += 1;
                    if events.get(at).is_none_or(|(next, _)| !matches!(next, Event::Start(Tag::TableCell))) {
                        column = 0;
                    }
                }
                Event::End(TagEnd::Table) => break,
                other => self.pass_on(other, span),
            }
        }
        self.html("</tbody></table></div>");
        at
    }
}

/// Text escaped for HTML, within an element or an attribute in double quotes.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_questions_text_is_shown_as_html_or_as_plain_text() {
        assert!(
            html("| | b |\n|---|---|\n| | 2 |")
                .contains("<tr><td></td><th scope=\"col\">b</th></tr></thead><tbody><tr><td></td>")
        );
        assert!(html("| a | b |\n|---|---|\n| 1 | 2 |").contains("role=\"group\" aria-label=\"Chart\""));
        assert_eq!(html("<script>alert(1)</script>"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        assert_eq!(inline_html("<b>x"), "&lt;b&gt;x");
    }

    fn shown(markdown: &str) -> Rendered {
        page(markdown, |file| {
            if file == "curve.svg" { Ok("/media/abc.svg".into()) } else { Err(format!("no {file}")) }
        })
    }

    fn faults(markdown: &str) -> Vec<(usize, String)> {
        shown(markdown).faults
    }

    #[test]
    fn markdown_that_cannot_be_shown_well_is_named_with_its_line() {
        for (markdown, line, what) in [
            ("Text\n\n# Title", 3, "only first-level"),
            ("## One\n\n#### Three", 3, "level 4 cannot follow"),
            ("<b>bold</b>", 1, "HTML is not taken"),
            ("One\n\n<div>\n</div>", 3, "HTML is not taken"),
            ("[x](javascript:alert(1))", 1, "must start with https://"),
            ("[x](http://example.org)", 1, "must start with https://"),
            ("\n\n![](curve.svg)", 3, "no alternative text"),
            ("![A curve](other.svg)", 1, "no other.svg"),
            ("See ![A curve](curve.svg) here", 1, "paragraph of its own"),
            ("Text\n\n| a | b |\n|---|---|\n| 1 | 2 |", 3, "no caption"),
            ("Table: T\n\n| a | b |\n|---|---|\n| <b>1</b> | 2 |", 5, "HTML is not taken"),
            ("Table: T\n\n| a | b |\n|---|---|\n| [1](ftp://x) | 2 |", 5, "must start with https://"),
        ] {
            let found = faults(markdown);
            assert!(
                found.iter().any(|(at, text)| *at == line && text.contains(what)),
                "{markdown}: {found:?}"
            );
        }
    }

    #[test]
    fn figures_tables_and_boxes_are_accessible() {
        let page = shown(
            "## Head\n\n![A \"falling\" curve](curve.svg \"Half-life\")\n\nTable: Two & two\n\n| a | b |\n|---|--:|\n| *x* | 1 |\n\n> [!TIP]\n> Work *it* out.\n",
        );
        assert_eq!(page.faults, []);
        for part in [
            "<h2>Head</h2>",
            "<figure><img src=\"/media/abc.svg\" alt=\"A “falling” curve\"><figcaption>Half-life</figcaption></figure>",
            "<caption>Two &amp; two</caption>",
            "<th scope=\"col\" class=\"number\">b</th>",
            "<th scope=\"row\"><em>x</em></th><td class=\"number\">1</td></tr></tbody>",
            "<div class=\"box box-example\" role=\"note\"><p class=\"box-title\">Worked example</p>",
        ] {
            assert!(page.html.contains(part), "{part} is not in {}", page.html);
        }
    }

    #[test]
    fn inline_text_is_one_paragraph_without_html() {
        assert_eq!(inline("How *many* mL?").unwrap(), "How <em>many</em> mL?");
        assert_eq!(inline("1 < 2 & 3").unwrap(), "1 &lt; 2 &amp; 3");
        for wrong in ["<script>", "one\n\ntwo", "", "- list", "![x](x.svg)"] {
            assert!(inline(wrong).is_err(), "{wrong}");
            assert_eq!(plain(wrong), wrong, "as it would be shown");
        }
        assert_eq!(plain("How *many* `mL`\nof a < b?"), "How many mL of a < b?");
    }
}
