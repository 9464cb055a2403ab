import { Command, CommanderError } from "commander";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { DatabaseError } from "../database/migrate.ts";
import { Problem } from "../problems.ts";
import { VERSION } from "../version.ts";
import { AdminError } from "./admin.ts";
import { addCustomerCommands } from "./customer.ts";
import { health } from "./health.ts";
import { addPublisherCommands } from "./publisher.ts";
import { serve } from "./serve.ts";

/** The exit code of every command that was called or configured wrongly. */
const MISUSE = 2;

/** Runs one command line; resolves with the exit code. */
export async function run(argv: string[], env: Record<string, string | undefined>): Promise<number> {
  try {
    let exitCode = 0;
    const program = commands(env, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

function commands(env: Record<string, string | undefined>, exitWith: (code: number) => void): Command {
  const config = (): Config => readConfig(env);
  const program = new Command("lanehook")
    .description("A self-hosted event hub for car-dealer groups and auction sites.")
    .version(VERSION, "--version")
    .exitOverride()
    .showHelpAfterError();
  program
    .command("serve")
    .description("run the hub until SIGTERM or SIGINT")
    .action(() => serve(config()));
  program
    .command("health")
    .description("exit 0 if a hub answers on HOST and PORT, else 1")
    .action(async () => exitWith(await health(config())));
  addCustomerCommands(program, config);
  addPublisherCommands(program, config);
  return program;
}

/** Says in a sentence what went wrong; our own bugs keep their stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSE; // commander has said it
  if (error instanceof ConfigError || error instanceof DatabaseError || error instanceof AdminError) {
    return say(error.message, MISUSE);
  }
  if (error instanceof Problem) return say(sentence(error), 1);
  if ((error as { code?: unknown }).code === "EADDRINUSE") {
    return say("HOST and PORT are in use by another program.", MISUSE);
  }
  console.error(error);
  return 1;
}

const sentence = ({ message, details: { errors = [] } }: Problem) =>
  [message, ...errors.map(({ path, message }) => `${path} ${message}`)].join(": ");

function say(text: string, exitCode: number): number {
  process.stderr.write(`lanehook: ${text}\n`);
  return exitCode;
}
