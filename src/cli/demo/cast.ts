/** The receivers of the demo, by how they answer. */
export const receiverNames = ["healthy", "fails twice", "fails until told"] as const;
export type ReceiverName = (typeof receiverNames)[number];

/** A subscription that a dealer of the demo makes; webhooks come to `/{dealer}/{path}` of the receiver. */
export interface PlannedSubscription {
  eventType: string;
  receiver: ReceiverName;
  path: string;
}

/** A customer of the demo. */
export interface Dealer {
  slug: string;
  name: string;
  email: string;
  password: string;
  auctionIds: string[];
  subscriptions: PlannedSubscription[];
}

/** A dealer after its signup. */
export interface SignedInDealer extends Dealer {
  token: string;
  signingSecret: string;
}

/** Everything of the demo happens in this environment. */
export const ENVIRONMENT = "production";

/** Between them they have the auctions of all examples in the catalog, and none in common. */
export const acme: Dealer = {
  slug: "acme",
  name: "Acme Auto",
  email: "acme@example.com",
  password: "correct horse battery",
  auctionIds: ["daanw"],
  subscriptions: [
    { eventType: "*", receiver: "healthy", path: "everything" },
    { eventType: "ae.asset.*", receiver: "fails twice", path: "assets" },
    { eventType: "ae.asset.deal.sold.ams", receiver: "fails until told", path: "sold" },
  ],
};

/** The other dealer. */
export const best: Dealer = {
  slug: "best",
  name: "Best Motors",
  email: "best@example.com",
  password: "staple battery horse",
  auctionIds: ["cpaa", "rckfrd"],
  subscriptions: [
    { eventType: "*", receiver: "healthy", path: "everything" },
    { eventType: "ae.service.*", receiver: "fails twice", path: "services" },
    { eventType: "ae.asset.offer.accepted.ams", receiver: "healthy", path: "offers" },
  ],
};

/** A third dealer, who has no auctions and connects its own upstreams; each brings its events to a path of its own. */
export const carter: Dealer = {
  slug: "carter",
  name: "Carter Cars",
  email: "carter@example.com",
  password: "horse staple correct",
  auctionIds: [],
  subscriptions: ["manheim", "dealerauction", "privateauto", "roadster"].map((kind) => ({
    eventType: `${kind}.*`,
    receiver: "healthy",
    path: kind,
  })),
};
