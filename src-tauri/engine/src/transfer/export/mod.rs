//! Export: which exchanges, in which format.

mod view;

pub use view::*;
