//! The stretches in which two sequences differ, in bounded time.

use imara_diff::{Algorithm, Diff, Hunk, Token};
use std::ops::Range;
use std::time::Instant;

/// Tokens of a stretch that are matched by a short edit script. In a longer stretch the tokens that stand once on
/// either side part it first.
const EDIT_LIMIT: usize = 10_000;

/// Where two sequences differ.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The stretches.
    pub(super) hunks: Vec<Hunk>,
    /// True if one of them was too long, or came too late, to be looked into: some of it may be equal.
    pub(super) coarse: bool,
}

/// Two sequences of tokens, and where to stop.
pub(super) struct Edit<'a> {
    /// The one.
    pub(super) before: &'a [Token],
    /// The other.
    pub(super) after: &'a [Token],
    /// How many different tokens there are.
    pub(super) tokens: u32,
    /// The time from which stretches are no longer looked into.
    pub(super) end: Instant,
}

impl Edit<'_> {
    /// The stretches that differ, in order, with at least one equal token between two of them.
    pub(super) fn found(&self) -> Found {
        let mut found = Found::default();
        let whole = (0..self.before.len(), 0..self.after.len());
        let Some((before, after)) = self.trim(whole) else { return found };
        if before.len().min(after.len()) <= EDIT_LIMIT {
            self.stretch((before, after), &mut found);
            return found;
        }
        let (mut row, mut column) = (before.start, after.start);
        for (next_row, next_column) in self.anchors(&before, &after) {
            self.stretch((row..next_row, column..next_column), &mut found);
            (row, column) = (next_row + 1, next_column + 1);
        }
        self.stretch((row..before.end, column..after.end), &mut found);
        found
    }

    /// Finds the differences of one stretch.
    fn stretch(&self, stretch: (Range<usize>, Range<usize>), found: &mut Found) {
        let Some((before, after)) = self.trim(stretch) else { return };
        let shift = |range: &Range<u32>, by: usize| range.start + by as u32..range.end + by as u32;
        if before.len().min(after.len()) > EDIT_LIMIT || Instant::now() > self.end {
            let whole = |range: Range<usize>| range.start as u32..range.end as u32;
            found.hunks.push(Hunk { before: whole(before), after: whole(after) });
            found.coarse = true;
            return;
        }
        let mut diff = Diff::default();
        let (rows, columns) = (&self.before[before.clone()], &self.after[after.clone()]);
        diff.compute_with(Algorithm::Histogram, rows, columns, self.tokens);
        found.hunks.extend(
            diff.hunks()
                .map(|hunk| Hunk { before: shift(&hunk.before, before.start), after: shift(&hunk.after, after.start) }),
        );
    }

    /// Leaves out what both have in front and at the end. None if nothing differs.
    fn trim(&self, (before, after): (Range<usize>, Range<usize>)) -> Option<(Range<usize>, Range<usize>)> {
        let (rows, columns) = (&self.before[before.clone()], &self.after[after.clone()]);
        let front = rows.iter().zip(columns).take_while(|(a, b)| a == b).count();
        let ends = rows[front..].iter().rev().zip(columns[front..].iter().rev());
        let back = ends.take_while(|(a, b)| a == b).count();
        let inner = (before.start + front..before.end - back, after.start + front..after.end - back);
        (!inner.0.is_empty() || !inner.1.is_empty()).then_some(inner)
    }

    /// The places of tokens that stand once on either side, as many as are in the same order on both.
    fn anchors(&self, before: &Range<usize>, after: &Range<usize>) -> Vec<(usize, usize)> {
        const MANY: usize = usize::MAX;
        let once = |side: &[Token], range: &Range<usize>| {
            let mut places: Vec<Option<usize>> = vec![None; self.tokens as usize];
            for at in range.clone() {
                let place = &mut places[side[at].0 as usize];
                *place = Some(if place.is_none() { at } else { MANY });
            }
            places
        };
        let rows = once(self.before, before);
        let columns = once(self.after, after);
        let pairs: Vec<(usize, usize)> = after
            .clone()
            .filter(|&column| columns[self.after[column].0 as usize] == Some(column))
            .filter_map(|column| Some((rows[self.after[column].0 as usize]?, column)))
            .filter(|(row, _)| *row != MANY)
            .collect();
        let order: Vec<u32> = pairs.iter().map(|&(row, _)| row as u32).collect();
        pairs.into_iter().zip(longest_rise(&order)).filter(|(_, rises)| *rises).map(|(pair, _)| pair).collect()
    }
}

/// Which numbers belong to one longest rising subsequence (patience sorting).
pub(super) fn longest_rise(numbers: &[u32]) -> Vec<bool> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let pile = tails.partition_point(|&tail| numbers[tail] < *number);
        before.push(pile.checked_sub(1).map(|below| tails[below]));
        if pile == tails.len() {
            tails.push(at);
        } else {
            tails[pile] = at;
        }
    }
    let mut stays = vec![false; numbers.len()];
    let mut next = tails.last().copied();
    while let Some(at) = next {
        stays[at] = true;
        next = before[at];
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn tokens(numbers: &[u32]) -> Vec<Token> {
        numbers.iter().copied().map(Token).collect()
    }

    /// The second sequence, made of the first and the stretches that differ.
    fn applied(before: &[Token], after: &[Token], hunks: &[Hunk]) -> Vec<Token> {
        let mut made = Vec::new();
        let mut at = 0;
        for hunk in hunks {
            made.extend_from_slice(&before[at..hunk.before.start as usize]);
            made.extend_from_slice(&after[hunk.after.start as usize..hunk.after.end as usize]);
            at = hunk.before.end as usize;
        }
        made.extend_from_slice(&before[at..]);
        made
    }

    proptest! {
        #[test]
        fn the_stretches_lead_from_one_sequence_to_the_other(
            a in prop::collection::vec(0..20_u32, 0..40),
            b in prop::collection::vec(0..20_u32, 0..40),
            seconds in 0..2_u64,
        ) {
            let (before, after) = (tokens(&a), tokens(&b));
            let end = Instant::now() + Duration::from_secs(60 * seconds);
            let edit = Edit { before: &before, after: &after, tokens: 20, end };
            let found = edit.found();
            prop_assert_eq!(applied(&before, &after, &found.hunks), after);
            prop_assert!(!found.coarse || seconds == 0);
        }
    }

    #[test]
    fn parts_long_sequences_at_what_stands_once() {
        let numbers: Vec<u32> = (0..50_000).map(|n| if n % 3 == 0 { n } else { n % 5 }).collect();
        let mut changed = numbers.clone();
        for at in [10, 25_000, 49_000] {
            changed[at] = 7;
            changed.insert(at + 100, 8);
        }
        let (before, after) = (tokens(&numbers), tokens(&changed));
        let edit =
            Edit { before: &before, after: &after, tokens: 50_000, end: Instant::now() + Duration::from_secs(60) };
        let Found { hunks, coarse } = edit.found();
        assert!(!coarse);
        assert_eq!(applied(&before, &after, &hunks), after);
        assert!(hunks.len() <= 6 && hunks.iter().all(|hunk| hunk.after.len() <= 2), "{hunks:?}");
    }

    #[test]
    fn says_when_a_stretch_is_too_long_to_be_looked_into() {
        let all = |by: u32| tokens(&(0..30_000).map(|n| (n * by) % 7).collect::<Vec<_>>());
        let (before, after) = (all(1), all(3));
        let edit = Edit { before: &before, after: &after, tokens: 7, end: Instant::now() + Duration::from_secs(60) };
        let found = edit.found();
        assert!(found.coarse);
        assert_eq!(applied(&before, &after, &found.hunks), after);
    }

    #[test]
    fn finds_a_longest_rise() {
        assert_eq!(longest_rise(&[0, 1, 2]), [true, true, true]);
        assert_eq!(longest_rise(&[2, 0, 1]), [false, true, true]);
        assert_eq!(longest_rise(&[]), [false; 0]);
    }
}
