import type { Database } from "bun:sqlite";
import { Problem } from "../problems.ts";
import { afterMoment, afterReadyIo } from "../seams.ts";

/** Work that writes; it runs inside a transaction, must not wait, and may run again if a neighbour failed. */
export type Work<T> = (sqlite: Database) => T;

/** Hears of every transaction's end, at once and before the works' promises settle; must not throw. */
export interface CommitListener {
  /** All of it is on disk. */
  committed?(): void;
  /** It was undone: what was read or counted inside it is wrong. */
  rolledBack?(): void;
}

interface Waiting {
  work: Work<unknown>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  result?: unknown;
}

/** When callers may try again after the disk failed. */
export const RETRY_AFTER_DISK_FAILURE_SECONDS = 5;

/** Works in one commit at most, so that one commit stays within a few milliseconds. */
const MAX_WORKS_PER_COMMIT = 256;

/** A work that nobody waits for waits for company: so long, ms, or until so many wait. */
const PATIENCE_MS = 4;
const MANY_PATIENT = 16;

/**
 * Puts all writes through one door. Works that arrive while a commit runs share the next one: one fsync for all
 * of them, no timer under load, no waiting when idle. A promise settles only once its work is on disk.
 */
export class GroupCommit {
  readonly #sqlite: Database;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #isPatient = false;
  #isDamaged = false;

  readonly #listeners: CommitListener[] = [];

  /** Called when the disk or the file, not a work, is why a commit failed. */
  onDiskFailure: (code: string) => void = () => {};

  constructor(sqlite: Database) {
    this.#sqlite = sqlite;
  }

  /** From now on this listener hears of every transaction's end. */
  listen(listener: CommitListener): void {
    this.#listeners.push(listener);
  }

  /** Resolves with the work's result after the fsync; rejects with what the work threw. @throws Problem not_ready when the disk fails */
  run<T>(work: Work<T>): Promise<T> {
    const result = this.#add(work);
    this.#schedule();
    return result;
  }

  /**
   * As `run`, for works that no caller waits for: they ride with the next commit that somebody does wait for, so that
   * at a moderate load the disk is synced once an event, not twice; alone they go after a moment.
   */
  runPatiently<T>(work: Work<T>): Promise<T> {
    const result = this.#add(work);
    if (this.#waiting.length >= MANY_PATIENT) this.#schedule();
    else if (!this.#isScheduled && !this.#isPatient) {
      this.#isPatient = true;
      afterMoment(PATIENCE_MS, () => {
        this.#isPatient = false;
        if (this.#waiting.length > 0) this.#schedule();
      });
    }
    return result;
  }

  /** True once the file was found damaged: what is taken in from then on might be lost with it. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Whether a work waits for the next commit. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when no work waits. */
  async idle(): Promise<void> {
    if (this.#waiting.length > 0) this.#schedule();
    while (this.#waiting.length > 0) await new Promise<void>((resolve) => afterReadyIo(resolve));
  }

  #add<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (result: unknown) => void, reject });
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    afterReadyIo(() => {
      this.#isScheduled = false;
      this.#commit(this.#waiting.splice(0, MAX_WORKS_PER_COMMIT));
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commit(batch: Waiting[]): void {
    try {
      this.#sqlite.run("BEGIN IMMEDIATE");
      for (const each of batch) each.result = each.work(this.#sqlite);
      this.#sqlite.run("COMMIT");
    } catch (error) {
      this.#rollBack();
      this.#commitApart(batch, error);
      return;
    }
    for (const listener of this.#listeners) listener.committed?.();
    for (const each of batch) each.resolve(each.result);
  }

  /** After a batch was undone: each work alone, so that who failed fails alone. */
  #commitApart(batch: Waiting[], error: unknown): void {
    const code = diskFailure(error);
    if (code !== null) {
      this.#isDamaged ||= /^SQLITE_(CORRUPT|NOTADB)/.test(code);
      this.onDiskFailure(code);
      const notReady = new Problem("not_ready", { retryAfterSeconds: RETRY_AFTER_DISK_FAILURE_SECONDS });
      for (const each of batch) each.reject(notReady);
    } else if (batch.length === 1) batch[0]?.reject(error);
    else for (const each of batch) this.#commit([each]);
  }

  #rollBack(): void {
    if (this.#sqlite.inTransaction) this.#sqlite.run("ROLLBACK");
    for (const listener of this.#listeners) listener.rolledBack?.();
  }
}

/** SQLite's code where neither work nor caller is to blame: disk full, not writable, damaged, or held by another program. */
export function diskFailure(error: unknown): string | null {
  const code = String((error as { code?: unknown }).code ?? "");
  return /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|BUSY)/.test(code) ? code : null;
}
