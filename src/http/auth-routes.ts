import { Elysia } from "elysia";
import { z } from "zod";
import type { Accounts } from "../customers/accounts.ts";
import type { Customer } from "../customers/customers.ts";
import { newAccountSchema } from "../customers/new-accounts.ts";
import { newPasswordSchema, PASSWORD_MAX_LENGTH } from "../customers/passwords.ts";
import type { ClientAddress } from "./client-address.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";

/** Not held to the rules of new ones: one that breaks them is simply wrong. */
const presentPasswordSchema = z.string().max(2 * PASSWORD_MAX_LENGTH);

/** What a login takes. */
export const loginBody = z.object({ email: z.string().max(1000), password: presentPasswordSchema });

const passwordBody = z.strictObject({
  currentPassword: presentPasswordSchema,
  newPassword: newPasswordSchema,
});

interface Parts {
  accounts: Accounts;
  credentials: Credentials;
  clientAddress: ClientAddress;
}

/** Signing up, logging in, who one is, and changing the password. */
export const authRoutes = (parts: Parts) =>
  new Elysia({ prefix: "/auth" }).use(routesForAnyone(parts)).use(routesForCustomers(parts));

function routesForAnyone({ accounts, credentials, clientAddress }: Parts) {
  const signedIn = async (customer: Customer) => ({
    customer: accounts.show(customer),
    token: await credentials.issueToken(customer),
  });
  return new Elysia()
    .use(jsonBody)
    .post(
      "/signup",
      async ({ body, request, server, status }) =>
        status(201, await signedIn(await accounts.signUp(body, clientAddress({ request, server })))),
      { body: newAccountSchema, detail: signupDetail },
    )
    .post(
      "/login",
      async ({ body, request, server }) =>
        signedIn(await accounts.logIn(body, clientAddress({ request, server }))),
      { body: loginBody, detail: loginDetail },
    );
}

function routesForCustomers({ accounts, credentials, clientAddress }: Parts) {
  return new Elysia()
    .use(jsonBody)
    .use(customersOnly(credentials))
    .get("/me", ({ customer }) => ({ user: { customerId: customer.publicId, email: customer.email } }), {
      detail: meDetail,
    })
    .post(
      "/password",
      async ({ body, customer, request, server }) => {
        await accounts.changePassword(customer, body, clientAddress({ request, server }));
        return new Response(null, { status: 204 });
      },
      { body: passwordBody, detail: passwordDetail },
    );
}

const CUSTOMER_ID = "0199b1c4-7a52-7c3e-9d1f-5f0a3c2b1e4d";
const EMAIL = "user@example.com";

const signedInSchema = z.object({
  customer: z.object({
    customerId: z.uuid(),
    email: z.string(),
    name: z.string(),
    apiKey: z.uuid().describe("Goes into the header X-API-Key."),
    auctionIds: z.array(z.string()),
    createdAt: z.iso.datetime(),
    status: z.enum(["active", "disabled"]),
  }),
  token: z.string().describe("Goes into the header Authorization, after `Bearer `; lasts 7 days."),
});

const signedInExample: z.infer<typeof signedInSchema> = {
  customer: {
    customerId: CUSTOMER_ID,
    email: EMAIL,
    name: "Acme Auto",
    apiKey: "7d0f6a52-9c1b-4e8a-8f53-2b1c9e6d4a70",
    auctionIds: ["daanw"],
    createdAt: "2025-01-01T00:00:00.000Z",
    status: "active",
  },
  token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…",
};

const signupDetail = describe({
  tag: "Accounts",
  summary: "Create an account",
  description: "E-mail addresses are compared without regard to case. A signing secret is made at once.",
  auth: "none",
  body: {
    schema: newAccountSchema,
    example: { email: EMAIL, name: "Acme Auto", password: "correct horse battery" },
  },
  answers: {
    201: {
      description: "The account, and a token to go on with.",
      schema: signedInSchema,
      example: { ...signedInExample, customer: { ...signedInExample.customer, auctionIds: [] } },
    },
  },
  problems: ["invalid_input", "signup_closed", "email_taken", "too_many_requests", "not_ready"],
});

const loginDetail = describe({
  tag: "Accounts",
  summary: "Log in",
  description: "An unknown e-mail and a wrong password get the same answer.",
  auth: "none",
  body: { schema: loginBody, example: { email: EMAIL, password: "correct horse battery" } },
  answers: {
    200: { description: "The account, and a new token.", schema: signedInSchema, example: signedInExample },
  },
  problems: ["invalid_input", "invalid_credentials", "customer_disabled", "too_many_requests", "not_ready"],
});

const meDetail = describe({
  tag: "Accounts",
  summary: "Who the credential belongs to",
  auth: "customer",
  answers: {
    200: {
      description: "Its customer.",
      schema: z.object({ user: z.object({ customerId: z.uuid(), email: z.string() }) }),
      example: { user: { customerId: CUSTOMER_ID, email: EMAIL } },
    },
  },
  problems: ["customer_disabled"],
});

const passwordDetail = describe({
  tag: "Accounts",
  summary: "Change the password",
  description: "Ends every token of this account at once; the API key stays.",
  auth: "customer",
  body: {
    schema: passwordBody,
    example: { currentPassword: "correct horse battery", newPassword: "staple of the new kind" },
  },
  answers: { 204: { description: "Changed." } },
  problems: ["invalid_input", "customer_disabled", "too_many_requests", "not_ready"],
});
