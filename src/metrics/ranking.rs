//! Quality of the order in which scores put articles.

/// Average precision: the mean of the precisions at each recall step, ties taken together, as
/// scikit-learn's `average_precision_score`. `None` unless some articles carry the label and
/// some do not.
///
/// ```
/// use newstopics::metrics::average_precision;
///
/// let value = average_precision(&[0.9, 0.8, 0.1], &[true, false, true]);
/// assert!((value.unwrap() - 5.0 / 6.0).abs() < 1e-12);
/// assert_eq!(average_precision(&[0.5], &[false]), None);
/// ```
pub fn average_precision(scores: &[f64], carries: &[bool]) -> Option<f64> {
    Ranking::new(scores, carries)
        .measure(&vec![1; scores.len()])
        .map(|(average_precision, _)| average_precision)
}

/// Area under the receiver operating characteristic: the probability that an article with the
/// label scores higher than one without, ties counting half, as scikit-learn's `roc_auc_score`.
/// `None` unless some articles carry the label and some do not.
///
/// ```
/// use newstopics::metrics::roc_auc;
///
/// assert_eq!(roc_auc(&[0.9, 0.5, 0.5, 0.1], &[true, true, false, false]), Some(0.875));
/// assert_eq!(roc_auc(&[0.9, 0.5], &[true, true]), None);
/// ```
pub fn roc_auc(scores: &[f64], carries: &[bool]) -> Option<f64> {
    Ranking::new(scores, carries)
        .measure(&vec![1; scores.len()])
        .map(|(_, area)| area)
}

/// Articles in the order of their scores, the highest first: sorted once, measured under any
/// number of resamplings.
#[derive(Debug, Clone)]
pub(super) struct Ranking {
    /// The article's number times four, plus [`CARRIES`] and [`LAST_OF_TIE`].
    ranked: Vec<u32>,
}

const CARRIES: u32 = 1;
const LAST_OF_TIE: u32 = 2;

impl Ranking {
    pub(super) fn new(scores: &[f64], carries: &[bool]) -> Self {
        let mut order: Vec<u32> = (0..scores.len() as u32).collect();
        order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
        let ranked = order
            .iter()
            .enumerate()
            .map(|(at, &row)| {
                let tied = order
                    .get(at + 1)
                    .is_some_and(|&next| scores[next as usize] == scores[row as usize]);
                let mark = if tied { 0 } else { LAST_OF_TIE };
                row << 2 | mark | u32::from(carries[row as usize])
            })
            .collect();
        Self { ranked }
    }

    /// Average precision and area under the ROC curve when article i counts `weights[i]` times.
    pub(super) fn measure(&self, weights: &[u32]) -> Option<(f64, f64)> {
        let (mut hits, mut misses) = (0_u64, 0_u64);
        let (mut tied_hits, mut tied_misses) = (0_u64, 0_u64);
        // Twice the pairs in the right order, as ties count half: exact, and no branch.
        let (mut precisions, mut ordered_pairs) = (0.0, 0_u64);
        for &entry in &self.ranked {
            let weight = u64::from(weights[(entry >> 2) as usize]);
            let carries = u64::from(entry & CARRIES);
            tied_hits += weight * carries;
            tied_misses += weight * (1 - carries);
            if entry & LAST_OF_TIE != 0 {
                ordered_pairs += tied_misses * (2 * hits + tied_hits);
                hits += tied_hits;
                misses += tied_misses;
                if tied_hits > 0 {
                    precisions += tied_hits as f64 * hits as f64 / (hits + misses) as f64;
                }
                (tied_hits, tied_misses) = (0, 0);
            }
        }
        (hits > 0 && misses > 0).then(|| {
            let (hits, misses) = (hits as f64, misses as f64);
            let area = ordered_pairs as f64 / (2.0 * hits * misses);
            (precisions / hits, area)
        })
    }
}
