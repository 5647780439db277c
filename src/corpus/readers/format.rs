//! The formats there are.

use std::fmt;
use std::path::Path;

use encoding_rs::Encoding;

use super::{Columns, RecordIter, Source};
use crate::error::Result;

/// A format: what it is called, how it is recognised, and how its records are read.
///
/// A new format is one file with a type of this trait, named in [`READERS`].
pub(super) trait Reader: Sync {
    /// The name by which it is asked for.
    fn name(&self) -> &'static str;

    /// Ends of the names of its files, without the dot.
    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether an input without a telling name begins like this format.
    fn recognises(&self, _head: &[u8]) -> bool {
        false
    }

    /// Whether the first bytes must be looked at before the reading begins.
    fn needs_head(&self) -> bool {
        false
    }

    /// Encoding that the first bytes declare.
    fn declared_encoding(&self, _head: &[u8]) -> Option<&'static Encoding> {
        None
    }

    /// The records of a source.
    fn read(&self, source: Source, columns: &Columns) -> Result<RecordIter>;
}

/// All formats; the first is that of an input nothing is known of.
static READERS: &[&dyn Reader] = &[
    &super::text::Text,
    &super::csv::CSV,
    &super::csv::TSV,
    &super::jsonl::Jsonl,
    #[cfg(feature = "html")]
    &super::html::Html,
    &super::fasttext::FastText,
    &super::prodigy::Prodigy,
    &super::annif::Annif,
    &super::annif::AnnifTsv,
];

/// A format of input, such as `csv`.
///
/// ```
/// use newstopics::corpus::readers::Format;
///
/// let format = Format::of_path("news.csv.gz".as_ref());
/// assert_eq!(format, Format::named("csv"));
/// assert_eq!(Format::of_path("news.pdf".as_ref()), None);
/// ```
#[derive(Clone, Copy)]
pub struct Format(&'static dyn Reader);

impl Format {
    /// All formats.
    pub fn all() -> impl Iterator<Item = Self> {
        READERS.iter().map(|&reader| Self(reader))
    }

    /// The format of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name() == name)
    }

    /// The format of a file by the end of its name, `.gz` and `.zst` left aside.
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = [".gz", ".zst"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(&name);
        let (stem, extension) = name.rsplit_once('.')?;
        Self::all().find(|f| !stem.is_empty() && f.0.extensions().contains(&extension))
    }

    /// The format that an input begins like.
    pub(super) fn recognised(head: &[u8]) -> Self {
        Self::all()
            .find(|format| format.0.recognises(head))
            .unwrap_or(Self(READERS[0]))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    pub(super) fn reader(self) -> &'static dyn Reader {
        self.0
    }

    /// All ends of names, for an error.
    pub(super) fn extensions_in_words() -> String {
        let ends: Vec<String> = Self::all()
            .flat_map(|format| format.0.extensions())
            .map(|end| format!(".{end}"))
            .collect();
        let (last, others) = ends.split_last().map_or(("", &[][..]), |(l, o)| (l, o));
        format!("{} or {last}", others.join(", "))
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({})", self.name())
    }
}
