use std::hint::black_box;
use std::io;

/// Bytes that are overwritten before their memory is given back, also where they move because they grow.
#[derive(Default)]
pub(crate) struct Wiped(Vec<u8>);

/// As large as `serde_json` begins.
const BEGINNING: usize = 128;

impl Wiped {
    pub(crate) const EMPTY: Self = Self(Vec::new());

    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    pub(crate) fn body() -> Self {
        Self::with_capacity(BEGINNING)
    }

    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.0.capacity() - self.0.len() < bytes.len() {
            self.grow(bytes.len());
        }
        self.0.extend_from_slice(bytes);
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        let capacity = (self.0.capacity() * 2).max(self.0.len() + more);
        let mut larger = Vec::with_capacity(capacity);
        larger.extend_from_slice(&self.0);
        wipe(&mut self.0);
        self.0 = larger;
    }
}

// PERF: `zeroize` writes a large body byte by byte. A plain fill that the compiler is told is looked at afterwards does
// the same at the speed of memory; tests/wiped.rs shows that it is not optimised away.
#[inline(never)]
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    black_box(bytes);
}

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl io::Write for Wiped {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.push(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
