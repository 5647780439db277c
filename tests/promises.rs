//! The promises of SECURITY.md: each names the tests that hold it, and those tests are there.

mod common;

use common::project;

/// The rows of the table below a heading, without its head.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) = page.split_once(heading).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter(|line| line.starts_with('|') && !line.starts_with("|---"))
        .skip(1)
        .map(|line| {
            let cells = line.trim_matches('|').split(" | ");
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        // A subject stands in bold between the rows.
        .filter(|row: &Vec<String>| !row[0].starts_with("**"))
        .collect()
}

/// The links of a cell: what they say, and the file they lead to.
fn links(cell: &str) -> Vec<(&str, &str)> {
    cell.split('[')
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("](").unwrap();
            (name.trim_matches('`'), rest.split_once(')').unwrap().0)
        })
        .collect()
}

/// Whether a file has a test of that name; for other files, whether it has these words.
fn holds(name: &str, file: &str) -> bool {
    let Ok(text) = std::fs::read_to_string(project().join(file)) else {
        return false;
    };
    if !file.ends_with(".rs") {
        return text.contains(name);
    }
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let function = format!("fn {name}(");
    lines
        .iter()
        .position(|line| line.starts_with(&function))
        .is_some_and(|at| {
            // Above it are its attributes; one that is ignored holds nothing.
            let above = lines[..at].iter().rev();
            let attributes: Vec<&&str> = above.take_while(|line| line.starts_with("#[")).collect();
            attributes.contains(&&"#[test]")
                && !attributes.iter().any(|line| line.starts_with("#[ignore"))
        })
}

#[test]
fn every_promise_names_tests_that_are_there() {
    let page = std::fs::read_to_string(project().join("SECURITY.md")).unwrap();
    let rows = rows(&page, "## Promises and their tests");
    assert!(rows.len() >= 20, "found {} promises", rows.len());
    for row in &rows {
        let links = links(row.last().unwrap());
        assert!(!links.is_empty(), "no test holds: {}", row[0]);
        for (name, file) in links {
            assert!(
                holds(name, file),
                "{file} has no test `{name}` ({})",
                row[0]
            );
        }
    }
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    let here = "tests/promises.rs";
    assert!(holds("a_test_that_is_not_there_is_noticed", here));
    assert!(!holds("holds", here));
    assert!(!holds("no_such_test", here));
    assert!(!holds("any_number_of_records", "tests/streaming.rs"));
    assert!(!holds("anything", "tests/nowhere.rs"));
}
