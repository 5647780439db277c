//! The report as an HTML page, as `--report report.html` writes it.

mod common;

use common::{Room, single_label_csv, small_csv};

/// Trains on a file, evaluates on it, and returns the page.
fn page(csv: &str, training: &[&str], evaluation: &[&str]) -> String {
    let room = Room::new();
    room.write("news.csv", csv);
    let mut args = vec![
        "train",
        "news.csv",
        "--model",
        "m",
        "--folds",
        "2",
        "--group-by",
        "id",
    ];
    args.extend(training);
    room.succeed(&args);
    let mut args = vec!["evaluate", "news.csv", "-m", "m", "--resamples", "20"];
    args.extend(["--report", "r.html"]);
    args.extend(evaluation);
    room.succeed(&args);
    std::fs::read_to_string(room.path("r.html")).unwrap()
}

/// Articles that each carry one or two of some labels, by turns; every fifth carries none.
fn many_labels(labels: usize) -> String {
    let mut csv = String::from("id,labels,text\n");
    for i in 0..(12 * labels).max(24) {
        let (own, other) = (i % labels, (i / labels + i) % labels);
        let carried = match i % 5 {
            0 => String::new(),
            1 => format!("topic{own:02};topic{other:02}"),
            _ => format!("topic{own:02}"),
        };
        let words = if carried.is_empty() {
            "quiet day".to_owned()
        } else {
            format!("word{own} thing{other}")
        };
        csv += &format!("{i},{carried},The {words} of week {i} and more\n");
    }
    csv
}

/// The pictures of a page, each well-formed XML of its own, named and not empty.
fn plots(page: &str) -> Vec<String> {
    page.split("<svg ")
        .skip(1)
        .map(|rest| {
            let end = rest.find("</svg>").unwrap();
            let svg = format!("<svg {}</svg>", &rest[..end]);
            let document = roxmltree::Document::parse(&svg).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            assert!(root.attribute("viewBox").is_some());
            assert!(
                root.children().filter(|n| n.is_element()).count() > 2,
                "{svg}"
            );
            root.attribute("aria-label").unwrap().to_owned()
        })
        .collect()
}

fn named(plots: &[String], beginning: &str) -> usize {
    plots
        .iter()
        .filter(|name| name.starts_with(beginning))
        .count()
}

#[test]
fn every_plot_and_section_is_there() {
    let page = page(&small_csv(), &[], &[]);
    let plots = plots(&page);
    assert_eq!(named(&plots, "Precision-recall curve of "), 3);
    assert_eq!(named(&plots, "Reliability of the probabilities of "), 3);
    assert_eq!(named(&plots, "Probabilities of "), 3);
    assert_eq!(named(&plots, "Confusion of topics"), 1);
    assert_eq!(named(&plots, "Topics carried together"), 1);
    assert_eq!(named(&plots, "F1 of "), 3);
    let sections = [
        "figures",
        "topics",
        "confusion",
        "curves",
        "reliability",
        "thresholds",
        "scores",
        "mistakes",
        "splits",
        "origin",
        "definitions",
    ];
    let places: Vec<usize> = sections
        .iter()
        .map(|id| page.find(&format!("<section id=\"{id}\">")).expect(id))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(page.contains("20 resamples of the 28 articles, seed 0"));
    assert!(!page.contains("Learning curve"));
    assert!(!page.contains("NaN") && !page.contains("var(--ink)var"));
}

#[test]
fn the_page_loads_nothing() {
    let page = page(&small_csv(), &[], &[]);
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("script-src 'sha256-"));
    assert_eq!(page.matches("<script").count(), 1);
}

#[test]
fn the_same_evaluation_gives_the_same_bytes() {
    let on = |threads: &str| page(&small_csv(), &[], &["--threads", threads]);
    assert_eq!(on("1"), on("3"));
}

#[test]
fn one_label_has_no_pairs() {
    let plots = plots(&page(&many_labels(1), &[], &[]));
    assert_eq!(named(&plots, "Precision-recall curve of "), 1);
    assert_eq!(named(&plots, "Topics carried together"), 0);
}

#[test]
fn of_ninety_labels_the_largest_are_drawn_and_all_are_listed() {
    let page = page(&many_labels(90), &["--char-ngrams", "none"], &[]);
    let plots = plots(&page);
    assert_eq!(named(&plots, "Precision-recall curve of "), 12);
    assert_eq!(named(&plots, "F1 of "), 90);
    assert!(page.contains("Shown: the 12 topics that most articles carry, of 90"));
    assert!(page.contains("Shown: the 20 topics that most articles carry, of 90"));
    for label in ["topic00", "topic45", "topic89"] {
        assert!(page.contains(&format!("<bdi>{label}</bdi>")), "{label}");
    }
}

#[test]
fn a_multi_class_page_speaks_of_accuracy() {
    let page = page(&single_label_csv(), &["--task", "multi-class"], &[]);
    assert!(page.contains("gives the right class to"));
    assert!(page.contains("the most probable was given"));
    assert!(!page.contains("Topics carried together"));
    assert!(!page.contains("(none)</text>"));
    assert_eq!(named(&plots(&page), "Confusion of topics"), 1);
}

#[test]
fn a_learning_curve_is_drawn_where_there_is_one() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    let args = [
        "cv",
        "news.csv",
        "--folds",
        "2",
        "--learning-curve=0.5,1",
        "--report",
        "r.html",
    ];
    room.succeed(&args);
    let page = std::fs::read_to_string(room.path("r.html")).unwrap();
    let plots = plots(&page);
    assert_eq!(named(&plots, "Learning curve: "), 1);
    assert!(page.contains("2 folds, stratified by label combination"));
    assert!(page.contains("Cross-validated evaluation"));
}

#[test]
fn what_has_no_value_is_said_to_have_none() {
    // Only one of the three topics is carried in what is evaluated.
    let room = Room::new();
    room.write("news.csv", small_csv());
    room.succeed(&["train", "news.csv", "--model", "m", "--folds", "2"]);
    room.write(
        "some.csv",
        "labels,text\ntariffs,The duty rises\n,The weather waits\n",
    );
    room.write(
        "none.csv",
        "labels,text\n\"\",The duty rises\n,The weather waits\n",
    );
    for data in ["some.csv", "none.csv"] {
        let args = ["evaluate", data, "-m", "m", "--report", "r.html"];
        room.succeed(&args);
        let page = std::fs::read_to_string(room.path("r.html")).unwrap();
        assert!(page.contains("class=\"absent\">n/a"), "{data}");
        assert!(
            page.contains("a curve needs articles with the topic"),
            "{data}"
        );
        assert!(!page.contains("NaN") && !page.contains("inf"), "{data}");
        assert_eq!(
            page.contains("None of the 2 articles carries a label"),
            data == "none.csv"
        );
        plots(&page);
    }
}

#[test]
fn everything_from_the_data_is_escaped() {
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>'\u{202E}\u{7}";
    let mut csv = String::from("id,labels,title,text,<b>by\n");
    for i in 0..24 {
        let label = if i % 2 == 0 {
            hostile
        } else {
            "\"\" onload=\"\"x"
        };
        csv += &format!(
            "\"{hostile}{i}\",\"{label}\",\"{hostile}\",\"word{} {hostile} week {i}\",\"{hostile}{}\"\n",
            i % 3,
            i % 4
        );
    }
    let page = page(&csv, &[], &["--by", "<b>by"]);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains("<b>by"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains('\u{7}'));
    assert!(!page.contains("\" onload=\"x"));
    // A name that changes the writing direction stays within its own bounds.
    for (at, _) in page.match_indices('\u{202E}') {
        let before = &page[..at];
        let opened = |tag: &str| before.rfind(tag).unwrap_or(0);
        let within = ["<bdi>", "<text ", "aria-label=", "<mark"].map(opened);
        let bounds = within.into_iter().max().unwrap();
        assert!(
            !page[bounds..at].contains("</bdi>"),
            "{}",
            &page[bounds..at]
        );
    }
    plots(&page);
}
