use std::borrow::Cow;

use countersign_model::{Contact, Content, Media, MediaKind, MessageRef, Reply, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::{ChannelEvent, Event, Receipt, ReceiptState};
use crate::json;
use crate::meta::{Envelope, Str, clean, coordinate, each, moment};

/// Reads a webhook; `None` when it is none. The number is that of the parts that were not understood.
pub(super) fn read(text: &str, number_id: &str) -> Option<(Vec<ChannelEvent>, usize)> {
    let mut reader = Reader { number_id, events: Vec::new(), skipped: 0 };
    let (object, changes) = match serde_json::from_str::<Envelope<'_, Entry<Change<'_>>>>(text) {
        Ok(envelope) => (envelope.object, changes_of(envelope.entry)),
        Err(_) => {
            let envelope = serde_json::from_str::<Envelope<'_, &RawValue>>(text).ok()?;
            let entries = each::<Entry<&RawValue>>(envelope.entry, &mut reader.skipped);
            (envelope.object, each(changes_of(entries), &mut reader.skipped))
        }
    };
    if *object != *"whatsapp_business_account" {
        return Some((Vec::new(), 1));
    }
    for change in changes {
        reader.change(change);
    }
    Some((reader.events, reader.skipped))
}

fn changes_of<C>(entries: Vec<Entry<C>>) -> Vec<C> {
    entries.into_iter().filter_map(|entry| entry.changes).flatten().collect()
}

struct Reader<'r> {
    number_id: &'r str,
    events: Vec<ChannelEvent>,
    skipped: usize,
}

impl Reader<'_> {
    fn change(&mut self, change: Change<'_>) {
        // Other fields tell of templates, of the account, of what people of the business wrote, of marketing.
        let value = match &*change.field {
            "messages" | "user_id_update" => change.value,
            _ => return,
        };
        if value.metadata.and_then(|of| of.phone_number_id).is_none_or(|id| *id != *self.number_id) {
            self.skipped += 1;
            return;
        }
        let messages = value.messages.unwrap_or_default();
        let contacts = value.contacts.filter(|_| !messages.is_empty()).unwrap_or_default();
        let profiles: Vec<_> = contacts.into_iter().filter_map(profile).collect();
        for raw in messages {
            self.part(raw, |text, reader| reader.message(serde_json::from_str(text)?, &profiles));
        }
        for raw in value.statuses.unwrap_or_default() {
            self.part(raw, |text, reader| reader.status(serde_json::from_str(text)?));
        }
        for raw in value.user_id_update.unwrap_or_default() {
            self.part(raw, |text, reader| reader.new_user_id(serde_json::from_str(text)?));
        }
    }

    /// Reads one part, whatever is wrong with the others.
    fn part(&mut self, raw: &RawValue, read: impl Fn(&str, &mut Self) -> Part) {
        let understood = match read(raw.get(), self) {
            Ok(understood) => understood,
            Err(_) => json::mend(raw.get()).and_then(|mended| read(&mended, self).ok()?),
        };
        self.skipped += usize::from(understood.is_none());
    }

    fn push(&mut self, id: String, contact: Contact, at: Option<Timestamp>, event: Event) {
        self.events.push(ChannelEvent { id, address: contact.address.clone(), contact, at, event });
    }

    fn message(&mut self, mut message: Message<'_>, profiles: &[Profile<'_>]) -> Part {
        let Some(id) = message.id.as_deref().map(clean).filter(|id| !id.is_empty()) else { return Ok(None) };
        let at = message.timestamp.and_then(moment);
        let kind = message.r#type.take();
        let kind = kind.as_deref().unwrap_or_default();
        if message.group_id.is_some() || kind == "reaction" {
            // What a bot asks in a group is read by all of it.
            return Ok(Some(()));
        }
        if kind == "system" {
            return Ok(self.system(message, id, at));
        }
        let Some(address) = address(message.from_user_id.as_deref(), message.from.as_deref()) else {
            return Ok(None);
        };
        let fits = |profile: &&Profile<'_>| {
            let same = |one: &Option<Cow<'_, str>>, other: &Option<Str<'_>>| {
                one.as_deref().is_some_and(|one| other.as_deref() == Some(one))
            };
            same(&profile.user_id, &message.from_user_id) || same(&profile.wa_id, &message.from)
        };
        let name = profiles.iter().find(fits).and_then(|profile| profile.name.as_deref()).map(clean);
        let why = message.unsupported.take().and_then(|unsupported| unsupported.r#type);
        let event = match (kind, why.as_deref()) {
            ("edit", _) | ("unsupported", Some("edit")) => Event::Edited,
            ("revoke", _) => Event::Revoked,
            ("request_welcome", _) => Event::Begin,
            _ => {
                let reference = Some(MessageRef(id.clone()));
                Event::Reply(Reply { content: content_of(message, kind), reference })
            }
        };
        self.push(id, Contact { address, name, language: None }, at, event);
        Ok(Some(()))
    }

    fn system(&mut self, message: Message<'_>, id: String, at: Option<Timestamp>) -> Option<()> {
        let system = message.system?;
        let from = message.from.as_deref();
        let (now, before) = match system.r#type.as_deref()? {
            "user_changed_number" | "customer_changed_number" => {
                (address(system.user_id.as_deref(), system.wa_id.as_deref())?, address(None, from))
            }
            "user_changed_user_id" => {
                (address(system.user_id.as_deref(), None)?, address(message.from_user_id.as_deref(), None))
            }
            "customer_identity_changed" => (address(message.from_user_id.as_deref(), from)?, None),
            // A note about the conversation.
            _ => return Some(()),
        };
        let before = before.filter(|before| *before != now);
        self.push(id, Contact { address: now, ..Contact::default() }, at, Event::IdentityChanged { before });
        Some(())
    }

    fn new_user_id(&mut self, update: IdUpdate<'_>) -> Part {
        let ids = update.user_id.map(|ids| (ids.current, ids.previous));
        let Some((Some(now), before)) = ids else { return Ok(None) };
        let Some(now) = address(Some(&now), None) else { return Ok(None) };
        let before = before.and_then(|before| address(Some(&before), None)).filter(|before| *before != now);
        let at = update.timestamp.and_then(moment);
        let id = format!("user_id_update:{now}:{}", before.as_deref().unwrap_or_default());
        self.push(id, Contact { address: now, ..Contact::default() }, at, Event::IdentityChanged { before });
        Ok(Some(()))
    }

    fn status(&mut self, status: Status<'_>) -> Part {
        let (Some(id), Some(word)) = (status.id.filter(|id| !id.is_empty()), status.status) else {
            return Ok(None);
        };
        let state = match &*word {
            "sent" => ReceiptState::Sent,
            "delivered" => ReceiptState::Delivered,
            "read" | "played" => ReceiptState::Read,
            "failed" => ReceiptState::Failed,
            // The user deleted it from their own device.
            "deleted" => return Ok(Some(())),
            _ => return Ok(None),
        };
        let to = address(status.recipient_user_id.as_deref(), status.recipient_id.as_deref());
        let Some(address) = to else { return Ok(None) };
        let code = status.errors.and_then(|errors| errors.into_iter().find_map(|error| error.code));
        let code = code.map(|code| code.get().trim_matches('"').to_owned());
        let id = clean(&id);
        let at = status.timestamp.and_then(moment);
        let contact = Contact { address, ..Contact::default() };
        let key = format!("{id}:{}", &*word);
        self.push(key, contact, at, Event::Receipt(Receipt { message: Some(MessageRef(id)), state, code }));
        Ok(Some(()))
    }
}

/// Whether a part was understood; an error when it is no JSON of that shape.
type Part = Result<Option<()>, serde_json::Error>;

/// The address of a conversation: the business-scoped user id when there is one, else the number in E.164. A user id has
/// been seen in the place of a number, too.
fn address(user_id: Option<&str>, number: Option<&str>) -> Option<String> {
    if let Some(id) = user_id.filter(|id| !id.is_empty()) {
        return Some(clean(id));
    }
    let number = number.filter(|number| !number.is_empty())?;
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some(if is_number { format!("+{digits}") } else { clean(number) })
}

/// What the user sent, by its kind; what no kind fits is [`Content::Unsupported`].
fn content_of(parts: Message<'_>, kind: &str) -> Content {
    let content = match kind {
        "text" => parts.text.and_then(|text| text.body).map(|body| Content::Text(clean(&body).into())),
        "interactive" => parts.interactive.and_then(chosen),
        "button" => parts.button.and_then(|button| choice(button.payload, button.text)),
        "image" => parts.image.and_then(|file| media(file, MediaKind::Image)),
        "video" => parts.video.and_then(|file| media(file, MediaKind::Video)),
        "audio" => parts.audio.and_then(|file| media(file, MediaKind::Audio)),
        "voice" => parts.voice.and_then(|file| media(file, MediaKind::Audio)),
        "document" => parts.document.and_then(|file| media(file, MediaKind::Document)),
        "location" => parts.location.and_then(|place| {
            let (latitude, longitude) = (coordinate(place.latitude?)?, coordinate(place.longitude?)?);
            Some(Content::Location { latitude, longitude })
        }),
        _ => None,
    };
    content.unwrap_or(Content::Unsupported)
}

fn chosen(interactive: Interactive<'_>) -> Option<Content> {
    if let Some(flow) = interactive.nfm_reply {
        // A flow may have asked for a password: its answers are handled as words, which nobody keeps before the
        // question is known.
        return Some(Content::Text(clean(&flow.response_json?).into()));
    }
    let reply = interactive.button_reply.or(interactive.list_reply)?;
    choice(reply.id, reply.title)
}

fn choice(payload: Option<Str<'_>>, label: Option<Str<'_>>) -> Option<Content> {
    let label = label.as_deref().map(clean);
    let payload = payload.as_deref().map(clean).or_else(|| label.clone())?;
    Some(Content::Choice { payload, label: label.unwrap_or_default() })
}

/// A file by its id, because its address, when there is one, is valid for minutes alone.
fn media(file: File<'_>, kind: MediaKind) -> Option<Content> {
    let id = file.id.filter(|id| !id.is_empty());
    let url = match id {
        Some(id) => format!("{}{}", super::body::BY_ID, clean(&id)),
        None => clean(&file.url.filter(|url| !url.is_empty())?),
    };
    let caption = file.caption.as_deref().map(clean).filter(|caption| !caption.is_empty());
    Some(Content::Media(Media { kind, url, caption }))
}

/// Who a message may be of.
struct Profile<'a> {
    user_id: Option<Cow<'a, str>>,
    wa_id: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
}

fn profile<'a>(raw: &'a RawValue) -> Option<Profile<'a>> {
    let parts = |wire: WireContact<'a>| {
        let name = wire.profile.and_then(|profile| profile.name.or(profile.username));
        let name = name.map(|name| name.0).filter(|name| !name.is_empty());
        Profile { user_id: wire.user_id.map(|id| id.0), wa_id: wire.wa_id.map(|id| id.0), name }
    };
    if let Ok(wire) = serde_json::from_str(raw.get()) {
        return Some(parts(wire));
    }
    let mended = json::mend(raw.get())?;
    let wire: WireContact<'_> = serde_json::from_str(&mended).ok()?;
    let owned = |text: Str<'_>| Cow::Owned(text.0.into_owned());
    let name = wire.profile.and_then(|profile| profile.name.or(profile.username));
    Some(Profile { user_id: wire.user_id.map(owned), wa_id: wire.wa_id.map(owned), name: name.map(owned) })
}

#[derive(Deserialize)]
struct Entry<C> {
    changes: Option<Vec<C>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    field: Str<'a>,
    #[serde(borrow)]
    value: Value<'a>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow)]
    contacts: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    messages: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    statuses: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    user_id_update: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    phone_number_id: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<Str<'a>>,
    #[serde(borrow)]
    from: Option<Str<'a>>,
    #[serde(borrow)]
    from_user_id: Option<Str<'a>>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    r#type: Option<Str<'a>>,
    #[serde(borrow)]
    group_id: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<Words<'a>>,
    #[serde(borrow)]
    interactive: Option<Interactive<'a>>,
    #[serde(borrow)]
    button: Option<Button<'a>>,
    #[serde(borrow)]
    image: Option<File<'a>>,
    #[serde(borrow)]
    video: Option<File<'a>>,
    #[serde(borrow)]
    audio: Option<File<'a>>,
    #[serde(borrow)]
    voice: Option<File<'a>>,
    #[serde(borrow)]
    document: Option<File<'a>>,
    #[serde(borrow)]
    location: Option<Place<'a>>,
    #[serde(borrow)]
    system: Option<System<'a>>,
    #[serde(borrow)]
    unsupported: Option<Unsupported<'a>>,
}

#[derive(Deserialize)]
struct Words<'a> {
    #[serde(borrow)]
    body: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Interactive<'a> {
    #[serde(borrow)]
    button_reply: Option<Chosen<'a>>,
    #[serde(borrow)]
    list_reply: Option<Chosen<'a>>,
    #[serde(borrow)]
    nfm_reply: Option<Flow<'a>>,
}

#[derive(Deserialize)]
struct Chosen<'a> {
    #[serde(borrow)]
    id: Option<Str<'a>>,
    #[serde(borrow)]
    title: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Flow<'a> {
    #[serde(borrow)]
    response_json: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Button<'a> {
    #[serde(borrow)]
    payload: Option<Str<'a>>,
    #[serde(borrow)]
    text: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    id: Option<Str<'a>>,
    #[serde(borrow)]
    url: Option<Str<'a>>,
    #[serde(borrow)]
    caption: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    latitude: Option<&'a RawValue>,
    #[serde(borrow)]
    longitude: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct System<'a> {
    #[serde(borrow)]
    r#type: Option<Str<'a>>,
    #[serde(borrow)]
    wa_id: Option<Str<'a>>,
    #[serde(borrow)]
    user_id: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Unsupported<'a> {
    #[serde(borrow)]
    r#type: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    id: Option<Str<'a>>,
    #[serde(borrow)]
    status: Option<Str<'a>>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    recipient_id: Option<Str<'a>>,
    #[serde(borrow)]
    recipient_user_id: Option<Str<'a>>,
    #[serde(borrow)]
    errors: Option<Vec<StatusError<'a>>>,
}

#[derive(Deserialize)]
struct StatusError<'a> {
    #[serde(borrow)]
    code: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct IdUpdate<'a> {
    #[serde(borrow)]
    user_id: Option<Ids<'a>>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Ids<'a> {
    #[serde(borrow)]
    previous: Option<Str<'a>>,
    #[serde(borrow)]
    current: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct WireContact<'a> {
    #[serde(borrow)]
    profile: Option<WireProfile<'a>>,
    #[serde(borrow)]
    wa_id: Option<Str<'a>>,
    #[serde(borrow)]
    user_id: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct WireProfile<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    #[serde(borrow)]
    username: Option<Str<'a>>,
}
