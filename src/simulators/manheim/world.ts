import type { Clock } from "../../seams.ts";
import { auctions, cars, vinOf } from "./stock.ts";

/** The states of a consignment (seed 003, response parameters). */
export type ConsignmentStatus = "ACTIVE" | "CHECKED_IN" | "CHECKED_OUT" | "CANCELLED";

/** A car, as an owner's inventory has it. */
export interface Unit {
  id: string;
  vin: string;
  modelYear: number;
  make: string;
  model: string;
  trim: string;
  odometer: number;
}

/** A car at an auction; instants are ms UTC, dates without time `YYYY-MM-DD`. */
export interface Consignment {
  id: string;
  unitId: string;
  lifecycleId: string;
  status: ConsignmentStatus;
  location: string;
  workOrderNumber: string;
  checkInDate: string | null;
  checkOutDate: string | null;
  createdAt: number;
  updatedAt: number;
  /** Linked blocks come and go without moving `updatedAt`. */
  hasCapture: boolean;
}

/** What happens in the world by itself. */
export const changes = ["create", "checkIn", "checkOut", "cancel", "amend", "capture", "remove"] as const;

export type WorldChange = (typeof changes)[number];

/** The auction's yards: cars are consigned, checked in, checked out, cancelled and removed. */
export class ManheimWorld {
  readonly units = new Map<string, Unit>();
  /** Auction codes. */
  readonly locations: readonly string[] = auctions.map(({ code }) => code);
  readonly #clock: Pick<Clock, "now">;
  readonly #random: () => number;
  readonly #consignments = new Map<string, Consignment>();
  /** Newest first, as the list shows them. */
  #order: string[] = [];

  constructor({ clock, random }: { clock: Pick<Clock, "now">; random: () => number }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Newest first. */
  get ids(): readonly string[] {
    return this.#order;
  }

  find(id: string): Consignment | undefined {
    return this.#consignments.get(id);
  }

  /** A car arrives in the system; a unit of its own unless one is given. */
  create({ unitId = this.#newUnit().id }: { unitId?: string } = {}): string {
    const now = this.#clock.now();
    const id = this.#newId();
    this.#consignments.set(id, {
      id,
      unitId,
      lifecycleId: this.#newId(),
      status: "ACTIVE",
      location: this.#oneOf(this.locations),
      workOrderNumber: String(1_000_000 + Math.floor(this.#random() * 9_000_000)),
      checkInDate: null,
      checkOutDate: null,
      createdAt: now,
      updatedAt: now,
      hasCapture: false,
    });
    this.#order.unshift(id);
    return id;
  }

  checkIn(id: string): void {
    this.#change(id, { status: "CHECKED_IN", checkInDate: this.#today(), checkOutDate: null });
  }

  checkOut(id: string): void {
    this.#change(id, { status: "CHECKED_OUT", checkOutDate: this.#today() });
  }

  cancel(id: string): void {
    this.#change(id, { status: "CANCELLED" });
  }

  /** Something of no consequence for its status changes. */
  amend(id: string): void {
    this.#change(id, { workOrderNumber: String(1_000_000 + Math.floor(this.#random() * 9_000_000)) });
  }

  /** A photo order appears or is gone, and the record's own date stays. */
  capture(id: string): void {
    const found = this.#existing(id);
    found.hasCapture = !found.hasCapture;
  }

  remove(id: string): void {
    this.#consignments.delete(id);
    this.unlist(id);
  }

  /** No list has it any more, and it is there by its id all the same. */
  unlist(id: string): void {
    this.#order = this.#order.filter((each) => each !== id);
  }

  /** Puts a removed consignment back exactly as it was. */
  restore(consignment: Consignment): void {
    this.#consignments.set(consignment.id, { ...consignment });
    const at = this.#order.findIndex((id) => this.#existing(id).createdAt <= consignment.createdAt);
    this.#order.splice(at < 0 ? this.#order.length : at, 0, consignment.id);
  }

  /** Lets one thing happen that chance picks; null where nothing could. */
  happen(what: WorldChange = this.#oneOf(changes)): { what: WorldChange; id: string } | null {
    if (what === "create") return { what, id: this.create() };
    if (this.#order.length === 0) return null;
    const id = this.#oneOf(this.#order);
    this[what](id);
    return { what, id };
  }

  clear(): void {
    this.units.clear();
    this.#consignments.clear();
    this.#order = [];
  }

  #change(id: string, to: Partial<Consignment>): void {
    Object.assign(this.#existing(id), to, { updatedAt: this.#clock.now() });
  }

  #existing(id: string): Consignment {
    const found = this.#consignments.get(id);
    if (found === undefined) throw new Error(`there is no consignment ${id}`);
    return found;
  }

  #newUnit(): Unit {
    const id = this.#newId();
    const modelYear = 2015 + Math.floor(this.#random() * 11);
    const car = this.#oneOf(cars);
    const unit = { id, ...car, modelYear, vin: vinOf(this.#random), odometer: this.#upTo(150_000) };
    this.units.set(id, unit);
    return unit;
  }

  #newId(): string {
    const hex = Array.from({ length: 4 }, () =>
      this.#upTo(2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    ).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  #today(): string {
    return new Date(this.#clock.now()).toISOString().slice(0, 10);
  }

  #upTo(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #oneOf<T>(list: readonly T[]): T {
    const picked = list[this.#upTo(list.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }
}
