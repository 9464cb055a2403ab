import { Elysia } from "elysia";
import { authRoutes } from "../../src/http/auth-routes.ts";
import { openClientAddress } from "../../src/http/client-address.ts";
import { openCredentials } from "../../src/http/credentials.ts";
import { customerRoutes } from "../../src/http/customer-routes.ts";
import { problemAnswers } from "../../src/http/problem-answers.ts";
import { signingSecretRoutes } from "../../src/http/signing-secret-routes.ts";
import { subscriptionRoutes } from "../../src/http/subscription-routes.ts";
import { openTestCustomers, PASSWORD } from "./test-customers.ts";

/** One answer, read. */
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at, whatever it is
  body: any;
  headers: Headers;
}

/** What a call may say. */
export interface Call {
  body?: unknown;
  /** Of a customer. */
  token?: string;
  headers?: Record<string, string>;
}

/** The customers' routes on a database of their own. */
export function openTestApi(env: Record<string, string> = {}) {
  const hub = openTestCustomers(env);
  const credentials = openCredentials(hub);
  const parts = { ...hub, credentials, clientAddress: openClientAddress(hub) };
  const logged: object[] = [];
  const app = new Elysia({ prefix: "/api" })
    .use(problemAnswers({ error: (_fact, fields) => void logged.push(fields ?? {}) }))
    .use(authRoutes(parts))
    .use(customerRoutes(parts))
    .use(subscriptionRoutes(parts))
    .use(signingSecretRoutes(parts));

  async function call(methodAndPath: string, { body, token, headers = {} }: Call = {}): Promise<Answer> {
    const [method = "", path] = methodAndPath.split(" ");
    const init: RequestInit & { headers: Record<string, string> } = { method, headers: { ...headers } };
    if (token !== undefined) init.headers.authorization = `Bearer ${token}`;
    if (body !== undefined) {
      init.headers["content-type"] = "application/json";
      init.body = typeof body === "string" ? body : JSON.stringify(body);
    }
    const answer = await app.handle(new Request(`http://localhost/api${path}`, init));
    const text = await answer.text();
    return {
      status: answer.status,
      body: text === "" ? undefined : JSON.parse(text),
      headers: answer.headers,
    };
  }

  return {
    hub,
    credentials,
    call,
    /** Errors that nobody foresaw. */
    logged,
    async givenSignup(email = "ann@example.com") {
      const { body } = await call("POST /auth/signup", { body: { email, name: "Ann", password: PASSWORD } });
      return body as { token: string; customer: { customerId: string; apiKey: string } };
    },
    [Symbol.dispose]: () => hub[Symbol.dispose](),
  };
}
