import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { MAX_DOCUMENT_BYTES } from "../../../src/documents/files.ts";
import type { SimulatedDeal } from "../../../src/simulators/privateauto/world.ts";
import { problemIn } from "../../support/problem.ts";
import { givenDeals, HOUR, VIN, webhookOf } from "./given.ts";

const DAY = 24 * HOUR;
const archiving = { settings: { archiveDocuments: true, enrich: false } };

type Hub = Awaited<ReturnType<typeof givenDeals>>;

/** A deal that has come to be. */
function givenDeal({ world }: Hub): SimulatedDeal {
  const deal = world.sell({ vin: VIN });
  world.accept(deal);
  return deal;
}

const fetchContent = (hub: Hub, id: string, token = hub.token) =>
  fetch(`${hub.app.api}/documents/${id}/content`, { headers: { authorization: `Bearer ${token}` } });

/** The contents that lie in the data folder. */
function filesOf({ app }: Hub): string[] {
  const root = join(app.dataDir, "documents");
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    /\/[0-9a-f]{64}$/.test(path),
  );
}

test("files are fetched at once, and served to their owner as they were", async () => {
  await using hub = await givenDeals(archiving);
  const deal = givenDeal(hub);
  hub.world.sign(deal, "poa");
  await hub.settle();
  const [document] = await hub.documents();
  expect(document).toMatchObject({
    connector: "deals",
    dealId: deal.id,
    documentId: deal.documents[0]?.id,
    classification: "poa",
    name: "poa.pdf",
    contentType: "application/pdf",
  });
  const response = await fetchContent(hub, document?.id ?? "");
  const content = await response.bytes();
  expect(new TextDecoder().decode(content)).toContain(`poa of ${deal.id}`);
  expect(createHash("sha256").update(content).digest("hex")).toBe(document?.sha256 ?? "");
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/pdf",
    "content-disposition": "attachment; filename*=UTF-8''poa.pdf",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
  });
  expect(filesOf(hub)).toEqual([`${document?.sha256.slice(0, 2)}/${document?.sha256}`]);
});

test("they are another customer's neither to see nor to fetch", async () => {
  await using hub = await givenDeals(archiving);
  hub.world.sign(givenDeal(hub), "poa");
  await hub.settle();
  const [document] = await hub.documents();
  const stranger = await hub.app.givenCustomer();
  const list = await hub.app.call("GET", "/documents", { auth: stranger.token });
  expect(list.json()).toEqual({ documents: [], nextKey: null });
  const content = await hub.app.call("GET", `/documents/${document?.id}/content`, { auth: stranger.token });
  expect(problemIn(content)).toBe("404 document_not_found");
  expect((await fetch(`${hub.app.api}/documents/${document?.id}/content`)).status).toBe(401);
  for (const id of ["x", "..%2F..%2Flanehook.db", document?.sha256 ?? ""]) {
    const answer = await hub.app.call("GET", `/documents/${id}/content`, { auth: hub.token });
    expect(problemIn(answer)).toBe("404 document_not_found");
  }
});

test("they are listed by connector and deal, newest first, page by page", async () => {
  await using hub = await givenDeals(archiving);
  const [one, other] = [givenDeal(hub), givenDeal(hub)];
  hub.world.sign(one, "poa");
  await hub.settle();
  hub.world.sign(other, "poa");
  await hub.settle();
  hub.world.sign(one, "bill-of-sale");
  await hub.settle();
  const deals = async (query: string) => (await hub.documents(query)).map(({ dealId }) => dealId);
  expect(await deals("")).toEqual([one.id, other.id, one.id]);
  expect(await deals(`dealId=${one.id}&connector=deals`)).toEqual([one.id, one.id]);
  expect(await deals("connector=other")).toEqual([]);
  const call = async (query: string) =>
    (await hub.app.call("GET", `/documents?${query}`, { auth: hub.token })).json();
  const first = await call("limit=2");
  const second = await call(`limit=2&lastKey=${first.nextKey}`);
  expect([first.documents.length, second.documents.length, second.nextKey]).toEqual([2, 1, null]);
  expect((await call("lastKey=abc")).code).toBe("invalid_page_key");
});

test("a link that ran out is asked for anew", async () => {
  await using hub = await givenDeals(archiving);
  const deal = givenDeal(hub);
  hub.deliveries.isHeld = true;
  hub.world.sign(deal, "poa");
  await hub.advance(5 * HOUR);
  hub.simulator.requests.length = 0;
  await hub.deliveries.send(webhookOf(hub.deliveries, "deal.poa_approved"));
  await hub.settle();
  expect((await hub.documents()).map(({ name }) => name)).toEqual(["poa.pdf"]);
  expect(hub.simulator.requests.map(({ path }) => path)).toEqual([
    `/data/deals/partner-acme/${deal.id}/documents`,
  ]);
});

test("so is one that ended before it said it would", async () => {
  await using hub = await givenDeals(archiving);
  const deal = givenDeal(hub);
  hub.deliveries.isHeld = true;
  hub.world.sign(deal, "poa");
  const { dealId, id, documents } = JSON.parse(webhookOf(hub.deliveries, "deal.poa_approved").body);
  const [file] = documents;
  const spoilt = { ...file, signedUrl: file.signedUrl.replace(/Signature=\w/, "Signature=z") };
  const webhook = hub.deliveries.emit("deal.poa_approved", { id, dealId, documents: [spoilt] });
  await hub.deliveries.send(webhook);
  await hub.settle();
  expect(await hub.documents()).toHaveLength(1);
});

test("the same file from many webhooks is kept once; what only `/data` shows is found there", async () => {
  await using hub = await givenDeals(archiving);
  const deal = givenDeal(hub);
  hub.world.submitTitle(deal);
  hub.world.sign(deal, "bill-of-sale");
  hub.world.complete(deal);
  await hub.settle();
  expect(await hub.documents()).toHaveLength(3);
  expect(filesOf(hub)).toHaveLength(3);

  await using late = await givenDeals(archiving);
  const other = givenDeal(late);
  late.deliveries.isHeld = true;
  late.world.submitTitle(other);
  late.world.sign(other, "bill-of-sale");
  await late.deliveries.send(webhookOf(late.deliveries, "document.completed")); // it has no links of its own
  await late.settle();
  expect((await late.documents()).map(({ name }) => name).toSorted()).toEqual([
    "bill-of-sale.pdf",
    "title-back.jpg",
    "title-front.jpg",
  ]);
});

test("what is too large, or neither a PDF nor a picture, is not kept", async () => {
  const unfit: [content: Uint8Array<ArrayBuffer>, contentType: string][] = [
    [new TextEncoder().encode("<html>Sign in</html>"), "text/html"],
    [new TextEncoder().encode("%PDF-1.4 in words only"), "text/html"],
    [new TextEncoder().encode("<svg onload='alert(1)'/>"), "image/svg+xml"],
    [new TextEncoder().encode("MZ"), "application/octet-stream"],
    [new Uint8Array(), "application/pdf"],
    [new Uint8Array(MAX_DOCUMENT_BYTES + 1).fill(0x25), "application/pdf"],
  ];
  for (const [content, contentType] of unfit) {
    await using hub = await givenDeals(archiving);
    const deal = givenDeal(hub);
    hub.deliveries.isHeld = true;
    hub.world.sign(deal, "poa");
    hub.simulator.bucket.put(deal.documents[0]?.key ?? "", content, contentType);
    await hub.deliveries.send(webhookOf(hub.deliveries, "deal.poa_approved"));
    await hub.settle();
    expect(await hub.documents()).toEqual([]);
    expect(filesOf(hub)).toEqual([]);
    const { lastError } = (await hub.connector()).errands;
    expect(lastError?.code).toBe(content.length > MAX_DOCUMENT_BYTES ? "too_large" : "malformed");
  }
});

test("links into private networks are not followed", async () => {
  await using hub = await givenDeals(archiving);
  const deal = givenDeal(hub);
  hub.deliveries.isHeld = true;
  const documents = ["http://169.254.169.254/latest", "http://10.0.0.1/a.pdf", "file:///etc/passwd"].map(
    (signedUrl) => ({
      filename: "a.pdf",
      signedUrl,
      expiresAt: new Date(hub.clock.now() + HOUR).toISOString(),
    }),
  );
  await hub.deliveries.send(hub.deliveries.emit("deal.title_submitted", { id: deal.id, documents }));
  await hub.settle();
  expect(await hub.documents()).toEqual([]);
  expect((await hub.connector()).errands.lastError?.code).toBe("blocked");
});

test("they go once their time is over, content and all", async () => {
  await using hub = await givenDeals({ ...archiving, env: { DOCUMENT_RETENTION_DAYS: "2" } });
  hub.world.sign(givenDeal(hub), "poa");
  await hub.settle();
  await hub.advance(DAY);
  expect(await hub.documents()).toHaveLength(1);
  expect(filesOf(hub)).toHaveLength(1);
  await hub.advance(DAY + 3 * HOUR);
  expect(await hub.documents()).toEqual([]);
  expect(filesOf(hub)).toEqual([]);
});
