import type { Environment } from "../database/schema.ts";

/** All that an attempt needs to know of its delivery and event. */
export interface Parcel {
  deliveryId: string;
  eventId: string;
  eventType: string;
  payload: string;
  environment: Environment;
}
