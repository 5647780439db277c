//! Exact tests of paired decisions.

/// Two-sided p-value of McNemar's exact test (McNemar 1947; the binomial form): of the decisions
/// on which two models disagree, `fixed` are right with the second one and `broken` with the
/// first; how likely is a split at least as uneven when both are equally good?
///
/// ```
/// use newstopics::comparison::mcnemar;
///
/// assert!((mcnemar(2, 10) - 0.03857421875).abs() < 1e-12);
/// assert_eq!(mcnemar(3, 3), 1.0);
/// assert_eq!(mcnemar(0, 0), 1.0);
/// ```
pub fn mcnemar(fixed: usize, broken: usize) -> f64 {
    let (fewer, all) = (fixed.min(broken), fixed + broken);
    let ln_choose = |k: usize| {
        libm::lgamma(all as f64 + 1.0)
            - libm::lgamma(k as f64 + 1.0)
            - libm::lgamma((all - k) as f64 + 1.0)
    };
    let tail: f64 = (0..=fewer)
        .map(|k| libm::exp(ln_choose(k) - all as f64 * std::f64::consts::LN_2))
        .sum();
    (2.0 * tail).min(1.0)
}

/// P-values of several tests corrected for their number by Holm's method (Holm 1979), in their
/// order: below 0.05 each may be believed, with a chance of 5 % that any of them is wrong.
///
/// ```
/// use newstopics::comparison::holm;
///
/// assert_eq!(holm(&[0.01, 0.5, 0.02]), [0.03, 0.5, 0.04]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![1.0; p_values.len()];
    let mut least = 0.0_f64;
    for (rank, &test) in order.iter().enumerate() {
        let left = (p_values.len() - rank) as f64;
        least = least.max((left * p_values[test]).min(1.0));
        corrected[test] = least;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scipys_binomtest() {
        for (fixed, broken, expected) in [
            (0, 1, 1.0),
            (5, 0, 0.0625),
            (0, 10, 0.001_953_125),
            (40, 60, 0.056_887_933_640_980_89),
            (1100, 1000, 0.030_720_707_864_242_49),
        ] {
            let found = mcnemar(fixed, broken);
            assert!((found - expected).abs() < 1e-9, "{fixed} {broken}: {found}");
        }
    }

    #[test]
    fn corrected_values_keep_their_order() {
        // The third alone would be 0.04, less than the second.
        assert_eq!(holm(&[0.01, 0.03, 0.04]), [0.03, 0.06, 0.06]);
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
