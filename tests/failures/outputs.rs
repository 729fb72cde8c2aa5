//! What may stand in the way of an output.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};

use crate::support::project::{Project, finish, large, plain};
use crate::{ends, skipped};

const OUTPUT: &str = "config/litellm-unified.yaml";

#[test]
fn a_folder_or_a_device_is_not_replaced() {
    let project = Project::new();
    fs::create_dir(project.path("out")).unwrap();
    ends(&project.run(&["generate", "-o", "out"]), 2, &["cannot", "`out`", "directory"]);
    let device = "it is a device, a pipe or a socket";
    ends(&project.run(&["generate", "-o", "/dev/full"]), 2, &["`/dev/full`", device]);
    ends(&project.run(&["generate", "--force", "-o", "/dev/full"]), 2, &["`/dev/full`"]);
    let missing = project.run(&["generate", "-o", "no/such/out.yaml"]);
    ends(&missing, 2, &["cannot write `no/such/out.yaml`", "does not exist; create it first"]);
    assert_eq!(project.list("out"), Vec::<String>::new());
}

#[test]
fn a_link_out_of_the_project_is_not_followed() {
    let project = Project::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("theirs.yaml");
    fs::write(&target, "theirs\n").unwrap();
    symlink(&target, project.path(OUTPUT)).unwrap();
    let refused = project.run(&["generate", "--force"]);
    ends(&refused, 2, &["refused to write", "outside the project"]);
    assert_eq!(fs::read_to_string(&target).unwrap(), "theirs\n");
}

#[test]
fn links_in_a_circle_are_no_output() {
    let project = Project::new();
    symlink("litellm-unified.yaml", project.path(OUTPUT)).unwrap();
    ends(&project.run(&["generate"]), 2, &["litellm-unified.yaml", "leads back to itself"]);
}

#[test]
fn a_state_folder_that_is_none_stops_before_anything_is_written() {
    let project = Project::new();
    project.write("state", "a file");
    let ended = project.run(&["generate", "--state-dir", "state"]);
    ends(&ended, 2, &["is not a folder; move it away or choose another"]);
    assert!(!project.path(OUTPUT).exists());
    assert_eq!(project.read("state"), "a file");
    assert_eq!(project.list("config").len(), 3);
}

#[test]
fn a_full_stdout_is_a_failure_of_every_command() {
    let project = Project::new();
    let commands: [&[&str]; 7] = [
        &["validate"],
        &["validate", "--format", "json"],
        &["generate", "-o", "-"],
        &["explain"],
        &["explain", "fallback-cycle"],
        &["schema", "providers"],
        &["--help"],
    ];
    for arguments in commands {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output =
            project.command(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!err.contains("panicked"), "{err}");
        assert!(arguments[0] == "--help" || err.contains("No space left"), "{arguments:?}: {err}");
    }
}

#[test]
fn a_reader_who_went_away_is_no_failure() {
    let project = Project::new();
    let (providers, mappings) = large(3_000, "x");
    project.write("config/providers.yaml", providers);
    project.write("config/model-mappings.yaml", mappings);
    for arguments in [&["generate", "-o", "-"][..], &["validate", "--format", "json"], &["explain"]]
    {
        let mut command = project.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = child.stdout.take().unwrap();
        let mut first = [0; 16];
        reader.read_exact(&mut first).unwrap();
        drop(reader);
        let ended = child.wait_with_output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert!(!err.contains("panicked") && !err.contains("error"), "{arguments:?}: {err}");
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}: {err}");
    }
}

#[test]
fn the_mode_of_the_output_stays() {
    let project = Project::new();
    project.run(&["generate"]);
    let mode = |path: &str| fs::metadata(project.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(OUTPUT), 0o644);
    assert_eq!(mode(".gwcfg/head.json"), 0o600);
    fs::set_permissions(project.path(OUTPUT), fs::Permissions::from_mode(0o640)).unwrap();
    let text = project.read("config/providers.yaml").replace("timeout: 60", "timeout: 61");
    project.write("config/providers.yaml", text);
    ends(&project.run(&["generate"]), 0, &["wrote"]);
    assert_eq!(mode(OUTPUT), 0o640);
}

/// A small disk of its own, in a namespace that ends with the run: output, then state, on it.
#[test]
fn a_full_disk_leaves_the_old_output() {
    let project = Project::new();
    project.run(&["generate"]);
    let (providers, mappings) = large(2_000, "x");
    project.write("config/providers.yaml", providers);
    project.write("config/model-mappings.yaml", mappings);
    fs::create_dir(project.path("disk")).unwrap();
    let before = project.read(OUTPUT);
    let script = "mount -t tmpfs -o size=64k none disk || exit 99; cp config/litellm-unified.yaml disk/; \
                  \"$1\" generate -o disk/litellm-unified.yaml; code=$?; ls -A disk; \
                  cmp disk/litellm-unified.yaml config/litellm-unified.yaml || exit 98; exit $code";
    let on_disk = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_gwcfg")]);
        command.current_dir(project.root());
        plain(&mut command);
        finish(command)
    };
    if on_disk("mount -t tmpfs -o size=64k none disk").code != Some(0) {
        return skipped("no disk can be mounted here");
    }
    let output_full = on_disk(script);
    ends(&output_full, 2, &["the disk is full", "the old file is untouched"]);
    assert_eq!(output_full.out, "litellm-unified.yaml\n", "something half-written is left");
    let script = "mount -t tmpfs -o size=16k none disk || exit 99; \
                  \"$1\" generate --state-dir disk; code=$?; find disk -name '*.tmp'; exit $code";
    let state_full = on_disk(script);
    ends(&state_full, 2, &["the disk is full"]);
    assert_eq!(state_full.out, "", "something half-written is left");
    assert_eq!(project.read(OUTPUT), before);
    assert_eq!(project.list("config").len(), 4);
}
