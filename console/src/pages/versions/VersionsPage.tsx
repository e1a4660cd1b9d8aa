import { Page } from "../../ui/Page.tsx";

export function VersionsPage() {
  return <Page title="VersionsPage" />;
}
