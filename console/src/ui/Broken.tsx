import { useRouter } from "@tanstack/react-router";
import { isProblem } from "../api/problem.ts";
import { common } from "../words/common.ts";
import { useWords } from "../words/words.tsx";
import { NotFound } from "./NotFound.tsx";
import { Page } from "./Page.tsx";
import { Problem } from "./Problem.tsx";

/** In the place of a page that could not be shown. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useWords(common);
  const router = useRouter();
  if (isProblem(error, "not_found")) return <NotFound />;
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title={t.errorTitle}>
      <Problem error={error} again={again} />
    </Page>
  );
}
