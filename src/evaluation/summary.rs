//! Where data and model come from, for reports.

use serde::Serialize;

use crate::classifier::TopicClassifier;
use crate::corpus::{DataFile, Dataset};
use crate::features::TfidfParams;
use crate::model::ValidLogisticParams;

/// The evaluated articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataSummary {
    /// The files.
    pub files: Vec<DataFile>,
    /// Number of articles.
    pub articles: usize,
    /// Number of articles without a label.
    pub without_labels: usize,
    /// How often each language occurs, the most frequent first.
    pub languages: Vec<(String, usize)>,
}

impl DataSummary {
    pub(super) fn new(data: &Dataset, languages: &[String]) -> Self {
        Self {
            files: data.files.clone(),
            articles: data.len(),
            without_labels: data.labels.iter().filter(|l| l.is_empty()).count(),
            languages: crate::language::count(languages),
        }
    }
}

/// The evaluated model, or how the models of a cross-validation were trained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelSummary {
    /// What it is called: a file's name, or words for a model that has none.
    pub name: String,
    /// Version of the program that trained it.
    pub program_version: String,
    /// The training files.
    pub files: Vec<DataFile>,
    /// Number of training articles.
    pub articles: usize,
    /// Settings of the training, by the names of the command line.
    pub settings: Vec<(String, String)>,
}

impl ModelSummary {
    pub(super) fn of_model(classifier: &TopicClassifier, name: &str) -> Self {
        let info = classifier.info();
        let from = &info.provenance;
        let mut settings = feature_settings(&info.features);
        settings.extend([
            setting("c", from.c),
            setting(
                "class-weight",
                format!("{:?}", from.class_weight).to_lowercase(),
            ),
            setting("log-ratio-exponent", from.log_ratio_exponent),
            setting("solver", format!("{:?}", from.solver).to_lowercase()),
            setting("folds", from.folds),
            setting("f-beta", from.beta),
            setting("seed", from.seed),
        ]);
        Self {
            name: name.to_owned(),
            program_version: from.program_version.clone(),
            files: from.files.clone(),
            articles: from.articles,
            settings,
        }
    }

    pub(super) fn of_training(
        data: &Dataset,
        trainer: &crate::Trainer,
        params: &ValidLogisticParams,
    ) -> Self {
        let mut settings = feature_settings(&trainer.features);
        settings.extend([
            setting("c", params.c),
            setting(
                "class-weight",
                format!("{:?}", params.class_weight).to_lowercase(),
            ),
            setting("log-ratio-exponent", params.log_ratio_exponent),
            setting("solver", format!("{:?}", params.solver).to_lowercase()),
            setting("folds", trainer.folds),
            setting("f-beta", trainer.beta),
            setting("seed", trainer.seed),
        ]);
        Self {
            name: "cross-validation, no model kept".to_owned(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            files: data.files.clone(),
            articles: data.len(),
            settings,
        }
    }
}

fn feature_settings(params: &TfidfParams) -> Vec<(String, String)> {
    let range = |range: Option<crate::text::NgramRange>| {
        range.map_or("none".to_owned(), |range| range.to_string())
    };
    vec![
        setting("word-ngrams", range(params.word_ngrams)),
        setting("char-ngrams", range(params.char_ngrams)),
        setting("min-df", params.min_df),
        setting(
            "max-features",
            params
                .max_features
                .map_or("all".to_owned(), |n| n.to_string()),
        ),
        setting("title-weight", params.title_weight),
        setting("char-weight", params.char_weight),
    ]
}

fn setting(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}
