/** A server on loopback that waits for slow clients as long as they like; port 0 takes any free one. @throws EADDRINUSE */
export const serveOnLoopback = (
  port: number,
  fetch: (request: Request) => Promise<Response>,
  error?: () => Response,
) =>
  Bun.serve({
    port,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    development: false,
    reusePort: false, // outside development Bun would share a port with whoever listens on it already
    fetch,
    ...(error && { error }),
  });
