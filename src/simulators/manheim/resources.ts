import { auctions } from "./stock.ts";
import type { Consignment, Unit } from "./world.ts";

/** A consignment as the API shows it (seed 003, example responses); `sparse` leaves out what may be missing. */
export function consignmentAt(origin: string, it: Consignment, { sparse = false } = {}) {
  const link = (path: string) => ({ href: `${origin}${path}` });
  const orders = (kind: string) => link(`/orders/${kind}consignment/${it.id}`);
  return {
    ...link(`/consignments/id/${it.id}`),
    unit: link(`/units/id/${it.unitId}`),
    ...(it.checkInDate !== null && { checkInDate: it.checkInDate }),
    ...(it.checkOutDate !== null && { checkOutDate: it.checkOutDate }),
    status: it.status,
    ...(!sparse && {
      operatingLocation: link(`/locations/id/${it.location}`),
      customerId: "1234567",
      manheimAccountNumber: "4949494",
    }),
    updatedOn: new Date(it.updatedAt).toISOString(),
    createdOn: new Date(it.createdAt).toISOString(),
    ...(!sparse && {
      categoryCode: "RCT",
      dispositionCode: "16",
      offsite: false,
      lifecycle: link(`/lifecycles/unit/id/${it.lifecycleId}`),
      referenceId: { workOrderNumber: it.workOrderNumber },
      orders: { ...orders(""), ...(it.hasCapture && { capture: orders("capture/") }) },
      offerings: link(`/offerings/consignment/${it.id}`),
      transportations: {
        inbound: { dropoff: link(`/transportations/inbound/dropoff/consignment/${it.id}`) },
      },
    }),
  };
}

/** A unit with its VIN (seed 003, the unit inside CONSIGNMENTS.CHECKEDIN). */
export function unitAt(origin: string, it: Unit) {
  return {
    href: `${origin}/units/id/${it.id}`,
    owner: { href: `${origin}/contacts/id/76171653-a76c-49d2-9dd2-09d996db7de4/company` },
    type: "PASSENGER_VEHICLE",
    vin: it.vin,
    description: {
      modelYear: it.modelYear,
      make: it.make,
      model: it.model,
      trim: it.trim,
      odometer: { reading: it.odometer, units: "MILES", digits: 0 },
      transmission: "AUTOMATIC",
    },
  };
}

/** An auction; undefined: there is none of this code. */
export function locationAt(origin: string, code: string) {
  const found = auctions.find((each) => each.code === code);
  if (found === undefined) return undefined;
  const { name, city, state } = found;
  return {
    href: `${origin}/locations/id/${code}`,
    name,
    phone: "+1 555 010 0100",
    address: { city, stateProvinceRegion: state, country: "US" },
    operatedBy: "MANHEIM",
  };
}
