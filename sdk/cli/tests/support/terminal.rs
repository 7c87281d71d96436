use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{Home, PROGRAM, Run};

/// How wide the terminal is.
pub(crate) const COLUMNS: u16 = 80;
/// How long the program may take to say something: far longer than it needs on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program in a terminal of 80 columns.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    pub(crate) fn start(arguments: &[&str], home: &Home) -> Self {
        let size = PtySize {
            rows: 24,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(arguments);
        command.env_clear();
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        command.cwd(home.folder());
        let child = pair.slave.spawn_command(command).unwrap();
        // Otherwise the output has no end.
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // A terminal whose program has ended is an error to read from.
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            writer: pair.master.take_writer().unwrap(),
            output,
            seen: Vec::new(),
            _master: pair.master,
        }
    }

    /// Waits until the program has printed this.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !String::from_utf8_lossy(&self.seen).contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(error) => panic!("{error}: {text:?} in {:?}", String::from_utf8_lossy(&self.seen)),
            }
        }
    }

    /// Types this.
    pub(crate) fn write(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the end of the program.
    pub(crate) fn end(mut self) -> Run {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.seen.extend(bytes);
        }
        let status = self.child.wait().unwrap();
        Run {
            status: status.exit_code(),
            text: String::from_utf8_lossy(&self.seen).into_owned(),
            errors: String::new(),
        }
    }
}
