use super::rig::{Folder, HELLO, message};
use crate::{Reloaded, StartError, check_bots};

const BROKEN: &str =
    "countersign: 1\nbot: demo\nscripts:\n  - { id: hello, triggers: [hello], steps: [{ mesage: x }] }\n";

const LOGIN: &str = "\
countersign: 1
bot: demo
authorization_tokens:
  - id: login
    url: \"https://bank.example/login\"
    questions: [{ question: PIN?, field: pin, secret: true }]
    ttl: 900
    is_json: true
    token_path: token
web_services:
  - { id: balance, url: \"https://bank.example/balance\", headers: { Authorization: \"Bearer {authtoken}\" }, save: { sum: sum } }
scripts:
  - id: hello
    triggers: [hello]
    steps: [{ auth_token: login }, { web_service: balance }, { message: \"{sum}\" }]
";

#[tokio::test]
async fn a_bot_with_errors_is_refused_and_the_one_before_stays() {
    let folder = Folder::new("");
    let first = folder.start().await.unwrap();
    assert!(first.refused.is_empty());
    first.stop().await;
    folder.write_bot(BROKEN);
    let second = folder.start().await.unwrap();
    let [refused] = &second.refused[..] else { panic!("{:?}", second.refused) };
    assert!(refused.contains("did you mean `message`?") && refused.contains("demo.yaml:4:"), "{refused}");
    second.whatsapp(&message("1", "hello")).await;
    assert_eq!(second.world.until_said(1).await, ["Good day"]);
    let metrics = second.get("/metrics").await.body;
    assert!(metrics.contains("countersign_bots_refused 1\n"));
    second.stop().await;
}

#[tokio::test]
async fn without_a_version_before_the_server_does_not_start() {
    let folder = Folder::new("");
    folder.write_bot(BROKEN);
    let Err(error @ StartError::Bots { .. }) = folder.start().await else { panic!("it started") };
    let text = error.to_string();
    assert!(text.contains("is refused: it has errors:\n") && text.contains("mesage"), "{text}");
    assert!(text.contains("no version of the bot for the channel `wa` has ever been in service"), "{text}");
    assert!(check_bots(&folder.config()).is_err());
    folder.write_bot(HELLO);
    assert_eq!(check_bots(&folder.config()).unwrap().bots[0].as_str(), "demo");
    folder.start().await.unwrap().stop().await;
}

#[tokio::test]
async fn the_version_that_was_published_last_stays_though_it_was_known_before() {
    let folder = Folder::new("");
    let other = HELLO.replace("Good day", "Good evening");
    for bot in [HELLO, &other, HELLO] {
        folder.write_bot(bot);
        folder.start().await.unwrap().stop().await;
    }
    folder.write_bot(BROKEN);
    let rig = folder.start().await.unwrap();
    rig.whatsapp(&message("1", "hello")).await;
    assert_eq!(rig.world.until_said(1).await, ["Good day"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_conversation_goes_on_with_the_version_it_began_on_after_a_restart() {
    let asks = |end: &str| {
        HELLO.replace(
            "{ message: Good day }",
            &format!("{{ question: Name?, save: name }}, {{ message: {end} }}"),
        )
    };
    let folder = Folder::new("");
    folder.write_bot(&asks("Old"));
    let rig = folder.start().await.unwrap();
    rig.whatsapp(&message("1", "hello")).await;
    assert_eq!(rig.world.until_said(1).await, ["Name?"]);
    rig.stop().await;
    folder.write_bot(&asks("New"));
    let rig = folder.start().await.unwrap();
    rig.whatsapp(&message("2", "Ada")).await;
    assert_eq!(rig.world.until_said(1).await, ["Old"]);
    rig.whatsapp(&message("3", "hello")).await;
    rig.world.until_said(2).await;
    rig.whatsapp(&message("4", "Ada")).await;
    assert_eq!(rig.world.until_said(3).await, ["Old", "Name?", "New"]);
    rig.stop().await;
}

#[tokio::test]
async fn bot_files_are_read_again_while_the_server_runs() {
    let folder = Folder::new("");
    let rig = folder.start().await.unwrap();
    folder.write_bot(&HELLO.replace("Good day", "Good evening"));
    assert_eq!(rig.reload.bots().await.unwrap(), Reloaded { published: 1, refused: 0 });
    rig.whatsapp(&message("1", "hello")).await;
    assert_eq!(rig.world.until_said(1).await, ["Good evening"]);
    folder.write_bot(BROKEN);
    assert_eq!(rig.reload.bots().await.unwrap(), Reloaded { published: 0, refused: 1 });
    rig.whatsapp(&message("2", "hello")).await;
    assert_eq!(rig.world.until_said(2).await, ["Good evening", "Good evening"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_bot_with_logins_is_not_attached_to_a_chat() {
    let folder = Folder::with_channels("[[channels]]\nid = \"site\"\nkind = \"web\"\n");
    folder.write_bot(LOGIN);
    let Err(error @ StartError::Bots { .. }) = folder.start().await else { panic!("it started") };
    let text = error.to_string();
    assert!(
        text.contains("an Authorization Token cannot run on `web`")
            && text.contains("`scripts.hello.steps[0]` runs `login`"),
        "{text}"
    );
    assert!(text.contains("demo.yaml:"), "{text}");
}

#[tokio::test]
async fn a_login_that_comes_into_a_bot_later_does_not_reach_the_chat() {
    let folder = Folder::with_channels("[[channels]]\nid = \"site\"\nkind = \"web\"\n");
    let rig = folder.start().await.unwrap();
    folder.write_bot(LOGIN);
    assert_eq!(rig.reload.bots().await.unwrap(), Reloaded { published: 0, refused: 1 });
    let site = "site".parse().unwrap();
    let account = rig.app.runner.registry().channel(&rig.app.workspace, &site).unwrap();
    assert!(account.bot.tokens.is_empty());
    rig.stop().await;
}

#[tokio::test]
async fn a_channel_says_which_bot_it_wants() {
    let channel = |bot: &str| format!("[[channels]]\nid = \"site\"\nkind = \"web\"\n{bot}");
    let error = |folder: &Folder| check_bots(&folder.config()).unwrap_err().to_string();
    let off = "[console]\nenabled = false\n";
    assert_eq!(
        error(&Folder::with_channels(&format!("{off}{}", channel("bot = \"other\"\n")))),
        "the channel `site` wants the bot `other`, and no bot file has it; the id is what stands behind `bot:` in the \
         file"
    );
    let folder = Folder::with_channels(&channel("bot = \"demo\"\n"));
    assert_eq!(check_bots(&folder.config()).unwrap().bots.len(), 1);
    std::fs::remove_file(folder.path("demo.yaml")).unwrap();
    assert!(error(&folder).contains("is refused: it cannot be read ("));
}

#[test]
fn a_check_tells_which_calls_would_be_refused() {
    let mut folder = Folder::new("[config]\nbank_url = \"http://10.0.0.7:8090\"");
    folder.write_bot(
        "countersign: 1\nbot: demo\nauthorization_tokens:\n  - id: bank\n    url: '{config.bank_url}/login'\n    \
         questions: [{ question: Name?, field: name }]\n    token_path: t\nweb_services:\n  - { id: balance, url: \
         '{config.bank_url}/b' }\n  - { id: rates, url: 'https://rates.example/today' }\nscripts:\n  - { id: a, triggers: \
         [a], steps: [{ auth_token: bank }, { web_service: balance }, { web_service: rates }, { message: Done }] }\n",
    );
    let told = |folder: &Folder| -> Vec<String> {
        check_bots(&folder.config()).unwrap().not_allowed.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        told(&folder),
        [
            "the bot `demo` will not reach what `bank` calls: `10.0.0.7` is a private address; an operator can allow it with \
             `--allow 10.0.0.7:8090`, or `[egress] allow` in the configuration"
        ]
    );
    folder.settings = format!("[egress]\nallow = [\"http://10.0.0.7:8090\"]\n{}", folder.settings);
    assert_eq!(told(&folder), [""; 0]);
}
