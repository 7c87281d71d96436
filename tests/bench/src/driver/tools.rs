use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rhombus_kisi_bench::Failure;
use serde::de::DeserializeOwned;
use wait4::Wait4;

/// Where things are, and how programs are run.
pub struct Tools {
    pub root: PathBuf,
    pub target: PathBuf,
    programs: PathBuf,
    pub valgrind: bool,
}

/// What a child process took.
pub struct Usage {
    pub wall: Duration,
    /// Of the process and of all that it waited for.
    pub cpu: Duration,
    /// The most that one process had in memory, in bytes.
    pub peak: u64,
}

/// What the counting allocator says, for each time the work was done; the peak is that of all times together.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Allocations {
    pub count: f64,
    pub bytes: f64,
    pub peak: f64,
}

/// What the clocks say, in s, for all times together.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Times {
    pub cpu: f64,
}

impl Tools {
    pub fn new(root: &Path, target: &Path) -> Result<Self, Failure> {
        let own = std::env::current_exe()?;
        let valgrind = Command::new("valgrind").arg("--version").output().is_ok();
        if !valgrind {
            eprintln!("there is no valgrind here: instructions are not counted");
        }
        Ok(Self {
            root: root.to_owned(),
            target: target.to_owned(),
            programs: own.parent().ok_or("the program has no folder")?.to_owned(),
            valgrind,
        })
    }

    /// One of the measuring programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// The bench's own workspace.
    pub fn bench(&self) -> PathBuf {
        self.root.join("tests/bench")
    }

    pub fn allocations(&self, task: &[String]) -> Result<Allocations, Failure> {
        self.json(Command::new(self.program("allocations")).args(task))
    }

    pub fn times(&self, task: &[String]) -> Result<Times, Failure> {
        self.json(Command::new(self.program("measure")).arg("task").args(task))
    }

    /// The instructions of the measured section; `None` without valgrind.
    pub fn instructions(&self, task: &[String]) -> Result<Option<f64>, Failure> {
        if !self.valgrind {
            return Ok(None);
        }
        let output = Command::new("valgrind")
            .args([
                "--tool=callgrind",
                "--callgrind-out-file=/dev/null",
                "--toggle-collect=*measured_section*",
            ])
            .arg(self.program("measure"))
            .arg("task")
            .args(task)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let collected = said
            .lines()
            .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
        match collected {
            Some(0.0) | None => Err(format!("callgrind counted nothing: {said}").into()),
            some => Ok(some),
        }
    }

    pub fn json<T: DeserializeOwned>(&self, command: &mut Command) -> Result<T, Failure> {
        Ok(serde_json::from_str(&self.text(command)?)?)
    }

    pub fn text(&self, command: &mut Command) -> Result<String, Failure> {
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{command:?} failed: {}", output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs a program to its end and says what it took.
    pub fn usage(&self, command: &mut Command) -> Result<Usage, Failure> {
        let start = Instant::now();
        let ended = command.stdout(Stdio::null()).spawn()?.wait4()?;
        let wall = start.elapsed();
        if !ended.status.success() {
            return Err(format!("{command:?} failed: {}", ended.status).into());
        }
        Ok(Usage {
            wall,
            cpu: ended.rusage.utime + ended.rusage.stime,
            peak: ended.rusage.maxrss,
        })
    }

    /// Cargo in the bench's workspace.
    pub fn cargo<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(self.bench()).args(args);
        cargo
    }
}
