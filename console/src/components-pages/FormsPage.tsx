import { ComponentsList } from "./ComponentsList.tsx";

export function FormsPage() {
  return <ComponentsList kind="forms" />;
}
