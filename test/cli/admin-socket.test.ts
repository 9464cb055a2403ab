import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { givenFolder } from "./lanehook.ts";

const addAda = ["customer", "add", "ada@example.com", "--name", "Ada Auto"];

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("the socket and the folder it stands in are their owner's alone, and the socket goes with the hub", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const socket = join(folder.dataDir, "admin.sock");
  expect(modeOf(socket)).toBe("600");
  expect(modeOf(folder.dataDir)).toBe("700");
  expect(await hub.end("SIGTERM")).toBe(0);
  expect(existsSync(socket)).toBe(false);
});

test("a socket that kill -9 left behind hinders neither a command nor the next hub", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  await folder.ask(...addAda);
  await hub.end("SIGKILL");
  expect(existsSync(join(folder.dataDir, "admin.sock"))).toBe(true);

  expect(await folder.ask("customer", "list")).toHaveLength(1);
  const next = await folder.serve();
  const { password } = await folder.ask("customer", "reset-password", "ada@example.com");
  expect((await next.logIn("ada@example.com", password)).status).toBe(200);
  expect(next.lines).toContainEqual(expect.objectContaining({ fact: "admin.granted" }));
});

test("a data folder with a path longer than a socket's may be works the same", async () => {
  const root = givenFolder();
  await using _ = root;
  const dataDir = join(root.root, "x".repeat(100), "y".repeat(100));
  await using folder = givenFolder({ DATA_DIR: dataDir });
  const hub = await folder.serve();
  const { password } = await folder.ask(...addAda);
  expect((await hub.logIn("ada@example.com", password)).status).toBe(200);
  expect(modeOf(join(dataDir, "admin.sock"))).toBe("600");
});

test("a hub whose folder takes no socket warns and serves; commands say that they cannot reach it", async () => {
  await using folder = givenFolder();
  const first = await folder.serve();
  await first.end("SIGTERM");
  const socket = join(folder.dataDir, "admin.sock");
  await Bun.write(join(socket, "in-the-way"), ""); // a folder of this name
  const hub = await folder.serve();
  expect(hub.lines).toContainEqual(expect.objectContaining({ fact: "admin.closed", level: "warn" }));
  expect((await hub.call("GET", "/health")).status).toBe(200);

  const { exitCode, stdout, stderr } = await folder.run(["customer", "list"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toBe(
    `lanehook: DATA_DIR ${folder.dataDir} is in use by a lanehook whose admin.sock does not answer. It may be starting or stopping: try again, or stop it first.\n`,
  );
});

test("a folder locked by a process without a socket is left alone", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  rmSync(join(folder.dataDir, "admin.sock"));
  const { exitCode, stderr } = await folder.run(addAda);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("whose admin.sock does not answer");
  expect(await hub.end("SIGTERM")).toBe(0);
  expect(await folder.ask("customer", "list")).toEqual([]);
});

test("who connects and asks nothing, or half, does not hold up the hub's stop", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const half = "POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 100\r\n\r\n{";
  const clients = await Promise.all(
    ["", half].map(async (text) => {
      const client = connect(join(folder.dataDir, "admin.sock"));
      client.on("error", () => {});
      await new Promise<void>((resolve) => client.once("connect", () => client.write(text, () => resolve())));
      return client;
    }),
  );
  const before = performance.now();
  expect(await hub.end("SIGTERM")).toBe(0);
  expect(performance.now() - before).toBeLessThan(4000);
  for (const client of clients) client.destroy();
});

test("what is no wish is answered with a problem", async () => {
  await using folder = givenFolder();
  await folder.serve();
  const post = async (body: string, method = "POST") => {
    const unix = join(folder.dataDir, "admin.sock");
    const response = await fetch("http://hub/", { unix, method, ...(method === "POST" && { body }) });
    return { status: response.status, ...((await response.json()) as { code: string }) };
  };
  expect(await post("{")).toMatchObject({ status: 400, code: "malformed_json" });
  expect(await post("[]")).toMatchObject({ status: 422, code: "invalid_input" });
  expect(await post("{}", "GET")).toMatchObject({ status: 404, code: "not_found" });
  expect(await post('{"wish":"toString","input":{}}')).toMatchObject({ status: 404, code: "not_found" });
  expect(await post('{"wish":"customer.disable","input":{}}')).toMatchObject({
    status: 422,
    errors: [{ path: "customer" }],
  });
});

test("more than the hub takes at once is refused with a sentence", async () => {
  await using folder = givenFolder();
  await folder.serve();
  const stdin = "a".repeat(2 * 1024 * 1024);
  const { exitCode, stderr } = await folder.run([...addAda, "--password-stdin"], { stdin });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^lanehook: The hub .*\n$/);
});

test("two customers added at the same moment are both there", async () => {
  await using folder = givenFolder();
  await folder.serve();
  const add = (email: string) => folder.ask("customer", "add", email, "--name", "Dealer");
  await Promise.all(["a@example.com", "b@example.com", "c@example.com"].map(add));
  const db = new Database(join(folder.dataDir, "lanehook.db"), { readonly: true });
  expect(db.query("SELECT count(*) AS count FROM customers").get()).toEqual({ count: 3 });
  db.close();
});
