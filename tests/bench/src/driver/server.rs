use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use rhombus_kisi_bench::Failure;

use super::Tools;

/// The server, in a process of its own that ends with this value.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    pub fn start(tools: &Tools, doors: usize, unknown: bool) -> Result<Self, Failure> {
        let mut command = Command::new(tools.program("server"));
        command.arg("--doors").arg(doors.to_string());
        if unknown {
            command.arg("--unknown");
        }
        Self::run(command)
    }

    /// One that adds a warning to what it says of an update.
    pub fn that_warns(tools: &Tools) -> Result<Self, Failure> {
        let mut command = Command::new(tools.program("server"));
        command.args(["--doors", "0", "--warning"]);
        Self::run(command)
    }

    fn run(mut command: Command) -> Result<Self, Failure> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self {
            child,
            url: url.trim().to_owned(),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
