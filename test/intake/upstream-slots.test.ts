import { expect, test } from "bun:test";
import { MAX_DELIVERY_CONCURRENCY } from "../../src/config.ts";
import { ROOM_FOR_PEOPLE, ROOM_FOR_RUNS, UpstreamSlots } from "../../src/intake/upstream-slots.ts";

const never = new AbortController().signal;

/** Exchanges that end when they are told to; `begun` tells which have begun, in order. */
function openHeld(slots: UpstreamSlots) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    begin(name: string, owner: number, signal: AbortSignal = never) {
      return slots.hold(owner, signal, () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      });
    },
    async end(name: string) {
      ends.get(name)?.();
      await Bun.sleep(0);
    },
  };
}

test("a customer whose upstream hangs waits for itself, the others go on", async () => {
  const { begun, begin, end } = openHeld(new UpstreamSlots({ total: 4, perCustomer: 2 }));
  for (const name of ["a1", "a2", "a3", "a4"]) void begin(name, 1);
  void begin("b1", 2);
  void begin("c1", 3);
  void begin("d1", 4);
  await Bun.sleep(0);
  expect(begun).toEqual(["a1", "a2", "b1", "c1"]);
  await end("b1");
  expect(begun.slice(4)).toEqual(["d1"]);
  await end("a1");
  expect(begun.slice(5)).toEqual(["a3"]);
  await end("c1");
  expect(begun).toHaveLength(6);
  await end("a2");
  expect(begun.slice(6)).toEqual(["a4"]);
});

test("one that fails makes room, one that is given up never begins", async () => {
  const slots = new UpstreamSlots({ total: 1, perCustomer: 1 });
  const { begun, begin, end } = openHeld(slots);
  const stopping = new AbortController();
  void begin("a", 1);
  const given = begin("b", 1, stopping.signal);
  void begin("c", 1);
  stopping.abort("stopped");
  await expect(given).rejects.toBe("stopped");
  await expect(begin("d", 1, stopping.signal)).rejects.toBe("stopped");
  await end("a");
  expect(begun).toEqual(["a", "c"]);
  await end("c");
  await expect(slots.hold(1, never, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  void begin("e", 1);
  await Bun.sleep(0);
  expect(begun).toEqual(["a", "c", "e"]);
});

test("with all attempts under way, no more is asked of fetch than Bun does at once", () => {
  expect(MAX_DELIVERY_CONCURRENCY + ROOM_FOR_RUNS.total + ROOM_FOR_PEOPLE.total).toBe(256);
});
