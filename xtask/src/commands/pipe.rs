//! Printing that ends quietly where nobody reads on, as in `… | head`.

use std::fmt::Arguments;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether standard output was closed before everything was printed.
pub(super) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

pub(super) fn out(text: Arguments<'_>, end: &str) {
    if !is_closed() && write(&mut std::io::stdout().lock(), text, end).is_err() {
        CLOSED.store(true, Ordering::Relaxed);
    }
}

pub(super) fn err(text: Arguments<'_>, end: &str) {
    // Where not even that can be printed, the exit status has to do.
    let _ = write(&mut std::io::stderr().lock(), text, end);
}

fn write(to: &mut dyn Write, text: Arguments<'_>, end: &str) -> std::io::Result<()> {
    write!(to, "{text}{end}")?;
    to.flush()
}
