/** On every answer: nothing is taken for another type than it says, and no address goes to another site. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;
