import { describe, expect, test } from "bun:test";
import {
  compareMessage,
  comparePage,
  type Known,
  knownFromMessage,
  knownFromPage,
  knownToBeGone,
} from "../../../src/connectors/manheim/changes.ts";
import { readConsignment } from "../../../src/connectors/manheim/consignment.ts";

const T1 = "2026-01-01T00:00:00.000Z";
const T2 = "2026-01-01T00:00:00.001Z";
const AT = Date.parse(T1);

const given = (more: Record<string, unknown> = {}) =>
  readConsignment({
    href: "https://uat.api.manheim.com/consignments/id/dc9af750-868e-11e8-a3d5-45fc7fd70000",
    unit: { href: "https://uat.api.manheim.com/units/id/b8de5caa-869b-11e8-ac16-252ba1890000" },
    status: "ACTIVE",
    updatedOn: T1,
    ...more,
  });

const page = (more: Record<string, unknown> = {}): Known =>
  knownFromPage(null, given(more), { verdict: "created", now: AT });

const pushed = (more: Record<string, unknown> = {}): Known =>
  knownFromMessage(null, given(more), { eventId: "e1", verdict: "created", now: AT });

describe("a page against what is known", () => {
  test.each<[string, Known | null, Record<string, unknown>, string]>([
    ["never seen", null, {}, "created"],
    ["never seen and checked in", null, { status: "CHECKED_IN" }, "created"],
    ["as it was", page(), {}, "same"],
    ["newer", page(), { updatedOn: T2 }, "updated"],
    ["another content at the same date", page(), { offsite: true }, "updated"],
    ["older", page({ updatedOn: T2, status: "CHECKED_IN" }), {}, "stale"],
    ["checked in", page(), { updatedOn: T2, status: "CHECKED_IN" }, "checkedin"],
    ["checked in at the same date", page(), { status: "CHECKED_IN" }, "checkedin"],
    ["checked out", page({ status: "CHECKED_IN" }), { updatedOn: T2, status: "CHECKED_OUT" }, "checkedout"],
    ["cancelled", page(), { updatedOn: T2, status: "CANCELLED" }, "cancelled"],
    ["active again", page({ status: "CANCELLED" }), { updatedOn: T2 }, "updated"],
    ["of a status nobody knows", page(), { updatedOn: T2, status: "IN_TRANSIT" }, "updated"],
    ["without a status", page(), { updatedOn: T2, status: undefined }, "updated"],
    [
      "without a date, another",
      page({ updatedOn: undefined }),
      { updatedOn: undefined, offsite: true },
      "updated",
    ],
    ["without a date, the same", page({ updatedOn: undefined }), { updatedOn: undefined }, "same"],
    ["gone, and back", { ...page(), goneAt: AT }, {}, "created"],
    ["as a message said", pushed(), {}, "same"],
    ["with more than a message said", pushed(), { orders: { href: "x" } }, "same"],
    ["with less than a message said", pushed({ offsite: true }), {}, "updated"],
  ])("%s", (_, known, more, verdict) => {
    expect(comparePage(known, given(more))).toBe(verdict as "same");
  });

  test("the order of keys, the work order twice, a whole unit and the type inside are no change", () => {
    const known = page({ referenceId: { workOrderNumber: "1" }, offsite: false, categoryCode: "R" });
    const unit = { vin: "1FM5K8D8XKGA06778", href: given().received.unit };
    const { href } = unit.href as { href: string };
    const other = {
      categoryCode: "R",
      offsite: false,
      referenceId: { workOrder: "1", workOrderNumber: "1" },
    };
    const fresh = given({ ...other, unit: { ...unit, href }, type: "CONSIGNMENTS.CHECKEDIN" });
    expect(comparePage(known, fresh)).toBe("same");
  });
});

describe("a message against what is known", () => {
  test.each<[string, Known | null, Record<string, unknown>, string]>([
    ["never seen: what it calls itself", null, { status: "CHECKED_IN" }, "checkedin"],
    ["older", page({ updatedOn: T2 }), {}, "stale"],
    ["newer, of another status", page(), { updatedOn: T2, status: "CHECKED_OUT" }, "checkedout"],
    ["newer, of the same status", page(), { updatedOn: T2 }, "updated"],
    ["of a date that a page showed", page(), { status: "CHECKED_IN" }, "same"],
    ["again", pushed(), { status: "CHECKED_IN" }, "checkedin"],
    ["of a date and status that a message told", pushed(), { offsite: true }, "same"],
    ["as old as what is gone", { ...page(), goneAt: AT }, {}, "stale"],
    ["newer than what is gone", { ...page(), goneAt: AT }, { updatedOn: T2 }, "checkedin"],
  ])("%s", (_, known, more, verdict) => {
    expect(compareMessage(known, given(more), { eventId: "e2", kind: "checkedin" })).toBe(verdict as "same");
  });

  test("the same message twice is the same, whatever came between at the same date", () => {
    const between = knownFromMessage(pushed(), given({ status: "CHECKED_IN" }), {
      eventId: "e2",
      now: AT,
      verdict: "checkedin",
    });
    expect(compareMessage(between, given(), { eventId: "e1", kind: "created" })).toBe("same");
    expect(compareMessage(between, given(), { eventId: "e3", kind: null })).toBe("updated");
  });

  test("one that changed nothing leaves what a page must show as it was, and is known from then on", () => {
    const known = pushed({ offsite: false });
    const after = knownFromMessage(known, given({ offsite: true }), {
      eventId: "e2",
      now: AT + 5,
      verdict: "same",
    });
    expect(after).toEqual({
      ...known,
      pushed: { ...known.pushed, eventIds: ["e1", "e2"] } as Known["pushed"] & object,
    });
    expect(comparePage(after, given({ offsite: true }))).toBe("updated");
  });
});

describe("editions", () => {
  const DAY = 86_400_000;
  const after = (known: Known | null, now = AT) =>
    knownFromPage(known, given(), { verdict: comparePage(known, given()), now }).edition;

  test("grow with each change that is told, through a removal, and not otherwise", () => {
    const known = page();
    expect(after(known)).toBe(known.edition);
    expect(after(page({ offsite: true }))).toBe(known.edition + 1);
    const gone = knownToBeGone(known, AT);
    expect([gone.edition, after(gone)]).toEqual([known.edition + 1, known.edition + 2]);
  });

  test("of one that was gone so long that it is forgotten are above all that it had", () => {
    const last = { ...page(), edition: page().edition + 999_000 };
    expect(after(null, AT + 30 * DAY)).toBeGreaterThan(knownToBeGone(last, AT).edition);
  });
});
