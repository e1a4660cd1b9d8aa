//! How a channel is connected, in steps. `docs/channels` has more of it.

use countersign_model::ChannelKind;

/// The steps for a provider of a kind.
pub(super) fn steps(kind: ChannelKind, provider: &str) -> &'static [&'static str] {
    match (kind, provider) {
        (ChannelKind::Whatsapp, _) => WHATSAPP,
        (ChannelKind::Messenger, _) => MESSENGER,
        (ChannelKind::Instagram, _) => INSTAGRAM,
        (ChannelKind::Telegram, _) => TELEGRAM,
        (ChannelKind::Sms, "twilio") => TWILIO_SMS,
        (ChannelKind::Sms, "vonage") => VONAGE_SMS,
        (ChannelKind::Sms, _) => HTTP_SMS,
        (ChannelKind::Phone, "twilio") => TWILIO_VOICE,
        (ChannelKind::Phone, _) => VONAGE_VOICE,
        (ChannelKind::Web, _) => WEB,
        (ChannelKind::Mobile | ChannelKind::Desktop, _) => APP,
        _ => &[],
    }
}

const WHATSAPP: &[&str] = &[
    "Open [Meta's list of apps](https://developers.facebook.com/apps), make an app of the use case **WhatsApp**, and connect your business portfolio.",
    "In the app, open **WhatsApp > API Setup** and copy the **Phone number ID**: the number of the id, not of the phone.",
    "In the business settings, make a **system user** with access to the app and to the WhatsApp account. Generate a token with `whatsapp_business_messaging` and `whatsapp_business_management` that does not end.",
    "Copy the **App secret** from **App settings > Basic**. Fill in the form and save it.",
    "The page of the channel then shows an address and a verify token. In the app, open **WhatsApp > Configuration**, paste both, and choose **Verify and save**.",
    "Under **Webhook fields**, subscribe to `messages` and `user_id_update`. Switch the app to *Live*, and write to the number.",
];

const MESSENGER: &[&str] = &[
    "Open [Meta's list of apps](https://developers.facebook.com/apps) and make an app of the use case **Messenger**.",
    "On your Facebook page, copy the **Page ID** from **About > Page transparency**.",
    "In the app, under **Messenger > Messenger API settings > Generate access tokens**, connect the page and generate its token.",
    "Copy the **App secret** from **App settings > Basic**. Fill in the form and save it.",
    "Paste the address and the verify token that the channel shows into **Configure webhooks**, and choose **Verify and save**.",
    "Subscribe the page to `messages`, `messaging_postbacks`, `messaging_referrals`, `message_deliveries`, `message_reads` and `message_edits`. Switch the app to *Live*, and write to the page.",
];

const INSTAGRAM: &[&str] = &[
    "You need a *professional* account. In the Instagram app, allow access to messages under **Message controls > Connected tools**.",
    "Open [Meta's list of apps](https://developers.facebook.com/apps), make an app for **Instagram**, and open **API setup with Instagram login**.",
    "Generate a token beside the account, and copy the account's id, which stands there too. Copy the **Instagram app secret**: it is another one than under *App settings*.",
    "Fill in the form and save it. The token ends after 60 days: put a new one here before that.",
    "Paste the address and the verify token that the channel shows into **Configure webhooks**, and subscribe to `messages` and `messaging_postbacks`.",
];

const TELEGRAM: &[&str] = &[
    "In Telegram, open a chat with [@BotFather](https://t.me/BotFather), write `/newbot`, and copy the token that it answers.",
    "Choose a secret token: a long random text of letters, digits, `_` and `-`. Telegram sends it with every webhook, and it is the only proof that one comes from Telegram.",
    "Fill in the form and save it. Keep the secret token until the next step is done: it is not shown again.",
    "Tell Telegram the address that the channel shows: `curl https://api.telegram.org/botTOKEN/setWebhook -d url=ADDRESS -d secret_token=SECRET`.",
    "Test the channel, and write to the bot.",
];

const TWILIO_SMS: &[&str] = &[
    "Copy **Account SID** and **Auth Token** from the start page of the [Twilio console](https://console.twilio.com).",
    "Under **Phone Numbers > Active numbers**, copy the number that the bot writes from, with `+` and country code; or take the SID of a Messaging Service.",
    "Fill in the form and save it.",
    "At the number, under **Messaging configuration > A message comes in**, choose *Webhook* and *HTTP POST*, and paste the address that the channel shows.",
    "Send an SMS to the number. A trial account writes only to numbers that you have verified.",
];

const VONAGE_SMS: &[&str] = &[
    "Copy **API key** and **API secret** from the start page of the [Vonage dashboard](https://dashboard.vonage.com).",
    "Under **API settings > SMS settings**, choose **SMS API** and **SHA-256 HMAC**, and copy the signature secret.",
    "Choose a hook key, a long random text: it protects the delivery receipts, which are not signed.",
    "Fill in the form with the number that the bot writes from, and save it.",
    "Under **API settings > SMS settings**, paste the address that the channel shows with `?key=` and the hook key behind it, as **Inbound SMS webhooks** and as **Delivery receipts**. Choose *POST-JSON*.",
    "Send an SMS to the number.",
];

const HTTP_SMS: &[&str] = &[
    "Have the description of your gateway's HTTP interface at hand. The manual has whole examples for Kannel, Jasmin and a gateway with JSON.",
    "Write into **Send URL** how the gateway sends an SMS, with placeholders such as `{to}` and `{text}`; what is secret belongs into the fields for that.",
    "Write into **Receive key** a long random text: gateways sign nothing, so it is the only proof that a message comes from yours.",
    "Save, and let the gateway call the address that the channel shows with `?key=` and this text behind it.",
    "Send an SMS to your number. A gateway in your own network also has to be allowed in the configuration of the server.",
];

const TWILIO_VOICE: &[&str] = &[
    "Copy **Account SID** and **Auth Token** from the first page of the [Twilio console](https://console.twilio.com).",
    "Fill in the form and save it.",
    "At the number, under **Voice Configuration > A call comes in**, choose *Webhook* and *HTTP POST*, and paste the address that the channel shows. Paste it under **Call status changes** too.",
    "Call the number.",
];

const VONAGE_VOICE: &[&str] = &[
    "In the [Vonage dashboard](https://dashboard.vonage.com), make an **application** with the capability *Voice*, and link your number to it.",
    "Copy the **signature secret** from **API settings**; signed webhooks have to be on. For calls that are put through, copy the application's id and its private key too.",
    "Fill in the form and save it.",
    "In the application, paste the address that the channel shows as **Answer URL** and as **Event URL**, both with *POST*.",
    "Call the number.",
];

const WEB: &[&str] = &[
    "Write into **Origins** the pages that may show the chat, such as `https://www.example.com`. Save.",
    "Put the widget into the page: `<script src=\"SERVER/widget.js\" data-channel=\"ID\" async></script>`, with the address of this server and the id of the channel.",
    "A bot that logs users in cannot run here: anybody who sits at the browser would be logged in.",
];

const APP: &[&str] = &[
    "Save the form. The app connects to `SERVER/chat/ID`, with the address of this server and the id of the channel; the manual describes the protocol.",
    "A bot that logs users in cannot run here.",
];

#[cfg(test)]
mod tests {
    use countersign_channels::PROVIDERS;

    use super::*;

    #[test]
    fn each_provider_has_steps() {
        for provider in PROVIDERS {
            assert!(steps(provider.kind, provider.name).len() > 3, "{}", provider.title);
        }
        assert!(!steps(ChannelKind::Web, "web").is_empty());
    }
}
