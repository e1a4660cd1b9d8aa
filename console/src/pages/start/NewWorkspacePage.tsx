import { Page } from "../../ui/Page.tsx";

export function NewWorkspacePage() {
  return <Page title="NewWorkspacePage" />;
}
