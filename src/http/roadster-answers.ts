import { z } from "zod";

// What Roadster answers, in the shapes and with the examples of seed 004; it may hold more than is named here.

const dealerSchema = z.looseObject({
  name: z.string(),
  dpid: z.string(),
  status: z.string(),
  zip_code: z.union([z.string(), z.int()]).nullish(),
  partner_id: z.string().nullish(),
});

const lakeside = {
  name: "Lakeside Motors",
  dpid: "lakeside",
  address: "123 Main St",
  city: "San Francisco",
  state: "CA",
  zip_code: "94103",
  phone: "415-555-2121",
  status: "live",
  partner_id: "12345",
};

const vehicleSchema = z.looseObject({
  vin: z.string().nullish(),
  make: z.string(),
  model: z.string(),
  year: z.int(),
  in_stock: z.boolean().optional(),
});

const elantra = {
  make: "Hyundai",
  model: "Elantra",
  year: 2022,
  trim: "SEL",
  vin: "KMHLM4AG1NU123456",
  in_stock: true,
  reserved: false,
};

const planSchema = z.looseObject({ id: z.int(), title: z.string(), tiers: z.array(z.looseObject({})) });

const documentSchema = z.looseObject({
  id: z.int(),
  document_type: z.string(),
  name: z.string(),
  file_name: z.string(),
});

const templateSchema = z.looseObject({
  id: z.int(),
  name: z.string(),
  file_name: z.string(),
  form_definition: z.looseObject({ pages: z.array(z.looseObject({})) }),
});

const template = {
  id: 278,
  name: "Insurance terms",
  file_name: "Lease Insurance.pdf",
  description: "The terms of the insurance",
  form_definition: { pages: [{ fields: [{ x: 96, y: 555, name: "vehicleYear_1", type: "vehicleYear" }] }] },
  is_deleted: false,
};

const loose = z.looseObject({});

const linkSchema = z.looseObject({ dpid: z.string().optional(), url: z.string().optional() });

/** Each success: what it is, its schema and an example. */
export const answers = {
  dealers: {
    description: "The dealers that these credentials may speak for.",
    schema: z.object({ dealers: z.array(dealerSchema) }),
    example: { dealers: [lakeside] },
  },
  dealer: {
    description: "The dealer with its configuration.",
    schema: dealerSchema,
    example: {
      ...lakeside,
      configuration: { price_unlock_mode: "lock", fees: { doc_fee: 85, filing_fee: 30 } },
    },
  },
  inventory: {
    description: "A page, sorted by VIN.",
    schema: z.looseObject({ vehicles: z.array(vehicleSchema), total: z.int().optional() }),
    example: { vehicles: [elantra], total: 1 },
  },
  vehicle: {
    description: "The vehicle in detail.",
    schema: z.looseObject({ vehicle_info: vehicleSchema }),
    example: {
      vehicle_info: { make: "Hyundai", model: "Elantra", year: 2022, city_mpg: 31, highway_mpg: 41 },
    },
  },
  redirectLink: {
    description: "The link.",
    schema: z.looseObject({ status: z.string(), link: linkSchema }),
    example: {
      status: "ok",
      vehicle: { price_locked: true, in_stock: true, grade: "new" },
      link: { dpid: "lakeside", url: "https://express.lakeside.com/express/4T1C11AK0LU322811" },
    },
  },
  payments: {
    description: "What the vehicle costs in cash, financed and leased.",
    schema: z.looseObject({ deals: loose, programs: loose.optional() }),
    example: { deals: { cash: { id: 4550, deal_type: "cash", terms: { msrp: 24550, price: 24050 } } } },
  },
  plans: {
    description: "Service and protection plans for this deal.",
    schema: z.looseObject({ plans: z.array(planSchema) }),
    example: {
      plans: [
        {
          id: 6160,
          title: "Hyundai Protection Plan",
          tiers: [{ title: "10 Years/100k Miles", code: "JBH", msrp: 1849, term: 120 }],
        },
      ],
    },
  },
  documents: {
    description: "The documents, without their contents.",
    schema: z.object({ documents: z.array(documentSchema) }),
    example: {
      documents: [
        {
          id: 1602273,
          document_type: "license",
          relationship: "self",
          name: "dl front",
          file_name: "image.png",
        },
      ],
    },
  },
  document: {
    description: "The document in base64.",
    schema: z.looseObject({ contents: z.string() }),
    example: { contents: "iVBORw0KGgo=" },
  },
  templates: {
    description: "The dealer's templates.",
    schema: z.object({ templates: z.array(templateSchema) }),
    example: { templates: [template] },
  },
  template: { description: "The template.", schema: templateSchema, example: template },
  templateFile: {
    description: "The PDF in base64.",
    schema: z.object({ contents: z.string() }),
    example: { contents: "JVBERi0xLjUN" },
  },
  storefrontLink: {
    description: "The link; who holds it is taken for this customer.",
    schema: z.object({ url: z.string() }),
    example: { url: "https://express.lakeside.com/4T1C11AK0LU322811?mem=AAECAwQFBgcICQoLDA0ODw" },
  },
};

/** A command's success: what Roadster answered stands in its result. */
function commandDone<T extends z.ZodType>(schema: T, example: z.infer<T>) {
  return {
    description: "It is done.",
    schema: z.object({ commandId: z.uuid(), outcome: z.literal("done"), result: schema }),
    example: { commandId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c", outcome: "done", result: example },
  };
}

const customerSchema = z.looseObject({
  status: z.string(),
  customer: z.looseObject({ id: z.int().optional(), redirect_url: z.string().optional() }),
});

/** The successes of the commands. */
export const done = {
  customer: commandDone(customerSchema, {
    status: "ok",
    customer: {
      id: 1650260,
      dpid: "lakeside",
      redirect_url: "https://express.lakeside.com/express/4T1C11AK0LU322811?ucid=1650260",
    },
  }),
  agent: commandDone(customerSchema, {
    status: "ok",
    customer: { first_name: "Sam", last_name: "Buyer", email: "sam.buyer@example.com" },
  }),
  tradeIn: commandDone(customerSchema, { status: "ok", customer: { id: 1650260 } }),
  uploaded: commandDone(z.looseObject({ document_id: z.int().optional() }), {
    document_id: 1602287,
  }),
  deleted: commandDone(z.looseObject({ message: z.string().optional() }), {
    message: "Successfully deleted document",
  }),
  template: commandDone(loose, { etag: "e9feaffe16bb3a6fad362a99294ad2d0" }),
  forms: commandDone(loose, {}),
};
