import { type BotFile, type Component, type Step, type StepKind, shownText } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import { type Branch, branchesOf } from "../bot-file/targets.ts";

/** What a card says: what the user will see of the step. */
export interface CardText {
  main: string;
  /** A second line, such as what is kept or called. */
  sub: string | undefined;
  branches: Branch[];
}

/** Branches that every step of a kind has and few use; on a card only when they lead somewhere. */
const QUIET = ["no_answer", "cancelled", "failed", "empty", "unavailable"];

export interface CardWords {
  says: string;
  asks: string;
  allTokens: string;
  toPerson: string;
  end_: string;
  [operator: `op_${string}`]: string;
}

/** The texts of a card in the bot's own language. */
export function cardOf(step: Step, file: BotFile, t: CardWords): CardText {
  const show = (value: unknown) => shownText(value, file.language);
  const branches = branchesOf(step, show).filter((branch) => !branch.open || !QUIET.includes(branch.name));
  const [main, sub] = textOf(step, file, t, show);
  return { main, sub, branches };
}

function textOf(
  step: Step,
  file: BotFile,
  t: CardWords,
  show: (value: unknown) => string,
): [string, string | undefined] {
  const s = step.settings;
  const component = (kind: Component["kind"], id: unknown) =>
    file.components.find((one) => one.kind === kind && one.id === id);
  const questions = (found: Component | undefined) =>
    (Array.isArray(found?.definition.questions) ? found.definition.questions : [])
      .filter(isRecord)
      .map((question) => `${show(question.question)}${question.secret === true ? " 🔒" : ""}`)
      .join(" ");
  const kept = typeof s.save === "string" && s.save !== "" ? `→ {${s.save}}` : undefined;
  const plain: Partial<Record<StepKind, () => [string, string | undefined]>> = {
    message: () => [show(s.message) || t.says, undefined],
    question: () => [show(s.question) || t.asks, kept],
    options: () => [show(s.options) || t.asks, kept],
    card: () => [show(s.card), show(s.text) || undefined],
    media: () => [show(s.caption) || lastPart(show(s.media)), show(s.media)],
    location: () => [
      isRecord(s.location) ? show(s.location.name) : "",
      isRecord(s.location) ? `${show(s.location.latitude)}, ${show(s.location.longitude)}` : undefined,
    ],
    link: () => [show(s.text) || show(s.label) || show(s.link), show(s.link)],
    form: () => [questions(component("forms", s.form)) || show(s.form), show(s.form)],
    auth_token: () => [
      questions(component("authorization_tokens", s.auth_token)) || show(s.auth_token),
      show(s.auth_token),
    ],
    web_service: () => {
      const found = component("web_services", s.web_service)?.definition;
      const saved = isRecord(found?.save) ? Object.keys(found.save).map((name) => `{${name}}`) : [];
      return [
        `${show(s.web_service)}${saved.length > 0 ? ` → ${saved.join(", ")}` : ""}`,
        found ? `${show(found.method ?? "GET")} ${show(found.url)}` : undefined,
      ];
    },
    condition: () => [conditionText(s.condition, t), undefined],
    set: () => [
      isRecord(s.set)
        ? Object.entries(s.set)
            .map(([name, value]) => `${name} = ${isRecord(value) ? show(value.expression) : show(value)}`)
            .join(", ")
        : "",
      undefined,
    ],
    logout: () => [
      s.logout === true || s.logout === null || s.logout === undefined ? t.allTokens : show(s.logout),
      undefined,
    ],
    run: () => [show(s.run), undefined],
    jump: () => [show(s.jump), undefined],
    wait: () => [`${show(s.wait)} s`, undefined],
    transfer: () => [
      show(s.text) || (s.transfer === "person" ? t.toPerson : show(s.transfer)),
      s.transfer === "person" ? undefined : show(s.transfer),
    ],
    end: () => [t.end_, undefined],
  };
  return (step.kind && plain[step.kind]?.()) ?? [Object.keys(s).join(", "), undefined];
}

/** A condition as a person would say it. */
export function conditionText(condition: unknown, t: CardWords): string {
  if (typeof condition === "string") return condition;
  if (!isRecord(condition)) return "";
  return Object.entries(condition)
    .map(([subject, wanted]) => {
      if (subject === "any" || subject === "all")
        return Array.isArray(wanted)
          ? wanted.map((one) => conditionText(one, t)).join(subject === "any" ? " / " : ", ")
          : "";
      if (subject === "not") return `¬ (${conditionText(wanted, t)})`;
      if (Array.isArray(wanted)) return `${subject} ${t.op_equals} ${wanted.map(String).join(" / ")}`;
      if (isRecord(wanted))
        return Object.entries(wanted)
          .map(
            ([operator, value]) =>
              `${subject} ${t[`op_${operator}`] ?? operator}${operator === "exists" ? (value === false ? " ✗" : "") : ` ${Array.isArray(value) ? value.map(String).join(" / ") : String(value)}`}`,
          )
          .join(", ");
      return `${subject} ${t.op_equals} ${String(wanted)}`;
    })
    .join(", ");
}

function lastPart(address: string): string {
  return address.split("/").at(-1) ?? address;
}
