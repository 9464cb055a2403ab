/** What a car is, without its sale; the same fields that the upstream's `vehicle` has (UPSTREAMS 1). */
export interface Car {
  vrm: string;
  vin: string;
  category: "Car" | "Van";
  make: string;
  model: string;
  derivative: string;
  mileage: number;
  yearOfManufacture: number;
  ownershipCondition: "USED";
}

const MODELS = [
  ["Ford", "Fiesta", "1.0 EcoBoost Titanium 5dr", "Car"],
  ["Vauxhall", "Corsa", "1.2 SE Premium 5dr", "Car"],
  ["Volkswagen", "Golf", "1.5 TSI Life 5dr", "Car"],
  ["Nissan", "Qashqai", "1.3 DiG-T N-Connecta 5dr", "Car"],
  ["BMW", "3 Series", "320d M Sport 4dr", "Car"],
  ["Toyota", "Yaris", "1.5 Hybrid Design 5dr", "Car"],
  ["Kia", "Sportage", "1.6 GDi 2 5dr", "Car"],
  ["Ford", "Transit Custom", "2.0 EcoBlue 130ps Low Roof Trend", "Van"],
] as const;

/** Of the letters a registration mark is made of: no I, no Q, and Z only at its end. */
const LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY";
const VIN_CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

/** A used car as it may stand on any forecourt. */
export function anyCar(random: () => number): Car {
  const pick = <T>(from: ArrayLike<T>): T => from[Math.floor(random() * from.length)] as T;
  const text = (from: string, length: number) => Array.from({ length }, () => pick(from)).join("");
  const [make, model, derivative, category] = pick(MODELS);
  const year = 16 + Math.floor(random() * 9);
  return {
    vrm: `${text(LETTERS, 2)}${year}${text(LETTERS, 3)}`,
    vin: `W${text(VIN_CHARACTERS, 16)}`,
    category,
    make,
    model,
    derivative,
    mileage: 5000 + Math.floor(random() * 90_000),
    yearOfManufacture: 2000 + year,
    ownershipCondition: "USED",
  };
}

/** A UUID as random as `random` is. */
export function anyId(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
}
