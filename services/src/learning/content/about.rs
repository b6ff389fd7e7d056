//! What stands below the text of a page: when it was changed and reviewed, and where its facts can be looked up.

use serde::Deserialize;

use super::{Day, markdown::inline};

/// The front matter of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageHead {
    pub title: String,
    /// The day on which the text was last changed.
    changed: Option<String>,
    /// The day on which somebody last compared it with its sources.
    reviewed: Option<String>,
    /// Where its facts can be looked up; each in one paragraph of Markdown.
    #[serde(default)]
    sources: Vec<String>,
}

impl PageHead {
    /// The HTML, or the key of the front matter that is wrong and what is wrong with it.
    pub(super) fn about(&self) -> Result<String, (&'static str, String)> {
        let day = |key, typed: &str| {
            let day = Day::parse_from_str(typed, "%Y-%m-%d").ok().filter(|_| typed.len() == 10);
            day.ok_or_else(|| (key, format!("{typed:?} is no day like 2027-01-31")))
        };
        let changed = self.changed.as_deref().ok_or_else(|| {
            ("title", "says nothing of `changed`: the day on which its text was last changed".to_owned())
        })?;
        let mut html = String::from("<footer class=\"about-page\"><p>");
        if let Some(reviewed) = &self.reviewed {
            html += &format!("Last reviewed {}. ", time(day("reviewed", reviewed)?));
        }
        html += &format!("Last changed {}.</p>", time(day("changed", changed)?));
        let sources: Result<Vec<_>, _> = self.sources.iter().map(|source| inline(source)).collect();
        let sources = sources.map_err(|fault| ("sources", fault))?;
        if !sources.is_empty() {
            html += &format!("<p>Look up the facts of this page in: {}.</p>", sources.join("; "));
        }
        html += "</footer>";
        Ok(html)
    }
}

fn time(day: Day) -> String {
    format!("<time datetime=\"{day}\">{}</time>", day.format("%-d %B %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(head: &str) -> Result<String, (&'static str, String)> {
        toml::from_str::<PageHead>(&format!("title = \"P\"\n{head}")).unwrap().about()
    }

    #[test]
    fn a_page_says_when_it_was_changed_and_reviewed_and_where_to_look_up_its_facts() {
        let changed = "<time datetime=\"2026-11-02\">2 November 2026</time>";
        assert_eq!(
            about("changed = \"2026-11-02\"").unwrap(),
            format!("<footer class=\"about-page\"><p>Last changed {changed}.</p></footer>")
        );
        let all = "changed = \"2026-11-02\"\nreviewed = \"2026-12-31\"\nsources = [\"[NICE](https://www.nice.org.uk)\", \"A & B\"]";
        assert_eq!(
            about(all).unwrap(),
            format!(
                "<footer class=\"about-page\"><p>Last reviewed <time datetime=\"2026-12-31\">31 December 2026</time>. \
                 Last changed {changed}.</p><p>Look up the facts of this page in: <a href=\"https://www.nice.org.uk\">NICE</a>; \
                 A &amp; B.</p></footer>"
            )
        );
    }

    #[test]
    fn a_page_without_a_day_or_with_a_wrong_one_is_refused() {
        for (head, key, what) in [
            ("", "title", "says nothing of `changed`"),
            ("reviewed = \"2026-11-02\"", "title", "says nothing of `changed`"),
            ("changed = \"2026-11-31\"", "changed", "is no day like"),
            ("changed = \"2/11/2026\"", "changed", "is no day like"),
            ("changed = \"2026-11-02\"\nreviewed = \"soon\"", "reviewed", "is no day like"),
            ("changed = \"2026-11-02\"\nsources = [\"<b>\"]", "sources", "HTML is not taken"),
        ] {
            let (at, fault) = about(head).unwrap_err();
            assert!(at == key && fault.contains(what), "{head}: {at} {fault}");
        }
    }
}
