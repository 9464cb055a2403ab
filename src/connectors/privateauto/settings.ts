import { z } from "zod";

const BASE_URLS = {
  production: "https://partner-api.privateauto.com",
  sandbox: "https://partner-api.padev.xyz",
} as const;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** What a PrivateAuto connector may be set to. */
export const privateAutoSettings = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  partnerId: z.string().trim().min(1).max(200),
  sharedSecret: z
    .string()
    .trim()
    .min(1)
    .max(2048)
    .regex(BASE64, "must be base64, as PrivateAuto gave it")
    .describe("Signs every call; base64, as PrivateAuto gave it."),
  webhookSecrets: z
    .array(z.string().min(1).max(500))
    .max(5)
    .default([])
    .describe("Any of them may have signed a webhook: give the old and the new one while they change."),
  algorithm: z.enum(["HS256", "HS384", "HS512"]).default("HS256"),
  leadsPath: z
    .string()
    .max(500)
    .regex(/^\/[^?#\s]*$/, "must begin with /")
    .default("/leads/{partnerId}")
    .describe("The upstream does not document this path."),
  enrich: z
    .boolean()
    .default(true)
    .describe("Whether the record that a webhook names is read and told as a snapshot."),
  archiveDocuments: z
    .boolean()
    .default(false)
    .describe("Whether the files of deals are fetched before their links expire, and kept."),
  maxAgeHours: z
    .number()
    .positive()
    .max(87_600)
    .optional()
    .describe("Webhooks about something older are refused; by default none is, since retries come late."),
  lookBackHours: z
    .number()
    .min(0)
    .max(2160)
    .default(24)
    .describe("How far the first run looks back for webhooks that never arrived."),
  initialScan: z.enum(["emit", "silent"]).default("emit"),
});

export type PrivateAutoSettings = z.infer<typeof privateAutoSettings>;

/** The upstream's own address, where the settings name no other. */
export const baseUrlOf = ({ baseUrl }: PrivateAutoSettings, environment: keyof typeof BASE_URLS): string =>
  baseUrl ?? BASE_URLS[environment];
