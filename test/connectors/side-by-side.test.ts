import { expect, test } from "bun:test";
import { sideBySide } from "../../src/connectors/side-by-side.ts";

/** Works that end when they are told to, in any order. */
function givenWorks() {
  const underWay = new Map<number, PromiseWithResolvers<string>>();
  const begun: number[] = [];
  return {
    begun,
    underWay,
    work(item: number): Promise<string> {
      begun.push(item);
      const ending = Promise.withResolvers<string>();
      underWay.set(item, ending);
      return ending.promise.finally(() => underWay.delete(item));
    },
    end: (item: number) => underWay.get(item)?.resolve(`result ${item}`),
    fail: (item: number) => underWay.get(item)?.reject(new Error(`failure ${item}`)),
  };
}

test("so many are under way at once, and results come as they are there", async () => {
  const works = givenWorks();
  const results = sideBySide([1, 2, 3, 4], 2, works.work);
  const first = results.next();
  expect(works.begun).toEqual([1, 2]);
  works.end(2);
  expect(await first).toEqual({ done: false, value: "result 2" });
  const second = results.next();
  expect(works.begun).toEqual([1, 2, 3]);
  works.end(3);
  expect((await second).value).toBe("result 3");
  const third = results.next();
  works.end(4);
  expect((await third).value).toBe("result 4");
  const last = results.next();
  works.end(1);
  expect((await last).value).toBe("result 1");
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test("where one fails no further is begun, and it is told once the others have ended", async () => {
  const works = givenWorks();
  const results = sideBySide([1, 2, 3], 2, works.work);
  let isTold = false;
  const failed = results.next().catch((error: Error) => {
    isTold = true;
    return error.message;
  });
  works.fail(1);
  await Bun.sleep(1);
  expect(isTold).toBe(false);
  works.fail(2); // of two failures the first counts
  expect(await failed).toBe("failure 1");
  expect(works.begun).toEqual([1, 2]);
});

test("whoever wants no more waits for those under way", async () => {
  const works = givenWorks();
  const results = sideBySide([1, 2, 3], 2, works.work);
  const first = results.next();
  works.end(1);
  await first;
  const left = results.return(undefined);
  works.end(2);
  await left;
  expect([works.begun, works.underWay.size]).toEqual([[1, 2], 0]);
});

test("of nothing comes nothing", async () => {
  expect(await Array.fromAsync(sideBySide([], 3, async () => 1))).toEqual([]);
});
