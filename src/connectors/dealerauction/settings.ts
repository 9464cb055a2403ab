import { z } from "zod";

const BASE_URLS = {
  production: "https://api.dealerauction.co.uk",
  sandbox: "https://api-qa.dealerauction.co.uk",
} as const;

/** What a DealerAuction connector may be set to. The upstream documents none of the defaults but the page size. */
export const dealerAuctionSettings = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(200),
  customerIds: z
    .array(z.union([z.string().trim().min(1).max(100), z.int().nonnegative()]).transform(String))
    .min(1)
    .max(200)
    .describe("The DealerAuction customer ids whose stock is looked after; yours only."),
  pageSize: z.int().min(1).max(1000).default(100).describe("Stock items asked for at once."),
  concurrency: z.int().min(1).max(4).default(3).describe("Requests under way at once."),
  refreshPerRun: z
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .describe(
      "How many cars that look unchanged have their details read again in each run, those read longest ago first: a search does not show every change.",
    ),
  markAsProvisionalPath: z
    .string()
    .regex(/^\/[^?#\s]*\{listingId\}[^?#\s]*$/, "must begin with / and hold {listingId}")
    .default("/v1/listings/{listingId}/mark-as-provisional")
    .describe("The upstream does not document this path."),
  initialScan: z.enum(["emit", "silent"]).default("emit"),
});

export type DealerAuctionSettings = z.infer<typeof dealerAuctionSettings>;

/** The upstream's own address, where the settings name no other. */
export const baseUrlOf = ({ baseUrl }: DealerAuctionSettings, environment: keyof typeof BASE_URLS): string =>
  baseUrl ?? BASE_URLS[environment];
