import { ComponentsList } from "./ComponentsList.tsx";

export function WebServicesPage() {
  return <ComponentsList kind="web_services" />;
}
