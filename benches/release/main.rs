//! How long a change of the output takes, and the way back:
//! `cargo bench --bench release [-- --project DIR] [--warn RULE,…] [--folder DIR]`.
//!
//! Wall time of whole runs of the program, each on a fresh copy of a project with three recorded
//! generations; nothing is reloaded. `--folder` says where the copies lie, and so how long a sync
//! takes; `--warn` names rules that must not stop the project's compilation. Nothing is asserted:
//! the table is for people.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a bench")]
#![allow(missing_docs, reason = "a bench")]

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs of each command.
const ROUNDS: usize = 101;

/// What is measured: a name, whether the sources change before, and the command.
const COMMANDS: [(&str, bool, &[&str]); 6] = [
    ("rollback", false, &["rollback"]),
    ("rollback --to 1", false, &["rollback", "--to", "1"]),
    ("rollback --dry-run", false, &["rollback", "--dry-run"]),
    ("history", false, &["history"]),
    ("generate, changed", true, &["generate"]),
    ("generate, the same", false, &["generate"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let from = option("--project").map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let folder = option("--folder").map_or(env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    let warn = option("--warn").and_then(|rules| rules.to_str()).unwrap_or_default();
    let warn: Vec<&str> = warn.split(',').filter(|rule| !rule.is_empty()).collect();
    let warn: Vec<&str> = warn.iter().flat_map(|rule| ["-W", rule]).collect();
    let (whole, run) = (folder.join("gwcfg-whole"), folder.join("gwcfg-run"));
    prepare(&from, &whole, &warn)?;
    let mut times = vec![Vec::new(); COMMANDS.len()];
    for _ in 0..ROUNDS {
        // In turn, because the machine changes under a benchmark.
        for ((_, changed, command), times) in COMMANDS.iter().zip(&mut times) {
            copy(&whole, &run)?;
            if *changed {
                change(&run)?;
            }
            let more = if command[0] == "generate" { &warn[..] } else { &[] };
            times.push(time(&run, &[command, more].concat())?);
        }
    }
    let output = find(&whole, "litellm-unified.yaml").ok_or("no output")?;
    println!("output: {} bytes, 3 generations, {ROUNDS} rounds", output.metadata()?.len());
    println!("command               median ms   95 % below ms");
    for ((name, ..), mut times) in COMMANDS.iter().zip(times) {
        times.sort_by(f64::total_cmp);
        println!("{name:<20} {:>10.2} {:>15.2}", times[ROUNDS / 2], times[ROUNDS * 95 / 100]);
    }
    fs::remove_dir_all(&whole)?;
    fs::remove_dir_all(&run)?;
    Ok(())
}

/// A copy of the project's sources with three generations.
fn prepare(from: &Path, whole: &Path, warn: &[&str]) -> Result<(), Box<dyn Error>> {
    let _ = fs::remove_dir_all(whole);
    fs::create_dir_all(whole)?;
    for folder in ["", "config"] {
        fs::create_dir_all(whole.join(folder))?;
        for name in ["gwcfg.yaml", "providers.yaml", "model-mappings.yaml", "ports.yaml"] {
            let source = from.join(folder).join(name);
            if source.is_file() {
                fs::copy(source, whole.join(folder).join(name))?;
            }
        }
    }
    if fs::read_dir(whole.join("config"))?.next().is_none() {
        fs::remove_dir(whole.join("config"))?;
    }
    for _ in 0..3 {
        change(whole)?;
        time(whole, &[&["generate"], warn].concat())?;
    }
    Ok(())
}

/// The sources say something else than before.
fn change(root: &Path) -> Result<(), Box<dyn Error>> {
    let path = find(root, "providers.yaml").ok_or("no providers")?;
    let mut file = fs::File::options().append(true).open(path)?;
    Ok(file.write_all(b"# a change\n")?)
}

fn find(root: &Path, name: &str) -> Option<PathBuf> {
    [root.join("config").join(name), root.join(name)].into_iter().find(|path| path.is_file())
}

fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Milliseconds from the start of the program to its end.
fn time(root: &Path, arguments: &[&str]) -> Result<f64, Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gwcfg"));
    command.args(arguments).current_dir(root);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status()?;
    let took = begun.elapsed().as_secs_f64() * 1000.0;
    if status.success() { Ok(took) } else { Err(format!("{arguments:?}: {status}").into()) }
}
