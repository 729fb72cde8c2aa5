//! gwcfg against the floor: `cargo bench --bench pipeline [-- --project DIR] [--models N,…]`.
//!
//! "Events" is this binary, reading the same files, checking their UTF-8 and running the parser's
//! events. Each command of a size runs in turn with it, because the machine changes under a
//! benchmark; only their ratios mean something. Nothing is asserted: the table is for people.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a bench")]
#![allow(missing_docs, clippy::cast_precision_loss, reason = "a bench")]

mod events;
mod generator;
mod measure;

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use measure::{Process, median};

/// Time is read off at least this long for each command of a size, in rounds.
const SECONDS: f64 = 6.0;

/// What the table is held against.
const BARS: &str = "at most: validate 1.5 of the events, the project's in instructions too; \
                    generate 1.8 of the events; peak 2.5 of the input; the project's lint 1.0 of \
                    validate, route 1.5 and simulate 2.0 of it";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("events") => return events::run(&arguments[1..]),
        Some("peak") => return Ok(measure::peak_of_child(&arguments[1..])?),
        _ => {}
    }
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("projects");
    let sizes = option("--models").and_then(|list| list.to_str()).unwrap_or("1000,10000,100000");
    println!(
        "project      command    median ms  /events  /validate  peak MB  /input  instructions \
         /events  /validate"
    );
    let root = option("--project").map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    compare("the project", &root, true)?;
    let mut growth = Vec::new();
    for size in sizes.split(',') {
        let size: usize = size.trim().parse()?;
        let root = generator::project(&folder, size)?;
        growth.push((size, compare(&format!("{size} models"), &root, false)?));
    }
    if let (Some((small, few)), Some((large, many))) = (growth.first(), growth.last())
        && small < large
    {
        for (name, (few, many)) in ["events", "validate", "generate", "lint", "route", "simulate"]
            .iter()
            .zip(few.iter().zip(many))
        {
            let exponent = (many / few).ln() / (*large as f64 / *small as f64).ln();
            println!("{small} to {large}: {name} grows with exponent {exponent:.3}");
        }
    }
    println!("{BARS}");
    Ok(())
}

/// A copy of a program, as `cargo install` makes one: what a linker wrote stands scattered in the
/// kernel's memory, which costs half a millisecond at each start.
fn as_installed(program: &Path) -> io::Result<PathBuf> {
    let name = program.file_name().unwrap_or(OsStr::new("program"));
    let copy = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&copy);
    std::fs::copy(program, &copy)?;
    Ok(copy)
}

/// Prints a row for each command; gives the medians in milliseconds.
fn compare(name: &str, root: &Path, counted: bool) -> Result<Vec<f64>, Box<dyn Error>> {
    let itself = as_installed(&std::env::current_exe()?)?;
    let gwcfg = as_installed(Path::new(env!("CARGO_BIN_EXE_gwcfg")))?;
    let gwcfg = gwcfg.as_os_str();
    let files: Vec<PathBuf> = ["gwcfg.yaml", "providers.yaml", "model-mappings.yaml", "ports.yaml"]
        .iter()
        .flat_map(|file| [root.join("config").join(file), root.join(file)])
        .filter(|file| file.is_file())
        .collect();
    let bytes: u64 = files.iter().map(|file| file.metadata().map_or(0, |data| data.len())).sum();
    let output = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled.yaml");
    let config = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("linted.yaml");
    let with = ["-C".as_ref(), root.as_os_str()];
    let mut events = vec![itself.as_os_str(), OsStr::new("events")];
    events.extend(files.iter().map(|file| file.as_os_str()));
    let to = ["generate", "-q", "--force", "-o"].map(OsStr::new);
    // What `lint` reads is what the sources compile to.
    let compiled = [&[gwcfg], &with[..], &to, &[config.as_os_str()]].concat();
    Process::new("generate", compiled).time()?;
    let text = std::fs::read_to_string(&config)?;
    let (asked, lost) = (first(&text, "- model_name: "), first(&text, "provider: "));
    let processes = [
        Process::new("events", events),
        Process::new("validate", [gwcfg, with[0], with[1], "validate".as_ref(), "-q".as_ref()]),
        Process::new("generate", [&[gwcfg], &with[..], &to, &[output.as_os_str()]].concat()),
        Process::new("lint", [gwcfg, "lint".as_ref(), "-q".as_ref(), config.as_os_str()]),
        Process::new("route", [gwcfg, with[0], with[1], "route".as_ref(), asked.as_ref()]),
        Process::new(
            "simulate",
            [gwcfg, with[0], with[1], "simulate".as_ref(), "--down".as_ref(), lost.as_ref()],
        ),
    ];
    let once: f64 =
        processes.iter().map(|it| it.time().map_or(1.0, |took| took.as_secs_f64())).sum();
    let rounds = ((SECONDS * 4.0 / once) as usize).clamp(5, 501);
    let mut medians = Vec::new();
    let mut ratios = Vec::new();
    for process in &processes {
        let (mut floors, mut times) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            // Nothing to overwrite: else `generate` compares first.
            let _ = std::fs::remove_file(&output);
            floors.push(processes[0].time()?.as_secs_f64() * 1000.0);
            times.push(process.time()?.as_secs_f64() * 1000.0);
        }
        medians.push(median(times));
        ratios.push(medians[medians.len() - 1] / median(floors));
    }
    let counts: Vec<Option<u64>> =
        processes.iter().map(|it| counted.then(|| it.instructions()).flatten()).collect();
    for (row, process) in processes.iter().enumerate() {
        let _ = std::fs::remove_file(&output);
        let peak = process.peak()? as f64;
        let counted = match (counts[row], counts[0], counts[1]) {
            (Some(count), Some(floor), Some(validate)) => format!(
                "{count:>12} {:>7.2} {:>10.2}",
                count as f64 / floor as f64,
                count as f64 / validate as f64
            ),
            _ => String::new(),
        };
        println!(
            "{name:<12} {:<9} {:>10.2} {:>8.2} {:>10.2} {:>8.1} {:>7.2}  {counted}",
            process.name,
            medians[row],
            ratios[row],
            ratios[row] / ratios[1],
            peak / 1e6,
            peak / bytes as f64,
        );
    }
    Ok(medians)
}

/// What stands behind a key of a compiled config where it comes first.
fn first(config: &str, key: &str) -> String {
    let line = config.lines().find_map(|line| line.trim_start().strip_prefix(key));
    line.unwrap_or("").trim_matches(['"', '\'']).to_owned()
}
