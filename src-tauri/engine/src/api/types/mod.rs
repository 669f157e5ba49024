//! The wire types that belong to no other room, a file an area.

mod comparing;
mod listing;
mod organising;
mod providers;
mod reading;
mod requests;
mod rules;
mod running;
mod sources;
mod storing;
mod transferring;
mod vault;

pub use comparing::*;
pub use listing::*;
pub use organising::*;
pub use providers::*;
pub use reading::*;
pub use requests::*;
pub use rules::*;
pub use running::*;
pub use sources::*;
pub use storing::*;
pub use transferring::*;
pub use vault::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// No arguments, or no answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// One exchange by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ById {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
}

/// Names a send or an export that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ticket {
    /// What the caller chose.
    pub ticket: String,
}
