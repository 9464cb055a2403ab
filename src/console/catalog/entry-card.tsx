import { type ReactNode, useState } from "react";
import { CallError } from "../api/client.ts";
import { Code } from "../parts/code.tsx";
import { Payload } from "../parts/payload.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { Switch } from "../parts/switch.tsx";
import { addressOf } from "../shell/router.ts";
import { useEntry } from "./catalog.ts";
import { codeFor, LANGUAGES, type Language } from "./code-samples.ts";
import { SchemaTable } from "./schema-table.tsx";

const PARTS = [
  ["schema", "Schema"],
  ["example", "Example"],
  ["code", "Receive it"],
] as const;

/** One event type: its meaning, its schema as a table, an example, and code. */
export function EntryCard({ eventType }: { eventType: string }) {
  const entry = useEntry(eventType);
  if (entry.error instanceof CallError && entry.error.status === 404)
    return (
      <div className="card">
        <Empty title="The catalog has no such event type">
          <p className="mono">{eventType}</p>
        </Empty>
      </div>
    );
  return (
    <article className="card" aria-label={eventType}>
      <header>
        <h2 className="mono break">{eventType}</h2>
        <a className="button small" href={addressOf("deliveries", null, { eventType })}>
          Its deliveries
        </a>
      </header>
      <Reading query={entry} what="the event type" rows={8}>
        {(data) => <Meaning eventType={eventType} entry={data} />}
      </Reading>
    </article>
  );
}

type Entry = NonNullable<ReturnType<typeof useEntry>["data"]>;

function Meaning({ eventType, entry }: { eventType: string; entry: Entry }) {
  const [part, setPart] = useState<(typeof PARTS)[number][0]>("schema");
  const text = JSON.stringify(entry.example, null, 2);
  const shown: Record<typeof part, () => ReactNode> = {
    schema: () => <SchemaTable schema={entry.schema} />,
    example: () => <Payload text={text} />,
    code: () => <Samples eventType={eventType} example={text} />,
  };
  return (
    <div className="card-body">
      <p>{entry.summary}</p>
      <div>
        <Switch label="Part" options={PARTS} value={part} onChange={setPart} />
      </div>
      {shown[part]()}
    </div>
  );
}

function Samples({ eventType, example }: { eventType: string; example: string }) {
  const [language, setLanguage] = useState<Language>("curl");
  return (
    <div className="stack tight">
      <div>
        <Switch label="Language" options={LANGUAGES} value={language} onChange={setLanguage} />
      </div>
      <p className="help">
        {language === "curl"
          ? "Sends your receiver what the hub would send, signed with your secret. Needs openssl."
          : "A receiver that refuses what is not signed with your secret, or is older than five minutes."}
      </p>
      <Code text={codeFor(language, eventType, example)} label={`Code for ${language}`} />
    </div>
  );
}
