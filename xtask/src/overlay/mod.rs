//! OpenAPI Overlays (1.0): what the vendor's document leaves out.
