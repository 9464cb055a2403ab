/** Cars that chance picks from. */
export const cars = [
  { make: "FORD", model: "EXPLORER 4WD V6", trim: "XLT" },
  { make: "TOYOTA", model: "CAMRY 4C", trim: "SE" },
  { make: "BMW", model: "3 SERIES", trim: "320I" },
  { make: "CHEVROLET", model: "SILVERADO 1500", trim: "LT" },
  { make: "HONDA", model: "CR-V AWD 4C", trim: "EX-L" },
] as const;

/** Auctions, by the code that stands in a consignment. */
export const auctions = [
  { code: "PSM1", name: "Manheim Pennsylvania", city: "Manheim", state: "PA" },
  { code: "JAX", name: "Manheim Jacksonville", city: "Jacksonville", state: "FL" },
  { code: "DETA", name: "Manheim Detroit", city: "Carleton", state: "MI" },
  { code: "QLM1", name: "Manheim Milwaukee", city: "Caledonia", state: "WI" },
] as const;

const VIN_CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
const VALUES = "12345678123457923456789";
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** A VIN by chance, with the right check digit (49 CFR 565.15). */
export function vinOf(random: () => number): string {
  const drawn = Array.from({ length: 17 }, () => VIN_CHARACTERS[Math.floor(random() * 33)] ?? "1");
  const worth = (character: string) => {
    const at = VIN_CHARACTERS.indexOf(character);
    return Number(at < VALUES.length ? VALUES[at] : character);
  };
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * worth(drawn[at] ?? "1"), 0);
  drawn[8] = sum % 11 === 10 ? "X" : String(sum % 11);
  return drawn.join("");
}
