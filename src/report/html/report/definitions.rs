//! What the words of the report mean.

use maud::html;

use super::Section;
use crate::model::Task;

/// Name, definition, how to read it.
type Definition = (&'static str, &'static str, &'static str);

const BOTH: &[Definition] = &[
    (
        "Precision",
        "Of the articles given a label, the share that carries it.",
        "Low precision: false alarms.",
    ),
    (
        "Recall",
        "Of the articles that carry a label, the share that is given it.",
        "Low recall: articles are missed.",
    ),
    (
        "F1",
        "Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).",
        "High only when both are; 1 is perfect.",
    ),
    (
        "Micro, macro, weighted",
        "Micro pools all decisions; macro is the mean of the topics; weighted weighs them by their articles.",
        "Macro well below micro: rare topics do badly.",
    ),
    (
        "95 % interval",
        "Figures of resamples of the articles, drawn with replacement; 2.5th to 97.5th percentile (Efron 1979).",
        "Where the figure may lie on other articles of the same kind.",
    ),
    (
        "Average precision",
        "Mean precision over the rises of recall, all thresholds taken together, not interpolated.",
        "How good the ranking is, whatever the threshold; random is the topic’s share.",
    ),
    (
        "ROC AUC",
        "Probability that an article with the topic scores above one without it; ties count half.",
        "0.5 is random, 1 a perfect ranking; mild when topics are rare.",
    ),
    (
        "Matthews correlation",
        "Correlation of decisions and truth, from −1 to 1 (Matthews 1975; several classes: Gorodkin 2004).",
        "0 is random; not misled by rare topics.",
    ),
    (
        "Jaccard",
        "TP / (TP + FP + FN): what truth and decisions share, of all that either has.",
        "Stricter than F1, the same order.",
    ),
    (
        "Brier score",
        "Mean squared difference of probability and truth (Brier 1950).",
        "Lower is better; 0 is perfect.",
    ),
    (
        "Log loss",
        "Mean negative natural logarithm of the probability given to the truth.",
        "Lower is better; punishes being sure and wrong.",
    ),
    (
        "Calibration error",
        "Difference of mean probability and share of carriers in ten equal bins, weighted by their articles (Naeini et al. 2015).",
        "0.02: probabilities are off by two in a hundred on average.",
    ),
    (
        "n/a",
        "There is nothing to divide by: no article carries the topic, or all do.",
        "Not a zero; averages of decisions count it as 0, as scikit-learn does.",
    ),
];

const MULTI_LABEL: &[Definition] = &[
    (
        "Samples average",
        "Mean of each article’s own precision, recall and F1; articles with neither true nor given labels count 0.",
        "How good it is for the average article.",
    ),
    (
        "Subset accuracy",
        "Share of articles with exactly the right labels.",
        "The strictest figure: one wrong label spoils the article.",
    ),
    (
        "Hamming loss",
        "Share of all single decisions (articles times topics) that are wrong.",
        "Lower is better; small where most articles carry nothing.",
    ),
    (
        "Left alone",
        "Of the articles without a topic, the share that is given none (abstention coverage).",
        "Low: the noise in a stream of ordinary news.",
    ),
    (
        "Confusion",
        "Each missed label counts against each false one of the same article, else against none (Heydarian, Doyle and Samavi 2022).",
        "Orange off the diagonal: what is taken for what.",
    ),
];

const MULTI_CLASS: &[Definition] = &[
    (
        "Accuracy",
        "Share of articles with the right class.",
        "Hides rare classes; see macro F1.",
    ),
    (
        "Confusion",
        "How often articles of a class (row) were given each class (column).",
        "Orange off the diagonal: what is taken for what.",
    ),
];

pub fn section(task: Task) -> Section {
    let own = match task {
        Task::MultiLabel => MULTI_LABEL,
        Task::MultiClass => MULTI_CLASS,
    };
    Section {
        id: "definitions",
        heading: "Definitions",
        body: html! {
            p { "TP: rightly given; FP: falsely given; FN: missed. All values are those of scikit-learn." }
            dl.definitions {
                @for (name, definition, reading) in BOTH.iter().chain(own) {
                    div { dt { (name) } dd { (definition) } dd.note { (reading) } }
                }
            }
        },
    }
}
