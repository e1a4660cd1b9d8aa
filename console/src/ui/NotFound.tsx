import { Button } from "@mantine/core";
import { IconCompass } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { common } from "../words/common.ts";
import { useWords } from "../words/words.tsx";
import { Empty } from "./Empty.tsx";
import { Page } from "./Page.tsx";

export function NotFound() {
  const t = useWords(common);
  return (
    <Page title={t.notFoundTitle}>
      <Empty
        icon={IconCompass}
        title={t.notFoundTitle}
        action={
          <Button component={Link} to="/" variant="default">
            {t.toBots}
          </Button>
        }
      >
        {t.notFoundText}
      </Empty>
    </Page>
  );
}
