import { expect, test } from "bun:test";
import { join } from "node:path";

const main = join(import.meta.dir, "../../src/main.ts");

const health = (port: number, env: Record<string, string> = {}) =>
  Bun.spawn([process.execPath, main, "health"], { env: { PORT: String(port), ...env }, stderr: "ignore" })
    .exited;

test("a hub that answers is healthy, also where the environment names a proxy", async () => {
  using hub = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ status: "ok" }) });
  const port = hub.port ?? 0;
  expect(await health(port)).toBe(0);
  expect(await health(port, { HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" })).toBe(0);
});

test("a port where something else answers, or nothing, is not healthy", async () => {
  using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
  expect(await health(other.port ?? 0)).toBe(1);
  await other.stop(true);
  expect(await health(other.port ?? 1)).toBe(1);
});
