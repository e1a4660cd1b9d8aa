import { Page } from "../ui/Page.tsx";

export function BotFilePage() {
  return <Page title="Bot file" />;
}
