import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ShownCommand } from "../../src/commands/shown-command.ts";
import { realSeams } from "../../src/seams.ts";
import { type SeenRequest, startDealerAuction } from "../../src/simulators/dealerauction/dealerauction.ts";
import { startHubProcess } from "../support/hub-process.ts";

const isPost = ({ method }: SeenRequest) => method === "POST";

test("after kill -9 while a sale is under way, the next hub finds out by reading, and sells nothing twice", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
  const simulator = startDealerAuction({ seams: realSeams() });
  try {
    const listing = givenProvisional(simulator);
    const arrived = Promise.withResolvers<void>();
    simulator.beforeEach = (request) => isPost(request) && arrived.resolve();
    simulator.fail("silenceAfter", { at: isPost });
    const path = `/connectors/cars/listings/${listing}/mark-as-sold`;

    await using killed = await startHubProcess({ DATA_DIR: dataDir });
    const body = { email: "dealer@example.com", name: "Acme Auto", password: "correct horse battery" };
    const { token: auth } = await killed.call("POST", "/auth/signup", { body });
    await killed.call("PUT", "/connectors/cars", { auth, body: connectorTo(simulator) });
    const lost = killed.call("POST", path, { auth, body: { salePrice: 4500 } }).catch(() => "lost");
    await arrived.promise;
    killed.kill("SIGKILL");
    expect(await lost).toBe("lost");

    await using again = await startHubProcess({ DATA_DIR: dataDir });
    let command: ShownCommand | undefined;
    while (command?.outcome !== "done") {
      [command] = (await again.call("GET", "/connectors/cars/commands", { auth })).commands;
      expect(["unknown", "done"]).toContain(command?.outcome as string);
      await Bun.sleep(10);
    }
    expect(command.answer).toMatchObject({ status: "SOLD", sale: { price: 4500 } });
    expect(simulator.requests.filter(isPost)).toHaveLength(1);
  } finally {
    await simulator.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 30_000);

/** Its id. */
function givenProvisional({ world }: ReturnType<typeof startDealerAuction>): string {
  const listing = world.list(world.add("10001").id);
  world.bid(listing.id, 3000);
  world.end(listing.id);
  return listing.id;
}

function connectorTo({
  url: baseUrl,
  username,
  password,
  customerIds,
}: ReturnType<typeof startDealerAuction>) {
  const settings = { baseUrl, username, password, customerIds };
  return { kind: "dealerauction", environment: "sandbox", schedule: "0 0 1 1 *", settings };
}
