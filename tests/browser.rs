//! The HTML report in a real browser: headless Chromium, where it is installed.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Room, small_csv};
use serde_json::Value;

/// Runs in a copy of the page and leaves what it finds in the document.
const CHECK: &str = r#"
addEventListener('load', () => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => channels(color).slice(0, 3)
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  // The paper behind an element, tints laid over one another.
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor);
      if (a > 0) layers.push([r, g, b, a]);
      if (a === 1) break;
    }
    const mixed = layers.reverse().reduce((under, [r, g, b, a]) =>
      [r, g, b].map((c, at) => c * a + under[at] * (1 - a)), [255, 255, 255]);
    return `rgb(${mixed.join(',')})`;
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const seen = (element) => element.getBoundingClientRect().width > 0;
  let worst = { ratio: 99, of: '', texts: 0 };
  const judge = (element, color) => {
    const ratio = contrast(color, behind(element));
    worst.texts += 1;
    if (ratio < worst.ratio) worst = { ...worst, ratio, of: element.outerHTML.slice(0, 120) };
  };
  for (const element of document.querySelectorAll('main *')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !seen(element)) continue;
    const style = getComputedStyle(element);
    judge(element, element.closest('svg') ? style.fill : style.color);
  }
  const plots = [...document.querySelectorAll('svg.plot')].filter((svg) => !svg.closest('details:not([open])'));
  const found = {
    dark: matchMedia('(prefers-color-scheme: dark)').matches,
    width: innerWidth,
    scroll: document.documentElement.scrollWidth,
    plots: plots.length,
    flat: plots.filter((svg) => { const box = svg.getBoundingClientRect(); return box.width < 100 || box.height < 10; }).length,
    smallest: Math.min(...[...document.querySelectorAll('svg.plot text')].map((t) => {
      const svg = t.closest('svg');
      return parseFloat(getComputedStyle(t).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    })),
    sliders: document.querySelectorAll('input[type=range]').length,
    moved: (() => {
      const block = document.querySelector('.thresholds');
      const slider = block.querySelector('input');
      const before = block.querySelector('output').textContent;
      slider.value = slider.value === '0' ? 1 : 0;
      slider.dispatchEvent(new Event('input'));
      return before !== block.querySelector('output').textContent;
    })(),
    contrast: worst.ratio, worst: worst.of, texts: worst.texts,
    errors: window.faults,
  };
  const out = document.createElement('script');
  out.type = 'application/json';
  out.id = 'found';
  out.textContent = JSON.stringify(found).replaceAll('<', '\\u003c');
  (window.top === window ? document : parent.document).body.append(out);
});
"#;

/// Errors of scripts and of the page's own policy are kept from the beginning.
const LISTEN: &str = "window.faults = []; \
    addEventListener('error', (e) => faults.push(String(e.message)), true); \
    addEventListener('securitypolicyviolation', (e) => faults.push(e.violatedDirective)); \
    console.error = (...said) => faults.push(said.join(' '));";

fn chromium() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// The document that the browser makes of a page, and what it says on its console.
fn open(browser: &Path, room: &Room, page: &str, dark: bool) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let scheme = if dark { 0 } else { 1 };
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--enable-logging=stderr",
            "--window-size=1280,900",
            "--allow-file-access-from-files",
        ])
        .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", room.path(page).display()))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr))
}

/// A page without its policy, with the checking script.
fn checked(page: &str) -> String {
    let begin = page
        .find("<meta http-equiv=\"Content-Security-Policy\"")
        .unwrap();
    let end = begin + page[begin..].find('>').unwrap() + 1;
    format!(
        "{}<script>{LISTEN}{CHECK}</script>{}",
        &page[..begin],
        &page[end..]
    )
}

fn found(dom: &str) -> Value {
    let tag = "id=\"found\">";
    let begin = dom.rfind(tag).expect("the checking script ran") + tag.len();
    let end = begin + dom[begin..].find("</script>").unwrap();
    serde_json::from_str(&dom[begin..end]).unwrap()
}

#[test]
fn the_report_is_sound_on_phone_and_desktop_in_light_and_dark() {
    let Some(browser) = chromium() else {
        eprintln!("skipped: no Chromium on the PATH");
        return;
    };
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
    room.write("checked.html", checked(&page));
    // The browser's own windows are not as narrow as a phone.
    room.write(
        "phone.html",
        "<!doctype html><meta name=color-scheme content='light dark'>\
         <iframe src=checked.html style='width:390px;height:844px;border:0'></iframe>",
    );
    for (file, width) in [("checked.html", 1280), ("phone.html", 390)] {
        for dark in [false, true] {
            let (dom, _) = open(&browser, &room, file, dark);
            let found = found(&dom);
            let at = format!("{width} dark {dark}: {found:#}");
            assert_eq!(found["dark"], dark, "{at}");
            assert_eq!(found["width"], width, "{at}");
            assert!(found["scroll"].as_u64() <= found["width"].as_u64(), "{at}");
            assert_eq!(found["plots"], page.matches("<svg ").count(), "{at}");
            assert_eq!(found["flat"], 0, "{at}");
            assert!(found["smallest"].as_f64().unwrap() >= 11.0, "{at}");
            assert_eq!(
                (&found["sliders"], &found["moved"]),
                (&3.into(), &true.into()),
                "{at}"
            );
            assert!(found["texts"].as_u64().unwrap() > 100, "{at}");
            assert!(found["contrast"].as_f64().unwrap() >= 4.5, "{at}");
            assert_eq!(found["errors"].as_array().map(Vec::len), Some(0), "{at}");
        }
    }
}

#[test]
fn the_policy_of_the_report_lets_its_own_script_run() {
    let Some(browser) = chromium() else {
        eprintln!("skipped: no Chromium on the PATH");
        return;
    };
    let room = Room::new();
    room.write("news.csv", small_csv());
    room.succeed(&["train", "news.csv", "--model", "m", "--folds", "2"]);
    room.succeed(&["evaluate", "news.csv", "-m", "m", "--report", "r.html"]);
    let (dom, said) = open(&browser, &room, "r.html", false);
    assert_eq!(dom.matches("type=\"range\"").count(), 3);
    assert!(!said.contains("CONSOLE"), "{said}");
}
