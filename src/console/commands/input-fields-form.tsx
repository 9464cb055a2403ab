import type { ReactNode } from "react";
import { Choice, Field, TextArea } from "../parts/field.tsx";
import { Switch } from "../parts/switch.tsx";
import { FileField } from "./file-field.tsx";
import type { InputField } from "./input-fields.ts";
import { chosenForm, formAt, type InputValues } from "./input-values.ts";

interface Parts {
  values: InputValues;
  onChange: (at: string, value: string) => void;
  mistakeAt: (at: string) => string | undefined;
  /** False inside of what may be left out as a whole: then nothing in it must be given. */
  isNeeded?: boolean;
}

/** The fields of a form: first what must be given, then what may be, last what is seldom given. */
export function InputFields({ fields, ...parts }: Parts & { fields: readonly InputField[] }) {
  const needed = fields.filter(({ isRequired }) => isRequired);
  const others = fields.filter(({ isRequired }) => !isRequired);
  const isSplit = needed.some(isWide); // else both stand in one grid
  return (
    <>
      <Alone fields={(isSplit ? needed : fields).filter(isUsual)} {...parts} />
      <Groups fields={needed} {...parts} />
      {isSplit && <Alone fields={others.filter(isUsual)} {...parts} />}
      <Groups fields={others} {...parts} />
      {others.some(isSeldom) && (
        <details className="together">
          <summary>
            <span className="legend">Further fields</span> <span className="muted small">as JSON</span>
          </summary>
          <Alone fields={others.filter(isSeldom)} {...parts} />
        </details>
      )}
    </>
  );
}

const isWide = ({ type }: InputField) => type === "group" || type === "either";
const isSeldom = ({ type, isRequired }: InputField) => type === "json" && !isRequired;
const isUsual = (field: InputField) => !isWide(field) && !isSeldom(field);

function Alone({ fields, ...parts }: Parts & { fields: readonly InputField[] }) {
  if (fields.length === 0) return null;
  return (
    <div className="pair">
      {fields.map((field) => (
        <OneField key={field.at} field={field} {...parts} />
      ))}
    </div>
  );
}

const Groups = ({ fields, ...parts }: Parts & { fields: readonly InputField[] }) =>
  fields.filter(isWide).map((field) => (
    <Together key={field.at} field={field} mistake={parts.mistakeAt(field.at)}>
      <Inner field={field} {...parts} isNeeded={(parts.isNeeded ?? true) && field.isRequired} />
    </Together>
  ));

/** What may be left out as a whole is closed at first. */
function Together(props: { field: InputField; mistake: string | undefined; children: ReactNode }) {
  const { field, mistake, children } = props;
  const { label, help, isRequired } = field;
  const inner = (
    <div className="stack tight">
      {help !== undefined && <p className="help">{help}</p>}
      {children}
      {mistake !== undefined && (
        <p className="mistake" role="alert">
          {mistake}
        </p>
      )}
    </div>
  );
  if (isRequired)
    return (
      <fieldset className="together">
        <legend className="legend">{label}</legend>
        {inner}
      </fieldset>
    );
  return (
    <details className="together">
      <summary>
        <span className="legend">{label}</span> <span className="muted small">may be left out</span>
      </summary>
      {inner}
    </details>
  );
}

function Inner({ field, ...parts }: Parts & { field: InputField }) {
  if (field.type === "group") return <InputFields fields={field.fields} {...parts} />;
  if (field.type !== "either") return null;
  const chosen = chosenForm(parts.values, field.at);
  return (
    <>
      <Switch
        label={`${field.label} by`}
        options={field.forms.map((form, index) => [String(index), form.map(({ label }) => label).join(", ")])}
        value={String(chosen)}
        onChange={(index) => parts.onChange(formAt(field.at), index)}
      />
      <InputFields fields={field.forms[chosen] ?? []} {...parts} />
    </>
  );
}

function OneField({ field, values, onChange, mistakeAt, isNeeded = true }: Parts & { field: InputField }) {
  const { at, label, isRequired, help, example } = field;
  const value = values[at] ?? "";
  const change = (text: string) => onChange(at, text);
  const around = {
    label,
    help,
    mistake: mistakeAt(at),
    isMarked: isRequired,
    required: isRequired && isNeeded,
  };
  switch (field.type) {
    case "yes-no":
    case "choice":
      return (
        <Choice
          {...around}
          value={value}
          onChange={(event) => change(event.target.value)}
          options={[
            ["", "–"],
            ...(field.type === "choice" ? field.options : ["yes", "no"]).map((each) => [each, each] as const),
          ]}
        />
      );
    case "json":
    case "list":
      return (
        <TextArea
          {...around}
          value={value}
          onChange={change}
          rows={3}
          {...(example !== undefined && { placeholder: example })}
        />
      );
    case "file":
    case "data-url":
      return <FileField {...around} onRead={change} onName={(name) => onChange(fileNameBeside(at), name)} />;
    case "number":
      return (
        <Field
          {...around}
          type="number"
          min={field.min}
          max={field.max}
          step={field.isWhole ? 1 : "any"}
          value={value}
          onChange={(event) => change(event.target.value)}
          placeholder={example}
        />
      );
    default:
      return (
        <Field
          {...around}
          type={field.type === "group" || field.type === "either" ? "text" : field.type}
          value={value}
          onChange={(event) => change(event.target.value)}
          placeholder={example}
          autoComplete="off"
        />
      );
  }
}

/** A file brings its name along. */
const fileNameBeside = (at: string) => `${at.slice(0, at.lastIndexOf(".") + 1)}file_name`;
