/** Why an exchange broke off, as far as it can be told. */
export interface FetchFailure {
  reason: "timeout" | "dns" | "refused" | "tls" | "reset" | "network";
  /** Short; holds no URL and nothing the receiver or the caller wrote. */
  detail: string;
}

/** Tells what a failed fetch or look-up means; messages are not passed on, since Bun puts the URL into some. */
export function describeFetchError(error: unknown): FetchFailure {
  const { name, code } = facts(error);
  if (name === "TimeoutError" || name === "AbortError") return { reason: "timeout", detail: "timeout" };
  if (name === "DNSException" || code.startsWith("DNS_")) return DNS;
  return known.get(code) ?? tlsFailure(code) ?? unknownFailure(code);
}

function facts(error: unknown): { name: string; code: string } {
  if (typeof error !== "object" || error === null) return { name: "", code: "" };
  const name = "name" in error && typeof error.name === "string" ? error.name : "";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { name, code: /^\w{1,60}$/.test(code) ? code : "" };
}

const failure = (reason: FetchFailure["reason"], detail: string): FetchFailure => ({ reason, detail });
const tls = (detail: string) => failure("tls", `TLS: ${detail}`);

const DNS = failure("dns", "DNS lookup failed");
const RESET = failure("reset", "connection closed before the answer was complete");
const NOT_HTTP = failure("network", "the answer is not valid HTTP");
const UNTRUSTED = tls("certificate is not from a trusted authority");
const OTHER_NAME = tls("certificate is for another name");

/** Bun's codes, seen with 1.4.5; the tests make most of these failures happen. */
const known: ReadonlyMap<string, FetchFailure> = new Map([
  ["ECONNREFUSED", failure("refused", "connection refused")],
  ["ECONNRESET", RESET],
  ["ECONNABORTED", RESET],
  ["EPIPE", RESET],
  ["ETIMEDOUT", failure("timeout", "timeout while connecting")],
  ["EHOSTUNREACH", failure("network", "host unreachable")],
  ["ENETUNREACH", failure("network", "network unreachable")],
  ["ENOTFOUND", DNS],
  ["EAI_AGAIN", DNS],
  ["Malformed_HTTP_Response", NOT_HTTP], // also an answer with more than 256 headers
  ["InvalidHTTPResponse", NOT_HTTP],
  ["ResponseHeadersTooLarge", failure("network", "the answer's headers are too large")],
  ["EPROTO", tls("handshake failed")], // a server without TLS on this port, or with versions we do not speak
  ["CERT_HAS_EXPIRED", tls("certificate has expired")],
  ["CERT_NOT_YET_VALID", tls("certificate is not valid yet")],
  ["CERT_REVOKED", tls("certificate was revoked")],
  ["ERR_TLS_CERT_ALTNAME_INVALID", OTHER_NAME],
  ["HOSTNAME_MISMATCH", OTHER_NAME],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", tls("self-signed certificate")],
  ["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", UNTRUSTED], // mostly a server that leaves out its intermediate certificate
  ["UNABLE_TO_GET_ISSUER_CERT", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", UNTRUSTED],
  ["CERT_UNTRUSTED", UNTRUSTED],
]);

/** The codes of OpenSSL's certificate check that have no words of their own above. */
function tlsFailure(code: string): FetchFailure | null {
  const isTls = /CERT|CRL|TLS|SSL|ISSUER|SIGNATURE|CHAIN_TOO_LONG|INVALID_(CA|PURPOSE)|PATH_LENGTH/.test(
    code,
  );
  return isTls ? tls(code.toLowerCase().replaceAll("_", " ")) : null;
}

function unknownFailure(code: string): FetchFailure {
  return failure("network", code ? `request failed (${code})` : "request failed");
}
