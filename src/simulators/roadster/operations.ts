import type { Answer } from "../failure.ts";
import type { SimulatedCar, SimulatedDocument, SimulatedTemplate, World } from "./world.ts";

/** Whatever a body may hold. */
interface Body {
  customer?: { email?: string; first_name?: string; last_name?: string };
  dealer?: { dpid?: string };
  vehicle?: { vin?: string };
  agent?: { id?: string; email: string };
  dpid?: string;
  email?: string;
  vin?: string;
  value?: number;
  document_type?: string;
  document_name?: string;
  file_name?: string;
  contents?: string;
  doc_ids?: number[];
  form_data?: Record<string, unknown>;
  file_stream?: string;
  title?: string;
  template_ids?: number[];
}

/** What an operation is asked with. */
export interface Asked {
  method: string;
  /** Below the base URL. */
  path: string;
  query: URLSearchParams;
  body: string;
}

/** Whose world it is, and how it answers where the documentation leaves it open. */
export interface Account {
  world: World;
  apiKey: string;
  dpids: readonly string[];
  /** Whether a page begins with the vehicle that `from_vin` names, or behind it. */
  fromVin: "inclusive" | "exclusive";
}

/** Answers as the upstream does: the operations of seed 004 in their plainest form, each behind the API key. */
export function answerTo(asked: Asked, authorization: string | null, account: Account): Answer {
  if (authorization !== `Bearer ${account.apiKey}`) return error(401, "Invalid API key");
  for (const [method, path, run] of operations) {
    const found = path.exec(asked.path);
    if (!found || method !== asked.method) continue;
    const body: Body = asked.body === "" ? {} : JSON.parse(asked.body);
    return run({ ...account, query: asked.query, body, ids: found.slice(1).map(decodeURIComponent) });
  }
  return error(404, "Not found");
}

interface Call extends Account {
  query: URLSearchParams;
  body: Body;
  ids: string[];
}

const operations: [method: string, path: RegExp, run: (call: Call) => Answer][] = [
  ["GET", /^\/dealers$/, ({ dpids }) => ok(dpids.map(dealer))],
  ["GET", /^\/dealers\/([^/]+)$/, readDealer],
  ["GET", /^\/inventory$/, searchInventory],
  ["GET", /^\/inventory\/([^/]+)$/, readCar],
  ["GET", /^\/plans$/, plans],
  ["POST", /^\/redirect_urls$/, makeLink],
  ["POST", /^\/payments$/, ({ body }) => ok({ deals: { cash: { id: 1, vin: body.vehicle?.vin } } })],
  ["POST", /^\/customers$/, createCustomer],
  ["PUT", /^\/customers\/(\d+)\/agent$/, assignAgent],
  ["POST", /^\/trade_ins$/, offerTradeIn],
  ["POST", /^\/customers\/(\d+)\/documents$/, upload],
  ["GET", /^\/customers\/(\d+)\/documents$/, listDocuments],
  ["GET", /^\/customers\/(\d+)\/documents\/(\d+)$/, readDocument],
  ["DELETE", /^\/customers\/(\d+)\/documents$/, deleteDocuments],
  ["GET", /^\/templates$/, listTemplates],
  ["GET", /^\/templates\/(\d+)$/, ({ world, ids }) => withTemplate(world, ids[0], shownTemplate)],
  ["GET", /^\/templates\/(\d+)\/file$/, ({ world, ids }) => withTemplate(world, ids[0], ({ file }) => file)],
  ["POST", /^\/templates$/, createTemplate],
  ["POST", /^\/orders\/([^/]+)\/forms$/, createForms],
];

const dealer = (dpid: string) => ({
  name: `Dealer ${dpid}`,
  dpid,
  city: "Springfield",
  state: "CA",
  zip_code: 93313, // a number here, a text there
  status: "live",
  partner_id: `P-${dpid}`,
});

function readDealer({ dpids, ids: [dpid = ""] }: Call): Answer {
  if (!dpids.includes(dpid)) return error(404, "Unknown dealer");
  return ok({ ...dealer(dpid), configuration: { price_unlock_mode: "lock", fees: { doc_fee: 85 } } });
}

function searchInventory({ query, world, dpids, fromVin }: Call): Answer {
  const dpid = query.get("dpid") ?? "";
  if (!dpids.includes(dpid)) return error(403, "Dealer is not provisioned for this API key");
  const since = query.has("updated_since") ? Number(query.get("updated_since")) * 1000 : null;
  const inStock = query.get("in_stock") ?? "true";
  const found = world
    .carsOf(dpid)
    .filter(({ isInStock }) => inStock === "all" || isInStock === (inStock === "true"))
    .filter(({ updatedAt }) => since === null || updatedAt >= since);
  const from = query.get("from_vin");
  const isAfter = (vin: string) => from === null || (fromVin === "inclusive" ? vin >= from : vin > from);
  const page = found.filter(({ vin }) => isAfter(vin)).slice(0, Number(query.get("size") ?? 25));
  return ok({ vehicles: page.map(shownCar), total: found.length });
}

const shownCar = ({ vin, make, model, year, trim, msrp, isInStock, isReserved }: SimulatedCar) => ({
  make,
  model,
  year,
  trim,
  body: "Sedan",
  drivetrain: "Front-Wheel Drive",
  vin,
  stock_number: `S${vin.slice(-6)}`,
  in_stock: isInStock,
  reserved: isReserved,
  engine: { label: "2.0L 4 Cylinder", type: "Gas" },
  exterior_color: { label: "Silver", rgb: "4D4A47", generic: "silver", msrp: 0 },
  packages: [],
  options: [{ name: "Mats", msrp: msrp > 30_000 ? 0 : 299 }],
  msrp,
});

function readCar({ query, world, dpids, ids: [vin = ""] }: Call): Answer {
  const dpid = query.get("dealer[dpid]") ?? query.get("dealer[partner_id]")?.replace("P-", "") ?? "";
  if (!dpids.includes(dpid)) return error(403, "Dealer is not provisioned for this API key");
  const car = world.cars.get(`${dpid}/${vin}`);
  return car === undefined
    ? error(404, "Unknown vehicle")
    : ok({ vehicle_info: { ...shownCar(car), city_mpg: 31 } });
}

function plans({ query }: Call): Answer {
  if (!query.has("dealer[partner_id]") || !query.has("vin")) return error(400, "Missing vin");
  const tiers = [{ title: "5 years", code: "JBH", msrp: 1849, term: 60 }];
  return ok({ plans: [{ id: 6160, title: "Protection", deal_types: [query.get("deal_type")], tiers }] });
}

function makeLink({ body }: Call): Answer {
  const { dpid = "" } = body.dealer ?? {};
  const url = `https://express.${dpid}.com/express/${body.vehicle?.vin ?? ""}`;
  return ok({ status: "ok", vehicle: { price_locked: true, in_stock: true }, link: { dpid, url } });
}

/** The same e-mail address at the same dealer is the same customer. */
function createCustomer({ body, world, dpids: [anyDealer = ""] }: Call): Answer {
  const { email = "", first_name: firstName = "", last_name: lastName = "" } = body.customer ?? {};
  if (email === "") return error(400, "Missing email");
  const dpid = body.dealer?.dpid ?? anyDealer;
  const known = world.customerBy(dpid, email);
  const { id } = known ?? world.addCustomer({ dpid, email, firstName, lastName });
  const redirect_url = `https://express.${dpid}.com/express/${body.vehicle?.vin ?? ""}?ucid=${id}`;
  const duplicate = known === null ? {} : { duplicate: true };
  return ok({ status: "ok", customer: { id, dpid, redirect_url }, ...duplicate });
}

function assignAgent({ body, world, ids: [id] }: Call): Answer {
  const customer = world.customers.get(Number(id));
  if (customer === undefined) return error(404, "Unknown customer");
  customer.agent = body.agent ?? null;
  const { firstName: first_name, lastName: last_name, email } = customer;
  return ok({ status: "ok", customer: { first_name, last_name, email, phone: null } });
}

function offerTradeIn({ body, world }: Call): Answer {
  const { dpid = "", email = "", vin = "", value = 0 } = body;
  world.tradeIns.set(`${email} ${dpid} ${vin}`, value);
  return ok({ status: "ok", customer: { id: world.customerBy(dpid, email)?.id ?? null } });
}

function upload({ body, world, ids: [customerId = ""] }: Call): Answer {
  const { document_type = "", document_name = "", file_name = "", contents = "" } = body;
  const id = world.newId();
  const names = { type: document_type, name: document_name, fileName: file_name };
  world.documents.set(id, { id, customerId, contents, ...names });
  return ok({ document_id: id });
}

function listDocuments({ query, world, ids: [customerId] }: Call): Answer {
  const wanted = query.get("doc_type") ?? "all";
  const own = [...world.documents.values()].filter((each) => each.customerId === customerId);
  const isWanted = ({ type }: SimulatedDocument) => (type === "deal") === (wanted === "deal_docs");
  return ok((wanted === "all" ? own : own.filter(isWanted)).map(shownDocument));
}

const shownDocument = ({ id, type, name, fileName }: SimulatedDocument) => ({
  id,
  document_type: type,
  name: name.toLowerCase(),
  file_name: fileName,
});

function readDocument({ world, ids: [customerId, id] }: Call): Answer {
  const document = world.documents.get(Number(id));
  if (document?.customerId !== customerId) return error(404, "Unknown document");
  return ok({ contents: document?.contents });
}

function deleteDocuments({ body, world }: Call): Answer {
  for (const id of body.doc_ids ?? []) if (!world.documents.delete(id)) return error(404, "Unknown document");
  return ok({ message: "Successfully deleted document" });
}

function listTemplates({ query, world }: Call): Answer {
  const own = [...world.templates.values()].filter(({ dpid }) => dpid === query.get("dpid"));
  return ok(own.map(shownTemplate));
}

const shownTemplate = ({ id, form }: SimulatedTemplate) => ({ ...form, id, is_deleted: false });

function withTemplate(world: World, id: string | undefined, show: (template: SimulatedTemplate) => unknown) {
  const template = world.templates.get(Number(id));
  return template === undefined ? error(404, "Unknown template") : ok(show(template));
}

function createTemplate({ query, body, world }: Call): Answer {
  const id = world.newId();
  const file = String(body.file_stream).replace(/^data:[^,]*,/, "");
  world.templates.set(id, { id, dpid: query.get("dpid") ?? "", form: body.form_data ?? {}, file });
  return ok({ etag: "e9feaffe16bb3a6fad362a99294ad2d0", version_id: "1" });
}

function createForms({ body, world, ids: [orderId = ""] }: Call): Answer {
  world.forms.push({ orderId, title: body.title ?? "", templateIds: body.template_ids ?? [] });
  return ok({});
}

const ok = (answer: unknown): Answer => ({ status: 200, body: JSON.stringify(answer) });

const error = (status: number, why: string): Answer => ({
  status,
  body: JSON.stringify({ status: "error", error: why }),
});
