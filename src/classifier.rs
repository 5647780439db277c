//! The classifier: vectoriser, model, calibration and thresholds behind one door.

use serde::Serialize;

use crate::corpus::{Document, Fingerprints};
use crate::error::{Error, Result};
use crate::features::{Analysis, SparseVector, TfidfVectorizer, Transformer};
use crate::language;
use crate::model::{PrecisionPoint, Task};
use crate::model_info::ModelInfo;
use crate::packed::Packed;

/// Something about an article that makes its labels less trustworthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// The article has no words at all: the scores are the model's base rates.
    NoWords,
    /// Few of the article's words are known to the model.
    FewKnownWords,
    /// The article is in a language that the model was hardly trained on.
    UnknownLanguage,
}

impl Warning {
    /// The warning in words.
    pub fn message(self) -> &'static str {
        match self {
            Self::NoWords => "no words in the text",
            Self::FewKnownWords => "few known words",
            Self::UnknownLanguage => "language the model was not trained on",
        }
    }
}

/// What the model says of an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// Probability of each label, in the model's order.
    pub scores: Vec<f64>,
    /// The labels given: indices into the model's labels, the most probable first.
    pub labels: Vec<usize>,
    /// The article's language (ISO 639-1), if it could be told.
    pub language: Option<&'static str>,
    /// Reasons to doubt.
    pub warnings: Vec<Warning>,
}

/// How labels are chosen from probabilities, where the model's own way is not wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// One threshold for all labels.
    pub threshold: Option<f64>,
    /// The k most probable labels, whatever their probability (with a threshold: those of them
    /// that reach it).
    pub top_k: Option<usize>,
    /// Thresholds with at least this out-of-fold precision, between 0.80 and 0.99.
    pub target_precision: Option<f64>,
}

/// Words known less than this share of the time make [`Warning::FewKnownWords`].
const LEAST_KNOWN: f64 = 0.5;

/// A trained model that classifies articles.
///
/// ```
/// use newstopics::TopicClassifier;
///
/// let classifier = TopicClassifier::pretrained();
/// let prediction = classifier.predict("Die EU-Kommission verhängt Antidumpingzölle auf Stahl aus China.");
/// assert_eq!(classifier.label_names(&prediction), ["tariffs"]);
/// ```
#[derive(Debug, Clone)]
pub struct TopicClassifier {
    pub(crate) info: ModelInfo,
    pub(crate) vectorizer: TfidfVectorizer,
    /// Of the training articles.
    pub(crate) fingerprints: Fingerprints,
    /// Feature by feature, all labels together.
    pub(crate) weights: Packed<f32>,
}

impl TopicClassifier {
    /// What the model is and where it comes from.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// The labels in the model's order.
    pub fn labels(&self) -> &[String] {
        &self.info.labels
    }

    /// The fitted vectoriser.
    pub fn vectorizer(&self) -> &TfidfVectorizer {
        &self.vectorizer
    }

    /// Fingerprints of the articles it was trained on.
    pub fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// Weight of a feature for a label.
    ///
    /// # Panics
    /// When feature or label are out of range.
    pub fn weight(&self, feature: usize, label: usize) -> f32 {
        assert!(label < self.labels().len(), "no label {label}");
        self.weights.get(feature * self.labels().len() + label)
    }

    /// Something that classifies article after article, fast; one for each thread.
    pub fn predictor(&self) -> Predictor<'_> {
        let (thresholds, limit) = match self.info.task {
            Task::MultiLabel => (Some(self.own_thresholds()), usize::MAX),
            Task::MultiClass => (None, 1),
        };
        Predictor {
            classifier: self,
            transformer: self.vectorizer.transformer(),
            thresholds,
            limit,
        }
    }

    /// Classifies one text without a title.
    pub fn predict(&self, text: &str) -> Prediction {
        self.predictor().predict("", text)
    }

    /// Classifies one article.
    pub fn predict_document(&self, document: &Document) -> Prediction {
        self.predictor().predict(document.title(), &document.text)
    }

    /// Names of the labels given to an article, the most probable first.
    pub fn label_names(&self, prediction: &Prediction) -> Vec<&str> {
        prediction
            .labels
            .iter()
            .map(|&label| self.labels()[label].as_str())
            .collect()
    }

    /// Decision values of a vector: intercept plus weights times values, one a label.
    pub fn decision_function(&self, vector: &SparseVector) -> Vec<f64> {
        self.decision(|| vector.iter())
    }

    /// Decision values of the features and values that an iterator gives whenever it is asked for.
    fn decision<I: Iterator<Item = (usize, f32)>>(&self, features: impl Fn() -> I) -> Vec<f64> {
        let mut decision = self.info.intercepts.clone();
        let mut first = 0;
        // Four sums at a time stay in registers.
        while first < decision.len() {
            let labels = (decision.len() - first).min(4);
            let out = &mut decision[first..first + labels];
            match labels {
                1 => self.add_products::<1>(features(), first, out),
                2 => self.add_products::<2>(features(), first, out),
                3 => self.add_products::<3>(features(), first, out),
                _ => self.add_products::<4>(features(), first, out),
            }
            first += labels;
        }
        decision
    }

    /// Adds the products of values with the weights of N labels from the label `first` on.
    fn add_products<const N: usize>(
        &self,
        features: impl Iterator<Item = (usize, f32)>,
        first: usize,
        out: &mut [f64],
    ) {
        let n_labels = self.labels().len();
        let mut sums = [0.0_f64; N];
        for (feature, value) in features {
            let weights: [f32; N] = self.weights.array(feature * n_labels + first);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += f64::from(value) * f64::from(weight);
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out += sum;
        }
    }

    /// Calibrated probabilities of a vector, one a label.
    pub fn predict_proba(&self, vector: &SparseVector) -> Vec<f64> {
        self.calibrated(self.decision_function(vector))
    }

    fn calibrated(&self, mut values: Vec<f64>) -> Vec<f64> {
        self.info.calibration.apply(self.info.task, &mut values);
        values
    }

    /// The share of training articles that carry each label.
    pub fn base_rates(&self) -> Vec<f64> {
        let provenance = &self.info.provenance;
        provenance
            .label_counts
            .iter()
            .map(|&count| count as f64 / provenance.articles.max(1) as f64)
            .collect()
    }

    /// The threshold of each label under a decision, `None` where nothing reaches the precision
    /// that is asked for. Errors: see [`Predictor::with_decision`].
    pub fn thresholds(&self, decision: &Decision) -> Result<Vec<Option<f64>>> {
        if let Some(threshold) = decision.threshold {
            if !(0.0..=1.0).contains(&threshold) {
                return Err(Error::usage(format!(
                    "found the threshold {threshold}, expected a number from 0 to 1"
                )));
            }
            return Ok(vec![Some(threshold); self.labels().len()]);
        }
        let Some(target) = decision.target_precision else {
            return Ok(self.own_thresholds());
        };
        Ok(self
            .precision_points(target)?
            .into_iter()
            .map(|point| point.threshold)
            .collect())
    }

    fn own_thresholds(&self) -> Vec<Option<f64>> {
        self.info.thresholds.iter().copied().map(Some).collect()
    }

    /// For each label what is known of the least precision at or above `target`.
    ///
    /// Errors: a target outside 0.80 to 0.99; a model without out-of-fold scores, or multi-class.
    pub fn precision_points(&self, target: f64) -> Result<Vec<PrecisionPoint>> {
        if !(0.8..=0.99).contains(&target) {
            return Err(Error::usage(format!(
                "found the target precision {target}, expected a number from 0.80 to 0.99"
            )));
        }
        if self.info.precision_points.is_empty() {
            return Err(Error::usage(
                "the model has no thresholds for precisions: they come from cross-validation of a multi-label model (train with --folds 5)",
            ));
        }
        Ok(self
            .info
            .precision_points
            .iter()
            .filter_map(|points| points.iter().find(|p| p.target >= target - 1e-9))
            .copied()
            .collect())
    }
}

/// Classifies articles one after another (see [`TopicClassifier::predictor`]).
#[derive(Debug, Clone)]
pub struct Predictor<'c> {
    classifier: &'c TopicClassifier,
    pub(crate) transformer: Transformer<'c>,
    /// The threshold of each label, `None` where it is never given; without thresholds every
    /// label qualifies.
    thresholds: Option<Vec<Option<f64>>>,
    /// Most labels an article is given.
    limit: usize,
}

impl Predictor<'_> {
    /// Chooses labels in another way than the model's own.
    ///
    /// Errors: a threshold outside 0 to 1, a target precision the model has no thresholds for,
    /// `top_k` of 0.
    pub fn with_decision(mut self, decision: Decision) -> Result<Self> {
        let thresholds = self.classifier.thresholds(&decision)?;
        if decision.top_k == Some(0) {
            return Err(Error::usage("found --top-k 0, expected at least 1"));
        }
        if decision == Decision::default() {
            return Ok(self);
        }
        let asks_for_thresholds =
            decision.threshold.is_some() || decision.target_precision.is_some();
        self.thresholds = asks_for_thresholds.then_some(thresholds);
        self.limit = decision.top_k.unwrap_or(usize::MAX);
        Ok(self)
    }

    /// Classifies one article; an article without words gets the base rates and no label.
    pub fn predict(&mut self, title: &str, text: &str) -> Prediction {
        let (features, analysis) = self.transformer.analyse_unordered(title, text);
        if analysis.words == 0 {
            return Prediction {
                scores: self.classifier.base_rates(),
                labels: Vec::new(),
                language: None,
                warnings: vec![Warning::NoWords],
            };
        }
        let decision = self.classifier.decision(|| features.iter());
        let scores = self.classifier.calibrated(decision);
        let language = language::detect(title, text);
        Prediction {
            labels: self.decide(&scores),
            warnings: self.warnings(analysis, language),
            language,
            scores,
        }
    }

    fn warnings(&self, analysis: Analysis, language: Option<&'static str>) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if (analysis.known_words as f64) < LEAST_KNOWN * analysis.words as f64 {
            warnings.push(Warning::FewKnownWords);
        }
        let provenance = &self.classifier.info.provenance;
        let trained_on = |language: &str| {
            provenance
                .languages
                .iter()
                .any(|(name, count)| name == language && count * 50 >= provenance.articles)
        };
        if language.is_some_and(|language| !trained_on(language)) {
            warnings.push(Warning::UnknownLanguage);
        }
        warnings
    }

    /// The labels that probabilities earn, the most probable first.
    fn decide(&self, scores: &[f64]) -> Vec<usize> {
        let mut ranked: Vec<usize> = (0..scores.len()).collect();
        ranked.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        if let Some(thresholds) = &self.thresholds {
            ranked.retain(|&l| thresholds[l].is_some_and(|t| scores[l] >= t));
        }
        ranked.truncate(self.limit);
        ranked
    }
}
