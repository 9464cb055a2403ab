import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realSeams } from "../../src/seams.ts";
import { startManheimSimulator } from "../../src/simulators/manheim/simulator.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";
import { startReceiver } from "../support/receiver.ts";

const CONSIGNMENTS = 30;

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("a hub that is killed in mid-scan, again and again, tells every change once", async () => {
  await using simulator = startManheimSimulator({ ...realSeams() });
  await using receiver = startReceiver();
  for (let n = 0; n < CONSIGNMENTS; n++) simulator.world.create();
  let token = "";
  const poll = (hub: HubProcess) => hub.call("POST", "/connectors/manheim/poll", { auth: token });

  for (const afterRequests of [3, 15, 24]) {
    await using hub = await startHubProcess({ DATA_DIR: dataDir });
    if (token === "")
      token = await connect(hub, { baseUrl: simulator.url, ...simulator.credentials }, receiver.url);
    simulator.faults.add({ path: "/", after: afterRequests, run: () => hub.kill("SIGKILL") });
    await poll(hub).catch(() => {}); // the answer never comes
    await hub.exited;
  }
  simulator.faults.clear();
  const [first = "", second = ""] = simulator.world.ids;
  simulator.world.checkIn(first);
  simulator.world.remove(second);

  await using hub = await startHubProcess({ DATA_DIR: dataDir });
  expect(await poll(hub)).toMatchObject({ complete: true });
  const events = () => new Map(receiver.received.map((each) => [each.headers["webhook-id"], each]));
  const changes = () =>
    [...events().values()].map(({ headers, body }) => [
      JSON.parse(body).body.href.split("/").at(-1),
      headers["x-webhook-event"]?.split(".").at(-1),
    ]);
  const expected = await settled(hub, token);
  while (events().size < expected) await receiver.got(receiver.received.length + 1);
  const created = simulator.world.ids.map((id) => [id, "created"]);
  const told = changes();
  for (const change of [...created, [second, "created"], [first, "checkedin"], [second, "removed"]]) {
    expect(
      told.filter((each) => each.join() === change.join()),
      change.join(),
    ).toHaveLength(1);
  }
  expect(told).toHaveLength(CONSIGNMENTS + 2);
}, 60_000);

async function connect(hub: HubProcess, settings: object, webhookUrl: string): Promise<string> {
  const account = { email: "dealer@example.com", name: "Acme Auto", password: "correct horse battery" };
  const { token } = await hub.call("POST", "/auth/signup", { body: account });
  const subscription = { eventType: "manheim.*", webhookUrl };
  await hub.call("PUT", "/subscriptions/sandbox", { auth: token, body: subscription });
  const schedule = "0 0 1 1 *"; // by hand only
  const connector = {
    kind: "manheim",
    environment: "sandbox",
    schedule,
    settings: { ...settings, pageSize: 4 },
  };
  await hub.call("PUT", "/connectors/manheim", { auth: token, body: connector });
  return token;
}

/** How many events there are in all: each has one delivery. */
async function settled(hub: HubProcess, token: string): Promise<number> {
  const { deliveries } = await hub.call("GET", "/deliveries?limit=200", { auth: token });
  return deliveries.length;
}
