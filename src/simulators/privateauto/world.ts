import { pdf } from "./answers.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Bucket } from "./files.ts";

/** A record that `/data` shows. */
export type DataRecord = { id: string } & Record<string, unknown>;

/** A deal, its parts and how far it is. */
export interface SimulatedDeal {
  id: string;
  guid: string;
  offerId: string;
  listingId: string;
  vin: string;
  amount: number | null;
  status: "pending" | "active" | "sold" | "dealCancelled";
  documents: SimulatedDocument[];
  /** Keys of the title's pictures. */
  title: string[];
  /** When it came to be; until then, when it was asked for. */
  createdAt: number;
  updatedAt: number;
}

/** A document of a deal, signed by some. */
export interface SimulatedDocument {
  id: string;
  classification: "bill-of-sale" | "poa";
  signers: { signerRole: string; signedAt: string }[];
  key: string;
}

/** What a deal is started with. */
export interface GivenDeal {
  vin: string;
  amount?: number;
}

const BUYER = "64a1f2e3b5c8d90012340001";
const SELLER = "64a1f2e3b5c8d90012340002";

/** A small world of private car deals; what happens in it is told by webhooks, as seed 001 sequences them. */
export class World {
  readonly deals = new Map<string, SimulatedDeal>();
  readonly listings = new Map<string, DataRecord>();
  readonly offers = new Map<string, DataRecord>();
  readonly leads = new Map<string, DataRecord>();
  readonly #parts: { now: () => number; deliveries: Deliveries; bucket: Bucket };
  #ids = 0;

  constructor(parts: { now: () => number; deliveries: Deliveries; bucket: Bucket }) {
    this.#parts = parts;
  }

  /** A deal is asked for: a listing and an offer; the deal itself comes once the offer is accepted. */
  sell({ vin, amount }: GivenDeal): SimulatedDeal {
    const listing = this.#listingFor(vin);
    const deal: SimulatedDeal = {
      id: this.#id(),
      guid: this.#guid(),
      offerId: this.#id(),
      listingId: listing.id,
      vin,
      amount: amount ?? null,
      status: "pending",
      documents: [],
      title: [],
      createdAt: this.#parts.now(),
      updatedAt: this.#parts.now(),
    };
    this.deals.set(deal.id, deal);
    this.#keepOffer(deal, "dealNowPending");
    this.#emit("offer.created", this.#offerPayload(deal, "dealNowPending"));
    return deal;
  }

  accept(deal: SimulatedDeal): void {
    deal.status = "active";
    deal.createdAt = this.#parts.now();
    this.#keepOffer(deal, "accepted");
    this.#emit("offer.accepted", this.#offerPayload(deal, "accepted"));
    this.#emitDeal("deal.created", deal);
  }

  submitTitle(deal: SimulatedDeal): void {
    deal.title = ["front", "back"].map((side) => `titles/${deal.id}/title-${side}.jpg`);
    for (const key of deal.title) this.#parts.bucket.put(key, jpeg(key), "image/jpeg");
    const files = deal.title.map((key) => this.#linkTo(key));
    this.#emitDeal("deal.title_submitted", deal, { documents: files });
  }

  /** Seller and buyer sign; the last signature completes it. */
  sign(deal: SimulatedDeal, classification: SimulatedDocument["classification"]): void {
    const id = this.#id();
    const document: SimulatedDocument = {
      id,
      classification,
      signers: [],
      key: `signed/${id}/${classification}.pdf`,
    };
    deal.documents.push(document);
    for (const signerRole of ["seller", "buyer"]) {
      document.signers.push({ signerRole, signedAt: this.#iso() });
      this.#emit("document.signature_added", this.#documentPayload(deal, document, "signing"));
    }
    this.#parts.bucket.put(document.key, pdf(`${classification} of ${deal.id}`));
    deal.updatedAt = this.#parts.now();
    this.#emit("document.completed", this.#documentPayload(deal, document, "completed"));
    const legacy = classification === "poa" ? "deal.poa_approved" : "deal.bill_of_sale_approved";
    this.#emit(legacy, {
      ...this.#documentPayload(deal, document, classification === "poa" ? "signed" : "completed"),
      documents: [this.#linkTo(document.key)],
    });
  }

  /** From the approval of the documents to the end. */
  complete(deal: SimulatedDeal): void {
    this.#emitDeal("deal.docs_approved", deal);
    this.#emitDeal("deal.payment_initiated", deal);
    this.#emitDeal("deal.payment_acknowledged", deal);
    deal.status = "sold";
    this.#emitDeal("deal.completed", deal);
    const listing = this.listings.get(deal.listingId);
    if (listing === undefined) return;
    Object.assign(listing, { status: "sold", updatedAt: this.#iso() });
    this.#emit("listing.sold", this.#listingPayload(listing));
  }

  cancel(deal: SimulatedDeal): void {
    deal.status = "dealCancelled";
    this.#emitDeal("deal.cancelled", deal);
  }

  /** One step further with the deal that is longest under way, or a new one; in a few words. */
  happen(vinOf: () => string): string {
    const [deal] = [...this.deals.values()].filter(
      ({ status }) => status === "pending" || status === "active",
    );
    if (deal === undefined) return `deal ${this.sell({ vin: vinOf(), amount: 18_500 }).id} asked for`;
    if (deal.status === "pending") this.accept(deal);
    else if (deal.title.length === 0) this.submitTitle(deal);
    else if (deal.documents.length === 0) this.sign(deal, "bill-of-sale");
    else this.complete(deal);
    return `deal ${deal.id} ${deal.status}`;
  }

  linkTo = (key: string) => this.#parts.bucket.sign(key, this.#parts.now());

  #listingFor(vin: string): DataRecord {
    const known = [...this.listings.values()].find(({ vehicle }) => (vehicle as { vin: string }).vin === vin);
    if (known) return known;
    const listing: DataRecord = {
      id: this.#id(),
      status: "pending",
      sellerId: SELLER,
      price: 0,
      vehicle: { year: 2021, make: "Honda", model: "Civic", trim: "EX", vin },
      ownershipInfo: { ownershipType: "have-title", vehicleHaveLien: false },
      createdAt: this.#iso(),
      updatedAt: this.#iso(),
    };
    this.listings.set(listing.id, listing);
    this.#emit("listing.created", this.#listingPayload(listing));
    return listing;
  }

  #keepOffer({ offerId, guid, listingId, amount }: SimulatedDeal, status: string): void {
    const createdAt = this.offers.get(offerId)?.createdAt ?? this.#iso();
    const parties = { offeredByUserId: BUYER, offeredToUserId: SELLER };
    const offer = { id: offerId, guid, status, price: amount, listingId, ...parties };
    this.offers.set(offerId, { ...offer, createdAt, updatedAt: this.#iso() });
  }

  #offerPayload({ offerId, guid, listingId, amount }: SimulatedDeal, status: string) {
    const parties = { buyerId: BUYER, sellerId: SELLER };
    return { id: offerId, entityType: "offers", guid, status, listingId, amount, ...parties };
  }

  #listingPayload({ id, status, vehicle, price }: DataRecord) {
    return { id, entityType: "seller_listings", status, ...(vehicle as object), price, sellerId: SELLER };
  }

  #documentPayload(deal: SimulatedDeal, document: SimulatedDocument, status: string) {
    const { id, classification: docClassification, signers } = document;
    const entityType = docClassification === "poa" ? "documents" : "platoforms_generated_documents";
    return { id, entityType, dealId: deal.id, status, docClassification, signers: [...signers] };
  }

  #emitDeal(event: string, deal: SimulatedDeal, more: object = {}): void {
    deal.updatedAt = this.#parts.now();
    const { id, guid, status, amount } = deal;
    const parties = { buyerId: BUYER, sellerId: SELLER };
    this.#emit(event, { id, entityType: "deals", status, guid, amount, ...parties, ...more });
  }

  #emit(event: string, payload: Record<string, unknown>): void {
    this.#parts.deliveries.emit(event, payload);
  }

  #linkTo(key: string) {
    const { url: signedUrl, expiresAt } = this.linkTo(key);
    return { filename: key.split("/").at(-1), signedUrl, expiresAt };
  }

  #iso = () => new Date(this.#parts.now()).toISOString();
  #id = () => (0x64a1f2e3b5c8d9001234n * 0x10000n + BigInt(++this.#ids)).toString(16).padStart(24, "0");
  #guid = () => `d30d5242-c880-4534-8c51-${(++this.#ids).toString(16).padStart(12, "0")}`;
}

/** What begins like a picture, with a text of its own. */
const jpeg = (text: string) => new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...new TextEncoder().encode(text)]);
