//! Passes that bring a document into a form that the generator can take.
