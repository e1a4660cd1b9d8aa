//! Sentences of the platform, as the bot overrides them. Languages without sentences of their own get the English.

use super::Compiler;
use super::scope::Scope;
use super::text::is_language;
use crate::program::{RetrySentences, Sentences, Text};
use crate::template::{Piece, Template};
use crate::wire::decode::At;
use crate::wire::{self, BotFile, Spanned};

impl Compiler<'_> {
    pub(crate) fn sentences(&mut self, file: &BotFile) -> Sentences {
        let texts = file.texts.as_ref().map(|texts| &texts.value);
        let retry = texts.and_then(|texts| texts.retry.as_ref()).map(|retry| &retry.value);
        let top = At::TOP;
        let at = top.key("texts");
        let retry_at = at.key("retry");
        macro_rules! sentence {
            ($field:ident, $en:literal, $es:literal) => {
                self.sentence(
                    texts.and_then(|texts| texts.$field.as_ref()),
                    &at.key(stringify!($field)),
                    $en,
                    $es,
                )
            };
        }
        macro_rules! again {
            ($field:ident, $en:literal, $es:literal) => {
                self.sentence(
                    retry.and_then(|retry| retry.$field.as_ref()),
                    &retry_at.key(stringify!($field)),
                    $en,
                    $es,
                )
            };
        }
        Sentences {
            not_understood: sentence!(
                not_understood,
                "Sorry, I did not understand that.",
                "Lo siento, no lo he entendido."
            ),
            choose: sentence!(
                choose,
                "Please choose one of these.",
                "Por favor, elige una de estas opciones."
            ),
            retry: RetrySentences {
                text: again!(text, "Please write a short answer.", "Por favor, escribe una respuesta corta."),
                number: again!(number, "Please answer with a number.", "Por favor, responde con un número."),
                email: again!(
                    email,
                    "That is not an e-mail address. Please try again.",
                    "Eso no es una dirección de correo. Inténtalo de nuevo."
                ),
                phone: again!(
                    phone,
                    "That is not a phone number. Please try again.",
                    "Eso no es un número de teléfono. Inténtalo de nuevo."
                ),
                digits: again!(
                    digits,
                    "That is not the right number of digits. Please try again.",
                    "El número de cifras no es correcto. Inténtalo de nuevo."
                ),
                code: again!(
                    code,
                    "That does not look like the code. Please try again.",
                    "Eso no parece el código. Inténtalo de nuevo."
                ),
                date: again!(
                    date,
                    "Please answer with a date, such as 2026-11-22.",
                    "Por favor, responde con una fecha, por ejemplo 2026-11-22."
                ),
                url: again!(
                    url,
                    "Please answer with a web address.",
                    "Por favor, responde con una dirección web."
                ),
                location: again!(location, "Please send your location.", "Por favor, envía tu ubicación."),
                file: again!(file, "Please send a file.", "Por favor, envía un archivo."),
                pattern: again!(
                    pattern,
                    "That does not have the right form. Please try again.",
                    "Eso no tiene la forma correcta. Inténtalo de nuevo."
                ),
            },
            cancelled: sentence!(cancelled, "Cancelled.", "Cancelado."),
            no_answer: sentence!(no_answer, "Let us leave it for now.", "Lo dejamos por ahora."),
            login_failed_retry: sentence!(
                login_failed_retry,
                "The login failed. Please try again.",
                "No se ha podido iniciar sesión. Inténtalo de nuevo."
            ),
            login_failed: sentence!(login_failed, "The login failed.", "No se ha podido iniciar sesión."),
            login_paused: sentence!(
                login_paused,
                "There were too many logins. Please try again later.",
                "Ha habido demasiados intentos. Inténtalo más tarde."
            ),
            login_unavailable: sentence!(
                login_unavailable,
                "The login is not available at the moment. Please try again later.",
                "El inicio de sesión no está disponible en este momento. Inténtalo más tarde."
            ),
            prompt_expired: sentence!(
                prompt_expired,
                "The login was not finished in time. Please start again.",
                "El inicio de sesión no se terminó a tiempo. Empieza de nuevo."
            ),
            login_again: sentence!(
                login_again,
                "Your login has ended. Please log in again.",
                "Tu sesión ha terminado. Inicia sesión de nuevo."
            ),
            fresh_login: sentence!(
                fresh_login,
                "To go on with this, please log in once more.",
                "Para continuar, inicia sesión una vez más."
            ),
            login_impossible: sentence!(
                login_impossible,
                "It is not possible to log in here.",
                "Aquí no es posible iniciar sesión."
            ),
            service_failed: sentence!(
                service_failed,
                "Sorry, that did not work.",
                "Lo siento, no ha funcionado."
            ),
            service_unavailable: sentence!(
                service_unavailable,
                "That is not available at the moment. Please try again later.",
                "No está disponible en este momento. Inténtalo más tarde."
            ),
            trouble: sentence!(trouble, "Sorry, something went wrong.", "Lo siento, algo ha ido mal."),
            digits_only: sentence!(
                digits_only,
                "Please answer with digits only.",
                "Por favor, responde solo con cifras."
            ),
            login_page: sentence!(
                login_page,
                "To log in, open this page. Please type nothing secret in this chat.",
                "Para iniciar sesión, abre esta página. No escribas nada secreto en este chat."
            ),
            login_page_open: sentence!(login_page_open, "Log in", "Iniciar sesión"),
            page_digits: sentence!(
                page_digits,
                "Almost done. Now type here the six digits that the page shows.",
                "Ya casi está. Ahora escribe aquí las seis cifras que muestra la página."
            ),
            page_digits_wrong: sentence!(
                page_digits_wrong,
                "Those are not the digits of the page. Please try again.",
                "Esas no son las cifras de la página. Inténtalo de nuevo."
            ),
        }
    }

    fn sentence(&mut self, given: Option<&Spanned<wire::Text>>, at: &At<'_>, en: &str, es: &str) -> Text {
        if let Some(given) = given {
            return self.text(given, at, Scope::public("a message"));
        }
        let variants = self.languages.iter().map(|language| -> Box<[Template]> {
            let text = if is_language(language, "es") { es } else { en };
            Box::new([Template { pieces: Box::new([Piece::Text(text.into())]) }])
        });
        Text { variants: variants.collect() }
    }
}
