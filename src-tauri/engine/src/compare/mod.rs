//! What differs: JSON, text and headers of exchanges (or files) held against each other. Pure functions.

mod view;

pub use view::*;
#[derive(Debug)]
pub struct Compared;
