import type { Command } from "commander";
import type { Config } from "../config.ts";
import type { ListedCustomer } from "../customers/operator.ts";
import { askAdmin } from "./admin.ts";
import { facts, print, table } from "./print.ts";

interface Format {
  json?: true;
}

/** A customer with a thousand auction ids still fits a line of the list. */
const AUCTION_IDS_IN_A_LINE = 5;

/** Adds `lanehook customer …`: the accounts, also where signup is closed. */
export function addCustomerCommands(program: Command, config: () => Config): void {
  const customer = program.command("customer").description("add, list and change customers");
  addAdd(customer, config);
  addList(customer, config);
  addDisableAndEnable(customer, config);
  addResetPassword(customer, config);
  addAuctionIds(customer, config);
}

function addAdd(customer: Command, config: () => Config): void {
  customer
    .command("add <email>")
    .description("make an account; prints a password, this once, unless one is given")
    .requiredOption("--name <name>", "the customer's name")
    .option("--password-stdin", "take the password from standard input")
    .option("--auction-ids <ids>", "auctions whose events it gets, separated by commas")
    .option("--json", "print JSON")
    .action(async (email: string, options: Format & AddOptions) => {
      const settings = config(); // a wrong one is told before a password is asked for
      const added = await askAdmin(settings, "customer.add", {
        email,
        name: options.name,
        auctionIds: split([options.auctionIds ?? ""]),
        ...(options.passwordStdin && { password: await passwordFromStdin() }),
      });
      const { customer, password } = added;
      print(added, { json: options.json, text: facts([...factsOf(customer), ...passwordFact(password)]) });
    });
}

interface AddOptions {
  name: string;
  auctionIds?: string;
  passwordStdin?: true;
}

function addList(customer: Command, config: () => Config): void {
  customer
    .command("list")
    .description("list all customers")
    .option("--json", "print JSON")
    .action(async ({ json }: Format) => {
      const { customers } = await askAdmin(config(), "customer.list", {});
      const head = ["EMAIL", "NAME", "STATUS", "AUCTION IDS", "ID", "CREATED"];
      const rows = customers.map(({ email, name, status, auctionIds, customerId, createdAt }) => {
        return [email, name, status, abridged(auctionIds), customerId, createdAt];
      });
      print(customers, { json, text: rows.length === 0 ? "No customers yet." : table(head, rows) });
    });
}

function addDisableAndEnable(customer: Command, config: () => Config): void {
  customer
    .command("disable <email-or-id>")
    .description("end logins, tokens and deliveries at once; the data stays")
    .option("--json", "print JSON")
    .action(async (reference: string, { json }: Format) => {
      const disabled = await askAdmin(config(), "customer.disable", { customer: reference });
      print(disabled, { json, text: `${disabled.customer.email} is disabled.` });
    });
  customer
    .command("enable <email-or-id>")
    .description("undo disable; the customer logs in anew")
    .option("--json", "print JSON")
    .action(async (reference: string, { json }: Format) => {
      const enabled = await askAdmin(config(), "customer.enable", { customer: reference });
      print(enabled, { json, text: `${enabled.customer.email} is enabled.` });
    });
}

function addResetPassword(customer: Command, config: () => Config): void {
  customer
    .command("reset-password <email-or-id>")
    .description("end all tokens and print a new password, this once")
    .option("--json", "print JSON")
    .action(async (reference: string, { json }: Format) => {
      const reset = await askAdmin(config(), "customer.reset-password", { customer: reference });
      const text = facts([["email", reset.customer.email], ...passwordFact(reset.password)]);
      print(reset, { json, text });
    });
}

function addAuctionIds(customer: Command, config: () => Config): void {
  const command = customer
    .command("auction-ids <email-or-id> [ids...]")
    .description("show the auctions whose events a customer gets, or set them")
    .option("--none", "take all away")
    .option("--json", "print JSON")
    .addHelpText("after", "\nThe id '*' (in quotes) gives a customer the events that name no auction.");
  command.action(async (reference: string, given: string[], { none, json }: Format & { none?: true }) => {
    const auctionIds = split(given);
    if (none && auctionIds.length > 0) command.error("error: --none and auction ids exclude each other");
    const answer =
      none || auctionIds.length > 0
        ? await askAdmin(config(), "customer.assign-auction-ids", { customer: reference, auctionIds })
        : await askAdmin(config(), "customer.show", { customer: reference });
    const { customer } = answer;
    const text = customer.auctionIds.join("\n") || `${customer.email} has no auction ids.`;
    print({ auctionIds: customer.auctionIds }, { json, text });
  });
}

/** Commas and spaces both separate ids. */
const split = (given: readonly string[]) =>
  given.flatMap((part) => part.split(",").map((id) => id.trim())).filter((id) => id !== "");

function abridged(auctionIds: readonly string[]): string {
  const more = auctionIds.length - AUCTION_IDS_IN_A_LINE;
  const shown = auctionIds.slice(0, AUCTION_IDS_IN_A_LINE).join(",");
  return more > 0 ? `${shown} and ${more} more` : shown || "-";
}

const factsOf = ({ email, name, customerId, auctionIds }: ListedCustomer) =>
  [
    ["email", email],
    ["name", name],
    ["id", customerId],
    ["auction ids", abridged(auctionIds)],
  ] as const;

const passwordFact = (password: string | null) =>
  password === null ? [] : [["password", `${password}  (shown only now)`] as const];

/** Less the end of the line that `echo` adds. */
async function passwordFromStdin(): Promise<string> {
  return (await Bun.stdin.text()).replace(/\r?\n$/, "");
}
