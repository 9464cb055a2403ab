import { z } from "zod";
import { auctionIdsSchema } from "./auction-ids.ts";
import type { Operator } from "./operator.ts";
import type { Publishers } from "./publishers.ts";
import { validInput } from "./valid-input.ts";

/** What grants the operator's wishes. */
export interface OperatorSide {
  operator: Operator;
  publishers: Publishers;
}

/** Everything the operator can ask for, be it of a running hub or of a data folder at rest. */
const wishes = {
  "customer.add": wish(
    z.object({
      email: z.string(),
      name: z.string(),
      password: z.string().exactOptional(),
      auctionIds: auctionIdsSchema,
    }),
    async ({ operator }, { auctionIds, ...account }) => {
      const { customer, password } = await operator.addCustomer(account);
      if (auctionIds.length === 0) return { customer, password };
      const assigned = await operator.assignAuctionIds(customer.customerId, auctionIds);
      return { customer: { ...customer, auctionIds: assigned }, password };
    },
  ),
  "customer.list": wish(z.object({}), async ({ operator }) => ({ customers: operator.listCustomers() })),
  "customer.disable": wish(namesCustomer(), async ({ operator }, { customer }) => {
    await operator.disable(customer);
    return { customer: operator.showCustomer(customer) };
  }),
  "customer.enable": wish(namesCustomer(), async ({ operator }, { customer }) => {
    await operator.enable(customer);
    return { customer: operator.showCustomer(customer) };
  }),
  "customer.reset-password": wish(namesCustomer(), async ({ operator }, { customer }) => {
    const { password } = await operator.resetPassword(customer);
    return { customer: operator.showCustomer(customer), password };
  }),
  "customer.show": wish(namesCustomer(), async ({ operator }, { customer }) => ({
    customer: operator.showCustomer(customer),
  })),
  "customer.assign-auction-ids": wish(
    namesCustomer().extend({ auctionIds: auctionIdsSchema }),
    async ({ operator }, { customer, auctionIds }) => {
      await operator.assignAuctionIds(customer, auctionIds);
      return { customer: operator.showCustomer(customer) };
    },
  ),
  "publisher.add": wish(namesPublisher(), ({ publishers }, { name }) => publishers.add(name)),
  "publisher.list": wish(z.object({}), async ({ publishers }) => ({ publishers: publishers.list() })),
  "publisher.remove": wish(namesPublisher(), async ({ publishers }, { name }) => {
    await publishers.remove(name);
    return { name };
  }),
};

type Wishes = typeof wishes;

/** The name of something the operator can ask for. */
export type WishName = keyof Wishes;

/** What a wish is given. */
export type WishInput<Name extends WishName> = z.input<Wishes[Name]["input"]>;

/** What a granted wish answers. */
export type WishAnswer<Name extends WishName> = Awaited<ReturnType<Wishes[Name]["grant"]>>;

/** Whether this version knows a wish of this name. */
export function isWishName(name: string): name is WishName {
  return Object.hasOwn(wishes, name);
}

/** Checks the input and does what is asked. @throws Problem invalid_input, or what the wish is refused for */
export function grantWish<Name extends WishName>(
  side: OperatorSide,
  name: Name,
  input: unknown,
): Promise<WishAnswer<Name>> {
  return wishes[name].grant(side, input) as Promise<WishAnswer<Name>>; // the compiler does not follow the name
}

function wish<Input, Given, Answer>(
  input: z.ZodType<Input, Given>,
  run: (side: OperatorSide, input: Input) => Promise<Answer>,
) {
  const grant = async (side: OperatorSide, given: unknown) => run(side, validInput(input, given));
  return { input, grant };
}

function namesCustomer() {
  return z.object({ customer: z.string() });
}

function namesPublisher() {
  return z.object({ name: z.string() });
}
