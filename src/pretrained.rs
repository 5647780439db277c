//! The model inside the binary.

use bytes::Bytes;

use crate::classifier::TopicClassifier;
use crate::model_file;

static MODEL: &[u8] = include_bytes!("../models/policy-news.model");

impl TopicClassifier {
    /// The model inside the library: export controls, critical minerals, tariffs, defense.
    pub fn pretrained() -> Self {
        // Its checksum and contents are verified by a test, not at every start: one article is to
        // be answered in milliseconds.
        match model_file::read(Bytes::from_static(MODEL), true) {
            Ok(classifier) => classifier,
            Err(error) => unreachable!("the embedded model is verified by a test: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_passes_every_check() {
        let checked = model_file::read(Bytes::from_static(MODEL), false).unwrap();
        assert_eq!(
            checked.labels(),
            ["export_controls", "critical_minerals", "tariffs", "defense"]
        );
        assert!(
            checked.to_bytes().unwrap() == MODEL,
            "reading and writing changes the bytes"
        );
    }
}
