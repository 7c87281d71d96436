use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::place::{Disk, write_on};
use super::{Changes, MARK, compare, is_staged, kept, lock, write};
use crate::generate::Files;

fn files(pairs: &[(&str, &str)]) -> Files {
    pairs
        .iter()
        .map(|(path, text)| (path.into(), format!("// {MARK}\n{text}\n")))
        .collect()
}

/// Everything that is there, but for the lock and what is on its way.
fn there(root: &Path) -> Files {
    let mut found = BTreeMap::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap().flatten() {
            let path = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                if entry.file_name() != "target" {
                    pending.push(path);
                }
            } else if !is_staged(&entry.file_name()) {
                found.insert(path.clone(), fs::read_to_string(root.join(&path)).unwrap());
            }
        }
    }
    found
}

fn staged(root: &Path) -> usize {
    let folders = ["", "src"].map(|folder| fs::read_dir(root.join(folder)));
    let entries = folders.into_iter().flatten().flatten().flatten();
    entries.filter(|entry| is_staged(&entry.file_name())).count()
}

#[test]
fn what_is_written_is_then_unchanged_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = files(&[("a/src/x.rs", "x"), ("a/y.rs", "y")]);
    let changes = compare(folder.path(), &wanted, &["a"]).unwrap();
    assert_eq!(changes.write.len(), 2);
    write(folder.path(), &changes).unwrap();
    let time = || fs::metadata(folder.path().join("a/y.rs")).unwrap().modified().unwrap();
    let before = time();
    let changes = compare(folder.path(), &wanted, &["a"]).unwrap();
    assert_eq!(changes, Changes::default());
    write(folder.path(), &changes).unwrap();
    assert_eq!(time(), before);
}

#[test]
fn only_marked_files_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("a/old.rs"), format!("// {MARK}\n")).unwrap();
    fs::write(folder.path().join("a/own.rs"), "// mine\n").unwrap();
    let changes = compare(folder.path(), &Files::new(), &["a"]).unwrap();
    assert_eq!(changes.remove.len(), 1);
    write(folder.path(), &changes).unwrap();
    assert!(folder.path().join("a/own.rs").exists());
    assert!(!folder.path().join("a/old.rs").exists());
}

#[test]
fn only_marked_files_are_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.rs", b"// mine\n".as_slice()),
        ("b.rs", b"\xff"),
        ("c.rs", format!("\n\n\n// {MARK}").as_bytes()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        let error = compare(folder.path(), &files(&[(name, "new")]), &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains(name) && error.contains("not generated here"), "{error}");
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), text);
    }
    fs::create_dir(folder.path().join("d.rs")).unwrap();
    for path in ["d.rs", "a.rs/x.rs"] {
        let error = compare(folder.path(), &files(&[(path, "new")]), &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("there is something else"), "{error}");
    }
}

#[test]
fn a_manifest_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let wanted = |text: &str| Files::from([("Cargo.toml".into(), format!("{text}\n"))]);
    write(root, &compare(root, &wanted("one"), &[]).unwrap()).unwrap();
    assert_eq!(fs::read_to_string(root.join("Cargo.toml")).unwrap(), "one\n");
    assert!(compare(root, &wanted("two"), &[]).unwrap().is_empty());
    let kept = kept(root, &wanted("two")).unwrap();
    assert_eq!(kept, [("Cargo.toml".into(), "one\n".to_owned())]);
    // No other unmarked file is.
    assert!(compare(root, &files(&[("Cargo.toml/x.rs", "x")]), &[]).is_err());
    fs::create_dir(root.join("more")).unwrap();
    fs::write(root.join("more/Cargo.toml"), "mine").unwrap();
    assert!(compare(root, &files(&[("more/Cargo.toml", "x")]), &[]).is_err());
}

#[cfg(unix)]
#[test]
fn a_run_leaves_nothing_but_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let changes = compare(folder.path(), &files(&[("a.rs", "a")]), &[]).unwrap();
    write(folder.path(), &changes).unwrap();
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["a.rs"]);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_or_removed_through_a_link() {
    use std::os::unix::fs::symlink;

    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (root, other) = (folder.path(), elsewhere.path());
    fs::write(other.join("x.rs"), format!("// {MARK}\n")).unwrap();
    symlink(other.join("x.rs"), root.join("file.rs")).unwrap();
    symlink(other.join("none.rs"), root.join("nothing.rs")).unwrap();
    symlink(other, root.join("src")).unwrap();
    for path in ["file.rs", "nothing.rs", "src/x.rs", "src/new.rs"] {
        let error = compare(root, &files(&[(path, "new")]), &[]).unwrap_err().to_string();
        assert!(error.contains("it is a link"), "{error}");
    }
    // Nor is the target of one taken for ours.
    assert!(compare(root, &Files::new(), &["src"]).is_err());
    fs::create_dir(root.join("own")).unwrap();
    symlink(other.join("x.rs"), root.join("own/x.rs")).unwrap();
    symlink(other, root.join("own/folder")).unwrap();
    assert!(compare(root, &Files::new(), &["own"]).unwrap().is_empty());
    // A link that came after the comparison.
    let changes = compare(root, &files(&[("late/x.rs", "new")]), &[]).unwrap();
    symlink(other, root.join("late")).unwrap();
    assert!(write(root, &changes).is_err());
    assert_eq!(there(other).len(), 1);
    assert_eq!(fs::read_to_string(other.join("x.rs")).unwrap(), format!("// {MARK}\n"));
}

#[test]
fn two_runs_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let one = compare(root, &files(&[("a.rs", "one")]), &[]).unwrap();
    let other = compare(root, &files(&[("a.rs", "other")]), &[]).unwrap();
    let held = lock::take(root).unwrap();
    let error = write(root, &one).unwrap_err().to_string();
    assert!(error.contains("another `cargo xtask generate` writes here"), "{error}");
    assert!(there(root).is_empty());
    drop(held);
    write(root, &one).unwrap();
    // One after the other, what was compared is no longer there.
    let error = write(root, &other).unwrap_err().to_string();
    assert!(error.contains("a.rs: it has changed since it was compared"), "{error}");
    assert!(there(root)[Path::new("a.rs")].contains("one"));
}

/// A crate as it was, and as it is to be: files that change, come, go and stay.
fn before_and_after() -> (Files, Files) {
    let before = [
        ("src/lib.rs", "lib"),
        ("src/types.rs", "types"),
        ("src/gone.rs", "gone"),
        ("notes.rs", "same"),
    ];
    let after = [
        ("src/lib.rs", "lib"),
        ("src/types.rs", "new types"),
        ("src/new.rs", "new"),
        ("notes.rs", "same"),
    ];
    (files(&before), files(&after))
}

/// Writes `before`, then `after` with a disk that fails from one operation on, or at that one alone.
fn broken_off(at: usize, for_good: bool) -> (tempfile::TempDir, bool) {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = before_and_after();
    write(folder.path(), &compare(folder.path(), &before, &["src"]).unwrap()).unwrap();
    let count = Cell::new(0);
    let step = || {
        count.set(count.get() + 1);
        let fails = if for_good {
            count.get() > at
        } else {
            count.get() == at + 1
        };
        if fails {
            Err(std::io::Error::other("no more"))
        } else {
            Ok(())
        }
    };
    let changes = compare(folder.path(), &after, &["src"]).unwrap();
    let outcome = write_on(&Disk { before: &step }, folder.path(), &changes);
    (folder, outcome.is_ok())
}

#[test]
fn a_kill_at_any_step_leaves_the_old_files_or_a_build_that_stops() {
    let (before, after) = before_and_after();
    let mut stopped = 0;
    for at in 0..100 {
        let (folder, finished) = broken_off(at, true);
        let left = there(folder.path());
        if finished {
            assert_eq!(left, after);
            assert!(at > 10 && stopped > 3, "{at} {stopped}");
            return;
        }
        if left[Path::new("src/lib.rs")].contains("compile_error!") {
            stopped += 1;
        } else {
            assert!(left == before || left == after, "{at}: {left:?}");
        }
        // Another run brings it to its end, and leaves nothing lying about.
        let changes = compare(folder.path(), &after, &["src"]).unwrap();
        write(folder.path(), &changes).unwrap();
        assert_eq!(there(folder.path()), after, "{at}");
        assert!(staged(folder.path()) == 0 || left == after, "{at}");
    }
    unreachable!("it never came to its end");
}

#[test]
fn a_failure_at_any_step_leaves_the_old_files() {
    let (before, after) = before_and_after();
    for at in 0..100 {
        let (folder, finished) = broken_off(at, false);
        let left = there(folder.path());
        if finished {
            assert_eq!(left, after);
            assert!(at > 10);
            return;
        }
        assert_eq!(left, before, "{at}");
        assert_eq!(staged(folder.path()), 0, "{at}");
    }
    unreachable!("it never came to its end");
}

#[test]
fn the_diff_is_readable() {
    let changes = Changes {
        write: vec![("a.rs".into(), "one\nthree\n".to_owned(), Some("one\ntwo\n".to_owned()))],
        ..Changes::default()
    };
    insta::assert_snapshot!(changes.diff(), @r"
    --- a.rs
    +++ a.rs
    @@ -1,2 +1,2 @@
     one
    -two
    +three
    ");
}
