//! Files and folders that another user owns. The administrator may read and write everything, so
//! these tests become somebody else first.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::PathBuf;
use std::process::Command;

use crate::support::project::{Ended, Project, finish, plain};
use crate::{ends, skipped};

/// The user "nobody" of every Linux.
const NOBODY: u32 = 65_534;

/// A project that belongs to a user without rights, and the binary where that user may run it.
struct Ordinary {
    project: Project,
    /// The copy of the binary; `None` when this user has no rights to begin with.
    binary: Option<PathBuf>,
}

impl Ordinary {
    /// `None` when this user is the administrator and cannot become another one.
    fn new() -> Option<Self> {
        let project = Project::new();
        let id = Command::new("id").arg("-u").output().unwrap();
        if id.stdout != b"0\n" {
            return Some(Self { project, binary: None });
        }
        // The build may stand in a folder that only the administrator may enter.
        let binary = project.path("gwcfg-binary");
        fs::copy(env!("CARGO_BIN_EXE_gwcfg"), &binary).unwrap();
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
        for path in ["", "config", "gwcfg.yaml", "config/providers.yaml"] {
            chown(project.path(path), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let ordinary = Self { project, binary: Some(binary) };
        let tried = ordinary.command(&["--version"]).output();
        tried.is_ok_and(|output| output.status.success()).then_some(ordinary)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match &self.binary {
            None => self.project.command(&[]),
            Some(binary) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(binary);
                command.current_dir(self.project.root());
                plain(&mut command);
                command
            }
        };
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        finish(self.command(arguments))
    }

    fn set_mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.project.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn an_unreadable_source_is_told() {
    let Some(ordinary) = Ordinary::new() else { return skipped("no other user to be") };
    ordinary.set_mode("config/providers.yaml", 0);
    let denied = ["cannot read `", "providers.yaml`: Permission denied"];
    ends(&ordinary.run(&["validate"]), 2, &denied);
    ordinary.set_mode("config/providers.yaml", 0o644);
    ends(&ordinary.run(&["validate"]), 0, &["no findings"]);
    ordinary.set_mode("gwcfg.yaml", 0);
    ends(&ordinary.run(&["validate"]), 2, &["cannot read `", "gwcfg.yaml`: Permission denied"]);
}

#[test]
fn a_folder_that_may_not_be_written_to_is_told() {
    let Some(ordinary) = Ordinary::new() else { return skipped("no other user to be") };
    ends(&ordinary.run(&["generate"]), 0, &["wrote"]);
    let output = "config/litellm-unified.yaml";
    let before = ordinary.project.read(output);
    let providers =
        ordinary.project.read("config/providers.yaml").replace("timeout: 60", "timeout: 9");
    ordinary.project.write("config/providers.yaml", providers);
    ordinary.set_mode("config", 0o555);
    let denied = ["cannot write `", "no permission to create a file in `", "check its owner"];
    ends(&ordinary.run(&["generate"]), 2, &denied);
    ends(&ordinary.run(&["generate", "--check"]), 1, &["is not what the sources compile to"]);
    assert_eq!(ordinary.project.read(output), before);
    ordinary.set_mode("config", 0o755);
    ordinary.set_mode(".gwcfg/objects", 0o555);
    ends(&ordinary.run(&["generate"]), 2, &["cannot write `", "no permission"]);
    assert_eq!(ordinary.project.read(output), before);
    assert_eq!(ordinary.project.list("config").len(), 4, "nothing half-written is left");
    ordinary.set_mode(".gwcfg/objects", 0o700);
    ends(&ordinary.run(&["generate"]), 0, &["wrote"]);
    // The folder of the test must be removable again.
    ordinary.set_mode("config", 0o755);
}

#[test]
fn an_unreadable_output_is_not_replaced() {
    let Some(ordinary) = Ordinary::new() else { return skipped("no other user to be") };
    ends(&ordinary.run(&["generate"]), 0, &["wrote"]);
    ordinary.set_mode("config/litellm-unified.yaml", 0);
    ends(&ordinary.run(&["generate"]), 2, &["litellm-unified.yaml", "ermission denied"]);
    assert_eq!(ordinary.project.list("config").len(), 4);
}
