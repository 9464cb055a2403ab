import { type Answer, type Failure, type Line, toResponse } from "./failure.ts";

/** When and how often to fail. */
export interface FailureOptions<Asked> {
  /** Which requests fail; left out: any. */
  at?: (request: Asked) => boolean;
  /** How many of them; 1 by default. */
  times?: number;
}

interface Planned<Name, Asked> {
  name: Name;
  at: (request: Asked) => boolean;
  left: number;
}

/** What a request would be answered if it did nothing. */
const NOTHING: Answer = { status: 200, body: "" };

/** The failures that a simulator was asked for and that have not come yet, the first that fits first. */
export class PlannedFailures<Name extends string, Asked> {
  readonly #failures: Readonly<Record<Name, Failure>>;
  #planned: Planned<Name, Asked>[] = [];

  constructor(failures: Readonly<Record<Name, Failure>>) {
    this.#failures = failures;
  }

  fail = (name: Name, { at = () => true, times = 1 }: FailureOptions<Asked> = {}): void => {
    this.#planned.push({ name, at, left: times });
  };

  /** No failure that was asked for comes any more. */
  recover = (): void => {
    this.#planned = [];
  };

  /** Answers a request, as well as is planned; it is carried out where the answer comes or the failure has that effect. */
  answer(request: Asked, line: Line, carryOut: () => Answer): Response | Promise<Response> {
    const failure = this.#next(request);
    if (failure === null) return toResponse(carryOut());
    return failure.spoil(failure.hasEffect ? carryOut() : NOTHING, line);
  }

  #next(request: Asked): Failure | null {
    const found = this.#planned.find(({ left, at }) => left > 0 && at(request));
    if (found === undefined) return null;
    found.left -= 1;
    return this.#failures[found.name];
  }
}
