import type { Config } from "../config.ts";
import { Problem } from "../problems.ts";

/** Tells calls of the hub's own pages from those that a page of another site makes a browser send. */
export interface OwnPages {
  /** By what browsers say of the page; a caller that is no browser says nothing. @throws Problem cross_site */
  refuseOthers(request: Request): void;
  /** Also refuses what lacks the header that no other site's page can send without being asked. @throws Problem cross_site */
  refuseUnmarked(request: Request): void;
}

/** What calls with the session's cookie carry unless they only read. */
export const MARK = { name: "X-Requested-With", value: "lanehook" } as const;

/** Opens the check; where a proxy changes the Host header, browsers on plain http are known by PUBLIC_URL only. */
export function openOwnPages({ config }: { config: Pick<Config, "publicUrl"> }): OwnPages {
  const publicHost = config.publicUrl === null ? null : new URL(config.publicUrl).host;

  function refuseOthers({ headers }: Request): void {
    const fetchSite = headers.get("sec-fetch-site");
    if (fetchSite !== null) {
      if (fetchSite !== "same-origin") throw foreign(); // also another port or subdomain of the same site
      return; // the browser has compared the addresses itself, as it sees them
    }
    const origin = headers.get("origin");
    if (origin === null) return;
    const host = URL.parse(origin)?.host;
    if (host === undefined || (host !== headers.get("host") && host !== publicHost)) throw foreign();
  }

  return {
    refuseOthers,
    refuseUnmarked(request) {
      if (request.headers.get(MARK.name) !== MARK.value) throw unmarked();
      refuseOthers(request);
    },
  };
}

const foreign = () => new Problem("cross_site");

const unmarked = () =>
  new Problem("cross_site", {
    detail: `A call with the session's cookie that does more than read must carry the header ${MARK.name}: ${MARK.value}.`,
  });
