import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { UserConfig } from "vite";
import { gzipped } from "./build/gzip.ts";
import { themeCss } from "./build/theme-css.ts";

const server = process.env.COUNTERSIGN_URL;

/** `COUNTERSIGN_URL=http://127.0.0.1:8080 npm run dev` talks to that server; without it, to `dev/fake-api.ts`. */
export default async ({ mode }: { mode: string }): Promise<UserConfig & { test: object }> => ({
  base: "/console/",
  plugins: [
    react(),
    themeCss(),
    gzipped(),
    ...(mode === "development" && !server ? [(await import("./dev/fake-api.ts")).fakeApi()] : []),
  ],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: server ? { proxy: { "/api": server } } : {},
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "dev/**/*.test.ts"],
    css: false,
  },
});
