//! Deliveries.

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};
use countersign_store::{
    ClaimedDelivery, CommitError, ConversationKey, DeadLetter, DeliveryLease, Outbox, StoreError, WorkerId,
};
use rusqlite::{Connection, OptionalExtension as _};

use super::SqliteStore;
use crate::code;
use crate::error::Failure;
use crate::open::Role;
use crate::reader;
use crate::schedule::{PickedDelivery, Schedule};
use crate::writer::{Do, GiveUp, Postpone, Tx, outbox_held};

#[async_trait]
impl Outbox for SqliteStore {
    async fn claim_delivery(
        &self,
        _: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedDelivery>, StoreError> {
        self.as_server()?;
        let picked = self.schedule().pick_delivery(now, until);
        let Some(PickedDelivery { lease, delivery, attempts, done, created_at }) = picked else {
            return Ok(None);
        };
        let delivery = match delivery {
            Some(delivery) => delivery,
            None => {
                let seq = lease.seq as i64;
                let read = self.readers.read(move |conn| {
                    let mut find = conn.prepare_cached("SELECT delivery FROM outbox WHERE seq = ?1")?;
                    let bytes = find.query_row([seq], |row| row.get::<_, Vec<u8>>(0)).optional()?;
                    code::from_bytes(&bytes.ok_or(Failure::Damaged("outbox"))?, "outbox")
                });
                read.await?
            }
        };
        Ok(Some(ClaimedDelivery { lease, delivery, attempts, done, created_at }))
    }

    async fn delivered(&self, lease: &DeliveryLease) -> Result<(), CommitError> {
        self.schedule().delivered(lease)?;
        self.queue.delivered(lease.seq);
        Ok(())
    }

    async fn retry_delivery(
        &self,
        lease: &DeliveryLease,
        at: Timestamp,
        done: u32,
    ) -> Result<(), CommitError> {
        let delivery = self.schedule().finish(lease)?;
        Ok(self.write(Postpone { delivery, due: at, done }).await?)
    }

    async fn give_up(
        &self,
        lease: &DeliveryLease,
        now: Timestamp,
        code: Option<&str>,
    ) -> Result<(), CommitError> {
        let delivery = self.schedule().finish(lease)?;
        Ok(self.write(GiveUp { delivery, now, code: code.map(str::to_owned) }).await?)
    }

    async fn outbox_held(&self) -> Result<bool, StoreError> {
        match self.role {
            Role::Server => Ok(self.schedule().outbox_held),
            Role::Beside => self.readers.read(outbox_held).await,
        }
    }

    async fn hold_outbox(&self, held: bool) -> Result<(), StoreError> {
        let write = move |tx: &mut Tx<'_>| {
            tx.sql("INSERT OR REPLACE INTO meta (name, value) VALUES ('outbox_held', ?1)")?
                .execute([held])?;
            Ok(())
        };
        let keep = move |schedule: &mut Schedule, (): &()| schedule.outbox_held = held;
        Ok(self.write(Do { write, keep }).await?)
    }

    async fn discard_outbox(&self) -> Result<usize, StoreError> {
        let write = |tx: &mut Tx<'_>| Ok(tx.sql("DELETE FROM outbox")?.execute(())?);
        let keep = |schedule: &mut Schedule, _: &usize| schedule.keep_deliveries(&Default::default());
        Ok(self.write(Do { write, keep }).await?)
    }

    async fn dead_letters(&self, workspace: &Name) -> Result<Vec<DeadLetter>, StoreError> {
        let workspace = workspace.clone();
        self.readers.read(move |conn| dead_letters(conn, &workspace)).await
    }
}

fn dead_letters(conn: &Connection, workspace: &Name) -> Result<Vec<DeadLetter>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT h.name, c.address, d.delivery, d.at, d.code FROM dead_letters d \
         JOIN conversations c ON c.id = d.conversation JOIN channels h ON h.id = c.channel \
         WHERE h.workspace = ?1 ORDER BY d.at, d.seq",
    )?;
    let mut rows = find.query([workspace.as_str()])?;
    let mut dead = Vec::new();
    while let Some(row) = rows.next()? {
        dead.push(DeadLetter {
            conversation: ConversationKey {
                workspace: workspace.clone(),
                channel: reader::name(row, 0, "channels")?,
                address: row.get(1)?,
            },
            delivery: code::from_bytes(&row.get::<_, Vec<u8>>(2)?, "dead_letters")?,
            at: code::at(row, 3)?,
            code: row.get(4)?,
        });
    }
    Ok(dead)
}
