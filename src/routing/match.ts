import { patternsMatching } from "../catalog/event-types.ts";
import { EVENTS_WITHOUT_AUCTION } from "../customers/auction-ids.ts";
import type { Environment } from "../database/schema.ts";

/** One subscription as routing sees it. */
export interface Route {
  subscriptionId: number;
  customerId: number;
}

/** What a customer has asked for: its active subscriptions and the auctions it may hear of. */
export interface Wishes {
  subscriptions: { id: number; environment: Environment; eventType: string }[];
  auctionIds: string[];
}

/** The part of an event that decides who gets it. */
export interface Routable {
  environment: Environment;
  eventType: string;
  /** Empty: the event names no auction. */
  auctionIds: readonly string[];
  /** Set for a connector's event, which belongs to one customer. */
  ownerId: number | null;
}

/** Event types whose patterns are kept looked up; foreign types can be any number. */
const MAX_LOOKED_UP = 10_000;

interface Node {
  byCustomer: Map<number, Route>;
  byAuction: Map<string, Map<number, Route>>;
}

/**
 * Who gets which event, by environment, pattern and auction id: looking up costs what is found, however many
 * customers and subscriptions there are.
 */
export class RoutingTable {
  readonly #nodes = new Map<string, Node>();
  readonly #wishes = new Map<number, Wishes>();
  /** The nodes whose patterns match an event type, by environment and type, until the next change. */
  readonly #lookedUp = new Map<string, Node[]>();
  readonly #reachesAll: boolean;

  /** With `operator`, an event that names no auction goes only to customers given `*`; with `self`, to all. */
  constructor(mode: "self" | "operator") {
    this.#reachesAll = mode === "self";
  }

  /** Replaces what is known of a customer; no subscriptions: it gets nothing. */
  set(customerId: number, wishes: Wishes): void {
    this.#lookedUp.clear();
    this.#remove(customerId);
    if (wishes.subscriptions.length === 0) return;
    this.#wishes.set(customerId, wishes);
    for (const { id, environment, eventType } of wishes.subscriptions) {
      const node = this.#nodeOf(environment, eventType);
      const route = { subscriptionId: id, customerId };
      node.byCustomer.set(customerId, route);
      for (const auctionId of wishes.auctionIds) {
        const routes = node.byAuction.get(auctionId) ?? new Map<number, Route>();
        node.byAuction.set(auctionId, routes.set(customerId, route));
      }
    }
  }

  /** The subscriptions an event goes to, each once, oldest first. */
  match(event: Routable): Route[] {
    const found = new Map<number, Route>();
    for (const node of this.#nodesFor(event)) {
      for (const route of this.#candidates(node, event)) found.set(route.subscriptionId, route);
    }
    const routes = [...found.values()];
    return routes.length > 1 ? routes.sort((a, b) => a.subscriptionId - b.subscriptionId) : routes;
  }

  #nodesFor({ environment, eventType }: Routable): Node[] {
    const key = `${environment}#${eventType}`;
    const known = this.#lookedUp.get(key);
    if (known !== undefined) return known;
    const nodes = patternsMatching(eventType)
      .map((pattern) => this.#nodes.get(`${environment}#${pattern}`))
      .filter((node) => node !== undefined);
    if (this.#lookedUp.size >= MAX_LOOKED_UP) this.#lookedUp.clear();
    this.#lookedUp.set(key, nodes);
    return nodes;
  }

  #candidates(node: Node, { ownerId, auctionIds }: Routable): Iterable<Route> {
    if (ownerId !== null) {
      const route = node.byCustomer.get(ownerId);
      return route === undefined ? [] : [route];
    }
    if (auctionIds.length === 0) {
      if (this.#reachesAll) return node.byCustomer.values();
      return node.byAuction.get(EVENTS_WITHOUT_AUCTION)?.values() ?? [];
    }
    return auctionIds
      .filter((auctionId) => auctionId !== EVENTS_WITHOUT_AUCTION) // a publisher's word is no assignment
      .flatMap((auctionId) => [...(node.byAuction.get(auctionId)?.values() ?? [])]);
  }

  #remove(customerId: number): void {
    const wishes = this.#wishes.get(customerId);
    if (wishes === undefined) return;
    this.#wishes.delete(customerId);
    for (const { environment, eventType } of wishes.subscriptions) {
      const key = `${environment}#${eventType}`;
      const node = this.#nodes.get(key);
      if (node === undefined) continue;
      node.byCustomer.delete(customerId);
      for (const auctionId of wishes.auctionIds) {
        const routes = node.byAuction.get(auctionId);
        if (routes?.delete(customerId) && routes.size === 0) node.byAuction.delete(auctionId);
      }
      if (node.byCustomer.size === 0) this.#nodes.delete(key);
    }
  }

  #nodeOf(environment: Environment, pattern: string): Node {
    const key = `${environment}#${pattern}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node: Node = { byCustomer: new Map(), byAuction: new Map() };
    this.#nodes.set(key, node);
    return node;
  }
}
