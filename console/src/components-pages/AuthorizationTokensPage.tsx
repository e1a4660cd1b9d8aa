import { ComponentsList } from "./ComponentsList.tsx";

export function AuthorizationTokensPage() {
  return <ComponentsList kind="authorization_tokens" />;
}
