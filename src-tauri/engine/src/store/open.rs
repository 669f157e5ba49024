//! Opening a workspace file: who may, what it must be, and bringing it up to date.

use super::{Progress, StoreError, upgrade};
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Marks a SQLite file as a workspace: "PuPu" in ASCII.
const APPLICATION_ID: i64 = 0x5075_5075;

/// Older versions can corrupt a database when the write-ahead log is reset (sqlite.org, WAL-reset bug).
const OLDEST_SQLITE: i64 = 3_051_003;

/// How often a copy that is being made is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// How long a connection waits for another process that is writing.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// A process that ends at this moment may be taking its log away: so long, a file that can be written and that SQLite
/// can't open is tried again.
const ENDING: Duration = Duration::from_secs(1);

/// How often that is tried.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Pages in the write-ahead log before it is written back. More is faster while a burst lasts, and takes more disk.
/// It is only a bound: [`super::checkpoint`] does it sooner, beside the writer.
const CHECKPOINT_PAGES: &str = "8000"; // 64 MiB

/// Bytes that the log is cut to when it has grown beyond.
const LOG_BYTES: &str = "67108864";

/// Bytes of a page of a new file. A typical webhook with its head fits one, where pages of 4 KiB would chain three.
const PAGE_BYTES: u32 = 8192;

/// One step each; a step is never changed once released, only followed by another.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_workspace.sql"),
    include_str!("../../migrations/0002_vault.sql"),
    include_str!("../../migrations/0003_deliveries.sql"),
    include_str!("../../migrations/0004_rules.sql"),
    include_str!("../../migrations/0005_organise.sql"),
    include_str!("../../migrations/0006_providers.sql"),
    include_str!("../../migrations/0007_size.sql"),
    include_str!("../../migrations/0008_sources.sql"),
    include_str!("../../migrations/0009_event_keys.sql"),
    include_str!("../../migrations/0010_shown.sql"),
    include_str!("../../migrations/0011_states_of_batches.sql"),
    include_str!("../../migrations/0012_changes.sql"),
    include_str!("../../migrations/0013_again.sql"),
    include_str!("../../migrations/0014_full_deliveries.sql"),
    include_str!("../../migrations/0015_renamed_sources.sql"),
    include_str!("../../migrations/0016_waiting.sql"),
    include_str!("../../migrations/0017_remembered_searches.sql"),
    include_str!("../../migrations/0018_left.sql"),
];

/// The step after which records have to be packed.
const PACKED: i64 = 7;

/// Opens the connection that writes, making or migrating the file first.
///
/// # Errors
/// `NotAWorkspace`, `Newer` and `ReadOnly` leave the file untouched.
pub(super) async fn open_writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    make_private(path)?;
    let ends = Instant::now() + ENDING;
    loop {
        match open_private(path).await {
            Err(StoreError::ReadOnly(_)) if Instant::now() < ends => sleep(LOOK_AGAIN).await,
            opened => return opened,
        }
    }
}

/// The same, of a file that can be written.
async fn open_private(path: &Path) -> Result<SqliteConnection, StoreError> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        check_schema(path, MIGRATIONS.len() as i64).await?;
    }
    let mut connection = connect(path).await?;
    check_engine(&mut connection).await?;
    migrate(&mut connection, path, MIGRATIONS).await?;
    // Pushes are what a commit waits for the disk with: [`super::pen`]. A large body is on it with its push.
    sqlx::raw_sql("PRAGMA synchronous = NORMAL")
        .execute(&mut connection)
        .await
        .map_err(|error| opening(path, &error))?;
    Ok(connection)
}

/// Opens the connection that exchanges are written with, once [`open_writer`] has made the file ready.
///
/// # Errors
/// What SQLite says.
pub(super) fn open_pen(path: &Path) -> Result<rusqlite::Connection, StoreError> {
    let open = || {
        let pen = rusqlite::Connection::open(path)?;
        pen.busy_timeout(BUSY_WAIT)?;
        pen.execute_batch(&format!(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1; PRAGMA trusted_schema = 0; \
             PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; \
             PRAGMA journal_size_limit = {LOG_BYTES};"
        ))?;
        let synchronous: i64 = pen.pragma_query_value(None, "synchronous", |row| row.get(0))?;
        Ok((pen, synchronous))
    };
    let (pen, synchronous) = open().map_err(|e| StoreError::from_rusqlite("Opening the workspace", &e))?;
    if synchronous == 2 { Ok(pen) } else { Err(not_durable(rusqlite::version(), synchronous)) }
}

/// A connection that writes the log back beside the writer.
pub(super) async fn open_checkpointer(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path).synchronous(SqliteSynchronous::Full).pragma("wal_autocheckpoint", "0");
    options.connect().await.map_err(|error| opening(path, &error))
}

/// How a read-only connection to `path` is opened.
pub(super) fn reader_options(path: &Path) -> SqliteConnectOptions {
    options(path).read_only(true).pragma("query_only", "1")
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_WAIT)
        .foreign_keys(true)
        .pragma("trusted_schema", "0")
        .pragma("cache_size", "-16000")
        .disable_statement_logging()
}

/// Looks at a file that is there without changing a byte of it.
async fn check_schema(path: &Path, known: i64) -> Result<(), StoreError> {
    let mut look = options(path).read_only(true).connect().await.map_err(|error| opening(path, &error))?;
    let found: i64 = one(&mut look, "PRAGMA user_version").await.map_err(|_| StoreError::NotAWorkspace(path.into()))?;
    let application: i64 = one(&mut look, "PRAGMA application_id").await?;
    let tables: i64 = one(&mut look, "SELECT count(*) FROM sqlite_schema").await?;
    let empty = tables == 0 && application == 0 && found == 0;
    if application != APPLICATION_ID && !empty {
        return Err(StoreError::NotAWorkspace(path.into()));
    }
    if found > known {
        return Err(StoreError::Newer { path: path.into(), found, known });
    }
    Ok(())
}

async fn connect(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path)
        .page_size(PAGE_BYTES)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(256)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_BYTES);
    options.connect().await.map_err(|error| opening(path, &error))
}

/// Says what SQLite's refusal to open means for the user.
fn opening(path: &Path, error: &sqlx::Error) -> StoreError {
    match sqlite_code(error) {
        Some(26) => StoreError::NotAWorkspace(path.into()),
        Some(8 | 14) => StoreError::ReadOnly(path.into()),
        _ => StoreError::from_sqlx("Opening the workspace", error),
    }
}

/// SQLite's primary result code, if the error is SQLite's.
pub(super) fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    Some(primary_code(error.as_database_error()?.code()?.parse().ok()?))
}

/// The primary result code of an extended one. That the index of the log has no room is said as an error of input and
/// output, where all else on a full disk is said to be one.
pub(super) fn primary_code(extended: i32) -> i32 {
    if extended == rusqlite::ffi::SQLITE_IOERR_SHMSIZE { rusqlite::ffi::SQLITE_FULL } else { extended & 0xff }
}

/// Makes the file readable by its owner only before SQLite writes to it; the log and its index take the same rights.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut open = std::fs::OpenOptions::new();
    open.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        open.mode(0o600);
    }
    let is_new = !path.exists();
    let file = open.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        std::io::ErrorKind::NotFound => StoreError::Sqlite {
            act: "Opening the workspace",
            reason: format!("the folder of {} is not there", path.display()),
        },
        std::io::ErrorKind::IsADirectory => StoreError::NotAWorkspace(path.into()),
        _ => StoreError::ReadOnly(path.into()),
    })?;
    if !is_new && !looks_like_sqlite(path) {
        return Err(StoreError::NotAWorkspace(path.into()));
    }
    drop(file);
    Ok(())
}

/// True for an empty file and for one with SQLite's magic.
fn looks_like_sqlite(path: &Path) -> bool {
    use std::io::Read as _;
    let mut magic = [0; 16];
    let Ok(mut file) = std::fs::File::open(path) else { return false };
    match file.read(&mut magic) {
        Ok(0) => true,
        Ok(16) => &magic == b"SQLite format 3\0",
        _ => false,
    }
}

async fn check_engine(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let version: String = one(connection, "SELECT sqlite_version()").await?;
    let number = version.split('.').fold(0, |sum, part| sum * 1000 + part.parse::<i64>().unwrap_or(0));
    let synchronous: i64 = one(connection, "PRAGMA synchronous").await?;
    if number < OLDEST_SQLITE || synchronous != 2 {
        return Err(not_durable(&version, synchronous));
    }
    Ok(())
}

fn not_durable(version: &str, synchronous: i64) -> StoreError {
    StoreError::Sqlite {
        act: "Opening the workspace",
        reason: format!("SQLite {version} with synchronous={synchronous} does not keep what is acknowledged"),
    }
}

async fn one<T>(connection: &mut SqliteConnection, sql: &'static str) -> Result<T, StoreError>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    let row =
        sqlx::query(sql).fetch_one(connection).await.map_err(|e| StoreError::from_sqlx("Reading the schema", &e))?;
    row.try_get(0).map_err(|e| StoreError::from_sqlx("Reading the schema", &e))
}

/// Brings the file to the newest schema, with a checked copy beside it before anything is changed.
async fn migrate(connection: &mut SqliteConnection, path: &Path, steps: &[&'static str]) -> Result<(), StoreError> {
    let known = steps.len() as i64;
    let found: i64 = one(connection, "PRAGMA user_version").await?;
    if found > 0 && found < known {
        back_up(connection, path, found).await?;
    }
    for (number, step) in steps.iter().enumerate().skip(found as usize) {
        apply(connection, number as i64 + 1, step).await.map_err(|e| opening(path, &e))?;
    }
    Ok(())
}

async fn apply(connection: &mut SqliteConnection, number: i64, step: &'static str) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let raced: i64 = sqlx::query("PRAGMA user_version").fetch_one(&mut *transaction).await?.try_get(0)?;
    if raced >= number {
        return transaction.rollback().await; // another process was faster
    }
    sqlx::raw_sql(step).execute(&mut *transaction).await?;
    if number == PACKED {
        upgrade::pack_everything(&mut transaction).await?;
    }
    let stamp = format!("PRAGMA user_version = {number}; PRAGMA application_id = {APPLICATION_ID};");
    sqlx::raw_sql(sqlx::AssertSqlSafe(stamp)).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// Copies the file to `NAME.schema-N.backup` and checks the copy. One that is there is replaced only by a whole one; none
/// is made if another process has changed the schema meanwhile, which has made it.
async fn back_up(connection: &mut SqliteConnection, path: &Path, schema: i64) -> Result<(), StoreError> {
    let act = "Copying the workspace before changing its schema";
    let failed = |error: std::io::Error| StoreError::Sqlite { act, reason: error.to_string() };
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".schema-{schema}.backup"));
    let copy = PathBuf::from(name);
    let folder = copy.parent().unwrap_or(Path::new("."));
    // Its default mode is 0600.
    let beside = tempfile::Builder::new().prefix(".backup-").suffix(".part").tempfile_in(folder).map_err(failed)?;
    let beside = beside.into_temp_path();
    sqlx::query("VACUUM INTO $1")
        .bind(beside.to_string_lossy().into_owned())
        .execute(connection)
        .await
        .map_err(|e| StoreError::from_sqlx(act, &e))?;
    let mut check = options(&beside).read_only(true).connect().await.map_err(|e| StoreError::from_sqlx(act, &e))?;
    let verdict: String = one(&mut check, "PRAGMA integrity_check").await?;
    let found: i64 = one(&mut check, "PRAGMA user_version").await?;
    check.close().await.map_err(|e| StoreError::from_sqlx(act, &e))?;
    match verdict.as_str() {
        "ok" if found == schema => beside.persist(&copy).map_err(|e| failed(e.error)),
        "ok" => Ok(()),
        _ => Err(StoreError::Sqlite { act, reason: verdict }),
    }
}

/// Copies a workspace as it is now to another file, and checks the copy; answers its bytes.
///
/// # Errors
/// `Invalid` if the file is there already, or if it is cancelled; else what SQLite says. No copy is left then.
pub(super) async fn copy(
    from: &Path,
    to: &Path,
    progress: Progress<'_>,
    cancel: &CancellationToken,
) -> Result<u64, StoreError> {
    if to.exists() {
        return Err(StoreError::Invalid(format!("{} is there already. Choose another name.", to.display())));
    }
    make_private(to)?;
    let copied = copy_into(from, to, progress, cancel).await;
    if copied.is_err() {
        let _ = std::fs::remove_file(to); // the error that led here says more
    }
    copied
}

async fn copy_into(
    from: &Path,
    to: &Path,
    progress: Progress<'_>,
    cancel: &CancellationToken,
) -> Result<u64, StoreError> {
    let failed = |error: &rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => StoreError::Invalid("The copy was cancelled.".into()),
        _ => StoreError::from_rusqlite("Copying the workspace", error),
    };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = rusqlite::Connection::open_with_flags(from, flags).map_err(|e| failed(&e))?;
    source.busy_timeout(BUSY_WAIT).map_err(|e| failed(&e))?;
    let stop = source.get_interrupt_handle();
    let target = to.to_path_buf();
    let mut work = tokio::task::spawn_blocking(move || -> rusqlite::Result<String> {
        source.execute("VACUUM INTO ?1", [target.to_string_lossy()])?;
        let copy = rusqlite::Connection::open_with_flags(&target, flags)?;
        copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))
    });
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    let verdict = loop {
        tokio::select! {
            done = &mut work => break done,
            () = cancel.cancelled() => stop.interrupt(),
            () = tokio::time::sleep(LOOK) => {}
        }
        progress(size(to).min(size(from)), size(from));
        if cancel.is_cancelled() {
            stop.interrupt();
            tokio::time::sleep(LOOK).await;
        }
    };
    let verdict = verdict.map_err(|e| StoreError::Sqlite { act: "Copying the workspace", reason: e.to_string() })?;
    match verdict.map_err(|e| failed(&e))? {
        ok if ok == "ok" && !cancel.is_cancelled() => Ok(size(to)),
        ok if ok == "ok" => Err(StoreError::Invalid("The copy was cancelled.".into())),
        reason => Err(StoreError::Sqlite { act: "Checking the copy of the workspace", reason }),
    }
}

/// Schemas that there are.
#[cfg(test)]
pub(super) const SCHEMAS: usize = MIGRATIONS.len();

/// Makes a file of an older schema, or brings one to it, and runs `sql` on it.
#[cfg(test)]
pub(super) async fn make_old(path: &Path, schema: usize, sql: &'static str) {
    make_private(path).unwrap();
    let mut connection = connect(path).await.unwrap();
    migrate(&mut connection, path, &MIGRATIONS[..schema]).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let synchronous: i64 = one(&mut connect(path).await.unwrap(), "PRAGMA synchronous").await.unwrap();
    assert_eq!(synchronous, 2, "every commit is synced");
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: i64 = MIGRATIONS.len() as i64;

    fn later() -> Vec<&'static str> {
        MIGRATIONS.iter().copied().chain(["CREATE TABLE later (x INTEGER);"]).collect()
    }

    #[tokio::test]
    async fn an_index_of_the_log_that_stands_in_the_way_for_a_moment_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.pushpull");
        let log = folder.path().join("w.pushpull-shm");
        std::fs::create_dir(&log).unwrap();
        assert_eq!(open_private(&path).await.map(drop), Err(StoreError::ReadOnly(path.clone())));
        let goes = async {
            sleep(2 * LOOK_AGAIN).await;
            std::fs::remove_dir(&log).unwrap();
        };
        let (opened, ()) = tokio::join!(open_writer(&path), goes);
        opened.unwrap().close().await.unwrap();
        std::fs::create_dir(&log).unwrap();
        assert_eq!(open_writer(&path).await.map(drop), Err(StoreError::ReadOnly(path)), "one that stays is told");
    }

    async fn fresh(folder: &Path) -> (PathBuf, SqliteConnection) {
        let path = folder.join("w.pushpull");
        let connection = open_writer(&path).await.unwrap();
        (path, connection)
    }

    #[tokio::test]
    async fn a_migration_leaves_a_checked_copy_of_what_was_before() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut connection) = fresh(folder.path()).await;
        migrate(&mut connection, &path, &later()).await.unwrap();
        let copy = folder.path().join(format!("w.pushpull.schema-{KNOWN}.backup"));
        let mut old = options(&copy).connect().await.unwrap();
        assert_eq!(one::<i64>(&mut old, "PRAGMA user_version").await.unwrap(), KNOWN);
        assert_eq!(one::<i64>(&mut connection, "PRAGMA user_version").await.unwrap(), KNOWN + 1);
    }

    /// Two first starts after an update: the second finds the first's copy, and the file already of the new schema.
    #[tokio::test]
    async fn a_copy_is_not_replaced_by_one_of_another_schema() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut connection) = fresh(folder.path()).await;
        migrate(&mut connection, &path, &later()).await.unwrap();
        back_up(&mut connection, &path, KNOWN).await.unwrap();
        let copy = folder.path().join(format!("w.pushpull.schema-{KNOWN}.backup"));
        let mut old = options(&copy).connect().await.unwrap();
        assert_eq!(one::<i64>(&mut old, "PRAGMA user_version").await.unwrap(), KNOWN);
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = names.filter(|name| name.to_string_lossy().ends_with(".part")).collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[tokio::test]
    async fn a_newer_file_is_refused_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut connection) = fresh(folder.path()).await;
        migrate(&mut connection, &path, &later()).await.unwrap();
        connection.close().await.unwrap();
        let before = std::fs::read(&path).unwrap();
        let refusal = open_writer(&path).await;
        assert!(matches!(refusal, Err(StoreError::Newer { found, known, .. }) if (found, known) == (KNOWN + 1, KNOWN)));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[tokio::test]
    async fn other_files_are_refused_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("notes.txt");
        std::fs::write(&text, "these are sixteen bytes and more").unwrap();
        assert!(matches!(open_writer(&text).await, Err(StoreError::NotAWorkspace(_))));
        assert_eq!(std::fs::read(&text).unwrap(), b"these are sixteen bytes and more");

        let other = folder.path().join("other.db");
        let mut database =
            SqliteConnectOptions::new().filename(&other).create_if_missing(true).connect().await.unwrap();
        sqlx::raw_sql("CREATE TABLE theirs (x)").execute(&mut database).await.unwrap();
        database.close().await.unwrap();
        assert!(matches!(open_writer(&other).await, Err(StoreError::NotAWorkspace(_))));
        assert!(matches!(open_writer(folder.path()).await, Err(StoreError::NotAWorkspace(_))));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_can_read_the_file_and_its_log() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (_path, _connection) = fresh(folder.path()).await;
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        }
    }
}
