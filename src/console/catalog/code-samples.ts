/** What code is shown in. */
export const LANGUAGES = [
  ["curl", "curl"],
  ["typescript", "TypeScript"],
  ["python", "Python"],
] as const;
export type Language = (typeof LANGUAGES)[number][0];

/** Code that receives webhooks of an event type and verifies them, or, for curl, sends one. */
export function codeFor(language: Language, eventType: string, example: string): string {
  return SAMPLES[language](eventType, JSON.stringify(JSON.parse(example)));
}

const SAMPLES: Record<Language, (eventType: string, example: string) => string> = {
  curl: (eventType, example) => `secret='whsec_…'
body='${example.replaceAll("'", "'\\''")}'
timestamp=$(date +%s)
signature=$(printf '%s.%s' "$timestamp" "$body" | openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)
curl -i http://127.0.0.1:9000/ \\
  -H 'Content-Type: application/json' \\
  -H 'X-Webhook-Event: ${eventType}' \\
  -H "X-Webhook-Timestamp: $timestamp" \\
  -H "X-Webhook-Signature: sha256=$signature" \\
  --data-raw "$body"`,

  typescript: (eventType) => `import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { WEBHOOK_SECRET: secret = "" } = process.env;

createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks); // as it arrived, before any JSON parser
  const timestamp = String(request.headers["x-webhook-timestamp"]);
  const expected = \`sha256=\${createHmac("sha256", secret).update(\`\${timestamp}.\`).update(body).digest("hex")}\`;
  const given = Buffer.from(String(request.headers["x-webhook-signature"]));
  const isGenuine = given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  if (!isGenuine || !isFresh) return response.writeHead(401).end();
  if (request.headers["x-webhook-event"] === "${eventType}") {
    // Skip ids you have handled: a webhook may come twice.
    console.log(request.headers["x-webhook-id"], JSON.parse(body.toString()));
  }
  response.writeHead(204).end();
}).listen(9000);`,

  python: (eventType) => `import hashlib, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))  # as it arrived
        timestamp = self.headers.get("X-Webhook-Timestamp", "0")
        expected = "sha256=" + hmac.new(SECRET, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(expected, self.headers.get("X-Webhook-Signature", ""))
        if not genuine or abs(time.time() - int(timestamp)) > 300:
            self.send_response(401)
        else:
            if self.headers["X-Webhook-Event"] == "${eventType}":
                # Skip ids you have handled: a webhook may come twice.
                print(self.headers["X-Webhook-Id"], json.loads(body))
            self.send_response(204)
        self.end_headers()

HTTPServer(("127.0.0.1", 9000), Receiver).serve_forever()`,
};
