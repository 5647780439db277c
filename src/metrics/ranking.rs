//! Quality of the order in which scores put articles.

/// Average precision: the mean of the precisions at each recall step, ties taken together, as
/// scikit-learn's `average_precision_score`. `None` when no article carries the label.
///
/// ```
/// use newstopics::metrics::average_precision;
///
/// let value = average_precision(&[0.9, 0.8, 0.1], &[true, false, true]);
/// assert!((value.unwrap() - 5.0 / 6.0).abs() < 1e-12);
/// assert_eq!(average_precision(&[0.5], &[false]), None);
/// ```
pub fn average_precision(scores: &[f64], carries: &[bool]) -> Option<f64> {
    let positives = carries.iter().filter(|&&c| c).count();
    if positives == 0 {
        return None;
    }
    let mut ranked: Vec<usize> = (0..scores.len()).collect();
    ranked.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let (mut hits, mut seen, mut sum) = (0, 0, 0.0);
    for tied in ranked.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let new_hits = tied.iter().filter(|&&i| carries[i]).count();
        hits += new_hits;
        seen += tied.len();
        sum += new_hits as f64 * hits as f64 / seen as f64;
    }
    Some(sum / positives as f64)
}
