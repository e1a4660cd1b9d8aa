import {
  IconArrowRight,
  IconBolt,
  IconClock,
  IconDoorExit,
  IconEqual,
  IconFlagFilled,
  IconForms,
  IconGitFork,
  IconHeadset,
  IconHelp,
  IconId,
  IconKey,
  IconLink,
  IconListDetails,
  IconMapPin,
  IconMessage,
  IconPhoto,
  IconRefresh,
  IconWorldShare,
} from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import type { StepKind } from "../bot-file/model.ts";
import { useWords } from "../words/words.tsx";
import classes from "./builder.module.css";
import type { CardText } from "./cards.ts";
import { words } from "./words.ts";

export const KIND_ICONS: Record<StepKind, typeof IconMessage> = {
  message: IconMessage,
  media: IconPhoto,
  location: IconMapPin,
  link: IconLink,
  card: IconId,
  options: IconListDetails,
  question: IconHelp,
  form: IconForms,
  condition: IconGitFork,
  set: IconEqual,
  auth_token: IconKey,
  web_service: IconWorldShare,
  logout: IconDoorExit,
  run: IconRefresh,
  jump: IconArrowRight,
  wait: IconClock,
  transfer: IconHeadset,
  end: IconFlagFilled,
};

export type StepNode = Node<
  {
    kind: StepKind | undefined;
    card: CardText;
    errors: number;
    warnings: number;
    lit: boolean;
    flowsOn: boolean;
  },
  "step"
>;
export type HeadNode = Node<
  { id: string; starts: string; hasSteps: boolean; errors: number; warnings: number },
  "head"
>;

/** One step as a card: what the user sees, and its ways out on the right. */
export const StepCard = memo(function StepCard({ data, selected }: NodeProps<StepNode>) {
  const t = useWords(words);
  const Glyph = data.kind ? KIND_ICONS[data.kind] : IconBolt;
  return (
    <div
      className={classes.card}
      data-selected={selected || undefined}
      data-lit={data.lit || undefined}
      data-on={data.flowsOn || undefined}
    >
      <Handle type="target" position={Position.Left} isConnectableStart={false} />
      <div className={classes.cardTop}>
        <Glyph size={18} stroke={1.6} aria-hidden />
        <span className={classes.main} data-one={data.card.sub !== undefined || undefined}>
          {data.card.main}
        </span>
        <Dot {...data} />
        {data.card.sub !== undefined && <span className={classes.sub}>{data.card.sub}</span>}
      </div>
      {data.card.branches.map((branch) => {
        const plain = branch.key[0] !== "choices";
        return (
          <div key={branch.key.join(".")} className={classes.branch} data-plain={plain || undefined}>
            <span>{plain ? branchName(branch.name, t) : branch.name}</span>
            <Handle
              type="source"
              position={Position.Right}
              id={branch.key.join(".")}
              isConnectableEnd={false}
            />
          </div>
        );
      })}
    </div>
  );
});

/** The head of a column: the script, and what starts it. */
export const ScriptHead = memo(function ScriptHead({ data, selected }: NodeProps<HeadNode>) {
  return (
    <div className={classes.head} data-selected={selected || undefined} data-on={data.hasSteps || undefined}>
      <Handle type="target" position={Position.Left} isConnectableStart={false} />
      <strong>{data.id}</strong>
      <small>{data.starts}</small>
      <Dot {...data} />
    </div>
  );
});

/** Says that the check has found something. */
function Dot({ errors, warnings }: { errors: number; warnings: number }) {
  const t = useWords(words);
  if (errors + warnings === 0) return null;
  return (
    <i
      className={classes.dot}
      role="img"
      data-severity={errors > 0 ? "error" : "warning"}
      aria-label={t.withProblems(errors + warnings)}
    />
  );
}

/** What a branch is called; a status is its own name. */
export function branchName(name: string, t: Record<string, unknown>): string {
  const key =
    new Map([
      ["empty", "empty_"],
      ["then", "yes"],
      ["else", "no"],
      ["jump", "goesTo"],
    ]).get(name) ?? name;
  const word = t[key];
  return typeof word === "string" ? word : name;
}
