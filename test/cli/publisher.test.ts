import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { givenFolder } from "./lanehook.ts";

test("a new publisher's key works at once and a removed one's stops at once, in a running hub", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const { key } = await folder.ask("publisher", "add", "crm");
  expect((await hub.publish(key)).status).toBe(202);
  expect(JSON.stringify(hub.lines)).not.toContain(key);

  expect(await folder.run(["publisher", "remove", "crm"])).toMatchObject({
    exitCode: 0,
    stdout: "Publisher crm is removed; its key no longer works.\n",
  });
  expect((await hub.publish(key)).status).toBe(401);
});

test("what was added and removed without a hub holds in the next one", async () => {
  await using folder = givenFolder();
  const { key: kept } = await folder.ask("publisher", "add", "crm");
  const { key: gone } = await folder.ask("publisher", "add", "dms");
  await folder.ask("publisher", "remove", "dms");
  const hub = await folder.serve();
  expect((await hub.publish(kept)).status).toBe(202);
  expect((await hub.publish(gone)).status).toBe(401);
});

test("the publisher of the first start can be removed, and stays so", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const key = readFileSync(join(folder.dataDir, "publish.key"), "utf8").trim();
  expect((await hub.publish(key)).status).toBe(202);
  await folder.ask("publisher", "remove", "default");
  expect((await hub.publish(key)).status).toBe(401);
  expect(await hub.end("SIGTERM")).toBe(0);
  expect((await (await folder.serve()).publish(key)).status).toBe(401);
});

test("the key is printed once, on standard output", async () => {
  await using folder = givenFolder();
  const { exitCode, stdout, stderr } = await folder.run(["publisher", "add", "crm"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const [, key = ""] = /^key +(lhp_\S+) +\(shown only now\)$/m.exec(stdout) ?? [];
  expect(key).toHaveLength(47);
  const listed = await folder.run(["publisher", "list"]);
  expect(listed.stdout).toMatch(/^NAME +STATUS +CREATED\ncrm +active +\d{4}-\S+Z\n$/);
  expect(await folder.ask("publisher", "list")).toMatchObject([{ name: "crm", status: "active" }]);
});

test("what is refused exits 1 with a sentence", async () => {
  await using folder = givenFolder();
  await folder.ask("publisher", "add", "crm");
  await folder.serve();
  const refused = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await folder.run(["publisher", ...argv]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    return stderr;
  };
  expect(await refused("add", "crm")).toBe("lanehook: A publisher of this name exists already\n");
  expect(await refused("remove", "dms")).toBe("lanehook: There is no such publisher\n");
  expect(await refused("add", "C R M")).toBe(
    "lanehook: The input is not valid: name must be 1 to 64 small letters, digits and -\n",
  );
});
