//! The fields of a record, and the article found among them.

use std::sync::Arc;

/// The fields of a record in their order.
///
/// The names are shared by all records of a file with a header. A JSON value that is no string
/// is kept as JSON text. Formats without fields (a text, a web page) have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Names of the columns or fields.
    pub names: Arc<Vec<String>>,
    /// The values, one a name.
    pub values: Vec<String>,
}
