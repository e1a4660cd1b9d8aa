//! Brings the tables to what this program knows: forward only, each step once, each step known by its checksum.

use aws_lc_rs::digest;
use rusqlite::{Connection, OptionalExtension as _};

use crate::error::Failure;

/// A step. What was released is never changed; a new step is added.
pub(crate) struct Migration {
    pub(crate) number: u32,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "first", sql: include_str!("../migrations/sqlite/0001_first.sql") },
    Migration { number: 2, name: "console", sql: include_str!("../migrations/sqlite/0002_console.sql") },
    Migration { number: 3, name: "people", sql: include_str!("../migrations/sqlite/0003_people.sql") },
];

/// Stands in the head of every file of ours: `Cntr`.
const APPLICATION: i32 = 0x436e_7472;

/// How far a file is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing is in it.
    Empty,
    /// All steps until this one were done; 0 is none.
    At(u32),
    /// It belongs to another program.
    Foreign,
    /// It knows steps that this program does not.
    Newer(u32),
    /// Its step of that number is another one.
    Other(u32),
}

/// The newest step.
pub(crate) fn newest(migrations: &[Migration]) -> u32 {
    migrations.last().map_or(0, |last| last.number)
}

pub(crate) fn state(conn: &Connection, migrations: &[Migration]) -> Result<State, Failure> {
    let application: i32 = conn.query_row("PRAGMA application_id", (), |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    if application != APPLICATION {
        return Ok(if application == 0 && tables == 0 { State::Empty } else { State::Foreign });
    }
    let mut find = conn.prepare("SELECT number, checksum FROM migrations ORDER BY number")?;
    let mut rows = find.query(())?;
    let mut at = 0;
    while let Some(row) = rows.next()? {
        let (number, sum): (u32, String) = (row.get(0)?, row.get(1)?);
        match migrations.iter().find(|known| known.number == number) {
            None => return Ok(State::Newer(number)),
            Some(known) if checksum(known.sql) != sum => return Ok(State::Other(number)),
            Some(_) => at = number,
        }
    }
    Ok(State::At(at))
}

/// Does the steps after `at`, all or none.
pub(crate) fn migrate(conn: &Connection, at: u32, migrations: &[Migration]) -> Result<(), Failure> {
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let done = (|| {
        conn.execute_batch(
            "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, \
             checksum TEXT NOT NULL) STRICT",
        )?;
        conn.pragma_update(None, "application_id", APPLICATION)?;
        for Migration { number, name, sql } in migrations.iter().filter(|next| next.number > at) {
            let known = conn.query_row("SELECT 1 FROM migrations WHERE number = ?1", [number], |_| Ok(()));
            if known.optional()?.is_none() {
                conn.execute_batch(sql)?;
                conn.execute("INSERT INTO migrations VALUES (?1, ?2, ?3)", (number, name, checksum(sql)))?;
            }
        }
        conn.execute_batch("COMMIT")
    })();
    if done.is_err() && !conn.is_autocommit() {
        // What matters is the first error.
        let _ = conn.execute_batch("ROLLBACK");
    }
    Ok(done?)
}

fn checksum(sql: &str) -> String {
    hex(digest::digest(&digest::SHA256, sql.as_bytes()).as_ref())
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(number: u32, sql: &'static str) -> Migration {
        Migration { number, name: "x", sql }
    }

    #[test]
    fn steps_are_done_once_and_known_again() {
        let conn = Connection::open_in_memory().unwrap();
        let steps = [step(1, "CREATE TABLE a (x)"), step(2, "CREATE TABLE b (x)")];
        assert_eq!(state(&conn, &steps).unwrap(), State::Empty);
        migrate(&conn, 0, &steps[..1]).unwrap();
        assert_eq!(state(&conn, &steps).unwrap(), State::At(1));
        migrate(&conn, 1, &steps).unwrap();
        assert_eq!(state(&conn, &steps).unwrap(), State::At(2));
        assert_eq!(state(&conn, &steps[..1]).unwrap(), State::Newer(2));
        let changed = [step(1, "CREATE TABLE a (y)"), step(2, "CREATE TABLE b (x)")];
        assert_eq!(state(&conn, &changed).unwrap(), State::Other(1));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        let conn = Connection::open_in_memory().unwrap();
        let steps = [step(1, "CREATE TABLE a (x)"), step(2, "CREATE TABLE b (x); CREATE TABLE a (x)")];
        assert!(migrate(&conn, 0, &steps).is_err());
        assert_eq!(state(&conn, &steps).unwrap(), State::Empty);
    }

    #[test]
    fn a_file_of_another_program_is_left_alone() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert_eq!(state(&conn, MIGRATIONS).unwrap(), State::Foreign);
    }
}
