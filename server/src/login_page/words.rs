//! What the page itself says; the questions are the bot's.

/// What the page says in one language.
pub(super) struct Words {
    pub(super) tag: &'static str,
    pub(super) title: &'static str,
    /// `{bot}`.
    pub(super) heading: &'static str,
    /// `{bot}`, `{channel}`.
    pub(super) whose: &'static str,
    /// What stands before the end of the contact's address.
    pub(super) contact: &'static str,
    pub(super) not_yours: &'static str,
    pub(super) send: &'static str,
    pub(super) refused: &'static str,
    pub(super) again: &'static str,
    pub(super) working: &'static str,
    pub(super) working_more: &'static str,
    pub(super) look: &'static str,
    pub(super) digits: &'static str,
    pub(super) digits_more: &'static str,
    pub(super) digits_warning: &'static str,
}

const EN: Words = Words {
    tag: "en",
    title: "Log in",
    heading: "Log in to {bot}",
    whose: "You log in to the conversation with {bot} on {channel}.",
    contact: "It belongs to",
    not_yours: "If that is not your conversation, close this page and type nothing.",
    send: "Log in",
    refused: "The login failed. Please check what you have typed.",
    again: "Please try once more. The page needs cookies for that.",
    working: "One moment, please",
    working_more: "The login is under way. This page goes on by itself.",
    look: "Look again",
    digits: "Type these digits in the chat",
    digits_more: "Go back to the conversation and type them there. Then you are logged in. They are good for five minutes.",
    digits_warning: "Give them to nobody, whoever asks.",
};

const ES: Words = Words {
    tag: "es",
    title: "Iniciar sesión",
    heading: "Iniciar sesión en {bot}",
    whose: "Vas a iniciar sesión en la conversación con {bot} por {channel}.",
    contact: "Pertenece a",
    not_yours: "Si no es tu conversación, cierra esta página y no escribas nada.",
    send: "Iniciar sesión",
    refused: "No se ha podido iniciar sesión. Revisa lo que has escrito.",
    again: "Inténtalo una vez más. La página necesita cookies.",
    working: "Un momento, por favor",
    working_more: "Se está iniciando la sesión. Esta página continúa sola.",
    look: "Volver a mirar",
    digits: "Escribe estas cifras en el chat",
    digits_more: "Vuelve a la conversación y escríbelas allí. Con eso habrás iniciado sesión. Valen cinco minutos.",
    digits_warning: "No se las des a nadie, te las pida quien te las pida.",
};

/// The words of a language; English when there are none.
pub(super) fn of(tag: &str) -> &'static Words {
    let primary = tag.split(['-', '_']).next().unwrap_or("");
    if primary.eq_ignore_ascii_case("es") { &ES } else { &EN }
}

/// For a page of which nothing is known, not even the language.
pub(super) const OVER: [(&str, &str, &str); 2] = [
    (
        "en",
        "This page is over",
        "Go back to the conversation. It tells you how things stand, and sends you a new link when you need one.",
    ),
    (
        "es",
        "Esta página ya no vale",
        "Vuelve a la conversación. Allí verás qué ha pasado y, si hace falta, recibirás otro enlace.",
    ),
];

/// The same, when it is the server's fault, or too much was asked of it.
pub(super) const BUSY: [(&str, &str, &str); 2] = [
    (
        "en",
        "Please try again in a minute",
        "The page is busy at the moment. Go back, and send it once more a little later.",
    ),
    (
        "es",
        "Inténtalo dentro de un minuto",
        "La página está ocupada en este momento. Vuelve atrás y envíala un poco más tarde.",
    ),
];
