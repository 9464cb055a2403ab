/** One mistake in the caller's input: where it stands and what would be right. */
export interface InputError {
  path: string;
  message: string;
}

/**
 * Every mistake a caller can make, in one table: the code is stable and meant for programs,
 * the title for people. Answered as RFC 9457 problem details.
 */
export const problems = {
  malformed_json: { status: 400, title: "The body is not valid JSON" },
  duplicate_key: { status: 400, title: "The same key stands twice at the top of an envelope" },
  bad_request: { status: 400, title: "The request cannot be read" },
  unreadable_webhook: { status: 400, title: "This webhook cannot be read" },
  upstream_bad_request: { status: 400, title: "The upstream system calls the request invalid" },

  unverified_webhook: { status: 401, title: "This webhook did not pass its check" },
  missing_credentials: { status: 401, title: "This needs a credential" },
  invalid_credentials: { status: 401, title: "The credential is not valid here" },

  upstream_forbidden: {
    status: 403,
    title: "The upstream system does not allow this with these credentials",
  },
  signup_closed: { status: 403, title: "This hub does not take signups; ask its operator for an account" },
  cross_site: { status: 403, title: "This call came from a page of another site" },
  customer_disabled: { status: 403, title: "This account is disabled; ask the hub's operator" },
  operator_assigns_auction_ids: {
    status: 403,
    title: "Auction ids are assigned by this hub's operator; you may only remove some",
  },

  not_found: { status: 404, title: "There is nothing here" },
  subscription_not_found: { status: 404, title: "You have no such subscription" },
  delivery_not_found: { status: 404, title: "You have no such delivery" },
  dead_letter_not_found: { status: 404, title: "You have no such dead letter" },
  event_not_found: { status: 404, title: "You have no such event" },
  event_type_not_found: { status: 404, title: "The catalog has no such event type" },
  signing_secret_not_found: { status: 404, title: "You have no signing secret; rotate to make one" },
  customer_not_found: { status: 404, title: "There is no such customer" },
  upstream_not_found: { status: 404, title: "The upstream system has nothing of this id" },
  publisher_not_found: { status: 404, title: "There is no such publisher" },
  connector_not_found: { status: 404, title: "You have no such connector" },
  document_not_found: { status: 404, title: "You have no such document" },
  recovery_not_found: { status: 404, title: "This subscription has no such recovery" },

  other_kind: { status: 409, title: "Connectors of this kind cannot do this" },
  email_taken: { status: 409, title: "This e-mail address is registered already" },
  publisher_exists: { status: 409, title: "A publisher of this name exists already" },
  already_replayed: { status: 409, title: "This dead letter was replayed before" },
  subscription_deleted: { status: 409, title: "The subscription of this dead letter was deleted" },
  recovery_running: { status: 409, title: "A recovery of this subscription is running already" },
  recovery_ended: { status: 409, title: "This recovery has ended" },
  listing_state: { status: 409, title: "The listing is not in a state that allows this" },
  earlier_command: {
    status: 409,
    title: "An earlier command for the same thing was sent, and is or may be done; nothing was sent",
  },
  command_running: { status: 409, title: "Another command for the same thing is under way" },
  idempotency_key_reused: { status: 409, title: "This Idempotency-Key was given with another request" },
  upstream_conflict: { status: 409, title: "The upstream system reports a conflict" },

  payload_too_large: { status: 413, title: "A payload may have at most 1 MiB" },
  request_too_large: { status: 413, title: "The request body is too large" },

  unsupported_form: { status: 415, title: "Bodies of this form are not taken here" },
  unknown_form: { status: 415, title: "The body is of none of the forms taken here" },

  invalid_input: { status: 422, title: "The input is not valid" },
  invalid_event_type: {
    status: 422,
    title: "An event type is dotted parts of letters, digits, _ and -, at most 200 characters",
  },
  refused_target: { status: 422, title: "Webhooks are not sent to this URL" },
  refused_upstream: { status: 422, title: "Upstreams are not called at this URL" },
  invalid_page_key: { status: 422, title: "This lastKey did not come from this list" },

  too_many_requests: { status: 429, title: "Too many tries; wait and try again" },

  upstream_failed: { status: 502, title: "The upstream system failed" },

  internal_error: { status: 500, title: "Something went wrong inside the hub" },
  disk_low: { status: 503, title: "The hub's disk is nearly full; nothing was taken" },
  backlog_full: { status: 503, title: "Too many deliveries are pending; nothing was taken" },
  connector_paused: { status: 503, title: "This connector is paused; send again later" },
  not_ready: { status: 503, title: "The hub cannot take this now; try again soon" },
} as const;

/** The stable code of a problem. */
export type ProblemCode = keyof typeof problems;

type Scalar = string | number | boolean | null;

/** What a problem may tell beyond its table entry; never a credential, never a payload. */
export interface ProblemDetails {
  /** One sentence on this very case. */
  detail?: string;
  /** The single inputs that are wrong. */
  errors?: InputError[];
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** Members beyond those that every problem has, such as what an upstream said. */
  more?: Record<string, Scalar | Record<string, Scalar>>;
}

/** A caller's mistake (or, with status 500 and 503, ours), thrown where it is found and answered by http. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails = {},
  ) {
    super(details.detail ?? problems[code].title);
    this.name = "Problem";
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** At most this many inputs are named in one answer. */
const MAX_INPUT_ERRORS = 20;

/** What a schema finds wrong, as zod tells it. */
export interface Issue {
  message: string;
  code?: string | undefined;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
}

/** The inputs that a schema refuses, each with its path below `place`; nothing of the input itself. */
export function toInputErrors(issues: readonly Issue[], place: string): InputError[] {
  return issues
    .slice(0, MAX_INPUT_ERRORS)
    .map((issue) => ({ path: pathOf(issue, place), message: messageOf(issue) }));
}

function pathOf({ path = [] }: Issue, place: string): string {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part));
  const joined = keys.reduce<string>(
    (before, key) =>
      typeof key === "number" ? `${before}[${key}]` : before ? `${before}.${String(key)}` : String(key),
    place,
  );
  return joined || "body";
}

function messageOf({ code, message }: Issue): string {
  if (code === "invalid_type" && message.endsWith("received undefined")) return "This is missing";
  // zod names the unknown keys, and a key can be anything, a pasted credential too.
  if (code === "unrecognized_keys") return "This has keys that are not known here";
  return message;
}
