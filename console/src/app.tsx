import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { consoleRouter } from "./router.tsx";
import { AccountSettings } from "./session/AccountSettings.tsx";
import { Asks } from "./session/Asks.tsx";
import { theme } from "./theme/theme.ts";
import { Words } from "./words/words.tsx";

/** The console with everything that its pages need around them. */
export function App({ client, router }: { client: QueryClient; router: ReturnType<typeof consoleRouter> }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Words>
        <QueryClientProvider client={client}>
          <AccountSettings />
          <RouterProvider router={router} />
          <Asks />
          <Notifications position="bottom-right" autoClose={5000} />
        </QueryClientProvider>
      </Words>
    </MantineProvider>
  );
}
