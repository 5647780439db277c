//! What the program is built of: licences, sources, versions of Rust, and what the library needs.
//!
//! `cargo deny check` says more (known weaknesses, duplicate versions) where it is installed. This
//! holds the rest everywhere.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use common::project;
use serde_json::Value;
use spdx::{Expression, ParseMode};

/// What cargo knows of the project and its dependencies.
fn metadata(options: &[&str]) -> Value {
    let cargo = std::env::var_os("CARGO").unwrap();
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(options)
        .current_dir(project())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().unwrap().iter()
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// The licences that deny.toml allows.
fn allowed() -> BTreeSet<String> {
    let deny = std::fs::read_to_string(project().join("deny.toml")).unwrap();
    let (_, list) = deny.split_once("allow = [\n").unwrap();
    let (list, _) = list.split_once("\n]").unwrap();
    list.lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_licence_is_an_allowed_one() {
    let allowed = allowed();
    assert!(allowed.contains("MIT") && allowed.contains("Apache-2.0"));
    let mut found = 0;
    for package in packages(&metadata(&["--all-features"])) {
        let name = text(package, "name");
        let licence = text(package, "license");
        let expression = Expression::parse_mode(licence, ParseMode::LAX)
            .unwrap_or_else(|e| panic!("{name}: `{licence}`: {e}"));
        assert!(
            expression.evaluate(|licence| allowed.contains(&licence.to_string())),
            "{name} has the licence `{licence}`, which deny.toml does not allow"
        );
        found += 1;
    }
    assert!(found > 100, "found {found} packages");
}

#[test]
fn all_sources_are_crates_io() {
    let metadata = metadata(&["--all-features"]);
    let mut own = Vec::new();
    for package in packages(&metadata) {
        match package["source"].as_str() {
            Some(source) => assert_eq!(
                source,
                "registry+https://github.com/rust-lang/crates.io-index",
                "{}",
                text(package, "name")
            ),
            None => own.push(text(package, "name")),
        }
    }
    assert_eq!(own, ["newstopics"]);
}

/// Major, minor and patch of a version of Rust.
fn version(text: &str) -> [u32; 3] {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

#[test]
fn no_dependency_needs_a_newer_rust() {
    let metadata = metadata(&["--all-features"]);
    let needed: BTreeMap<&str, &str> = packages(&metadata)
        .filter_map(|package| Some((text(package, "name"), package["rust_version"].as_str()?)))
        .collect();
    let ours = needed["newstopics"];
    for (name, rust) in needed {
        assert!(
            version(rust) <= version(ours),
            "{name} needs Rust {rust}, we say that {ours} is enough"
        );
    }
}

/// The names of the packages that a build with some features is made of, tests left aside.
fn built(metadata: &Value) -> BTreeSet<&str> {
    let names: BTreeMap<&str, &str> = packages(metadata)
        .map(|package| (text(package, "id"), text(package, "name")))
        .collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (text(node, "id"), node))
        .collect();
    let mut open = vec![text(&metadata["resolve"], "root")];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds
                .iter()
                .any(|kind| kind["kind"].as_str() != Some("dev"))
            {
                open.push(text(dependency, "pkg"));
            }
        }
    }
    seen.into_iter().map(|id| names[id]).collect()
}

#[test]
fn the_library_needs_nothing_of_the_command_line() {
    let alone = metadata(&["--no-default-features"]);
    let alone = built(&alone);
    let program = metadata(&[]);
    let program = built(&program);
    for name in [
        "anstream",
        "clap",
        "ctrlc",
        "dom_query",
        "indicatif",
        "maud",
        "plotters",
        "same-file",
        "terminal_size",
    ] {
        assert!(
            program.contains(name),
            "{name} is no longer needed: change this list"
        );
        assert!(!alone.contains(name), "the library needs {name}");
    }
    assert!(alone.contains("linfa-logistic"));
}

/// No crate of the program can open a connection, nor does the program itself.
#[test]
fn nothing_reaches_the_network() {
    let metadata = metadata(&["--all-features"]);
    let built = built(&metadata);
    for name in [
        "async-std",
        "curl",
        "h2",
        "hyper",
        "mio",
        "native-tls",
        "openssl",
        "reqwest",
        "rustls",
        "smol",
        "socket2",
        "tokio",
        "ureq",
    ] {
        assert!(!built.contains(name), "{name} can reach the network");
    }
    let mut folders = vec![project().join("src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                assert!(!code.contains("std::net"), "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files > 50, "found {files} files");
}

#[test]
fn no_code_of_ours_is_unsafe() {
    for file in ["src/lib.rs", "src/main.rs"] {
        let code = std::fs::read_to_string(project().join(file)).unwrap();
        assert!(code.contains("\n#![forbid(unsafe_code)]\n"), "{file}");
    }
}
