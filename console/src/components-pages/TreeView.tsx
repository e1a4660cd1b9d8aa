import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Tree } from "../api/contract.ts";
import classes from "./parts.module.css";

export interface LeafAction {
  label: string;
  onClick: () => void;
  /** Likely not what is wanted, and shown more quietly. */
  quiet?: boolean;
}

interface Props {
  tree: Tree;
  /** What can be done with a value, and what it already is. */
  actions: (leaf: Tree) => LeafAction[];
  is: (leaf: Tree) => ReactNode;
}

/** An answer as a tree. Values that may be secret are masked by the server. */
export function TreeView({ tree, actions, is }: Props) {
  return (
    <ul className={classes.tree}>
      <Branch tree={tree} actions={actions} is={is} />
    </ul>
  );
}

function Branch({ tree, actions, is }: Props) {
  const inner = tree.children;
  return (
    <li>
      <div className={classes.leaf}>
        {tree.key !== undefined && <span className={classes.key}>{tree.key}</span>}
        {inner ? (
          <span className={classes.shown}>
            {tree.kind === "array" ? `[${tree.length ?? inner.length}]` : tree.key === undefined ? "{ }" : ""}
          </span>
        ) : (
          <span className={classes.shown}>{tree.shown ?? tree.kind}</span>
        )}
        {is(tree)}
        {actions(tree).map((action) => (
          <Button
            key={action.label}
            size="compact-xs"
            variant={action.quiet ? "subtle" : "default"}
            color="gray"
            onClick={action.onClick}
            aria-label={`${action.label}: ${tree.path}`}
          >
            {action.label}
          </Button>
        ))}
      </div>
      {inner && inner.length > 0 && (
        <ul>
          {inner.map((child) => (
            <Branch key={child.path} tree={child} actions={actions} is={is} />
          ))}
        </ul>
      )}
    </li>
  );
}
