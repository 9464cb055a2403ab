import { expect, test } from "bun:test";
import { bearer, givenFolder } from "./lanehook.ts";

const ADA = "ada@example.com";
const addAda = ["customer", "add", ADA, "--name", "Ada Auto"];

test("a customer added beside a running hub logs in at once, also where signup is closed", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const { customer, password } = await folder.ask(...addAda);

  const { status, body } = await hub.logIn("ADA@example.com", password);
  expect(status).toBe(200);
  expect(body.customer).toMatchObject({ customerId: customer.customerId, name: "Ada Auto" });
  expect(JSON.stringify(hub.lines)).not.toContain(password);
});

test("a customer added on a folder that is not there yet logs in once a hub runs", async () => {
  await using folder = givenFolder();
  const { password } = await folder.ask(...addAda, "--auction-ids", "daanw,aaad");
  const hub = await folder.serve();

  const { status, body } = await hub.logIn(ADA, password);
  expect(status).toBe(200);
  expect(body.customer.auctionIds).toEqual(["daanw", "aaad"]);
});

test("people read the new password on standard output, and nowhere else", async () => {
  await using folder = givenFolder();
  const added = await folder.run(addAda);
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  const [, password = ""] = /^password +(\S+) +\(shown only now\)$/m.exec(added.stdout) ?? [];
  expect(password).toHaveLength(20);
  expect((await folder.run(["customer", "list"])).stdout).not.toContain(password);
});

test("a password given on standard input is taken without its line end, and not printed", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const given = " correct horse battery ";
  const added = await folder.run([...addAda, "--password-stdin"], { stdin: `${given}\n` });
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  expect(added.stdout).not.toContain("password");
  expect((await hub.logIn(ADA, given)).status).toBe(200);
});

test("disabling ends login, token and API key at once; enabling lets the customer log in anew", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const { customer, password } = await folder.ask(...addAda);
  const { token, customer: shown } = (await hub.logIn(ADA, password)).body;
  const me = async (headers: Record<string, string>) =>
    (await hub.call("GET", "/auth/me", { headers })).status;
  expect(await me(bearer(token))).toBe(200);

  expect(await folder.run(["customer", "disable", ADA])).toMatchObject({
    exitCode: 0,
    stdout: `${ADA} is disabled.\n`,
  });
  expect(await me(bearer(token))).toBe(401);
  expect(await me({ "x-api-key": shown.apiKey })).toBe(403);
  expect((await hub.logIn(ADA, password)).status).toBe(403);

  expect((await folder.run(["customer", "enable", customer.customerId])).exitCode).toBe(0);
  expect(await me(bearer(token))).toBe(401);
  expect((await hub.logIn(ADA, password)).status).toBe(200);
});

test("resetting a password ends the old one and its tokens at once", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const { password: old } = await folder.ask(...addAda);
  const { token } = (await hub.logIn(ADA, old)).body;
  const { password } = await folder.ask("customer", "reset-password", ADA);

  expect((await hub.call("GET", "/auth/me", { headers: bearer(token) })).status).toBe(401);
  expect((await hub.logIn(ADA, old)).status).toBe(401);
  expect((await hub.logIn(ADA, password)).status).toBe(200);
});

test("assigned auction ids take effect at once", async () => {
  await using folder = givenFolder({ AUCTION_IDS: "operator" });
  const hub = await folder.serve();
  const { password } = await folder.ask(...addAda);
  const { key } = await folder.ask("publisher", "add", "crm");
  const { token } = (await hub.logIn(ADA, password)).body;
  const subscription = { eventType: "*", webhookUrl: "http://127.0.0.1:9/hook" };
  const subscribed = await hub.call("PUT", "/subscriptions/sandbox", {
    headers: bearer(token),
    body: subscription,
  });
  expect(subscribed.status).toBe(201);
  const deliveries = async (payload?: object) =>
    (await hub.publish(key, payload)).body.events[0].deliveries as number;
  const assign = async (...ids: string[]) =>
    (await folder.ask("customer", "auction-ids", ADA, ...ids)).auctionIds;

  expect(await deliveries()).toBe(0);
  expect(await assign("daanw", "aaad")).toEqual(["daanw", "aaad"]);
  expect(await deliveries()).toBe(1);
  expect(await deliveries({})).toBe(0);
  expect(await assign("*")).toEqual(["*"]);
  expect(await deliveries()).toBe(0);
  expect(await deliveries({})).toBe(1);
  expect(await assign("--none")).toEqual([]);
  expect(await deliveries({})).toBe(0);
});

test("auction ids are shown, one a line, and kept when nothing is asked", async () => {
  await using folder = givenFolder();
  const { customer } = await folder.ask(...addAda, "--auction-ids", "daanw,*");
  const show = ["customer", "auction-ids", customer.customerId];
  expect((await folder.run(show)).stdout).toBe("daanw\n*\n");
  expect((await folder.run([...show, "--none"])).stdout).toBe(`${ADA} has no auction ids.\n`);
  expect((await folder.run(show)).stdout).toBe(`${ADA} has no auction ids.\n`);
});

test("the list is a table for people and JSON for scripts, the same beside a hub and alone", async () => {
  await using folder = givenFolder();
  expect((await folder.run(["customer", "list"])).stdout).toBe("No customers yet.\n");
  await folder.ask(...addAda, "--auction-ids", "a1,a2,a3,a4,a5,a6,a7");
  await folder.ask("customer", "add", "bo@example.com", "--name", "Bühler 汽车");
  const alone = await folder.run(["customer", "list"]);
  const asJson = await folder.ask("customer", "list");
  expect(asJson).toMatchObject([
    { email: ADA, status: "active", auctionIds: ["a1", "a2", "a3", "a4", "a5", "a6", "a7"] },
    { email: "bo@example.com", name: "Bühler 汽车", auctionIds: [] },
  ]);

  const [head = "", ...rows] = alone.stdout.trimEnd().split("\n");
  expect(head).toMatch(/^EMAIL +NAME +STATUS +AUCTION IDS +ID +CREATED$/);
  expect(rows[0]).toContain("a1,a2,a3,a4,a5 and 2 more");
  const columnOf = (line: string, text: string) => Bun.stringWidth(line.slice(0, line.indexOf(text)));
  for (const row of rows) expect(columnOf(row, "active")).toBe(columnOf(head, "STATUS"));

  await folder.serve();
  expect(await folder.run(["customer", "list"])).toEqual(alone);
  expect(await folder.ask("customer", "list")).toEqual(asJson);
});

const REFUSED: [argv: string[], sentence: string][] = [
  [["add", "ADA@EXAMPLE.COM", "--name", "Again"], "This e-mail address is registered already"],
  [["add", "nobody", "--name", "N"], "The input is not valid: email Invalid email address"],
  [["disable", "nobody@example.com"], "There is no such customer"],
  [["enable", "nobody@example.com"], "There is no such customer"],
  [["reset-password", "nobody@example.com"], "There is no such customer"],
  [["auction-ids", "nobody@example.com"], "There is no such customer"],
  [
    ["add", "bo@example.com", "--name", "Bo", "--auction-ids", "ü"],
    "The input is not valid: auctionIds[0] must be 1 to 100 letters, digits and _ . : -, or a single *",
  ],
];

test("what is refused exits 1 with the same sentence beside a hub and alone, and changes nothing", async () => {
  await using folder = givenFolder();
  await folder.ask(...addAda);
  const before = await folder.ask("customer", "list");
  const expectRefusal = async ([argv, sentence]: (typeof REFUSED)[number]) =>
    expect(await folder.run(["customer", ...argv])).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `lanehook: ${sentence}\n`,
    });

  const hub = await folder.serve();
  await Promise.all(REFUSED.map(expectRefusal));
  await hub.end("SIGTERM");
  for (const each of REFUSED.slice(0, 3)) await expectRefusal(each);
  expect(await folder.ask("customer", "list")).toEqual(before);
});
