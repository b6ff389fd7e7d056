//! A course's folder, read into values.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use domain::learning::{Question, Slug};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Fault,
    about::PageHead,
    check,
    glossary::{self, Term},
    line_at, markdown,
};

/// The addresses of pages beside those of the modules.
const TAKEN: [&str; 4] = ["end", "glossary", "notes", "search"];

/// A course, complete and without faults.
#[derive(Debug)]
pub struct Course {
    pub slug: Slug,
    pub title: String,
    pub summary: String,
    pub intro_html: String,
    pub framework: Framework,
    pub modules: Vec<Module>,
    /// In the order of the alphabet.
    pub terms: Vec<Term>,
    /// By hash.
    pub pictures: BTreeMap<String, Picture>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    pub id: String,
    pub title: String,
    pub publisher: String,
    pub year: i16,
    pub competency: Vec<Competency>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competency {
    pub id: String,
    pub domain: String,
    pub title: String,
}

#[derive(Debug)]
pub struct Module {
    pub slug: Slug,
    pub title: String,
    pub summary: String,
    pub intro_html: String,
    pub minutes: i16,
    pub pass_mark: i16,
    pub competencies: Vec<String>,
    pub pages: Vec<Page>,
    /// How many of the questions a try asks; `None` for all of them.
    pub asked: Option<i16>,
    /// The pool.
    pub questions: Vec<Question>,
}

#[derive(Debug)]
pub struct Page {
    pub slug: Slug,
    pub title: String,
    pub html: String,
    /// What stands below the text.
    pub about_html: String,
}

#[derive(Debug)]
pub struct Picture {
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CourseHead {
    title: String,
    summary: String,
    framework: String,
    modules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleHead {
    title: String,
    summary: String,
    minutes: i16,
    pass_mark: i16,
    competencies: Vec<String>,
}

/// Reads the course in `folder`; frameworks are in `../frameworks` beside it.
///
/// # Errors
/// Everything that is wrong, at once, sorted by file and line.
pub fn read(folder: &Path) -> Result<Course, Vec<Fault>> {
    let mut reader = Reader { faults: Vec::new(), pictures: BTreeMap::new() };
    let course = reader.course(folder);
    reader.faults.sort();
    match course {
        Some(course) if reader.faults.is_empty() => Ok(course),
        _ => Err(reader.faults),
    }
}

struct Reader {
    faults: Vec<Fault>,
    pictures: BTreeMap<String, Picture>,
}

/// A file with front matter: the values between the `+++` lines, and the Markdown after them.
struct Document<T> {
    file: PathBuf,
    head: T,
    body: String,
    /// The line in which the body starts.
    body_line: usize,
    /// The lines of the front matter, for finding the place of a value.
    head_text: String,
}

impl<T> Document<T> {
    /// The first line that contains this key of the front matter, or this word in it.
    fn line_of(&self, word: &str) -> usize {
        self.head_text.lines().position(|line| line.contains(word)).map_or(1, |at| at + 2)
    }
}

impl Reader {
    fn fault(&mut self, file: &Path, line: usize, what: impl Into<String>) {
        self.faults.push(Fault { file: file.to_owned(), line, what: what.into() });
    }

    fn text(&mut self, file: &Path) -> Option<String> {
        match fs::read_to_string(file) {
            Ok(text) => Some(text.replace("\r\n", "\n")),
            Err(error) => {
                self.fault(file, 1, format!("cannot be read: {error}"));
                None
            }
        }
    }

    fn slug(&mut self, file: &Path, text: &str) -> Option<Slug> {
        Slug::parse(text).map_err(|error| self.fault(file, 1, error.to_string())).ok()
    }

    fn toml<T: DeserializeOwned>(&mut self, file: &Path, text: &str, first_line: usize) -> Option<T> {
        toml::from_str(text)
            .map_err(|error| {
                let line = error.span().map_or(0, |span| line_at(text, span.start) - 1);
                self.fault(file, first_line + line, error.message().to_owned());
            })
            .ok()
    }

    fn document<T: DeserializeOwned>(&mut self, file: PathBuf) -> Option<Document<T>> {
        let text = self.text(&file)?;
        let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
        let Some((head, body)) = parts else {
            self.fault(&file, 1, "must begin with front matter between two lines of +++");
            return None;
        };
        let body_line = head.lines().count() + 3;
        let (head_text, body) = (head.to_owned(), body.to_owned());
        let head = self.toml(&file, &head_text, 2)?;
        Some(Document { file, head, body, body_line, head_text })
    }

    fn html<T>(&mut self, document: &Document<T>) -> String {
        if document.body.trim().is_empty() {
            self.fault(&document.file, document.body_line, "has no text");
        }
        let folder = document.file.parent().unwrap_or(Path::new("")).to_owned();
        let mut pictures = Vec::new();
        let rendered = {
            let pictures = std::cell::RefCell::new(&mut pictures);
            markdown::page(&document.body, |name| {
                let (hash, picture) = picture(&folder, name)?;
                pictures.borrow_mut().push((hash.clone(), picture));
                Ok(format!("/media/{hash}.svg"))
            })
        };
        self.pictures.extend(pictures);
        for (line, what) in rendered.faults {
            self.fault(&document.file, document.body_line + line - 1, what);
        }
        rendered.html
    }

    fn course(&mut self, folder: &Path) -> Option<Course> {
        let document: Document<CourseHead> = self.document(folder.join("course.md"))?;
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let slug = self.slug(&document.file, name)?;
        // A learner's record has this address.
        if slug.as_str() == "record" {
            self.fault(&document.file, 1, "the address \"record\" is taken");
        }
        let framework = folder.with_file_name("frameworks").join(format!("{}.toml", document.head.framework));
        let text = self.text(&framework)?;
        let framework: Framework = self.toml(&framework, &text, 1)?;
        let intro_html = self.html(&document);
        let modules: Vec<_> =
            document.head.modules.iter().filter_map(|name| self.module(folder, name, &framework)).collect();
        for (n, name) in document.head.modules.iter().enumerate() {
            // Pages of the course have these addresses.
            if TAKEN.contains(&name.as_str()) {
                let line = document.line_of(&format!("{name:?}"));
                self.fault(&document.file, line, format!("the address {name:?} is taken"));
            }
            if document.head.modules[..n].contains(name) {
                self.fault(
                    &document.file,
                    document.line_of(name),
                    format!("the module {name:?} is listed twice"),
                );
            }
        }
        let terms = self.terms(&folder.join("glossary.toml"), &modules);
        let CourseHead { title, summary, .. } = document.head;
        let pictures = std::mem::take(&mut self.pictures);
        Some(Course { slug, title, summary, intro_html, framework, modules, terms, pictures })
    }

    /// None for a course without a glossary.
    fn terms(&mut self, file: &Path, modules: &[Module]) -> Vec<Term> {
        if !file.exists() {
            return Vec::new();
        }
        let Some(text) = self.text(file) else { return Vec::new() };
        glossary::read(&text, modules).unwrap_or_else(|faults| {
            faults.into_iter().for_each(|(line, what)| self.fault(file, line, what));
            Vec::new()
        })
    }

    fn module(&mut self, course: &Path, name: &str, framework: &Framework) -> Option<Module> {
        let folder = course.join(name);
        let document: Document<ModuleHead> = self.document(folder.join("module.md"))?;
        let slug = self.slug(&document.file, name)?;
        let intro_html = self.html(&document);
        if !(1..=100).contains(&document.head.pass_mark) {
            self.fault(
                &document.file,
                document.line_of("pass_mark"),
                "pass_mark is a percentage from 1 to 100",
            );
        }
        for id in &document.head.competencies {
            if !framework.competency.iter().any(|competency| competency.id == *id) {
                self.fault(
                    &document.file,
                    document.line_of("competencies"),
                    format!("{} has no competency {id:?}", framework.id),
                );
            }
        }
        let pages = self.pages(&folder);
        let check_file = folder.join("check.toml");
        let slugs: Vec<_> = pages.iter().map(|page| page.slug.as_str()).collect();
        let check = self.text(&check_file).and_then(|text| {
            let read = check::read(&text, &slugs);
            read.map_err(|faults| {
                faults.into_iter().for_each(|(line, what)| self.fault(&check_file, line, what))
            })
            .ok()
        })?;
        let check::Check { asked, questions } = check;
        let ModuleHead { title, summary, minutes, pass_mark, competencies } = document.head;
        Some(Module {
            slug,
            title,
            summary,
            intro_html,
            minutes,
            pass_mark,
            competencies,
            pages,
            asked,
            questions,
        })
    }

    /// `01-first.md`, `02-second.md`, …: the number gives the position, the rest the address.
    fn pages(&mut self, folder: &Path) -> Vec<Page> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".md") && name != "module.md")
            .collect();
        names.sort();
        if names.is_empty() {
            self.fault(&folder.join("module.md"), 1, "the module has no pages");
        }
        let mut pages: Vec<Page> = Vec::new();
        for name in names {
            let file = folder.join(&name);
            let numbered =
                name.trim_end_matches(".md").split_once('-').filter(|(n, _)| n.parse::<u16>().is_ok());
            let Some((_, slug)) = numbered else {
                self.fault(&file, 1, "a page's file is named like 01-first-page.md");
                continue;
            };
            let (Some(slug), Some(document)) =
                (self.slug(&file, slug), self.document::<PageHead>(file.clone()))
            else {
                continue;
            };
            // The check has this address, and the module to print.
            if matches!(slug.as_str(), "check" | "print") || pages.iter().any(|page| page.slug == slug) {
                self.fault(&file, 1, format!("the address {slug:?} is taken"));
            }
            let html = self.html(&document);
            let about_html = document.head.about().unwrap_or_else(|(key, what)| {
                self.fault(&file, document.line_of(key), what);
                String::new()
            });
            pages.push(Page { slug, title: document.head.title, html, about_html });
        }
        pages
    }
}

/// Reads a figure and names it by its content. Only an SVG that can do nothing but be shown.
fn picture(folder: &Path, name: &str) -> Result<(String, Picture), String> {
    if name.contains(['/', '\\']) || !name.ends_with(".svg") {
        return Err(format!("the picture {name:?} must be an SVG file in the module's own folder"));
    }
    let body = fs::read(folder.join(name))
        .map_err(|error| format!("the picture {name:?} cannot be read: {error}"))?;
    let text = String::from_utf8_lossy(&body).to_lowercase();
    for banned in
        ["<script", "<foreignobject", "<style", "style=", "href=", "<!entity", " onload", " onclick"]
    {
        if text.contains(banned) {
            return Err(format!("the picture {name:?} contains {banned:?}, which is not taken"));
        }
    }
    let hash: String =
        crate::kit::random::hash(&body).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Ok((hash, Picture { content_type: "image/svg+xml", body }))
}
