/** What stands in place of a value that is masked, as JSON. */
const MASK = '"***"';

/** Words that make a key sensitive wherever they stand in it. */
const WORDS = new Set(["ssn", "dob", "itin", "cvv", "iban"]);

/** What a sensitive key holds, or ends with, its words joined. */
const HOLDS = /birth|socialsecurity/;
const ENDS =
  /(?:licen[cs]e(?:number|no|num)|drivers?licen[cs]e|dlnumber|govid|governmentid|nationalid|passport|idnumber|taxid|(?:passport|account|routing|card)(?:number|no))$/;

/**
 * JSON text with every string and number masked that stands, however deep, under a key such as `ssn`, `birth_date`,
 * `license_number` or `gov_id` (UPSTREAMS 4). All else stays as it is, byte for byte: numbers beyond 2^53, too. The
 * text must be well-formed.
 */
export function maskSensitive(json: string): string {
  const parts: string[] = [];
  let kept = 0; // up to here the text stands in parts
  const open: boolean[] = []; // of each object and array around: whether all in it is masked
  let isMasked = false; // the value that comes next
  for (let at = 0; at < json.length; ) {
    const code = json.charCodeAt(at);
    const end = endOfToken(json, at, code);
    if (code === QUOTE && isKey(json, end)) {
      isMasked = open.at(-1) === true || isSensitive(JSON.parse(json.slice(at, end)));
    } else if (isMasked && (code === QUOTE || isNumber(code))) {
      parts.push(json.slice(kept, at), MASK);
      kept = end;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) open.push(isMasked);
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) open.pop();
    else if (code === COMMA) isMasked = open.at(-1) === true; // in an object, the next key decides
    at = end;
  }
  return parts.join("") + json.slice(kept);
}

/** Whether what stands under this key is nobody's business; `gov_id_type` and `license_state` tell nothing. */
export function isSensitive(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const joined = words.join("");
  return words.some((word) => WORDS.has(word)) || HOLDS.test(joined) || ENDS.test(joined);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const isNumber = (code: number) => code === 0x2d || (code >= 0x30 && code <= 0x39);

/** A string or a number as a whole, else one character. */
function endOfToken(json: string, start: number, code: number): number {
  let at = start + 1;
  if (code === QUOTE) {
    for (let next = json.charCodeAt(at); next !== QUOTE; next = json.charCodeAt(at)) {
      at += next === BACKSLASH ? 2 : 1;
    }
    return at + 1;
  }
  if (isNumber(code)) while (NUMBER_PARTS.has(json.charCodeAt(at))) at++;
  return at;
}

const NUMBER_PARTS = new Set(Array.from("0123456789.eE+-", (each) => each.charCodeAt(0)));

function isKey(json: string, end: number): boolean {
  let at = end;
  while (json.charCodeAt(at) <= 0x20) at++;
  return json.charCodeAt(at) === COLON;
}
