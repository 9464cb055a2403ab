import { expect, test } from "bun:test";
import { openEventStream } from "../../src/http/event-stream.ts";

test("a reader that is behind gets nothing more until it has caught up", async () => {
  let drained = 0;
  const stream = openEventStream({ drained: () => void drained++, closed() {} });
  const filling = "x".repeat(100_000);
  const sent = Array.from({ length: 5 }, () => stream.send("overview", filling));
  expect(sent).toEqual([true, true, true, false, false]); // 256 KiB, and the event that goes past it
  const before = drained;
  const reader = stream.response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.endsWith('"\n\n') || text.length < 300_000) text += (await reader?.read())?.value ?? "";
  expect(drained).toBeGreaterThan(before);
  expect(stream.send("ping", {})).toBe(true);
  expect((await reader?.read())?.value).toBe("event: ping\ndata: {}\n\n");
});

test("a stream closes once, whoever ends it, and takes nothing after that", async () => {
  let closed = 0;
  const open = () => openEventStream({ drained() {}, closed: () => void closed++ });
  const left = open();
  await left.response.body?.cancel();
  left.end();
  expect(closed).toBe(1);
  expect(left.send("ping", {})).toBe(false);
  const ended = open();
  ended.send("expired", {});
  ended.end();
  ended.end();
  expect(closed).toBe(2);
  expect(ended.send("ping", {})).toBe(false);
  expect(await ended.response.text()).toBe("retry: 2000\n\nevent: expired\ndata: {}\n\n");
});
