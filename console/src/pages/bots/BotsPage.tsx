import { Page } from "../../ui/Page.tsx";

export function BotsPage() {
  return <Page title="BotsPage" />;
}
