import { isLost, isUnsent, refusedBy, type UpstreamCommand, type Verdict } from "../command.ts";
import { jsonObjectIn } from "../json-answer.ts";
import { UpstreamError } from "../upstream-error.ts";
import { type Client, type Parts, wordsIn } from "./client.ts";
import { sendOnce } from "./sending.ts";

/** A prospect for a dealer organization (seed 001). */
export interface LeadRequest {
  callerReferenceId: string;
  organizationId: string;
  [more: string]: unknown;
}

/** The path of all leads; an assumption of ours, and therefore a setting. */
export const leadsPath = ({ settings }: Pick<Parts, "settings">): string =>
  settings.leadsPath.replaceAll("{partnerId}", encodeURIComponent(settings.partnerId));

/** The path of a lead by the caller's own reference. */
export const leadPath = (parts: Pick<Parts, "settings">, callerReferenceId: string): string =>
  `${leadsPath(parts)}/${encodeURIComponent(callerReferenceId)}`;

/** Hands a lead in. The upstream knows it by its reference: one that is there already is a success. */
export function openSubmitLead(parts: Parts & { client: Client }): UpstreamCommand<LeadRequest> {
  const { client } = parts;

  async function find(callerReferenceId: string, signal: AbortSignal): Promise<Verdict> {
    try {
      const { text } = await client.now(leadPath(parts, callerReferenceId), {}, signal);
      return { outcome: "done", answer: text };
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.status !== 404) throw error;
      const detail = "The upstream has no such lead.";
      return { outcome: "not-done", code: "upstream_failed", detail };
    }
  }

  return {
    async perform(request, { sending, signal }) {
      await sending("{}");
      const answer = await sendOnce(() => client.post(leadsPath(parts), request, signal));
      if (answer instanceof UpstreamError) {
        if (isUnsent(answer)) return { outcome: "not-done", code: "upstream_failed", detail: answer.message };
        return find(request.callerReferenceId, signal);
      }
      const { status } = answer;
      if (status >= 300 && status !== 409 && !isLost(status)) return refusedBy(wordsIn(answer));
      const lead = status < 300 ? (jsonObjectIn(answer.body)?.text ?? null) : null;
      return lead === null ? find(request.callerReferenceId, signal) : { outcome: "done", answer: lead };
    },
    lookUp: ({ callerReferenceId }, _, signal) => find(callerReferenceId, signal),
  };
}
