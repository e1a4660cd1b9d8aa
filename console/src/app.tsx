import { MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { consoleRouter } from "./router.tsx";
import { AccountSettings } from "./session/AccountSettings.tsx";
import { Asks } from "./session/Asks.tsx";
import { theme } from "./theme/theme.ts";
import { common } from "./words/common.ts";
import { useWords, Words } from "./words/words.tsx";

/** The console with everything that its pages need around them. */
export function App({ client, router }: { client: QueryClient; router: ReturnType<typeof consoleRouter> }) {
  return (
    <Words>
      <Themed>
        <QueryClientProvider client={client}>
          <AccountSettings />
          <RouterProvider router={router} />
          <Asks />
          <Notifications position="bottom-right" autoClose={5000} />
        </QueryClientProvider>
      </Themed>
    </Words>
  );
}

/** The look, with the words of the parts that bring their own buttons. */
function Themed({ children }: { children: ReactNode }) {
  const { close } = useWords(common);
  const spoken = useMemo(() => {
    const defaultProps = { closeButtonProps: { "aria-label": close } };
    return mergeThemeOverrides(theme, {
      components: {
        ModalCloseButton: { defaultProps: { "aria-label": close } },
        DrawerCloseButton: { defaultProps: { "aria-label": close } },
        Notification: { defaultProps },
      },
    });
  }, [close]);
  return (
    <MantineProvider
      theme={spoken}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}
