/** A name that nobody has given before; also where the page did not come by https, as `randomUUID` does not. */
export const newName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
