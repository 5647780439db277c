//! The settings that are searched, and how they are drawn.

use crate::error::Result;
use crate::features::TfidfParams;
use crate::model::ClassWeight;
use crate::random::SplitMix;
use crate::text::NgramRange;
use crate::training::Trainer;

/// Trials that share one setting of the features: these are what takes time to build.
const TRIALS_PER_FEATURES: usize = 3;
/// Draws before a setting that was there already is taken again.
const REDRAWS: usize = 20;

/// C is drawn evenly in its logarithm from this range.
const C: (f64, f64) = (0.3, 300.0);
const LOG_RATIO_EXPONENTS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
const CLASS_WEIGHTS: [ClassWeight; 3] =
    [ClassWeight::None, ClassWeight::Half, ClassWeight::Balanced];
const WORD_NGRAMS: [Option<(u8, u8)>; 4] = [None, Some((1, 1)), Some((1, 2)), Some((1, 3))];
const CHAR_NGRAMS: [Option<(u8, u8)>; 5] =
    [None, Some((2, 4)), Some((2, 5)), Some((3, 5)), Some((3, 6))];
const CHAR_WEIGHTS: [f32; 3] = [0.5, 1.0, 2.0];
const MIN_DF: [u32; 4] = [1, 2, 3, 5];
/// With more articles a `min_df` of 1 is left out: every misprint would be a feature.
const MANY_ARTICLES: usize = 20_000;

/// The searched settings of one trial.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialSettings {
    /// Settings of the vectoriser.
    pub features: TfidfParams,
    /// Inverse strength of the regularisation.
    pub c: f64,
    /// Weighting of the classes.
    pub class_weight: ClassWeight,
    /// Exponent of the log-count ratios in the features' priors.
    pub log_ratio_exponent: f64,
}

impl TrialSettings {
    /// The settings that a trainer has. Errors: its settings are wrong.
    pub(super) fn of(trainer: &Trainer) -> Result<Self> {
        let params = trainer.check()?;
        Ok(Self {
            features: trainer.features.clone(),
            c: params.c,
            class_weight: params.class_weight,
            log_ratio_exponent: params.log_ratio_exponent,
        })
    }

    /// A trainer with these settings, the others as they are in `base`.
    pub fn trainer(&self, base: &Trainer) -> Trainer {
        Trainer {
            features: self.features.clone(),
            model: base
                .model
                .clone()
                .c(self.c)
                .class_weight(self.class_weight)
                .log_ratio_exponent(self.log_ratio_exponent),
            ..base.clone()
        }
    }
}

/// Draws the settings of all trials, `base` first; trials with the same features are neighbours.
pub(super) fn draw(
    base: &TrialSettings,
    trials: usize,
    articles: usize,
    seed: u64,
) -> Vec<TrialSettings> {
    let mut random = SplitMix::new(seed);
    let mut drawn = vec![base.clone()];
    let mut features = base.features.clone();
    while drawn.len() < trials {
        if drawn.len() % TRIALS_PER_FEATURES == 0 {
            features = unlike(
                || draw_features(&base.features, articles, &mut random),
                |new| drawn.iter().all(|old| old.features != *new),
            );
        }
        let next = unlike(
            || draw_model(&features, &mut random),
            |new| !drawn.contains(new),
        );
        drawn.push(next);
    }
    drawn
}

/// The first draw that is new, or the last one.
fn unlike<T>(mut draw: impl FnMut() -> T, is_new: impl Fn(&T) -> bool) -> T {
    let mut drawn = draw();
    for _ in 0..REDRAWS {
        if is_new(&drawn) {
            break;
        }
        drawn = draw();
    }
    drawn
}

fn draw_model(features: &TfidfParams, random: &mut SplitMix) -> TrialSettings {
    let (low, high) = (libm::log10(C.0), libm::log10(C.1));
    TrialSettings {
        features: features.clone(),
        c: two_digits(libm::pow(10.0, low + random.uniform() * (high - low))),
        class_weight: random.choose(&CLASS_WEIGHTS),
        log_ratio_exponent: random.choose(&LOG_RATIO_EXPONENTS),
    }
}

fn draw_features(base: &TfidfParams, articles: usize, random: &mut SplitMix) -> TfidfParams {
    let range = |limits: Option<(u8, u8)>| limits.and_then(|(a, b)| NgramRange::new(a, b).ok());
    let few = usize::from(articles > MANY_ARTICLES);
    let mut drawn = TfidfParams {
        word_ngrams: range(random.choose(&WORD_NGRAMS)),
        char_ngrams: range(random.choose(&CHAR_NGRAMS)),
        char_weight: random.choose(&CHAR_WEIGHTS),
        min_df: random.choose(&MIN_DF[few..]),
        ..base.clone()
    };
    if drawn.word_ngrams.is_none() && drawn.char_ngrams.is_none() {
        drawn.word_ngrams = range(random.choose(&WORD_NGRAMS[1..]));
    }
    if drawn.word_ngrams.is_none() || drawn.char_ngrams.is_none() {
        // Beside no other block a weight is no more than another C.
        drawn.char_weight = 1.0;
    }
    drawn
}

/// Two digits are as much as a search can tell, and can be typed again.
fn two_digits(value: f64) -> f64 {
    let text = format!("{value:.1e}");
    text.parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> TrialSettings {
        TrialSettings::of(&Trainer::default()).unwrap()
    }

    #[test]
    fn the_base_is_first_and_the_seed_decides_the_rest() {
        let drawn = draw(&base(), 40, 100, 7);
        assert_eq!(drawn.len(), 40);
        assert_eq!(drawn[0], base());
        assert_eq!(drawn, draw(&base(), 40, 100, 7));
        assert_ne!(drawn, draw(&base(), 40, 100, 8));
        // More trials do not change the first ones.
        assert_eq!(drawn[..20], draw(&base(), 20, 100, 7));
    }

    #[test]
    fn settings_are_valid_different_and_share_features() {
        let drawn = draw(&base(), 60, 50_000, 1);
        for (place, settings) in drawn.iter().enumerate() {
            assert!(settings.trainer(&Trainer::default()).check().is_ok());
            assert!(!drawn[..place].contains(settings));
            assert_eq!(settings.features, drawn[place / 3 * 3].features);
            assert!((0.3..=300.0).contains(&settings.c));
            assert!(settings.features.min_df > 1);
        }
    }

    #[test]
    fn numbers_have_two_digits() {
        assert_eq!(two_digits(0.345_6), 0.35);
        assert_eq!(two_digits(123.4), 120.0);
    }
}
