/** A date as HTTP writes it (RFC 9110, 5.6.7), ms UTC; null: Date.parse alone would read a year into almost anything. */
export function readHttpDate(text: string | null): number | null {
  if (text === null || !/^[A-Z][a-z]{2,8},? .* GMT$/.test(text.trim())) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** The wait that a Retry-After header asks for (RFC 9110, 10.2.3): seconds or a date; null: none that can be read. */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  const at = readHttpDate(text);
  return at === null ? null : Math.max(at - now, 0);
}
