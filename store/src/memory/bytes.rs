//! The whole content of the memory store as bytes.

use crate::memory::state::State;

/// Texts and bytes of every row one after another. It is not meant to be read back.
pub(super) fn of(state: &State) -> Vec<u8> {
    let mut out = Vec::new();
    let mut put = |bytes: &[u8]| {
        out.extend_from_slice(bytes);
        out.push(b'\n');
    };
    for (key, id) in state.ids.keys() {
        let texts = [key.workspace.as_str(), key.channel.as_str(), &key.address, id];
        texts.iter().for_each(|text| put(text.as_bytes()));
    }
    for receipt in state.receipts.values() {
        put(format!("{receipt:?}").as_bytes());
    }
    for key in state.keys.values() {
        put(&key.bytes);
    }
    for record in state.kept.records.values() {
        let texts = [record.key.kind, &record.key.id, record.alias.as_deref().unwrap_or_default()];
        texts.iter().for_each(|text| put(text.as_bytes()));
        put(&record.body);
    }
    state.kept.audit.values().flatten().for_each(|line| put(format!("{:?}", line.entry).as_bytes()));
    for (_, dead) in &state.dead {
        put(format!("{:?} {}", dead.delivery, dead.conversation.address).as_bytes());
    }
    for (key, conversation) in &state.conversations {
        put(key.address.as_bytes());
        if let Some(session) = &conversation.session {
            put(&session.bytes);
        }
        for row in &conversation.inbox {
            put(row.id.as_bytes());
            row.payload.iter().for_each(|payload| put(payload.sealed.as_bytes()));
        }
        conversation.outbox.iter().for_each(|row| put(format!("{:?}", row.delivery).as_bytes()));
        conversation.calls.iter().for_each(|row| put(&row.new.request));
        for token in conversation.tokens.values() {
            put(token.component.as_str().as_bytes());
            put(token.sealed.as_bytes());
            token.refresh.iter().for_each(|refresh| put(refresh.sealed.as_bytes()));
        }
        for answer in &conversation.answers {
            put(answer.component.as_str().as_bytes());
            put(answer.value.sealed.as_bytes());
        }
        conversation.transcript.iter().for_each(|row| put(format!("{:?}", row.line).as_bytes()));
        conversation.leads.iter().for_each(|lead| put(format!("{lead:?}").as_bytes()));
    }
    out
}
