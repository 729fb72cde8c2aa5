//! `gwcfg init`: the project that `config/` of this repository holds, so that what a new user
//! begins with is what the tests compile.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::document::Document;

use super::args::{self, Arguments, Init};
use super::exit::Exit;
use super::{Terminal, schema};

/// What a person writes; each names its schema in the first line, by a relative path.
const SOURCES: [(&str, &str); 4] = [
    ("gwcfg.yaml", include_str!("../../gwcfg.yaml")),
    ("config/providers.yaml", include_str!("../../config/providers.yaml")),
    ("config/model-mappings.yaml", include_str!("../../config/model-mappings.yaml")),
    ("config/ports.yaml", include_str!("../../config/ports.yaml")),
];

/// Where those first lines look for the schemas.
const SCHEMAS: &str = "schemas";

pub(super) fn run(arguments: &Arguments, command: &Init, terminal: &mut Terminal) -> Exit {
    let (named, elsewhere) = arguments.named_places();
    if let Some(option) = elsewhere {
        terminal.fail(&format!(
            "`{option}` is for a project that is there: `init` writes the default places; leave \
             it out"
        ));
        return Exit::Usage;
    }
    let folder = match (&command.dir, named) {
        (Some(_), Some(_)) => {
            terminal.fail("`-C` and DIR both name the project's folder: leave one out");
            return Exit::Usage;
        }
        (Some(folder), None) => folder.as_path(),
        (None, named) => named.unwrap_or(Path::new(".")),
    };
    match begin(folder) {
        Ok(written) => {
            tell(folder, &written, terminal);
            Exit::Done
        }
        Err(Problem::InTheWay(paths)) => {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            terminal.fail(&format!(
                "nothing was written into `{}`, for what is there would be lost or hidden: {}; \
                 name another folder, or move {} away",
                folder.display(),
                paths.join(", "),
                if paths.len() == 1 { "it" } else { "them" },
            ));
            Exit::Refused
        }
        Err(Problem::Failed(wrong)) => {
            terminal.fail(&wrong);
            Exit::Usage
        }
    }
}

/// Why no project was written.
#[derive(Debug, PartialEq, Eq)]
enum Problem {
    /// These paths of the folder are taken.
    InTheWay(Vec<String>),
    /// The system refused; what had been written is removed.
    Failed(String),
}

/// Writes the project, and gives its files.
fn begin(folder: &Path) -> Result<Vec<String>, Problem> {
    let mut files: Vec<(String, String)> =
        SOURCES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    for document in args::Document::ALL {
        let path = format!("{SCHEMAS}/{}", schema::file_name(document));
        files.push((path, schema::text(document).map_err(Problem::Failed)?));
    }
    let taken = taken(folder, &files)?;
    if !taken.is_empty() {
        return Err(Problem::InTheWay(taken));
    }
    write(folder, &files)?;
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// What is in the way: files that would be overwritten, and those that make a project already,
/// where other ones beside them would be read instead of them or refused.
fn taken(folder: &Path, files: &[(String, String)]) -> Result<Vec<String>, Problem> {
    let mut paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    for document in Document::ALL {
        let stem = document.stem();
        for spelling in ["yaml", "yml"] {
            paths.push(format!("{stem}.{spelling}"));
            if document != Document::Project {
                paths.push(format!("config/{stem}.{spelling}"));
            }
        }
    }
    paths.sort();
    paths.dedup();
    let mut taken = Vec::new();
    for path in ["config", SCHEMAS] {
        let inside = folder.join(path);
        if is_there(&inside)? && !inside.is_dir() {
            taken.push(path.to_owned());
        }
    }
    for path in paths {
        if is_there(&folder.join(&path))? {
            taken.push(path);
        }
    }
    Ok(taken)
}

/// True for a link that leads nowhere, too.
fn is_there(path: &Path) -> Result<bool, Problem> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
            Ok(false)
        }
        Err(error) => Err(Problem::Failed(format!("cannot look at `{}`: {error}", path.display()))),
    }
}

/// Writes every file or none. A file that appeared meanwhile is not overwritten.
fn write(folder: &Path, files: &[(String, String)]) -> Result<(), Problem> {
    let mut made = Vec::new();
    for (path, text) in files {
        let path = folder.join(path);
        if let Err(error) = write_one(&path, text, &mut made) {
            take_back(&made);
            let wrong = format!("cannot write `{}`: {error}", path.display());
            return Err(Problem::Failed(wrong + "; nothing was left behind"));
        }
    }
    Ok(())
}

fn write_one(path: &Path, text: &str, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let missing = path.ancestors().skip(1).take_while(|folder| {
        // The empty path stands for the folder that we are in.
        !folder.as_os_str().is_empty() && !folder.exists()
    });
    for folder in missing.collect::<Vec<_>>().into_iter().rev() {
        fs::create_dir(folder)?;
        made.push(folder.to_path_buf());
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    made.push(path.to_path_buf());
    file.write_all(text.as_bytes())
}

/// Removes what this run made, the last first. A folder that somebody else put something into
/// stays.
fn take_back(made: &[PathBuf]) {
    for path in made.iter().rev() {
        let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
    }
}

/// Says what was written and what to do next.
fn tell(folder: &Path, written: &[String], terminal: &mut Terminal) {
    let here = folder == Path::new(".");
    let shown = folder.display().to_string();
    for path in written {
        terminal.say(&format!("wrote `{}`", folder.join(path).display()));
    }
    terminal.say("next:");
    if !here {
        terminal.say(&format!("  cd {}", in_shell(&shown)));
    }
    terminal.say("  gwcfg validate");
    terminal.say("  gwcfg generate");
}

/// A word as a shell takes it.
fn in_shell(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+@%,".contains(letter);
    if word.chars().all(plain) && !word.starts_with('-') && !word.is_empty() {
        return word.to_owned();
    }
    let quoted = word.replace('\'', "'\\''");
    let dash = if word.starts_with('-') { "-- " } else { "" };
    format!("{dash}'{quoted}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Vec<(String, String)> {
        paths.iter().map(|path| ((*path).to_owned(), "a: 1\n".to_owned())).collect()
    }

    #[test]
    fn a_write_that_fails_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("deep/project");
        // The second file is there by the time that it is written, as if somebody had been faster.
        let failed = write(&folder, &files(&["config/a.yaml", "config/a.yaml"]));
        assert!(matches!(failed, Err(Problem::Failed(_))), "{failed:?}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        assert_eq!(write(&folder, &files(&["config/a.yaml", "b.yaml"])), Ok(()));
        let failed = write(&folder, &files(&["new/c.yaml", "b.yaml"]));
        assert!(matches!(failed, Err(Problem::Failed(_))), "{failed:?}");
        assert!(folder.join("b.yaml").is_file() && !folder.join("new").exists());
    }

    #[test]
    fn every_source_names_the_schema_that_is_written() {
        let home = tempfile::tempdir().unwrap();
        let written = begin(home.path()).unwrap();
        assert_eq!(written.len(), SOURCES.len() + args::Document::ALL.len());
        for (path, text) in SOURCES {
            let line = text.lines().next().unwrap();
            let named = line.strip_prefix("# yaml-language-server: $schema=").unwrap();
            let path = home.path().join(path);
            let schema = path.parent().unwrap().join(named).canonicalize().unwrap();
            assert_eq!(schema.file_stem(), path.file_stem());
        }
    }

    #[test]
    fn a_folder_is_named_as_a_shell_takes_it() {
        for (word, shown) in [
            ("a/b-c.d", "a/b-c.d"),
            ("my project", "'my project'"),
            ("it's", "'it'\\''s'"),
            ("-x", "-- '-x'"),
        ] {
            assert_eq!(in_shell(word), shown);
        }
    }
}
