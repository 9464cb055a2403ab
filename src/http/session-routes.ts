import { Elysia } from "elysia";
import { z } from "zod";
import type { Config } from "../config.ts";
import type { Accounts } from "../customers/accounts.ts";
import type { Customer } from "../customers/customers.ts";
import { newAccountSchema } from "../customers/new-accounts.ts";
import { VERSION } from "../version.ts";
import { loginBody } from "./auth-routes.ts";
import type { CameByHttps } from "./came-by-https.ts";
import type { Arrival, ClientAddress } from "./client-address.ts";
import { type Credentials, TOKEN_SECONDS } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";
import { openOwnPages } from "./own-pages.ts";
import { SESSION_COOKIE, sessionCookie } from "./session-cookie.ts";

interface Parts {
  accounts: Accounts;
  credentials: Credentials;
  clientAddress: ClientAddress;
  cameByHttps: CameByHttps;
  config: Pick<Config, "publicUrl" | "signup" | "auctionIds">;
}

/** A browser's session: the token of a login in a cookie that no script can read. */
export const sessionRoutes = (parts: Parts) =>
  new Elysia({ prefix: "/session" }).use(readingRoutes(parts)).use(signingRoutes(parts));

function readingRoutes({ credentials, config }: Parts) {
  const { signup, auctionIds: auctionIdsMode } = config;
  return new Elysia()
    .get("/options", () => ({ signup, version: VERSION }), { detail: optionsDetail })
    .get(
      "",
      async ({ request }) => {
        const { customer, expiresAt } = await credentials.session(request);
        const ends = expiresAt === null ? null : new Date(expiresAt).toISOString();
        return { customer: shown(customer), expiresAt: ends, signup, auctionIdsMode, version: VERSION };
      },
      { detail: readDetail },
    );
}

function signingRoutes(parts: Parts) {
  const { accounts, credentials, clientAddress, cameByHttps } = parts;
  const ownPages = openOwnPages(parts);

  async function begin(customer: Customer, arrival: Arrival): Promise<Record<string, string>> {
    const token = await credentials.issueToken(customer);
    const secure = cameByHttps(arrival);
    return { "set-cookie": sessionCookie(token, { maxAgeSeconds: TOKEN_SECONDS, secure }) };
  }

  return new Elysia()
    .delete(
      "",
      async ({ request, server }) => {
        ownPages.refuseUnmarked(request);
        await credentials.endSession(request);
        const ended = sessionCookie("", { maxAgeSeconds: 0, secure: cameByHttps({ request, server }) });
        return new Response(null, { status: 204, headers: { "set-cookie": ended } });
      },
      { parse: "none", detail: signOutDetail },
    )
    .use(jsonBody) // from here on; the route above looks at no body
    .onTransform(({ request }) => ownPages.refuseOthers(request)) // or a page could sign a visitor in as someone else
    .post(
      "",
      async ({ body, request, server }) => {
        const customer = await accounts.logIn(body, clientAddress({ request, server }));
        return new Response(null, { status: 204, headers: await begin(customer, { request, server }) });
      },
      { body: loginBody, detail: signInDetail },
    )
    .post(
      "/signup",
      async ({ body, request, server }) => {
        const customer = await accounts.signUp(body, clientAddress({ request, server }));
        const headers = await begin(customer, { request, server });
        return Response.json({ customer: shown(customer) }, { status: 201, headers });
      },
      { body: newAccountSchema, detail: signUpDetail },
    );
}

const shown = ({ publicId, email, name }: Customer) => ({ customerId: publicId, email, name });

const EMAIL = "user@example.com";
const PASSWORD = "correct horse battery";

const customerSchema = z.object({ customerId: z.uuid(), email: z.string(), name: z.string() });

const customerExample: z.infer<typeof customerSchema> = {
  customerId: "0199b1c4-7a52-7c3e-9d1f-5f0a3c2b1e4d",
  email: EMAIL,
  name: "Acme Auto",
};

const signupSchema = z.enum(["open", "closed"]).describe("`closed`: only the operator makes accounts.");

const sets = (example: string) => ({
  headers: { "Set-Cookie": { description: "The session; `Secure` where the call came by https.", example } },
});

const begins = sets(
  `${SESSION_COOKIE}=eyJhbGciOiJIUzI1NiJ9.…; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict`,
);

const ends = sets(`${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`);

const common = { tag: "Session", auth: "none" } satisfies Partial<Description>;

const optionsDetail = describe({
  ...common,
  summary: "How one may sign in here",
  answers: {
    200: {
      description: "Whether accounts can be made, and the hub's version.",
      schema: z.object({ signup: signupSchema, version: z.string() }),
      example: { signup: "open", version: VERSION },
    },
  },
  problems: [],
});

const readDetail = describe({
  tag: "Session",
  auth: "customer",
  summary: "Who is signed in",
  answers: {
    200: {
      description: "The customer, and how this hub is set up.",
      schema: z.object({
        customer: customerSchema,
        expiresAt: z.iso.datetime().nullable().describe("When the credential ends; null for an API key."),
        signup: signupSchema,
        auctionIdsMode: z
          .enum(["self", "operator"])
          .describe("`operator`: auction ids are assigned, and a customer may only remove some."),
        version: z.string(),
      }),
      example: {
        customer: customerExample,
        expiresAt: "2025-01-08T00:00:00.000Z",
        signup: "open",
        auctionIdsMode: "self",
        version: VERSION,
      },
    },
  },
  problems: ["customer_disabled"],
});

const signInDetail = describe({
  ...common,
  summary: "Sign in with a cookie",
  description:
    "For browsers: the token of a login in a cookie that lasts 7 days. Every operation of a customer takes it where neither Authorization nor X-API-Key is given; what does more than read must then carry `X-Requested-With: lanehook`.",
  body: { schema: loginBody, example: { email: EMAIL, password: PASSWORD } },
  answers: { 204: { description: "Signed in.", ...begins } },
  problems: [
    "invalid_input",
    "invalid_credentials",
    "cross_site",
    "customer_disabled",
    "too_many_requests",
    "not_ready",
  ],
});

const signUpDetail = describe({
  ...common,
  summary: "Create an account and sign in with a cookie",
  body: { schema: newAccountSchema, example: { email: EMAIL, name: "Acme Auto", password: PASSWORD } },
  answers: {
    201: {
      description: "The account.",
      schema: z.object({ customer: customerSchema }),
      example: { customer: customerExample },
      ...begins,
    },
  },
  problems: ["invalid_input", "cross_site", "signup_closed", "email_taken", "too_many_requests", "not_ready"],
});

const signOutDetail = describe({
  ...common,
  summary: "Sign out",
  description:
    "Ends the session's token for good, and clears the cookie, also of a session that has ended; other sessions and tokens of the account stay. Must carry `X-Requested-With: lanehook`.",
  answers: { 204: { description: "Signed out.", ...ends } },
  problems: ["cross_site", "not_ready"],
});
