import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { queries } from "../api/queries.ts";
import { ending } from "../session/session.ts";

const AUCTION_IDS = ["auction-ids"];
const SECRET = ["signing-secret"];

/** The auctions whose events come to the customer. */
export const useAuctionIds = () =>
  useQuery({ queryKey: AUCTION_IDS, queryFn: () => answerOf(api.customers.me["auction-ids"].get()) });

/** Replaces the auction ids. */
export const useReplaceAuctionIds = () =>
  useMutation({
    mutationFn: (auctionIds: string[]) => answerOf(api.customers.me["auction-ids"].put({ auctionIds })),
    onSuccess: (answer) => queries.setQueryData(AUCTION_IDS, answer),
  });

/** The secret that webhooks are signed with; read only once someone wants to see it. */
export const signingSecretQuery = queryOptions({
  queryKey: SECRET,
  queryFn: () => answerOf(api["signing-secret"].get()),
  gcTime: 60_000,
});

/** Makes a new signing secret. */
export const useRotateSecret = () =>
  useMutation({
    mutationFn: (overlapSeconds: number) => answerOf(api["signing-secret"].rotate.post({ overlapSeconds })),
    onSuccess: () => queries.invalidateQueries({ queryKey: SECRET }),
  });

/** Makes a new API key. */
export const useRotateApiKey = () =>
  useMutation({ mutationFn: () => answerOf(api.customers.me["api-key"].rotate.post()), gcTime: 0 });

/** Changes the password, which ends every session of this account. */
export const useChangePassword = () =>
  useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) =>
      answerOf(api.auth.password.post(body)),
    meta: { isQuiet: true, isPasswordCheck: true },
    ...ending,
  });
