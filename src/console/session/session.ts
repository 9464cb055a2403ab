import { useMutation, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { queries, SESSION } from "../api/queries.ts";
import { heldSession, holdSession } from "./held-session.ts";
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
      if (session !== null) begin(session);
    },
  });

/** Signs out, and forgets all that was read. */
export const useSignOut = () =>
  useMutation({
    mutationFn: () => answerOf(api.session.delete()),
    ...ending,
    onSuccess: leave,
  });

/** For what ends the session: the stream may tell of it before the answer does, and then nobody is to be held. */
export const ending = {
  onMutate: () => holdSession(null),
  onError: () => holdSession(queries.getQueryData<Session>(SESSION) ?? null),
};

/** Ends the session on this side, and forgets all that was read and typed. */
export function leave(): void {
  holdSession(null);
  queries.setQueryData(SESSION, null);
  forgetAll();
}

/** Who comes back after a session that ended by itself finds everything as it was. */
function begin(session: Session): void {
  const isBack = heldSession()?.customer.customerId === session.customer.customerId;
  holdSession(session);
  if (!isBack) forgetAll();
  queries.setQueryData(SESSION, session);
  if (isBack) void queries.invalidateQueries();
}

/** Nothing that one customer read is left for the next. */
const forgetAll = () => queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
