//! Ends of deliveries other than that they were made.

use countersign_model::Timestamp;

use super::item::Work;
use super::tx::Tx;
use crate::error::Fault;
use crate::schedule::{Finishing, Schedule};

pub(crate) struct Postpone {
    pub(crate) delivery: Finishing,
    pub(crate) due: Timestamp,
    pub(crate) done: u32,
}

impl Work for Postpone {
    type Made = ();
    type Out = ();

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Finishing { seq, attempts, .. } = self.delivery;
        let values = (seq as i64, self.due.as_micros(), attempts, self.done);
        let mut put = tx.sql("UPDATE outbox SET due = ?2, attempts = ?3, done = ?4 WHERE seq = ?1")?;
        if put.execute(values)? == 0 { Err(Fault::Lost) } else { Ok(()) }
    }

    fn keep(self, (): (), schedule: &mut Schedule) {
        schedule.postponed(self.delivery, self.due, self.done);
    }

    fn fail(self, schedule: &mut Schedule) {
        schedule.finish_failed(self.delivery.id);
    }
}

pub(crate) struct GiveUp {
    pub(crate) delivery: Finishing,
    pub(crate) now: Timestamp,
    pub(crate) code: Option<String>,
}

impl Work for GiveUp {
    type Made = ();
    type Out = ();

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let seq = self.delivery.seq as i64;
        // Its number stays free for ever, so it serves as the number of the dead letter too.
        let mut put = tx.sql(
            "INSERT INTO dead_letters (seq, conversation, at, code, delivery) \
             SELECT seq, conversation, ?2, ?3, delivery FROM outbox WHERE seq = ?1",
        )?;
        if put.execute((seq, self.now.as_micros(), self.code.as_deref()))? == 0 {
            return Err(Fault::Lost);
        }
        tx.sql("DELETE FROM outbox WHERE seq = ?1")?.execute([seq])?;
        Ok(())
    }

    fn keep(self, (): (), schedule: &mut Schedule) {
        schedule.given_up(self.delivery);
    }

    fn fail(self, schedule: &mut Schedule) {
        schedule.finish_failed(self.delivery.id);
    }
}
