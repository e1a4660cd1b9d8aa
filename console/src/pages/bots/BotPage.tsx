import { Page } from "../../ui/Page.tsx";

export function BotPage() {
  return <Page title="BotPage" />;
}
