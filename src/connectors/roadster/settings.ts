import { z } from "zod";

/** The only host that is documented, for both environments (seed 004). */
const BASE_URL = "https://api.roadster.com/v1";

/** How requests to the upstream are made. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Where each operation is found: method and path, with what stands in braces filled in. Only creating a customer is
 * documented to the public; the others are the plainest REST forms (UPSTREAMS 4).
 */
const DEFAULT_PATHS = {
  dealers: "GET /dealers",
  dealer: "GET /dealers/{dpid}",
  redirectLink: "POST /redirect_urls",
  createCustomer: "POST /customers",
  assignAgent: "PUT /customers/{customerId}/agent",
  tradeIn: "POST /trade_ins",
  payments: "POST /payments",
  plans: "GET /plans",
  inventory: "GET /inventory",
  vehicle: "GET /inventory/{vin}",
  uploadDocument: "POST /customers/{customerId}/documents",
  documents: "GET /customers/{customerId}/documents",
  document: "GET /customers/{customerId}/documents/{documentId}",
  deleteDocuments: "DELETE /customers/{customerId}/documents",
  templates: "GET /templates?dpid={dpid}",
  template: "GET /templates/{templateId}?dpid={dpid}",
  templateFile: "GET /templates/{templateId}/file?dpid={dpid}",
  createTemplate: "POST /templates?dpid={dpid}",
  createForms: "POST /orders/{orderId}/forms",
} as const;

/** The upstream's operations. */
export type Operation = keyof typeof DEFAULT_PATHS;

const paths = z.strictObject(
  Object.fromEntries(
    Object.entries(DEFAULT_PATHS).map(([operation, path]) => [operation, pathLike(path)]),
  ) as Record<Operation, ReturnType<typeof pathLike>>,
);

/** What a Roadster connector may be set to. */
export const roadsterSettings = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  apiKey: z.string().min(1).max(1000).describe("Also what Roadster shows when it calls back."),
  cipherKey: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe("Encrypts what a storefront link tells of a customer."),
  dpids: z
    .array(z.string().trim().min(1).max(100))
    .max(200)
    .default([])
    .describe("The dealers whose inventory is polled; none: only callbacks are taken."),
  paths: paths.default(() => paths.parse({})),
  inventorySchedule: z
    .string()
    .max(100)
    .optional()
    .describe(
      "When the inventory is polled, a cron expression in UTC; else as the connector's `schedule` says.",
    ),
  pageSize: z.int().min(2).max(1000).default(100).describe("Vehicles asked for at once."),
  inStock: z
    .array(z.string().max(20))
    .min(1)
    .max(4)
    .default(["true", "false"])
    .describe(
      "What `in_stock` is given when updates are asked for, one search each; an empty text leaves it out. The documentation breaks off before it names the values that also show removed vehicles.",
    ),
  keepSensitive: z
    .boolean()
    .default(false)
    .describe(
      "Keeps social security, driver's licence and identity numbers and dates of birth as they come; else they are masked before they are stored.",
    ),
  storefrontUrl: z
    .string()
    .max(2048)
    .regex(
      /^https:\/\/[^\s?#]+\/[^\s?#]*\{vin\}[^\s?#]*$/,
      "must begin with https:// and hold {vin} in its path",
    )
    .default("https://express.{dpid}.com/{vin}")
    .describe("Where storefront links lead; `{dpid}` may stand in it."),
  storefrontQuery: z
    .enum(["plain", "escaped"])
    .default("plain")
    .describe(
      "What is encrypted in a storefront link: a query string, as the documentation's code makes it, or one that is escaped once more, as its example shows.",
    ),
  initialScan: z.enum(["emit", "silent"]).default("emit"),
});

export type RoadsterSettings = z.infer<typeof roadsterSettings>;

/** The upstream's own address, where the settings name no other. */
export const baseUrlOf = ({ baseUrl }: RoadsterSettings): string => baseUrl ?? BASE_URL;

/** A path setting, whose method may be left out; it may hold the `{…}` of the default. */
function pathLike(byDefault: string) {
  const [method = "", path = ""] = byDefault.split(" ");
  const wanted: string[] = path.match(/\{\w+\}/g) ?? [];
  return z
    .string()
    .max(500)
    .regex(
      /^(?:(?:GET|POST|PUT|PATCH|DELETE) )?\/[^#\s]*$/,
      "must be a path that begins with /, after a method or not",
    )
    .refine((text) => (text.match(/\{[^}]*\}/g) ?? []).every((name) => wanted.includes(name)), {
      message:
        wanted.length === 0
          ? "must hold nothing in braces"
          : `may hold ${wanted.join(", ")} and no other braces`,
    })
    .transform((text) => (text.startsWith("/") ? `${method} ${text}` : text))
    .default(byDefault);
}

/** The method and the path of an operation. */
export function placeOf({ paths }: Pick<RoadsterSettings, "paths">, operation: Operation) {
  const [method, path = ""] = paths[operation].split(" ");
  return { method: method as Method, path };
}
