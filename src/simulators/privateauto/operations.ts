import type { Answer } from "../failure.ts";
import type { Account, Asked } from "./account.ts";
import { ok, pageOf, refusal } from "./answers.ts";
import { followLink } from "./browser.ts";
import type { DeliveryLog } from "./deliveries.ts";
import { mistakeIn } from "./tokens.ts";
import type { SimulatedDeal, SimulatedDocument, World } from "./world.ts";

interface Operation {
  method: "GET" | "POST";
  path: RegExp;
  run(asked: Asked, account: Account, id: string): Answer;
}

/** Answers as the upstream does: the operations of seed 001, each behind a token of the partner's. */
export function answerTo(asked: Asked, authorization: string | null, account: Account): Answer {
  if (asked.method === "GET" && asked.path.startsWith("/sell/")) return followLink(asked, account);
  const problem = mistakeIn(authorization?.replace(/^Bearer /, "") ?? "", account);
  if (problem !== null) return refusal(401, problem);
  for (const { method, path, run } of operations) {
    const [whole, partner, id = ""] = path.exec(asked.path) ?? [];
    if (whole === undefined || method !== asked.method) continue;
    return partner === account.partnerId
      ? run(asked, account, decodeURIComponent(id))
      : refusal(403, "Not yours");
  }
  return refusal(404, `Cannot ${asked.method} ${asked.path}`);
}

const operations: Operation[] = [
  { method: "POST", path: /^\/sell\/([^/]+)$/, run: sell },
  { method: "POST", path: /^\/leads\/([^/]+)$/, run: submitLead },
  {
    method: "GET",
    path: /^\/leads\/([^/]+)\/([^/]+)$/,
    run: (_, { world }, id) => found(world.leads.get(id)),
  },
  {
    method: "GET",
    path: /^\/data\/deals\/([^/]+)$/,
    run: ({ query }, { world }) => pageOf(dealsOf(world), query),
  },
  { method: "GET", path: /^\/data\/deals\/([^/]+)\/([^/]+)$/, run: readDeal },
  { method: "GET", path: /^\/data\/deals\/([^/]+)\/([^/]+)\/documents$/, run: readDocuments },
  {
    method: "GET",
    path: /^\/data\/offers\/([^/]+)$/,
    run: ({ query }, { world }) => pageOf([...world.offers.values()], query),
  },
  {
    method: "GET",
    path: /^\/data\/offers\/([^/]+)\/([^/]+)$/,
    run: (_, { world }, id) => found(world.offers.get(id)),
  },
  {
    method: "GET",
    path: /^\/data\/listings\/([^/]+)$/,
    run: ({ query }, { world }) => pageOf([...world.listings.values()], query),
  },
  {
    method: "GET",
    path: /^\/data\/listings\/([^/]+)\/([^/]+)$/,
    run: (_, { world }, id) => found(world.listings.get(id)),
  },
  { method: "GET", path: /^\/data\/(?:generated-)?documents\/([^/]+)\/([^/]+)$/, run: readDocument },
  { method: "GET", path: /^\/data\/webhook-deliveries\/([^/]+)$/, run: listDeliveries },
  {
    method: "GET",
    path: /^\/data\/webhook-deliveries\/([^/]+)\/([^/]+)$/,
    run: (_, { log }, id) => found(log.find((each) => each.id === id)),
  },
];

const found = (record: object | undefined): Answer =>
  record === undefined ? refusal(404, "Not found") : ok(record);

function sell({ body }: Asked, { world }: Account): Answer {
  const given = JSON.parse(body) as { vin?: string; amount?: number; year?: number };
  if (typeof given.vin !== "string" || given.vin.length !== 17)
    return refusal(400, "vin must be 17 characters");
  const { id, guid } = world.sell({
    vin: given.vin,
    ...(given.amount !== undefined && { amount: given.amount }),
  });
  const link = `https://app.dealnow.example/deal/${guid}`;
  return ok({ dealId: id, guid, buyerLink: `${link}/buyer`, sellerLink: `${link}/seller` }, 201);
}

function submitLead({ body }: Asked, { world, allowlist, now }: Account): Answer {
  const { callerReferenceId, organizationId } = JSON.parse(body) as Record<string, string>;
  if (!callerReferenceId || !organizationId)
    return refusal(400, "callerReferenceId and organizationId are required");
  if (!allowlist.includes(organizationId)) return refusal(403, "This organization is not on your allowlist");
  const known = world.leads.get(callerReferenceId);
  if (known) return refusal(409, "This lead exists already", { leadId: known.leadId });
  const leadId = `663c3f4d6fae0c00${(world.leads.size + 1).toString(16).padStart(8, "0")}`;
  const lead = { leadId, callerReferenceId, status: "new", createdAt: new Date(now()).toISOString() };
  world.leads.set(callerReferenceId, { id: leadId, ...lead });
  return ok(lead, 201);
}

/** Deals that have come to be; one that is only offered shows among the offers. */
const dealsOf = (world: World) =>
  [...world.deals.values()].filter(({ status }) => status !== "pending").map(dealRecord);

function dealRecord(deal: SimulatedDeal) {
  const { id, guid, status, listingId, offerId, amount, documents, createdAt, updatedAt } = deal;
  return {
    id,
    guid,
    status,
    listingId,
    offerId,
    amount,
    currency: "USD",
    documents: documents.map(({ id, classification }) => ({ id, docClassification: classification })),
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

const realDeal = (world: World, id: string) => {
  const deal = world.deals.get(id);
  return deal === undefined || deal.status === "pending" ? undefined : deal;
};

function readDeal(_: Asked, { world }: Account, id: string): Answer {
  const deal = realDeal(world, id);
  return found(deal && dealRecord(deal));
}

function readDocuments(_: Asked, { world }: Account, id: string): Answer {
  const deal = realDeal(world, id);
  if (deal === undefined) return refusal(404, "Not found");
  return ok({
    deal: { id: deal.id, guid: deal.guid },
    title: deal.title.map((key) => ({ key, ...world.linkTo(key) })),
    documents: deal.documents.map((document) => documentRecord(world, document)),
  });
}

function readDocument(_: Asked, { world }: Account, id: string): Answer {
  for (const deal of world.deals.values()) {
    const document = deal.documents.find((each) => each.id === id);
    if (document) return ok({ dealId: deal.id, ...documentRecord(world, document) });
  }
  return refusal(404, "Not found");
}

const documentRecord = (world: World, { id, classification, signers, key }: SimulatedDocument) => ({
  id,
  docClassification: classification,
  status: "completed",
  signers,
  signed: [{ key, ...world.linkTo(key) }],
});

function listDeliveries({ query }: Asked, { log }: Account): Answer {
  const at = (name: string, otherwise: number) =>
    query.has(name) ? Date.parse(query.get(name) ?? "") : otherwise;
  const [from, to] = [at("dateFrom", 0), at("dateTo", Number.MAX_SAFE_INTEGER)];
  const isWanted = ({ status, event, attemptedAt }: DeliveryLog) =>
    Date.parse(attemptedAt) >= from &&
    Date.parse(attemptedAt) <= to &&
    (query.get("status") ?? status) === status &&
    (query.get("event") ?? event) === event;
  return pageOf(log.filter(isWanted).toReversed(), query);
}
