//! The quick starts, command by command.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::project::gwcfg;
use crate::{root, text};

/// A command of a page and what the page says that it prints.
struct Step<'a> {
    command: &'a str,
    printed: String,
}

/// The commands of the `console` blocks of a page, in order.
fn steps(page: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for line in console_lines(page).into_iter().flatten() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step { command, printed: String::new() }),
            (None, Some(step)) => {
                step.printed.push_str(line);
                step.printed.push('\n');
            }
            (None, None) => panic!("`{line}` is printed by no command"),
        }
    }
    steps
}

/// Each line of a page that stands in a `console` block; `None` for the others.
fn console_lines(page: &str) -> Vec<Option<&str>> {
    let mut inside = None;
    let line = |line| {
        let fence = str::strip_prefix(line, "```");
        match (fence, inside) {
            (Some(kind), None) => inside = Some(kind == "console"),
            (Some(_), Some(_)) => inside = None,
            (None, Some(true)) => return Some(line),
            (None, Some(false) | None) => {}
        }
        None
    };
    page.lines().map(line).collect()
}

/// A folder in which the commands of a page run one after the other.
struct Session {
    folder: PathBuf,
    /// Where the binary is found by its name.
    path: String,
}

impl Session {
    fn new(folder: &Path) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_gwcfg")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        Self { folder: folder.to_owned(), path }
    }

    /// What a command prints, on stderr too, as a terminal shows it.
    fn run(&mut self, step: &Step<'_>) -> String {
        let command = step.command;
        if let Some(folder) = command.strip_prefix("cd ") {
            self.folder.push(folder);
            assert!(self.folder.is_dir(), "{command}");
            return String::new();
        }
        // A file that the reader has already is shown, and made here.
        if let Some(name) = command.strip_prefix("cat ")
            && !self.folder.join(name).exists()
        {
            fs::write(self.folder.join(name), &step.printed).unwrap();
        }
        // The environment of a plain run, which a shell hands on.
        let plain = gwcfg();
        let mut shell = std::process::Command::new("bash");
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let output = shell
            .args(["-c", &format!("({command}) 2>&1")])
            .current_dir(&self.folder)
            .env("PATH", &self.path)
            .output()
            .unwrap();
        let code = output.status.code();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(matches!(code, Some(0 | 1)), "`{command}` ended with {code:?}: {printed}");
        printed
    }
}

/// A page as it would be if its commands printed what they do print.
fn played(page: &str, folder: &Path) -> String {
    let mut session = Session::new(folder);
    let mut outputs = steps(page).into_iter().map(|step| session.run(&step));
    let mut played = String::new();
    for (line, inside) in page.lines().zip(console_lines(page)) {
        match inside {
            Some(command) if command.starts_with("$ ") => {
                let _ = writeln!(played, "{line}\n{}", outputs.next().unwrap().trim_end());
                if played.ends_with("\n\n") {
                    played.pop();
                }
            }
            Some(_) => {}
            None => {
                let _ = writeln!(played, "{line}");
            }
        }
    }
    played
}

/// Runs the commands of the part of a page from one byte to another. `DOCS=overwrite` writes what
/// they print into it.
fn play(path: &str, folder: &Path, part: &dyn Fn(&str) -> (usize, usize)) {
    let page = text(path);
    let (from, to) = part(&page);
    let played = [&page[..from], &played(&page[from..to], folder), &page[to..]].concat();
    if std::env::var_os("DOCS").is_some_and(|wish| wish == "overwrite") {
        fs::write(root().join(path), played).unwrap();
        return;
    }
    let pairs = page.lines().zip(played.lines());
    for (number, (shown, printed)) in pairs.enumerate() {
        assert_eq!(shown, printed, "{path}:{}", number + 1);
    }
    assert_eq!(page, played, "{path}");
}

#[test]
fn the_quick_start_runs_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    play("docs/start.md", folder.path(), &|page| (0, page.len()));
}

#[test]
fn the_start_of_the_readme_runs_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    play("README.md", folder.path(), &|page| {
        (page.find("\n## Start\n").unwrap(), page.find("\n## Use\n").unwrap())
    });
}

#[test]
fn a_page_that_is_not_true_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let page = "```console\n$ cat a\nb\n$ echo c; echo d >&2\nx\n$ true\n```\n";
    let expected = "```console\n$ cat a\nb\n$ echo c; echo d >&2\nc\nd\n$ true\n```\n";
    assert_eq!(played(page, folder.path()), expected);
}
