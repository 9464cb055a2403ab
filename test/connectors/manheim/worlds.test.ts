import { expect, test } from "bun:test";
import { type Consignment, readConsignment } from "../../../src/connectors/manheim/consignment.ts";
import { type Fault, faults } from "../../../src/simulators/manheim/faults.ts";
import { eventMessage } from "../../../src/simulators/manheim/messages.ts";
import { consignmentAt } from "../../../src/simulators/manheim/resources.ts";
import { changes } from "../../../src/simulators/manheim/world.ts";
import { Crash } from "../../support/connector-run.ts";
import { chance, type GivenManheim, givenManheim } from "./manheim-world.ts";

const ROUNDS = 500;

/** These would wait for minutes, or make a complete scan of a list that is not complete. */
const LEFT_OUT: readonly Fault[] = ["slow", "dripping", "empty-page"];
const FAULTS = faults.filter((fault) => !LEFT_OUT.includes(fault));

const HEADER = { name: "X-Lanehook", value: "a registered secret" };

test(`in ${ROUNDS} random worlds, with failures and crashes, the events tell the upstream's final state`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    await round(seed).catch((error) => {
      throw new Error(`round ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    });
  }
}, 60_000);

async function round(seed: number): Promise<void> {
  const random = chance(seed);
  const upTo = (limit: number) => Math.floor(random() * (limit + 1));
  const settings = { pageSize: 1 + upTo(4), callbackHeader: HEADER };
  await using given = await givenManheim({ consignments: upTo(6), settings, random });
  const history = openHistory(given, { isPushing: random() < 0.5, random });
  history.note();
  for (let polls = 2 + upTo(2); polls > 0; polls--) {
    for (let left = upTo(3); left > 0; left--) history.happen();
    if (random() < 0.7) given.simulator.faults.add(faultByChance(random));
    const crash = new AbortController();
    const path = "/";
    for (const when of ["run", "runBehind"]) {
      if (random() < 0.5)
        given.simulator.faults.add({ path, after: upTo(9), [when]: () => history.happen() });
    }
    if (random() < 0.4) {
      given.simulator.faults.add({ path, after: upTo(9), run: () => crash.abort(new Crash()) });
    }
    const atStep = random() < 0.2 ? upTo(3) : -1;
    const kept = random() < 0.5;
    await given.poll({ signal: crash.signal, crash: (at) => at.step === atStep && at.kept === kept });
    given.simulator.faults.clear();
    if (crash.signal.aborted || random() < 0.2) given.restart();
    given.clock.advance(upTo(2000));
  }
  const last = await given.poll();
  expect(last).toMatchObject({ error: null, isComplete: true });
  expect((await given.poll()).drafts).toEqual([]);
  history.check();
}

const PATHS = ["/", "/consignments/mine", "/consignments/id", "/units", "/oauth2"];

function faultByChance(random: () => number) {
  const fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? "expired";
  // A blank 404 by its id is how a consignment is known to be gone.
  const path = fault === "blank-404" ? "/consignments/mine" : PATHS[Math.floor(random() * PATHS.length)];
  const [after, times] = [Math.floor(random() * 6), 1 + Math.floor(random() * 6)];
  return { fault, path: path ?? "/", after, times, retryAfter: 1 };
}

/** Lets things happen, keeps every state that ever was, and holds the events against it. */
function openHistory(
  { simulator, world, clock, memory, push }: GivenManheim,
  { isPushing, random }: { isPushing: boolean; random: () => number },
) {
  const origin = simulator.url;
  const now = new Map<string, string>();
  /** How often each consignment came into each state. */
  const entries = new Map<string, number>();
  const gone: NonNullable<ReturnType<typeof world.find>>[] = [];
  const sent: object[] = [];
  const shown = (id: string) => {
    const consignment = world.find(id);
    return consignment && textOf(readConsignment(consignmentAt(origin, consignment)));
  };

  function note(): void {
    for (const id of now.keys()) if (world.find(id) === undefined) now.delete(id);
    for (const id of world.ids) {
      const text = shown(id) ?? "";
      if (now.get(id) !== text) entries.set(text, (entries.get(text) ?? 0) + 1);
      now.set(id, text);
    }
  }

  function happen(): void {
    // Of two changes within a millisecond no message can tell which was the last.
    if (isPushing) clock.advance(1);
    const before = new Map(world.ids.map((id) => [id, shown(id)]));
    const copies = world.ids.flatMap((id) => world.find(id) ?? []).map((each) => ({ ...each }));
    const back = random() < 0.15 ? gone.pop() : undefined;
    const picked = changes[Math.floor(random() * changes.length)];
    if (back !== undefined) world.restore(back);
    else if (!(isPushing && picked === "capture")) world.happen(picked);
    gone.push(...copies.filter(({ id }) => world.find(id) === undefined));
    note();
    if (isPushing) tell(world.ids.filter((id) => before.get(id) !== shown(id)));
  }

  /** Messages come, come again, come late, or do not come. */
  function tell(ids: readonly string[]): void {
    for (const id of ids) {
      const status = world.find(id)?.status;
      const name = {
        ACTIVE: "UPDATED",
        CANCELLED: "UPDATED",
        CHECKED_IN: "CHECKEDIN",
        CHECKED_OUT: "CHECKEDOUT",
      };
      const eventType = `CONSIGNMENTS.${name[status ?? "ACTIVE"]}`;
      sent.push(eventMessage(world, id, { origin, eventId: String(sent.length), eventType }));
    }
    while (sent.length > 0 && random() < 0.6) {
      const message = sent[Math.floor(random() * sent.length)] ?? {};
      expect(push(message, { [HEADER.name]: HEADER.value }).received).toMatchObject({ ok: true });
    }
  }

  function check(): void {
    const folded = new Map<string, string>();
    for (const { eventType, payload } of memory.admitted) {
      const consignment = readConsignment(JSON.parse(payload).body);
      const [id, text] = [consignment.id, textOf(consignment)];
      if (eventType.endsWith(".removed")) {
        expect(folded.delete(id), `${id} is removed once`).toBe(true);
        continue;
      }
      const left = entries.get(text) ?? 0; // a text names its consignment
      expect(left, `${eventType} is neither invented nor told twice`).toBeGreaterThan(0);
      entries.set(text, left - 1);
      if (eventType.endsWith(".created")) expect(folded.has(id), "one is created once").toBe(false);
      folded.set(id, text);
    }
    expect(Object.fromEntries(folded)).toEqual(
      Object.fromEntries(world.ids.map((id) => [id, shown(id) ?? ""])),
    );
  }

  return { note, happen, check };
}

const textOf = ({ comparable }: Consignment) => JSON.stringify(comparable);
