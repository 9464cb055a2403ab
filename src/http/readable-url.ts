import { Problem } from "../problems.ts";
import { problemResponse } from "./problem-answers.ts";

/**
 * Answers requests whose URL can be read, and refuses the others: broken percent-encoding reaches routes as replacement
 * characters, so that a filter would find nothing where it should say why.
 */
export function readableOnly(answer: (request: Request) => Response | Promise<Response>): typeof answer {
  return (request) => (isReadable(request.url) ? answer(request) : problemResponse(unreadableUrl()));
}

function isReadable(url: string): boolean {
  if (!url.includes("%")) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

const unreadableUrl = () =>
  new Problem("bad_request", { detail: "The URL holds a % that is not valid percent-encoding of UTF-8." });
