import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src/theme/theme.ts";

const NAME = "virtual:theme.css";

/**
 * The variables of the theme as a style sheet. Mantine would write them into a `<style>` at run time, which the
 * Content-Security-Policy of the console does not allow.
 */
export function themeCss(): Plugin {
  return {
    name: "theme-css",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? variables() : undefined),
  };
}

function variables(): string {
  const css = convertCssVariables(defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme)));
  return `${css}\n:root[data-mantine-color-scheme="dark"]{--mantine-color-scheme:dark}\n:root[data-mantine-color-scheme="light"]{--mantine-color-scheme:light}`;
}
