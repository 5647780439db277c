//! Which labels occur together, and which are taken for which.

use super::judged::Evaluated;

/// How many articles carry both labels, L by L; on the diagonal how many carry the label.
pub fn co_occurrence(n_labels: usize, articles: &[Evaluated]) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; n_labels]; n_labels];
    for article in articles {
        for &a in &article.carries {
            for &b in &article.carries {
                counts[a][b] += 1;
            }
        }
    }
    counts
}

/// True labels (rows) against given ones (columns), L + 1 by L + 1, the last of both for none.
///
/// A label that is carried and given counts on the diagonal. Each missed label counts against
/// each false one of the same article, against none where there is no false one; a false label
/// without a missed one counts in the row of none; an article that rightly has no label counts
/// once in the last corner (Heydarian, Doyle and Samavi 2022).
///
/// ```
/// use newstopics::metrics::{Evaluated, label_confusion};
///
/// let article = Evaluated { carries: vec![0, 1], given: vec![0], scores: vec![0.9, 0.1] };
/// let matrix = label_confusion(2, &[article]);
/// assert_eq!((matrix[0][0], matrix[1][2]), (1, 1));
/// ```
pub fn label_confusion(n_labels: usize, articles: &[Evaluated]) -> Vec<Vec<usize>> {
    let none = n_labels;
    let mut matrix = vec![vec![0; n_labels + 1]; n_labels + 1];
    for Evaluated { carries, given, .. } in articles {
        let without = |labels: &[usize], others: &[usize]| -> Vec<usize> {
            labels
                .iter()
                .copied()
                .filter(|l| !others.contains(l))
                .collect()
        };
        for &label in carries.iter().filter(|l| given.contains(l)) {
            matrix[label][label] += 1;
        }
        let (mut missed, mut wrong) = (without(carries, given), without(given, carries));
        if carries.is_empty() && given.is_empty() || missed.is_empty() != wrong.is_empty() {
            if missed.is_empty() {
                missed.push(none);
            }
            if wrong.is_empty() {
                wrong.push(none);
            }
        }
        for &truth in &missed {
            for &label in &wrong {
                matrix[truth][label] += 1;
            }
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confusions_by_hand() {
        let article = |carries: &[usize], given: &[usize]| Evaluated {
            carries: carries.to_vec(),
            given: given.to_vec(),
            scores: vec![0.0; 2],
        };
        let articles = [
            article(&[0], &[1]),
            article(&[0, 1], &[0, 1]),
            article(&[], &[1]),
            article(&[1], &[]),
            article(&[], &[]),
        ];
        let expected = vec![vec![1, 1, 0], vec![0, 1, 1], vec![0, 1, 1]];
        assert_eq!(label_confusion(2, &articles), expected);
        assert_eq!(co_occurrence(2, &articles), vec![vec![2, 1], vec![1, 2]]);
    }
}
