use serde::{Deserialize, Serialize};

use super::ResourceKind;

/// The largest file that is taken, in bytes.
pub const MOST_BYTES: usize = 25_000_000;
/// The same for a video. It is held in the memory while it arrives.
pub const MOST_VIDEO_BYTES: usize = 50_000_000;
/// The same for the captions of a video.
pub const MOST_CAPTION_BYTES: usize = 1_000_000;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileType {
    Pdf,
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Ods,
    Odp,
    Png,
    Jpg,
    Webp,
    Mp4,
    Webm,
}

impl FileType {
    pub const ALL: [Self; 12] = [
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Png,
        Self::Jpg,
        Self::Webp,
        Self::Mp4,
        Self::Webm,
    ];

    /// As stored, and the end of its name when it is downloaded.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Odp => "odp",
            Self::Png => "png",
            Self::Jpg => "jpg",
            Self::Webp => "webp",
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == text)
    }

    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Png => "image/png",
            Self::Jpg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Docx => "Word document",
            Self::Xlsx => "Excel workbook",
            Self::Pptx => "PowerPoint presentation",
            Self::Odt => "OpenDocument text",
            Self::Ods => "OpenDocument spreadsheet",
            Self::Odp => "OpenDocument presentation",
            Self::Png => "PNG image",
            Self::Jpg => "JPEG image",
            Self::Webp => "WebP image",
            Self::Mp4 => "MP4 video",
            Self::Webm => "WebM video",
        }
    }

    #[must_use]
    pub fn kind(self) -> ResourceKind {
        match self {
            Self::Png | Self::Jpg | Self::Webp => ResourceKind::Image,
            Self::Mp4 | Self::Webm => ResourceKind::Video,
            _ => ResourceKind::Document,
        }
    }

    /// The largest that is taken, in bytes.
    #[must_use]
    pub fn most_bytes(self) -> usize {
        if self.kind() == ResourceKind::Video { MOST_VIDEO_BYTES } else { MOST_BYTES }
    }
}

/// A limit in whole megabytes, for a sentence.
#[must_use]
pub fn megabytes(bytes: usize) -> usize {
    bytes / 1_000_000
}

/// A size as people read it: "900 bytes", "12 kB", "1.4 MB".
#[must_use]
pub fn size(bytes: u32) -> String {
    if bytes == 1 {
        return "1 byte".to_owned();
    }
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_as_it_is_written() {
        for kind in FileType::ALL {
            assert_eq!(FileType::parse(kind.extension()), Some(kind));
        }
        assert_eq!(FileType::parse("exe"), None);
    }

    #[test]
    fn a_size_is_in_the_unit_that_people_read() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (999_999, "999 kB"),
            (1_000_000, "1.0 MB"),
            (49_990_000, "49.9 MB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }
}
