//! Stand-ins of the providers of channels: they sign webhooks, take what a bot sends, and fail as the real ones do.
