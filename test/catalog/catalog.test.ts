import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog } from "../../src/catalog/catalog.ts";
import { isEventType } from "../../src/catalog/event-types.ts";

const folder = join(import.meta.dir, "../../catalog");
const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".json"),
);
const typePaths = paths.filter((path) => path !== "common.json" && !path.startsWith("sources/"));
const sourcePaths = paths.filter((path) => /^sources\/.*(?<!\/common)\.json$/.test(path));
const catalog = openCatalog();

const NAMES = `
  ae.account.payment-source.removed.ams.v2
  ae.account.payment-source.upserted.ams.v3
  ae.account.removed.ams
  ae.account.representative.payer-authorized
  ae.account.representative.payer-deauthorized
  ae.account.representative.removed.ams
  ae.account.representative.upserted.ams
  ae.account.upserted.ams.v2
  ae.advisory.account.ams.v3
  ae.advisory.asset.ams.v3
  ae.advisory.payment-vendors.ams
  ae.advisory.request.account.ams
  ae.advisory.request.asset
  ae.advisory.request.asset-sold
  ae.asset.checked-in.ams
  ae.asset.checked-out.ams
  ae.asset.checked-out.returned.ams
  ae.asset.deal.charge.removed
  ae.asset.deal.charge.upsert
  ae.asset.deal.payment.apply-source
  ae.asset.deal.payment.status-changed.v2
  ae.asset.deal.sold.ams
  ae.asset.deal.unsold.ams
  ae.asset.deal.upserted.ams
  ae.asset.gatepass.buyer.releasable
  ae.asset.gatepass.buyer.revoked
  ae.asset.gatepass.created
  ae.asset.gatepass.delivered
  ae.asset.gatepass.send-email
  ae.asset.gatepass.voided
  ae.asset.label.failed
  ae.asset.label.generated
  ae.asset.label.requested
  ae.asset.location-updated
  ae.asset.media.upserted.sms
  ae.asset.negotiation.note-added
  ae.asset.negotiation.offer.accepted
  ae.asset.negotiation.offer.countered
  ae.asset.negotiation.offer.rejected
  ae.asset.negotiation.upserted
  ae.asset.not-sold
  ae.asset.offer.accepted.ams
  ae.asset.offer.made.ams
  ae.asset.offer.rejected.ams
  ae.asset.offer.upserted.ams
  ae.asset.removed.ams
  ae.asset.sale-listing.removed.ams
  ae.asset.sale-listing.upserted.ams.v3
  ae.asset.seller-charge.add-request-failed
  ae.asset.seller-charge.add-requested.v2
  ae.asset.seller-charge.remove-failed
  ae.asset.seller-charge.remove-requested
  ae.asset.seller-charge.removed
  ae.asset.seller-charge.upsert.v2
  ae.asset.temp-checked-out.ams
  ae.asset.upserted.ams
  ae.asset.valuation.eligible.ams
  ae.asset.valuation.upserted
  ae.auction.entitlement.upserted
  ae.cart.processed
  ae.condition-report.upsert
  ae.dealshield.notify.temp
  ae.document.asset.added
  ae.document.asset.removed
  ae.notification.request-delivery
  ae.payment-vendor.removed.ams
  ae.payment-vendor.upserted.ams
  ae.service.cancelled
  ae.service.completed
  ae.service.order-placed
  ae.service.order-rejected
  ae.service.order-updated
  ae.service.ordered
  ae.service.request
  ae.service.waived
  ae.statistics.runtime-counts.ams
  ae.user-info.advisory.data-source-updated
`
  .trim()
  .split(/\s+/);

const DOMAINS = [
  "account",
  "advisory",
  "asset",
  "auction",
  "cart",
  "condition-report",
  "dealshield",
  "document",
  "notification",
  "payment-vendor",
  "service",
  "statistics",
  "user-info",
];

function read(path: string) {
  return JSON.parse(readFileSync(join(folder, path), "utf8"));
}

describe("the files", () => {
  test("are one for each of the 77 event types", () => {
    expect(typePaths.map((path) => path.replace(/^.*\/|\.json$/g, "")).sort()).toEqual(NAMES);
    expect(NAMES).toHaveLength(77);
  });

  test("are named <domain>/<event type>.json and say the same inside", () => {
    for (const path of typePaths) {
      const { name, domain, summary, ...rest } = read(path);
      expect(path).toBe(`${domain}/${name}.json`);
      expect(isEventType(name)).toBe(true);
      expect(name.split(".")[1]).toBe(domain);
      expect(summary).toMatch(/^[A-Z].+\.$/);
      expect(Object.keys(rest)).toEqual(["schema", "example"]);
    }
  });

  test("spell no property out twice, but take it from the shared shapes", () => {
    const firstPlace = new Map<string, string>();
    for (const path of typePaths) {
      for (const [name, property] of Object.entries<Record<string, unknown>>(read(path).schema.properties)) {
        if ("$ref" in property) continue;
        const spelled = `${name} ${JSON.stringify(property)}`;
        expect(firstPlace.get(spelled) ?? path).toBe(path);
        firstPlace.set(spelled, path);
      }
    }
  });

  test("of connectors are named sources/<kind>/<event type>.json and say the same inside", () => {
    for (const path of sourcePaths) {
      const { name, source, summary, ...rest } = read(path);
      expect(path).toBe(`sources/${source}/${name}.json`);
      expect(isEventType(name)).toBe(true);
      expect(name).toStartWith(`${source}.`);
      expect(summary).toMatch(/^[A-Z].+\.$/);
      expect(Object.keys(rest)).toEqual(["schema", "example"]);
    }
  });

  test("use every shape that they share", () => {
    for (const common of paths.filter((path) => /(^|\/)common\.json$/.test(path))) {
      const place = common.replace("common.json", "");
      const sharing = paths.filter(
        (path) => path.startsWith(place) && path.startsWith("sources/") === (place !== ""),
      );
      const everything = sharing.map((path) => readFileSync(join(folder, path), "utf8")).join("\n");
      const used = new Set([...everything.matchAll(/#\/\$defs\/([A-Za-z]+)/g)].map(([, shape]) => shape));
      expect([...used].sort()).toEqual(Object.keys(read(common).$defs).sort());
    }
  });
});

describe("the catalog", () => {
  test("lists its names sorted, by domain and in all", () => {
    const { domains, eventTypes, byDomain } = catalog.listing();
    expect(domains).toEqual(DOMAINS);
    expect(Object.keys(byDomain)).toEqual(DOMAINS);
    expect(eventTypes.map(({ eventType }) => eventType)).toEqual(NAMES);
    expect(eventTypes[0]).toEqual({
      eventType: "ae.account.payment-source.removed.ams.v2",
      domain: "account",
    });
    for (const domain of domains) {
      expect(byDomain[domain]).toEqual(NAMES.filter((name) => name.split(".")[1] === domain));
    }
  });

  test("lists what connectors bring apart, by kind, and has its entries", () => {
    const { sources } = catalog.listing();
    const told = Object.entries(sources).flatMap(([kind, names]) =>
      names.map((name) => `sources/${kind}/${name}.json`),
    );
    expect(told.sort()).toEqual(sourcePaths.sort());
    expect(
      catalog
        .sourceEntries()
        .map(({ eventType }) => eventType)
        .sort(),
    ).toEqual(Object.values(sources).flat().sort());
  });

  test("takes a source's types with the shapes that they share", () => {
    const schema = { type: "object", properties: { toy: { $ref: "common.json#/$defs/toy" } } };
    const type = (name: string) => ({ name, source: "toy", summary: "A toy.", schema, example: { toy: {} } });
    const small = openCatalog([
      { path: "common.json", json: JSON.stringify({ $defs: { toy: { type: "null" } } }) },
      { path: "sources/toy/common.json", json: JSON.stringify({ $defs: { toy: { type: "object" } } }) },
      ...["toy.sold", "toy.made"].map((name) => ({
        path: `sources/toy/${name}.json`,
        json: JSON.stringify(type(name)),
      })),
    ]);
    expect(small.listing()).toEqual({
      domains: [],
      eventTypes: [],
      byDomain: {},
      sources: { toy: ["toy.made", "toy.sold"] },
    });
    expect(small.find("toy.sold")).toEqual({
      eventType: "toy.sold",
      source: "toy",
      summary: "A toy.",
      schema: {
        type: "object",
        properties: { toy: { $ref: "#/$defs/toy" } },
        $defs: { toy: { type: "object" } },
      },
      example: { toy: {} },
    });
    expect(small.entries()).toEqual([]);
    expect(["toy.*", "toy.sold", "*", "toy", "toy.lost"].map(small.knows)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test("finds an entry by its exact name only", () => {
    expect(catalog.find("ae.cart.processed")).toMatchObject({
      eventType: "ae.cart.processed",
      domain: "cart",
    });
    for (const name of ["ae.cart", "ae.cart.*", "common", "", "__proto__", "constructor", "toString"]) {
      expect(catalog.find(name)).toBeUndefined();
    }
  });

  test.each([
    ["ae.asset.deal.sold.ams", true],
    ["ae.asset.deal.*", true],
    ["ae.*", true],
    ["*", true],
    ["ae.asset.deal", false],
    ["ae.cart.processed.*", false],
    ["gavelhouse.*", false],
    ["ae.*.sold", false],
    ["constructor", false],
    ["", false],
  ])("says whether %p matches a known type: %p", (pattern, known) => {
    expect(catalog.knows(pattern)).toBe(known);
  });
});
