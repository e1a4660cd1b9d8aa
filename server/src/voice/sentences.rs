use countersign_runner::View;

/// What the platform itself says to a caller, where no bot has a sentence for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sentences {
    language: &'static str,
    /// Something takes long.
    pub(super) moment: &'static str,
    /// The call cannot go on, and ends.
    pub(super) trouble: &'static str,
    /// The bot hands over to a person, and there is no number to put the call through to. The call ends.
    pub(super) nobody: &'static str,
}

/// The first is for languages that have none.
const ALL: &[Sentences] = &[
    Sentences {
        language: "en",
        moment: "One moment, please.",
        trouble: "Sorry, this does not work at the moment. Please call again later. Goodbye.",
        nobody: "Sorry, I cannot put you through to anybody from here. Goodbye.",
    },
    Sentences {
        language: "de",
        moment: "Einen Moment, bitte.",
        trouble: "Das geht im Moment leider nicht. Bitte rufen Sie später wieder an. Auf Wiederhören.",
        nobody: "Ich kann Sie von hier leider mit niemandem verbinden. Auf Wiederhören.",
    },
    Sentences {
        language: "es",
        moment: "Un momento, por favor.",
        trouble: "Lo siento, en este momento no es posible. Llame más tarde, por favor. Adiós.",
        nobody: "Lo siento, desde aquí no puedo pasarle con nadie. Adiós.",
    },
    Sentences {
        language: "fr",
        moment: "Un instant, s'il vous plaît.",
        trouble: "Désolé, ce n'est pas possible pour le moment. Veuillez rappeler plus tard. Au revoir.",
        nobody: "Désolé, je ne peux vous passer personne d'ici. Au revoir.",
    },
    Sentences {
        language: "it",
        moment: "Un momento, per favore.",
        trouble: "Mi dispiace, al momento non è possibile. La preghiamo di richiamare più tardi. Arrivederci.",
        nobody: "Mi dispiace, da qui non posso passarle nessuno. Arrivederci.",
    },
    Sentences {
        language: "nl",
        moment: "Een ogenblik, alstublieft.",
        trouble: "Sorry, dit lukt op dit moment niet. Bel later nog eens, alstublieft. Tot ziens.",
        nobody: "Sorry, ik kan u van hieruit met niemand doorverbinden. Tot ziens.",
    },
    Sentences {
        language: "pt",
        moment: "Um momento, por favor.",
        trouble: "Desculpe, neste momento não é possível. Ligue mais tarde, por favor. Até logo.",
        nobody: "Desculpe, daqui não posso transferir a chamada para ninguém. Até logo.",
    },
];

impl Sentences {
    /// In the language of this tag.
    pub(super) fn of(language: &str) -> &'static Self {
        ALL.iter().find(|known| is_same(known.language, language)).unwrap_or(&ALL[0])
    }
}

/// The language of a conversation: what the bot has set it to, when it speaks that, else the bot's own.
pub(super) fn language(view: &View) -> String {
    let languages = &view.bot.languages;
    let set = view.session.variable(&view.bot, "language").or(view.session.contact().language.as_deref());
    let whole = |tag: &str| languages.iter().find(|known| known.eq_ignore_ascii_case(tag));
    let found = set.and_then(|tag| whole(tag).or_else(|| languages.iter().find(|known| is_same(known, tag))));
    found.or(languages.first()).cloned().unwrap_or_default()
}

fn is_same(one: &str, other: &str) -> bool {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    primary(one) == primary(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_something() {
        assert_eq!(Sentences::of("de-AT").moment, "Einen Moment, bitte.");
        assert_eq!(Sentences::of("PT_br").language, "pt");
        for unknown in ["", "ja", "english", "e"] {
            assert_eq!(Sentences::of(unknown), &ALL[0]);
        }
        for one in ALL {
            assert!(one.moment.ends_with('.') && one.trouble.ends_with('.') && one.nobody.ends_with('.'));
        }
    }
}
