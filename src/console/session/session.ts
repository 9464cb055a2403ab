import { useMutation, useQuery } from "@tanstack/react-query";
import { answerOf, api, CallError } from "../api/client.ts";
import { queries, SESSION } from "../api/queries.ts";

/** Who is signed in; null: nobody. */
export const useSession = () =>
  useQuery({ queryKey: SESSION, queryFn: readSession, staleTime: Number.POSITIVE_INFINITY });

export type Session = NonNullable<Awaited<ReturnType<typeof readSession>>>;

async function readSession() {
  try {
    return await answerOf(api.session.get());
  } catch (error) {
    if (error instanceof CallError && error.status === 401) return null;
    throw error;
  }
}

/** Whether the hub takes signups, for those who are not signed in. */
export const useSessionOptions = () =>
  useQuery({ queryKey: ["session-options"], queryFn: () => answerOf(api.session.options.get()) });

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
