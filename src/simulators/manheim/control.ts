import { type Fault, type Faults, faults, type Plan } from "./faults.ts";
import { changes, type ManheimWorld, type WorldChange } from "./world.ts";

/** Where someone at a terminal moves the world and lets things go wrong; no path of the real API. */
export const CONTROL_PATH = "/simulator";

/** `GET /simulator`, `POST /simulator/change {"what": "checkIn"}`, `POST /simulator/fail {"fault": "over-qps"}`. */
export async function control(
  { world, faults: planned }: { world: ManheimWorld; faults: Faults },
  request: Request,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const wish = request.method === "POST" ? await readWish(request) : {};
  if (wish === null) return refusal("the body must be a JSON object");
  switch (`${request.method} ${pathname.slice(CONTROL_PATH.length)}`) {
    case "GET ":
      return Response.json({ consignments: world.ids.length, changes, faults });
    case "POST /change":
      if (!isOneOf<WorldChange>(changes, wish.what)) return refusal(`"what" is one of ${changes.join(", ")}`);
      return Response.json({ happened: world.happen(wish.what) });
    case "POST /fail": {
      if (!isOneOf<Fault>(faults, wish.fault)) return refusal(`"fault" is one of ${faults.join(", ")}`);
      planned.add(planIn(wish, wish.fault));
      return Response.json({ planned: wish.fault });
    }
    default:
      return refusal("there is GET /simulator, POST /simulator/change and POST /simulator/fail", 404);
  }
}

async function readWish(request: Request): Promise<Record<string, unknown> | null> {
  const body: unknown = await request.json().catch(() => null);
  return typeof body === "object" && body !== null && !Array.isArray(body) ? { ...body } : null;
}

function planIn({ path, after, times, retryAfter }: Record<string, unknown>, fault: Fault): Plan {
  return {
    fault,
    ...(typeof path === "string" && { path }),
    ...(typeof after === "number" && { after }),
    ...(typeof times === "number" && { times }),
    ...(typeof retryAfter === "number" && { retryAfter }),
  };
}

const isOneOf = <T extends string>(list: readonly T[], value: unknown): value is T =>
  list.some((each) => each === value);

const refusal = (message: string, status = 400): Response => Response.json({ message }, { status });
