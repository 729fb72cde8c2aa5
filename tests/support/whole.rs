//! Every stage in this process, on bytes: from the sources to the report and the output.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use gwcfg::diagnostic::{Level, Levels, Redactions, Report, Severity};
use gwcfg::gateway::litellm;
use gwcfg::gateway::yaml::YamlWriter;
use gwcfg::pipeline::{self, Files, Overlays};
use gwcfg::project::baseline;
use gwcfg::report::{self, Around, Format, Read, Run, Style};
use gwcfg::source::{FileId, SourceFile, Sources, parse};

/// What came out.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole {
    /// The JSON report.
    pub json: String,
    /// The report for people.
    pub human: String,
    /// The compiled config, also of sources with errors: every rule is but a warning.
    pub output: String,
}

/// Runs every stage over files by their names (`providers.yaml` and the like), with every rule
/// lowered to a warning when `lowered`, as `-W` does: the compiler then goes on.
pub fn whole(files: &[(&str, Vec<u8>)], lowered: bool) -> Whole {
    let mut sources = Sources::default();
    let (known, given): (Vec<_>, Vec<_>) =
        files.iter().partition(|(name, _)| *name == "baseline.yaml");
    let known = known
        .first()
        .map(|(name, bytes)| SourceFile::new((*name).to_owned(), bytes.clone(), false));
    let ids: Vec<(&str, FileId)> = given
        .iter()
        .map(|(name, bytes)| {
            let file = SourceFile::new((*name).to_owned(), bytes.clone(), false);
            (*name, sources.add(file))
        })
        .collect();
    let id = |wanted: &str| ids.iter().find(|(name, _)| *name == wanted).map(|(_, id)| *id);
    let missing = |name: &str| SourceFile::missing(name.to_owned());
    let (providers, mappings) = (id("providers.yaml"), id("model-mappings.yaml"));
    let files = Files {
        project: id("gwcfg.yaml"),
        providers: providers.unwrap_or_else(|| sources.add(missing("providers.yaml"))),
        mappings: mappings.unwrap_or_else(|| sources.add(missing("model-mappings.yaml"))),
        ports: id("ports.yaml"),
        overlays: Overlays::new(id("overlay.yaml")),
    };
    let mut levels = Levels::default();
    let rules = gwcfg::rules::all();
    for rule in rules.iter().filter(|_| lowered) {
        let level = Level::Report(Severity::Warning);
        levels.set(rules.iter().copied(), rule.name, level).unwrap();
    }
    let baseline = known.map(|file| baseline::read(&mut sources, file).unwrap());
    let mut report = Report::new(levels).knowing(baseline);
    let (counts, output) = pipeline::compile(&sources, files, &mut report, |compiled, report| {
        if report.has(Severity::Error) {
            return String::new();
        }
        let mut writer = YamlWriter::new(Vec::new());
        litellm::emit(compiled, &mut writer).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    });
    let read = Read {
        files: sources.files().count(),
        models: counts.models,
        providers: counts.providers,
        public_names: counts.public_names,
    };
    let written = |format: Format| {
        let run = Run {
            report: &report,
            sources: &sources,
            redactions: &Redactions::default(),
            read: &read,
            style: Style { colour: false, unicode: true, width: 100, links: false },
            around: Around::default(),
        };
        let mut bytes = Vec::new();
        report::write(&mut bytes, format, &run).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    Whole { json: written(Format::Json), human: written(Format::Human), output }
}

/// What holds whatever the sources are: nothing panics, every place of a finding is inside its
/// file, the same input gives the same bytes, and what is written can be read.
pub fn holds(files: &[(&str, Vec<u8>)]) {
    for lowered in [false, true] {
        let one = whole(files, lowered);
        let report: serde_json::Value = serde_json::from_str(&one.json).unwrap();
        for finding in report["findings"].as_array().unwrap() {
            let path = finding["path"].as_str().unwrap();
            let file = files.iter().find(|(name, _)| *name == path);
            let length = file.map_or(0, |(_, bytes)| bytes.len());
            let (start, end) = (&finding["start"]["byte"], &finding["end"]["byte"]);
            let (start, end) = (start.as_u64().unwrap(), end.as_u64().unwrap());
            assert!(start <= end && end <= length as u64, "{finding}");
        }
        assert_eq!(one, whole(files, lowered), "two runs differ");
        if one.output.is_empty() {
            assert!(!lowered, "errors are warnings, and nothing was compiled");
            continue;
        }
        let mut sources = Sources::default();
        let bytes = one.output.into_bytes();
        let file = sources.add(SourceFile::new("output".to_owned(), bytes, false));
        assert_eq!(parse(&sources, file).errors, [], "{}", sources.text(file));
    }
}

/// Runs `work` and fails when it takes longer than `limit`: a loop without end must not hang the
/// test.
pub fn within(limit: Duration, work: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel();
    let worker = std::thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    match ended.recv_timeout(limit) {
        Err(RecvTimeoutError::Timeout) => panic!("not done within {limit:?}: something hangs"),
        Ok(()) | Err(RecvTimeoutError::Disconnected) => {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}
