//! Exports of a real workspace.
