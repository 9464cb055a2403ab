/** The demo could not go on; the message is a sentence for the person who watches. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}

/** The person who watches wants it to end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
