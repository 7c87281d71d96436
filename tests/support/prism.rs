use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use serde_json::Value;

/// The last release that runs on the Node that long-term distributions ship.
const PACKAGE: &str = "@stoplight/prism-cli";
const VERSION: &str = "5.14.2";
/// The switch: installing takes the network, which a plain `cargo test` does not.
const SWITCH: &str = "RHOMBUS_KISI_PRISM";
/// Leave to go on where what was switched on cannot be had.
const ALLOW_SKIP: &str = "RHOMBUS_CI_ALLOW_SKIP";

/// A server made from an OpenAPI document by somebody else's hands: it checks each request and makes up the responses.
#[derive(Debug)]
pub struct Prism {
    child: Child,
    document: PathBuf,
    violations: Arc<Mutex<Vec<String>>>,
    /// Where it listens.
    pub endpoint: String,
}

impl Prism {
    /// Serves a document. `None` where Prism is not switched on, after saying so on standard error.
    ///
    /// It is installed in `folder`, once for all runs.
    ///
    /// # Panics
    /// If it is switched on and cannot be had, unless `RHOMBUS_CI_ALLOW_SKIP=1` lets that pass.
    pub fn start(document: &Value, folder: &Path) -> Option<Self> {
        // Once for all the tests of a process: two npms in one folder spoil it.
        static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        match INSTALLED.get_or_init(|| install(folder)) {
            Ok(script) => Some(serve(script, document, folder)),
            Err(reason) => {
                assert!(
                    !is_one(SWITCH) || is_one(ALLOW_SKIP),
                    "no tests against Prism: {reason} ({ALLOW_SKIP}=1 goes on without them)"
                );
                // Not `eprintln!`: of a test that passes, the harness would keep it to itself.
                let _ = writeln!(std::io::stderr(), "SKIPPED the tests against Prism: {reason}");
                None
            }
        }
    }
}

impl Prism {
    /// What it found wrong with requests, and with its own responses, since the last time it was asked.
    pub fn violations(&self) -> Vec<String> {
        std::mem::take(&mut self.violations.lock().unwrap())
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.document);
    }
}

/// Installs Prism where it is not there yet, and tells its script.
fn install(folder: &Path) -> Result<PathBuf, String> {
    if !is_one(SWITCH) {
        return Err(format!(
            "{SWITCH}=1 turns them on (they install {PACKAGE} {VERSION} by npm)"
        ));
    }
    let runs = |program: &str| {
        Command::new(program)
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    for program in ["node", "npm"] {
        if !runs(program) {
            return Err(format!("there is no {program} on this machine"));
        }
    }
    let folder = folder.join(format!("prism-{VERSION}"));
    let script = folder.join("node_modules").join(PACKAGE).join("dist/index.js");
    let installed = folder.join("installed");
    if !installed.exists() {
        // What a broken-off install has left would be taken for whole.
        let _ = std::fs::remove_dir_all(&folder);
        let output = Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-save",
                "--ignore-scripts",
                "--prefix",
            ])
            .arg(&folder)
            .arg(format!("{PACKAGE}@{VERSION}"))
            .output()
            .map_err(|error| format!("npm does not run: {error}"))?;
        if !output.status.success() || !script.exists() {
            let said = String::from_utf8_lossy(&output.stderr);
            let why = said.lines().find(|line| line.contains("error")).unwrap_or_default();
            return Err(format!("npm cannot install {PACKAGE} {VERSION}: {why}"));
        }
        std::fs::write(&installed, "").unwrap();
    }
    Ok(script)
}

fn is_one(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| value == "1")
}

fn serve(script: &Path, document: &Value, folder: &Path) -> Prism {
    let port = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let path = folder.join(format!("prism-{port}.json"));
    std::fs::write(&path, document.to_string()).unwrap();
    let mut child = Command::new("node")
        .arg(script)
        .args(["mock", "--dynamic", "--errors", "--host", "127.0.0.1", "--port"])
        .arg(port.to_string())
        .arg(&path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (ready, wait) = mpsc::channel();
    let violations = Arc::new(Mutex::new(Vec::new()));
    let found = Arc::clone(&violations);
    // Reads on to the end, or Prism would stop at a full pipe.
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if line.contains("Prism is listening") {
                let _ = ready.send(());
            }
            if ["Violation", "✖"].iter().any(|mark| line.contains(mark)) {
                found.lock().unwrap().push(line);
            }
        }
    });
    let prism = Prism {
        child,
        document: path,
        violations,
        endpoint: format!("http://127.0.0.1:{port}"),
    };
    wait.recv_timeout(Duration::from_secs(300))
        .expect("Prism starts within five minutes");
    prism
}
