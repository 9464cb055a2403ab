import type { ConnectorDraft, Errand } from "../connector.ts";
import type { JsonObject } from "../json-answer.ts";
import { archiveErrandsOf } from "./archive.ts";
import { idIn } from "./client.ts";
import { filesIn } from "./files.ts";
import type { PrivateAutoSettings } from "./settings.ts";

/** The event types begin with this. */
export const EVENT_TYPE_PREFIX = "privateauto.";

/** A webhook, by whatever way it came. */
export interface Told {
  event: string;
  eventId: string;
  payload: JsonObject;
  /** Its JSON text. */
  text: string;
}

/** What a webhook is about: ids of records that can be read. */
export interface Subject {
  deal: string | null;
  offer: string | null;
  listing: string | null;
  /** Whether the deal's documents have changed. */
  isAboutDocuments: boolean;
}

/** The event of a webhook, admitted once however it came, and what is left to be done after it. */
export function draftOf(
  { event, eventId, payload, text }: Told,
  settings: PrivateAutoSettings,
): ConnectorDraft {
  return {
    eventType: EVENT_TYPE_PREFIX + event,
    payload: text,
    key: eventId,
    errands: errandsOf(event, payload, settings),
  };
}

function errandsOf(event: string, payload: JsonObject, settings: PrivateAutoSettings): Errand[] {
  const { enrich, archiveDocuments } = settings;
  const { deal, offer, listing, isAboutDocuments } = subjectOf(event, payload);
  const errands: Errand[] = [];
  const add = (name: string, id: string | null) => {
    if (id !== null) errands.push({ name, key: id, request: "{}" });
  };
  if (enrich) {
    add("deal", deal);
    add("offer", offer);
    add("listing", listing);
  }
  if (isAboutDocuments && deal !== null) {
    const files = archiveDocuments ? filesIn(payload) : [];
    errands.push(...archiveErrandsOf(deal, files));
    if (enrich || (archiveDocuments && files.length === 0)) add("documents", deal);
  }
  return errands;
}

/** Documents carry these events; their `id` is the document's own. */
const OF_A_DOCUMENT = ["deal.poa_approved", "deal.bill_of_sale_approved"];

/** Their `id` is that of a credit report. */
const OF_A_CREDIT_REPORT = ["deal.loan_payoff_docs", "deal.loan_payoff_confirmed"];

const ABOUT_DOCUMENTS =
  /^(?:document\..+|deal\.(?:title_\w+|\w+_docs|docs_\w+|poa_approved|bill_of_sale_approved))$/;

/** What a webhook is about, with the traps of its ids (UPSTREAMS 3); unknown events by the beginning of their name. */
export function subjectOf(event: string, payload: JsonObject): Subject {
  const [family = ""] = event.split(".");
  const id = idIn(payload.id);
  const listing = family === "listing" ? id : family === "offer" ? idIn(payload.listingId) : null;
  return {
    deal: family === "deal" || family === "document" ? dealOf(event, payload) : null,
    offer: family === "offer" ? id : null,
    listing,
    isAboutDocuments: ABOUT_DOCUMENTS.test(event) || Array.isArray(payload.documents),
  };
}

function dealOf(event: string, payload: JsonObject): string | null {
  const dealId = idIn(payload.dealId);
  if (dealId !== null) return dealId;
  const isOther = [...OF_A_DOCUMENT, ...OF_A_CREDIT_REPORT].includes(event) || event.startsWith("document.");
  const { entityType } = payload;
  const isOfDeal = entityType === "deals" || (entityType === undefined && !isOther);
  return isOfDeal ? idIn(payload.id) : null;
}
