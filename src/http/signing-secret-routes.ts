import { Elysia } from "elysia";
import { z } from "zod";
import {
  DEFAULT_OVERLAP_SECONDS,
  MAX_OVERLAP_SECONDS,
  type SigningSecrets,
} from "../customers/signing-secrets.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";

/** Strict: a misspelt `overlapSeconds: 0` must not let a leaked secret live on for a day. */
const rotateBody = z
  .strictObject({
    overlapSeconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).default(DEFAULT_OVERLAP_SECONDS),
  })
  .optional();

/** The secret that a customer verifies webhooks with. */
export function signingSecretRoutes(parts: { signingSecrets: SigningSecrets; credentials: Credentials }) {
  const { signingSecrets, credentials } = parts;
  const shown = (customerId: number) => {
    const signingSecret = signingSecrets.present(customerId);
    const endsAt = signingSecrets.previousEndsAt(customerId);
    return {
      signingSecret,
      previous: endsAt === null ? null : { expiresAt: new Date(endsAt).toISOString() },
    };
  };
  return new Elysia({ prefix: "/signing-secret" })
    .use(jsonBody)
    .use(customersOnly(credentials))
    .get("", ({ customer }) => shown(customer.id), { detail: readDetail })
    .post(
      "/rotate",
      ({ customer, body }) =>
        signingSecrets.rotate(customer.id, body?.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS),
      { body: rotateBody, detail: rotateDetail },
    );
}

const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

const readDetail = describe({
  tag: "Signing secret",
  summary: "Read your signing secret",
  auth: "customer",
  answers: {
    200: {
      description: "The secret that signs now.",
      schema: z.object({
        signingSecret: z.string(),
        previous: z
          .object({ expiresAt: z.iso.datetime() })
          .nullable()
          .describe("Until when the one before it signs beside it; null where it does no more."),
      }),
      example: { signingSecret: SECRET, previous: { expiresAt: "2025-01-02T00:00:00.000Z" } },
    },
  },
  problems: ["customer_disabled", "signing_secret_not_found"],
});

const rotateDetail = describe({
  tag: "Signing secret",
  summary: "Make a new signing secret",
  description:
    "`X-Webhook-Signature` uses the new secret at once. `webhook-signature` carries signatures of both, the new one first, until `overlapSeconds` have passed; 0 ends the old one now.",
  auth: "customer",
  body: { required: false, schema: rotateBody, example: { overlapSeconds: DEFAULT_OVERLAP_SECONDS } },
  answers: {
    200: {
      description: "The new secret.",
      schema: z.object({ signingSecret: z.string(), rotatedAt: z.iso.datetime() }),
      example: { signingSecret: SECRET, rotatedAt: "2025-01-01T00:00:00.000Z" },
    },
  },
  problems: ["invalid_input", "customer_disabled"],
});
