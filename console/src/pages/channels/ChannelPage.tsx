import { Page } from "../../ui/Page.tsx";

export function ChannelPage() {
  return <Page title="ChannelPage" />;
}
