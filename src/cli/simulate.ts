import { Argument, type Command, InvalidArgumentError } from "commander";
import { realSeams, type Seams } from "../seams.ts";
import { startDealerAuction } from "../simulators/dealerauction/dealerauction.ts";
import { openLife } from "../simulators/dealerauction/life.ts";
import { startManheimSimulator } from "../simulators/manheim/simulator.ts";
import { ENDPOINT_PATH, startPrivateAuto } from "../simulators/privateauto/privateauto.ts";
import { openLife as openRoadsterLife } from "../simulators/roadster/life.ts";
import { CALLBACKS_PATH, startRoadster } from "../simulators/roadster/roadster.ts";
import { facts } from "./print.ts";

/** An upstream that runs here. */
interface Simulation {
  url: string;
  /** What a connector to it is made with. */
  connector: { kind: string; settings: object };
  /** How it learns where its webhooks go; none where it sends none. */
  webhooks?: string;
  /** Lets one thing happen in its world, told in a few words. */
  happen(): string;
  stop(): Promise<void>;
}

/** The upstreams that can be simulated. */
const simulations: Record<string, (parts: Parts) => Simulation> = {
  dealerauction({ seams, port, size }) {
    const simulator = startDealerAuction({ seams, port });
    const { url, username, password, customerIds, world, stop } = simulator;
    const [customerId = ""] = customerIds;
    const { clock, random } = seams;
    const life = openLife({ world, customerId, size, now: clock.now, random });
    const settings = { baseUrl: url, username, password, customerIds };
    return { url, connector: { kind: "dealerauction", settings }, happen: life.happen, stop };
  },
  manheim({ seams, port, size }) {
    const simulator = startManheimSimulator({ ...seams, port });
    const { url, credentials, world } = simulator;
    for (let n = 0; n < size; n++) world.create();
    return {
      url,
      connector: { kind: "manheim", settings: { baseUrl: url, ...credentials } },
      happen() {
        const happened = world.happen();
        return happened === null ? "nothing" : `${happened.what} ${happened.id}`;
      },
      stop: async () => simulator[Symbol.asyncDispose](),
    };
  },
  privateauto({ seams, port }) {
    const simulator = startPrivateAuto({ seams, port });
    const { url, partnerId, sharedSecret, webhookSecret, world, stop } = simulator;
    const settings = { baseUrl: url, partnerId, sharedSecret, webhookSecrets: [webhookSecret] };
    let vehicles = 0;
    const vinOf = () => `1HGBH41JXMN1${String(++vehicles % 100_000).padStart(5, "0")}`;
    const webhooks = `PUT ${url}${ENDPOINT_PATH} {"url": "<the connector's inboundUrl>"}`;
    const happen = () => world.happen(vinOf);
    return { url, connector: { kind: "privateauto", settings }, webhooks, happen, stop };
  },
  roadster({ seams, port }) {
    const simulator = startRoadster({ seams, port });
    const { url, apiKey, dpids, stop } = simulator;
    const { happen } = openRoadsterLife(simulator, seams);
    const settings = { baseUrl: url, apiKey, dpids };
    const webhooks = `PUT ${new URL(CALLBACKS_PATH, url)} {"url": "<the connector's inboundUrl>"}`;
    return { url, connector: { kind: "roadster", settings }, webhooks, happen, stop };
  },
};

/** What a simulation is started with. */
interface Parts {
  seams: Seams;
  port: number;
  /** How many things there are in its world at the start. */
  size: number;
}

interface Options {
  port: number;
  every: number;
  size: number;
}

/** Adds `lanehook simulate …`: upstreams to try a connector against without an account. */
export function addSimulateCommand(program: Command): void {
  const names = Object.keys(simulations);
  const command = program
    .command("simulate")
    .description("run an upstream on loopback, to try a connector without an account")
    .addArgument(new Argument("<upstream>", "which one").choices(names))
    .option("--port <port>", "where it listens; 0: any free one", wholeNumber(65_535), 0)
    .option("--every <seconds>", "how often something happens in it; 0: never", wholeNumber(86_400), 5)
    .option("--size <count>", "how many cars are in it at the start", wholeNumber(100_000), 12)
    .action(async (name: string, { every, ...options }: Options) => {
      const seams = realSeams();
      await keepUp(open(name, { ...options, seams }, command), { every, seams });
    });
}

function open(name: string, parts: Parts, command: Command): Simulation {
  const start = simulations[name];
  if (start === undefined) return command.error(`there is no ${name}`);
  try {
    return start(parts);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EADDRINUSE") throw error;
    return command.error(`lanehook: port ${parts.port} is in use by another program.`);
  }
}

/** Runs until SIGINT or SIGTERM. */
async function keepUp(
  simulation: Simulation,
  { every, seams }: { every: number; seams: Seams },
): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const { url, connector, webhooks } = simulation;
  const settings = JSON.stringify({ ...connector, environment: "sandbox" });
  say(
    facts([
      ["listens on", url],
      ["connector", settings],
      ...(webhooks === undefined ? [] : [["webhooks", webhooks] as const]),
    ]),
  );
  while (!stop.signal.aborted) {
    await seams.clock.sleep(every === 0 ? A_YEAR_MS : every * 1000, stop.signal);
    if (!stop.signal.aborted && every > 0) say(simulation.happen());
  }
  await simulation.stop();
}

const A_YEAR_MS = 31_536_000_000;

const say = (text: string) => process.stdout.write(`${text}\n`);

const wholeNumber = (most: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text) || value > most) throw new InvalidArgumentError(`must be 0 to ${most}`);
  return value;
};
