import { Command, CommanderError } from "commander";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { DatabaseError } from "../database/migrate.ts";
import { Problem } from "../problems.ts";
import { VERSION } from "../version.ts";
import { AdminError } from "./admin.ts";
import { addCustomerCommands } from "./customer.ts";
import { type DemoOptions, demo } from "./demo.ts";
import { health } from "./health.ts";
import { addPublisherCommands } from "./publisher.ts";
import { serve } from "./serve.ts";
import { addSimulateCommand } from "./simulate.ts";

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
    .command("demo")
    .description("play the whole hub on a temporary folder, with dealers and receivers of its own")
    .option("--once", "end after it: 0 if all is as it should be, else 1")
    .option("--fast", "with short retry delays")
    .action(async (options: DemoOptions) => exitWith(await demo(options)));
  program
    .command("health")
    .description("exit 0 if a hub answers on HOST and PORT, else 1")
    .action(async () => exitWith(await health(config())));
  addCustomerCommands(program, config);
  addPublisherCommands(program, config);
  addSimulateCommand(program);
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
  if (isFileTrouble(error)) return say(`DATA_DIR cannot be used: ${error.message}`, MISUSE);
  console.error(error);
  return 1;
}

const DISK_TROUBLE = /^SQLITE_(CANTOPEN|CORRUPT|FULL|IOERR|NOTADB|READONLY)/;

/** Files that may not be read or written, or that the disk does not hold, are not our bugs. */
function isFileTrouble(error: unknown): error is Error {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return typeof code === "string" && (syscall === "open" || DISK_TROUBLE.test(code));
}

const sentence = ({ message, details: { errors = [] } }: Problem) =>
  [message, ...errors.map(({ path, message }) => `${path} ${message}`)].join(": ");

function say(text: string, exitCode: number): number {
  process.stderr.write(`lanehook: ${text}\n`);
  return exitCode;
}
