/** What the gateway before the API says instead of it: the exact wire forms (UPSTREAMS 2, Mashery errors). */
export const refusals = {
  overQps: {
    status: 403,
    code: "ERR_403_DEVELOPER_OVER_QPS",
    detail: "Account Over Queries Per Second Limit",
    body: "<h1>Developer Over Qps</h1>",
  },
  overQuota: {
    status: 403,
    code: "ERR_403_DEVELOPER_OVER_RATE",
    detail: "Account Over Rate Limit",
    body: "<h1>Developer Over Rate</h1>",
  },
  inactive: {
    status: 403,
    code: "ERR_403_DEVELOPER_INACTIVE",
    detail: "Account Inactive",
    body: "<h1>Developer Inactive</h1>",
  },
  notAuthorized: {
    status: 403,
    code: "ERR_403_NOT_AUTHORIZED",
    detail: "Not Authorized",
    body: "<h1>Not Authorized</h1>",
  },
  notFound: {
    status: 596,
    code: "ERR_596_SERVICE_NOT_FOUND",
    detail: "Service Not Found",
    body: "<h1>596 Service Not Found</h1>",
  },
} as const;

/** An answer of the gateway; `unauthorized` is the inactive key as seed 003 has it, with status 401. */
export function refuse(
  which: keyof typeof refusals | "unauthorized",
  headers: Record<string, string> = {},
): Response {
  const { status, code, detail, body } = refusals[which === "unauthorized" ? "inactive" : which];
  return new Response(body, {
    status: which === "unauthorized" ? 401 : status,
    headers: {
      "Content-Type": "text/xml",
      Server: "Mashery Proxy",
      "X-Mashery-Responder": "prod-j-worker-us-east-1b-63.mashery.com",
      "X-Mashery-Error-Code": code,
      "X-Error-Detail-Header": detail,
      ...headers,
    },
  });
}

/** When a quota begins anew, as the gateway writes it: "Thursday, May 18, 2017 12:00:00 AM GMT". */
export function quotaReset(at: number): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    weekday: "long",
    month: "long",
    day: "numeric",
    year: "numeric",
    timeZone: "UTC",
  });
  const time = new Intl.DateTimeFormat("en-US", { timeStyle: "medium", timeZone: "UTC" });
  return `${parts.format(at)} ${time.format(at).replace("\u202f", " ")} GMT`;
}

/** An error of the API itself (UPSTREAMS 2, application errors). */
export const applicationError = (status: number, message: string): Response =>
  Response.json(
    { errors: [{ property: null, message, developerMessage: message }] },
    { status, headers: { "X-Manheim-Media-Type": "manheim.v1" } },
  );
