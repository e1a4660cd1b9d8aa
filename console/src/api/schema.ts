// Written by `npm run api` from api/openapi.json. Change that, not this.

export interface paths {
    "/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the server is. */
        get: operations["get_about"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deletes the account with its sessions, its passkeys, and the API keys and invitations that it made.
         * @description Needs a session.
         */
        delete: operations["delete_account"];
        options?: never;
        head?: never;
        /**
         * Changes name, language or colours.
         * @description Needs a session.
         */
        patch: operations["patch_account"];
        trace?: never;
    };
    "/account/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes the e-mail address. All other sessions end.
         * @description Needs a session.
         */
        post: operations["post_account_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Passkeys of the account.
         * @description Needs a session.
         */
        get: operations["get_account_passkeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/passkeys/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins to add a passkey.
         * @description Needs a session.
         */
        post: operations["post_account_passkeys_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/passkeys/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds a passkey.
         * @description Needs a session.
         */
        post: operations["post_account_passkeys_finish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/passkeys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a passkey.
         * @description Needs a session.
         */
        delete: operations["delete_account_passkeys_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes the password. All other sessions end.
         * @description Needs a session.
         */
        post: operations["post_account_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes new recovery codes. Those before are worth nothing any more.
         * @description Needs a session.
         */
        post: operations["post_account_recovery_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions of the account, the latest used first.
         * @description Needs a session.
         */
        get: operations["get_account_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends a session of the account.
         * @description Needs a session.
         */
        delete: operations["delete_account_sessions_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Offers an authenticator app its secret. It counts when it was confirmed.
         * @description Needs a session.
         */
        post: operations["post_account_totp"];
        /**
         * Takes the authenticator app away.
         * @description Needs a session.
         */
        delete: operations["delete_account_totp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirms the authenticator app with its first code. Gives recovery codes, this once.
         * @description Needs a session.
         */
        post: operations["post_account_totp_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where an invitation leads. */
        get: operations["get_invitations_token"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/{token}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accepts an invitation: as a new person with name and password, or as who is signed in without both. */
        post: operations["post_invitations_token_accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/manual/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The manual of a code of the check. */
        get: operations["get_manual_code"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schema/bot-file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema (2020-12) of the bot file. */
        get: operations["get_schema_bot_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in.
         * @description Needs a session.
         */
        get: operations["get_session"];
        put?: never;
        /** Signs in. */
        post: operations["post_session"];
        /**
         * Signs out.
         * @description Needs a session.
         */
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/passkey/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins to sign in by passkey, or to prove who it is. */
        post: operations["post_session_passkey_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/passkey/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in by passkey, or proves who it is. */
        post: operations["post_session_passkey_finish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on with a code of an authenticator app or a recovery code. */
        post: operations["post_session_second_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Proves once more who it is. The session gets a new cookie.
         * @description Needs a session.
         */
        post: operations["post_session_step_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the first administrator is still missing. */
        get: operations["get_setup"];
        put?: never;
        /** Makes the first administrator. */
        post: operations["post_setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a workspace, whose owner is who makes it.
         * @description Needs a session.
         */
        post: operations["post_workspaces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What went on, in buckets of an hour or a day of UTC.
         * @description Needs the permission `analytics.read`.
         */
        get: operations["get_workspaces_workspace_analytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * API keys, without the keys themselves.
         * @description Needs the permission `key.edit`.
         */
        get: operations["get_workspaces_workspace_api_keys"];
        put?: never;
        /**
         * Makes an API key.
         * @description Needs the permission `key.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        post: operations["post_workspaces_workspace_api_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends an API key.
         * @description Needs the permission `key.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        delete: operations["delete_workspaces_workspace_api_keys_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lines of the audit log, newest first.
         * @description Needs the permission `audit.read`.
         */
        get: operations["get_workspaces_workspace_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/audit.jsonl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The whole log, a line of JSON each, oldest first.
         * @description Needs the permission `audit.read`.
         */
        get: operations["get_workspaces_workspace_audit_jsonl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Looks whether a line was changed, removed or moved.
         * @description Needs the permission `audit.read`.
         */
        get: operations["get_workspaces_workspace_audit_verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bots of the workspace.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots"];
        put?: never;
        /**
         * Makes a bot.
         * @description Needs the permission `bot.edit`.
         */
        post: operations["post_workspaces_workspace_bots"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A bot.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots_bot"];
        put?: never;
        post?: never;
        /**
         * Deletes a bot with its draft and its versions. Conversations that run on it go to their end.
         * @description Needs the permission `bot.edit`.
         */
        delete: operations["delete_workspaces_workspace_bots_bot"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/components/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Components of a kind, in the draft.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots_bot_components_kind"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/components/{kind}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A component of the draft.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots_bot_components_kind_id"];
        /**
         * Writes a component into the draft: a new one, or in the place of the one with that id. The rest of the text stays.
         * @description Needs the permission `bot.edit`.
         */
        put: operations["put_workspaces_workspace_bots_bot_components_kind_id"];
        post?: never;
        /**
         * Takes a component out of the draft. The rest of the text stays.
         * @description Needs the permission `bot.edit`.
         */
        delete: operations["delete_workspaces_workspace_bots_bot_components_kind_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/curl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads a curl command as a Web Service. Nothing is sent.
         * @description Needs the permission `bot.read`.
         */
        post: operations["post_workspaces_workspace_bots_bot_curl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How two versions differ, or a version and the draft.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots_bot_diff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The draft.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots_bot_draft"];
        /**
         * Writes the draft. It may have mistakes: what the check finds is told.
         * @description Needs the permission `bot.edit`.
         */
        put: operations["put_workspaces_workspace_bots_bot_draft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts the draft into service. New conversations begin on it at once; those under way end on the version they began on.
         * @description Needs the permission `bot.publish`.
         */
        post: operations["post_workspaces_workspace_bots_bot_publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/roll-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts an earlier version into service again. The draft stays as it is.
         * @description Needs the permission `bot.publish`.
         */
        post: operations["post_workspaces_workspace_bots_bot_roll_back"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/simulations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins a simulation. It lives in memory, for half an hour after it was looked at last.
         * @description Needs the permission `simulate`.
         */
        post: operations["post_workspaces_workspace_bots_bot_simulations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends what a component would send, once, through the same guard that bots are behind, and shows the answer with
         *     every secret masked.
         * @description Needs the permission `try`.
         */
        post: operations["post_workspaces_workspace_bots_bot_try"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Versions that were published, newest first.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots_bot_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/bots/{bot}/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A version with its text.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_bots_bot_versions_number"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/channel-kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Kinds of channel, with what each provider wants to be told.
         * @description Needs the permission `channel.read`.
         */
        get: operations["get_workspaces_workspace_channel_kinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Channels of the configuration file and of the console.
         * @description Needs the permission `channel.read`.
         */
        get: operations["get_workspaces_workspace_channels"];
        put?: never;
        /**
         * Connects a channel, at once.
         * @description Needs the permission `channel.edit`.
         */
        post: operations["post_workspaces_workspace_channels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A channel.
         * @description Needs the permission `channel.read`.
         */
        get: operations["get_workspaces_workspace_channels_id"];
        put?: never;
        post?: never;
        /**
         * Takes a channel away. Conversations stay; what its provider sends is refused from now on.
         * @description Needs the permission `channel.edit`.
         */
        delete: operations["delete_workspaces_workspace_channels_id"];
        options?: never;
        head?: never;
        /**
         * Changes a channel, at once.
         * @description Needs the permission `channel.edit`.
         */
        patch: operations["patch_workspaces_workspace_channels_id"];
        trace?: never;
    };
    "/workspaces/{workspace}/channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks the provider whether it accepts the channel's token. What cannot be asked is told.
         * @description Needs the permission `channel.edit`.
         */
        post: operations["post_workspaces_workspace_channels_id_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Checks a text, and keeps nothing of it.
         * @description Needs the permission `bot.read`.
         */
        post: operations["post_workspaces_workspace_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/constants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Constants of the workspace.
         * @description Needs the permission `bot.read`.
         */
        get: operations["get_workspaces_workspace_constants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/constants/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Sets a constant. Bots in service use it from the next conversation on.
         * @description Needs the permission `constant.edit`.
         */
        put: operations["put_workspaces_workspace_constants_name"];
        post?: never;
        /**
         * Removes a constant that was set in the console. One of the same name in the configuration counts again.
         * @description Needs the permission `constant.edit`.
         */
        delete: operations["delete_workspaces_workspace_constants_name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/contacts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erases a contact: transcript, answers, logins, what waits. Hashes of message ids stay for a month, so that a message
         *     that the provider repeats is not taken for a new one.
         * @description Needs the permission `contact.erase`.
         */
        delete: operations["delete_workspaces_workspace_contacts_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/contacts/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that is kept of a contact, as a file. Secrets are not in it.
         * @description Needs the permission `contact.export`, and a proof within ten minutes of who it is (`step_up`).
         */
        get: operations["get_workspaces_workspace_contacts_id_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Conversations, those that were active lately first.
         * @description Needs the permission `conversation.read`.
         */
        get: operations["get_workspaces_workspace_conversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A conversation.
         * @description Needs the permission `conversation.read`.
         */
        get: operations["get_workspaces_workspace_conversations_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/conversations/{id}/hand-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a conversation back: the bot goes on with the user's next message.
         * @description Needs the permission `conversation.reply`.
         */
        post: operations["post_workspaces_workspace_conversations_id_hand_back"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/conversations/{id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was said in a conversation, oldest first.
         * @description Needs the permission `conversation.read`.
         */
        get: operations["get_workspaces_workspace_conversations_id_lines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/conversations/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says something to the user. `Idempotency-Key` lets a repeated request say it once.
         * @description Needs the permission `conversation.reply`.
         */
        post: operations["post_workspaces_workspace_conversations_id_messages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/conversations/{id}/take-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a conversation over: the bot keeps silent.
         * @description Needs the permission `conversation.reply`.
         */
        post: operations["post_workspaces_workspace_conversations_id_take_over"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deliveries that were given up, newest first.
         * @description Needs the permission `channel.read`.
         */
        get: operations["get_workspaces_workspace_dead_letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a delivery that was given up.
         * @description Needs the permission `channel.edit`.
         */
        delete: operations["delete_workspaces_workspace_dead_letters_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/dead-letters/{id}/again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries a delivery once more that was given up: it waits behind what its conversation has to deliver.
         * @description Needs the permission `channel.edit`.
         */
        post: operations["post_workspaces_workspace_dead_letters_id_again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changes in the workspace, as server-sent events. `Last-Event-ID` goes on where it broke off; `reset` says that
         *     everything has to be read again.
         * @description Needs a place in the workspace.
         */
        get: operations["get_workspaces_workspace_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Invitations that nobody has accepted yet.
         * @description Needs the permission `member.read`.
         */
        get: operations["get_workspaces_workspace_invitations"];
        put?: never;
        /**
         * Invites somebody.
         * @description Needs the permission `member.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        post: operations["post_workspaces_workspace_invitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes an invitation back.
         * @description Needs the permission `member.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        delete: operations["delete_workspaces_workspace_invitations_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/leads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answers to forms, newest first.
         * @description Needs the permission `conversation.read`.
         */
        get: operations["get_workspaces_workspace_leads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/leads.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answers to forms as a table (CSV), newest first, 50,000 at most. A cell that a spreadsheet would take for a formula
         *     begins with `'`.
         * @description Needs the permission `contact.export`, and a proof within ten minutes of who it is (`step_up`).
         */
        get: operations["get_workspaces_workspace_leads_csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Members.
         * @description Needs the permission `member.read`.
         */
        get: operations["get_workspaces_workspace_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/members/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a member out of the workspace. Everybody may leave.
         * @description Needs a place in the workspace.
         */
        delete: operations["delete_workspaces_workspace_members_account"];
        options?: never;
        head?: never;
        /**
         * Gives a member another role.
         * @description Needs the permission `member.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        patch: operations["patch_workspaces_workspace_members_account"];
        trace?: never;
    };
    "/workspaces/{workspace}/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much of the workspace waits. Whether it is held is said for the whole server.
         * @description Needs the permission `channel.read`.
         */
        get: operations["get_workspaces_workspace_outbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/outbox/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Drops all that is held of the workspace. What comes later stays held until it is released.
         * @description Needs the permission `channel.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        post: operations["post_workspaces_workspace_outbox_discard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/outbox/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets what is held go out, of all workspaces: it was held because the server was restored from a backup.
         * @description Needs the permission `channel.edit`.
         */
        post: operations["post_workspaces_workspace_outbox_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Names of the secrets. Nobody can read their values.
         * @description Needs the permission `secret.edit`.
         */
        get: operations["get_workspaces_workspace_secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Sets a secret. Calls use it from now on.
         * @description Needs the permission `secret.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        put: operations["put_workspaces_workspace_secrets_name"];
        post?: never;
        /**
         * Removes a secret that was set in the console. Bots that use it fail from the next start on.
         * @description Needs the permission `secret.edit`, and a proof within ten minutes of who it is (`step_up`).
         */
        delete: operations["delete_workspaces_workspace_secrets_name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/simulations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A simulation as it stands.
         * @description Needs the permission `simulate`.
         */
        get: operations["get_workspaces_workspace_simulations_id"];
        put?: never;
        post?: never;
        /**
         * Ends a simulation.
         * @description Needs the permission `simulate`.
         */
        delete: operations["delete_workspaces_workspace_simulations_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/simulations/{id}/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The user does something, and the bot goes on until it waits.
         * @description Needs the permission `simulate`.
         */
        post: operations["post_workspaces_workspace_simulations_id_input"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is logged in.
         * @description Needs the permission `token.read`.
         */
        get: operations["get_workspaces_workspace_tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/tokens/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends the logins of an Authorization Token, of a bot, or all of the workspace.
         * @description Needs the permission `token.revoke`.
         */
        post: operations["post_workspaces_workspace_tokens_revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspace}/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends a login. The user logs in again when the bot needs it.
         * @description Needs the permission `token.revoke`.
         */
        delete: operations["delete_workspaces_workspace_tokens_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What the server is. */
        About: {
            /** @description With `countersign demo`: what there is to try. */
            demo?: unknown;
            /** @description Under which address the world reaches it. */
            public_url: string;
            /** @description The version of the program. */
            version: string;
        };
        /** @description Who accepts: a new person gives both, and who is signed in neither. */
        AcceptBody: {
            name?: components["schemas"]["Title"];
            password?: components["schemas"]["Secret"];
        };
        /** @description A person. */
        Account: {
            /** @description Whether they may make workspaces. */
            administrator: boolean;
            email: string;
            id: string;
            /** @description `en` or `es`. */
            language: components["schemas"]["Language"];
            name: string;
            /** @description How many passkeys they have. */
            passkeys: number;
            recovery_codes_left: number;
            theme: components["schemas"]["Theme"];
            /** @description Whether they have an authenticator app. */
            totp: boolean;
        };
        /** @description What went on. */
        Analytics: {
            /** @description When each bucket begins, in UTC. The lists below have a number for each. */
            buckets: string[];
            calls: components["schemas"]["CallNumbers"][];
            channels: components["schemas"]["ChannelNumbers"][];
            /** @description Conversations that began. */
            conversations: number[];
            logins: components["schemas"]["LoginNumbers"];
            messages: components["schemas"]["MessageNumbers"];
            steps: components["schemas"]["StepNumbers"][];
        };
        /** @description A key for a program. */
        ApiKey: {
            created_at: string;
            created_by: string;
            /** @description Those of them that it may use now: a key may no more than who made it. */
            effective_scopes: string[];
            expires_at?: string;
            id: string;
            /** @description Addresses and networks from which it may be used; all when empty. */
            ips: string[];
            last_used_at?: string;
            name: string;
            /** @description Permissions: `bot.read`. */
            scopes: string[];
        };
        /** @description A line of the audit log. */
        AuditLine: {
            /** @description What was done: `bot.publish`. */
            action: string;
            /** @description `account/…`, `key/…`, or what of the server itself. */
            actor: string;
            /** @description Whether it was done, or refused. */
            allowed: boolean;
            at: string;
            detail: unknown;
            /** @description SHA-256 over the line before and this one, as hexadecimal digits. */
            hash: string;
            ip?: string;
            /** Format: int64 */
            number: number;
            /** @description To what: `bot/demo-bank`. */
            object: string;
        };
        /** @description A simulation to begin. */
        Begin: {
            /** @description The kind of channel: `whatsapp`. */
            channel: components["schemas"]["Kind"];
            /** @description What the user is called. */
            contact_name?: string;
            /** @description Whether auth services and APIs are really called. Otherwise `stubs` answer. */
            real_calls: boolean;
            /** @description Starts this script at once. */
            script?: string;
            /** @description What services answer, by component. */
            stubs?: {
                [key: string]: components["schemas"]["Stub"];
            };
            /** @description The bot file; its draft when absent. */
            text?: string;
        };
        /** @description With `pending` as second factor, without as sign-in; while signed in it proves once more who it is. */
        BeginPasskey: {
            pending?: components["schemas"]["Secret"];
        };
        /** @description A bot. */
        Bot: {
            /** @description Whether the draft differs from what is in service. */
            changed: boolean;
            channels: components["schemas"]["ChannelName"][];
            draft: components["schemas"]["DraftState"];
            id: string;
            language: string;
            live?: components["schemas"]["LiveVersion"];
            name: string;
            origin: components["schemas"]["Origin"];
            problems: components["schemas"]["Problems"];
            /** @description Whether it logs users in. */
            uses_token: boolean;
        };
        /** @description Calls of a component. */
        CallNumbers: {
            component: string;
            /** Format: int64 */
            count: number;
            /** Format: int64 */
            failed: number;
            /**
             * Format: int32
             * @description Half of them took no longer, in milliseconds.
             */
            p50_ms: number;
            /** Format: int32 */
            p95_ms: number;
        };
        /** @description What a change of a constant did to bots. */
        Changed: {
            /** @description Bots in service that do not fit the constants any more. They go on with the values before. */
            unchanged_bots: string[];
        };
        /** @description A channel. */
        Channel: {
            bot?: string;
            health: components["schemas"]["ChannelHealth"];
            /** @description The address that the provider is to call. */
            hook_url?: string;
            id: string;
            /** @example whatsapp */
            kind: string;
            name: string;
            origin: components["schemas"]["ChannelOrigin"];
            provider: string;
            /** Format: int64 */
            revision: number;
            /** @description Which secrets are set. Nobody can read one. */
            secrets: {
                [key: string]: components["schemas"]["SecretState"];
            };
            /** @description Settings that were given, without secrets. */
            settings: {
                [key: string]: string;
            };
            /** @description The word that Meta asks for beside the address. */
            verify_token?: string;
        };
        /** @description How a delivery failed. */
        ChannelFailure: {
            at: string;
            code?: string;
            message: string;
        };
        /** @description What a provider is told. */
        ChannelField: {
            default?: string;
            form: components["schemas"]["FieldForm"];
            help: string;
            label: string;
            name: string;
            required: boolean;
            /** @description Whether nobody can read it afterwards. */
            secret: boolean;
        };
        /** @description How a channel does, since the server was started. */
        ChannelHealth: {
            /** @description Deliveries that were given up. */
            dead_letters: number;
            last_delivery_at?: string;
            last_failure?: components["schemas"]["ChannelFailure"];
            last_refused_at?: string;
            last_webhook_at?: string;
            refused_why?: string;
            /** @description Conversations with a delivery that waits to be tried again. */
            waiting: number;
        };
        /** @description A kind of channel that can be connected. */
        ChannelKind: {
            /** @example whatsapp */
            kind: string;
            providers: components["schemas"]["ChannelProvider"][];
            title: string;
            /** @description Whether a bot may log users in there. */
            token_login: boolean;
        };
        /** @description A channel as a list of something else names it. */
        ChannelName: {
            id: string;
            /** @example whatsapp */
            kind: string;
            name: string;
        };
        /** @description Messages of a channel. */
        ChannelNumbers: {
            /** Format: int64 */
            failed: number;
            id: string;
            /** Format: int64 */
            in: number;
            /** Format: int64 */
            out: number;
        };
        /**
         * @description Where a channel was connected.
         * @enum {string}
         */
        ChannelOrigin: "console" | "file";
        /** @description Changes of a channel. What is left away stays. */
        ChannelPatch: {
            /** @description The bot that answers; nobody does when it is empty. */
            bot?: string;
            name?: components["schemas"]["Title"];
            /** @description New secrets; an empty one is removed. */
            secrets?: {
                [key: string]: string;
            };
            /** @description All settings. */
            settings?: {
                [key: string]: unknown;
            };
        };
        /** @description A provider of a kind of channel. */
        ChannelProvider: {
            fields: components["schemas"]["ChannelField"][];
            provider: string;
            /** @description How it is connected, as Markdown. */
            steps: string[];
            title: string;
        };
        /** @description What came of a test. */
        ChannelTest: {
            message: string;
            ok: boolean;
        };
        /** @description A text to check. */
        CheckBody: {
            /** @description Kinds of channel that the bot shall run on. */
            channels?: components["schemas"]["Kind"][];
            text: string;
        };
        /** @description What the check found. */
        Checkup: {
            /** @description In the order of the file. */
            diagnostics: components["schemas"]["Diagnostic"][];
            /** @description Whether the bot may run: no finding is an error. */
            ok: boolean;
            /** @description What the bot has; absent when the text cannot be read at all. */
            outline?: components["schemas"]["Outline"];
        };
        /** @description The code that the app shows. */
        CodeBody: {
            code: components["schemas"]["Secret"];
        };
        /** @description A component of a draft. */
        Component: {
            /** @description As in the bot file. */
            definition: {
                [key: string]: unknown;
            };
            id: string;
            /** @description Paths of the steps and components that name it. */
            used_in: string[];
        };
        /** @description A component to write. */
        ComponentBody: {
            /** @description As in the bot file. */
            definition: {
                [key: string]: unknown;
            };
            /** @description A new id: steps that name the old one name the new one. */
            id?: components["schemas"]["Id"];
        };
        /** @description A component and where it is used. */
        ComponentOutline: {
            /** @description Its id. */
            id: string;
            /** @description Paths of the steps and components that name it. */
            used_in: string[];
        };
        /**
         * @description What a component is.
         * @enum {string}
         */
        ComponentToTry: "authorization_token" | "web_service";
        /** @description A constant. */
        Constant: {
            name: string;
            origin: components["schemas"]["SettingOrigin"];
            value: string;
        };
        /** @description A value. */
        ConstantValue: {
            /** @description At most 4,096 bytes. */
            value: string;
        };
        /** @description All that is kept of a contact, without secrets: those nobody can read. */
        ContactExport: {
            address: string;
            channel: string;
            exported_at: string;
            id: string;
            language?: string;
            /** @description Answers to forms. */
            leads: components["schemas"]["ExportedAnswers"][];
            /** @description What was said. A secret is `•••`. */
            lines: components["schemas"]["Line"][];
            /** @description That the contact is logged in; never with what. */
            logins: components["schemas"]["ExportedLogin"][];
            name?: string;
            /** @description What could not be delivered. */
            undelivered: components["schemas"]["ExportedUndelivered"][];
            /** @description Variables of the bot. */
            variables: {
                [key: string]: string;
            };
        };
        /** @description A conversation. */
        Conversation: {
            bot?: string;
            channel: components["schemas"]["ChannelName"];
            contact: components["schemas"]["ConversationContact"];
            /** @description Who took it over in the console. */
            handed_to?: components["schemas"]["HandedTo"];
            id: string;
            /** @description When something was said last; absent when nothing of it is kept any more. */
            last_at?: string;
            last_line?: string;
            logged_in: components["schemas"]["HeldLogin"][];
            /** @description The script that it stands in. */
            script?: string;
            state: components["schemas"]["ConversationState"];
            /** @description The step, by its place in the bot file: `scripts.balance.steps[1]`. */
            step?: string;
            /** @description Deliveries that were given up. */
            undelivered: number;
            /** @description The fingerprint of the version that it runs on. */
            version?: string;
        };
        /** @description Somebody who writes with a bot. */
        ConversationContact: {
            address: string;
            id: string;
            name?: string;
        };
        /**
         * @description How a conversation stands.
         * @enum {string}
         */
        ConversationState: "waiting" | "calling" | "ended" | "handed_over";
        /** @description A new key. It is shown this once. */
        CreatedKey: components["schemas"]["ApiKey"] & {
            key: string;
        };
        /** @description E-mail and password. */
        Credentials: {
            email: string;
            password: components["schemas"]["Secret"];
        };
        /** @description A curl command. */
        CurlBody: {
            command: components["schemas"]["Secret"];
        };
        /** @description A Web Service that was read from a curl command. */
        CurlResult: {
            definition: {
                [key: string]: unknown;
            };
            notes: string[];
        };
        /** @description A delivery that was given up. */
        DeadLetter: {
            /** @description When it was given up. */
            at: string;
            channel: string;
            /** @description The provider's code, to look up in its documentation. */
            code?: string;
            conversation: string;
            id: string;
            /** @description What was to be done: `say`, `erase`, `handover`. */
            what: string;
            /** @description Why, in words. */
            why: string;
        };
        /** @description A finding. */
        Diagnostic: {
            /** @description A stable code: `E0101`. */
            code: string;
            /** @description How to mend it. */
            help?: components["schemas"]["Help"];
            /** @description Places in the text, the first of them where to look. */
            labels: components["schemas"]["Label"][];
            /** @description Where the manual of the code is, below the base of the API. */
            manual: string;
            /** @description What is wrong, in one line. */
            message: string;
            /** @description More to know, a line each. */
            notes: string[];
            /** @description Where in the bot: `scripts.balance.steps[1]`. */
            path: string;
            /** @description How grave it is. */
            severity: components["schemas"]["Severity"];
        };
        /** @description How two texts of a bot differ. */
        Diff: {
            /** @description How many lines are new. */
            added: number;
            hunks: components["schemas"]["Hunk"][];
            /** @description How many are gone. */
            removed: number;
        };
        /** @description A line of a hunk. */
        DiffLine: {
            /** @description ` ` stays, `-` is gone, `+` is new. */
            op: string;
            text: string;
        };
        /** @description A draft: the bot file as its author writes it. */
        Draft: {
            changed_at: string;
            changed_by: string;
            /** Format: int64 */
            revision: number;
            text: string;
        };
        /** @description How the draft stands. */
        DraftState: {
            changed_at: string;
            changed_by: string;
            /** Format: int64 */
            revision: number;
        };
        /** @description A new text of a draft. */
        DraftText: {
            text: string;
        };
        /** @description An edit of the text. */
        Edit: {
            /** @description Behind the last. */
            end: components["schemas"]["Pos"];
            /** @description The first character that is replaced. */
            start: components["schemas"]["Pos"];
            /** @description What comes there. */
            text: string;
        };
        /** @description An e-mail address, such as `ada@example.com`. */
        Email: string;
        /** @description An e-mail address to sign in with from now on. */
        EmailBody: {
            email: components["schemas"]["Email"];
        };
        ExportedAnswers: {
            answers: {
                [key: string]: string;
            };
            at: string;
            form: string;
        };
        ExportedLogin: {
            bot: string;
            component: string;
            expires_at: string;
            logged_in_at: string;
        };
        ExportedUndelivered: {
            at: string;
            code?: string;
        };
        /**
         * @description What belongs into a field.
         * @enum {string}
         */
        FieldForm: "text" | "flag" | "table";
        /** @description What is wrong with one field of what was sent. */
        FieldProblem: {
            /** @description A stable code: `missing`, `unknown`, `wrong_type`, `too_short`, …. */
            code: string;
            /** @description What is wrong and what belongs there, for people. */
            message: string;
            /**
             * @description A JSON pointer (RFC 6901) to the field.
             * @example /email
             */
            pointer: string;
        };
        /** @description What the browser has signed. */
        FinishPasskey: {
            challenge_id: string;
            /** @description `toJSON()` of the credential. */
            credential: unknown;
        };
        /** @description Who has a conversation in place of the bot. */
        HandedTo: {
            account: string;
            name: string;
        };
        /** @description That somebody is logged in. */
        HeldLogin: {
            component: string;
            expires_at: string;
        };
        /** @description How to mend a finding. */
        Help: {
            /** @description Make all of these to mend it; absent when a person has to decide. */
            edits?: components["schemas"]["Edit"][];
            /** @description In words. */
            text: string;
        };
        /** @description Lines that differ, with some around them. */
        Hunk: {
            /** @description The number of its first line on the old side, from 1. */
            from_line: number;
            lines: components["schemas"]["DiffLine"][];
            /** @description The same on the new side. */
            to_line: number;
        };
        /** @description Letters, digits, `-` and `_`. */
        Id: string;
        /** @description An invitation that nobody has accepted yet. */
        Invitation: {
            email: string;
            expires_at: string;
            id: string;
            invited_by: string;
            role: components["schemas"]["Role"];
        };
        /** @description Where an invitation leads. */
        InvitationView: {
            email: string;
            /** @description Whether there is an account with that address: then sign in first and accept without a name and a password. */
            has_account: boolean;
            role: components["schemas"]["Role"];
            workspace_name: string;
        };
        /** @description Whom to invite. */
        Invite: {
            email: components["schemas"]["Email"];
            role: components["schemas"]["Role"];
        };
        /** @description A new invitation. The link is shown this once; send it to the person. */
        Invited: components["schemas"]["Invitation"] & {
            link: string;
        };
        /** @description Letters from `a` to `z`, digits, `-` and `_`. */
        Key: string;
        /**
         * @description A kind of channel.
         * @enum {string}
         */
        Kind: "whatsapp" | "messenger" | "instagram" | "telegram" | "sms" | "phone" | "slack" | "line" | "viber" | "web" | "mobile" | "desktop";
        /** @description A place in the text. */
        Label: {
            /** @description Behind the last. */
            end: components["schemas"]["Pos"];
            /** @description The first character. */
            start: components["schemas"]["Pos"];
            /** @description What is to be seen there. */
            text?: string;
        };
        /**
         * @description A language of the console.
         * @enum {string}
         */
        Language: "en" | "es";
        /** @description Answers to a form. */
        Lead: {
            /** @description Answers by the variables that they are saved in. */
            answers: {
                [key: string]: string;
            };
            at: string;
            conversation: string;
            form: string;
        };
        /** @description A line of a conversation. */
        Line: {
            /** @description The name of the person who said it. */
            agent?: string;
            at: string;
            /** @description The labels of buttons. */
            choices?: string[];
            /** @description How far it came, where that is known. */
            delivery?: components["schemas"]["LineDelivery"];
            from: components["schemas"]["LineFrom"];
            /** @description `text`, `secret`, `options`, `media`, `location`, `link`, `card`, `page`, `handover`, `hung_up`, `taken_over`, `handed_back`. */
            kind: string;
            /**
             * Format: int64
             * @description Its number from the beginning of the conversation, from 0.
             */
            n: number;
            /** @description What was said; a secret is `•••`. */
            text: string;
        };
        /**
         * @description How far a line came.
         * @enum {string}
         */
        LineDelivery: "failed";
        /**
         * @description Who said a line.
         * @enum {string}
         */
        LineFrom: "user" | "bot" | "agent" | "note";
        /** @description Lines of a conversation. */
        Lines: {
            lines: components["schemas"]["Line"][];
            /**
             * Format: int64
             * @description Where it goes on; absent at the end.
             */
            next?: number;
        };
        /** @description A part of a list. */
        List_ApiKey: {
            /** @description What is in it. */
            items: {
                created_at: string;
                created_by: string;
                /** @description Those of them that it may use now: a key may no more than who made it. */
                effective_scopes: string[];
                expires_at?: string;
                id: string;
                /** @description Addresses and networks from which it may be used; all when empty. */
                ips: string[];
                last_used_at?: string;
                name: string;
                /** @description Permissions: `bot.read`. */
                scopes: string[];
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_AuditLine: {
            /** @description What is in it. */
            items: {
                /** @description What was done: `bot.publish`. */
                action: string;
                /** @description `account/…`, `key/…`, or what of the server itself. */
                actor: string;
                /** @description Whether it was done, or refused. */
                allowed: boolean;
                at: string;
                detail: unknown;
                /** @description SHA-256 over the line before and this one, as hexadecimal digits. */
                hash: string;
                ip?: string;
                /** Format: int64 */
                number: number;
                /** @description To what: `bot/demo-bank`. */
                object: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Bot: {
            /** @description What is in it. */
            items: {
                /** @description Whether the draft differs from what is in service. */
                changed: boolean;
                channels: components["schemas"]["ChannelName"][];
                draft: components["schemas"]["DraftState"];
                id: string;
                language: string;
                live?: components["schemas"]["LiveVersion"];
                name: string;
                origin: components["schemas"]["Origin"];
                problems: components["schemas"]["Problems"];
                /** @description Whether it logs users in. */
                uses_token: boolean;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Channel: {
            /** @description What is in it. */
            items: {
                bot?: string;
                health: components["schemas"]["ChannelHealth"];
                /** @description The address that the provider is to call. */
                hook_url?: string;
                id: string;
                /** @example whatsapp */
                kind: string;
                name: string;
                origin: components["schemas"]["ChannelOrigin"];
                provider: string;
                /** Format: int64 */
                revision: number;
                /** @description Which secrets are set. Nobody can read one. */
                secrets: {
                    [key: string]: components["schemas"]["SecretState"];
                };
                /** @description Settings that were given, without secrets. */
                settings: {
                    [key: string]: string;
                };
                /** @description The word that Meta asks for beside the address. */
                verify_token?: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_ChannelKind: {
            /** @description What is in it. */
            items: {
                /** @example whatsapp */
                kind: string;
                providers: components["schemas"]["ChannelProvider"][];
                title: string;
                /** @description Whether a bot may log users in there. */
                token_login: boolean;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Component: {
            /** @description What is in it. */
            items: {
                /** @description As in the bot file. */
                definition: {
                    [key: string]: unknown;
                };
                id: string;
                /** @description Paths of the steps and components that name it. */
                used_in: string[];
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Constant: {
            /** @description What is in it. */
            items: {
                name: string;
                origin: components["schemas"]["SettingOrigin"];
                value: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Conversation: {
            /** @description What is in it. */
            items: {
                bot?: string;
                channel: components["schemas"]["ChannelName"];
                contact: components["schemas"]["ConversationContact"];
                /** @description Who took it over in the console. */
                handed_to?: components["schemas"]["HandedTo"];
                id: string;
                /** @description When something was said last; absent when nothing of it is kept any more. */
                last_at?: string;
                last_line?: string;
                logged_in: components["schemas"]["HeldLogin"][];
                /** @description The script that it stands in. */
                script?: string;
                state: components["schemas"]["ConversationState"];
                /** @description The step, by its place in the bot file: `scripts.balance.steps[1]`. */
                step?: string;
                /** @description Deliveries that were given up. */
                undelivered: number;
                /** @description The fingerprint of the version that it runs on. */
                version?: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_DeadLetter: {
            /** @description What is in it. */
            items: {
                /** @description When it was given up. */
                at: string;
                channel: string;
                /** @description The provider's code, to look up in its documentation. */
                code?: string;
                conversation: string;
                id: string;
                /** @description What was to be done: `say`, `erase`, `handover`. */
                what: string;
                /** @description Why, in words. */
                why: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Invitation: {
            /** @description What is in it. */
            items: {
                email: string;
                expires_at: string;
                id: string;
                invited_by: string;
                role: components["schemas"]["Role"];
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Lead: {
            /** @description What is in it. */
            items: {
                /** @description Answers by the variables that they are saved in. */
                answers: {
                    [key: string]: string;
                };
                at: string;
                conversation: string;
                form: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Member: {
            /** @description What is in it. */
            items: {
                account: string;
                email: string;
                last_seen?: string;
                name: string;
                role: components["schemas"]["Role"];
                since: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Passkey: {
            /** @description What is in it. */
            items: {
                created_at: string;
                id: string;
                last_used_at?: string;
                name: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_SecretName: {
            /** @description What is in it. */
            items: {
                name: string;
                origin: components["schemas"]["SettingOrigin"];
                set_at?: string;
                set_by?: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_SessionSummary: {
            /** @description What is in it. */
            items: {
                created_at: string;
                /** @description Whether it is the one that asks. */
                current: boolean;
                id: string;
                ip?: string;
                last_used_at: string;
                user_agent: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Token: {
            /** @description What is in it. */
            items: {
                bot: string;
                /** @description The channel, as people call it. */
                channel: string;
                component: string;
                /** @description The contact's name, or their address; of that only the end shows without `conversation.read`. */
                contact: string;
                conversation: string;
                expires_at: string;
                id: string;
                logged_in_at: string;
                /** @description Whether it is renewed without asking the user. */
                renewable: boolean;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description A part of a list. */
        List_Version: {
            /** @description What is in it. */
            items: {
                /** @description Whether it is in service. */
                live: boolean;
                note: string;
                /** Format: int64 */
                number: number;
                published_at: string;
                published_by: string;
                /** @description The fingerprint of what runs. */
                version: string;
            }[];
            /** @description Where the next part begins; absent in the last part. */
            next?: string;
        };
        /** @description The version in service. */
        LiveVersion: {
            note: string;
            /** Format: int64 */
            number: number;
            published_at: string;
            published_by: string;
            /** @description The fingerprint of what runs. */
            version: string;
        };
        LoginNumbers: {
            lapsed: number[];
            ok: number[];
            refused: number[];
            unavailable: number[];
        };
        /** @description A page of the manual of the check. */
        ManualPage: {
            code: string;
            text: string;
            title: string;
        };
        /** @description Somebody in the workspace. */
        Member: {
            account: string;
            email: string;
            last_seen?: string;
            name: string;
            role: components["schemas"]["Role"];
            since: string;
        };
        /** @description What somebody is in a workspace. */
        Membership: {
            id: string;
            name: string;
            permissions: string[];
            role: components["schemas"]["Role"];
        };
        /** @description Something to say to the user. */
        Message: {
            text: string;
        };
        MessageNumbers: {
            in: number[];
            out: number[];
        };
        /** @description A new bot: from a text, or from a template. */
        NewBot: {
            /** @description Letters, digits, `-` and `_`. It cannot be changed later. */
            id: components["schemas"]["Id"];
            name: components["schemas"]["Title"];
            template?: components["schemas"]["Template"];
            /** @description A bot file. */
            text?: string;
        };
        /** @description A new channel. */
        NewChannel: {
            /** @description The bot that answers. It has to be published. */
            bot?: string;
            kind: components["schemas"]["Kind"];
            name: components["schemas"]["Title"];
            provider: string;
            /** @description By the names of the provider's secret fields. */
            secrets?: {
                [key: string]: string;
            };
            /** @description By the names of the provider's fields. */
            settings?: {
                [key: string]: unknown;
            };
        };
        /** @description What a new key may do. */
        NewKey: {
            /** Format: date-time */
            expires_at?: string;
            /** @description Addresses, or networks such as `192.0.2.0/24`. */
            ips?: string[];
            name: components["schemas"]["Title"];
            /** @description Permissions: `bot.read`. */
            scopes: components["schemas"]["Scope"][];
        };
        /** @description A new passkey. The first second factor of an account comes with recovery codes, which are shown this once. */
        NewPasskey: components["schemas"]["Passkey"] & {
            recovery_codes: string[];
        };
        /** @description A new workspace. */
        NewWorkspace: {
            /** @description `a` to `z`, digits and `-`, a letter first. It cannot be changed later. */
            id: string;
            name: components["schemas"]["Title"];
        };
        /** @description Words about a new version. */
        Note: {
            note?: string;
        };
        /**
         * @description Where a bot began.
         * @enum {string}
         */
        Origin: "console" | "file";
        /** @description What waits to be delivered. */
        Outbox: {
            /** @description Deliveries that are held until somebody releases them. */
            held: number;
            /** @description Deliveries that have not been made, those that are held among them. */
            waiting: number;
        };
        /** @description What a bot has. */
        Outline: {
            /** @description Authorization Tokens. */
            authorization_tokens: components["schemas"]["ComponentOutline"][];
            /** @description Forms. */
            forms: components["schemas"]["ComponentOutline"][];
            /** @description Scripts in the order of the file. */
            scripts: components["schemas"]["ScriptOutline"][];
            /** @description Variables that get a value somewhere. */
            variables: string[];
            /** @description Web Services. */
            web_services: components["schemas"]["ComponentOutline"][];
        };
        /** @description A passkey. */
        Passkey: {
            created_at: string;
            id: string;
            last_used_at?: string;
            name: string;
        };
        /** @description What the browser shall sign. */
        PasskeyChallenge: {
            challenge_id: string;
            /** @description Options of WebAuthn as JSON, for `PublicKeyCredential.parseRequestOptionsFromJSON` and its like. */
            options: unknown;
        };
        /** @description How the passkey shall be called. */
        PasskeyName: {
            name: components["schemas"]["Title"];
        };
        /** @description The password as it is and as it is to be. */
        PasswordBody: {
            current: components["schemas"]["Secret"];
            new: components["schemas"]["Secret"];
        };
        /** @description A place in the text, counted as JavaScript counts. */
        Pos: {
            /** @description The column, from 1, in UTF-16 units. */
            column: number;
            /** @description The line, from 1. */
            line: number;
            /** @description From the beginning of the text, from 0, in UTF-16 units. */
            offset: number;
        };
        /** @description A problem as it is sent (RFC 9457). */
        Problem: {
            /** @description With `check_failed`: what the check found. */
            checkup?: unknown;
            /**
             * @description A stable code.
             * @example not_found
             */
            code: string;
            /** @description With `stale`: what is there now. */
            current?: unknown;
            /** @description What went wrong this time, for people. */
            detail: string;
            /** @description What is wrong with which field. */
            errors?: components["schemas"]["FieldProblem"][];
            /** @description What to do about it. */
            hint?: string;
            /**
             * Format: int32
             * @description The status of the answer.
             * @example 404
             */
            status: number;
            /** @description What kind of problem it is, for people. */
            title: string;
            /**
             * @description Names the kind of problem.
             * @example urn:countersign:problem:not_found
             */
            type: string;
        };
        /** @description How many findings there are. */
        Problems: {
            /** @description With these it cannot run. */
            errors: number;
            /** @description With these it runs. */
            warnings: number;
        };
        /** @description What is left out stays. */
        ProfileBody: {
            language?: components["schemas"]["Language"];
            name?: components["schemas"]["Title"];
            theme?: components["schemas"]["Theme"];
        };
        /** @description Each can be used once, in the place of a second factor. They are shown this once. */
        RecoveryCodes: {
            recovery_codes: string[];
        };
        /** @description The number of a revision, such as `"3"`. */
        Revision: string;
        /** @description How many logins were ended. */
        Revoked: {
            revoked: number;
        };
        /**
         * @description A role in a workspace.
         * @enum {string}
         */
        Role: "owner" | "admin" | "editor" | "credential_manager" | "agent" | "viewer" | "auditor";
        /** @description A role. */
        RoleBody: {
            role: components["schemas"]["Role"];
        };
        /** @description Which version shall be in service again. */
        RollBack: {
            note?: string;
            /** Format: int64 */
            number: number;
        };
        /** @description That something was said. */
        Said: {
            /**
             * Format: int64
             * @description The number of its line.
             */
            n: number;
        };
        /**
         * @description What a key may do: a permission that is not for people only.
         * @enum {string}
         */
        Scope: "bot.read" | "bot.edit" | "bot.publish" | "credential.edit" | "try" | "simulate" | "channel.read" | "channel.edit" | "conversation.read" | "conversation.reply" | "contact.export" | "contact.erase" | "token.read" | "token.revoke" | "analytics.read" | "member.read" | "secret.edit" | "constant.edit" | "audit.read";
        /** @description A script. */
        ScriptOutline: {
            /** @description Its id. */
            id: string;
            /** @description Its steps. */
            steps: components["schemas"]["StepOutline"][];
        };
        /** @description A code of an authenticator app, or a recovery code. */
        SecondFactor: {
            code: components["schemas"]["Secret"];
            pending: components["schemas"]["Secret"];
        };
        /** @description A second factor is needed. */
        SecondFactorNeeded: {
            /** @description Goes along with the second factor. */
            pending: string;
            /** @description `totp`, `passkey`, `recovery`. */
            second_factor: string[];
        };
        /** Format: password */
        Secret: string;
        /** @description A secret, without its value. */
        SecretName: {
            name: string;
            origin: components["schemas"]["SettingOrigin"];
            set_at?: string;
            set_by?: string;
        };
        /** @description Whether a secret is set. */
        SecretState: {
            set: boolean;
        };
        /** @description A value. */
        SecretValue: {
            /**
             * Format: password
             * @description 1 to 8,192 bytes.
             */
            value: string;
        };
        /** @description Who is signed in. */
        Session: {
            account: components["schemas"]["Account"];
            /** @description What writes send along as `x-csrf-token`. */
            csrf: string;
            /** @description The session ends then. */
            ends_at: string;
            /** @description The session ends then if nothing comes before. */
            idle_ends_at: string;
            /** @description Until then no further proof of who they are is needed. */
            stepped_up_until?: string;
            /** @description Where they are a member. */
            workspaces: components["schemas"]["Membership"][];
        };
        /** @description A session of the account. */
        SessionSummary: {
            created_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            id: string;
            ip?: string;
            last_used_at: string;
            user_agent: string;
        };
        /** @description The first administrator. */
        SetUp: {
            email: components["schemas"]["Email"];
            name: components["schemas"]["Title"];
            /** @description At least 15 characters, or 8 with a second factor. */
            password: components["schemas"]["Secret"];
            /** @description The token that was printed when the server was started. */
            token: components["schemas"]["Secret"];
        };
        /**
         * @description Where something was set.
         * @enum {string}
         */
        SettingOrigin: "console" | "file";
        /** @description Whether the first administrator is still missing. */
        SetupState: {
            needed: boolean;
        };
        /**
         * @description How grave a finding is.
         * @enum {string}
         */
        Severity: "error" | "warning";
        /** @description What signing in gives. */
        SignInAnswer: components["schemas"]["Session"] | components["schemas"]["SecondFactorNeeded"];
        /** @description A simulation as it stands. */
        Simulation: {
            calls: components["schemas"]["SimulationCall"][];
            channel: string;
            /** @description Why it has ended, if it has: `finished`, `failed`, …. */
            ended?: string;
            expect: components["schemas"]["SimulationExpect"];
            id: string;
            lines: components["schemas"]["SimulationLine"][];
            /** @description What is amiss, for the author. */
            notes: string[];
            now: string;
            /** @description The login page that stands open, or shows its digits. */
            page?: components["schemas"]["SimulationPage"];
            path: components["schemas"]["SimulationStep"][];
            tokens: components["schemas"]["SimulationToken"][];
            variables: components["schemas"]["SimulationVariable"][];
        };
        /** @description A button or a row of a list. */
        SimulationButton: {
            index: number;
            label: string;
        };
        /** @description A call, without what was in it. */
        SimulationCall: {
            /** Format: int32 */
            attempt: number;
            component: string;
            /** @description `login`, `refresh` or `service`. */
            kind: string;
            method: string;
            /** @description In words. */
            outcome: string;
            /** Format: int32 */
            status?: number;
            /** Format: int64 */
            took_ms?: number;
            /** @description As it is written in the bot. */
            url: string;
        };
        /** @description How a keypad takes the answer. */
        SimulationDigits: {
            /**
             * Format: int32
             * @description In seconds.
             */
            between_timeout: number;
            finish_key?: string;
            /**
             * Format: int32
             * @description In seconds.
             */
            first_timeout: number;
            /** Format: int32 */
            max: number;
            /** Format: int32 */
            min: number;
        };
        /** @description What the bot waits for. */
        SimulationExpect: {
            digits?: components["schemas"]["SimulationDigits"];
            /** @description `text`, `choice`, `digits`, `location`, `file`, `time` or `nothing`. */
            kind: string;
            secret: boolean;
            /** @description With `time`: when it goes on by itself. */
            until?: string;
        };
        /** @description A file that the user sends. */
        SimulationFile: {
            /** @description The words that go with it. */
            caption?: string;
            /** @description `image`, `audio`, `video` or `document`. */
            kind: string;
            /** @description Where it lies. */
            url: string;
        };
        /** @description What the user does: one of these. */
        SimulationInput: {
            /** @description Takes a choice, counted from 0. */
            choice?: number;
            /** @description Presses keys. */
            digits?: components["schemas"]["Secret"];
            /** @description Sends a file. */
            file?: components["schemas"]["SimulationFile"];
            /** @description Hangs up. */
            hang_up?: boolean;
            /** @description Sends a place. */
            location?: components["schemas"]["SimulationLocation"];
            /** @description Posts the login page that stands open, question by question. */
            page?: components["schemas"]["Secret"][];
            /** @description Says nothing until the bot's patience ends. */
            silence?: boolean;
            /** @description Writes or says something. */
            text?: components["schemas"]["Secret"];
            /**
             * Format: int64
             * @description Lets time pass, in seconds.
             */
            wait_seconds?: number;
        };
        /** @description A line of it. What the user typed as a secret is `•••`. */
        SimulationLine: {
            at: string;
            buttons?: components["schemas"]["SimulationButton"][];
            /** @description `user`, `bot` or `note`. */
            from: string;
            link?: components["schemas"]["SimulationLink"];
            media?: components["schemas"]["SimulationMedia"];
            n: number;
            /** @description Whether it is spoken and not shown. */
            spoken: boolean;
            text: string;
        };
        /** @description A link with words of its own. */
        SimulationLink: {
            label: string;
            url: string;
        };
        /** @description A place, in degrees north and east. */
        SimulationLocation: {
            latitude: string;
            longitude: string;
        };
        /** @description A picture, a recording, a video or a file. */
        SimulationMedia: {
            caption?: string;
            kind: string;
            url: string;
        };
        /** @description A login page, as the user's browser would show it. */
        SimulationPage: {
            /** @description The digits to type in the chat. */
            digits?: string;
            /** @description What it asks; nothing when it shows its digits. */
            questions: components["schemas"]["SimulationPageQuestion"][];
            /** @description Whether the login was refused with what was posted before. */
            refused: boolean;
        };
        /** @description A question of a login page. */
        SimulationPageQuestion: {
            problem?: string;
            question: string;
            secret: boolean;
        };
        /** @description A step that it came to. */
        SimulationStep: {
            at: string;
            script: string;
            /** @description Where it stands in the bot file: `scripts.balance.steps[1]`. */
            step: string;
        };
        /** @description A token that the user holds: that it is there, never what it is. */
        SimulationToken: {
            component: string;
            expires_at: string;
        };
        /** @description A variable. */
        SimulationVariable: {
            name: string;
            value: string;
        };
        /** @description How many reached a step, and at how many of these the user went silent. */
        StepNumbers: {
            /** Format: int64 */
            left: number;
            /** Format: int64 */
            reached: number;
            script: string;
            /** @description Its place in the bot file. */
            step: string;
        };
        /** @description A step. */
        StepOutline: {
            /** @description Its id, when it has one. */
            id?: string;
            /** @description What kind it is: `auth_token`. */
            kind: string;
            /** @description Where it is: `scripts.balance.steps[1]`. */
            path: string;
        };
        /** @description One of both. */
        StepUpBody: {
            code?: components["schemas"]["Secret"];
            password?: components["schemas"]["Secret"];
        };
        /** @description What a service answers. */
        Stub: {
            /** @description The body. */
            body?: string;
            /**
             * Format: int32
             * @description The status.
             */
            status: number;
        };
        /**
         * @description What a new bot begins with.
         * @enum {string}
         */
        Template: "blank" | "login";
        /**
         * @description Colours of the console.
         * @enum {string}
         */
        Theme: "system" | "light" | "dark";
        /** @description One line of text that is not blank. */
        Title: string;
        /** @description That somebody is logged in. */
        Token: {
            bot: string;
            /** @description The channel, as people call it. */
            channel: string;
            component: string;
            /** @description The contact's name, or their address; of that only the end shows without `conversation.read`. */
            contact: string;
            conversation: string;
            expires_at: string;
            id: string;
            logged_in_at: string;
            /** @description Whether it is renewed without asking the user. */
            renewable: boolean;
        };
        /** @description Whether the token was found. */
        TokenFinding: {
            found: boolean;
            message?: string;
            path?: string;
            suggestions: string[];
        };
        /** @description How long a token may live, and who says so. */
        TokenLife: {
            /** @description `ttl`, `expires_in` or `jwt`. */
            from: string;
            path?: string;
            /** Format: int64 */
            seconds: number;
        };
        /** @description What an authenticator app takes. */
        TotpOffer: {
            /** @description To scan, as SVG. */
            qr_svg: string;
            /** @description To type in by hand. */
            secret: string;
            /** @description `otpauth://…`. */
            uri: string;
        };
        /** @description A value of an answer in JSON. */
        Tree: {
            children?: components["schemas"]["Tree"][];
            key?: string;
            /** @description `object`, `array`, `string`, `number`, `boolean` or `null`. */
            kind: string;
            length?: number;
            /** @description `token`, `jwt`, `expiry` or `refresh`. */
            looks_like?: string;
            /** @description As `token_path` and `save` take it. */
            path: string;
            /** @description The value, or `••••••`. */
            shown?: string;
        };
        /** @description A request, with `•••` for what is secret. */
        TriedRequest: {
            body?: string;
            headers: string[][];
            method: string;
            url: string;
        };
        /** @description An answer. */
        TriedResponse: {
            headers: string[][];
            /** Format: int32 */
            status: number;
            text?: string;
            /** Format: int64 */
            took_ms: number;
            tree?: components["schemas"]["Tree"];
        };
        /** @description A component to try. */
        TryBody: {
            /** @description Answers to its questions, in order. */
            answers?: components["schemas"]["Secret"][];
            /** @description As it stands in a bot file. */
            definition: {
                [key: string]: unknown;
            };
            /** @description What it is. */
            kind: components["schemas"]["ComponentToTry"];
            /** @description Answers to the logins that it needs, by component. */
            login_answers?: {
                [key: string]: components["schemas"]["Secret"][];
            };
            /** @description The bot file around it; its draft when absent. */
            text?: string;
            /** @description Values of variables that stand in it. */
            variables?: {
                [key: string]: string;
            };
        };
        /** @description Why there is not more. */
        TryProblem: {
            code: string;
            hint?: string;
            message: string;
        };
        /** @description What came of a trial. Nothing in it is a secret. */
        TryResult: {
            notes: string[];
            problem?: components["schemas"]["TryProblem"];
            request?: components["schemas"]["TriedRequest"];
            response?: components["schemas"]["TriedResponse"];
            saved: {
                [key: string]: string | null;
            };
            token?: components["schemas"]["TokenFinding"];
            ttl: components["schemas"]["TokenLife"][];
        };
        /** @description Whether the log is whole. */
        Verified: {
            /**
             * Format: int64
             * @description The first line that is not what it was.
             */
            broken_at?: number;
            /**
             * Format: int64
             * @description How many lines were looked at.
             */
            lines: number;
            ok: boolean;
        };
        /** @description A version that was published. */
        Version: {
            /** @description Whether it is in service. */
            live: boolean;
            note: string;
            /** Format: int64 */
            number: number;
            published_at: string;
            published_by: string;
            /** @description The fingerprint of what runs. */
            version: string;
        };
        /** @description A version with its text. */
        VersionText: components["schemas"]["Version"] & {
            text: string;
        };
        /** @description Which logins to end. All that is given must hold. */
        Which: {
            /** @description All of the workspace. */
            all?: boolean;
            bot?: components["schemas"]["Id"];
            component?: components["schemas"]["Id"];
        };
        /** @description A workspace. */
        Workspace: {
            created_at: string;
            id: string;
            name: string;
        };
        /** @description The draft after a change of a component, and what the check found in it. */
        WrittenComponent: {
            checkup: components["schemas"]["Checkup"];
            draft: components["schemas"]["Draft"];
        };
        /** @description A draft that was written, and what the check found in it. */
        WrittenDraft: {
            changed_at: string;
            changed_by: string;
            checkup: components["schemas"]["Checkup"];
            /** Format: int64 */
            revision: number;
        };
    };
    responses: {
        /** @description What was sent is no JSON. */
        Status400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nobody is signed in, or the proof of who it is was wrong. */
        Status401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not allowed to this one, or not from a page of this console. */
        Status403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing here. */
        Status404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description As things stand it cannot be done: it was changed since, the name is taken, or it is in use. */
        Status409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is over, or was used already. */
        Status410: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description More than 1 MiB. */
        Status413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not `application/json`. */
        Status415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something that was sent is not what belongs there. */
        Status422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The header `If-Match` is missing. */
        Status428: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests: `Retry-After` says when to try again. */
        Status429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The server cannot do it at the moment. */
        Status503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_about: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_account: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    patch_account: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_account_email: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_account_passkeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Passkey"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_account_passkeys_begin: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyName"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyChallenge"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_account_passkeys_finish: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FinishPasskey"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewPasskey"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            410: components["responses"]["Status410"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_account_passkeys_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_account_password: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_account_recovery_codes: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_account_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_SessionSummary"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_account_sessions_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_account_totp: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpOffer"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_account_totp: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_account_totp_confirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            410: components["responses"]["Status410"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_invitations_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationView"];
                };
            };
            404: components["responses"]["Status404"];
            410: components["responses"]["Status410"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_invitations_token_accept: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            410: components["responses"]["Status410"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_manual_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example E0101 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManualPage"];
                };
            };
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_schema_bot_file: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInAnswer"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_session: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_session_passkey_begin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginPasskey"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyChallenge"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            410: components["responses"]["Status410"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_session_passkey_finish: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FinishPasskey"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            410: components["responses"]["Status410"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_session_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactor"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            410: components["responses"]["Status410"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_session_step_up: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StepUpBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupState"];
                };
            };
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUp"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Status400"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            410: components["responses"]["Status410"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWorkspace"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_analytics: {
        parameters: {
            query: {
                /**
                 * @description From the hour or day of this time on.
                 * @example 2027-01-01T00:00:00Z
                 */
                from: string;
                /**
                 * @description To this time; what began before it counts whole.
                 * @example 2027-01-31T00:00:00Z
                 */
                to: string;
                bucket?: "hour" | "day";
                /** @description Those of this bot. */
                bot?: string;
                /** @description Those of this channel. */
                channel?: string;
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Analytics"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_api_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ApiKey"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_api_keys: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_api_keys_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_audit: {
        parameters: {
            query?: {
                /** @description Lines before this number; `next` of the part before. */
                before?: number;
                cursor?: string;
                /** @description How many at most; 50 when not given. */
                limit?: number;
                /** @description Lines of one actor. */
                actor?: string;
                /** @description Lines of one action, or of all that begin so: `bot.`. */
                action?: string;
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_AuditLine"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_audit_jsonl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_audit_verify: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verified"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots: {
        parameters: {
            query?: {
                /** @description `next` of the part before. */
                cursor?: string;
                /** @description How many at most, from 1 to 200; 50 when not given. */
                limit?: number;
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Bot"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_bots: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBot"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bot"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots_bot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bot"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_bots_bot: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots_bot_components_kind: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                bot: string;
                /**
                 * @description `authorization-tokens`, `web-services` or `forms`
                 * @example authorization-tokens
                 */
                kind: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Component"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots_bot_components_kind_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                bot: string;
                kind: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Component"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    put_workspaces_workspace_bots_bot_components_kind_id: {
        parameters: {
            query?: never;
            header: {
                /** @description The revision of the draft that was read. */
                "If-Match": components["schemas"]["Revision"];
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
                kind: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ComponentBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenComponent"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            428: components["responses"]["Status428"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_bots_bot_components_kind_id: {
        parameters: {
            query?: never;
            header: {
                /** @description The revision of the draft that was read. */
                "If-Match": components["schemas"]["Revision"];
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
                kind: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenComponent"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            422: components["responses"]["Status422"];
            428: components["responses"]["Status428"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_bots_bot_curl: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CurlBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurlResult"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots_bot_diff: {
        parameters: {
            query: {
                /**
                 * @description `draft`, `live`, or the number of a version.
                 * @example live
                 */
                from: string;
                /**
                 * @description The same.
                 * @example draft
                 */
                to: string;
            };
            header?: never;
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diff"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots_bot_draft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    put_workspaces_workspace_bots_bot_draft: {
        parameters: {
            query?: never;
            header: {
                /** @description The revision that was read. */
                "If-Match": components["schemas"]["Revision"];
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DraftText"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenDraft"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            428: components["responses"]["Status428"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_bots_bot_publish: {
        parameters: {
            query?: never;
            header: {
                /** @description The revision of the draft that was read. */
                "If-Match": components["schemas"]["Revision"];
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Note"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bot"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            428: components["responses"]["Status428"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_bots_bot_roll_back: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBack"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bot"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_bots_bot_simulations: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Begin"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_bots_bot_try: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TryBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TryResult"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots_bot_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                bot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Version"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_bots_bot_versions_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                bot: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionText"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_channel_kinds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ChannelKind"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_channels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Channel"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_channels: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewChannel"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_channels_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_channels_id: {
        parameters: {
            query?: never;
            header: {
                /** @description The revision that was read. */
                "If-Match": components["schemas"]["Revision"];
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            422: components["responses"]["Status422"];
            428: components["responses"]["Status428"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    patch_workspaces_workspace_channels_id: {
        parameters: {
            query?: never;
            header: {
                /** @description The revision that was read. */
                "If-Match": components["schemas"]["Revision"];
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChannelPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            428: components["responses"]["Status428"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_channels_id_test: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelTest"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_check: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkup"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_constants: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Constant"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    put_workspaces_workspace_constants_name: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                name: components["schemas"]["Key"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConstantValue"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_constants_name: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                name: components["schemas"]["Key"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_contacts_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_contacts_id_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactExport"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_conversations: {
        parameters: {
            query?: {
                /** @description `next` of the part before. */
                cursor?: string;
                /** @description How many at most, from 1 to 200; 50 when not given. */
                limit?: number;
                /** @description Those with this in their address, their contact's name or their transcript. */
                query?: string;
                /** @description Those of this channel. */
                channel?: string;
                /** @description Those on a published version of this bot. */
                bot?: string;
                state?: "open" | "handed_over" | "ended";
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Conversation"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_conversations_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_conversations_id_hand_back: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_conversations_id_lines: {
        parameters: {
            query?: {
                /** @description From this line on; 0 when not given. */
                from?: number;
                /** @description How many at most; 100 when not given. */
                limit?: number;
            };
            header?: never;
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lines"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_conversations_id_messages: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Message"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Said"];
                };
            };
            /** @description It is kept, and on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Said"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_conversations_id_take_over: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_dead_letters: {
        parameters: {
            query?: {
                /** @description `next` of the part before. */
                cursor?: string;
                /** @description How many at most, from 1 to 200; 50 when not given. */
                limit?: number;
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DeadLetter"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_dead_letters_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_dead_letters_id_again: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_invitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Invitation"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_invitations: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invite"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invited"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_invitations_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_leads: {
        parameters: {
            query?: {
                /** @description `next` of the part before. */
                cursor?: string;
                /** @description How many at most, from 1 to 200; 50 when not given. */
                limit?: number;
                /** @description Those to this Form. */
                form?: string;
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Lead"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_leads_csv: {
        parameters: {
            query?: {
                /** @description Those to this Form. */
                form?: string;
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_members: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Member"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_members_account: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    patch_workspaces_workspace_members_account: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleBody"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_outbox: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outbox"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_outbox_discard: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_outbox_release: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_secrets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_SecretName"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    put_workspaces_workspace_secrets_name: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                name: components["schemas"]["Key"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretValue"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_secrets_name: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                name: components["schemas"]["Key"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_simulations_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_simulations_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_simulations_id_input: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimulationInput"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            409: components["responses"]["Status409"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    get_workspaces_workspace_tokens: {
        parameters: {
            query?: {
                /** @description `next` of the part before. */
                cursor?: string;
                /** @description How many at most, from 1 to 200; 50 when not given. */
                limit?: number;
                /** @description Those of this Authorization Token. */
                component?: string;
                /** @description Those with this in what is shown of them. */
                query?: string;
            };
            header?: never;
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Token"];
                };
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    post_workspaces_workspace_tokens_revoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Which"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
            400: components["responses"]["Status400"];
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            413: components["responses"]["Status413"];
            415: components["responses"]["Status415"];
            422: components["responses"]["Status422"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
    delete_workspaces_workspace_tokens_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description `csrf` of the session. API keys need none. */
                "x-csrf-token"?: string;
            };
            path: {
                workspace: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Status401"];
            403: components["responses"]["Status403"];
            404: components["responses"]["Status404"];
            429: components["responses"]["Status429"];
            503: components["responses"]["Status503"];
        };
    };
}
