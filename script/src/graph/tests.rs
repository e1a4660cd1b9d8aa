//! The analysis against a slow and plain one: walk every way with a stack of scripts, and see what holds.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use proptest::prelude::*;

use super::facts::Passage;
use super::*;
use crate::program::{
    Ask, Fingerprint, Method, RequestTemplate, RetrySentences, Script, Sentences, SetValue, Step, Text,
    TokenComponent, TokenPlace, TokenScope,
};
use crate::template::Template;
use crate::trigger::Triggers;

/// A step of a random bot; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Plan {
    Message,
    Login { token: u8, failed: Option<u8> },
    Logout(Option<u8>),
    Set(u8),
    Branch { then: u8, otherwise: Option<u8>, asks: Option<u8> },
    Run(u8),
    Jump(u8),
    Wait,
    End,
}

fn plans() -> impl Strategy<Value = Vec<Vec<Plan>>> {
    let plan = prop_oneof![
        2 => Just(Plan::Message),
        4 => (any::<u8>(), any::<Option<u8>>()).prop_map(|(token, failed)| Plan::Login { token, failed }),
        3 => any::<Option<u8>>().prop_map(Plan::Logout),
        2 => any::<u8>().prop_map(Plan::Set),
        4 => (any::<u8>(), any::<Option<u8>>(), any::<Option<u8>>())
            .prop_map(|(then, otherwise, asks)| Plan::Branch { then, otherwise, asks }),
        5 => any::<u8>().prop_map(Plan::Run),
        1 => any::<u8>().prop_map(Plan::Jump),
        1 => Just(Plan::Wait),
        1 => Just(Plan::End),
    ];
    proptest::collection::vec(proptest::collection::vec(plan, 0..5), 1..5)
}

const TOKENS: u8 = 2;
const VARIABLES: u8 = 2;

fn bot(scripts: &[Vec<Plan>], starts: usize) -> Program {
    let count: usize = scripts.iter().map(Vec::len).sum();
    let step = |number: u8| StepIx(u16::from(number) % count.max(1) as u16);
    let (mut steps, mut made) = (Vec::new(), Vec::new());
    for (number, plans) in scripts.iter().enumerate() {
        let first = steps.len();
        for (position, plan) in plans.iter().enumerate() {
            let next = (position + 1 < plans.len()).then(|| StepIx((first + position + 1) as u16));
            let kind = match plan {
                Plan::Message => StepKind::Message(Text::default()),
                Plan::Login { token, failed } => StepKind::AuthToken {
                    token: TokenIx(u16::from(token % TOKENS)),
                    failed: failed.map(step),
                    cancelled: None,
                    unavailable: None,
                },
                Plan::Logout(token) => {
                    StepKind::Logout(token.map(|token| TokenIx(u16::from(token % TOKENS))))
                }
                Plan::Set(variable) => {
                    StepKind::Set(vec![(VarIx(u16::from(variable % VARIABLES)), SetValue::Bool(true))])
                }
                Plan::Branch { then, otherwise, asks } => StepKind::Condition {
                    test: match asks {
                        Some(variable) => Test::Row(
                            Subject::Var(VarIx(u16::from(variable % VARIABLES))),
                            Comparison::Exists(true),
                        ),
                        None => Test::Row(Subject::Channel, Comparison::Exists(true)),
                    },
                    then: Some(step(*then)),
                    otherwise: otherwise.map(step),
                },
                Plan::Run(script) => StepKind::Run(ScriptIx(u16::from(*script) % scripts.len() as u16)),
                Plan::Jump(to) => StepKind::Jump(Some(step(*to))),
                Plan::Wait => StepKind::Wait(Duration::from_secs(1)),
                Plan::End => StepKind::End,
            };
            let path = format!("scripts.s{number}.steps[{position}]").into();
            steps.push(Step { id: None, path, script: ScriptIx(number as u16), kind, next });
        }
        let entry = (!plans.is_empty()).then_some(StepIx(first as u16));
        made.push(Script { id: format!("s{number}").parse().unwrap(), entry });
    }
    let exact =
        (0..starts.min(scripts.len())).map(|at| (format!("w{at}").into(), ScriptIx(at as u16))).collect();
    Program {
        bot: "demo".parse().unwrap(),
        title: String::new(),
        fingerprint: Fingerprint(0),
        languages: vec!["en".into()],
        channels: Vec::new(),
        tokens: (0..TOKENS).map(token).collect(),
        services: Vec::new(),
        forms: Vec::new(),
        scripts: made,
        steps,
        variables: (0..VARIABLES).map(|number| format!("v{number}").into()).collect(),
        triggers: Triggers { exact, ..Triggers::default() },
        cancel_words: Vec::new(),
        sentences: sentences(),
    }
}

fn token(number: u8) -> TokenComponent {
    TokenComponent {
        id: format!("t{number}").parse().unwrap(),
        request: RequestTemplate {
            method: Method::Post,
            url: Template::default(),
            headers: Vec::new(),
            body: None,
        },
        questions: Vec::new(),
        before: None,
        send_to: Vec::new(),
        ttl: Duration::from_secs(900),
        place: TokenPlace::Body,
        expires_in: None,
        refresh: None,
        validation_by_number: false,
        attempts: 3,
        ask: Ask::InChat,
        scope: TokenScope::Contact,
        expired_when: Vec::new(),
        failed: None,
        unavailable: None,
        prompt_expired: None,
    }
}

fn sentences() -> Sentences {
    let text = Text::default;
    Sentences {
        not_understood: text(),
        choose: text(),
        retry: RetrySentences {
            text: text(),
            number: text(),
            email: text(),
            phone: text(),
            digits: text(),
            code: text(),
            date: text(),
            url: text(),
            location: text(),
            file: text(),
            pattern: text(),
        },
        cancelled: text(),
        no_answer: text(),
        login_failed_retry: text(),
        login_failed: text(),
        login_paused: text(),
        login_unavailable: text(),
        prompt_expired: text(),
        login_again: text(),
        fresh_login: text(),
        login_impossible: text(),
        service_failed: text(),
        service_unavailable: text(),
        trouble: text(),
        digits_only: text(),
        login_page: text(),
        login_page_open: text(),
        page_digits: text(),
        page_digits_wrong: text(),
    }
}

/// What a walk finds: for each step, the sets of facts with which it was reached.
fn walk(graph: &Graph<'_>, deepest: usize) -> Vec<HashSet<BTreeSet<Fact>>> {
    let mut seen = HashSet::new();
    let mut reached = vec![HashSet::new(); graph.program.steps.len()];
    let mut open: Vec<(StepIx, Vec<Option<StepIx>>, BTreeSet<Fact>)> =
        graph.entry_steps().map(|step| (step, Vec::new(), BTreeSet::new())).collect();
    while let Some((step, stack, facts)) = open.pop() {
        if !seen.insert((step, stack.clone(), facts.clone())) {
            continue;
        }
        reached[step.at()].insert(facts.clone());
        for edge in graph.from(step) {
            let (mut stack, mut facts, mut to) = (stack.clone(), facts.clone(), edge.to);
            match edge.exit {
                Exit::Over(script) if graph.program.scripts[script.at()].entry.is_some() => continue,
                Exit::Into(_) if stack.len() >= deepest => continue,
                Exit::Into(_) => stack.push(graph.program.steps[step.at()].next),
                _ => {}
            }
            facts.retain(|fact| !edge.clears.contains(fact));
            facts.extend(&edge.sets);
            while to.is_none() {
                let Some(back) = stack.pop() else { break };
                to = back;
            }
            open.extend(to.map(|to| (to, stack, facts)));
        }
    }
    reached
}

fn all_facts() -> Vec<Fact> {
    let tokens = (0..TOKENS).map(|at| Fact::Token(TokenIx(u16::from(at))));
    let variables = (0..VARIABLES).map(|at| Fact::Assigned(VarIx(u16::from(at))));
    tokens.chain(variables).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_called_certain_that_some_way_lacks(scripts in plans(), starts in 1usize..3) {
        let program = bot(&scripts, starts);
        let graph = Graph::new(&program);
        let facts = graph.facts();
        let reached = walk(&graph, 3);
        for step in graph.steps() {
            for set in &reached[step.at()] {
                prop_assert!(graph.is_reachable(step), "{step:?} is reached");
                for fact in all_facts() {
                    prop_assert!(set.contains(&fact) || !facts.certain(&graph, step, fact), "{fact:?} at {step:?}");
                }
                let holds_some = set.iter().any(|fact| matches!(fact, Fact::AnyToken | Fact::Token(_)));
                prop_assert!(holds_some || !facts.certain(&graph, step, Fact::AnyToken), "a token at {step:?}");
            }
        }
    }

    /// Without circles of runs the walk sees every way, so what it always finds must be called certain.
    #[test]
    fn what_every_way_has_is_called_certain(scripts in plans(), starts in 1usize..3) {
        let program = bot(&scripts, starts);
        let graph = Graph::new(&program);
        prop_assume!(graph.circles_of_runs().is_empty());
        let facts = graph.facts();
        let reached = walk(&graph, 8);
        for step in graph.steps() {
            prop_assert_eq!(graph.is_reachable(step), !reached[step.at()].is_empty(), "{:?}", step);
            for fact in all_facts() {
                let always = reached[step.at()].iter().all(|set| set.contains(&fact));
                prop_assert_eq!(facts.certain(&graph, step, fact), always, "{:?} at {:?}", fact, step);
            }
        }
    }

    /// Where something is not certain, there is a way to show; where it is, there is none.
    #[test]
    fn a_way_is_shown_just_where_something_may_be_missing(scripts in plans(), starts in 1usize..3) {
        let program = bot(&scripts, starts);
        let graph = Graph::new(&program);
        let facts = graph.facts();
        for fact in all_facts() {
            let paths = graph.paths_without(&facts, fact);
            for step in graph.reachable_steps() {
                let way = paths.to(step);
                prop_assert_eq!(way.is_empty(), facts.certain(&graph, step, fact), "{:?} at {:?}", fact, step);
            }
        }
    }

    /// A cycle that is reported is one, and taking every waiting edge away leaves it.
    #[test]
    fn cycles_are_cycles(scripts in plans(), starts in 1usize..3) {
        let program = bot(&scripts, starts);
        let graph = Graph::new(&program);
        for cycle in graph.endless_cycles() {
            prop_assert!(!cycle.is_empty());
            for (at, edge) in cycle.iter().enumerate() {
                prop_assert!(!edge.waits);
                prop_assert!(graph.is_reachable(edge.from));
                prop_assert_eq!(edge.to, Some(cycle[(at + 1) % cycle.len()].from));
            }
        }
    }
}

#[test]
fn a_passage_over_a_script_that_never_ends() {
    let scripts = [vec![Plan::Run(1), Plan::Message], vec![Plan::End]];
    let program = bot(&scripts, 1);
    let graph = Graph::new(&program);
    let over = &graph.from(StepIx(0))[1];
    assert_eq!(graph.facts().passage(&graph, over, Fact::AnyToken), Passage::Never);
    assert!(!graph.is_reachable(StepIx(1)));
}
