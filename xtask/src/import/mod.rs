//! Taking the selected operations and all that they reach out of a document.
