//! Running code that may panic or recurse deeply, without either reaching the user.

use std::cell::Cell;
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Enough for schemas that refer to one another through thousands of others.
const STACK: usize = 256 << 20;

/// Runs `work` on a thread of its own with a large stack; a panic in it is returned as its message, and not printed.
///
/// # Errors
/// The panic's message.
pub fn run<T: Send, F: FnOnce() -> T + Send>(work: F) -> Result<T, String> {
    quieten();
    std::thread::scope(|scope| {
        let contained = || {
            CONTAINED.set(true);
            work()
        };
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, contained);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(panic)) => Err(message(&*panic)),
            Err(error) => Err(format!("no thread could be started: {error}")),
        }
    })
}

/// Keeps the panic hook from printing what a contained thread panics with.
fn quieten() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                hook(info);
            }
        }));
    });
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(super::run(|| 1), Ok(1));
        assert_eq!(
            super::run(|| -> i32 { panic!("no {}", "way") }),
            Err("no way".to_owned())
        );
    }
}
