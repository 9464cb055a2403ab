import { expect, test } from "bun:test";
import { fuzz, startFuzzedHub } from "./fuzzing.ts";

/** The same requests every time; `bun run fuzz` takes others. */
const SEED = 20_260_101;

test("whatever is sent to an endpoint, the answer is one that the document has", async () => {
  await using started = await startFuzzedHub();
  const { mistakes, byStatus } = await fuzz(started.hub, { seed: SEED, requests: 2000 });
  expect(mistakes.slice(0, 5)).toEqual([]);
  expect(Object.keys(byStatus)).toContain("202"); // right ones are among them
}, 60_000);
