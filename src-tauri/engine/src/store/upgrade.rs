//! Packing what a workspace holds from before records were packed: the part of a migration that SQL can't do.

use super::pack::pack;
use super::record::join;
use sqlx::{Row as _, SqliteConnection};

/// Rows, or chunks of 256 KiB, read at once.
const AT_ONCE: u32 = 32;

/// Moves everything of `wire_before` and `answered` into records, and packs the chunks of large bodies.
pub(super) async fn pack_everything(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    pack_records(connection).await?;
    pack_chunks(connection).await?;
    sqlx::raw_sql("DROP TABLE wire_before; DROP TABLE answered;").execute(connection).await.map(drop)
}

async fn pack_records(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut after = i64::MIN;
    loop {
        let sql = "SELECT id, request_key, response_key, request_head, request_framing, request_body, response_head,
                          response_framing, response_body, CAST(peer AS BLOB), CAST(timing AS BLOB),
                          CAST(failure AS BLOB), (SELECT CAST(content AS BLOB) FROM answered a WHERE a.id = w.id)
                     FROM wire_before w WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = sqlx::query(sql).bind(after).bind(AT_ONCE).fetch_all(&mut *connection).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.get(0);
        for row in &rows {
            let record = pack(&join(std::array::from_fn(|part| row.get(3 + part))), None);
            sqlx::query("INSERT INTO wire (id, record, request_key, response_key) VALUES ($1, $2, $3, $4)")
                .bind(row.get::<i64, _>(0))
                .bind(record)
                .bind(row.get::<Option<i64>, _>(1))
                .bind(row.get::<Option<i64>, _>(2))
                .execute(&mut *connection)
                .await?;
        }
    }
}

async fn pack_chunks(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut after = (i64::MIN, i64::MIN);
    loop {
        let sql = "SELECT key, seq, bytes FROM chunk WHERE (key, seq) > ($1, $2) ORDER BY key, seq LIMIT $3";
        let query = sqlx::query(sql).bind(after.0).bind(after.1).bind(AT_ONCE);
        let rows = query.fetch_all(&mut *connection).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.get(0), last.get(1));
        for row in &rows {
            sqlx::query("UPDATE chunk SET bytes = $1 WHERE key = $2 AND seq = $3")
                .bind(pack(row.get(2), None))
                .bind(row.get::<i64, _>(0))
                .bind(row.get::<i64, _>(1))
                .execute(&mut *connection)
                .await?;
        }
    }
}
