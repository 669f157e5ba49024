//! Dictionaries: the one that new records are packed with, those that older ones need, and learning a better one.
//!
//! Events of a type are alike, so a dictionary learnt from what is stored makes a record several times smaller than zstd
//! can alone. It is learnt beside the captures, kept in the workspace, and replaced only where another pays.

use super::background::wait_for_quiet;
use super::pack::{Damaged, Dictionary, dictionary_of, pack, unpack};
use super::record::Record;
use super::{Store, StoreError, micros_now};
use crate::exchange::ExchangeId;
use sqlx::Row as _;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Exchanges that must be there before one is learnt.
const FIRST: i64 = 256;

/// Learning is thought of again when there are this many times as many exchanges, and after so many more at the latest.
const GROWTH: i64 = 4;
const MOST_BETWEEN: i64 = 200_000;

/// What it is learnt from: so many records at most, of so many of the newest, and so many bytes of them.
const SAMPLES: i64 = 2_000;
const NEWEST: i64 = 20_000;
const SAMPLE_BYTES: usize = 8 * 1024 * 1024;

/// Of the samples, one in so many is held back to see whether the new dictionary pays.
const HELD_BACK: usize = 8;

/// Bytes of a dictionary (zstd's own default).
const SIZE: usize = 112_640;

/// A new dictionary must make records smaller than this share of what the old one makes of them.
const WORTH_IT: f64 = 0.9;

/// Records whose beginnings are looked at, and those packed anew in one transaction.
const SCANNED: i64 = 1_024;
const REPACKED: usize = 32;

/// Bytes that say what a record is packed with: the longest header of a frame (RFC 8878, section 3.1.1.1).
const HEADER: i64 = 18;
const REPACKING: &str = "Packing what is stored";

/// How long a process must have had the workspace open before it learns.
const SETTLE: Duration = Duration::from_millis(500);

/// Those that this process has met.
#[derive(Debug, Default)]
pub(super) struct Dictionaries {
    current: RwLock<Option<Arc<Dictionary>>>,
    known: RwLock<HashMap<u32, Arc<Dictionary>>>,
}

impl Dictionaries {
    /// The one to pack with.
    pub(super) fn current(&self) -> Option<Arc<Dictionary>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn known(&self, id: u32) -> Option<Arc<Dictionary>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn note(&self, dictionary: Arc<Dictionary>) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(dictionary.id(), dictionary);
    }

    fn set_current(&self, dictionary: Arc<Dictionary>) {
        self.note(dictionary.clone());
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(dictionary);
    }
}

impl Store {
    /// Reads a stored record.
    pub(super) async fn decoded(&self, stored: &[u8]) -> Result<Record, StoreError> {
        let bytes = self.unpacked(stored).await?;
        Record::decode(bytes).map_err(|error| damaged(&error))
    }

    /// The bytes that were packed.
    pub(super) async fn unpacked(&self, stored: &[u8]) -> Result<Vec<u8>, StoreError> {
        let dictionary = match dictionary_of(stored) {
            Some(id) => Some(self.dictionary(id).await?),
            None => None,
        };
        unpack(stored, dictionary.as_deref()).map_err(|error| damaged(&error))
    }

    async fn dictionary(&self, id: u32) -> Result<Arc<Dictionary>, StoreError> {
        if let Some(known) = self.dictionaries.known(id) {
            return Ok(known);
        }
        let row: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM dictionary WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Reading a dictionary", &e))?;
        let dictionary = row.and_then(|bytes| Dictionary::new(&bytes)).map(Arc::new);
        let dictionary = dictionary.ok_or_else(|| damaged(&Damaged("its dictionary is not there")))?;
        self.dictionaries.note(dictionary.clone());
        Ok(dictionary)
    }

    /// Packs with the newest dictionary of the file from now on; answers the exchange up to which it was learnt.
    pub(super) async fn take_newest_dictionary(&self) -> Result<ExchangeId, StoreError> {
        let row = sqlx::query("SELECT id, upto FROM dictionary ORDER BY learnt_at DESC LIMIT 1");
        let row = row.fetch_optional(&self.readers).await;
        let Some(row) = row.map_err(|e| StoreError::from_sqlx("Reading a dictionary", &e))? else { return Ok(0) };
        let dictionary = self.dictionary(row.get(0)).await?;
        self.dictionaries.set_current(dictionary);
        Ok(row.get(1))
    }

    /// Learns dictionaries as the workspace grows, until the store is closed. Errors end the round, not the task.
    pub(super) async fn keep_learning(self) {
        // A command that is done at once has no use for it.
        tokio::time::sleep(SETTLE).await;
        let mut committed = self.writer.committed.clone();
        let mut tried = self.take_newest_dictionary().await.unwrap_or_default();
        loop {
            let newest = self.newest().await.unwrap_or_default();
            if newest >= next_try(tried) {
                // Another process that works on the same file may have been faster.
                let _ = self.take_newest_dictionary().await;
                let _ = self.learn(newest).await;
                tried = newest;
            }
            let _ = self.repack().await;
            let next = next_try(tried);
            // What other processes store does not wake us: they learn for themselves.
            if committed.wait_for(|done| done.newest >= next).await.is_err() {
                return;
            }
        }
    }

    /// Learns a dictionary from what is stored, and keeps it if it pays; true if it does.
    pub(super) async fn learn(&self, newest: ExchangeId) -> Result<bool, StoreError> {
        let samples = self.samples(newest).await?;
        let old = self.dictionaries.current();
        let learnt = tokio::task::spawn_blocking(move || learn_better(&samples, old.as_deref())).await;
        let Some(bytes) = learnt.ok().flatten() else { return Ok(false) };
        let Some(dictionary) = Dictionary::new(&bytes) else { return Ok(false) };
        let id = dictionary.id();
        let kept = self
            .writer
            .finding("Keeping a dictionary", move |connection| {
                Box::pin(async move {
                    let sql = "INSERT INTO dictionary (id, bytes, learnt_at, upto) VALUES ($1, $2, $3, $4)
                               ON CONFLICT DO NOTHING";
                    let query = sqlx::query(sql).bind(id).bind(bytes).bind(micros_now()).bind(newest);
                    Ok(query.execute(connection).await?.rows_affected() == 1)
                })
            })
            .await?;
        // Only one that is safely in the file may be written with.
        if kept {
            self.dictionaries.set_current(Arc::new(dictionary));
        }
        Ok(kept)
    }

    /// Records spread evenly over the newest.
    async fn samples(&self, newest: ExchangeId) -> Result<Vec<Vec<u8>>, StoreError> {
        let span = newest.min(NEWEST);
        let step = (span / SAMPLES).max(1);
        let sql = "SELECT record FROM wire WHERE id > $1 AND id <= $2 AND (id - $1) % $3 = 0 ORDER BY id DESC LIMIT $4";
        let rows: Vec<Vec<u8>> = sqlx::query_scalar(sql)
            .bind(newest - span)
            .bind(newest)
            .bind(step)
            .bind(SAMPLES)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Reading what a dictionary is learnt from", &e))?;
        let mut samples = Vec::with_capacity(rows.len());
        for row in rows {
            match self.unpacked(&row).await {
                Err(error) if error.is_of_one() => {} // damaged: the others are learnt from
                sample => samples.push(sample?),
            }
        }
        Ok(samples)
    }

    /// Packs what was stored before there was a dictionary, a few at a time.
    pub(super) async fn repack(&self) -> Result<(), StoreError> {
        let mut committed = self.writer.committed.clone();
        loop {
            let from: i64 = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'repacked'")
                .fetch_one(&self.readers)
                .await
                .map_err(|e| StoreError::from_sqlx(REPACKING, &e))?;
            let Some(upto) = self.repack_after(from, |stored| dictionary_of(stored).is_none()).await? else {
                return Ok(());
            };
            self.note_repacked(upto).await?;
            while !wait_for_quiet(&mut committed).await {} // captures come first, however many
        }
    }

    /// Packs some records after `from` anew where another dictionary packs them better; answers up to where it came,
    /// None at the end.
    pub(super) async fn repack_better(&self, from: ExchangeId) -> Result<Option<ExchangeId>, StoreError> {
        let current = self.dictionaries.current().map(|dictionary| dictionary.id());
        self.repack_after(from, |stored| dictionary_of(stored) != current).await
    }

    async fn repack_after(
        &self,
        from: ExchangeId,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<ExchangeId>, StoreError> {
        let Some(dictionary) = self.dictionaries.current() else { return Ok(None) };
        let failed = |error: sqlx::Error| StoreError::from_sqlx(REPACKING, &error);
        let sql = "SELECT id, substr(record, 1, $3) FROM wire WHERE id > $1 ORDER BY id LIMIT $2";
        let scan = sqlx::query(sql).bind(from).bind(SCANNED).bind(HEADER).fetch_all(&self.readers);
        let scanned = scan.await.map_err(failed)?;
        let Some(last) = scanned.last().map(|row| row.get::<ExchangeId, _>(0)) else { return Ok(None) };
        let ids = scanned.iter().filter(|row| wanted(row.get(1))).map(|row| row.get::<ExchangeId, _>(0));
        let ids: Vec<ExchangeId> = ids.take(REPACKED).collect();
        let upto = if ids.len() == REPACKED { ids[REPACKED - 1] } else { last };
        let mut smaller: Vec<(ExchangeId, Vec<u8>)> = Vec::new();
        for id in ids {
            let record = sqlx::query_scalar("SELECT record FROM wire WHERE id = $1").bind(id);
            let record: Option<Vec<u8>> = record.fetch_optional(&self.readers).await.map_err(failed)?;
            let Some(stored) = record else { continue }; // deleted meanwhile
            let record = match self.unpacked(&stored).await {
                Err(error) if error.is_of_one() => continue, // damaged: it stays as it is
                record => record?,
            };
            let packed = pack(&record, Some(&dictionary));
            if packed.len() < stored.len() {
                smaller.push((id, packed));
            }
        }
        if !smaller.is_empty() {
            self.replace_records(smaller).await?;
        }
        Ok(Some(upto))
    }

    async fn note_repacked(&self, upto: ExchangeId) -> Result<(), StoreError> {
        self.writer
            .finding(REPACKING, move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE meta SET value = max(value, $1) WHERE name = 'repacked'";
                    sqlx::query(sql).bind(upto).execute(connection).await.map(drop)
                })
            })
            .await
    }

    async fn replace_records(&self, records: Vec<(ExchangeId, Vec<u8>)>) -> Result<(), StoreError> {
        self.writer
            .finding(REPACKING, move |connection| {
                Box::pin(async move {
                    for (id, record) in records {
                        let sql = "UPDATE wire SET record = $1 WHERE id = $2";
                        sqlx::query(sql).bind(record).bind(id).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// The number of exchanges at which learning is thought of again.
fn next_try(tried: ExchangeId) -> ExchangeId {
    if tried == 0 { FIRST } else { tried.saturating_mul(GROWTH).min(tried + MOST_BETWEEN) }
}

/// A dictionary that packs what was held back better than the old one does; None if there is none.
fn learn_better(samples: &[Vec<u8>], old: Option<&Dictionary>) -> Option<Vec<u8>> {
    let (held_back, taken): (Vec<_>, Vec<_>) = samples.iter().enumerate().partition(|(at, _)| at % HELD_BACK == 0);
    let mut bytes = 0;
    let within = |sample: &&[u8]| {
        bytes += sample.len();
        bytes <= SAMPLE_BYTES
    };
    let taken: Vec<&[u8]> = taken.into_iter().map(|(_, sample)| &sample[..]).take_while(within).collect();
    let learnt = zstd::dict::from_samples(&taken, SIZE).ok()?;
    let new = Dictionary::new(&learnt)?;
    let size = |dictionary: Option<&Dictionary>| -> usize {
        held_back.iter().map(|(_, sample)| pack(sample, dictionary).len()).sum()
    };
    let (before, after) = (size(old), size(Some(&new)));
    // The dictionary itself takes room as well, once.
    ((after as f64) < before as f64 * WORTH_IT).then_some(learnt)
}

fn damaged(error: &Damaged) -> StoreError {
    StoreError::Damaged(error.0)
}
