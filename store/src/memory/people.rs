//! What people look at and mend.

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use countersign_model::{Name, Timestamp};

use super::MemoryStore;
use super::state::{Conversation, State, info};
use crate::error::StoreError;
use crate::people::{
    ConversationNumber, ConversationPage, ConversationQuery, ConversationRow, Erased, ListedDeadLetter,
    ListedLead, ListedToken, People, TokenId,
};
use crate::record::{ConversationKey, CounterKey, DeadLetter, TokenRow};

impl State {
    fn row(&self, key: &ConversationKey, conversation: &Conversation) -> ConversationRow {
        let session = conversation.session.clone();
        let version = session.as_ref().map(|session| session.version);
        let bot = self.bots.iter().find(|bot| bot.workspace == key.workspace && Some(bot.version) == version);
        ConversationRow {
            number: ConversationNumber(conversation.number),
            key: key.clone(),
            calling: conversation.calling,
            bot: bot.map(|bot| bot.bot.clone()),
            handed_over_at: conversation.handed_over_at,
            lines: conversation.gone + conversation.transcript.len() as u64,
            last: conversation.transcript.last().cloned(),
            session,
        }
    }

    fn number_of(&self, key: &ConversationKey) -> ConversationNumber {
        ConversationNumber(self.conversations.get(key).map_or(0, |conversation| conversation.number))
    }

    fn erase(&mut self, key: &ConversationKey, counters: &[CounterKey]) -> Option<Erased> {
        let conversation = self.conversations.remove(key)?;
        let ids: Vec<_> = self.ids.extract_if(|(of, _), _| of == key).collect();
        self.erased.extend(ids.into_iter().map(|((key, id), at)| (hash(&key, &id), at)));
        self.receipts.retain(|(of, _), _| of != key);
        self.dead.retain(|(_, dead)| dead.conversation != *key);
        self.counters.retain(|counter, _| !counters.contains(counter));
        Some(Erased {
            lines: conversation.transcript.len() as u64,
            tokens: conversation.tokens.len(),
            leads: conversation.leads.len(),
        })
    }

    fn take_dead(&mut self, workspace: &Name, number: u64) -> Option<DeadLetter> {
        let same =
            |(of, dead): &(u64, DeadLetter)| *of == number && dead.conversation.workspace == *workspace;
        let at = self.dead.iter().position(same)?;
        Some(self.dead.remove(at).1)
    }
}

#[async_trait]
impl People for MemoryStore {
    async fn conversations(&self, query: ConversationQuery) -> Result<ConversationPage, StoreError> {
        let state = self.state();
        let talked = |c: &Conversation| c.session.is_some() || !c.transcript.is_empty();
        let found =
            state.conversations.iter().filter(|(_, c)| talked(c)).filter_map(|(key, conversation)| {
                let row = state.row(key, conversation);
                query.matches(&row, &conversation.transcript).then_some(row)
            });
        let mut rows: Vec<_> = found.collect();
        let place = |row: &ConversationRow| (row.last.as_ref().map(|last| last.at), row.number);
        rows.sort_by_key(|row| std::cmp::Reverse(place(row)));
        let skip = query.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
        let end = usize::saturating_add(skip, query.limit);
        let next = (rows.len() > end).then(|| end.to_string());
        Ok(ConversationPage { rows: rows.into_iter().skip(skip).take(query.limit).collect(), next })
    }

    async fn conversation_row(
        &self,
        workspace: &Name,
        number: ConversationNumber,
    ) -> Result<Option<ConversationRow>, StoreError> {
        let state = self.state();
        let mut conversations = state.conversations.iter();
        let found = conversations.find(|(key, c)| key.workspace == *workspace && c.number == number.0);
        Ok(found.map(|(key, conversation)| state.row(key, conversation)))
    }

    async fn conversation_number(
        &self,
        key: &ConversationKey,
    ) -> Result<Option<ConversationNumber>, StoreError> {
        let state = self.state();
        Ok(state.conversations.get(key).map(|conversation| ConversationNumber(conversation.number)))
    }

    async fn erase(
        &self,
        key: &ConversationKey,
        counters: &[CounterKey],
    ) -> Result<Option<Erased>, StoreError> {
        Ok(self.state().erase(key, counters))
    }

    async fn all_leads(
        &self,
        workspace: &Name,
        form: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedLead>, StoreError> {
        let state = self.state();
        let of_workspace = state.conversations.iter().filter(|(key, _)| key.workspace == *workspace);
        let mut leads: Vec<_> = of_workspace
            .flat_map(|(key, conversation)| {
                conversation.leads.iter().map(move |(number, lead)| ListedLead {
                    number: *number,
                    conversation: ConversationNumber(conversation.number),
                    key: key.clone(),
                    lead: lead.clone(),
                })
            })
            .filter(|listed| form.is_none_or(|form| listed.lead.form == *form))
            .filter(|listed| before.is_none_or(|before| listed.number < before))
            .collect();
        leads.sort_by_key(|listed| std::cmp::Reverse(listed.number));
        leads.truncate(limit);
        Ok(leads)
    }

    async fn all_tokens(
        &self,
        workspace: &Name,
        component: Option<&Name>,
        after: Option<&TokenId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<ListedToken>, StoreError> {
        let state = self.state();
        let of_workspace = state.conversations.iter().filter(|(key, _)| key.workspace == *workspace);
        let mut tokens: Vec<_> = of_workspace
            .flat_map(|(key, conversation)| {
                conversation.tokens.values().map(move |token| ListedToken {
                    id: token_id(conversation.number, token),
                    info: info(key, token),
                })
            })
            .filter(|token| token.info.expires_at > now)
            .filter(|token| component.is_none_or(|component| token.id.component == *component))
            .filter(|token| after.is_none_or(|after| place(&token.id) > place(after)))
            .collect();
        tokens.sort_by(|a, b| place(&a.id).cmp(&place(&b.id)));
        tokens.truncate(limit);
        Ok(tokens)
    }

    async fn revoke_token(&self, workspace: &Name, id: &TokenId) -> Result<bool, StoreError> {
        let mut state = self.state();
        let mut conversations = state.conversations.iter_mut();
        let of_token =
            conversations.find(|(key, c)| key.workspace == *workspace && c.number == id.conversation.0);
        let Some((_, conversation)) = of_token else { return Ok(false) };
        let name = (id.bot.clone(), id.component.clone());
        if conversation.tokens.get(&name).is_none_or(|token| token.logged_in_at != id.logged_in_at) {
            return Ok(false);
        }
        conversation.tokens.remove(&name);
        conversation.tokens_epoch += 1;
        Ok(true)
    }

    async fn list_dead_letters(
        &self,
        workspace: &Name,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedDeadLetter>, StoreError> {
        let state = self.state();
        let newest = state.dead.iter().rev().filter(|(number, dead)| {
            dead.conversation.workspace == *workspace && before.is_none_or(|before| *number < before)
        });
        let listed = newest.take(limit).map(|(number, dead)| ListedDeadLetter {
            number: *number,
            conversation: state.number_of(&dead.conversation),
            letter: dead.clone(),
        });
        Ok(listed.collect())
    }

    async fn deliver_again(&self, workspace: &Name, number: u64, now: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state();
        let Some(dead) = state.take_dead(workspace, number) else { return Ok(false) };
        let seq = state.next();
        state.of(&dead.conversation).send(seq, dead.delivery, now);
        Ok(true)
    }

    async fn drop_dead_letter(&self, workspace: &Name, number: u64) -> Result<bool, StoreError> {
        Ok(self.state().take_dead(workspace, number).is_some())
    }

    async fn waiting_deliveries(&self, workspace: &Name) -> Result<usize, StoreError> {
        let state = self.state();
        let own = state.conversations.iter().filter(|(key, _)| key.workspace == *workspace);
        Ok(own.map(|(_, conversation)| conversation.outbox.len()).sum())
    }

    async fn discard_deliveries(&self, workspace: &Name) -> Result<usize, StoreError> {
        let mut state = self.state();
        let own = state.conversations.iter_mut().filter(|(key, _)| key.workspace == *workspace);
        Ok(own.map(|(_, conversation)| conversation.outbox.drain(..).count()).sum())
    }
}

fn token_id(conversation: u64, token: &TokenRow) -> TokenId {
    TokenId {
        conversation: ConversationNumber(conversation),
        bot: token.bot.clone(),
        component: token.component.clone(),
        logged_in_at: token.logged_in_at,
    }
}

fn place(id: &TokenId) -> (ConversationNumber, &Name, &Name) {
    (id.conversation, &id.bot, &id.component)
}

/// A hash of an id and of the conversation in which it came in.
pub(super) fn hash(key: &ConversationKey, id: &str) -> u64 {
    let text = [key.workspace.as_str(), key.channel.as_str(), &key.address, id].join("\0");
    digest(&SHA256, text.as_bytes())
        .as_ref()
        .iter()
        .take(8)
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
