import { Page } from "../../ui/Page.tsx";

export function ChannelsPage() {
  return <Page title="ChannelsPage" />;
}
