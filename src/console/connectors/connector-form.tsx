import { type FormEvent, useState } from "react";
import { CallError } from "../api/client.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Choice, Field } from "../parts/field.tsx";
import { Switch } from "../parts/switch.tsx";
import { type Connector, type ConnectorEntry, useSaveConnector } from "./connectors.ts";
import { KINDS, kindOf, OTHER_KIND } from "./kinds.ts";
import { SettingsFields } from "./settings-fields.tsx";
import { settingsOf, type Values, valuesOf } from "./settings-form.ts";

const ENVIRONMENTS = [
  ["sandbox", "Sandbox"],
  ["production", "Production"],
] as const;

const KIND_CHOICES = [...KINDS, OTHER_KIND].map(({ kind, name }) => [kind, name] as const);

/** Makes a connector, or changes the present one; saving tries its credentials at once. */
export function ConnectorForm(props: {
  present?: Connector;
  onClose: () => void;
  onSaved?: (name: string) => void;
}) {
  const { present, onClose, onSaved } = props;
  const save = useSaveConnector();
  const [name, setName] = useState(present?.name ?? "");
  const [chosen, setChosen] = useState(present?.kind ?? KINDS[0]?.kind ?? "");
  const [otherKind, setOtherKind] = useState("");
  const [environment, setEnvironment] = useState<ConnectorEntry["environment"]>(
    present?.environment ?? "sandbox",
  );
  const [schedule, setSchedule] = useState(present?.schedule ?? "");
  const kind = kindOf(chosen);
  const [values, setValues] = useState<Values>(present === undefined ? {} : valuesOf(kind, present.settings));
  const [mistake, setMistake] = useState<string | null>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMistake(null);
    try {
      const settings = settingsOf(kind, values);
      const entry = { name, kind: chosen || otherKind, environment, settings };
      save.mutate({ ...entry, ...(schedule !== "" && { schedule }) });
    } catch {
      setMistake("The settings are no JSON object.");
    }
  };
  const close = () => {
    onClose();
    if (save.data !== undefined) onSaved?.(save.data.name);
  };
  return (
    <Dialog
      title={present === undefined ? "Add a connector" : `Change ${present.name}`}
      onClose={close}
      isWide
    >
      <form className="stack" onSubmit={submit}>
        {present === undefined && (
          <>
            <Switch label="Kind" options={KIND_CHOICES} value={chosen} onChange={setChosen} />
            <p className="muted">{kind.about}</p>
            <div className="pair">
              <Field
                label="Name"
                value={name}
                onChange={(event) => setName(event.target.value)}
                placeholder={`${chosen || "my"}-sandbox`}
                pattern="[a-z0-9][a-z0-9\-]{0,62}"
                title="a-z, 0-9 and -, at most 63"
                required
                mistake={mistakeAt(save.error, "path.name")}
              />
              {chosen === "" && (
                <Field
                  label="Kind"
                  value={otherKind}
                  onChange={(event) => setOtherKind(event.target.value)}
                  required
                />
              )}
              <Choice
                label="Environment"
                value={environment}
                onChange={(event) =>
                  setEnvironment(event.target.value === "production" ? "production" : "sandbox")
                }
                options={ENVIRONMENTS}
              />
            </div>
          </>
        )}
        <SettingsFields
          kind={kind}
          values={values}
          present={present?.secrets}
          onChange={(name, value) => setValues({ ...values, [name]: value })}
          mistakeAt={(name) => mistakeAt(save.error, `settings.${name}`)}
        />
        <Field
          label="Schedule"
          className="mono"
          value={schedule}
          onChange={(event) => setSchedule(event.target.value)}
          placeholder="*/5 * * * *"
          help="When it is asked: a cron expression, in UTC."
          mistake={mistakeAt(save.error, "schedule")}
        />
        <Outcome error={save.error} mistake={mistake} check={save.data?.check} />
        <footer>
          <button type="button" onClick={close}>
            {save.data === undefined ? "Cancel" : "Done"}
          </button>
          <Button type="submit" className="primary" isBusy={save.isPending}>
            {save.data === undefined ? "Save and try it" : "Save again"}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function Outcome(props: {
  error: Error | null;
  mistake: string | null;
  check: { ok: boolean; detail: string } | undefined;
}) {
  const { error, mistake, check } = props;
  if (mistake !== null || error !== null)
    return (
      <p className="mistake" role="alert">
        {mistake ?? error?.message}
      </p>
    );
  if (check === undefined) return null;
  return (
    <p className="notice" role="status">
      <strong>Saved.</strong>{" "}
      <Badge tone={check.ok ? "good" : "bad"}>{check.ok ? "credentials work" : "not yet"}</Badge>{" "}
      {check.detail}
    </p>
  );
}

const mistakeAt = (error: Error | null, place: string) =>
  error instanceof CallError ? error.errors.find(({ path }) => path === place)?.message : undefined;
