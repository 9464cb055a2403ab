import { useQuery } from "@tanstack/react-query";
import { Dialog } from "../parts/dialog.tsx";
import { Reading } from "../parts/states.tsx";
import { CommandForm } from "./command-form.tsx";
import { descriptionQuery, operationOf } from "./description.ts";
import { inputFields } from "./input-fields.ts";
import type { Offer } from "./offers.ts";

/** Asks for what an offer needs, as the API describes it, sends it once, and tells what came of it. */
export function CommandDialog(props: { connector: string; offer: Offer; onClose: () => void }) {
  const { connector, offer, onClose } = props;
  const operation = useQuery({ ...descriptionQuery, select: (data) => operationOf(data, offer) });
  return (
    <Dialog title={offer.label} onClose={onClose} isWide>
      <Reading query={operation} what="what it needs" rows={4}>
        {(operation) => (
          <CommandForm
            connector={connector}
            offer={offer}
            fields={inputFields(operation)}
            hasBody={operation.requestBody !== undefined}
            onClose={onClose}
          />
        )}
      </Reading>
    </Dialog>
  );
}
