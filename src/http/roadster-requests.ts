import { z } from "zod";
import { oneConnector } from "./connector-routes.ts";

// What may be asked of Roadster, in its own words: the names are those of seed 004 and go on as they came.

const text = z.string().min(1).max(500);
const dpid = z
  .string()
  .max(100)
  .regex(/[^.]/, "must not be empty or of dots alone")
  .describe("Roadster's name for a dealer.");

/** A VIN, also of a car from before they had 17 characters. */
const vin = z.string().regex(/^[A-Za-z0-9]{5,17}$/, "must be 5 to 17 letters and digits");

const dealer = z
  .union([z.strictObject({ dpid }), z.strictObject({ partner_id: text })])
  .describe("By its `dpid`, or by the `partner_id` that you gave it.");

const vehicle = z
  .looseObject({
    vin: vin.optional(),
    make: text.optional(),
    model: text.optional(),
    trim: text.optional(),
    year: z.int().min(1900).max(2200).optional(),
  })
  .describe("The car, and where the link leads.");

const analytics = z
  .record(z.string().max(100), z.string().max(500))
  .describe("Appended to the link's query.");

const plans = z
  .array(z.looseObject({ id: z.int() }))
  .max(100)
  .describe("As the plans were answered.");

export const oneDealer = oneConnector.extend({ dpid: dpid.meta({ examples: ["lakeside"] }) });

export const oneVehicle = oneConnector.extend({ vin: vin.meta({ examples: ["4T1C11AK0LU322811"] }) });

export const oneCustomer = oneConnector.extend({
  customerId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, "must be 1 to 100 letters, digits, _ and -")
    .describe("Roadster's id of the customer.")
    .meta({ examples: ["2285882"] }),
});

export const oneDocument = oneCustomer.extend({
  documentId: z
    .string()
    .regex(/^\d{1,15}$/, "must be a number")
    .meta({ examples: ["1602273"] }),
});

export const oneTemplate = oneConnector.extend({
  templateId: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, "must be 1 to 100 letters, digits and -")
    .meta({ examples: ["278"] }),
});

export const oneOrder = oneConnector.extend({
  orderId: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, "must be 1 to 100 letters, digits and -")
    .meta({ examples: ["367146"] }),
});

export const dpidQuery = z.object({ dpid: dpid.meta({ examples: ["lakeside"] }) });

/** For a GET: one of the two ways to name a dealer. */
export const dealerQuery = z
  .object({
    dpid: dpid.optional().meta({ examples: ["lakeside"] }),
    partner_id: text.optional().describe("Your own name for the dealer; in place of `dpid`."),
  })
  .refine((query) => (query.dpid === undefined) !== (query.partner_id === undefined), {
    message: "needs either dpid or partner_id",
  });

/** As the upstream takes it. */
export const dealerOf = ({ dpid, partner_id }: z.infer<typeof dealerQuery>) =>
  dpid === undefined ? { partner_id } : { dpid };

export const inventoryQuery = dpidQuery.extend({
  size: z.coerce.number().int().min(1).max(1000).optional().describe("How many."),
  from_vin: vin.optional().describe("The last VIN of the page before."),
  updated_since: z.coerce.number().int().min(0).optional().describe("Seconds since 1970 UTC."),
  in_stock: z.string().max(20).optional(),
});

export const plansQuery = z.object({
  partner_id: text.meta({ examples: ["12345"] }),
  vin: vin.meta({ examples: ["4T1C11AK0LU322811"] }),
  deal_type: z.enum(["cash", "finance", "lease"]),
  deal_rate: z.coerce.number().min(0).max(100).optional().describe("Per cent; for finance and lease."),
  deal_term: z.coerce.number().int().min(1).max(1000).optional().describe("For finance and lease."),
  amount_financed: z.coerce.number().int().min(0).optional().describe("For finance and lease."),
});

export const documentsQuery = dealerQuery.safeExtend({
  doc_type: z.enum(["user_docs", "deal_docs", "all"]).default("all"),
});

export const linkBody = z.strictObject({
  dealer,
  vehicle: vehicle.optional(),
  analytics: analytics.optional(),
});

export const customerBody = z.strictObject({
  customer: z.strictObject({
    first_name: text,
    last_name: text,
    email: z.email().max(320),
    phone: z.string().max(50).optional().describe("Such as +14155556666."),
    partner_id: text.optional(),
  }),
  dealer: dealer.optional(),
  vehicle: vehicle.optional(),
  payment: z.looseObject({}).optional().describe("As Roadster documents it."),
  plans: plans.optional(),
  accessories: z.array(z.looseObject({})).max(100).optional(),
  analytics: analytics.optional(),
  checkout: z.boolean().optional().describe("The link leads to the checkout."),
});

export const agentBody = z.strictObject({
  agent: z.strictObject({ id: text.optional(), email: z.email().max(320) }),
  dealer: dealer.optional(),
});

export const tradeInBody = z.strictObject({
  dpid,
  email: z.email().max(320),
  vin,
  value: z.int().min(0),
  year: z.int().min(1900).max(2200).optional(),
  make: text.optional(),
  model: text.optional(),
  trim: text.optional(),
  mileage: z.int().min(0).optional(),
});

export const paymentsBody = z.strictObject({
  customer: z.looseObject({ zip_code: z.union([z.string().max(20), z.int()]).optional() }),
  dealer,
  vehicle: vehicle.safeExtend({ vin }),
  payment: z.looseObject({}).optional(),
  trade_in: z.looseObject({}).optional(),
  plans: plans.optional(),
});

export const storefrontBody = z.strictObject({
  dpid: z.string().regex(/^[a-z0-9-]{1,63}$/i, "must be 1 to 63 letters, digits and -"),
  vin,
  host: z
    .string()
    .max(253)
    .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i, "must be a host name")
    .optional()
    .describe("The dealer's storefront; else as the settings say."),
  customer: z.strictObject({
    email: z.email().max(320),
    fname: text.optional(),
    lname: text.optional(),
    phone: z.string().max(50).optional(),
    custid: text.optional().describe("Only used for Roadster's reports."),
  }),
});

const id = z.string().min(1).max(200).nullish();

export const idsBody = z.strictObject({ customer_id: id, lead_id: id, agent_id: id, dealer_id: id });

const base64 = z
  .string()
  .min(1)
  .regex(/^(?:data:[^,]{1,200},)?[A-Za-z0-9+/]+={0,2}$/, "must be base64");

export const documentBody = z
  .strictObject({
    dealer,
    document_name: text,
    document_type: z.enum(["license", "license_back", "insurance", "income", "residency", "other", "deal"]),
    file_name: z
      .string()
      .max(255)
      .regex(/^[^/\\]+\.(?:jpe?g|png|pdf)$/i, "must end with .jpg, .jpeg, .png or .pdf"),
    relationship: z.enum(["self", "co_app"]).optional().describe("Not for the type `deal`."),
    co_app_email_id: z.email().max(320).optional().describe("Needed for `co_app`."),
    contents: base64
      .describe("The file in base64, at most 15 MiB of it.")
      .meta({ contentEncoding: "base64" }),
  })
  .refine(({ document_type, relationship }) => document_type === "deal" || relationship !== undefined, {
    path: ["relationship"],
    message: "is needed for a customer's document",
  })
  .refine(({ relationship, co_app_email_id }) => relationship !== "co_app" || co_app_email_id !== undefined, {
    path: ["co_app_email_id"],
    message: "is needed for a co-applicant's document",
  });

export const deletionBody = z.strictObject({ dealer, doc_ids: z.array(z.int().positive()).min(1).max(100) });

export const templateBody = z.strictObject({
  form_data: z.looseObject({
    name: text,
    file_name: text,
    description: z.string().max(2000).optional(),
    form_definition: z.looseObject({ pages: z.array(z.looseObject({})).max(500) }),
  }),
  file_stream: base64
    .describe("The PDF in base64, with its data: header; at most 15 MiB of it.")
    .meta({ contentEncoding: "base64" }),
});

export const formsBody = z.strictObject({
  title: text,
  template_ids: z.array(z.int().positive()).min(1).max(100),
});
