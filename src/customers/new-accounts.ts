import { z } from "zod";
import type { GroupCommit } from "../database/commit.ts";
import { Problem } from "../problems.ts";
import { hashKey, type Sealer } from "../sealer.ts";
import type { Seams } from "../seams.ts";
import { commitOrProblem } from "./commit-or-problem.ts";
import { type Customer, type CustomerRows, emailKeyOf } from "./customers.ts";
import { newPasswordSchema, type Passwords } from "./passwords.ts";
import type { SigningSecrets } from "./signing-secrets.ts";

/** RFC 5321's longest path, less its brackets. */
const EMAIL_MAX_LENGTH = 254;

const NAME_MAX_LENGTH = 200;

/** What an account is made from, be it by signup or by the operator. */
export const newAccountSchema = z.object({
  email: z.string().trim().max(EMAIL_MAX_LENGTH).pipe(z.email()).meta({ format: "email" }),
  name: z
    .string()
    .trim()
    .min(1)
    .max(NAME_MAX_LENGTH)
    .regex(/^\P{Cc}*$/u, "must not have control characters"),
  password: newPasswordSchema,
});

/** What an account is made from. */
export type NewAccount = z.infer<typeof newAccountSchema>;

/** Makes accounts, for signup and for the operator. */
export interface NewAccounts {
  /** The customer and its signing secret come in one commit. @throws Problem email_taken */
  create(account: NewAccount): Promise<Customer>;
}

/** Opens what makes accounts. */
export function openNewAccounts(parts: {
  commits: GroupCommit;
  sealer: Sealer;
  seams: Seams;
  rows: CustomerRows;
  passwords: Passwords;
  signingSecrets: SigningSecrets;
}): NewAccounts {
  const { commits, sealer, seams, rows, passwords, signingSecrets } = parts;
  return {
    async create({ email, name, password }) {
      if (rows.byEmail(email) !== null) throw new Problem("email_taken"); // spares the hash
      const passwordHash = await passwords.hash(password);
      const publicId = seams.newId();
      const apiKey = newApiKey(seams, sealer, publicId);
      const secret = signingSecrets.generate();
      const createdAt = seams.clock.now();
      return commitOrProblem(commits, () => {
        if (rows.byEmail(email) !== null) return new Problem("email_taken");
        const emailKey = emailKeyOf(email);
        const { apiKeyHash, apiKeySealed } = apiKey;
        const customer = rows.insert({
          publicId,
          email,
          emailKey,
          name,
          passwordHash,
          apiKeyHash,
          apiKeySealed,
          createdAt,
        });
        signingSecrets.insertFirst(customer.id, secret, createdAt);
        return customer;
      });
    },
  };
}

/** A new API key (a random UUID), with the two forms it is kept in. */
export function newApiKey(seams: Seams, sealer: Sealer, publicId: string) {
  const apiKey = randomUuid(seams.randomBytes(16));
  return {
    apiKey,
    apiKeyHash: hashKey(apiKey),
    apiKeySealed: sealer.seal(apiKey, apiKeyPurpose(publicId)),
  };
}

/** Binds a sealed key to its owner: copied to another customer's row it does not open. */
export function apiKeyPurpose(publicId: string): string {
  return `api-key/${publicId}`;
}

/** A UUID of version 4, made of 16 random bytes. */
function randomUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}
