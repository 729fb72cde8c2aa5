//! Where systemd runs, the watcher gets a scope of its own. A folder and a program of that name
//! are put up in a namespace, where only the run under test sees them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::site::{KEY, Site};
use crate::support::project::{Ended, finish, plain};
use crate::{ends, skipped};

/// Writes down how it was called, and becomes what it is to run.
const BECOMES: &str = "\
#!/bin/sh
printf '%s\\n' \"$@\" > systemd-run.arguments
while [ \"$1\" != -- ]; do shift; done
shift
exec \"$@\"
";

/// There is no bus.
const REFUSES: &str = "#!/bin/sh\necho once >> systemd-run.calls\nexit 1\n";

fn deploy(site: &Site, systemd_run: &str) -> Option<Ended> {
    fs::create_dir_all(site.project.path("bin")).unwrap();
    site.project.write("bin/systemd-run", systemd_run);
    let program = site.project.path("bin/systemd-run");
    fs::set_permissions(program, fs::Permissions::from_mode(0o700)).unwrap();
    let script = "mount -t tmpfs none /run && mkdir -p /run/systemd/system || exit 99; \
                  exec env PATH=\"$PWD/bin:$PATH\" \"$1\" deploy -v";
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_gwcfg")]);
    command.current_dir(site.project.root()).env("SITE_KEY", KEY);
    plain(&mut command);
    let ended = finish(command);
    if ended.code == Some(99) || ended.err.starts_with("unshare:") {
        skipped("nothing can be mounted here");
        return None;
    }
    Some(ended)
}

#[test]
fn the_watcher_runs_in_a_scope_and_no_secret_is_told() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    let Some(deployed) = deploy(&site, BECOMES) else { return };
    ends(&deployed, 0, &["watches in the scope `gwcfg-deploy-2-", "generation 2 is in place"]);
    let arguments = site.project.read("systemd-run.arguments");
    let lines: Vec<&str> = arguments.lines().collect();
    assert_eq!(lines[1..5], ["--scope", "--quiet", "--collect", "--unit"]);
    assert!(lines[5].starts_with("gwcfg-deploy-2-") && lines[6] == "--", "{arguments}");
    assert_eq!(lines[7], env!("CARGO_BIN_EXE_gwcfg"));
    assert!(lines.contains(&"watch") && arguments.contains("SITE_KEY"), "{arguments}");
    assert!(!arguments.contains(KEY), "{arguments}");
    site.is_over();
    // The environment is there all the same: a way back asks the gateway with the key.
    site.names(&["a", "d"]);
    site.trouble("sleep 0.5; kill -9 $PPID; sleep 600");
    let killed = deploy(&site, BECOMES).unwrap();
    assert_eq!(killed.code, None, "{killed:?}");
    site.is_back(&["a", "c"]);
    site.is_over();
}

#[test]
fn without_a_bus_the_watcher_is_a_process() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    let Some(deployed) = deploy(&site, REFUSES) else { return };
    ends(&deployed, 0, &[" watches\n", "generation 2 is in place"]);
    assert_eq!(site.project.read("systemd-run.calls"), "once\n");
    assert_eq!(site.in_place(), ["a", "c"]);
    site.is_over();
}
