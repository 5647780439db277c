//! From labelled articles to a classifier.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::classifier::TopicClassifier;
use crate::corpus::{Dataset, Fingerprints, Folds, Groups, assign_folds};
use crate::decision_rule::{DecisionRule, nested};
use crate::error::{Error, Result};
use crate::features::{TfidfParams, TfidfVectorizer};
use crate::language;
use crate::matrix::TfidfMatrix;
use crate::metrics::{ClassificationReport, Evaluated};
use crate::model::{CrossFit, LogisticParams, Targets, Task, ValidLogisticParams, cross_fit};
use crate::model_info::{MAX_LABELS, ModelInfo, Provenance};
use linfa::ParamGuard;

/// Settings of the training; the defaults are those of the command line.
///
/// ```
/// use newstopics::corpus::{Dataset, Document};
/// use newstopics::Trainer;
///
/// let mut data = Dataset::default();
/// for (text, label) in [
///     ("steel duties rise", "tariffs"), ("duties on steel and cars", "tariffs"),
///     ("army buys tanks", "defense"), ("tanks for the army", "defense"),
/// ] {
///     data.push(Document::new("", "", text), vec![label.to_owned()]);
/// }
/// let trained = Trainer { folds: 0, ..Trainer::default() }.fit(&data)?;
/// let prediction = trained.classifier.predict("more duties on steel");
/// assert_eq!(trained.classifier.label_names(&prediction), ["tariffs"]);
/// # Ok::<(), newstopics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Trainer {
    /// Settings of the vectoriser.
    pub features: TfidfParams,
    /// Settings of the logistic model.
    pub model: LogisticParams,
    /// How the labels relate; `None`: multi-class when every article has exactly one label.
    pub task: Option<Task>,
    /// The labels and their order; `None`: all labels of the data, sorted.
    pub labels: Option<Vec<String>>,
    /// Folds of the cross-validation that calibrates probabilities and chooses thresholds;
    /// 0 for one fit only, with raw probabilities and thresholds of 0.5.
    pub folds: usize,
    /// Thresholds maximise the out-of-fold F-beta: 1 is F1, below 1 precision counts more than
    /// recall; above 0, at most 10.
    pub beta: f64,
    /// Seed of the folds.
    pub seed: u64,
}

impl Default for Trainer {
    fn default() -> Self {
        Self {
            features: TfidfParams::default(),
            model: LogisticParams::default()
                .c(Self::C)
                .log_ratio_exponent(Self::LOG_RATIO_EXPONENT),
            task: None,
            labels: None,
            folds: 5,
            beta: 1.0,
            seed: 0,
        }
    }
}

/// A trained classifier and what was learnt about it on the way.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The classifier.
    pub classifier: TopicClassifier,
    /// Figures of the out-of-fold decisions, with cross-validation. Calibration and thresholds of
    /// each fold come from the other folds; the model's own come from all.
    pub out_of_fold: Option<ClassificationReport>,
    /// The same for each language of at least a fiftieth of the articles.
    pub by_language: Vec<(String, ClassificationReport)>,
    /// What every article was out-of-fold, in the order of the data.
    pub evaluated: Vec<Evaluated>,
    /// What the user should know: rare labels, fits that did not converge.
    pub warnings: Vec<String>,
}

/// What a training is at, for those who wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Near-duplicates are found, and the articles become TF-IDF vectors.
    Features,
    /// The model is fitted to all articles and without each fold.
    Fits,
    /// Calibration, thresholds and figures are made of the out-of-fold scores.
    Figures,
}

impl Trainer {
    /// The default inverse strength of the regularisation.
    pub const C: f64 = 30.0;
    /// The default exponent of the log-count-ratio priors. Against 0 it gained 0.6 to 2 points of
    /// accuracy or F1 on 20 Newsgroups, Reuters-90, 10kGNAD and AG News, and on this project's
    /// corpus.
    pub const LOG_RATIO_EXPONENT: f64 = 0.5;

    /// Trains a classifier.
    ///
    /// Errors: wrong settings; no article, label or feature; labels that are not in `labels`;
    /// multi-class data with an article of no or several labels, or with a single class; more
    /// than a fifth of the labels with one example only.
    pub fn fit(&self, data: &Dataset) -> Result<Trained> {
        self.fit_watched(data, |_| ())
    }

    /// Trains a classifier as [`Trainer::fit`] does, and tells at the beginning of each stage
    /// which one it is.
    ///
    /// ```
    /// # use newstopics::corpus::{Dataset, Document};
    /// # use newstopics::{Stage, Trainer};
    /// # let mut data = Dataset::default();
    /// # for (text, label) in [
    /// #     ("steel duties rise", "tariffs"), ("duties on steel and cars", "tariffs"),
    /// #     ("army buys tanks", "defense"), ("tanks for the army", "defense"),
    /// # ] {
    /// #     data.push(Document::new("", "", text), vec![label.to_owned()]);
    /// # }
    /// let mut stages = Vec::new();
    /// Trainer { folds: 0, ..Trainer::default() }.fit_watched(&data, |stage| stages.push(stage))?;
    /// assert_eq!(stages, [Stage::Features, Stage::Fits, Stage::Figures]);
    /// # Ok::<(), newstopics::Error>(())
    /// ```
    pub fn fit_watched(&self, data: &Dataset, mut watch: impl FnMut(Stage)) -> Result<Trained> {
        watch(Stage::Features);
        let Prepared {
            params,
            labels,
            targets,
            vectorizer,
            matrix,
            groups,
            folds,
            mut warnings,
        } = self.prepare(data)?;
        let task = targets.task();
        watch(Stage::Fits);
        let fit = cross_fit(&matrix, &targets, folds.as_ref(), None, params)?;
        warnings.extend(fit.warnings(&labels));
        let CrossFit {
            model, out_of_fold, ..
        } = fit;
        watch(Stage::Figures);
        let decision = out_of_fold.as_ref().map(|values| values.view());
        let rule = match decision {
            Some(decision) => DecisionRule::fit(decision, &targets, self.beta),
            None => DecisionRule::raw(&targets),
        };
        let evaluated = match (decision, &folds) {
            (Some(decision), Some(folds)) => nested(decision, &targets, folds, self.beta).1,
            _ => Vec::new(),
        };
        let report = decision.map(|_| ClassificationReport::new(task, &labels, &evaluated));
        let languages = language::of_articles(data);
        let language_counts = language::count(&languages);
        let by_language = language_counts
            .iter()
            .filter(|(_, count)| count * 50 >= data.len() && !evaluated.is_empty())
            .map(|(language, _)| {
                let own: Vec<Evaluated> = evaluated
                    .iter()
                    .zip(&languages)
                    .filter(|(_, l)| *l == language)
                    .map(|(evaluated, _)| evaluated.clone())
                    .collect();
                (
                    language.clone(),
                    ClassificationReport::new(task, &labels, &own),
                )
            })
            .collect();
        let info = ModelInfo {
            task,
            features: self.features.clone(),
            intercepts: model.intercepts().to_vec(),
            precision_points: decision
                .map_or_else(Vec::new, |d| rule.precision_points(d, &targets)),
            calibration: rule.calibration,
            thresholds: rule.thresholds,
            provenance: Provenance {
                program_version: env!("CARGO_PKG_VERSION").to_owned(),
                files: data.files.clone(),
                articles: data.len(),
                label_counts: (0..labels.len())
                    .map(|l| targets.count(l, |_| true))
                    .collect(),
                unlabelled: data.labels.iter().filter(|l| l.is_empty()).count(),
                languages: language_counts.clone(),
                seed: self.seed,
                beta: self.beta,
                c: params.c,
                class_weight: params.class_weight,
                log_ratio_exponent: params.log_ratio_exponent,
                solver: params.solver,
                folds: folds.as_ref().map_or(0, |f| f.n_folds),
                groups: if folds.is_some() { groups.count() } else { 0 },
                convergence: model.convergence().to_vec(),
                calibration_errors: report
                    .iter()
                    .flat_map(|report| report.labels.iter().map(|l| l.calibration_error))
                    .collect(),
                out_of_fold: report
                    .iter()
                    .flat_map(|report| report.labels.iter().map(|l| l.score))
                    .collect(),
            },
            labels,
        };
        Ok(Trained {
            classifier: TopicClassifier {
                info,
                vectorizer,
                weights: model.packed_coefficients().clone(),
                fingerprints: Fingerprints::of(&data.documents),
            },
            out_of_fold: report,
            by_language,
            evaluated,
            warnings,
        })
    }

    /// The settings of the model, if all settings are in order.
    pub(crate) fn check(&self) -> Result<&ValidLogisticParams> {
        self.features.validate()?;
        let params = self.model.check_ref()?;
        if self.folds == 1 {
            return Err(Error::usage(
                "found 1 fold, expected 0 (no cross-validation) or at least 2",
            ));
        }
        if !(self.beta > 0.0 && self.beta <= 10.0) {
            return Err(Error::usage(format!(
                "found the F-beta {}, expected a number above 0, at most 10",
                self.beta
            )));
        }
        Ok(params)
    }

    /// Checks settings and data, makes the matrix, and deals the articles to folds.
    pub(crate) fn prepare(&self, data: &Dataset) -> Result<Prepared<'_>> {
        let params = self.check()?;
        let mut warnings = Vec::new();
        let labels = self.label_names(data)?;
        let targets = targets(data, &labels, self.task(data))?;
        self.check_counts(data, &labels, &targets, &mut warnings)?;
        let (vectorizer, matrix) = TfidfVectorizer::fit_transform(&self.features, &data.documents)?;
        let groups = if self.folds > 0 {
            Groups::of(data)
        } else {
            Groups::default()
        };
        let folds = self.folds(&targets, &groups)?;
        Ok(Prepared {
            params,
            labels,
            targets,
            vectorizer,
            matrix,
            groups,
            folds,
            warnings,
        })
    }

    fn label_names(&self, data: &Dataset) -> Result<Vec<String>> {
        let counts = data.label_counts();
        if counts.is_empty() {
            return Err(Error::data(
                "found no label in any record, expected some (is the right column named by --labels-column?)",
            ));
        }
        if counts.len() > MAX_LABELS {
            return Err(Error::data(format!(
                "found {} different labels, expected at most {MAX_LABELS}: is the right column named by --labels-column?",
                counts.len()
            )));
        }
        let Some(labels) = &self.labels else {
            return Ok(counts.into_keys().collect());
        };
        for (row, set) in data.labels.iter().enumerate() {
            if let Some(unknown) = set.iter().find(|l| !labels.contains(l)) {
                let error = Error::data(format!(
                    "found the label `{unknown}`, expected one of: {}",
                    labels.join(", ")
                ));
                return Err(data.locate(error, row));
            }
        }
        for (index, label) in labels.iter().enumerate() {
            if !counts.contains_key(label) {
                return Err(Error::data(format!(
                    "found no record with the label `{label}`"
                )));
            }
            if labels[..index].contains(label) {
                return Err(Error::usage(format!(
                    "found the label `{label}` twice in the list"
                )));
            }
        }
        Ok(labels.clone())
    }

    fn task(&self, data: &Dataset) -> Task {
        self.task.unwrap_or_else(|| {
            if data.labels.iter().all(|set| set.len() == 1) {
                Task::MultiClass
            } else {
                Task::MultiLabel
            }
        })
    }

    fn check_counts(
        &self,
        data: &Dataset,
        labels: &[String],
        targets: &Targets,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        if targets.task() == Task::MultiClass && labels.len() < 2 {
            return Err(Error::data(format!(
                "found one class only, `{}`, expected at least two (with --task multi-label a single label can be told from none)",
                labels[0]
            )));
        }
        if targets.task() == Task::MultiLabel
            && labels.len() == 1
            && targets.count(0, |_| true) == data.len()
        {
            return Err(Error::data(format!(
                "every record carries the only label `{}`, expected some without it",
                labels[0]
            )));
        }
        let single: Vec<usize> = (0..labels.len())
            .filter(|&l| targets.count(l, |_| true) == 1)
            .collect();
        if single.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = single.iter().map(|&l| format!("`{}`", labels[l])).collect();
        let names = names.join(", ");
        // A long tail has rare labels; when many labels are rare, the data are too few, the
        // labels are misspelt, or the column is not one of labels.
        if single.len() * 5 > labels.len() {
            let row = (0..data.len())
                .find(|&row| targets.carries(row, single[0]))
                .unwrap_or(0);
            return Err(data.locate(
                Error::data(format!(
                    "found one example only of {names}, expected at least two: add examples, mend the spelling or remove the label"
                )),
                row,
            ));
        }
        warnings.push(format!(
            "{} of {} labels have one example only and cannot be cross-validated: {names}",
            single.len(),
            labels.len()
        ));
        Ok(())
    }

    fn folds(&self, targets: &Targets, groups: &Groups) -> Result<Option<Folds>> {
        if self.folds == 0 {
            return Ok(None);
        }
        let distinct = groups.count();
        if distinct < self.folds {
            return Err(Error::data(format!(
                "found {distinct} articles or groups of near-duplicates, expected at least {} for {} folds (--folds 0 goes without)",
                self.folds, self.folds
            )));
        }
        Ok(Some(assign_folds(
            &targets.all_labels(),
            &groups.of,
            self.folds,
            self.seed,
        )))
    }
}

/// Checked settings, and data ready to be learnt from.
pub(crate) struct Prepared<'t> {
    pub(crate) params: &'t ValidLogisticParams,
    pub(crate) labels: Vec<String>,
    pub(crate) targets: Targets,
    pub(crate) vectorizer: TfidfVectorizer,
    pub(crate) matrix: TfidfMatrix,
    /// Empty without folds.
    pub(crate) groups: Groups,
    pub(crate) folds: Option<Folds>,
    pub(crate) warnings: Vec<String>,
}

fn targets(data: &Dataset, labels: &[String], task: Task) -> Result<Targets> {
    let index: BTreeMap<&str, usize> = labels
        .iter()
        .enumerate()
        .map(|(i, label)| (label.as_str(), i))
        .collect();
    match task {
        Task::MultiLabel => {
            let mut carries = Array2::from_elem((data.len(), labels.len()), false);
            for (row, set) in data.labels.iter().enumerate() {
                for label in set {
                    carries[[row, index[label.as_str()]]] = true;
                }
            }
            Ok(Targets::MultiLabel(carries))
        }
        Task::MultiClass => {
            let classes = data
                .labels
                .iter()
                .enumerate()
                .map(|(row, set)| match set.as_slice() {
                    [label] => Ok(index[label.as_str()]),
                    _ => Err(data.locate(
                        Error::data(format!(
                            "found {} labels, expected exactly one in a multi-class task",
                            set.len()
                        ))
                        .in_field("labels"),
                        row,
                    )),
                })
                .collect::<Result<Vec<usize>>>()?;
            Ok(Targets::MultiClass(classes, labels.len()))
        }
    }
}
