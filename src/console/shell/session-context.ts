import { createContext, useContext } from "react";
import type { Session } from "../session/session-queries.ts";

/** Who is signed in, for every view. */
export const SessionContext = createContext<Session | null>(null);

/** Who is signed in; only for what stands inside the shell. */
export function useSignedIn(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("nobody is signed in here");
  return session;
}
