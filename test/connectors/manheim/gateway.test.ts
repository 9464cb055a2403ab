import { expect, test } from "bun:test";
import type { UpstreamAnswer } from "../../../src/connectors/connector.ts";
import { faultOf, quotaResetAt } from "../../../src/connectors/manheim/gateway.ts";
import { quotaReset } from "../../../src/simulators/manheim/gateway.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const MIDNIGHT = Date.UTC(2026, 0, 2);
const MINUTE = 60_000;

const answer = (headers: Record<string, string>, more: Partial<UpstreamAnswer> = {}): UpstreamAnswer => ({
  status: 403,
  headers: new Headers(headers),
  body: new Uint8Array(),
  date: null,
  ...more,
});

test("the simulator writes a reset as the gateway does", () => {
  expect(quotaReset(Date.UTC(2017, 4, 18))).toBe("Thursday, May 18, 2017 12:00:00 AM GMT");
});

test("a quota that is used up is waited for until the reset that the gateway names", () => {
  const at = MIDNIGHT + 30 * MINUTE;
  expect(quotaResetAt(answer({ "X-Plan-Quota-Reset": quotaReset(at) }), NOON)).toBe(at);
});

test.each(["soon", "", "Thursday, May 18, 2017 12:00:00 AM GMT", "2026-01-03"])(
  "a reset that cannot be read or is past (%p) stands for the next 00:00 GMT",
  (text) => {
    expect(quotaResetAt(answer({ "X-Plan-Quota-Reset": text }), NOON)).toBe(MIDNIGHT);
    expect(quotaResetAt(answer({}), NOON)).toBe(MIDNIGHT);
  },
);

test("clocks that are minutes apart around midnight cost no day", () => {
  const [before, after] = [MIDNIGHT - 4 * MINUTE, MIDNIGHT + MINUTE];
  expect(quotaResetAt(answer({}, { date: before }), after)).toBe(after + 4 * MINUTE); // ours is fast
  expect(quotaResetAt(answer({}, { date: after }), before)).toBe(MIDNIGHT); // theirs is
  const named = answer({ "X-Plan-Quota-Reset": quotaReset(MIDNIGHT) }, { date: before });
  expect(quotaResetAt(named, after)).toBe(after + 4 * MINUTE);
});

test.each([
  ["<h1>Developer Over Qps</h1>", 403, "rate_limited"],
  ["<h1>Developer Over Rate</h1>", 403, "quota_used_up"],
  ["<h1>Developer Inactive</h1>", 403, "bad_credentials"],
  ["<h1>596 Service Not Found</h1>", 596, "not_a_service"],
  ["", 401, "bad_credentials"],
  ["", 429, "rate_limited"],
  ["", 302, "refused"],
  ["", 406, "refused"],
] as const)("without its header, %p with %d is known for what it is", (text, status, fault) => {
  const body = new TextEncoder().encode(text);
  expect(faultOf(answer({}, { status, body }), NOON)).toMatchObject({ fault, status });
});

test("a refusal says when to come back", () => {
  const code = { "X-Mashery-Error-Code": "ERR_403_DEVELOPER_OVER_QPS" };
  expect(faultOf(answer({ ...code, "Retry-After": "7" }), NOON)).toMatchObject({
    fault: "rate_limited",
    retryAt: NOON + 7000,
    upstreamCode: "ERR_403_DEVELOPER_OVER_QPS",
  });
  expect(faultOf(answer(code), NOON)?.retryAt).toBeNull();
  expect(faultOf(answer({ "Retry-After": "900" }, { status: 503 }), NOON)?.retryAt).toBe(NOON + 900_000);
});
