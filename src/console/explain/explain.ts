import { useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";

const readExplanation = (eventId: string) =>
  answerOf(api.events({ eventId: encodeURIComponent(eventId) }).explain.get());

/** What became of an event, subscription by subscription. */
export const useExplanation = (eventId: string) =>
  useQuery({ queryKey: ["events", eventId, "explain"], queryFn: () => readExplanation(eventId) });

export type Explanation = Awaited<ReturnType<typeof readExplanation>>;

/** The event itself, with its payload. */
export const useEvent = (eventId: string) =>
  useQuery({
    queryKey: ["events", eventId],
    queryFn: () => answerOf(api.events({ eventId: encodeURIComponent(eventId) }).get()),
  });
