//! How many exchanges came when: bars over time, out of the minutes that are counted or by counting.

use super::counts::{FAILED, UNREAD, visible};
use super::filter::Plan;
use super::places::visible_after;
use super::{Store, StoreError};
use crate::api::{Bar, CountQuery, Histogram, HistogramQuery, Tallies};
use crate::exchange::{ExchangeId, Micros};
use jiff::tz::TimeZone;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
const DAY: Micros = 1_440 * MINUTE;

/// Widths of a bar, so that bars start at round times.
const WIDTHS: [Micros; 21] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    60 * MINUTE,
    120 * MINUTE,
    180 * MINUTE,
    360 * MINUTE,
    720 * MINUTE,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
];

/// Bars at most.
const BARS: u32 = 500;

/// More exchanges than this are not counted one by one: bars are a minute at least, which are counted already.
const ONE_BY_ONE: u64 = 50_000;

/// Ids of a search that one query takes.
const IDS: usize = 5_000;

impl Store {
    /// Bars over the time that a filter's exchanges span, or over a part of it. They begin where the hours and days of
    /// the user do.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn histogram(&self, query: &HistogramQuery) -> Result<Histogram, StoreError> {
        self.histogram_in(query, &TimeZone::system()).await
    }

    /// The same where this is the time.
    pub(super) async fn histogram_in(&self, query: &HistogramQuery, zone: &TimeZone) -> Result<Histogram, StoreError> {
        let plan = self.plan(&query.filter).await?;
        let nothing = Histogram { complete: true, ..Histogram::default() };
        let Some((first, last)) = self.span(query).await? else { return Ok(nothing) };
        let most = i64::from(query.bars.clamp(1, BARS));
        let counted = plan.is_everything() && query.upto.is_none();
        let least = if counted && self.count_upto(i64::MAX).await? > ONE_BY_ONE { MINUTE } else { SECOND };
        let (from, width, bars) = scale(first, last, most, least, ahead(zone, last));
        let mut histogram = Histogram { from, width, bars: vec![Bar::default(); bars], complete: true };
        if counted && width % MINUTE == 0 {
            self.add_minutes(&mut histogram).await?;
        } else if plan.is_checked() {
            let upto = self.upto(query.upto).await?;
            let found = self.found(&query.filter, plan, upto, 0..u64::MAX).await?;
            histogram.complete = found.complete;
            for ids in found.ids.chunks(IDS) {
                self.add_rows(&mut histogram, &Plan::default(), i64::MAX, Some(ids)).await?;
            }
        } else {
            self.add_rows(&mut histogram, &plan, query.upto.unwrap_or(i64::MAX), None).await?;
        }
        Ok(histogram)
    }

    /// How many exchanges of a filter went which way, failed, are unread.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn tallies(&self, query: &CountQuery) -> Result<Tallies, StoreError> {
        let plan = self.plan(&query.filter).await?;
        if plan.is_everything() && query.upto.is_none() {
            let kept = "SELECT (SELECT value FROM meta WHERE name = 'pushes'), (SELECT value FROM meta WHERE name = 'pulls'),
                               (SELECT value FROM meta WHERE name = 'failed'), (SELECT value FROM meta WHERE name = 'unread')";
            let row = sqlx::query(kept).fetch_one(&self.readers).await;
            let mut tallies = tallies(&row.map_err(|e| StoreError::from_sqlx("Counting exchanges", &e))?);
            tallies.add(self.tally("e.id > (SELECT value FROM meta WHERE name = 'indexed')", &[], &plan).await?);
            return Ok(tallies);
        }
        let upto = self.upto(query.upto).await?;
        if !plan.is_checked() {
            let bounds = plan.bounds(None, upto);
            return self.tally(bounds.sql, &bounds.ids, &plan).await;
        }
        let found = self.found(&query.filter, plan, upto, 0..u64::MAX).await?;
        let mut tallies = Tallies { complete: found.complete, ..Tallies::default() };
        for ids in found.ids.chunks(IDS) {
            let list = super::organise::joined(ids);
            tallies.add(self.tally(&format!("e.id IN ({list})"), &[], &Plan::default()).await?);
        }
        Ok(tallies)
    }

    /// `which` leaves open as many numbers as `ids` has.
    async fn tally(&self, which: &str, ids: &[ExchangeId], plan: &Plan) -> Result<Tallies, StoreError> {
        let sql = format!(
            "SELECT sum(e.direction = 0), sum(e.direction = 1), sum(coalesce({FAILED}, 0)), sum({UNREAD})
               FROM exchange e WHERE {which} {}",
            plan.conditions()
        );
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        let query = ids.iter().fold(query, |query, id| query.bind(*id));
        let row = plan.bind(query).fetch_one(&self.readers).await;
        Ok(tallies(&row.map_err(|e| StoreError::from_sqlx("Counting exchanges", &e))?))
    }

    /// Visible exchanges up to one: all that are counted, less what came later.
    pub(super) async fn count_upto(&self, upto: ExchangeId) -> Result<u64, StoreError> {
        let sql = format!("SELECT {} - {}", visible(), visible_after("$1"));
        let row = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(upto).fetch_one(&self.readers).await;
        Ok(row.map_err(|e| StoreError::from_sqlx("Counting exchanges", &e))?.max(0) as u64)
    }

    /// The first and the last moment that is drawn.
    async fn span(&self, query: &HistogramQuery) -> Result<Option<(Micros, Micros)>, StoreError> {
        if let (Some(since), Some(until)) = (query.since, query.until) {
            return Ok((since < until).then_some((since, until - 1)));
        }
        // Exchanges that are not counted yet are the newest.
        let sql = "SELECT min(low), max(high) FROM (
                       SELECT min(minute) * 60000000 AS low, max(minute) * 60000000 + 59999999 AS high FROM bucket
                        WHERE total > 0
                       UNION ALL
                       SELECT min(started_at), max(started_at) FROM exchange
                        WHERE id > (SELECT value FROM meta WHERE name = 'indexed') AND deletion IS NULL)";
        let row = sqlx::query(sql).fetch_one(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Counting by time", &e))?;
        let (low, high): (Option<i64>, Option<i64>) = (row.get(0), row.get(1));
        Ok(low.zip(high).map(|(low, high)| (query.since.unwrap_or(low), query.until.map_or(high, |until| until - 1))))
    }

    /// From the counted minutes, and the few exchanges that are not counted yet.
    async fn add_minutes(&self, histogram: &mut Histogram) -> Result<(), StoreError> {
        let sql = "SELECT (minute * 60000000 - $1) / $2, direction, sum(total), sum(failed) FROM bucket
                    WHERE minute >= $1 / 60000000 AND minute < $3 / 60000000 GROUP BY 1, 2
                   UNION ALL
                   SELECT (started_at - $1) / $2, direction, count(*),
                          sum(failure IS NOT NULL OR coalesce(status >= 400, 0) OR coalesce(forward_status >= 400, 0)
                              OR forward_failure IS NOT NULL)
                     FROM exchange WHERE id > (SELECT value FROM meta WHERE name = 'indexed')
                      AND started_at >= $1 AND started_at < $3 AND deletion IS NULL GROUP BY 1, 2";
        let rows = sqlx::query(sql).bind(histogram.from).bind(histogram.width).bind(histogram.until());
        let rows = rows.fetch_all(&self.readers).await.map_err(|e| StoreError::from_sqlx("Counting by time", &e))?;
        rows.iter().for_each(|row| histogram.add(row));
        Ok(())
    }

    /// By looking at the exchanges.
    async fn add_rows(
        &self,
        histogram: &mut Histogram,
        plan: &Plan,
        upto: ExchangeId,
        ids: Option<&[ExchangeId]>,
    ) -> Result<(), StoreError> {
        let (from, width, until) = (histogram.from, histogram.width, histogram.until());
        let among = ids.map(|ids| format!("AND e.id IN ({})", super::organise::joined(ids))).unwrap_or_default();
        let bounds = plan.bounds(None, upto);
        let sql = format!(
            "SELECT (e.started_at - {from}) / {width}, e.direction, count(*), sum(coalesce({FAILED}, 0)) FROM exchange e
              WHERE e.started_at >= {from} AND e.started_at < {until} AND {} {among} {} GROUP BY 1, 2",
            bounds.sql,
            plan.conditions()
        );
        let query = bounds.bind(sqlx::query(AssertSqlSafe(sql)).persistent(false));
        let rows = plan.bind(query).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx("Counting by time", &e))?;
        rows.iter().for_each(|row| histogram.add(row));
        Ok(())
    }
}

impl Histogram {
    /// The end of the last bar.
    fn until(&self) -> Micros {
        self.from.saturating_add(self.width.saturating_mul(self.bars.len() as i64))
    }

    /// Place, direction, how many, how many of them failed.
    fn add(&mut self, row: &SqliteRow) {
        let place = usize::try_from(row.get::<i64, _>(0)).unwrap_or(usize::MAX);
        let Some(bar) = self.bars.get_mut(place) else { return };
        let (count, failed) = (row.get::<i64, _>(2).max(0) as u64, row.get::<i64, _>(3).max(0) as u64);
        if row.get::<i64, _>(1) == 0 {
            bar.pushes += count
        } else {
            bar.pulls += count
        }
        bar.failed += failed;
    }
}

impl Tallies {
    fn add(&mut self, other: Self) {
        self.pushes += other.pushes;
        self.pulls += other.pulls;
        self.failed += other.failed;
        self.unread += other.unread;
    }
}

fn tallies(row: &SqliteRow) -> Tallies {
    let number = |place: usize| row.get::<Option<i64>, _>(place).unwrap_or(0).max(0) as u64;
    Tallies { pushes: number(0), pulls: number(1), failed: number(2), unread: number(3), complete: true }
}

/// How far the clocks are ahead of UTC at a moment, in whole minutes, as exchanges are counted.
fn ahead(zone: &TimeZone, at: Micros) -> Micros {
    let moment = jiff::Timestamp::from_microsecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    Micros::from(zone.to_offset(moment).seconds()) / 60 * MINUTE
}

/// Where the first bar starts, how wide a bar is, and how many there are: the narrowest round width with which `most`
/// bars reach from the first moment to the last. They are round where clocks are `ahead` of UTC. All bars are as wide,
/// so where the clocks were changed in between, those of days before that begin an hour beside midnight.
fn scale(first: Micros, last: Micros, most: i64, least: Micros, ahead: Micros) -> (Micros, Micros, usize) {
    let start = |width: Micros| (first + ahead).div_euclid(width) * width - ahead;
    let bars = |width: Micros| (last - start(width)).max(0) / width + 1;
    let fitting = WIDTHS.into_iter().find(|width| *width >= least && bars(*width) <= most);
    let width = fitting.unwrap_or_else(|| {
        let days = ((last - first) / most / DAY + 1).saturating_mul(DAY);
        if bars(days) <= most { days } else { days.saturating_mul(2) }
    });
    (start(width), width, bars(width).clamp(1, most) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_round_and_reach_to_the_end() {
        assert_eq!(scale(0, 59 * SECOND, 60, SECOND, 0), (0, SECOND, 60));
        assert_eq!(scale(30 * SECOND, 90 * SECOND, 60, MINUTE, 0), (0, MINUTE, 2));
        assert_eq!(scale(-1, 0, 10, SECOND, 0), (-SECOND, SECOND, 2));
        assert_eq!(scale(5, 5, 1, SECOND, 0), (0, SECOND, 1));
        assert_eq!(scale(0, 2 * DAY, 4, SECOND, -60 * MINUTE), (-1380 * MINUTE, DAY, 3));
    }

    proptest::proptest! {
        #[test]
        fn every_moment_has_its_bar(first in -10_i64.pow(15)..10_i64.pow(16), length in 0..10_i64.pow(16), most in 2..500_i64, hours in -12..=14_i64) {
            let (from, width, bars) = scale(first, first + length, most, SECOND, hours * 60 * MINUTE);
            proptest::prop_assert!(from <= first && bars as i64 <= most);
            proptest::prop_assert!(from + width * bars as i64 > first + length, "{} {} {}", from, width, bars);
        }
    }
}
