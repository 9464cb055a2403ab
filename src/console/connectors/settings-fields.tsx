import { Choice, Field, TextArea } from "../parts/field.tsx";
import type { Kind, KindField } from "./kinds.ts";
import { isSecret, type Values } from "./settings-form.ts";

interface Parts {
  values: Values;
  /** The names of the secrets that are set already. */
  present: readonly string[] | undefined;
  onChange: (name: string, value: string) => void;
  mistakeAt: (name: string) => string | undefined;
}

/** The fields of a kind; those that are seldom needed stand apart. */
export function SettingsFields({ kind, ...parts }: Parts & { kind: Kind }) {
  const [usual, advanced] = [false, true].map((isAdvanced) =>
    kind.fields.filter((field) => (field.isAdvanced ?? false) === isAdvanced),
  );
  return (
    <>
      <div className="pair">
        {usual?.map((field) => (
          <SettingField key={field.name} field={field} {...parts} />
        ))}
      </div>
      {advanced !== undefined && advanced.length > 0 && (
        <details>
          <summary>More settings</summary>
          <div className="pair">
            {advanced.map((field) => (
              <SettingField key={field.name} field={field} {...parts} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

function SettingField({ field, values, present, onChange, mistakeAt }: Parts & { field: KindField }) {
  const { name, label, type, help, placeholder, isRequired = false, options = [] } = field;
  const value = values[name] ?? "";
  const isKept = isSecret(field) && (present?.includes(name.split(".")[0] ?? name) ?? false);
  const around = {
    label,
    help: isKept ? "Set already; leave it empty to keep it." : help,
    mistake: mistakeAt(name),
  };
  const change = (text: string) => onChange(name, text);
  switch (type) {
    case "choice":
    case "switch":
      return (
        <Choice
          {...around}
          value={value}
          onChange={(event) => change(event.target.value)}
          options={[
            ["", "By default"],
            ...(type === "switch" ? ["true", "false"] : options).map((each) => [each, each] as const),
          ]}
        />
      );
    case "list":
    case "json":
      return <TextArea {...around} value={value} onChange={change} rows={type === "json" ? 8 : 3} />;
    default:
      return (
        <Field
          {...around}
          type={isSecret(field) ? "password" : type === "number" ? "number" : "text"}
          value={value}
          onChange={(event) => change(event.target.value)}
          placeholder={placeholder}
          autoComplete={isSecret(field) ? "new-password" : "off"}
          required={isRequired && !isKept}
        />
      );
  }
}
