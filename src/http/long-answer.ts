interface AnsweringServer {
  timeout(request: Request, seconds: number): void;
}

/** Lets an answer take this long: the connection would be closed after a minute of silence. */
export function mayTake(seconds: number, { server, request }: { server: unknown; request: Request }): void {
  (server as AnsweringServer | null)?.timeout(request, seconds);
}
