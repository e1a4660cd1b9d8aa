use countersign_model::ChannelKind;

/// Why the stand-ins of a demo cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// The address is none.
    #[error("`{0}` is not the address of a demo on this machine")]
    Url(String),
    /// Nobody is there.
    #[error("nothing answers on {0}")]
    Nobody(String),
    /// Somebody else is there.
    #[error("{0} answers, but it is not the address of the stand-ins of a demo")]
    SomebodyElse(String),
    /// The connection ended in the middle.
    #[error("the demo on {0} has stopped")]
    Gone(String),
    /// There is no line for the channel.
    #[error("the demo has no line for {}; it has {known}", .channel.title())]
    NoChannel {
        /// The channel.
        channel: ChannelKind,
        /// All lines.
        known: String,
    },
    /// There is no line of that name for the channel.
    #[error("the demo has no line `{line}` for {}; it has {known}", .channel.title())]
    NoLine {
        /// The name.
        line: String,
        /// The channel.
        channel: ChannelKind,
        /// All lines.
        known: String,
    },
}

impl ConnectError {
    /// What to do.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::Url(_) => format!("write it as the demo prints it, such as `--connect {}`", super::USUAL_URL),
            Self::Nobody(_) | Self::Gone(_) => {
                "start `countersign demo` in another terminal; it prints the address for `--connect`".to_owned()
            }
            Self::SomebodyElse(_) => {
                "the demo prints several addresses; `--connect` takes the one of the stand-ins".to_owned()
            }
            Self::NoChannel { .. } | Self::NoLine { .. } => {
                "`--channel` takes the kind, `--line` one of several, such as `--channel phone --line phone-vonage`"
                    .to_owned()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_to_do() {
        let nobody = ConnectError::Nobody("http://127.0.0.1:8081".to_owned());
        assert_eq!(nobody.to_string(), "nothing answers on http://127.0.0.1:8081");
        assert!(nobody.help().unwrap().contains("countersign demo"));
        let error = ConnectError::NoLine {
            line: "phone-acme".to_owned(),
            channel: ChannelKind::Phone,
            known: "phone-twilio, phone-vonage".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "the demo has no line `phone-acme` for the phone; it has phone-twilio, phone-vonage"
        );
        assert!(error.help().unwrap().contains("--line"));
    }
}
