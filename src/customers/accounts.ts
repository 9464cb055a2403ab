import type { Config } from "../config.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import { Problem } from "../problems.ts";
import type { Sealer } from "../sealer.ts";
import type { Seams } from "../seams.ts";
import type { AuctionIds } from "./auction-ids.ts";
import { commitOrProblem } from "./commit-or-problem.ts";
import { type Customer, emailKeyOf, openCustomerRows } from "./customers.ts";
import { type EndableToken, openEndedTokens } from "./ended-tokens.ts";
import type { Limits } from "./limits.ts";
import { apiKeyPurpose, type NewAccount, newApiKey, openNewAccounts } from "./new-accounts.ts";
import type { Passwords } from "./passwords.ts";
import type { SigningSecrets } from "./signing-secrets.ts";

/** A customer as it sees itself. */
export interface ShownCustomer {
  customerId: string;
  email: string;
  name: string;
  apiKey: string;
  auctionIds: string[];
  createdAt: string;
  status: "active" | "disabled";
}

/** What customers do about their own accounts; `address` is where a call comes from, for the limits. */
export interface Accounts {
  /** @throws Problem signup_closed, email_taken, too_many_requests */
  signUp(account: NewAccount, address: string): Promise<Customer>;
  /** @throws Problem invalid_credentials, customer_disabled, too_many_requests */
  logIn(given: { email: string; password: string }, address: string): Promise<Customer>;
  show(customer: Customer): ShownCustomer;
  /** Disabled ones, too. */
  findByApiKey(apiKey: string): Customer | null;
  /** The active customer whose tokens of this version have not ended, and of these not the one with this id. */
  findByToken(publicId: string, tokenVersion: number, tokenId?: string): Customer | null;
  /** Ends one token, or all where the customer has ended too many of them one by one. */
  endToken(customer: Customer, token: EndableToken): Promise<void>;
  /** Ends all tokens. @throws Problem invalid_credentials, too_many_requests */
  changePassword(
    customer: Customer,
    given: { currentPassword: string; newPassword: string },
    address: string,
  ): Promise<void>;
  /** The key before it stops working at once. */
  rotateApiKey(customer: Customer): Promise<{ apiKey: string; rotatedAt: string }>;
}

/** Opens the accounts. */
export function openAccounts(parts: {
  store: Store;
  commits: GroupCommit;
  sealer: Sealer;
  seams: Seams;
  config: Pick<Config, "signup">;
  passwords: Passwords;
  limits: Limits;
  signingSecrets: SigningSecrets;
  auctionIds: AuctionIds;
}): Accounts {
  const { commits, sealer, seams, config, passwords, limits, auctionIds } = parts;
  const rows = openCustomerRows(parts);
  const endedTokens = openEndedTokens(parts);
  const newAccounts = openNewAccounts({ ...parts, rows });

  /** Counts against the limits of logins unless the password is right; answers the hash it was checked with. */
  async function check(password: string, who: { email: string; customer: Customer | null; address: string }) {
    const counted = limits.login({ address: who.address, emailKey: emailKeyOf(who.email) });
    const hash = who.customer && rows.passwordHashOf(who.customer.id);
    const isRight = await passwords.verify(password, hash).catch((error: unknown) => {
      counted.forgive(); // nothing was guessed
      throw error;
    });
    if (hash === null || !isRight) throw new Problem("invalid_credentials");
    counted.forgive();
    return hash;
  }

  return {
    async signUp(account, address) {
      if (config.signup === "closed") throw new Problem("signup_closed");
      limits.signup(address);
      return newAccounts.create(account);
    },
    async logIn({ email, password }, address) {
      const customer = rows.byEmail(email);
      await check(password, { email, customer, address });
      if (customer === null) throw new Problem("invalid_credentials");
      if (customer.status === "disabled") throw new Problem("customer_disabled");
      return customer;
    },
    show(customer) {
      const { publicId, email, name, status } = customer;
      const sealed = rows.sealedApiKeyOf(customer.id);
      const apiKey = sealed && sealer.open(sealed, apiKeyPurpose(publicId));
      if (apiKey === null)
        throw new Error(`the API key of customer ${publicId} does not open under SECRET_KEY`);
      const createdAt = new Date(customer.createdAt).toISOString();
      return {
        customerId: publicId,
        email,
        name,
        apiKey,
        auctionIds: auctionIds.of(customer.id),
        createdAt,
        status,
      };
    },
    findByApiKey: rows.byApiKey,
    findByToken(publicId, tokenVersion, tokenId) {
      const customer = rows.byPublicId(publicId);
      if (customer?.status !== "active" || customer.tokenVersion !== tokenVersion) return null;
      return tokenId !== undefined && endedTokens.has(tokenId) ? null : customer;
    },
    endToken: endedTokens.end,
    async changePassword(customer, { currentPassword, newPassword }, address) {
      const checked = await check(currentPassword, { email: customer.email, customer, address });
      const passwordHash = await passwords.hash(newPassword);
      const at = seams.clock.now();
      await commitOrProblem(commits, () => {
        const wasChangedMeanwhile = rows.passwordHashOf(customer.id) !== checked;
        if (wasChangedMeanwhile) return new Problem("invalid_credentials");
        rows.setPassword(customer.id, { passwordHash, at });
      });
    },
    async rotateApiKey({ id, publicId }) {
      const { apiKey, ...kept } = newApiKey(seams, sealer, publicId);
      const at = seams.clock.now();
      await commits.run(() => rows.setApiKey(id, { ...kept, at }));
      return { apiKey, rotatedAt: new Date(at).toISOString() };
    },
  };
}
