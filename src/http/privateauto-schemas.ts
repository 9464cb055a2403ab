import { z } from "zod";
import { linkFormats } from "../connectors/privateauto/sell-link.ts";
import { oneConnector } from "./connector-routes.ts";

const name = z.string().trim().min(1).max(200);
const email = z.email().max(320);

/** What a deal is started with, in the upstream's own words (seed 001). */
const sellFields = {
  vin: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-HJ-NPR-Z0-9]{17}$/, "must be 17 letters and digits without I, O and Q"),
  amount: z.number().positive().max(100_000_000).optional().describe("In dollars."),
  buyerName: name.optional(),
  buyerEmail: email
    .optional()
    .describe("Of the other side: where you are the buyer, leave it out and give the seller's."),
  buyerSendLink: z.boolean().optional().describe("Whether PrivateAuto mails the buyer the link."),
  sellerName: name.optional(),
  sellerEmail: email.optional(),
  sellerSendLink: z.boolean().optional().describe("Whether PrivateAuto mails the seller the link."),
  year: z.int().min(1900).max(2200).optional().describe("With make and model: for a vehicle not listed yet."),
  make: name.optional(),
  model: name.optional(),
  trim: name.optional(),
};

interface Sides {
  buyerEmail?: string | undefined;
  buyerSendLink?: boolean | undefined;
  sellerEmail?: string | undefined;
  sellerSendLink?: boolean | undefined;
}

const hasBuyersMail = ({ buyerSendLink, buyerEmail }: Sides) => !buyerSendLink || buyerEmail !== undefined;
const hasSellersMail = ({ sellerSendLink, sellerEmail }: Sides) =>
  !sellerSendLink || sellerEmail !== undefined;
const noMail = (path: string) => ({ path: [path], message: "is needed to send the link" });

/** The body that starts a deal. */
export const sellBody = z
  .object(sellFields)
  .refine(hasBuyersMail, noMail("buyerEmail"))
  .refine(hasSellersMail, noMail("sellerEmail"));

/** The body that makes a link which starts a deal in a browser. */
export const sellLinkBody = z
  .object({
    ...sellFields,
    format: z
      .enum(linkFormats)
      .default("jwt")
      .describe(
        "`jwt`: a token; `vin-jwt`: a token in place of the VIN; `signed`: short keys and a signature.",
      ),
    redirectUrl: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional()
      .describe("Where the browser goes afterwards; by default to the link of `role`."),
    role: z.enum(["buyer", "seller"]).optional().describe("Whose browser it is; the buyer's by default."),
  })
  .refine(hasBuyersMail, noMail("buyerEmail"))
  .refine(hasSellersMail, noMail("sellerEmail"));

const text = z.string().min(1).max(200);

/** The body that hands in a lead. */
export const leadBody = z.object({
  callerReferenceId: text.describe("Your own id of the lead: given again, it is known."),
  organizationId: text.describe("The dealer's at PrivateAuto; it must be on your allowlist."),
  leadCode: text.optional(),
  contact: z
    .object({
      name: text.optional(),
      email: email.optional(),
      phone: z.string().max(50).optional(),
      message: z.string().max(5000).optional(),
    })
    .optional(),
  vehicle: z
    .object({
      vin: text.optional(),
      year: z.int().min(1900).max(2200).optional(),
      make: text.optional(),
      model: text.optional(),
      trim: text.optional(),
      mileage: z.number().min(0).optional(),
    })
    .optional(),
  listingId: text.optional(),
});

/** Which lead. */
export const oneLead = oneConnector.extend({
  callerReferenceId: text.meta({ examples: ["LDR-98234"] }),
});

/** A path below `/data`: one record, or what hangs on it. */
export const oneRecord = oneConnector.extend({ id: text.meta({ examples: ["64a1f2e3b5c8d90012345678"] }) });

/** The upstream's own paging and filter. */
export const listQuery = z.object({
  _page: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe("From 0.")
    .meta({ examples: [0] }),
  _limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta({ examples: [50] }),
  status: z
    .string()
    .max(100)
    .optional()
    .meta({ examples: ["active"] }),
});

/** The same, for the upstream's record of its webhooks. */
export const deliveriesQuery = listQuery.extend({
  status: z.enum(["delivered", "failed", "skipped"]).optional(),
  event: z
    .string()
    .max(200)
    .optional()
    .meta({ examples: ["deal.created"] }),
  dateFrom: z.iso
    .datetime()
    .optional()
    .meta({ examples: ["2026-04-21T00:00:00.000Z"] }),
  dateTo: z.iso
    .datetime()
    .optional()
    .meta({ examples: ["2026-04-22T00:00:00.000Z"] }),
});

/** Examples of answers. */
export const examples = {
  deal: {
    id: "64a1f2e3b5c8d90012345678",
    guid: "d30d5242-c880-4534-8c51-0032dde02093",
    status: "active",
    listingId: "6a024361a30d4d0026d00db2",
    amount: 18500,
    currency: "USD",
    updatedAt: "2026-04-21T14:00:00.000Z",
  },
  started: { dealId: "64a1f2e3b5c8d90012345678", guid: "d30d5242-c880-4534-8c51-0032dde02093" },
  lead: {
    leadId: "663c3f4d6fae0c003456cdef",
    callerReferenceId: "LDR-98234",
    status: "new",
    createdAt: "2026-04-16T14:22:00.000Z",
  },
};
