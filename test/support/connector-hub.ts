import type { ShownConnector, ShownRun } from "../../src/intake/shown-connector.ts";
import { startTestApp, type TestApp } from "./test-app.ts";
import { toyKinds } from "./toy-kind.ts";
import { TOY_TOKEN, type ToyUpstream } from "./toy-upstream.ts";

/** What a `PUT` answers. */
export type PutConnector = ShownConnector & { check: { ok: boolean; detail: string } };

/** A hub that knows the toy kind; webhooks go out one after another, in the order of their events. */
export const startToyHub = ({ env, ...options }: NonNullable<Parameters<typeof startTestApp>[0]> = {}) =>
  startTestApp({ kinds: toyKinds, env: { DELIVERY_CONCURRENCY: "1", ...env }, ...options });

/** What a test says of a connector; the rest is usual. */
export interface GivenToy {
  name?: string;
  schedule?: string;
  environment?: "sandbox" | "production";
  settings?: Record<string, unknown>;
}

/** The body that makes a toy connector. */
export const toyBody = (upstream: Pick<ToyUpstream, "url">, given: GivenToy = {}) => {
  const { environment = "sandbox", schedule, settings } = given;
  return {
    kind: "toy",
    environment,
    ...(schedule && { schedule }),
    settings: { baseUrl: upstream.url, token: TOY_TOKEN, ...settings },
  };
};

/** Makes a toy connector. */
export async function givenToy(
  app: TestApp,
  token: string,
  upstream: Pick<ToyUpstream, "url">,
  given: GivenToy = {},
): Promise<PutConnector> {
  const { name = "toys" } = given;
  const answer = await app.call("PUT", `/connectors/${name}`, {
    auth: token,
    body: toyBody(upstream, given),
  });
  if (answer.status !== 201) throw new Error(`the connector was answered ${answer.status}: ${answer.text}`);
  return answer.json();
}

/** A customer that subscribed to everything of the toy kind, with its connector. */
export async function givenToyCustomer(
  app: TestApp,
  { upstream, receiver, ...given }: { upstream: ToyUpstream; receiver: { url: string } } & GivenToy,
) {
  const customer = await app.givenCustomer({ auctionIds: [] });
  await app.givenSubscription(customer.token, { url: receiver.url, eventType: "toy.*" });
  const connector = await givenToy(app, customer.token, upstream, given);
  return { ...customer, connector };
}

/** Polls by hand and gives the run, however it ended. */
export async function poll(app: TestApp, token: string, name = "toys"): Promise<ShownRun> {
  const answer = await app.call("POST", `/connectors/${name}/poll`, { auth: token });
  if (answer.status !== 200) throw new Error(`the poll was answered ${answer.status}: ${answer.text}`);
  return answer.json();
}

/** A connector as it is now. */
export async function readConnector(app: TestApp, token: string, name = "toys"): Promise<ShownConnector> {
  return (await app.call("GET", `/connectors/${name}`, { auth: token })).json();
}

/** The runs of a connector, newest first. */
export async function runsOf(app: TestApp, token: string, name = "toys"): Promise<ShownRun[]> {
  return (await app.call("GET", `/connectors/${name}/runs`, { auth: token })).json().runs;
}

/** What came to a receiver, such as `created a 1`, in order. */
export function newsAt({
  received,
}: {
  received: { headers: Record<string, string>; body: string }[];
}): string[] {
  return received.map(({ headers, body }) => {
    const { id, version } = JSON.parse(body);
    return `${headers["x-webhook-event"]?.split(".").at(-1)} ${id} ${version}`;
  });
}
