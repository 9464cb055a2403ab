import { useMutation, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { queries, SESSION } from "../api/queries.ts";
import { readSession, type Session, sessionOptionsQuery, sessionQuery } from "./session-queries.ts";

/** Who is signed in; null: nobody. */
export const useSession = () => useQuery(sessionQuery);

/** Whether the hub takes signups, for those who are not signed in. */
export const useSessionOptions = () => useQuery(sessionOptionsQuery);

/** What the form of signing in or up holds. */
export interface Entry {
  email: string;
  password: string;
  /** Given: a new account is made. */
  name?: string;
}

/** Signs in or up. */
export const useEnter = () =>
  useMutation({
    mutationFn: async ({ email, password, name }: Entry) => {
      if (name === undefined) await answerOf(api.session.post({ email, password }));
      else await answerOf(api.session.signup.post({ email, password, name }));
      return readSession();
    },
    meta: { isQuiet: true }, // the form itself tells what is wrong
    onSuccess(session) {
      become(session);
    },
  });

/** Signs out, and forgets all that was read. */
export const useSignOut = () =>
  useMutation({
    mutationFn: () => answerOf(api.session.delete()),
    onSuccess() {
      become(null);
    },
  });

/** Nothing that one customer read is left for the next. */
function become(session: Session | null): void {
  queries.setQueryData(SESSION, session);
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
}
