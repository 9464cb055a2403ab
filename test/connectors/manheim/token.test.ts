import { expect, test } from "bun:test";
import { manheimSettings } from "../../../src/connectors/manheim/settings.ts";
import { ManheimToken } from "../../../src/connectors/manheim/token.ts";
import { openUpstreams } from "../../../src/intake/upstream.ts";
import { parseNetworks } from "../../../src/networks.ts";
import { realSeams } from "../../../src/seams.ts";
import { startManheimSimulator } from "../../../src/simulators/manheim/simulator.ts";
import { HurriedClock } from "../../support/connector-run.ts";

const options = { signal: new AbortController().signal };

function givenToken() {
  const seams = realSeams();
  const simulator = startManheimSimulator(seams);
  const settings = manheimSettings.parse(simulator.credentials);
  const upstreams = openUpstreams({ seams, allowTargets: parseNetworks("127.0.0.0/8") });
  const upstream = upstreams.open(simulator.url, 1);
  const clock = new HurriedClock();
  const token = new ManheimToken({ settings, upstream, clock, random: () => 0.5 });
  return { simulator, clock, token };
}

test("whoever hears late that a token was refused takes the one that another has renewed meanwhile", async () => {
  const { simulator, token } = givenToken();
  await using _ = simulator;
  const first = await token.current(options);
  const second = await token.renewed(first, options);
  expect(second).not.toBe(first);
  expect(await token.renewed(first, options)).toBe(second);
  expect(simulator.tokens.issued).toBe(2);
});

test("all who ask at once share one request, and all hear of its failure", async () => {
  const { simulator, token } = givenToken();
  await using _ = simulator;
  expect(new Set(await Promise.all([1, 2, 3].map(() => token.current(options)))).size).toBe(1);
  expect(simulator.tokens.issued).toBe(1);
  const refused = await token.current(options);
  simulator.faults.add({ path: "/oauth2", fault: "inactive" });
  const results = await Promise.allSettled([1, 2, 3].map(() => token.renewed(refused, options)));
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(simulator.requests).toHaveLength(2);
  await token.current(options); // and the next one begins anew
  expect(simulator.tokens.issued).toBe(2);
});

test("a request that nobody waits for any longer is called off, and the next one is another", async () => {
  const { simulator, token } = givenToken();
  await using _ = simulator;
  const leaving = new AbortController();
  simulator.faults.add({ path: "/oauth2", fault: "slow", run: () => leaving.abort(new Error("left")) });
  await expect(token.current({ signal: leaving.signal })).rejects.toThrow("left");
  await token.current(options);
  expect(simulator.requests).toHaveLength(2);
});

test("a token that says when it ends is renewed a minute before, or at half of a shorter life", async () => {
  const { simulator, clock, token } = givenToken();
  await using _ = simulator;
  for (const [lifetimeMs, lastMs] of [
    [3_600_000, 3_540_000],
    [60_000, 30_000],
  ] as const) {
    simulator.tokens.lifetimeMs = lifetimeMs;
    const known = await token.renewed(await token.current(options), options);
    clock.advance(lastMs - 1);
    expect(await token.current(options)).toBe(known);
    clock.advance(1);
    expect(await token.current(options)).not.toBe(known);
  }
});
