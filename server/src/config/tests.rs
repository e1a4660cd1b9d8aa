use std::time::Duration;

use super::*;

const BASE: &str = "bots = [\"demo.yaml\"]\n";

fn read_with(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::from_text(text, Path::new("etc/countersign.toml"), &environment)
}

fn read(text: &str) -> Config {
    read_with(&format!("{BASE}{text}"), &[]).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn problems(text: &str, environment: &[(&str, &str)]) -> Vec<String> {
    match read_with(&format!("{BASE}{text}"), environment) {
        Err(ConfigError::Problems { problems, .. }) => problems.iter().map(ToString::to_string).collect(),
        Err(other) => vec![other.to_string()],
        Ok(_) => Vec::new(),
    }
}

#[test]
fn the_file_of_defaults_says_what_is_built_in() {
    let of_file = read_with(DEFAULT, &[]).unwrap();
    let built_in = read("");
    assert_eq!(format!("{of_file:#?}"), format!("{built_in:#?}"));
}

#[test]
fn every_setting_stands_in_the_file_of_defaults() {
    let report = Report::new(Path::new(""));
    let table = node::parse(&format!("{BASE}[otlp]\nendpoint = \"http://127.0.0.1:4318\"\n")).unwrap();
    Config::of(&report, table);
    let known = report.known();
    assert!(known.len() > 30, "only {} settings were found", known.len());
    let stands = |path: &str| {
        let (section, name) = path.rsplit_once('.').unwrap_or(("", path));
        let mut current = "";
        DEFAULT.lines().any(|line| {
            let line = line.strip_prefix("# ").unwrap_or(line);
            if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                current = header;
            }
            current == section && line.strip_prefix(name).is_some_and(|rest| rest.starts_with(" = "))
        })
    };
    // A secret stands there in one of its two forms.
    let other = |path: &str| path.strip_suffix("_file").map_or(format!("{path}_file"), str::to_owned);
    let missing: Vec<_> = known.iter().filter(|path| !stands(path) && !stands(&other(path))).collect();
    assert!(missing.is_empty(), "these settings are not in default.toml: {missing:?}");
}

#[test]
fn what_stands_there_as_a_comment_is_a_setting_too() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["metrics-token.txt", "otlp.txt", "api-key.txt"] {
        std::fs::write(folder.path().join(file), "s3cret\n").unwrap();
    }
    // `keys.credential` stands instead of `keys.file`; a test of its own has the others.
    let text = DEFAULT
        .replace("\nfile = \"countersign.keys\"", "")
        .replace("\n# variable = ", "\n#")
        .replace("\n# command = ", "\n#");
    let named = |line: &str| {
        let name = line.split(" = ").next().unwrap_or("");
        line.contains(" = ") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    let lines = text
        .split("# Channels. ")
        .next()
        .unwrap()
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| named(rest)).unwrap_or(line));
    let text = lines.collect::<Vec<_>>().join("\n");
    let config = Config::from_text(&text, &folder.path().join("c.toml"), &[]).unwrap();
    assert_eq!(config.keys, KeySource::Credential { name: "countersign.keys".to_owned(), folder: None });
    assert_eq!(config.constants["bank_url"], "https://api.bank.example");
    assert_eq!(config.secrets["api_key"].expose(), "s3cret");
    assert_eq!(config.metrics.token.unwrap().expose(), "s3cret");
    assert_eq!(config.otlp.unwrap().endpoint.as_str(), "http://127.0.0.1:4318/");
    assert!(config.public_url.is_some() && config.authorities.is_some() && config.metrics.listen.is_some());
}

#[test]
fn keys_come_from_one_place() {
    let keys = |text: &str| read(&format!("[keys]\n{text}\n")).keys;
    assert_eq!(keys("variable = \"KEYS\""), KeySource::Variable { name: "KEYS".to_owned(), keys: None });
    let given =
        read_with("bots = [\"demo.yaml\"]\n[keys]\nvariable = \"KEYS\"\n", &[("KEYS", "x"), ("OTHER", "y")]);
    let KeySource::Variable { keys: Some(found), .. } = given.unwrap().keys else { panic!("no variable") };
    assert_eq!(found.expose(), "x");
    let command = |seconds| KeySource::Command {
        argv: vec!["/bin/pass".to_owned(), "show it".to_owned()],
        timeout: Duration::from_secs(seconds),
    };
    assert_eq!(keys("command = [\"/bin/pass\", \"show it\"]"), command(10));
    assert_eq!(keys("command = [\"/bin/pass\", \"show it\"]\ncommand_timeout = \"30s\""), command(30));
    let wrong = |text: &str| problems(&format!("[keys]\n{text}\n"), &[]);
    for two in [
        "file = \"a\"\nvariable = \"B\"",
        "variable = \"B\"\ncommand = [\"c\"]",
        "file = \"a\"\ncommand = [\"c\"]",
    ] {
        assert_eq!(wrong(two).len(), 1, "{two}");
    }
    for name in ["", "COUNTERSIGN_KEYS", "1A", "a b", "A=B"] {
        let said = wrong(&format!("variable = \"{name}\""));
        assert!(said[0].contains("the name of a variable of the environment"), "{said:?}");
    }
    assert!(wrong("command = []")[0].contains("`keys.command` is a program and its arguments"));
    assert!(wrong("command = \"pass show\"")[0].contains("`keys.command` is a list of texts"));
    assert!(wrong("command = [\"c\"]\ncommand_timeout = \"1h\"")[0].contains("from 1s to 2m"));
}

#[test]
fn the_printed_file_can_be_used_and_shows_every_provider() {
    let text = Config::default_file();
    read_with(&text, &[]).unwrap();
    for provider in PROVIDERS {
        assert!(text.contains(&format!("\n# --- {} ---\n", provider.title)), "{}", provider.name);
        for setting in provider.settings.iter().filter(|setting| setting.name != "hook_url") {
            assert!(text.contains(&format!("\n#   {} = ", setting.name)), "{}", setting.name);
        }
    }
}

#[test]
fn settings_are_read() {
    let config = read(
        "listen = \"[::]:80\"\npublic_url = \"https://bot.example/a\"\nworkspace = \"acme\"\nstore = \"/var/x.db\"\n\
         trusted_proxies = [\"10.0.0.1\"]\n[egress]\nallow = [\"bank.lan:8443\"]\n[config]\nport = 8090\nlive = true\n\
         url = \"http://x\"\n[secrets]\nkey = \"hunter2\"\n[limits]\nheader_timeout = \"250ms\"\nconnections = 7\n\
         webhook_body = \"64 KiB\"\n[retention]\ntranscripts = \"7d\"\n[log]\nlevel = \"debug\"\nformat = \"json\"\n",
    );
    assert_eq!(config.listen.to_string(), "[::]:80");
    assert_eq!(config.public_url.as_ref().unwrap().as_str(), "https://bot.example/a");
    assert_eq!(config.store, Path::new("/var/x.db"));
    assert_eq!(config.bots, [Path::new("etc/demo.yaml")]);
    assert_eq!(config.trusted_proxies, ["10.0.0.1/32".parse::<IpNet>().unwrap()]);
    assert_eq!(config.allow, ["bank.lan:8443".parse::<Allow>().unwrap()]);
    assert_eq!(config.constants["port"], "8090");
    assert_eq!(config.constants["live"], "true");
    assert_eq!(config.limits.header_timeout, Duration::from_millis(250));
    assert_eq!((config.limits.connections, config.limits.webhook_body), (7, 65_536));
    assert_eq!(config.log, Log { level: LogLevel::Debug, format: LogFormat::Json });
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn an_unknown_setting_is_refused_with_its_line_and_a_suggestion() {
    assert_eq!(
        problems("listn = \"127.0.0.1:1\"\n", &[]),
        ["line 2: there is no setting `listn`; did you mean `listen`?"]
    );
    assert_eq!(
        problems("\n[limits]\nheader_timout = \"1s\"\n", &[]),
        ["line 4: there is no setting `limits.header_timout`; did you mean `limits.header_timeout`?"]
    );
    assert_eq!(
        problems("[egres]\nallow = []\n", &[]),
        ["line 2: there is no setting `egres`; did you mean `egress`?"]
    );
    assert_eq!(
        problems("[log]\nallow = []\n", &[]),
        ["line 3: there is no setting `log.allow`; did you mean `egress.allow`?"]
    );
    assert_eq!(
        problems("[log]\nquite_another = 1\n", &[]),
        [
            "line 3: there is no setting `log.quite_another`; `countersign config default` shows all settings of [log]"
        ]
    );
}

#[test]
fn a_wrong_type_says_what_is_expected() {
    for (text, message) in [
        ("listen = 8080", "line 2: `listen` is a text in quotation marks, not a number"),
        (
            "listen = \"8080\"",
            "line 2: `listen` is an address with a port, such as \"127.0.0.1:8080\" or \"[::]:8080\"",
        ),
        ("limits = 1", "line 2: `limits` is a section, written as [NAME], not a number"),
        (
            "[limits]\nconnections = \"7\"",
            "line 3: `limits.connections` is a number without quotation marks, not a text",
        ),
        ("[limits]\nconnections = 0", "line 3: `limits.connections` is a number from 1 to 1000000"),
        (
            "[limits]\nheader_timeout = 10",
            "line 3: `limits.header_timeout` is a span of time such as \"10s\", \"15m\", \"48h\" or \"30d\", not a number",
        ),
        (
            "[limits]\nheader_timeout = \"2h\"",
            "line 3: `limits.header_timeout` is a span of time from 100ms to 60s",
        ),
        (
            "[limits]\nwebhook_body = \"0 B\"",
            "line 3: `limits.webhook_body` is a size such as \"64 KiB\" or \"3 MiB\"",
        ),
        ("[retention]\nids = \"1d\"", "line 3: `retention.ids` is a span of time from 8d to 365d"),
        ("[keys]\ncreate = \"yes\"", "line 3: `keys.create` is `true` or `false`, not a text"),
        (
            "[egress]\nallow = \"a\"",
            "line 3: `egress.allow` is a list of texts in brackets, such as [\"one\", \"two\"], not a text",
        ),
        ("[log]\nlevel = \"loud\"", "line 3: `log.level` is one of off, error, warn, info, debug and trace"),
        ("[log]\nformat = \"xml\"", "line 3: `log.format` is `text` or `json`"),
        (
            "workspace = \"a b\"",
            "line 2: `workspace`: an id has only letters, digits, `-` and `_`, so ` ` cannot be in it",
        ),
        (
            "public_url = \"bot.example\"",
            "line 2: `public_url` is the address under which the world reaches this server, such as \
             `https://bot.example`, without `?` and `#`",
        ),
        (
            "trusted_proxies = [\"proxy\"]",
            "line 2: `trusted_proxies` is a list of addresses and networks, such as [\"127.0.0.1\", \"10.0.0.0/8\"]",
        ),
        (
            "[otlp]\nendpoint = \"collector\"",
            "line 3: `otlp.endpoint` is the address of a collector, such as \"http://127.0.0.1:4318\"",
        ),
        (
            "[keys]\nfile = \"a\"\ncredential = \"b\"",
            "line 4: `keys.file` and `keys.credential` are both given; leave one of them out",
        ),
        ("channels = 1", "line 2: `channels` is a list of tables, each written as [[NAME]], not a number"),
    ] {
        assert_eq!(problems(&format!("{text}\n"), &[]), [message], "{text}");
    }
    assert_eq!(problems("[egress]\nallow = [\"*.lan:80\"]\n", &[]).len(), 1);
}

#[test]
fn all_that_is_wrong_is_told_at_once_in_the_order_of_the_file() {
    let found = problems("lisen = 1\nworkspace = 7\n[log]\nlevel = 3\n", &[]);
    assert_eq!(found.len(), 3, "{found:?}");
    let lines: Vec<_> = found.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["line 2", "line 3", "line 5"]);
    let error = read_with("lisen = 1\n[console]\nenabled = false\n", &[]).unwrap_err().to_string();
    assert_eq!(
        error,
        "`etc/countersign.toml`, line 1: there is no setting `lisen`; did you mean `listen`?\n\
         `etc/countersign.toml`, `bots` is empty and the console is off: name at least one bot file, such as \
         `bots = [\"demo.yaml\"]`"
    );
}

#[test]
fn with_the_console_there_need_be_no_bot_file() {
    assert_eq!(read_with("", &[]).unwrap().bots, Vec::<PathBuf>::new());
}

#[test]
fn what_is_no_toml_says_where() {
    let error = read_with("listen = \"hunter2\nx = 1\n", &[]).unwrap_err().to_string();
    assert!(error.starts_with("`etc/countersign.toml`, line 1, column "), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
    let missing = Config::read(Path::new("nowhere/at-all.toml"), &[]).unwrap_err().to_string();
    assert_eq!(
        missing,
        "there is no configuration file `nowhere/at-all.toml`; `countersign config default > countersign.toml` writes \
         one to begin with"
    );
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("c.toml");
    std::fs::write(&binary, b"\xff").unwrap();
    assert!(Config::read(&binary, &[]).unwrap_err().to_string().ends_with("is no text; save it as UTF-8"));
    let unreadable = Config::read(folder.path(), &[]).unwrap_err().to_string();
    assert!(unreadable.contains("cannot be read: "), "{unreadable}");
}

#[test]
fn secrets_come_from_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("countersign.toml");
    std::fs::write(folder.path().join("key"), "s3cr=et\r\n").unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    let read = |text: &str| Config::from_text(&format!("{BASE}{text}"), &at, &[]);
    let config = read("[secrets]\napi_file = \"key\"\nother = \"x\"\n").unwrap();
    assert_eq!(config.secrets["api"].expose(), "s3cr=et");
    assert_eq!(config.secrets["other"].expose(), "x");
    for (text, end) in [
        (
            "[secrets]\na_file = \"no\"\n",
            "for `secrets.a_file` cannot be read: No such file or directory (os error 2)",
        ),
        ("[secrets]\na_file = \"empty\"\n", "for `secrets.a_file` is empty; write the secret into it"),
        (
            "[metrics]\ntoken = \"hunter2\"\ntoken_file = \"key\"\n",
            "`metrics.token` and `metrics.token_file` are both given; leave one of them out",
        ),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.ends_with(end), "{error}");
        assert!(!error.contains("hunter2"));
    }
}

#[test]
fn what_is_there_and_wrong_is_not_told_to_be_missing_as_well() {
    let telegram = "[[channels]]\nid = \"a\"\nkind = \"telegram\"\nbot_token_file = \"nowhere\"\n";
    let told = problems(telegram, &[]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("line 2: `channels.secret_token` is missing: "), "{told:?}");
    assert!(told[1].contains("for `channels.bot_token_file` cannot be read: "), "{told:?}");
    let told = problems("[[channels]]\nid = \"a b\"\nkind = \"web\"\n", &[]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("line 3: `channels.id`: "), "{told:?}");
    let gateway = "[[channels]]\nid = \"a\"\nkind = \"sms\"\nprovider = \"http\"\nsend = { url = true }\n\
        receive = { key = \"aLongHookKey123\" }\n";
    let told = problems(gateway, &[]);
    assert_eq!(told, ["line 6: `channels.send.url` is a text or a list of texts, not true or false"]);
}

#[test]
fn variables_of_the_environment_come_before_the_file() {
    let text = format!("{BASE}listen = \"127.0.0.1:1\"\n[secrets]\nkey = \"file\"\nkey_two = \"file\"\n");
    let config = read_with(
        &text,
        &[
            ("COUNTERSIGN_LISTEN", "127.0.0.1:2"),
            ("COUNTERSIGN_EGRESS__ALLOW", "a.lan:1, b.lan:2,"),
            ("COUNTERSIGN_LIMITS__CONNECTIONS", "9"),
            ("COUNTERSIGN_KEYS__CREATE", "false"),
            ("COUNTERSIGN_SECRETS__KEY", "environment"),
            ("COUNTERSIGN_CONFIG__BANK_URL", "http://bank.lan"),
            ("COUNTERSIGN_LOG__LEVEL", "warn"),
            ("COUNTERSIGN_LOG", "trace"),
            ("COUNTERSIGN_CONFIG", "elsewhere.toml"),
            ("COUNTERSIGN_FAILPOINT", "turn-after-commit"),
            ("HOME", "somewhere"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.allow.len(), 2);
    assert_eq!(config.limits.connections, 9);
    assert!(matches!(config.keys, KeySource::File { create: false, .. }));
    assert_eq!(config.secrets["key"].expose(), "environment");
    assert_eq!(config.secrets["key_two"].expose(), "file");
    assert_eq!(config.constants["bank_url"], "http://bank.lan");
    assert_eq!(config.log.level, LogLevel::Warn);
}

#[test]
fn a_variable_that_sets_nothing_is_refused() {
    assert_eq!(
        problems("", &[("COUNTERSIGN_LISTN", "127.0.0.1:1")]),
        ["COUNTERSIGN_LISTN: there is no setting `listn`; did you mean `listen`?"]
    );
    assert_eq!(
        problems("", &[("COUNTERSIGN_LIMITS__CONNECTIONS", "many")]),
        [
            "COUNTERSIGN_LIMITS__CONNECTIONS: `limits.connections` is a number without quotation marks, not a text"
        ]
    );
    assert_eq!(
        problems(
            "[[channels]]\nid = \"web\"\nkind = \"web\"\n",
            &[("COUNTERSIGN_CHANNELS__WHATSAPP__TOKEN", "hunter2")]
        ),
        [
            "COUNTERSIGN_CHANNELS__WHATSAPP__TOKEN: this variable names a channel by its id, and there is no channel with \
          that id in the file"
        ]
    );
}

#[test]
fn channels_have_an_id_and_a_kind() {
    let config = read(
        "[[channels]]\nid = \"our-site\"\nkind = \"web\"\nbot = \"demo\"\norigins = [\"https://a.example\"]\n",
    );
    let [channel] = &config.channels[..] else { panic!("one channel was expected") };
    assert_eq!((channel.id.as_str(), channel.bot.as_ref().unwrap().as_str()), ("our-site", "demo"));
    let ChannelSide::Chat(chat) = &channel.side else { panic!("a chat was expected") };
    assert_eq!(chat.origins, ["https://a.example"]);
    for (text, message) in [
        (
            "kind = \"web\"",
            "line 2: `channels.id` is missing: a name that you choose; the address of the channel has it, as in `/hooks/ID`",
        ),
        (
            "id = \"a\"",
            "line 2: `channels.kind` is missing: such as \"whatsapp\", \"telegram\", \"sms\", \"phone\" or \"web\"",
        ),
        (
            "id = \"a\"\nkind = \"web\"\norigin = []",
            "line 5: there is no setting `channels.origin`; did you mean `channels.origins`?",
        ),
        (
            "id = \"a\"\nkind = \"web\"\n[[channels]]\nid = \"a\"\nkind = \"web\"",
            "line 5: there are two channels with the id `a`; each needs an id of its own, because it is part of its \
             address",
        ),
    ] {
        assert_eq!(problems(&format!("[[channels]]\n{text}\n"), &[]), [message], "{text}");
    }
    let [kind] = &problems("[[channels]]\nid = \"a\"\nkind = \"wb\"\n", &[])[..] else {
        panic!("one problem")
    };
    assert!(
        kind.starts_with("line 4: there is no channel of the kind `wb`; did you mean `web`?; the kinds are "),
        "{kind}"
    );
}

#[test]
fn bounds_of_contacts_and_sends_can_be_set_and_taken_away() {
    let off = read("[limits]\nflood_messages = 0\npingpong_messages = 0").limits;
    assert_eq!((off.flood, off.pingpong, off.new_contacts_per_minute), (None, None, 0));
    assert_eq!(off.paid_sends_per_day, 0);
    let text = "[limits]\npingpong_messages = 1\npingpong_within = \"2m\"\nnew_contacts_per_minute = 50\n\
                paid_sends_per_day = 2_000_000";
    let set = read(text).limits;
    assert_eq!(set.paid_sends_per_day, 2_000_000);
    let pingpong = set.pingpong.unwrap();
    assert_eq!((pingpong.messages, pingpong.within), (2, Duration::from_secs(120)));
    assert_eq!((pingpong.mute, set.new_contacts_per_minute), (Duration::from_secs(600), 50));
    for (text, message) in [
        ("pingpong_mute = \"0s\"", "line 3: `limits.pingpong_mute` is a span of time from 1s to 1d"),
        (
            "new_contacts_per_minute = -1",
            "line 3: `limits.new_contacts_per_minute` is a number from 0 to 1000000",
        ),
    ] {
        assert_eq!(problems(&format!("[limits]\n{text}"), &[]), [message]);
    }
}
