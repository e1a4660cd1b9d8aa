import type { Bot } from "../../api/contract.ts";

export function PublishDialogue(_: { workspace: string; bot: Bot; onClose: () => void }) {
  return null;
}
