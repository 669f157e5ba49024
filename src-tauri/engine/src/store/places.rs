//! Finding a place far down the whole list, and counting a long stretch of it, without walking there: numbers are given
//! without gaps, so only what was deleted since, which the schema counts block by block, has to be taken off.

use super::{Store, StoreError};
use crate::api::Anchor;
use crate::exchange::ExchangeId;
use sqlx::Row as _;

/// Numbers of one block; the trigger that counts holes has the same.
const BLOCK: i64 = 1024;

/// SQL that counts the visible exchanges after the number that the SQL `after` has.
pub(super) fn visible_after(after: &str) -> String {
    // Where something is hidden, each row has to be asked.
    format!(
        "(SELECT iif(EXISTS (SELECT 1 FROM exchange WHERE deletion IS NOT NULL),
                     (SELECT count(*) FROM exchange WHERE id > at AND deletion IS NULL),
                     (SELECT count(*) FROM exchange WHERE id > at AND id < next)
                     + max(0, given + 1 - next)
                     - (SELECT coalesce(sum(gone), 0) FROM hole WHERE block >= next / {BLOCK}))
            FROM (SELECT at, (at / {BLOCK} + 1) * {BLOCK} AS next, given
                    FROM (SELECT min({after}, given) AS at, given
                            FROM (SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'exchange'), 0)
                                         AS given))))"
    )
}

impl Store {
    /// A row less than a block above place `from` of the whole list up to `upto`, nothing in it being hidden; None if
    /// the place is near the top anyway.
    pub(super) async fn anchor(&self, upto: ExchangeId, from: u64) -> Result<Option<Anchor>, StoreError> {
        let act = "Reading the list";
        let Ok(from) = i64::try_from(from) else { return Ok(None) };
        let upto = upto.min(self.newest().await?);
        let top = upto / BLOCK;
        let sql = "SELECT block, gone, (SELECT count(*) FROM exchange WHERE id >= $1 * 1024 AND id <= $2)
                     FROM (SELECT block, gone FROM hole WHERE block < $1 UNION ALL SELECT -1, 0) ORDER BY block DESC";
        let rows = sqlx::query(sql).bind(top).bind(upto).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx(act, &e))?;
        let above: i64 = rows.first().map_or(0, |row| row.get(2));
        let holes = rows.iter().map(|row| (row.get(0), row.get(1)));
        Ok(if from < above { None } else { place(top, above, from, holes) })
    }
}

/// Goes down from block `top`, above whose lower end `above` rows stand, to the block that holds place `from`. `holes`
/// are the blocks below it that miss rows, and how many, from the top; the last is -1.
fn place(top: i64, above: i64, from: i64, holes: impl Iterator<Item = (i64, i64)>) -> Option<Anchor> {
    let found = |block: i64, left: i64| Anchor { row: (from - left) as u64, id: (block + 1) * BLOCK - 1 };
    let mut left = from - above;
    let mut block = top - 1;
    for (hole, gone) in holes {
        let full = (block - hole) * BLOCK;
        if left < full {
            return Some(found(block - left / BLOCK, left % BLOCK));
        }
        left -= full;
        if hole < 0 {
            return Some(Anchor { row: from as u64, id: 0 }); // behind the end
        }
        if left < BLOCK - gone {
            return Some(found(hole, left));
        }
        left -= BLOCK - gone;
        block = hole - 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn the_place_found_is_where_walking_leads(
            newest in 1..9_000_i64,
            gone in prop::collection::btree_set(1..9_000_i64, 0..300),
            wiped in prop::option::of(0..8_i64),
            from in 0..9_000_i64,
        ) {
            let wiped = |id: &i64| wiped == Some(id / BLOCK);
            let gone: BTreeSet<i64> = (1..=newest).filter(|id| gone.contains(id) || wiped(id)).collect();
            let ids: Vec<i64> = (1..=newest).rev().filter(|id| !gone.contains(id)).collect();
            let mut holes = BTreeMap::from([(-1, 0)]);
            gone.iter().for_each(|id| *holes.entry(id / BLOCK).or_default() += 1);
            let top = newest / BLOCK;
            let above = ids.iter().filter(|id| **id >= top * BLOCK).count() as i64;
            prop_assume!(from >= above && from < ids.len() as i64);
            let below = holes.into_iter().rev().filter(|(block, _)| *block < top);
            let anchor = place(top, above, from, below).unwrap();
            prop_assert_eq!(anchor.row, ids.iter().filter(|id| **id > anchor.id).count() as u64);
            prop_assert!((0..BLOCK as u64).contains(&(from as u64 - anchor.row)));
        }
    }
}
