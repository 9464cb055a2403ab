/** Something that can be asked of a kind's upstream, as its button and its words. */
export interface Offer {
  /** As the list of commands calls it; of what is not kept, a name of the console's own. */
  name: string;
  label: string;
  /** What it needs, or what one should know before. */
  about?: string;
  method: "post" | "put";
  /** Below `/api/connectors/{name}`, as the API describes it. */
  path: string;
  /** What is said once it is done. */
  done: string;
  /** What cannot be taken back, said before it is sent. */
  warning?: string;
  /** Changes nothing there and is not kept: its answer is all that comes of it. */
  isQuestion?: boolean;
}

const DEALER_AUCTION: readonly Offer[] = [
  {
    name: "mark-as-sold",
    label: "Mark as sold",
    about: "The listing must be PROVISIONAL and have a bid.",
    method: "post",
    path: "/listings/{listingId}/mark-as-sold",
    done: "The listing is marked as sold.",
    warning: "It is sold to the highest bidder, at this price. A sale cannot be taken back.",
  },
  {
    name: "mark-as-not-sold",
    label: "Mark as not sold",
    about: "The listing must be PROVISIONAL or SOLD.",
    method: "post",
    path: "/listings/{listingId}/mark-as-not-sold",
    done: "The listing is marked as not sold.",
    warning: "The highest bidder does not get the car. This cannot be taken back.",
  },
  {
    name: "mark-as-provisional",
    label: "Mark as provisional",
    about: "DealerAuction decides whether the listing may be.",
    method: "post",
    path: "/listings/{listingId}/mark-as-provisional",
    done: "The listing is marked as provisional.",
  },
];

const PRIVATE_AUTO: readonly Offer[] = [
  {
    name: "sell",
    label: "Start a deal",
    about: "A vehicle that PrivateAuto has no listing of needs year, make and model, too.",
    method: "post",
    path: "/sell",
    done: "The deal is started.",
    warning: "The deal begins at once, and PrivateAuto mails its links to whom you chose.",
  },
  {
    name: "submit-lead",
    label: "Submit a lead",
    about: "One that is there already, by your own reference, counts as a success.",
    method: "post",
    path: "/leads",
    done: "The lead is there.",
    warning: "The dealer sees the lead at once. It cannot be taken back.",
  },
  {
    name: "sell-link",
    label: "Make a deal link",
    about: "For a browser, good for up to five minutes: make it when it is needed.",
    method: "post",
    path: "/sell-link",
    done: "Whoever opens this link starts the deal.",
    isQuestion: true,
  },
];

const ROADSTER: readonly Offer[] = [
  {
    name: "create-customer",
    label: "Create a customer",
    about: "One that is there already counts as a success.",
    method: "post",
    path: "/customers",
    done: "The customer is there.",
    warning: "The dealer sees the customer at once. It cannot be taken back.",
  },
  {
    name: "assign-agent",
    label: "Assign an agent",
    method: "put",
    path: "/customers/{customerId}/agent",
    done: "The agent is assigned.",
  },
  {
    name: "offer-trade-in",
    label: "Offer a trade-in price",
    about: "In place of an earlier offer for the same e-mail address, dealer and VIN.",
    method: "post",
    path: "/trade-ins",
    done: "The price is offered.",
    warning: "The customer sees the price, in place of an earlier one.",
  },
  {
    name: "create-forms",
    label: "Create an order's forms",
    about: "A packet for customer and dealer to sign, made of templates and the order.",
    method: "post",
    path: "/orders/{orderId}/forms",
    done: "The forms are there, to be signed.",
    warning: "Customer and dealer are asked to sign them.",
  },
  {
    name: "upload-document",
    label: "Upload a document",
    about: "A picture or a PDF of at most 15 MiB; only its size and digest are kept here.",
    method: "post",
    path: "/customers/{customerId}/documents",
    done: "The document is uploaded.",
  },
  {
    name: "delete-documents",
    label: "Delete documents",
    method: "post",
    path: "/customers/{customerId}/documents/delete",
    done: "The documents are deleted.",
    warning: "They are gone from Roadster for good.",
  },
  {
    name: "create-template",
    label: "Create a template",
    about: "A PDF of at most 15 MiB, and where on its pages what is to be filled in.",
    method: "post",
    path: "/templates",
    done: "The template is there.",
    warning: "The dealer sees the template at once. It cannot be taken back from here.",
  },
  {
    name: "set-ids",
    label: "Set your own ids",
    about: "What your own system calls a customer of Roadster, in place of what was set before.",
    method: "put",
    path: "/customers/{customerId}/ids",
    done: "Callbacks on this customer are answered with these ids from now on.",
    isQuestion: true,
  },
  {
    name: "redirect-link",
    label: "Make a redirect link",
    method: "post",
    path: "/redirect-links",
    done: "This is the link.",
    isQuestion: true,
  },
  {
    name: "storefront-link",
    label: "Make a storefront link",
    method: "post",
    path: "/storefront-links",
    done: "Whoever opens this link is signed in as this customer.",
    isQuestion: true,
  },
  {
    name: "payments",
    label: "Calculate payments",
    method: "post",
    path: "/payments",
    done: "These are the payments.",
    isQuestion: true,
  },
];

/** What can be asked of each kind's upstream; a kind that is not among them offers nothing. */
export const OFFERS: Readonly<Record<string, readonly Offer[]>> = {
  dealerauction: DEALER_AUCTION,
  privateauto: PRIVATE_AUTO,
  roadster: ROADSTER,
};

/** What can be asked of a kind's upstream. */
export const offersOf = (kind: string): readonly Offer[] => OFFERS[kind] ?? [];
