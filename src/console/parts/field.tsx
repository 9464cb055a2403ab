import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

interface Around {
  label: string;
  help?: ReactNode;
  /** What is wrong with what was given. */
  mistake?: string | undefined;
  isLabelHidden?: boolean;
  /** Whether it says that it must be given. */
  isMarked?: boolean;
  /** A button that belongs to it, and stands beside it. */
  action?: ReactNode;
}

/** A labelled input, with its help and its mistake. */
export function Field(
  props: Around & {
    [Name in keyof InputHTMLAttributes<HTMLInputElement>]?:
      | InputHTMLAttributes<HTMLInputElement>[Name]
      | undefined;
  },
) {
  const { label, help, mistake, isLabelHidden, isMarked, action, ...input } = props;
  const id = useId();
  return (
    <FieldFrame {...{ id, label, help, mistake, isLabelHidden, isMarked, action }}>
      <input
        {...(input as InputHTMLAttributes<HTMLInputElement>)}
        id={id}
        {...described(id, { help, mistake })}
      />
    </FieldFrame>
  );
}

/** A labelled choice. */
export function Choice(
  props: Around &
    SelectHTMLAttributes<HTMLSelectElement> & {
      options: readonly (readonly [value: string, text: string])[];
    },
) {
  const { label, help, mistake, isLabelHidden, isMarked, action, options, ...select } = props;
  const id = useId();
  return (
    <FieldFrame {...{ id, label, help, mistake, isLabelHidden, isMarked, action }}>
      <select {...select} id={id} {...described(id, { help, mistake })}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

/** A labelled text of several lines. */
export function TextArea(
  props: Around & {
    value: string;
    onChange: (value: string) => void;
    rows?: number;
    required?: boolean;
    placeholder?: string;
  },
) {
  const { label, help, mistake, isLabelHidden, isMarked, action, onChange, ...area } = props;
  const id = useId();
  return (
    <FieldFrame {...{ id, label, help, mistake, isLabelHidden, isMarked, action }}>
      <textarea
        {...area}
        id={id}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        {...described(id, { help, mistake })}
      />
    </FieldFrame>
  );
}

function FieldFrame(
  props: { id: string; children: ReactNode } & { [Name in keyof Around]: Around[Name] | undefined },
) {
  const { id, label, help, mistake, isLabelHidden = false, isMarked = false, action, children } = props;
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? "unseen" : ""}>
        {label}
        {isMarked && (
          <span className="required" aria-hidden="true">
            {" "}
            required
          </span>
        )}
      </label>
      {action === undefined ? (
        children
      ) : (
        <div className="field-line">
          {children}
          {action}
        </div>
      )}
      {help !== undefined && help !== null && (
        <p id={`${id}-help`} className="help">
          {help}
        </p>
      )}
      {mistake !== undefined && (
        <p id={`${id}-mistake`} className="mistake" role="alert">
          {mistake}
        </p>
      )}
    </div>
  );
}

function described(id: string, { help, mistake }: { help?: ReactNode; mistake?: string | undefined }) {
  const parts = [
    ...(help === undefined || help === null ? [] : [`${id}-help`]),
    ...(mistake === undefined ? [] : [`${id}-mistake`]),
  ];
  return {
    "aria-describedby": parts.length > 0 ? parts.join(" ") : undefined,
    "aria-invalid": mistake === undefined ? undefined : true,
  };
}
