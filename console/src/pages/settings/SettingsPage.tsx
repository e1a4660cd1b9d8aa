import { Link, Navigate, useParams } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense, useEffect, useRef } from "react";
import type { Permission } from "../../api/contract.ts";
import { useMay } from "../../session/useSession.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Bars } from "../../ui/Loaded.tsx";
import { Page } from "../../ui/Page.tsx";
import { useWords } from "../../words/words.tsx";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

const AREAS: Record<
  "members" | "keys" | "secrets" | "audit" | "account",
  { needs?: Permission; shown: ComponentType }
> = {
  members: {
    needs: "member.read",
    shown: lazy(() => import("./Members.tsx").then((module) => ({ default: module.Members }))),
  },
  keys: {
    needs: "key.edit",
    shown: lazy(() => import("./ApiKeys.tsx").then((module) => ({ default: module.ApiKeys }))),
  },
  secrets: { shown: lazy(() => import("./Values.tsx").then((module) => ({ default: module.Values }))) },
  audit: {
    needs: "audit.read",
    shown: lazy(() => import("./Audit.tsx").then((module) => ({ default: module.Audit }))),
  },
  account: { shown: lazy(() => import("./Account.tsx").then((module) => ({ default: module.Account }))) },
};
type Area = keyof typeof AREAS;

/** The settings, one area at a time. */
export function SettingsPage() {
  const t = useWords(words);
  const may = useMay();
  const { workspace = "", area: wanted } = useParams({ strict: false });
  const area: Area = wanted && Object.hasOwn(AREAS, wanted) ? (wanted as Area) : "account";
  const { needs, shown: Shown } = AREAS[area];
  const tabs = useRef<HTMLUListElement>(null);
  // On a phone the areas do not fit beside each other.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another area has another tab
  useEffect(() => {
    const chosen = tabs.current?.querySelector<HTMLElement>("[aria-current]");
    if (tabs.current && chosen) tabs.current.scrollLeft = chosen.offsetLeft - 16;
  }, [area]);
  if (wanted !== area)
    return <Navigate to="/w/$workspace/settings/$area" params={{ workspace, area }} replace />;
  return (
    <Page title={t.title}>
      <nav aria-label={t.areas}>
        <ul className={classes.tabs} ref={tabs}>
          {(Object.keys(AREAS) as Area[]).map((one) => (
            <li key={one}>
              <Link
                to="/w/$workspace/settings/$area"
                params={{ workspace, area: one }}
                className={classes.tab}
              >
                {t[one]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {needs && !may(needs) ? (
        <Empty title={t.noRight} />
      ) : (
        <Suspense fallback={<Bars />}>
          <Shown />
        </Suspense>
      )}
    </Page>
  );
}
