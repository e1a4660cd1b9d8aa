//! Values under older data keys.

use countersign_model::Name;
use countersign_vault::Sealed;

use super::state::State;
use crate::record::{ResealedToken, SealedToken};

impl State {
    pub(super) fn tokens_sealed_before(
        &self,
        workspace: &Name,
        version: u32,
        after: u64,
        limit: usize,
    ) -> Vec<SealedToken> {
        let is_old = |sealed: &Sealed| sealed.key_version().is_some_and(|of| of < version);
        self.conversations
            .iter()
            .flat_map(|(key, conversation)| conversation.tokens.values().map(move |row| (key, row)))
            .zip(1..)
            .filter(|((key, row), position)| {
                let refresh = row.refresh.as_ref().is_some_and(|refresh| is_old(&refresh.sealed));
                *position > after && key.workspace == *workspace && (is_old(&row.sealed) || refresh)
            })
            .take(limit)
            .map(|((key, row), position)| SealedToken {
                position,
                conversation: key.clone(),
                row: row.clone(),
            })
            .collect()
    }

    pub(super) fn reseal_tokens(&mut self, tokens: Vec<ResealedToken>) -> usize {
        let mut replaced = 0;
        for ResealedToken { before: SealedToken { conversation, row, .. }, sealed, refresh } in tokens {
            let kept = self.conversations.get_mut(&conversation);
            let kept = kept
                .and_then(|kept| kept.tokens.get_mut(&(row.bot.clone(), row.component.clone())))
                .filter(|kept| **kept == row);
            let Some(kept) = kept else { continue };
            kept.sealed = sealed;
            if let (Some(kept), Some(sealed)) = (&mut kept.refresh, refresh) {
                kept.sealed = sealed;
            }
            replaced += 1;
        }
        replaced
    }

    /// How many values a data key has sealed.
    pub(super) fn sealed_by(&self, workspace: &Name, version: u32) -> usize {
        let of = self.conversations.iter().filter(|(key, _)| key.workspace == *workspace);
        let sealed = of.flat_map(|(_, conversation)| {
            let tokens = conversation.tokens.values();
            let refresh =
                tokens.clone().filter_map(|row| row.refresh.as_ref()).map(|refresh| &refresh.sealed);
            let payloads = conversation.inbox.iter().filter_map(|row| row.payload.as_ref());
            let answers = conversation.answers.iter().map(|answer| &answer.value);
            let payloads = payloads.chain(answers).map(|payload| &payload.sealed);
            tokens.map(|row| &row.sealed).chain(refresh).chain(payloads)
        });
        let records = self.kept.records.iter().filter(|(key, _)| key.workspace.as_ref() == Some(workspace));
        let kept: Vec<_> = records.flat_map(|(_, record)| Sealed::all_in(&record.body)).collect();
        sealed.chain(&kept).filter(|sealed| sealed.key_version() == Some(version)).count()
    }
}
