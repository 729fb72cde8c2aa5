use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, symlink};

use tempfile::TempDir;

use super::super::store::Status;
use super::*;

struct Box {
    folder: TempDir,
}

impl Box {
    fn new() -> Self {
        Box { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    fn open(&self) -> Writer {
        self.try_open().unwrap()
    }

    fn try_open(&self) -> Result<Writer, ReleaseError> {
        Writer::open(self.folder.path(), &self.path(".gwcfg"), Duration::ZERO, "test")
    }

    fn output(&self) -> Output {
        Output::new(&self.path("out.yaml"), self.folder.path()).unwrap()
    }

    fn prepare(&self, writer: &mut Writer, text: &str) -> Prepared {
        self.prepare_as(writer, text, Origin::Generated)
    }

    fn prepare_as(&self, writer: &mut Writer, text: &str, origin: Origin) -> Prepared {
        let fill = |file: &mut AtomicFile| {
            file.write_all(text.as_bytes()).unwrap();
            Ok(())
        };
        writer.prepare(&self.output(), origin, Facts::default(), fill).unwrap()
    }

    fn install(&self, text: &str) -> Generation {
        let mut writer = self.open();
        let prepared = self.prepare(&mut writer, text);
        writer.install(prepared).unwrap()
    }

    fn roll_back(&self) -> Option<u32> {
        let mut writer = self.open();
        let (head, listing) = writer.store().list().unwrap();
        let to = store::before(&listing.generations, &head, head.current_of("out.yaml")?)?;
        let text = writer.store().bytes(&listing.generations[&to]).unwrap();
        let text = String::from_utf8(text).unwrap();
        let prepared = self.prepare_as(&mut writer, &text, Origin::RolledBack { to });
        writer.install(prepared).unwrap();
        Some(to)
    }

    fn numbers(&self) -> Vec<u32> {
        Store::new(&self.path(".gwcfg")).list().unwrap().1.generations.into_keys().collect()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path("out.yaml")).unwrap()
    }

    fn files(&self, folder: &str) -> usize {
        fs::read_dir(self.path(folder)).unwrap().count()
    }
}

#[test]
fn what_was_there_before_is_generation_0() {
    let place = Box::new();
    fs::write(place.path("out.yaml"), "theirs").unwrap();
    let mut writer = place.open();
    assert_eq!(writer.keep_found(&place.output()).unwrap(), Some(0));
    assert_eq!(writer.keep_found(&place.output()).unwrap(), None, "it is kept once");
    drop(writer);
    assert_eq!(place.install("one").parent, Some(0));
    assert_eq!(place.roll_back(), Some(0));
    assert_eq!(place.text(), "theirs");
}

#[test]
fn rolling_back_twice_goes_back_two_steps() {
    let place = Box::new();
    for text in ["one", "two", "three"] {
        place.install(text);
    }
    assert_eq!(place.roll_back(), Some(2));
    assert_eq!(place.roll_back(), Some(1));
    assert_eq!(place.text(), "one");
    assert_eq!(place.roll_back(), None);
    // What comes next goes back to what was in place, not to what was rolled away.
    place.install("four");
    place.roll_back();
    assert_eq!(place.text(), "one");
    assert_eq!(place.numbers(), [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_run_that_ended_before_the_output_was_replaced_never_was() {
    let place = Box::new();
    place.install("one");
    let mut writer = place.open();
    let prepared = place.prepare(&mut writer, "two");
    // Killed: nothing is dropped.
    std::mem::forget(prepared);
    std::mem::forget(writer.lock);
    assert_eq!(place.numbers(), [1], "a reader does not see it");
    // The lock of this process is still open: the next run is another process, so copy the state.
    let other = Box::new();
    copy_all(place.folder.path(), other.folder.path());
    drop(other.open());
    assert_eq!((other.numbers(), other.text().as_str()), (vec![1], "one"));
    assert_eq!((other.files(".gwcfg/objects"), other.files(".gwcfg/generations")), (1, 1));
    assert_eq!(other.files("."), 2, "the temporary file is gone");
    assert_eq!(other.install("two").number, 2, "the number was not used up");
}

#[test]
fn a_run_that_ended_behind_the_output_counts() {
    let place = Box::new();
    place.install("one");
    let mut writer = place.open();
    let Prepared { file, .. } = place.prepare(&mut writer, "two");
    file.commit().unwrap();
    drop(writer);
    assert_eq!(place.numbers(), [1]);
    drop(place.open());
    assert_eq!(place.numbers(), [1, 2]);
    let head = Store::new(&place.path(".gwcfg")).head().unwrap();
    assert_eq!((head.status(1), head.status(2)), (Status::Previous, Status::Current));
}

#[test]
fn a_damaged_generation_is_refused_by_its_number() {
    let place = Box::new();
    let one = place.install("one");
    let object = place.path(&format!(".gwcfg/objects/{}.gz", one.sha256));
    let whole = fs::read(&object).unwrap();
    let store = Store::new(&place.path(".gwcfg"));
    for damage in [&whole[..whole.len() - 3], b"not gzip", b""] {
        fs::write(&object, damage).unwrap();
        let error = store.bytes(&one).unwrap_err().to_string();
        assert!(error.starts_with("generation 1 is damaged: "), "{error}");
    }
    let other = place.install("other");
    fs::copy(place.path(&format!(".gwcfg/objects/{}.gz", other.sha256)), &object).unwrap();
    assert!(store.bytes(&one).unwrap_err().to_string().contains("its length is not"));
    fs::remove_file(&object).unwrap();
    assert!(store.bytes(&one).unwrap_err().to_string().contains("its bytes are gone"));
    let forged = Generation { sha256: "../../out.yaml".to_owned(), ..one };
    assert!(store.bytes(&forged).unwrap_err().to_string().contains("it has no hash"));
}

#[test]
fn a_manifest_that_says_another_number_or_comes_from_the_future_is_refused() {
    let place = Box::new();
    place.install("one");
    place.install("two");
    let store = Store::new(&place.path(".gwcfg"));
    let folder = place.path(".gwcfg/generations");
    let text = fs::read_to_string(folder.join("000002.json")).unwrap();
    fs::write(folder.join("000001.json"), &text).unwrap();
    let error = store.generation(1).unwrap_err().to_string();
    assert!(error.contains("it says that it is generation 2"), "{error}");
    fs::write(folder.join("000001.json"), text.replace("\"version\": 1", "\"version\": 2"))
        .unwrap();
    assert!(store.generation(1).unwrap_err().to_string().contains("a newer gwcfg"));
    let (_, listing) = store.list().unwrap();
    assert_eq!((listing.generations.len(), listing.broken.len()), (1, 1));
}

#[test]
fn the_second_writer_is_told_who_the_first_is() {
    let place = Box::new();
    let writer = place.open();
    let error = place.try_open().unwrap_err().to_string();
    assert!(error.contains("`gwcfg test` of "), "{error}");
    assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
    drop(writer);
    assert!(place.open().interrupted().is_none());
}

#[test]
fn the_state_folder_is_for_its_owner_alone_and_not_for_git() {
    let place = Box::new();
    let one = place.install("one");
    let mode = |path: &str| fs::metadata(place.path(path)).unwrap().mode() & 0o777;
    for folder in [".gwcfg", ".gwcfg/objects", ".gwcfg/generations"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
    let object = format!(".gwcfg/objects/{}.gz", one.sha256);
    let files = [".gwcfg/head.json", ".gwcfg/lock", ".gwcfg/generations/000001.json", &object];
    for file in files {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    assert_eq!(mode("out.yaml"), 0o644);
    assert_eq!(fs::read_to_string(place.path(".gwcfg/.gitignore")).unwrap(), "*\n");
}

#[test]
fn a_state_folder_that_is_none_or_leaves_the_project_is_refused() {
    let place = Box::new();
    fs::write(place.path(".gwcfg"), "x").unwrap();
    assert!(place.try_open().unwrap_err().to_string().contains("is not a folder"));
    fs::remove_file(place.path(".gwcfg")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), place.path(".gwcfg")).unwrap();
    assert!(place.try_open().unwrap_err().to_string().contains("outside the project"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn what_is_in_use_is_never_pruned() {
    let place = Box::new();
    for number in 1..=6 {
        place.install(&number.to_string());
    }
    let mut writer = place.open();
    let nothing = Keep { last: 0, daily: 0, weekly: 0 };
    assert_eq!(writer.prune(&nothing).unwrap(), [1, 2, 3, 4]);
    drop(writer);
    assert_eq!((place.numbers(), place.files(".gwcfg/objects")), (vec![5, 6], 2));
    assert_eq!(place.roll_back(), Some(5));
    assert_eq!(place.roll_back(), None, "the rest was pruned");
    assert_eq!(place.install("7").number, 8);
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

#[test]
fn a_generation_that_cannot_be_read_hides_the_way_back_and_stops_pruning() {
    let place = Box::new();
    for text in ["one", "two", "three"] {
        place.install(text);
    }
    let manifest = place.path(".gwcfg/generations/000002.json");
    let whole = fs::read(&manifest).unwrap();
    fs::write(&manifest, "{").unwrap();
    let (head, listing) = Store::new(&place.path(".gwcfg")).list().unwrap();
    let why = listing.way_back(&head, 3).unwrap_err().to_string();
    assert!(why.contains("000002.json` is damaged"), "{why}");
    let all = Keep { last: 0, daily: 0, weekly: 0 };
    assert!(place.open().prune(&all).is_err());
    // Neither is its object taken for nobody's, and the next generation is recorded all the same.
    place.install("four");
    assert_eq!(place.files(".gwcfg/objects"), 4);
    let (head, listing) = Store::new(&place.path(".gwcfg")).list().unwrap();
    assert_eq!(listing.way_back(&head, 4).unwrap(), Some(3), "it is not on the way");
    fs::write(&manifest, whole).unwrap();
    let (head, listing) = Store::new(&place.path(".gwcfg")).list().unwrap();
    assert_eq!(listing.way_back(&head, 3).unwrap(), Some(2));
    assert_eq!(place.open().prune(&all).unwrap(), [1, 2]);
}

#[test]
fn what_a_failed_run_left_is_swept_by_the_next() {
    let place = Box::new();
    place.install("one");
    fs::write(place.path(".gwcfg/.gitignore"), "").unwrap();
    let mut writer = place.open();
    drop(place.prepare(&mut writer, "two"));
    drop(writer);
    let stray = format!(".gwcfg/objects/{}.gz", "0".repeat(64));
    fs::write(place.path(&stray), "").unwrap();
    drop(place.open());
    assert_eq!(place.files(".gwcfg/objects"), 1);
    assert_eq!(place.files(".gwcfg/generations"), 1);
    assert_eq!(fs::read_to_string(place.path(".gwcfg/.gitignore")).unwrap(), "*\n");
}
