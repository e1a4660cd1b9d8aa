import { Page } from "../../ui/Page.tsx";

export function AnalyticsPage() {
  return <Page title="AnalyticsPage" />;
}
