//! Reading an exchange: what a body is, and windows of it as text, tree, bytes, form and parts. Pure functions over
//! bytes; nothing here alters what is stored.

mod view;

pub use view::*;
