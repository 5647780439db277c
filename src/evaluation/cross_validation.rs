//! Cross-validated evaluation of a way of training.
//!
//! Every decision is made by what had not seen the article: its scores come from a model trained
//! without its fold, its calibration and thresholds from the out-of-fold scores of the other
//! folds.

use ndarray::{Array2, ArrayView2};

use super::mistakes::Mistakes;
use super::{Evaluation, EvaluationKind, ModelSummary, Parts, details};
use crate::classifier::TopicClassifier;
use crate::corpus::{Dataset, Fingerprints, Folds, assign_folds};
use crate::decision_rule::{DecisionRule, nested};
use crate::error::{Error, Result};
use crate::metrics::{ClassificationReport, Resamples};
use crate::model::{CrossFit, Task, WithoutFold, cross_fit, model_without};
use crate::model_info::{ModelInfo, Provenance};
use crate::packed::Packed;
use crate::training::{Prepared, Trainer};

/// How a cross-validated evaluation goes about it.
#[derive(Debug, Clone)]
pub struct CrossValidation {
    /// Number of bootstrap resamples, at most 100,000; 0 for no intervals.
    pub resamples: usize,
    /// Whether to train once more with a split that ignores near-duplicates and groups.
    pub random_split: bool,
    /// Shares of the training articles to train with, for the learning curve; above 0, at most
    /// 1, taken in twentieths.
    pub learning_curve: Vec<f64>,
    /// Whether to look for the words behind all mistakes, not the worst only.
    pub explain_all: bool,
}

/// How articles were dealt to folds.
#[derive(Debug, Clone)]
pub struct Splits {
    /// Number of folds.
    pub folds: usize,
    /// Number of groups that were each kept in one fold; an article alone is one.
    pub groups: usize,
    /// Number of groups of two or more near-duplicates.
    pub near_duplicate_groups: usize,
    /// Number of articles in those.
    pub near_duplicate_rows: usize,
    /// Number of different values of the column that keeps articles together; 0 without.
    pub declared_groups: usize,
    /// The figures of a random split, stratified like ours but with near-duplicates and groups
    /// torn apart; `None` when it was not asked for.
    pub random: Option<ClassificationReport>,
}

/// What training with fewer articles gives.
#[derive(Debug, Clone)]
pub struct LearningPoint {
    /// The share of each fold's training articles that was used.
    pub share: f64,
    /// Number of articles a model was trained on, on average.
    pub articles: usize,
    /// Figures on all articles, each from the model that was trained without its fold.
    pub report: ClassificationReport,
}

impl Evaluation {
    /// Evaluates a way of training on all articles by cross-validation; no model is kept.
    ///
    /// Terms and their document frequencies come from all articles, as they know no labels;
    /// everything that is learnt from labels comes from the other folds.
    ///
    /// Errors: as [`Trainer::fit`]; fewer than two folds; a share that is not above 0 and at
    /// most 1.
    pub fn cross_validate(
        trainer: &Trainer,
        data: &Dataset,
        options: &CrossValidation,
    ) -> Result<Self> {
        check_shares(&options.learning_curve)?;
        Resamples::check(options.resamples)?;
        let prepared = trainer.prepare(data)?;
        let Some(folds) = prepared.folds.clone() else {
            return Err(Error::usage(
                "found 0 folds, expected at least 2 for a cross-validated evaluation",
            ));
        };
        let run = Run {
            trainer,
            prepared: &prepared,
        };
        let fit = run.fit(&folds, None)?;
        let fit_warnings = fit.warnings(&prepared.labels);
        let (decision, without_fold) = run.out_of_fold(fit);
        let decision = decision.view();
        let targets = &prepared.targets;
        let (rules, evaluated) = nested(decision, targets, &folds, trainer.beta);
        let thresholds: Vec<Vec<Option<f64>>> =
            rules.iter().map(|r| used(targets.task(), r)).collect();
        let mut mistakes = Mistakes::find(data, targets.task(), &evaluated, |row| {
            &thresholds[folds.of[row]]
        });
        run.explain(
            &mut mistakes,
            &without_fold,
            &folds,
            data,
            options.explain_all,
        );
        let stored = DecisionRule::fit(decision, targets, trainer.beta);
        let points = stored.precision_points(decision, targets);
        let parts = Parts {
            kind: EvaluationKind::CrossValidation,
            task: targets.task(),
            labels: prepared.labels.clone(),
            details: details::details(&evaluated, &used(targets.task(), &stored), &points),
            evaluated,
            mistakes,
            model: ModelSummary::of_training(data, trainer, prepared.params),
            resamples: options.resamples,
            seed: trainer.seed,
        };
        let mut evaluation = Self::of(data, parts);
        evaluation
            .warnings
            .extend(prepared.warnings.iter().cloned().chain(fit_warnings));
        evaluation.splits = Some(run.splits(&folds, options.random_split, &evaluation.report)?);
        evaluation.learning_curve =
            run.learning_curve(&folds, &options.learning_curve, &evaluation.report)?;
        Ok(evaluation)
    }
}

fn check_shares(shares: &[f64]) -> Result<()> {
    match shares
        .iter()
        .find(|share| !(**share > 0.0 && **share <= 1.0))
    {
        Some(share) => Err(Error::usage(format!(
            "found the share {share} in the learning curve, expected numbers above 0, at most 1"
        ))),
        None => Ok(()),
    }
}

/// The thresholds that decisions were held against.
fn used(task: Task, rule: &DecisionRule) -> Vec<Option<f64>> {
    rule.thresholds
        .iter()
        .map(|&threshold| (task == Task::MultiLabel).then_some(threshold))
        .collect()
}

/// Parts into which training articles are dealt for the learning curve.
const PARTS: usize = 20;

/// What all parts of one cross-validation share.
struct Run<'a> {
    trainer: &'a Trainer,
    prepared: &'a Prepared<'a>,
}

impl Run<'_> {
    /// Fits without each fold, learnt from all other articles or those of `among`.
    fn fit(&self, folds: &Folds, among: Option<&[bool]>) -> Result<CrossFit> {
        let Prepared {
            targets,
            matrix,
            params,
            ..
        } = self.prepared;
        cross_fit(matrix, targets, Some(folds), among, params)
    }

    /// Out-of-fold decision values of a fit.
    fn out_of_fold(&self, fit: CrossFit) -> (Array2<f64>, WithoutFold) {
        let targets = &self.prepared.targets;
        let shape = (targets.n_rows(), targets.n_labels());
        let values = fit.out_of_fold.unwrap_or_else(|| Array2::zeros(shape));
        (values, fit.without_fold)
    }

    /// The figures of nested decisions.
    fn report(&self, decision: ArrayView2<'_, f64>, folds: &Folds) -> ClassificationReport {
        let Prepared {
            targets, labels, ..
        } = self.prepared;
        let (_, evaluated) = nested(decision, targets, folds, self.trainer.beta);
        ClassificationReport::new(targets.task(), labels, &evaluated)
    }

    /// How the articles were dealt, and what dealing them one by one would have given.
    fn splits(
        &self,
        folds: &Folds,
        random_split: bool,
        own: &ClassificationReport,
    ) -> Result<Splits> {
        let groups = &self.prepared.groups;
        let alone = groups.count() == groups.of.len();
        let random = match random_split {
            false => None,
            // Nothing was kept together: the split is a random one already.
            true if alone => Some(own.clone()),
            true => {
                let each: Vec<usize> = (0..groups.of.len()).collect();
                let labels = self.prepared.targets.all_labels();
                let folds = assign_folds(&labels, &each, folds.n_folds, self.trainer.seed);
                let (decision, _) = self.out_of_fold(self.fit(&folds, None)?);
                Some(self.report(decision.view(), &folds))
            }
        };
        Ok(Splits {
            folds: folds.n_folds,
            groups: groups.count(),
            near_duplicate_groups: groups.near_duplicate_groups,
            near_duplicate_rows: groups.near_duplicate_rows,
            declared_groups: groups.declared,
            random,
        })
    }

    /// The figures of models trained on shares of their training articles: whole groups, dealt
    /// like folds, each share within the next larger one.
    fn learning_curve(
        &self,
        folds: &Folds,
        shares: &[f64],
        whole: &ClassificationReport,
    ) -> Result<Vec<LearningPoint>> {
        let labels = self.prepared.targets.all_labels();
        let seed = self.trainer.seed.wrapping_add(1);
        let parts = assign_folds(&labels, &self.prepared.groups.of, PARTS, seed);
        let mut numbers: Vec<usize> = shares
            .iter()
            .map(|share| (share * PARTS as f64).round().max(1.0) as usize)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut curve = Vec::new();
        for number in numbers {
            let among: Vec<bool> = parts.of.iter().map(|&part| part < number).collect();
            let used = among.iter().filter(|&&used| used).count();
            let report = if used == among.len() {
                whole.clone()
            } else {
                let (decision, _) = self.out_of_fold(self.fit(folds, Some(&among))?);
                self.report(decision.view(), folds)
            };
            curve.push(LearningPoint {
                share: number as f64 / PARTS as f64,
                // Each article is in all training sets but its own fold's.
                articles: used * (folds.n_folds - 1) / folds.n_folds,
                report,
            });
        }
        Ok(curve)
    }

    /// Looks for the words behind mistakes in the models that made them.
    fn explain(
        &self,
        mistakes: &mut Mistakes,
        fits: &WithoutFold,
        folds: &Folds,
        data: &Dataset,
        all: bool,
    ) {
        let wanted = mistakes.to_explain(all);
        let mut classifier = None;
        for fold in 0..folds.n_folds {
            let own: Vec<usize> = wanted
                .iter()
                .copied()
                .filter(|&at| folds.of[mistakes.ranked[at].row] == fold)
                .collect();
            if own.is_empty() {
                continue;
            }
            let Prepared {
                targets,
                matrix,
                params,
                ..
            } = self.prepared;
            let model = model_without(fold, fits, matrix, targets, folds, params);
            let classifier = classifier.get_or_insert_with(|| self.classifier());
            classifier.info.intercepts = model.intercepts().to_vec();
            classifier.weights = model.packed_coefficients().clone();
            mistakes.explain(&own, classifier, data);
        }
    }

    /// A classifier of the articles' features, with raw probabilities and without weights.
    fn classifier(&self) -> TopicClassifier {
        let Prepared {
            targets,
            labels,
            vectorizer,
            ..
        } = self.prepared;
        let rule = DecisionRule::raw(targets);
        TopicClassifier {
            info: ModelInfo {
                labels: labels.clone(),
                task: targets.task(),
                features: self.trainer.features.clone(),
                intercepts: Vec::new(),
                calibration: rule.calibration,
                thresholds: rule.thresholds,
                precision_points: Vec::new(),
                provenance: Provenance::default(),
            },
            vectorizer: vectorizer.clone(),
            fingerprints: Fingerprints::default(),
            weights: Packed::from_bytes(Vec::new()),
        }
    }
}
