import type { Clock } from "../../seams.ts";
import { serveOnLoopback } from "../serve-on-loopback.ts";
import { CONTROL_PATH, control } from "./control.ts";
import { Faults, insteadOf, type Plan, spoil } from "./faults.ts";
import { applicationError, refuse } from "./gateway.ts";
import { cutPage, pageAt } from "./pages.ts";
import { consignmentAt, locationAt, unitAt } from "./resources.ts";
import { type Credentials, Tokens } from "./tokens.ts";
import { type Consignment, ManheimWorld } from "./world.ts";

/** What the simulator lets in, where nothing else is said. */
export const DEMO_CREDENTIALS: Credentials = {
  key: "demo-key",
  secret: "demo-secret",
  username: "dealer",
  password: "demo-password",
};

/** Of the requests this many are kept. */
const MOST_REQUESTS = 10_000;

/** A Manheim of its own on loopback: a real HTTP server, a small world, and a switch for everything that goes wrong. */
export interface ManheimSimulator extends AsyncDisposable {
  url: string;
  credentials: Credentials;
  world: ManheimWorld;
  tokens: Tokens;
  faults: Faults;
  /** The requests so far, the last 10,000 of them, as `METHOD /path?query`. */
  requests: string[];
  /** How far the `Date` header is off, ms. */
  dateSkewMs: number;
  /** Leaves out what a consignment may lack. */
  isSparse: boolean;
}

/** Starts it; `port` 0 takes any that is free. */
export function startManheimSimulator(parts: {
  clock: Clock;
  random: () => number;
  port?: number;
  credentials?: Credentials;
}): ManheimSimulator {
  const { clock, credentials = DEMO_CREDENTIALS } = parts;
  const simulator: ManheimSimulator = {
    url: "",
    credentials,
    world: new ManheimWorld(parts),
    tokens: new Tokens(credentials, parts),
    faults: new Faults(),
    requests: [],
    dateSkewMs: 0,
    isSparse: false,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
  const server = serveOnLoopback(
    parts.port ?? 0,
    (request) => respond(simulator, clock, request),
    () => new Response(null, { status: 500 }), // a body that was broken off on purpose
  );
  simulator.url = server.url.origin;
  return simulator;
}

async function respond(simulator: ManheimSimulator, clock: Clock, request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname.startsWith(CONTROL_PATH)) return control(simulator, request);
  simulator.requests.push(`${request.method} ${url.pathname}${url.search}`);
  if (simulator.requests.length > MOST_REQUESTS) simulator.requests.shift();
  const plan = simulator.faults.next(url.pathname + url.search);
  const own = (plan && insteadOf(plan)) ?? (await answer(simulator, request, plan));
  plan?.runBehind?.();
  const spoiled = plan === null ? own : await spoil(own, plan, clock);
  spoiled.headers.set("Date", new Date(clock.now() + simulator.dateSkewMs).toUTCString());
  return spoiled;
}

async function answer(simulator: ManheimSimulator, request: Request, plan: Plan | null): Promise<Response> {
  const url = new URL(request.url);
  if (/^\/oauth2\/token(\.oauth2)?$/.test(url.pathname)) return simulator.tokens.answer(request);
  const resource = findResource(simulator, url, plan);
  if (resource === null || request.method !== "GET") return refuse("notFound");
  return simulator.tokens.accepts(request) ? resource() : refuse("unauthorized");
}

/** What stands at a path (seed 003); null: the gateway knows no such path. */
function findResource(simulator: ManheimSimulator, url: URL, plan: Plan | null): (() => Response) | null {
  const { world, isSparse: sparse } = simulator;
  const { origin, pathname } = url;
  const [, collection = "", by = "", id = "", more = ""] = pathname.split("/");
  const list = (ids: readonly string[]) => listed(simulator, { url, ids, plan });
  const idsWhere = (isIn: (one: Consignment) => boolean) =>
    world.ids.flatMap((each) => world.find(each) ?? []).flatMap((one) => (isIn(one) ? one.id : []));
  const resources: Record<string, () => Response> = {
    "consignments/mine": () => list(world.ids),
    "consignments/unit": () => list(idsWhere(({ unitId }) => unitId === id)),
    "consignments/lifecycles": () => list(idsWhere(({ lifecycleId }) => lifecycleId === more)),
    "consignments/id": () => {
      const found = world.find(id);
      return found
        ? Response.json(consignmentAt(origin, found, { sparse }))
        : new Response(null, { status: 404 });
    },
    "units/id": () => {
      const found = world.units.get(id);
      return found ? Response.json(unitAt(origin, found)) : applicationError(404, "Unit not found.");
    },
    "locations/id": () => {
      const found = locationAt(origin, id);
      return found ? Response.json(found) : applicationError(404, "Location not found.");
    },
    locations: () => Response.json({ items: world.locations.map((code) => locationAt(origin, code)) }),
    "oauth2/token": () => new Response(null, { status: 200 }), // its status: any token that is taken
  };
  return resources[by === "" ? collection : `${collection}/${by}`] ?? null;
}

function listed(
  { world, isSparse: sparse }: ManheimSimulator,
  { url, ids, plan }: { url: URL; ids: readonly string[]; plan: Plan | null },
): Response {
  const page = cutPage(ids, url);
  if (page === null) return new Response(null, { status: 404 });
  const items = page.ids.flatMap((id) => {
    const found = world.find(id);
    return found ? [consignmentAt(url.origin, found, { sparse })] : [];
  });
  return Response.json(pageAt(url, page, items, plan));
}
