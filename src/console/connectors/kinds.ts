/** One setting of a kind, as its form asks for it. */
export interface KindField {
  /** As the API calls it; a dot leads into an object. */
  name: string;
  label: string;
  /** `secret`: never shown again; `list`: one a line; `json`: whatever the API takes. */
  type: "text" | "secret" | "number" | "list" | "choice" | "switch" | "json";
  isRequired?: boolean;
  /** Seldom needed: stands behind "More settings". */
  isAdvanced?: boolean;
  help?: string;
  placeholder?: string;
  options?: readonly string[];
}

/** One kind of upstream. */
export interface Kind {
  kind: string;
  name: string;
  about: string;
  fields: readonly KindField[];
}

const BASE_URL: KindField = {
  name: "baseUrl",
  label: "Address",
  type: "text",
  isAdvanced: true,
  placeholder: "https://…",
  help: "Another host than the environment's own.",
};

const INITIAL_SCAN: KindField = {
  name: "initialScan",
  label: "First run",
  type: "choice",
  options: ["emit", "silent"],
  isAdvanced: true,
  help: "emit: what is there already becomes events; silent: only what changes later.",
};

const PAGE_SIZE: KindField = {
  name: "pageSize",
  label: "Page size",
  type: "number",
  isAdvanced: true,
  placeholder: "100",
};

/** The kinds that the console has a form for; a new kind is one more entry. */
export const KINDS: readonly Kind[] = [
  {
    kind: "manheim",
    name: "Manheim",
    about: "Your consignments: their check-ins, inspections, offers and sales.",
    fields: [
      { name: "key", label: "API key", type: "secret", isRequired: true, help: "Of the API package." },
      { name: "secret", label: "API secret", type: "secret", isRequired: true },
      {
        name: "username",
        label: "User name",
        type: "text",
        help: "Of manheim.com, in the same environment.",
      },
      { name: "password", label: "Password", type: "secret" },
      {
        name: "grant",
        label: "Grant",
        type: "choice",
        options: ["password", "client_credentials"],
        isAdvanced: true,
      },
      {
        name: "tokenPath",
        label: "Token path",
        type: "text",
        isAdvanced: true,
        placeholder: "/oauth2/token.oauth2",
      },
      { name: "scope", label: "Scope", type: "text", isAdvanced: true, placeholder: "inventory:customer" },
      {
        name: "callbackHeader.name",
        label: "Callback header",
        type: "text",
        isAdvanced: true,
        help: "The header that Manheim sends with each pushed event; without it none is taken.",
      },
      { name: "callbackHeader.value", label: "Callback header's value", type: "secret", isAdvanced: true },
      PAGE_SIZE,
      INITIAL_SCAN,
      BASE_URL,
    ],
  },
  {
    kind: "dealerauction",
    name: "DealerAuction",
    about: "Your stock, its listings and their outcome; marking as provisional or sold.",
    fields: [
      { name: "username", label: "User name", type: "text", isRequired: true },
      { name: "password", label: "Password", type: "secret", isRequired: true },
      {
        name: "customerIds",
        label: "Customer ids",
        type: "list",
        isRequired: true,
        help: "Whose stock is looked after, one a line; yours only.",
      },
      { name: "concurrency", label: "Requests at once", type: "number", isAdvanced: true, placeholder: "3" },
      {
        name: "refreshPerRun",
        label: "Cars read again in each run",
        type: "number",
        isAdvanced: true,
        placeholder: "100",
      },
      {
        name: "markAsProvisionalPath",
        label: "Path of marking as provisional",
        type: "text",
        isAdvanced: true,
        placeholder: "/v1/listings/{listingId}/mark-as-provisional",
      },
      PAGE_SIZE,
      INITIAL_SCAN,
      BASE_URL,
    ],
  },
];

/** For kinds that the console has no form for. */
export const OTHER_KIND: Kind = {
  kind: "",
  name: "Another",
  about: "A kind that this console has no form for; its settings are given as JSON.",
  fields: [
    {
      name: "",
      label: "Settings",
      type: "json",
      isRequired: true,
      help: "A JSON object, as the API takes it.",
    },
  ],
};

/** The form of a kind. */
export const kindOf = (kind: string): Kind =>
  KINDS.find((each) => each.kind === kind) ?? { ...OTHER_KIND, kind };
