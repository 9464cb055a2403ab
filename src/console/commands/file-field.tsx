import { useState } from "react";
import { Field } from "../parts/field.tsx";
import { size } from "../parts/numbers.ts";

/** A file, read when it is chosen, as a data URL. */
export function FileField(props: {
  label: string;
  help: string | undefined;
  mistake: string | undefined;
  isMarked: boolean;
  required: boolean;
  onRead: (dataUrl: string) => void;
  onName: (name: string) => void;
}) {
  const { onRead, onName, mistake, ...around } = props;
  const [unread, setUnread] = useState<string | undefined>();
  const [bytes, setBytes] = useState<number | null>(null);
  const take = async (file: File | undefined) => {
    setUnread(undefined);
    setBytes(file?.size ?? null);
    onRead("");
    if (file === undefined) return;
    onName(file.name);
    await dataUrlOf(file).then(onRead, () => setUnread("The browser could not read this file."));
  };
  return (
    <Field
      {...around}
      help={bytes === null ? around.help : size(bytes)}
      type="file"
      onChange={(event) => void take(event.target.files?.[0])}
      mistake={unread ?? mistake}
    />
  );
}

function dataUrlOf(file: File): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reader = new FileReader();
  reader.addEventListener("load", () => resolve(String(reader.result)));
  reader.addEventListener("error", () => reject(reader.error));
  reader.readAsDataURL(file);
  return promise;
}
