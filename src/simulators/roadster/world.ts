/** A new car in a dealer's inventory. */
export interface SimulatedCar {
  dpid: string;
  vin: string;
  make: string;
  model: string;
  year: number;
  trim: string;
  msrp: number;
  isInStock: boolean;
  isReserved: boolean;
  /** Ms UTC. */
  updatedAt: number;
}

/** A customer of a dealer. */
export interface SimulatedCustomer {
  id: number;
  dpid: string;
  email: string;
  firstName: string;
  lastName: string;
  agent: { id?: string; email: string } | null;
}

/** A document in a customer's binder. */
export interface SimulatedDocument {
  id: number;
  customerId: string;
  type: string;
  name: string;
  fileName: string;
  contents: string;
}

/** A template of a dealer's. */
export interface SimulatedTemplate {
  id: number;
  dpid: string;
  form: Record<string, unknown>;
  file: string;
}

const MODELS = [
  ["Hyundai", "Elantra", "SEL", 24_000],
  ["Hyundai", "Tucson", "Limited", 37_000],
  ["Mazda", "CX-5", "Touring", 31_000],
  ["Toyota", "Corolla", "LE", 23_000],
] as const;

const VIN_CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

/** What Roadster knows: dealers' inventories, customers, and their papers. */
export class World {
  readonly cars = new Map<string, SimulatedCar>();
  readonly customers = new Map<number, SimulatedCustomer>();
  readonly documents = new Map<number, SimulatedDocument>();
  readonly templates = new Map<number, SimulatedTemplate>();
  /** By e-mail address, dealer and VIN. */
  readonly tradeIns = new Map<string, number>();
  readonly forms: { orderId: string; title: string; templateIds: number[] }[] = [];
  readonly #now: () => number;
  readonly #random: () => number;
  #lastId = 2_285_000;

  constructor(parts: { now: () => number; random: () => number }) {
    this.#now = parts.now;
    this.#random = parts.random;
  }

  newId(): number {
    return ++this.#lastId;
  }

  /** A car comes in. */
  add(dpid: string, given: Partial<SimulatedCar> = {}): SimulatedCar {
    const [make, model, trim, msrp] = MODELS[Math.floor(this.#random() * MODELS.length)] ?? MODELS[0];
    const vin = `K${Array.from({ length: 16 }, () => this.#anyCharacter()).join("")}`;
    const car: SimulatedCar = {
      dpid,
      vin,
      make,
      model,
      trim,
      msrp,
      year: 2026,
      isInStock: true,
      isReserved: false,
      updatedAt: this.#now(),
      ...given,
    };
    this.cars.set(`${dpid}/${car.vin}`, car);
    return car;
  }

  /** Something about a car changes; sold, for one, it is no longer in stock. */
  change(car: SimulatedCar, change: Partial<SimulatedCar>): void {
    Object.assign(car, change, { updatedAt: this.#now() });
  }

  /** A car goes without a trace. */
  erase({ dpid, vin }: SimulatedCar): void {
    this.cars.delete(`${dpid}/${vin}`);
  }

  /** Sorted by VIN. */
  carsOf(dpid: string): SimulatedCar[] {
    const own = [...this.cars.values()].filter((car) => car.dpid === dpid);
    return own.sort((one, other) => (one.vin < other.vin ? -1 : 1));
  }

  /** Known by e-mail address and dealer. */
  customerBy(dpid: string, email: string): SimulatedCustomer | null {
    const isIt = (each: SimulatedCustomer) => each.dpid === dpid && each.email === email;
    return [...this.customers.values()].find(isIt) ?? null;
  }

  addCustomer(given: Omit<SimulatedCustomer, "id" | "agent">): SimulatedCustomer {
    const customer = { ...given, id: this.newId(), agent: null };
    this.customers.set(customer.id, customer);
    return customer;
  }

  #anyCharacter(): string {
    return VIN_CHARACTERS[Math.floor(this.#random() * VIN_CHARACTERS.length)] ?? "A";
  }
}
