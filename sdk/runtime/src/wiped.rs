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
        // PERF: in two branches, so that the vector does not look for room again.
        if self.0.capacity() - self.0.len() >= bytes.len() {
            self.0.extend_from_slice(bytes);
        } else {
            self.grow_and_push(bytes);
        }
    }

    fn grow(&mut self, more: usize) {
        let mut larger = Vec::with_capacity(self.0.len() + more);
        for piece in self.0.chunks(PIECE) {
            larger.extend_from_slice(piece);
        }
        wipe(&mut self.0);
        self.0 = larger;
    }

    #[cold]
    #[inline(never)]
    fn grow_and_push(&mut self, bytes: &[u8]) {
        let capacity = (self.0.capacity() * 2).max(self.0.len() + bytes.len());
        self.grow(capacity - self.0.len());
        self.0.extend_from_slice(bytes);
    }
}

// PERF: `zeroize` writes a large body byte by byte. A plain fill that the compiler is told is looked at afterwards does
// the same at the speed of memory; tests/wiped.rs shows that it is not optimised away.
#[inline(never)]
fn wipe(bytes: &mut [u8]) {
    for piece in bytes.chunks_mut(PIECE) {
        piece.fill(0);
        black_box(piece);
    }
}

// PERF: pieces this short are copied and filled by vector instructions; for longer ones the C library takes the
// processor's string instructions, which begin slowly.
const PIECE: usize = 1984;

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl From<Vec<u8>> for Wiped {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsMut<[u8]> for Wiped {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl std::fmt::Write for Wiped {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.push(text.as_bytes());
        Ok(())
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
