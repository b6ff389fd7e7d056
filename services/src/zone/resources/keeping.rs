//! A link or a file of a form: checked, scanned, and kept in the store before the transaction that names it. What no transaction names, a job
//! destroys.

use domain::{
    FieldProblem, Problem,
    zone::resources::{CaptionLanguage, FileType, MOST_CAPTION_BYTES, ResourceKind, megabytes},
};
use sqlx::PgConnection;
use url::Url;
use uuid::Uuid;

use super::{Problems, captions, content::recognise, in_words, link, video};
use crate::{
    Error, Result, Services,
    kit::{files, random::hash},
    zone::pictures,
};

const LONGEST_ALT: usize = 500;
/// The longer side of an image that is kept, in pixels.
const LONGEST_SIDE: u32 = 2400;

/// A link or a file as it was sent: one of the two is empty.
#[derive(Debug, Default)]
pub struct NewVersion {
    pub url: String,
    pub file: Vec<u8>,
    /// For a video.
    pub captions: Vec<u8>,
    /// The tag of their language. A form that does not ask for it is of the version before: English.
    pub language: String,
    /// For an image.
    pub alt: String,
}

/// What was sent, and is right.
#[derive(Debug)]
pub(super) enum Checked {
    Link(Url),
    File { kind: FileType, bytes: Vec<u8>, alt: Option<String>, captions: Option<(Vec<u8>, CaptionLanguage)> },
}

impl Checked {
    pub(super) fn kind(&self) -> ResourceKind {
        match self {
            Self::Link(_) => ResourceKind::Link,
            Self::File { kind, .. } => kind.kind(),
        }
    }

    /// What tells it from other contents: the work of a core for a while.
    pub(super) fn digest(&self) -> Vec<u8> {
        match self {
            Self::Link(url) => hash(url.as_str()),
            Self::File { bytes, alt, captions, .. } => [
                hash(bytes),
                hash(alt.as_deref().unwrap_or_default()),
                hash(captions.as_ref().map(|(text, _)| text.as_slice()).unwrap_or_default()),
                hash(captions.as_ref().map(|(_, language)| language.tag()).unwrap_or_default()),
            ]
            .concat(),
        }
    }
}

impl NewVersion {
    /// The work of a core for a while: it runs in a slot for heavy work.
    pub(super) fn check(self) -> std::result::Result<Checked, Vec<FieldProblem>> {
        let wrong = |field: &str, problem| Err(vec![FieldProblem::new(field, problem)]);
        match (self.url.trim().is_empty(), self.file.is_empty()) {
            (true, true) => return wrong("url", in_words("Enter a web address, or choose a file")),
            (false, false) => {
                return wrong("file", in_words("Give a web address or a file, and not both"));
            }
            (false, true) => {
                return link(&self.url).map(Checked::Link).or_else(|problem| wrong("url", problem));
            }
            (true, false) => {}
        }
        let kind = match recognise(&self.file) {
            Ok(kind) => kind,
            Err(problem) => return wrong("file", problem),
        };
        if self.file.len() > kind.most_bytes() {
            return wrong("file", too_long(kind.most_bytes()));
        }
        let mut problems = Problems::default();
        let file = match kind.kind() {
            ResourceKind::Image => problems.take("file", drawn_anew(&self.file)),
            ResourceKind::Video => problems.take("file", video::without_metadata(kind, self.file)),
            _ => Some((kind, self.file)),
        };
        let captions = match kind.kind() {
            ResourceKind::Video => {
                let text = problems.take("captions", captions_of(self.captions));
                text.zip(problems.take("captions_language", language_of(&self.language))).map(Some)
            }
            _ => Some(None),
        };
        let alt = match kind.kind() {
            ResourceKind::Image => problems.take("alt", alt_of(&self.alt).map(Some)),
            _ => Some(None),
        };
        let checked = file.zip(captions).zip(alt);
        let checked =
            checked.map(|(((kind, bytes), captions), alt)| Checked::File { kind, bytes, alt, captions });
        problems.or_list(checked)
    }
}

pub(super) fn too_long(most: usize) -> Problem {
    in_words(format!("Choose a smaller file: at most {} MB", megabytes(most)))
}

fn captions_of(bytes: Vec<u8>) -> std::result::Result<Vec<u8>, Problem> {
    if bytes.is_empty() {
        return Err(in_words("Choose the captions of the video too, as WebVTT, and the video again"));
    }
    if bytes.len() > MOST_CAPTION_BYTES {
        return Err(too_long(MOST_CAPTION_BYTES));
    }
    captions::check(&bytes)?;
    Ok(bytes)
}

fn language_of(tag: &str) -> std::result::Result<CaptionLanguage, Problem> {
    match tag {
        "" => Ok(CaptionLanguage::default()),
        tag => CaptionLanguage::read(tag).ok_or(Problem::ChoiceMissing),
    }
}

fn alt_of(text: &str) -> std::result::Result<String, Problem> {
    let text = domain::visible(text);
    let fits = (1..=LONGEST_ALT).contains(&text.chars().count());
    if fits {
        Ok(text)
    } else {
        Err(in_words("Say what the image shows, in at most 500 characters, for people who do not see it"))
    }
}

/// The image without anything that the camera has written into it, like the place where it was taken.
fn drawn_anew(bytes: &[u8]) -> std::result::Result<(FileType, Vec<u8>), Problem> {
    Ok((FileType::Jpg, pictures::whole(bytes, LONGEST_SIDE)?))
}

/// What the row of a version says of its contents.
#[derive(Debug)]
pub(super) struct Kept {
    pub kind: ResourceKind,
    pub url: Option<String>,
    pub key: Option<Uuid>,
    pub file_type: Option<FileType>,
    pub bytes: Option<i32>,
    pub alt: Option<String>,
    pub captions: Option<(Uuid, CaptionLanguage)>,
}

impl Kept {
    /// The row of this transaction names its files from now on.
    pub(super) async fn named(&self, db: &mut PgConnection) -> Result<()> {
        for key in [self.key, self.captions.map(|(key, _)| key)].into_iter().flatten() {
            files::named(db, key).await?;
        }
        Ok(())
    }
}

/// Scans and stores a file, if it is one. [`Kept::named`] keeps it for good.
///
/// # Errors
/// [`Problem::InWords`] on `file` or `captions` for what the scanner refuses; those of the store.
pub(super) async fn keep(services: &Services, checked: Checked) -> Result<Kept> {
    let kind = checked.kind();
    match checked {
        Checked::Link(url) => Ok(Kept {
            kind,
            url: Some(url.into()),
            key: None,
            file_type: None,
            bytes: None,
            alt: None,
            captions: None,
        }),
        Checked::File { kind: file_type, bytes, alt, captions } => {
            scan(services, "file", &bytes).await?;
            if let Some((text, _)) = &captions {
                scan(services, "captions", text).await?;
            }
            let length = i32::try_from(bytes.len()).map_err(Error::failed)?;
            let key = files::keep(services, bytes).await?;
            let captions = match captions {
                Some((text, language)) => Some((files::keep(services, text).await?, language)),
                None => None,
            };
            Ok(Kept {
                kind,
                url: None,
                key: Some(key),
                file_type: Some(file_type),
                bytes: Some(length),
                alt,
                captions,
            })
        }
    }
}

async fn scan(services: &Services, field: &str, bytes: &[u8]) -> Result<()> {
    services.scanner.scan(bytes).await.map_err(|problem| Error::invalid(field, problem))
}
