//! The wheel: the source distribution is whole, `pip` makes a wheel of it, and an environment
//! without Rust runs what is inside.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::support::project::{ends, finish, plain};
use crate::tools::{self, run};
use crate::{begun, root};

/// What builds the wheels of the tests; users get the newest that `pyproject.toml` allows.
pub const MATURIN: &str = "maturin==1.16.0";

/// One build at a time: they share what is compiled.
static BUILD: Mutex<()> = Mutex::new(());

/// The files of a source distribution, unpacked, as if somebody had just fetched them.
pub fn sources() -> &'static Path {
    static SOURCES: OnceLock<(PathBuf, File)> = OnceLock::new();
    let (folder, _) = SOURCES.get_or_init(|| {
        let maturin = tools::python_package(MATURIN).join("maturin");
        let home = root().join("target/wheel");
        fs::create_dir_all(&home).unwrap();
        // Another run of these tests waits until this one has ended.
        let lock = File::create(home.join("lock")).unwrap();
        lock.lock().unwrap();
        let packed = tempfile::tempdir().unwrap();
        run(Command::new(maturin)
            .args(["sdist", "--out"])
            .arg(packed.path())
            .arg("--manifest-path")
            .arg(root().join("Cargo.toml")));
        let folder = home.join("sources");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        let archive = packed.path().join(concat!("gwcfg-", env!("CARGO_PKG_VERSION"), ".tar.gz"));
        // The packed files are all from 2006, and cargo would take what it compiled for newer.
        let mut unpack = Command::new("tar");
        unpack.args(["--strip-components=1", "--touch", "-xzf"]).arg(archive).arg("-C");
        run(unpack.arg(&folder));
        (folder, lock)
    });
    folder
}

/// What makes a build of the sources by pip or by pre-commit take seconds: the crates that `cargo
/// test` compiled are used again, where cargo knows how (1.91 and newer), and nothing is optimised.
/// gwcfg itself is compiled from the given sources: its settings differ from those of the tests.
pub fn quickly(command: &mut Command) {
    let target = root().join("target");
    let constraints = target.join("wheel/constraints.txt");
    fs::create_dir_all(target.join("wheel")).unwrap();
    fs::write(&constraints, format!("{MATURIN}\n")).unwrap();
    command
        .env("MATURIN_PEP517_ARGS", "--profile dev")
        .env("CARGO_TARGET_DIR", target.join("wheel/target"))
        .env("CARGO_BUILD_BUILD_DIR", &target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("PIP_CONSTRAINT", &constraints)
        .env("PIP_BUILD_CONSTRAINT", &constraints)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
}

/// Runs something that compiles gwcfg, while nothing else does.
pub fn alone<T>(work: impl FnOnce() -> T) -> T {
    let _alone = BUILD.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// A wheel of the sources, built by pip as for a user.
pub fn wheel() -> &'static Path {
    static WHEEL: OnceLock<PathBuf> = OnceLock::new();
    WHEEL.get_or_init(|| {
        let folder = root().join("target/wheel/wheels");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let pip = tools::python_package(MATURIN).join("pip");
        let mut command = Command::new(pip);
        command.args(["wheel", "--quiet", "--no-deps", "--wheel-dir"]).arg(&folder);
        quickly(command.arg(sources()));
        alone(|| run(&mut command));
        let entry = fs::read_dir(&folder).unwrap().next().expect("pip wrote a wheel").unwrap();
        entry.path()
    })
}

/// The programs that a machine has without Rust: the folders of the system alone.
pub fn without_rust(command: &mut Command) {
    plain(command);
    command.env("PATH", "/usr/bin:/bin");
    for name in ["cargo", "rustc"] {
        for folder in ["/usr/bin", "/bin"] {
            assert!(!Path::new(folder).join(name).exists(), "{name} is in {folder}");
        }
    }
}

/// A clean environment in which the wheel, and nothing else, is installed.
pub fn environment(home: &Path) -> PathBuf {
    run(Command::new("python3").args(["-m", "venv"]).arg(home));
    let mut install = Command::new(home.join("bin/pip"));
    without_rust(&mut install);
    install.args(["install", "--quiet", "--disable-pip-version-check", "--no-index"]);
    run(install.arg(wheel()));
    home.join("bin")
}

#[test]
fn the_wheel_runs_where_there_is_no_rust() {
    if tools::is_offline() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let bin = environment(home.path());
    let project = begun();
    let ended = |arguments: &[&str]| {
        let mut command = Command::new(bin.join("gwcfg"));
        without_rust(&mut command);
        finish({
            command.args(arguments).current_dir(project.path());
            command
        })
    };
    let version = ended(&["--version"]);
    assert_eq!(version.out, concat!("gwcfg ", env!("CARGO_PKG_VERSION"), "\n"));
    ends(&ended(&["validate"]), 0, &["no findings"]);
    ends(&ended(&["generate"]), 0, &["generation 1"]);
    // What is compiled in from files that are no Rust came along.
    let page = fs::read_to_string(root().join("src/checks/fallbacks/fallback_cycle.md")).unwrap();
    assert_eq!(ended(&["explain", "fallback-cycle"]).out, page);
    let listed = run(Command::new(bin.join("pip")).args(["show", "gwcfg"]));
    for line in [
        concat!("Version: ", env!("CARGO_PKG_VERSION")),
        concat!("Summary: ", env!("CARGO_PKG_DESCRIPTION")),
    ] {
        assert!(listed.contains(line), "{listed}");
    }
}

#[test]
fn the_source_distribution_holds_every_file_that_is_compiled_in() {
    if tools::is_offline() {
        return;
    }
    let mut waiting = vec![root().join("src")];
    let mut seen = 0;
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let name = path.to_string_lossy();
            if name.ends_with(".snap.new") || name.ends_with(".pending-snap") {
                continue;
            }
            let inside = sources().join(path.strip_prefix(root()).unwrap());
            assert_eq!(fs::read(&inside).ok(), fs::read(&path).ok(), "{}", inside.display());
            seen += 1;
        }
    }
    assert!(seen > 400, "{seen} files");
    for file in ["Cargo.lock", "LICENSE-MIT", "gwcfg.yaml", "config/ports.yaml", "pyproject.toml"] {
        assert!(sources().join(file).is_file(), "{file}");
    }
}
