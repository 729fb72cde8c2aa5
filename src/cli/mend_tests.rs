use std::io;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::cli::reports::Standing;
use crate::diagnostic::{Check, Levels, Reporter, Rule, Severity, Stage};
use crate::pipeline::{self, Files, Overlays};
use crate::report::Style;
use crate::source::Span;

/// A project in memory, as the fixes left it.
fn judge(files: &[(&str, String)], mended: &Mended) -> Judged {
    let mut sources = Sources::default();
    let mut add = |name: &str| {
        let (_, text) = files.iter().find(|(known, _)| *known == name).unwrap();
        let text = mended.texts().find(|(path, _)| *path == name).map_or(text.as_str(), |(_, t)| t);
        sources.add(SourceFile::new(name.to_owned(), text.as_bytes().to_vec(), false))
    };
    let (project, providers) = (Some(add("gwcfg.yaml")), add("providers.yaml"));
    let (mappings, overlays) = (add("model-mappings.yaml"), Overlays::default());
    let files = Files { project, providers, mappings, ports: None, overlays };
    let mut report = Report::new(Levels::default());
    pipeline::validate(&sources, files, &mut report);
    Judged { sources, report }
}

fn is_safe(finding: &Diagnostic) -> bool {
    finding.fixes.iter().any(|fix| fix.safe)
}

/// What cannot be mended safely, in order. Comments are left out: whether one can go depends on
/// the others.
fn unmended(judged: &Judged) -> Vec<String> {
    let findings = judged.report.findings().iter();
    let left = findings.filter(|found| !is_safe(found) && found.rule.name != "unused-allow");
    let mut left: Vec<String> =
        left.map(|found| format!("{} {}", found.rule.name, found.message)).collect();
    left.sort();
    left
}

/// Words at a place of a project: some of them are right, some can be mended, some not safely.
fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(words)
}

prop_compose! {
    fn projects()(
        mark in one_of(&["", "\u{feff}", "# gwcfg: allow[weights-sum] x\n", "# kept 1\n\n"]),
        model in one_of(&["phi4", "012", "1.10", "yes", "'phi4'", "4"]),
        behind in one_of(&["", "  # kept 2", " # gwcfg: allow[model-unreached, fallback-cycle]"]),
        count in one_of(&["1", "7"]),
        kind in one_of(&["ollama", "olama", "nothing"]),
        variable in one_of(&["KEY", "$KEY", "${KEY}", "no key"]),
        above in one_of(&["", "  # gwcfg: allow[provider-unknown] y\n", "  # kept 3\n"]),
        name in one_of(&["ollama", "olama", "nobody"]),
        key in one_of(&["phi4", "12", "no", "\"12\""]),
        keep in one_of(&["keep: {last: 3}", "kep: {last: 3}", "rules: {}"]),
        line_end in one_of(&["\n", "\r\n"]),
    ) -> Vec<(&'static str, String)> {
        let providers = format!(
            "{mark}providers:\n  ollama:\n    type: {kind}\n    \
             base_url: 'http://127.0.0.1:11434'\n    status: active\n    env_var: {variable}\n    models:\n      - {model}{behind}\n\
             metadata: {{total_providers: {count}, total_models_available: 1}}\n"
        );
        let mappings = format!(
            "exact_matches:{behind}\n{above}  {key}: {{provider: {name}, backend_model: phi4}}\n"
        );
        let texts = [
            ("gwcfg.yaml", keep.to_owned()),
            ("providers.yaml", providers),
            ("model-mappings.yaml", mappings),
        ];
        texts.map(|(name, text)| (name, text.replace('\n', line_end))).to_vec()
    }
}

fn kept(text: &str) -> usize {
    text.matches("# kept").count()
}

proptest! {
    #[test]
    fn what_is_safe_is_made_and_the_rest_stays(files in projects(), unsafe_too: bool) {
        let before = judge(&files, &Mended::default());
        let mended = Mended::make(unsafe_too, |mended| Ok::<_, ()>(judge(&files, mended))).unwrap();
        let after = judge(&files, &mended);
        prop_assert!(mended.harmful.is_empty());
        prop_assert!(!after.report.findings().iter().any(is_safe));
        for (file, source) in after.sources.files() {
            prop_assert_eq!(parse(&after.sources, file).errors, []);
            prop_assert_eq!(kept(&source.text), kept(before.sources.text(file)));
            prop_assert_eq!(source.text.contains('\r'), before.sources.text(file).contains('\r'));
        }
        if unsafe_too {
            prop_assert!(after.report.findings().iter().all(|found| found.fixes.is_empty()));
        } else {
            let left = unmended(&after);
            for finding in unmended(&before) {
                prop_assert!(left.contains(&finding), "{} is gone: {:#?}", finding, left);
            }
        }
        let fixable = before.report.findings().iter().any(|found| {
            is_safe(found) || unsafe_too && !found.fixes.is_empty()
        });
        prop_assert_eq!(fixable, mended.findings > 0);
        prop_assert_eq!(fixable, !mended.files.is_empty());
        // Made once more, nothing is left to do.
        let texts: Vec<(&str, String)> = after.sources.files().map(|(_, source)| {
            let name = files.iter().find(|(name, _)| *name == source.path).unwrap().0;
            (name, source.text.clone())
        }).collect();
        let again = Mended::make(unsafe_too, |mended| Ok::<_, ()>(judge(&texts, mended))).unwrap();
        prop_assert_eq!(again.findings, 0);
    }
}

static RULE: Rule = Rule {
    name: "letter-wrong",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "",
    page: "",
};

/// A fix that makes a file one that cannot be parsed.
fn breaking(at: &usize, out: &mut Reporter<'_>) {
    let place = Span::new(FileId(0), *at, at + 1);
    out.report("wrong", place, "here").fix("break it", place, "[");
}

fn one_file(path: &str, text: &str, at: usize) -> Judged {
    let mut sources = Sources::default();
    sources.add(SourceFile::new(path.to_owned(), text.as_bytes().to_vec(), false));
    let mut report = Report::new(Levels::default());
    report.run(&[Check { rule: &RULE, run: breaking }], &at);
    Judged { sources, report }
}

#[test]
fn a_fix_that_would_break_a_file_is_not_made() {
    let judge = |_: &Mended| Ok::<_, ()>(one_file("t.yaml", "a: b\n", 3));
    let mended = Mended::make(false, judge).unwrap();
    assert_eq!((mended.findings, mended.files.len()), (0, 0));
    assert_eq!(mended.harmful, ["a fix of `letter-wrong` at `t.yaml:1:4`"]);
}

/// Fixes of which each would do, and not both.
fn twice(letters: &[usize; 2], out: &mut Reporter<'_>) {
    for at in letters {
        let place = Span::new(FileId(0), *at, at + 1);
        out.report("wrong", place, "here").fix("change it", place, "c");
    }
}

#[test]
fn fixes_that_harm_only_together_are_made_in_turn() {
    let judge = |mended: &Mended| {
        let text = mended.texts().next().map_or("a: 1\nb: 2\n", |(_, text)| text);
        let mut sources = Sources::default();
        sources.add(SourceFile::new("t".to_owned(), text.as_bytes().to_vec(), false));
        let mut report = Report::new(Levels::default());
        let letters = if text.starts_with('a') { [0, 5] } else { [5, 5] };
        report.run(&[Check { rule: &RULE, run: twice }], &letters);
        Ok::<_, ()>(Judged { sources, report })
    };
    let mended = Mended::make(false, judge).unwrap();
    assert_eq!(mended.texts().next(), Some(("t", "c: 1\nb: 2\n")));
    assert_eq!((mended.findings, mended.harmful.len()), (1, 1));
}

/// What is told, for a test to read.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u8>>>);

impl io::Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_file_that_was_changed_meanwhile_is_kept_with_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.yaml");
    let shown = path.display().to_string();
    std::fs::write(&path, "a: '['\n").unwrap();
    // In quotes, the same edit breaks nothing, and it finds itself again for ever.
    let judge = |_: &Mended| Ok::<_, ()>(one_file(&shown, "a: '('\n", 4));
    let mended = Mended::make(false, judge).unwrap();
    let told = Told::default();
    let mut terminal = Terminal {
        out: Box::new(io::sink()),
        err: Box::new(told.clone()),
        standing: Standing::new(Path::new(".")),
        style: Style { colour: false, unicode: true, width: 100, links: false },
        columns: None,
        quiet: false,
        verbose: false,
        environment: None,
    };
    let written = mended.write(folder.path(), |path| Some(PathBuf::from(path)), &mut terminal);
    assert_eq!(written, Err(Exit::Refused));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a: '['\n");
    let told = String::from_utf8(told.0.lock().unwrap().clone()).unwrap();
    assert!(told.contains("was changed while it was judged, and is kept"), "{told}");
    std::fs::write(&path, "a: '('\n").unwrap();
    let written = mended.write(folder.path(), |path| Some(PathBuf::from(path)), &mut terminal);
    assert_eq!(written, Ok(()));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a: '['\n");
}
