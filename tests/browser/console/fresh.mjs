// A server that is no demo, for tests that need one of their own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server with an empty folder, without a bot: where its setup is, with which token, and how it is stopped. */
export async function freshServer(program) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-setup-"));
  const port = await freePort();
  const own = `http://localhost:${port}`;
  const config = `listen = "127.0.0.1:${port}"\npublic_url = "${own}"\n\n[limits]\nstop_timeout = "1s"\n`;
  writeFileSync(join(folder, "countersign.toml"), config);
  const server = spawn(program, ["serve"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const over = new Promise((done) => server.once("exit", done));
  const stop = async () => {
    server.kill();
    await over;
    rmSync(folder, { recursive: true });
  };
  const lines = [];
  const told = (seen) => {
    for (const stream of [server.stdout, server.stderr]) createInterface(stream).on("line", seen);
  };
  const link = await new Promise((found, failed) => {
    told((line) => {
      lines.push(line);
      const [, page, token] = line.match(/open (\S+\/console\/setup) and give this token: (\S+)/) ?? [];
      if (page) found({ page, token });
    });
    server.once("exit", () => failed(new Error(`the server did not start:\n${lines.join("\n")}`)));
  });
  return { ...link, stop };
}

function freePort() {
  return new Promise((found) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => found(port));
    });
  });
}
