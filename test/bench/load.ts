// A publisher in a process of its own, over plain keep-alive sockets so that it costs little.

/** What the bench asks of the publisher. */
export interface LoadCall {
  port: number;
  key: string;
  connections: number;
  /** How many events in all. */
  events: number;
  /** Bytes of a payload, about. */
  size: number;
  /** Events a second, evenly spaced; null: each connection sends its next when it has its answer. */
  rate: number | null;
  /** Auction ids, in turn. */
  auctionIds: string[];
}

/** What it tells afterwards; instants are ms since the epoch. */
export interface LoadAnswer {
  startedAt: number;
  endedAt: number;
  /** When each event should have been sent (with a rate), or was, by its number. */
  sentAt: number[];
  /** From that moment to its 202, ms. */
  acceptMs: number[];
}

const now = () => performance.timeOrigin + performance.now();

async function run(call: LoadCall): Promise<LoadAnswer> {
  const { connections, events, rate } = call;
  const sentAt: number[] = [];
  const acceptMs: number[] = [];
  const waiting: number[] = [];
  const idle: Connection[] = [];
  const open: Connection[] = [];
  const finished = Promise.withResolvers<void>();
  let answered = 0;
  const pad = "x".repeat(Math.max(0, call.size - 50));
  const startedAt = now();

  const sendNext = (connection: Connection) => {
    const next = rate === null && sentAt.length < events ? sentAt.push(now()) - 1 : waiting.shift();
    if (next === undefined) idle.push(connection);
    else connection.send(next);
  };

  for (let n = 0; n < connections; n++) {
    const connection = await connect(call, pad, {
      answered(number, connection) {
        acceptMs[number] = now() - (sentAt[number] ?? 0);
        if (++answered === events) finished.resolve();
        else sendNext(connection);
      },
      failed: finished.reject,
    });
    open.push(connection);
    sendNext(connection);
  }
  if (rate !== null) void spaceOut(rate);
  await finished.promise;
  const endedAt = now();
  for (const connection of open) connection.close();
  return { startedAt, endedAt, sentAt, acceptMs };

  /** An event is late when no connection is free: its waiting counts, as it would for a real publisher. */
  async function spaceOut(rate: number): Promise<void> {
    const first = now();
    while (sentAt.length < events) {
      const due = first + (sentAt.length * 1000) / rate;
      if (due > now()) {
        await Bun.sleep(Math.max(0.5, due - now()));
        continue;
      }
      const number = sentAt.push(due) - 1;
      const free = idle.shift(); // in turn, so that none idles until the hub closes it
      if (free) free.send(number);
      else waiting.push(number);
    }
  }
}

interface Connection {
  send(number: number): void;
  close(): void;
}

interface Ends {
  answered(number: number, connection: Connection): void;
  failed(error: Error): void;
}

async function connect(call: LoadCall, pad: string, ends: Ends): Promise<Connection> {
  let under = -1;
  let got = "";
  let unsent = "";
  const flush = () => {
    unsent = unsent.slice(Math.max(0, socket.write(unsent))); // ASCII: a character is a byte
  };
  const connection = {
    send(number: number) {
      under = number;
      unsent = requestFor(call, pad, number);
      flush();
    },
    close: () => socket.end(),
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: call.port,
    socket: {
      data(_, chunk) {
        got += chunk.toString("latin1");
        const head = got.indexOf("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(got)?.[1] ?? 0);
        if (head < 0 || got.length < head + 4 + length) return;
        if (!got.startsWith("HTTP/1.1 202")) ends.failed(new Error(`publishing was answered: ${got}`));
        got = "";
        ends.answered(under, connection);
      },
      drain: flush,
      close: () => ends.failed(new Error("the hub closed a connection")),
      error: (_, error) => ends.failed(error),
    },
  });
  return connection;
}

function requestFor({ key, auctionIds }: LoadCall, pad: string, number: number): string {
  const auction = auctionIds[number % auctionIds.length];
  const payload = `{"auction-id":"${auction}","pad":"${pad}","n":${number}}`;
  const body = `{"eventType":"ae.asset.deal.sold.ams","environment":"production","payload":${payload}}`;
  return `POST /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

process.on("disconnect", () => process.exit());
process.on("message", (call: LoadCall) => {
  run(call).then(
    (answer) => process.send?.(answer),
    (error) => {
      console.error(String(error));
      process.exit(1);
    },
  );
});
