//! Python as a judge: virtual environments that hold what it needs, and one process with PyYAML
//! that answers questions.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// The newest release of PyYAML 6 when this was written, and the one whose rules `scalar` follows.
const PYYAML: &str = "PyYAML==6.0.3";

/// A Python that has PyYAML, in `target/pyyaml-6` of this crate; see [`environment`].
pub fn interpreter() -> Option<PathBuf> {
    environment("pyyaml-6", PYYAML)
}

/// A Python that has one package, which `requirement` pins, in `target/NAME` of this crate; made
/// when it is not there.
///
/// `None` when `GWCFG_OFFLINE=1` forbids to ask for it: the caller leaves its test then.
///
/// # Panics
/// When the environment cannot be made. A test that cannot judge must not pass.
pub fn environment(name: &str, requirement: &str) -> Option<PathBuf> {
    if std::env::var_os("GWCFG_OFFLINE").is_some_and(|value| value == "1") {
        let thread = std::thread::current();
        println!("skipped: {} (GWCFG_OFFLINE=1)", thread.name().unwrap_or("test"));
        return None;
    }
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let environment = target.join(name);
    let python = if cfg!(windows) {
        environment.join("Scripts").join("python.exe")
    } else {
        environment.join("bin").join("python")
    };
    let whole = environment.join("whole");
    fs::create_dir_all(&target).expect("the target folder can be made");
    // Several test binaries may come here at once; the lock ends with the file handle.
    let lock = File::create(target.join(format!("{name}.lock"))).expect("a lock can be made");
    lock.lock().expect("the lock file can be locked");
    if fs::read_to_string(&whole).is_ok_and(|made_with| made_with == requirement) {
        return Some(python);
    }
    if environment.exists() {
        fs::remove_dir_all(&environment).expect("half an environment can be removed");
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(system).args(["-m", "venv"]).arg(&environment));
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", requirement]));
    fs::write(&whole, requirement).expect("the mark of a whole environment can be written");
    Some(python)
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?} did not start: {error}; install Python 3, or set GWCFG_OFFLINE=1")
    });
    assert!(
        output.status.success(),
        "{command:?} failed; set GWCFG_OFFLINE=1 to go without\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// A Python process that answers each line of JSON with one line of JSON.
pub struct Judge {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts `yaml_judge.py`, which lies beside this file, with PyYAML.
    ///
    /// `None` as [`interpreter`].
    pub fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/yaml_judge.py");
        let mut child = Command::new(interpreter()?)
            .args(["-I", "-X", "utf8"])
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the judge starts");
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        Some(Self { child, questions, answers })
    }

    /// Asks one question and waits for the answer.
    pub fn ask(&mut self, question: &Value) -> Value {
        let questions = self.questions.as_mut().expect("the judge is still asked");
        writeln!(questions, "{question}").expect("the judge listens");
        questions.flush().expect("the judge listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the judge answers");
        serde_json::from_str(&answer).expect("the judge answers in JSON: see its error above")
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // The end of its input ends the judge.
        drop(self.questions.take());
        let ended = self.child.wait();
        if !std::thread::panicking() {
            assert!(ended.is_ok_and(|status| status.success()), "the judge ends in order");
        }
    }
}
