import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { givenFolder } from "./lanehook.ts";

type Folder = ReturnType<typeof givenFolder>;

/** A folder with a database that a command has made. */
async function givenDatabase() {
  const folder = givenFolder();
  await folder.ask("customer", "add", "ada@example.com", "--name", "Ada Auto");
  return { folder, file: join(folder.dataDir, "lanehook.db") };
}

/** The hub, or a command on the folder itself, refuses with this sentence and exits 2. */
async function expectRefused(
  folder: Folder,
  sentence: RegExp,
  { argv = ["serve"], env = {} }: { argv?: string[]; env?: Record<string, string> } = {},
) {
  const { exitCode, stdout, stderr } = await folder.run(argv, { env });
  expect({ argv, exitCode, stdout }).toEqual({ argv, exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^lanehook: .*\n$/);
  expect(stderr).toMatch(sentence);
}

const LIST = ["customer", "list"];

test("a second hub on the same folder exits 2 with a sentence, and the first goes on", async () => {
  await using folder = givenFolder();
  const hub = await folder.serve();
  const { exitCode, stdout, stderr } = await folder.run(["serve"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toBe(
    `lanehook: DATA_DIR ${folder.dataDir} is in use by another lanehook; one process owns it at a time.\n`,
  );
  expect((await hub.call("GET", "/health")).status).toBe(200);
  expect(await folder.ask("customer", "list")).toEqual([]);
});

test("another SECRET_KEY than the database's exits 2", async () => {
  const { folder, file } = await givenDatabase();
  await using _ = folder;
  const before = readFileSync(file);
  const env = { SECRET_KEY: "x".repeat(32) };
  await expectRefused(folder, /SECRET_KEY does not open this database/, { env });
  await expectRefused(folder, /SECRET_KEY does not open this database/, { env, argv: LIST });
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("a database of a newer lanehook exits 2 and stays as it is, byte for byte", async () => {
  const { folder, file } = await givenDatabase();
  await using _ = folder;
  const db = new Database(file);
  db.run("INSERT INTO migrations (name, hash, applied_at) VALUES ('9999_x', 'abc', 0)");
  db.close();
  const before = readFileSync(file);
  await expectRefused(folder, /made by a newer lanehook \(it has 9999_x\)/);
  await expectRefused(folder, /made by a newer lanehook \(it has 9999_x\)/, { argv: LIST });
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("a damaged database exits 2 and stays as it is", async () => {
  const { folder, file } = await givenDatabase();
  await using _ = folder;
  const opened = openSync(file, "r+");
  writeSync(opened, "no database begins like this");
  closeSync(opened);
  const before = readFileSync(file);
  await expectRefused(folder, /lanehook\.db cannot be read as a database/);
  await expectRefused(folder, /lanehook\.db cannot be read as a database/, { argv: LIST });
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("a wrong setting exits 2 and is named", async () => {
  await using folder = givenFolder();
  const file = join(folder.root, "file");
  await Bun.write(file, "");
  await Promise.all([
    expectRefused(folder, /PORT must be a number/, { env: { PORT: "abc" } }),
    expectRefused(folder, /PORT must be a number/, { env: { PORT: "abc" }, argv: LIST }),
    expectRefused(folder, /SECRET_KEY must have at least 32/, { env: { SECRET_KEY: "short" } }),
    expectRefused(folder, /DATA_DIR \S+ cannot be made/, { env: { DATA_DIR: file } }),
    expectRefused(folder, /DATA_DIR \S+ cannot be made/, { env: { DATA_DIR: file }, argv: LIST }),
  ]);
});

test("wrong use exits 2 and shows how it is meant", async () => {
  await using folder = givenFolder();
  const wrong = [
    ["customer"],
    ["customer", "add", "ada@example.com"],
    ["customer", "add", "--name", "Ada"],
    ["customer", "add", "ada@example.com", "--name", "Ada", "--password", "secret"],
    ["customer", "auction-ids", "ada@example.com", "daanw", "--none"],
    ["customer", "rename", "ada@example.com"],
    ["publisher", "add"],
    ["publisher", "add", "crm", "dms"],
    ["sreve"],
  ];
  const expectUsage = async (argv: string[]) => {
    const { exitCode, stdout, stderr } = await folder.run(argv);
    expect({ argv, exitCode, stdout }).toEqual({ argv, exitCode: 2, stdout: "" });
    expect(stderr).toContain("Usage: lanehook");
  };
  await Promise.all(wrong.map(expectUsage));
});

test("every command is told in a line of the help", async () => {
  await using folder = givenFolder();
  const help = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await folder.run([...argv, "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout;
  };
  const commandsIn = (text: string) =>
    [...text.matchAll(/^ {2}([a-z-]+)(?: .*?)? {2,}\S/gm)].map(([, name]) => name);
  expect(commandsIn(await help())).toContainValues(["serve", "health", "customer", "publisher"]);
  expect(commandsIn(await help("customer"))).toContainValues([
    "add",
    "list",
    "disable",
    "enable",
    "reset-password",
    "auction-ids",
  ]);
  expect(commandsIn(await help("publisher"))).toContainValues(["add", "list", "remove"]);
  expect(await help("customer", "auction-ids")).toContain("'*'");
});
