import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "virtual:theme.css";
import "./theme/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/queries.ts";
import { App } from "./app.tsx";
import { consoleRouter } from "./router.tsx";

const client = queryClient();
const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App client={client} router={consoleRouter(client)} />
    </StrictMode>,
  );
}
