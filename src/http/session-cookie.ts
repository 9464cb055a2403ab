/** The cookie that holds a browser's session: a token as a login gives it. */
export const SESSION_COOKIE = "lanehook_session";

/** The token in a request's cookie; null where there is none. */
export function sessionTokenIn({ headers }: Request): string | null {
  const cookies = headers.get("cookie");
  if (cookies === null) return null;
  for (const each of cookies.split(";")) {
    const [name, value = ""] = each.split("=", 2);
    if (name?.trim() === SESSION_COOKIE && value !== "") return value.trim();
  }
  return null;
}

/** What `Set-Cookie` says: out of every script's reach, and sent by no page of another site. */
export function sessionCookie(token: string, is: { maxAgeSeconds: number; secure: boolean }): string {
  const attributes = `Path=/; Max-Age=${is.maxAgeSeconds}; HttpOnly; SameSite=Strict`;
  return `${SESSION_COOKIE}=${token}; ${attributes}${is.secure ? "; Secure" : ""}`;
}
