//! Many articles at once: on all processors, in the order they came.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::classifier::{Prediction, Predictor, TopicClassifier};
use crate::corpus::Document;

/// Starting threads costs more than so few articles.
const FEW: usize = 8;
/// Articles that a thread takes at a time, at least.
const RUN: usize = 8;
/// Articles that [`PredictIter`] reads before it classifies them together.
const BATCH: usize = 1024;

/// Something with a headline, which may be empty, and a text.
///
/// Strings are texts without a headline, pairs are headline and text.
pub trait Article {
    /// The headline, empty when there is none.
    fn title(&self) -> &str;
    /// The text without the headline.
    fn text(&self) -> &str;
}

impl Article for str {
    fn title(&self) -> &str {
        ""
    }

    fn text(&self) -> &str {
        self
    }
}

impl Article for String {
    fn title(&self) -> &str {
        ""
    }

    fn text(&self) -> &str {
        self
    }
}

impl Article for Document {
    fn title(&self) -> &str {
        self.title()
    }

    fn text(&self) -> &str {
        &self.text
    }
}

impl<T: AsRef<str>, U: AsRef<str>> Article for (T, U) {
    fn title(&self) -> &str {
        self.0.as_ref()
    }

    fn text(&self) -> &str {
        self.1.as_ref()
    }
}

impl<A: Article + ?Sized> Article for &A {
    fn title(&self) -> &str {
        (**self).title()
    }

    fn text(&self) -> &str {
        (**self).text()
    }
}

/// Several predictors that share the work (see [`Predictor::batches`]).
///
/// They keep their memory of words from one batch to the next.
#[derive(Debug, Clone)]
pub struct Batches<'c> {
    workers: Vec<Predictor<'c>>,
}

impl<'c> Batches<'c> {
    /// The predictions of a batch, in its order.
    pub fn predict<A: Article + Sync>(&mut self, articles: &[A]) -> Vec<Prediction> {
        self.map(articles, |predictor, article| {
            predictor.predict(article.title(), article.text())
        })
    }

    /// Does something with each item of a batch on all threads of rayon's pool; the results have
    /// the items' order.
    pub fn map<T: Sync, R: Send>(
        &mut self,
        items: &[T],
        work: impl Fn(&mut Predictor<'c>, &T) -> R + Sync,
    ) -> Vec<R> {
        if items.len() < FEW {
            let worker = &mut self.workers[0];
            return items.iter().map(|item| work(worker, item)).collect();
        }
        let threads = rayon::current_num_threads();
        if self.workers.len() < threads {
            self.workers[0].transformer.share_memory(threads);
            self.workers.resize(threads, self.workers[0].clone());
        }
        // Each thread has a worker of its own and takes what is left to do, as it may have other
        // work besides. Nobody else ever waits for that worker.
        let workers: Vec<Mutex<&mut Predictor<'c>>> =
            self.workers.iter_mut().map(Mutex::new).collect();
        items
            .par_iter()
            .with_min_len(RUN)
            .map(|item| {
                let own = rayon::current_thread_index().unwrap_or(0) % workers.len();
                let mut worker = workers[own].lock().unwrap_or_else(PoisonError::into_inner);
                work(&mut worker, item)
            })
            .collect()
    }
}

impl<'c> Predictor<'c> {
    /// Predictors like this one for every thread, to classify batch after batch.
    pub fn batches(self) -> Batches<'c> {
        Batches {
            workers: vec![self],
        }
    }

    /// Classifies the articles of an iterator on all threads; gives each with its prediction, in
    /// their order.
    ///
    /// It reads 1,024 articles ahead, so that an iterator of any length takes little memory.
    ///
    /// ```
    /// let classifier = newstopics::TopicClassifier::pretrained();
    /// let articles = ["Zölle auf Stahl steigen.", "Das Wetter bleibt schön."];
    /// for (article, prediction) in classifier.predictor().predict_iter(articles) {
    ///     println!("{article}: {:?}", classifier.label_names(&prediction));
    /// }
    /// ```
    pub fn predict_iter<I>(self, articles: I) -> PredictIter<'c, I::IntoIter>
    where
        I: IntoIterator,
        I::Item: Article + Sync,
    {
        PredictIter {
            batches: self.batches(),
            articles: articles.into_iter(),
            answered: Vec::new().into_iter().zip(Vec::new()),
        }
    }
}

impl TopicClassifier {
    /// Classifies articles on all threads; the predictions have the articles' order.
    ///
    /// For an iterator of articles see [`Predictor::predict_iter`], for batch after batch
    /// [`Predictor::batches`].
    ///
    /// ```
    /// let classifier = newstopics::TopicClassifier::pretrained();
    /// let predictions = classifier.predict_batch(&[
    ///     ("Mehr Zölle", "Zölle auf Stahl und Aluminium steigen."),
    ///     ("Wetter", "Es bleibt schön."),
    /// ]);
    /// assert_eq!(classifier.label_names(&predictions[0]), ["tariffs"]);
    /// assert!(predictions[1].labels.is_empty());
    /// ```
    pub fn predict_batch<A: Article + Sync>(&self, articles: &[A]) -> Vec<Prediction> {
        self.predictor().batches().predict(articles)
    }
}

/// Articles with their predictions (see [`Predictor::predict_iter`]).
#[derive(Debug)]
pub struct PredictIter<'c, I: Iterator> {
    batches: Batches<'c>,
    articles: I,
    answered: std::iter::Zip<std::vec::IntoIter<I::Item>, std::vec::IntoIter<Prediction>>,
}

impl<I> Iterator for PredictIter<'_, I>
where
    I: Iterator,
    I::Item: Article + Sync,
{
    type Item = (I::Item, Prediction);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(answer) = self.answered.next() {
            return Some(answer);
        }
        let batch: Vec<I::Item> = self.articles.by_ref().take(BATCH).collect();
        let predictions = self.batches.predict(&batch);
        self.answered = batch.into_iter().zip(predictions);
        self.answered.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_and_iterators_answer_as_one_article_does() {
        let classifier = TopicClassifier::pretrained();
        let texts: Vec<String> = (0..2_500)
            .map(|i| match i % 3 {
                0 => format!("Zölle auf Stahl steigen um {i} Prozent."),
                1 => format!("The navy ordered {i} frigates and missiles."),
                _ => format!("Nothing happened in week {i}."),
            })
            .collect();
        let expected: Vec<Prediction> = texts.iter().map(|t| classifier.predict(t)).collect();
        assert!(classifier.predict_batch(&texts) == expected);
        let (articles, found): (Vec<&String>, Vec<Prediction>) =
            classifier.predictor().predict_iter(&texts).unzip();
        assert!(articles.into_iter().eq(&texts));
        assert!(found == expected);
        assert_eq!(classifier.predict_batch::<&str>(&[]), []);
    }
}
