import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Heap } from "../../src/delivery/heap.ts";
import { comesBefore, type DueDelivery } from "../../src/delivery/lane.ts";
import { ReadyQueue, type Refill } from "../../src/delivery/ready-queue.ts";

const nothing = (): Refill => ({ due: [], hasMore: false, nextDueAt: null });
const fast = { durationMs: 5, timedOut: false };
const timeout = { durationMs: 10_000, timedOut: true };

const due = (id: number, subscriptionId: number, customerId = subscriptionId): DueDelivery => ({
  id,
  subscriptionId,
  customerId,
  dueAt: 0,
  attempts: 0,
});

const healthy = { isOpen: true, isFailing: false };

const queueOf = (slots: number) => new ReadyQueue({ slots, factsOf: () => healthy });

/** Takes until nothing may go; answers what was taken. */
function takeAll(queue: ReadyQueue, at = 0, refill = nothing): DueDelivery[] {
  const taken: DueDelivery[] = [];
  for (let next = queue.take(at, refill); next !== null; next = queue.take(at, refill)) taken.push(next);
  return taken;
}

/** Ends attempts as said, on disk too. */
function finish(queue: ReadyQueue, deliveries: DueDelivery[], end = fast): void {
  for (const delivery of deliveries) {
    queue.finish(delivery, end);
    queue.settled(delivery);
  }
}

test("a heap gives items back in order, whatever order they came in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const each of numbers) heap.push(each);
      const out: number[] = [];
      for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next);
      expect(out).toEqual([...numbers].sort((a, b) => a - b));
    }),
  );
});

test("earlier due comes first, then first tries, then the older", () => {
  const order = [
    { ...due(9, 1), dueAt: 1 },
    { ...due(3, 1), dueAt: 2 },
    { ...due(4, 1), dueAt: 2 },
    { ...due(1, 1), dueAt: 2, attempts: 1 },
  ];
  for (const [index, each] of order.entries()) {
    for (const later of order.slice(index + 1)) {
      expect(comesBefore(each, later)).toBe(true);
      expect(comesBefore(later, each)).toBe(false);
    }
  }
});

test("turns go round over customers before they go round over one customer's subscriptions", () => {
  const queue = queueOf(8);
  for (const [id, subscription, customer] of [
    [1, 11, 1],
    [2, 12, 1],
    [3, 13, 1],
    [4, 21, 2],
  ] as const) {
    queue.offer(due(id, subscription, customer));
  }
  const [first, second] = takeAll(queue).map(({ customerId }) => customerId);
  expect(new Set([first, second])).toEqual(new Set([1, 2]));
});

describe("a subscription's limit", () => {
  const backlog = (queue: ReadyQueue, subscriptionId: number, count: number) => {
    for (let id = 0; id < count; id++) queue.offer(due(subscriptionId * 1000 + id, subscriptionId));
  };

  test("starts at one and grows while answers are fast and work waits", () => {
    const queue = queueOf(64);
    const sizes: number[] = [];
    backlog(queue, 1, 16);
    let id = 5000;
    for (let round = 0; round < 5; round++) {
      const taken = takeAll(queue);
      sizes.push(taken.length);
      finish(queue, taken);
      for (let more = 0; more < 40; more++) queue.offer(due(id++, 1));
    }
    expect(sizes[0]).toBe(1);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.at(-1)).toBeGreaterThanOrEqual(5);
  });

  test("falls to one while attempts time out", () => {
    const queue = queueOf(64);
    let id = 0;
    for (let round = 0; round < 30; round++) {
      for (let more = 0; more < 40; more++) queue.offer(due(id++, 1));
      finish(queue, takeAll(queue));
    }
    for (let round = 0; round < 8; round++) finish(queue, takeAll(queue), timeout);
    for (let more = 0; more < 5; more++) queue.offer(due(id++, 1));
    expect(takeAll(queue)).toHaveLength(1);
  });

  test("leaves some slots to others, however fast the answers are", () => {
    const queue = queueOf(16);
    let id = 0;
    for (let round = 0; round < 50; round++) {
      for (let more = 0; more < 40; more++) queue.offer(due(id++, 1));
      finish(queue, takeAll(queue));
    }
    for (let more = 0; more < 40; more++) queue.offer(due(id++, 1));
    expect(takeAll(queue).length).toBeLessThan(16);
    queue.offer(due(99_999, 2));
    expect(takeAll(queue).map(({ subscriptionId }) => subscriptionId)).toEqual([2]);
  });
});

test("receivers that are not known to be fast hold half of the slots at most", () => {
  const queue = queueOf(8);
  for (let subscription = 1; subscription <= 20; subscription++) queue.offer(due(subscription, subscription));
  expect(takeAll(queue)).toHaveLength(4);
});

test("receivers whose attempts time out leave slots to those that are not known yet", () => {
  const queue = queueOf(16);
  const dead = Array.from({ length: 20 }, (_, n) => n + 1);
  for (const subscription of dead) queue.offer(due(subscription, subscription));
  for (let round = 0; round < 3; round++) finish(queue, takeAll(queue), timeout);
  for (const subscription of dead) queue.offer(due(100 + subscription, subscription));
  expect(takeAll(queue)).toHaveLength(6); // of the eight that are not for fast ones
  for (const subscription of [31, 32, 33]) queue.offer(due(subscription, subscription));
  expect(takeAll(queue).map(({ subscriptionId }) => subscriptionId)).toEqual([31, 32]);
});

test("a subscription that failed before the start is taken for dead until it answers", () => {
  const queue = new ReadyQueue({ slots: 16, factsOf: (id) => ({ isOpen: true, isFailing: id > 1 }) });
  for (let subscription = 1; subscription <= 20; subscription++) queue.offer(due(subscription, subscription));
  const taken = takeAll(queue);
  expect(taken.map(({ subscriptionId }) => subscriptionId)).toContain(1);
  expect(taken).toHaveLength(1 + 6);
  finish(queue, taken);
  queue.offer(due(100, 2));
  expect(takeAll(queue).map(({ subscriptionId }) => subscriptionId)).toContain(2);
});

test("a receiver that stops answering gets no further slots", () => {
  const queue = queueOf(32);
  let id = 0;
  for (let round = 0; round < 10; round++) {
    for (let more = 0; more < 40; more++) queue.offer(due(id++, 1));
    finish(queue, takeAll(queue));
  }
  queue.offer(due(90_001, 1));
  const hanging = takeAll(queue, 0);
  finish(queue, hanging.slice(1));
  expect(takeAll(queue, 60_000)).toEqual([]);
});

test("what does not fit the window is read when there is room, and nothing is taken twice", () => {
  const queue = queueOf(128);
  const rows = Array.from({ length: 500 }, (_, id) => due(id, 1));
  const settled = new Set<number>();
  for (const each of rows) queue.offer(each);
  const taken: number[] = [];
  for (let round = 0; round < 200 && taken.length < rows.length; round++) {
    const batch = takeAll(queue, 0, () => {
      const open = rows.filter(({ id }) => !settled.has(id)).slice(0, 40);
      return { due: open, hasMore: open.length === 40, nextDueAt: null };
    });
    taken.push(...batch.map(({ id }) => id));
    finish(queue, batch);
    for (const { id } of batch) settled.add(id);
  }
  expect(taken).toHaveLength(rows.length);
  expect(new Set(taken).size).toBe(rows.length);
});

test("a delivery that a refill has brought before its offer is taken once", () => {
  const queue = queueOf(4);
  queue.markDue(1, 1);
  const refill = () => ({ due: [due(7, 1)], hasMore: false, nextDueAt: null });
  expect(takeAll(queue, 0, refill)).toMatchObject([{ id: 7 }]);
  expect(queue.offer(due(7, 1))).toBe(false);
  expect(takeAll(queue)).toEqual([]);
});

test("an alarm makes a lane ready at its time, and the earliest counts", () => {
  const queue = queueOf(4);
  queue.schedule(1, 1, 5000);
  queue.schedule(1, 1, 3000);
  expect(queue.nextAlarmAt).toBe(3000);
  queue.wake(2999);
  expect(takeAll(queue)).toEqual([]);
  queue.wake(3000);
  const refill = () => ({ due: [due(7, 1)], hasMore: false, nextDueAt: 5000 });
  expect(takeAll(queue, 0, refill)).toMatchObject([{ id: 7 }]);
  expect(queue.nextAlarmAt).toBe(5000);
});

test("a closed subscription is passed over until it is opened", () => {
  const queue = new ReadyQueue({ slots: 4, factsOf: () => ({ isOpen: false, isFailing: false }) });
  queue.offer(due(1, 1));
  expect(takeAll(queue)).toEqual([]);
  queue.reopen(1, true);
  const refill = () => ({ due: [due(1, 1)], hasMore: false, nextDueAt: null });
  expect(takeAll(queue, 0, refill)).toMatchObject([{ id: 1 }]);
});

test("whatever happens in whatever order, slots are never exceeded and nothing is under way twice", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("offer" as const), subscription: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("take" as const) }),
    fc.record({ kind: fc.constant("end" as const), which: fc.nat(), timedOut: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = queueOf(5);
      const underWay: DueDelivery[] = [];
      let id = 0;
      for (const each of steps) {
        if (each.kind === "offer") queue.offer(due(id++, each.subscription));
        if (each.kind === "take") underWay.push(...takeAll(queue));
        if (each.kind === "end" && underWay.length > 0) {
          const [ended] = underWay.splice(each.which % underWay.length, 1);
          if (ended) finish(queue, [ended], each.timedOut ? timeout : fast);
        }
        expect(underWay.length).toBeLessThanOrEqual(5);
        expect(queue.underWay).toBe(underWay.length);
        expect(new Set(underWay.map((delivery) => delivery.id)).size).toBe(underWay.length);
      }
    }),
  );
});
