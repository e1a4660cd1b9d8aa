import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useWords } from "../../words/words.tsx";
import classes from "./Bots.module.css";
import { words } from "./words.ts";

/** The first screen of the demo: five steps that show what there is. */
export function Tour({ workspace, bot }: { workspace: string; bot: string }) {
  const t = useWords(words);
  const params = { workspace, bot };
  return (
    <section className={classes.tour} aria-label={t.tourTitle}>
      <Title order={2}>{t.tourTitle}</Title>
      <ol>
        <li>
          <Link to="/w/$workspace/bots/$bot/authorization-tokens" params={params}>
            {t.tour1}
          </Link>
        </li>
        <li>
          <Link to="/w/$workspace/bots/$bot/scripts" params={params}>
            {t.tour2}
          </Link>
        </li>
        <li>
          <Link to="/w/$workspace/bots/$bot" params={params}>
            {t.tour3}
          </Link>
        </li>
        <li>
          <Link to="/w/$workspace/bots/$bot/scripts" params={params}>
            {t.tour4}
          </Link>
        </li>
        <li>
          <Link to="/w/$workspace/conversations" params={{ workspace }}>
            {t.tour5}
          </Link>
        </li>
      </ol>
    </section>
  );
}
