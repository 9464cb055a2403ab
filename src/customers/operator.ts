import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import { Problem } from "../problems.ts";
import type { Sealer } from "../sealer.ts";
import type { Seams } from "../seams.ts";
import type { Aftermath } from "./aftermath.ts";
import type { AuctionIds } from "./auction-ids.ts";
import { openChanges } from "./changes.ts";
import { type Customer, openCustomerRows } from "./customers.ts";
import { newAccountSchema, openNewAccounts } from "./new-accounts.ts";
import type { Passwords } from "./passwords.ts";
import type { SigningSecrets } from "./signing-secrets.ts";
import { validInput } from "./valid-input.ts";

/** 120 bits: nobody guesses it, and it can still be read out. */
const GENERATED_PASSWORD_BYTES = 15;

/** A customer as the operator sees it: nothing secret in it. */
export interface ListedCustomer {
  customerId: string;
  email: string;
  name: string;
  status: "active" | "disabled";
  auctionIds: string[];
  createdAt: string;
}

/** What the operator does with customers; each is named by its id or its e-mail. */
export interface Operator {
  /** Also where signup is closed. A generated password is answered this once. @throws Problem email_taken */
  addCustomer(given: { email: string; name: string; password?: string }): Promise<{
    customer: ListedCustomer;
    password: string | null;
  }>;
  listCustomers(): ListedCustomer[];
  /** @throws Problem customer_not_found */
  showCustomer(customer: string): ListedCustomer;
  /** Ends all tokens, deliveries and logins; the data stays. @throws Problem customer_not_found */
  disable(customer: string): Promise<void>;
  /** @throws Problem customer_not_found */
  enable(customer: string): Promise<void>;
  /** Ends all tokens; the new password is answered this once. @throws Problem customer_not_found */
  resetPassword(customer: string): Promise<{ password: string }>;
  /** @throws Problem customer_not_found, invalid_input */
  assignAuctionIds(customer: string, ids: readonly string[]): Promise<string[]>;
}

/** Opens what the operator does with customers. */
export function openOperator(parts: {
  store: Store;
  commits: GroupCommit;
  sealer: Sealer;
  seams: Seams;
  passwords: Passwords;
  signingSecrets: SigningSecrets;
  auctionIds: AuctionIds;
  aftermath: Aftermath;
}): Operator {
  const { store, commits, seams, passwords, auctionIds, aftermath } = parts;
  const rows = openCustomerRows(parts);
  const newAccounts = openNewAccounts({ ...parts, rows });
  const changes = openChanges({ store });

  function find(reference: string): Customer {
    const customer = rows.byPublicId(reference) ?? rows.byEmail(reference);
    if (customer === null) throw new Problem("customer_not_found");
    return customer;
  }

  async function setStatus(reference: string, status: Customer["status"]): Promise<void> {
    const { id } = find(reference);
    const at = seams.clock.now();
    const subject = { subject: "customer", subjectKey: "status" } as const;
    await commits.run(() => {
      const before = rows.byId(id)?.status;
      if (before === status) return;
      rows.setStatus(id, { status, at });
      changes.record({ customerId: id, at, actor: "operator", ...subject, before, after: status });
      aftermath.changed(id);
    });
    aftermath.committed(id);
  }

  const generatePassword = () =>
    Buffer.from(seams.randomBytes(GENERATED_PASSWORD_BYTES)).toString("base64url");

  function listed({ id, publicId, email, name, status, createdAt }: Customer): ListedCustomer {
    const at = new Date(createdAt).toISOString();
    return { customerId: publicId, email, name, status, auctionIds: auctionIds.of(id), createdAt: at };
  }

  return {
    async addCustomer(given) {
      const generated = given.password === undefined ? generatePassword() : null;
      const account = validInput(newAccountSchema, { ...given, password: given.password ?? generated });
      return { customer: listed(await newAccounts.create(account)), password: generated };
    },
    listCustomers: () => rows.all().map(listed),
    showCustomer: (customer) => listed(find(customer)),
    disable: (customer) => setStatus(customer, "disabled"),
    enable: (customer) => setStatus(customer, "active"),
    async resetPassword(customer) {
      const { id } = find(customer);
      const password = generatePassword();
      const passwordHash = await passwords.hash(password);
      const at = seams.clock.now();
      await commits.run(() => rows.setPassword(id, { passwordHash, at }));
      return { password };
    },
    assignAuctionIds: async (customer, ids) => auctionIds.assign(find(customer).id, ids),
  };
}
