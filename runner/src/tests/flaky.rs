use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use countersign_model::{MessageRef, Name, Timestamp};
use countersign_store::*;
use countersign_vault::WrappedKey;

/// A store that does not work at times, and that counts how often it is asked for something to do.
pub(super) struct Flaky {
    store: Arc<MemoryStore>,
    broken: AtomicBool,
    damaged: AtomicU64,
    claims: AtomicU64,
    outside: AtomicU64,
    marks: AtomicU64,
}

impl Flaky {
    pub(super) fn new(store: Arc<MemoryStore>) -> Self {
        Self {
            store,
            broken: AtomicBool::new(false),
            damaged: AtomicU64::new(0),
            claims: AtomicU64::new(0),
            outside: AtomicU64::new(0),
            marks: AtomicU64::new(0),
        }
    }

    pub(super) fn breaks(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// So many rows cannot be read.
    pub(super) fn damages(&self, rows: u64) {
        self.damaged.store(rows, Ordering::SeqCst);
    }

    /// How often it was asked for something to do since the last time this was asked.
    pub(super) fn claims(&self) -> u64 {
        self.claims.swap(0, Ordering::SeqCst)
    }

    /// How often a write of its own said that a call is sent.
    pub(super) fn marks(&self) -> u64 {
        self.marks.swap(0, Ordering::SeqCst)
    }

    /// Another program has changed the store.
    pub(super) fn change_outside(&self) {
        self.outside.fetch_add(1, Ordering::SeqCst);
    }

    fn works(&self) -> Result<&MemoryStore, StoreError> {
        match self.broken.load(Ordering::SeqCst) {
            true => Err(StoreError::Full),
            false => Ok(&self.store),
        }
    }

    fn asked(&self) -> Result<&MemoryStore, StoreError> {
        self.claims.fetch_add(1, Ordering::SeqCst);
        self.works()
    }
}

#[async_trait]
impl Inbox for Flaky {
    async fn accept(&self, rows: Vec<NewInbound>) -> Result<Vec<bool>, StoreError> {
        self.works()?.accept(rows).await
    }
}

#[async_trait]
impl Conversations for Flaky {
    async fn claim(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Claimed>, StoreError> {
        let store = self.asked()?;
        let one_less = |rows: u64| rows.checked_sub(1);
        if self.damaged.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            return Err(StoreError::Damaged { table: "inbox" });
        }
        store.claim(worker, now, until).await
    }

    async fn commit_turn(&self, turn: TurnCommit) -> Result<(), CommitError> {
        // As a group commit has it: it takes a moment, and others come in between.
        tokio::task::yield_now().await;
        self.works()?.commit_turn(turn).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), CommitError> {
        self.works()?.release(lease).await
    }

    async fn conversation(&self, key: &ConversationKey) -> Result<Option<Conversation>, StoreError> {
        self.works()?.conversation(key).await
    }

    async fn transcript(
        &self,
        key: &ConversationKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<TranscriptRow>, StoreError> {
        self.works()?.transcript(key, from, limit).await
    }

    async fn pending(&self, key: &ConversationKey) -> Result<Pending, StoreError> {
        self.works()?.pending(key).await
    }

    async fn leads(&self, key: &ConversationKey) -> Result<Vec<Lead>, StoreError> {
        self.works()?.leads(key).await
    }
}

#[async_trait]
impl Together for Flaky {
    fn hold(
        &self,
        worker: WorkerId,
        key: &ConversationKey,
        kind: InboundKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Option<Ahead> {
        self.works().ok()?.hold(worker, key, kind, now, until)
    }

    async fn accept_with_turn(&self, arrival: Arrival, turn: TurnCommit) -> Result<Kept, StoreError> {
        match self.works() {
            Ok(store) => store.accept_with_turn(arrival, turn).await,
            Err(error) => {
                let _ = self.store.release(&turn.lease).await;
                Err(error)
            }
        }
    }

    async fn complete_with_turn(&self, end: CallEnd, turn: TurnCommit) -> Result<Kept, CommitError> {
        match self.works() {
            Ok(store) => store.complete_with_turn(end, turn).await,
            Err(error) => {
                let _ = self.store.release(&turn.lease).await;
                Err(error.into())
            }
        }
    }
}

#[async_trait]
impl Calls for Flaky {
    async fn claim_call(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedCall>, StoreError> {
        self.asked()?.claim_call(worker, now, until).await
    }

    async fn mark_sent(
        &self,
        lease: &CallLease,
        attempt: u32,
        now: Timestamp,
        until: Timestamp,
        counters: &[CounterChange],
    ) -> Result<(), CommitError> {
        self.marks.fetch_add(1, Ordering::SeqCst);
        self.works()?.mark_sent(lease, attempt, now, until, counters).await
    }

    fn sends(&self, lease: &CallLease, until: Timestamp) -> Result<(), CommitError> {
        self.works()?.sends(lease, until)
    }

    async fn complete_call(&self, completion: CallCompletion) -> Result<(), CommitError> {
        self.works()?.complete_call(completion).await
    }
}

#[async_trait]
impl Outbox for Flaky {
    async fn claim_delivery(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedDelivery>, StoreError> {
        self.asked()?.claim_delivery(worker, now, until).await
    }

    async fn delivered(&self, lease: &DeliveryLease) -> Result<(), CommitError> {
        self.works()?.delivered(lease).await
    }

    async fn retry_delivery(
        &self,
        lease: &DeliveryLease,
        at: Timestamp,
        done: u32,
    ) -> Result<(), CommitError> {
        self.works()?.retry_delivery(lease, at, done).await
    }

    async fn give_up(
        &self,
        lease: &DeliveryLease,
        now: Timestamp,
        code: Option<&str>,
    ) -> Result<(), CommitError> {
        self.works()?.give_up(lease, now, code).await
    }

    async fn outbox_held(&self) -> Result<bool, StoreError> {
        self.works()?.outbox_held().await
    }

    async fn hold_outbox(&self, held: bool) -> Result<(), StoreError> {
        self.works()?.hold_outbox(held).await
    }

    async fn discard_outbox(&self) -> Result<usize, StoreError> {
        self.works()?.discard_outbox().await
    }

    async fn dead_letters(&self, workspace: &Name) -> Result<Vec<DeadLetter>, StoreError> {
        self.works()?.dead_letters(workspace).await
    }
}

#[async_trait]
impl Timers for Flaky {
    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.asked()?.fire_timers(now, limit).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.works()?.next_due().await
    }
}

#[async_trait]
impl Secrets for Flaky {
    async fn token(
        &self,
        key: &ConversationKey,
        bot: &Name,
        component: &Name,
    ) -> Result<Option<TokenRow>, StoreError> {
        self.works()?.token(key, bot, component).await
    }

    async fn held(&self, key: &ConversationKey, bot: &Name) -> Result<Vec<TokenInfo>, StoreError> {
        self.works()?.held(key, bot).await
    }

    async fn tokens(&self, workspace: &Name, now: Timestamp) -> Result<Vec<TokenInfo>, StoreError> {
        self.works()?.tokens(workspace, now).await
    }

    async fn revoke(&self, which: &Revocation) -> Result<usize, StoreError> {
        self.works()?.revoke(which).await
    }

    async fn answers(&self, key: &ConversationKey, component: &Name) -> Result<Vec<AnswerRow>, StoreError> {
        self.works()?.answers(key, component).await
    }

    async fn sweep(&self, now: Timestamp, retention: &Retention) -> Result<Swept, StoreError> {
        self.works()?.sweep(now, retention).await
    }
}

#[async_trait]
impl Counters for Flaky {
    async fn counters(
        &self,
        keys: &[CounterKey],
        now: Timestamp,
    ) -> Result<Vec<Option<Counter>>, StoreError> {
        self.works()?.counters(keys, now).await
    }
}

#[async_trait]
impl Receipts for Flaky {
    async fn receive(&self, receipts: Vec<Receipt>) -> Result<Vec<bool>, StoreError> {
        self.works()?.receive(receipts).await
    }

    async fn receipt(
        &self,
        key: &ConversationKey,
        message: &MessageRef,
    ) -> Result<Option<Receipt>, StoreError> {
        self.works()?.receipt(key, message).await
    }
}

#[async_trait]
impl Bots for Flaky {
    async fn put_bot(&self, bot: PublishedBot) -> Result<bool, StoreError> {
        self.works()?.put_bot(bot).await
    }

    async fn bots(&self, workspace: &Name) -> Result<Vec<PublishedBot>, StoreError> {
        self.works()?.bots(workspace).await
    }
}

#[async_trait]
impl Upkeep for Flaky {
    async fn backlog(&self) -> Result<Backlog, StoreError> {
        self.works()?.backlog().await
    }

    async fn writable(&self) -> Result<(), StoreError> {
        self.works()?.writable().await
    }

    fn changed_outside(&self) -> u64 {
        self.outside.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Keys for Flaky {
    async fn data_keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        self.works()?.data_keys().await
    }

    async fn add_data_key(&self, key: WrappedKey) -> Result<bool, StoreError> {
        self.works()?.add_data_key(key).await
    }

    async fn replace_data_key(&self, key: WrappedKey) -> Result<bool, StoreError> {
        self.works()?.replace_data_key(key).await
    }

    async fn tokens_sealed_before(
        &self,
        workspace: &Name,
        version: u32,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedToken>, StoreError> {
        self.works()?.tokens_sealed_before(workspace, version, after, limit).await
    }

    async fn reseal_tokens(&self, tokens: Vec<ResealedToken>) -> Result<usize, StoreError> {
        self.works()?.reseal_tokens(tokens).await
    }

    async fn retire_data_key(&self, workspace: &Name, version: u32) -> Result<usize, StoreError> {
        self.works()?.retire_data_key(workspace, version).await
    }

    async fn remove_data_key(&self, workspace: &Name, version: u32) -> Result<(), StoreError> {
        self.works()?.remove_data_key(workspace, version).await
    }
}

#[async_trait]
impl Records for Flaky {
    async fn record(&self, key: &RecordKey, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.works()?.record(key, now).await
    }

    async fn record_by_alias(
        &self,
        kind: &'static str,
        alias: &str,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        self.works()?.record_by_alias(kind, alias, now).await
    }

    async fn records(
        &self,
        workspace: Option<&Name>,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Record>, StoreError> {
        self.works()?.records(workspace, kind, prefix, after, limit, now).await
    }

    async fn change(
        &self,
        writes: Vec<RecordWrite>,
        audit: Vec<AuditEntry>,
        now: Timestamp,
    ) -> Result<Vec<Revision>, ChangeError> {
        self.works()?.change(writes, audit, now).await
    }

    async fn audit(
        &self,
        workspace: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        self.works()?.audit(workspace, before, limit).await
    }
}

#[async_trait]
impl People for Flaky {
    async fn conversations(&self, query: ConversationQuery) -> Result<ConversationPage, StoreError> {
        self.works()?.conversations(query).await
    }

    async fn conversation_row(
        &self,
        workspace: &Name,
        number: ConversationNumber,
    ) -> Result<Option<ConversationRow>, StoreError> {
        self.works()?.conversation_row(workspace, number).await
    }

    async fn conversation_number(
        &self,
        key: &ConversationKey,
    ) -> Result<Option<ConversationNumber>, StoreError> {
        self.works()?.conversation_number(key).await
    }

    async fn erase(
        &self,
        key: &ConversationKey,
        counters: &[CounterKey],
    ) -> Result<Option<Erased>, StoreError> {
        self.works()?.erase(key, counters).await
    }

    async fn all_leads(
        &self,
        workspace: &Name,
        form: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedLead>, StoreError> {
        self.works()?.all_leads(workspace, form, before, limit).await
    }

    async fn all_tokens(
        &self,
        workspace: &Name,
        component: Option<&Name>,
        after: Option<&TokenId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<ListedToken>, StoreError> {
        self.works()?.all_tokens(workspace, component, after, limit, now).await
    }

    async fn revoke_token(&self, workspace: &Name, id: &TokenId) -> Result<bool, StoreError> {
        self.works()?.revoke_token(workspace, id).await
    }

    async fn list_dead_letters(
        &self,
        workspace: &Name,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedDeadLetter>, StoreError> {
        self.works()?.list_dead_letters(workspace, before, limit).await
    }

    async fn deliver_again(&self, workspace: &Name, number: u64, now: Timestamp) -> Result<bool, StoreError> {
        self.works()?.deliver_again(workspace, number, now).await
    }

    async fn drop_dead_letter(&self, workspace: &Name, number: u64) -> Result<bool, StoreError> {
        self.works()?.drop_dead_letter(workspace, number).await
    }

    async fn waiting_deliveries(&self, workspace: &Name) -> Result<usize, StoreError> {
        self.works()?.waiting_deliveries(workspace).await
    }

    async fn discard_deliveries(&self, workspace: &Name) -> Result<usize, StoreError> {
        self.works()?.discard_deliveries(workspace).await
    }
}

#[async_trait]
impl Statistics for Flaky {
    async fn add_stats(&self, stats: Vec<Stat>) -> Result<(), StoreError> {
        self.works()?.add_stats(stats).await
    }

    async fn stats(&self, query: &StatQuery) -> Result<Vec<Stat>, StoreError> {
        self.works()?.stats(query).await
    }
}
