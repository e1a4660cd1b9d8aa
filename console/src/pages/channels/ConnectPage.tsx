import { Page } from "../../ui/Page.tsx";

export function ConnectPage() {
  return <Page title="ConnectPage" />;
}
