import { consignmentAt, unitAt } from "./resources.ts";
import type { ManheimWorld } from "./world.ts";

/** The forms of event messages that are known: today's, and the older one. */
export type MessageForm = "subscriber" | "resource";

/** A message as Manheim posts it to a subscriber's callback (seed 003, event message examples). */
export function eventMessage(
  world: ManheimWorld,
  id: string,
  message: {
    origin: string;
    /** Of the event, not of the consignment: the same again when it is sent again. */
    eventId: string;
    eventType: string;
    form?: MessageForm;
    /** Ms UTC; may be days before the change it tells of. */
    createdAt?: number;
  },
) {
  const { origin, eventId, eventType, form = "subscriber" } = message;
  const body = bodyOf(world, id, message);
  const createdOn = new Date(message.createdAt ?? Date.parse(body.updatedOn)).toISOString();
  const href = `${origin}/events/id/${eventId}`;
  if (form === "resource") {
    const relatedResources = [{ rel: "unit", ...body.unit }];
    return { eventType, resource: { href }, relatedResources, body, createdOn };
  }
  const subscriber = { href: `${origin}/subscribers/id/c34582a6-4ae0-11e7-b89c-078d6eda2fe7` };
  const subscription = { href: `${origin}/subscriptions/id/00fddb012293fad46fbc5a8f7b63e2e8` };
  return { subscriber, href, eventType, subscription, body, createdOn };
}

/** Check-ins carry the whole unit; both check-in and check-out repeat the type and the work order inside. */
function bodyOf(
  world: ManheimWorld,
  id: string,
  { origin, eventType }: { origin: string; eventType: string },
) {
  const consignment = world.find(id);
  if (consignment === undefined) throw new Error(`there is no consignment ${id}`);
  const shown = consignmentAt(origin, consignment);
  if (!/\.CHECKED(IN|OUT)$/.test(eventType)) return shown;
  const unit = world.units.get(consignment.unitId);
  const { workOrderNumber } = consignment;
  const isWhole = eventType.endsWith("IN") && unit !== undefined;
  return {
    ...shown,
    ...(isWhole && { unit: unitAt(origin, unit) }),
    referenceId: { workOrderNumber, workOrder: workOrderNumber },
    type: eventType,
  };
}
