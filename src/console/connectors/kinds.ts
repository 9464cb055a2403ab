/** One setting of a kind, as its form asks for it. */
export interface KindField {
  /** As the API calls it; a dot leads into an object. */
  name: string;
  label: string;
  /** `secret`, and `secrets` with commas between: never shown again; `list`: one a line; `json`: as the API takes it. */
  type: "text" | "secret" | "secrets" | "number" | "list" | "choice" | "switch" | "json";
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
      { name: "key", label: "API key", type: "text", isRequired: true, help: "Of the API package." },
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
  {
    kind: "privateauto",
    name: "PrivateAuto",
    about: "Your leads, offers and deals, told by webhook and looked after by polling.",
    fields: [
      { name: "partnerId", label: "Partner id", type: "text", isRequired: true },
      {
        name: "sharedSecret",
        label: "Shared secret",
        type: "secret",
        isRequired: true,
        help: "Base64, as PrivateAuto gave it.",
      },
      {
        name: "webhookSecrets",
        label: "Webhook secrets",
        type: "secrets",
        help: "The old and the new one while they change, with a comma between.",
      },
      {
        name: "archiveDocuments",
        label: "Keep documents",
        type: "switch",
        help: "Whether the files of deals are fetched before their links expire.",
      },
      { name: "enrich", label: "Read what a webhook names", type: "switch", isAdvanced: true },
      {
        name: "algorithm",
        label: "Algorithm",
        type: "choice",
        options: ["HS256", "HS384", "HS512"],
        isAdvanced: true,
      },
      {
        name: "leadsPath",
        label: "Path of leads",
        type: "text",
        isAdvanced: true,
        placeholder: "/leads/{partnerId}",
      },
      { name: "maxAgeHours", label: "Oldest webhook taken, hours", type: "number", isAdvanced: true },
      {
        name: "lookBackHours",
        label: "First look back, hours",
        type: "number",
        isAdvanced: true,
        placeholder: "24",
      },
      INITIAL_SCAN,
      BASE_URL,
    ],
  },
  {
    kind: "roadster",
    name: "Roadster",
    about: "Your dealers' inventory, and what Roadster calls back about orders and customers.",
    fields: [
      { name: "apiKey", label: "API key", type: "secret", isRequired: true },
      {
        name: "dpids",
        label: "Dealers",
        type: "list",
        help: "Their dpids, one a line, whose inventory is polled.",
      },
      {
        name: "cipherKey",
        label: "Cipher key",
        type: "secret",
        help: "Encrypts what storefront links tell.",
      },
      { name: "inventorySchedule", label: "Inventory schedule", type: "text", isAdvanced: true },
      { name: "inStock", label: "in_stock values", type: "list", isAdvanced: true },
      {
        name: "keepSensitive",
        label: "Keep sensitive numbers",
        type: "switch",
        isAdvanced: true,
        help: "Else social security, licence and identity numbers and dates of birth are masked.",
      },
      {
        name: "storefrontUrl",
        label: "Storefront address",
        type: "text",
        isAdvanced: true,
        placeholder: "https://express.{dpid}.com/{vin}",
      },
      {
        name: "storefrontQuery",
        label: "Storefront query",
        type: "choice",
        options: ["plain", "escaped"],
        isAdvanced: true,
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
