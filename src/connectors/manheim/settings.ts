import { z } from "zod";

/** Items asked for on a page; the upstream may give fewer, its limit is not published. */
const PAGE_SIZE = 100;

const text = z.string().min(1).max(500);

/** How one's Manheim is reached (seed 003, authentication; UPSTREAMS 2, environments and token). */
export const manheimSettings = z
  .strictObject({
    baseUrl: z.url().max(2048).optional().describe("Another host than that of the environment."),
    key: text.describe("The key of the API package."),
    secret: text.describe("The secret of the API package."),
    username: text.optional().describe("Of manheim.com, in the same environment; for the grant `password`."),
    password: text.optional(),
    grant: z.enum(["password", "client_credentials"]).default("password"),
    tokenPath: z
      .string()
      .regex(/^\/[\w./-]{1,200}$/)
      .default("/oauth2/token.oauth2")
      .describe("Where tokens are issued; some packages need `/oauth2/token`."),
    scope: z.string().max(500).default("inventory:customer"),
    pageSize: z.int().min(1).max(1000).default(PAGE_SIZE),
    initialScan: z.enum(["emit", "silent"]).default("emit"),
    callbackHeader: z
      .strictObject({ name: z.string().regex(/^[\w-]{1,100}$/), value: text })
      .optional()
      .describe("The header that Manheim was told to send with each pushed event; without it none is taken."),
  })
  .superRefine(({ grant, username, password }, context) => {
    if (grant !== "password") return;
    for (const [path, value] of Object.entries({ username, password })) {
      if (value === undefined) {
        context.addIssue({ code: "custom", path: [path], message: "is needed for the grant `password`" });
      }
    }
  });

export type ManheimSettings = z.infer<typeof manheimSettings>;

/** Where an environment is (seed 003, URLs and environments). */
export const BASE_URLS = {
  sandbox: "https://uat.api.manheim.com",
  production: "https://api.manheim.com",
} as const;
