//! The frame of every HTML page: one self-contained file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");

/// A whole page around a body: style for screen and paper, light and dark, phone and desktop.
///
/// The page loads nothing and its policy forbids it to: without `script` it cannot run any code,
/// with one it runs exactly that. Control characters of the data become U+FFFD.
pub fn frame(title: &str, body: &Markup, script: Option<&str>) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(script));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "newstopics " (env!("CARGO_PKG_VERSION")) };
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (body) }
                @if let Some(script) = script {
                    script { (PreEscaped(script)) }
                }
            }
        }
    };
    without_controls(page.into_string())
}

fn policy(script: Option<&str>) -> String {
    let scripts = script.map_or(String::new(), |script| {
        let hash = BASE64.encode(Sha256::digest(script));
        format!(" script-src 'sha256-{hash}';")
    });
    format!(
        "default-src 'none'; style-src 'unsafe-inline';{scripts} base-uri 'none'; form-action 'none'"
    )
}

/// The one place where control characters of titles, texts and names are dealt with: they have no
/// meaning in a page and are errors in its syntax.
fn without_controls(page: String) -> String {
    let meant = |c: char| !c.is_control() || c == '\n' || c == '\t';
    if page.chars().all(meant) {
        return page;
    }
    page.chars()
        .map(|c| if meant(c) { c } else { '\u{FFFD}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_a_script_runs_none() {
        let page = frame("A <b> & \"c\"", &html! { p { "text" } }, None);
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
        assert!(page.contains("<title>A &lt;b&gt; &amp; &quot;c&quot;</title>"));
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri"));
        assert!(!page.contains("<script"));
    }

    #[test]
    fn a_script_is_allowed_by_its_hash() {
        let page = frame("t", &html! {}, Some("alert(1)"));
        // echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(page.contains("script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"));
        assert!(page.contains("<script>alert(1)</script>"));
    }

    #[test]
    fn control_characters_are_shown_as_replaced() {
        let page = frame(
            "a\u{0}b\u{1b}[31m\u{85}",
            &html! { pre { "x\n\ty\r" } },
            None,
        );
        assert!(page.contains("<title>a\u{FFFD}b\u{FFFD}[31m\u{FFFD}</title>"));
        assert!(page.contains("x\n\ty\u{FFFD}"));
    }
}
