import { expect, test } from "bun:test";
import { roadsterSettings } from "../../src/connectors/roadster/settings.ts";
import { spawnLanehook } from "../support/hub-process.ts";
import { givenFolder } from "./lanehook.ts";

test("an upstream to try is there at once, says how to reach it, and ends with SIGTERM", async () => {
  const child = spawnLanehook(
    ["simulate", "dealerauction", "--port", "0", "--every", "0", "--size", "7"],
    {},
  );
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!/connector .*\n/.test(text)) continue;
    const { kind, settings } = JSON.parse(/connector +(\{.*\})/.exec(text)?.[1] ?? "");
    const { baseUrl, username, password, customerIds } = settings;
    expect(kind).toBe("dealerauction");
    const answer = await fetch(`${baseUrl}/v1/stock?customerId=${customerIds[0]}`, {
      headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
    });
    expect(((await answer.json()) as { stockItems: unknown[] }).stockItems).toHaveLength(7);
    child.kill("SIGTERM");
  }
  expect(await child.exited).toBe(0);
});

test("a simulated Roadster says how it learns where its callbacks go", async () => {
  const child = spawnLanehook(["simulate", "roadster", "--port", "0", "--every", "0"], {});
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, endpoint = ""] = /webhooks +PUT (\S+) .*\n/.exec(text) ?? [];
    if (endpoint === "") continue;
    const { kind, settings } = JSON.parse(/connector +(\{.*\})/.exec(text)?.[1] ?? "");
    expect([kind, roadsterSettings.safeParse(settings).success]).toEqual(["roadster", true]);
    const headers = { authorization: `Bearer ${settings.apiKey}` };
    const found = await fetch(`${settings.baseUrl}/inventory?dpid=${settings.dpids[0]}`, { headers });
    expect(((await found.json()) as { total: number }).total).toBe(6);
    const body = JSON.stringify({ url: "http://127.0.0.1:1/hook" });
    expect((await fetch(endpoint, { method: "PUT", body })).status).toBe(200);
    child.kill("SIGTERM");
  }
  expect(await child.exited).toBe(0);
});

test("a port in use, or an upstream that there is none of, exits 2 with a sentence", async () => {
  await using folder = givenFolder();
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const taken = await folder.run(["simulate", "dealerauction", "--port", String(server.port)]);
  expect([taken.exitCode, taken.stderr]).toEqual([
    2,
    expect.stringContaining(`port ${server.port} is in use`),
  ]);
  for (const wrong of [["nothing"], ["dealerauction", "--port", "x"], ["dealerauction", "--every", "-1"]]) {
    expect((await folder.run(["simulate", ...wrong])).exitCode).toBe(2);
  }
});
