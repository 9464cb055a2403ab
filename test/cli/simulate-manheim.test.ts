import { expect, test } from "bun:test";
import { manheimSettings } from "../../src/connectors/manheim/settings.ts";
import { spawnLanehook } from "../support/hub-process.ts";

/** A simulated upstream in a process of its own, and what it printed for making a connector. */
async function startSimulation(upstream: string) {
  const simulation = spawnLanehook(["simulate", upstream, "--every", "0"], {});
  let text = "";
  for await (const chunk of simulation.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/^connector .*\n/m.test(text)) break;
  }
  const [, url = ""] = /^listens on +(\S+)$/m.exec(text) ?? [];
  const [, connector = "{}"] = /^connector +(.*)$/m.exec(text) ?? [];
  return { simulation, url, connector: JSON.parse(connector) };
}

test("a simulated Manheim says how it is reached, moves on as it is told, fails as it is told, and stops", async () => {
  const { simulation, url, connector } = await startSimulation("manheim");
  expect(connector).toMatchObject({ kind: "manheim", environment: "sandbox", settings: { baseUrl: url } });
  expect(manheimSettings.safeParse(connector.settings).success).toBe(true);
  const post = (path: string, wish: object) =>
    fetch(`${url}/simulator/${path}`, { method: "POST", body: JSON.stringify(wish) });
  expect(await (await post("change", { what: "create" })).json()).toMatchObject({
    happened: { what: "create" },
  });
  expect((await post("fail", { fault: "not-a-service", path: "/units" })).status).toBe(200);
  expect((await post("fail", { fault: "rain" })).status).toBe(400);
  expect((await fetch(`${url}/consignments/mine`)).status).toBe(401);
  expect((await fetch(`${url}/units/id/1`)).status).toBe(596);
  expect((await fetch(`${url}/units/id/1`)).status).toBe(401);
  simulation.kill("SIGTERM");
  expect(await simulation.exited).toBe(0);
});
