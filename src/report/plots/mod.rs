//! Plots as SVG for HTML pages: each function draws given figures into one picture.
//!
//! Pictures are small (a phone's width) and stand side by side where there is room, so that their
//! text keeps its size. Colours are the page's, for light and dark; every picture has a title and
//! a description for those who do not see it.

mod canvas;
mod curve;
mod heat_map;
mod histogram;
mod learning;
mod reliability;
mod whisker;

pub(crate) use canvas::Caption;
pub(crate) use curve::{Chosen, precision_recall};
pub(crate) use heat_map::{HeatMap, heat_map};
pub(crate) use histogram::{ScoreHistogram, score_histogram};
pub(crate) use learning::{Step, learning_curve};
pub(crate) use reliability::{Bin, reliability};
pub(crate) use whisker::{whisker, whisker_axis};

#[cfg(test)]
mod tests {
    use maud::Markup;

    use super::*;

    fn caption() -> Caption {
        Caption {
            title: "Curve of <b> & \"c\"".to_owned(),
            description: "rises".to_owned(),
        }
    }

    #[test]
    fn pictures_are_part_of_a_page_and_escape_their_names() {
        let labels = ["<b>", "a \"b\" & c"];
        let counts = [vec![120, 3], vec![0, 80]];
        let map = HeatMap {
            labels: &labels,
            counts: &counts,
            totals: &[123, 80],
        };
        let svg = heat_map(&caption(), &map).unwrap().into_string();
        assert!(
            svg.starts_with("<svg class=\"plot\" role=\"img\" aria-label=\"Curve of &lt;b&gt;")
        );
        assert!(svg.contains("&lt;b&gt;") && !svg.contains("<b>"));
        assert!(
            svg.contains("var(--blue)") && !svg.contains("\"#0"),
            "{svg}"
        );
        assert!(!svg.contains("sans-serif") && !svg.contains("xmlns"));
        roxmltree::Document::parse(&svg).unwrap();
    }

    #[test]
    fn nothing_to_draw_is_no_error() {
        let histogram = ScoreHistogram {
            carriers: &[],
            others: &[],
            threshold: None,
        };
        let pictures: [Markup; 4] = [
            precision_recall(&caption(), &[], None, None).unwrap(),
            reliability(&caption(), &[]).unwrap(),
            score_histogram(&caption(), &histogram).unwrap(),
            learning_curve(&caption(), "micro F1", &[]).unwrap(),
        ];
        for picture in pictures {
            roxmltree::Document::parse(&picture.into_string()).unwrap();
        }
    }
}
