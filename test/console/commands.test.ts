import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { realSeams } from "../../src/seams.ts";
import { startPrivateAuto } from "../../src/simulators/privateauto/privateauto.ts";
import { startRoadster } from "../../src/simulators/roadster/roadster.ts";
import { addConnector, addLane, startLane } from "../support/console-connector.ts";
import { consoleTest, openConsole } from "../support/open-console.ts";

const dialogOf = (page: Page, name: string) => page.getByRole("dialog", { name, exact: true });
const commandsOf = (page: Page) => page.getByRole("region", { name: "Commands" });

consoleTest(
  "a car is marked as sold: a mistake shows at its field, a sale is confirmed, and it stands in the list",
  async () => {
    await using lane = startLane();
    await using console = await openConsole();
    const { page } = console;
    const { email } = await console.signUp();
    await console.open("connectors");
    await addLane(page, lane);
    const [listingId = ""] = lane.listings;
    await page.getByText("None was sent yet.").waitFor();

    await page.getByRole("button", { name: "Mark as sold" }).click();
    const dialog = dialogOf(page, "Mark as sold");
    await dialog.getByLabel("Listing id").fill("x".repeat(201));
    await dialog.getByLabel("Sale price").fill("4500");
    const ask = dialog.getByRole("button", { name: "Mark as sold" });
    const confirmation = dialogOf(page, "Mark as sold?");
    await ask.click();
    await confirmation.getByRole("button", { name: "Cancel" }).click();
    expect(lane.requests.filter(({ method }) => method === "POST")).toEqual([]);
    await ask.click();
    await confirmation.getByRole("button", { name: "Mark as sold" }).click();
    await dialog.getByRole("alert").filter({ hasText: "200" }).waitFor();

    await dialog.getByLabel("Listing id").fill(listingId);
    await ask.click();
    await confirmation.getByText(listingId).waitFor();
    await confirmation.getByText("4500").waitFor();
    await confirmation.getByRole("button", { name: "Mark as sold" }).click();
    await dialog.getByText("The listing is marked as sold.").waitFor();
    expect(lane.world.listing(listingId)).toMatchObject({ status: "SOLD", soldFor: 4500 });
    await dialog.getByRole("button", { name: "Done" }).click();

    const row = commandsOf(page).getByRole("listitem").filter({ hasText: listingId });
    await row.getByText("done", { exact: true }).waitFor();
    await row.getByText(email).waitFor();
    await row.getByText("Detail").click();
    await row.getByRole("region", { name: "What was asked" }).getByText("4500").waitFor();
    await row.getByRole("region", { name: "What was answered" }).getByText('"SOLD"').waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "what is refused is told with the state that was found, and a form can be sent again",
  async () => {
    await using lane = startLane();
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    await console.open("connectors");
    await addLane(page, lane);
    const [listingId = ""] = lane.listings;
    lane.world.markAsNotSold(listingId);

    await page.getByRole("button", { name: "Mark as not sold" }).click();
    const dialog = dialogOf(page, "Mark as not sold");
    await dialog.getByLabel("Listing id").fill(listingId);
    const send = async () => {
      await dialog.getByRole("button", { name: "Mark as not sold" }).click();
      await dialogOf(page, "Mark as not sold?").getByRole("button", { name: "Mark as not sold" }).click();
    };
    await send();
    await dialog.getByText("Nothing was changed.").waitFor();
    await dialog.getByText("NOT_SOLD").first().waitFor();
    lane.world.markAsProvisional(listingId);
    await send();
    await dialog.getByText("The listing is marked as not sold.").waitFor();
    await page.keyboard.press("Escape");
    const rows = commandsOf(page).getByRole("listitem");
    await rows.filter({ hasText: "done" }).waitFor();
    await rows.filter({ hasText: "Nothing was changed." }).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "where the answer is lost, it is said that the end is not known; looking again sends nothing twice",
  async () => {
    await using lane = startLane();
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    await console.open("connectors");
    await addLane(page, lane);
    const [listingId = ""] = lane.listings;
    const isSale = ({ method }: { method: string }) => method === "POST";
    lane.fail("badGatewayAfter", { at: isSale });
    const isLook = ({ method }: { method: string }) => method === "GET" && lane.requests.some(isSale);
    lane.fail("badGateway", { at: isLook, times: Number.POSITIVE_INFINITY });

    await page.getByRole("button", { name: "Mark as sold" }).click();
    const dialog = dialogOf(page, "Mark as sold");
    await dialog.getByLabel("Listing id").fill(listingId);
    await dialog.getByLabel("Sale price").fill("4500");
    await dialog.getByRole("button", { name: "Mark as sold" }).click();
    await dialogOf(page, "Mark as sold?").getByRole("button", { name: "Mark as sold" }).click();
    await dialog.getByText("Under way.").waitFor();
    await dialog.getByText("It is not known whether it was done").waitFor({ timeout: 30_000 });
    const rows = commandsOf(page).getByRole("listitem");
    await rows.filter({ hasText: "It is not known whether it was done" }).waitFor();
    lane.recover();
    await dialog.getByRole("button", { name: "Look again" }).click();
    await dialog.getByText("The listing is marked as sold.").waitFor({ timeout: 30_000 });
    expect(lane.requests.filter(isSale)).toHaveLength(1);
    await dialog.getByRole("button", { name: "Done" }).click();
    await rows.filter({ hasText: "done" }).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "a deal is started and a lead handed in; what a buyer is called lingers nowhere in the browser",
  async () => {
    const upstream = startPrivateAuto({ seams: realSeams() });
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    await console.open("connectors");
    const settings = { "Partner id": upstream.partnerId, "Shared secret": upstream.sharedSecret };
    await addConnector(page, { kind: "PrivateAuto", name: "deals", settings, address: upstream.url });

    await page.getByRole("button", { name: "Start a deal" }).click();
    const deal = dialogOf(page, "Start a deal");
    await deal.getByLabel("VIN").fill("1HGBH41JXMN109186");
    await deal.getByLabel("Amount").fill("18500");
    await deal.getByLabel("Buyer send link").selectOption("yes");
    const start = async () => {
      await deal.getByRole("button", { name: "Start a deal" }).click();
      await dialogOf(page, "Start a deal?").getByRole("button", { name: "Start a deal" }).click();
    };
    await start();
    await deal.getByText("is needed to send the link").waitFor();
    await deal.getByLabel("Buyer e-mail").fill("bea.buyer@example.com");
    await start();
    await deal.getByText("The deal is started.").waitFor();
    await deal.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Submit a lead" }).click();
    const lead = dialogOf(page, "Submit a lead");
    await lead.getByLabel("Caller reference id").fill("LDR-1");
    await lead.getByLabel("Organization id").fill(upstream.allowlist[0] ?? "");
    await lead.getByText("Contact").click();
    await lead.getByLabel("E-mail").fill("sam.buyer@example.com");
    await lead.getByRole("button", { name: "Submit a lead" }).click();
    await dialogOf(page, "Submit a lead?").getByRole("button", { name: "Submit a lead" }).click();
    await lead.getByText("The lead is there.").waitFor();
    await lead.getByRole("button", { name: "Done" }).click();
    await commandsOf(page).getByRole("listitem").filter({ hasText: "leads/LDR-1" }).waitFor();

    await page.getByRole("button", { name: "Make a deal link" }).click();
    const link = dialogOf(page, "Make a deal link");
    await link.getByLabel("VIN").fill("1HGBH41JXMN109186");
    await link.getByRole("button", { name: "Make a deal link" }).click();
    await link.getByRole("code").filter({ hasText: "/sell/partner-acme" }).waitFor();
    await link.getByRole("button", { name: "Copy" }).waitFor();

    const kept = await page.evaluate<string>(
      "JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, history.state])",
    );
    expect(kept).not.toMatch(/buyer|1HGBH/);
    expect(console.troubles).toEqual([]);
    await upstream.stop();
  },
  60_000,
);

consoleTest(
  "a customer is created at Roadster, and a file that is chosen is uploaded as it is",
  async () => {
    const upstream = startRoadster({ seams: realSeams() });
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    await console.open("connectors");
    const settings = { "API key": upstream.apiKey };
    await addConnector(page, { kind: "Roadster", name: "shop", settings, address: upstream.url });

    await page.getByRole("button", { name: "Create a customer" }).click();
    const customer = dialogOf(page, "Create a customer");
    await customer.getByLabel("First name").fill("Sam");
    await customer.getByLabel("Last name").fill("Buyer");
    await customer.getByLabel("E-mail").fill("sam.buyer@example.com");
    await customer.getByText("Dealer", { exact: true }).click();
    await customer.getByLabel("Dealer's dpid", { exact: false }).last().fill("lakeside");
    await customer.getByRole("button", { name: "Create a customer" }).click();
    await dialogOf(page, "Create a customer?").getByRole("button", { name: "Create a customer" }).click();
    await customer.getByText("The customer is there.").waitFor();
    await customer.getByRole("button", { name: "Done" }).click();
    const [{ id } = { id: 0 }] = [...upstream.world.customers.values()];

    await page.getByRole("button", { name: "Upload a document" }).click();
    const upload = dialogOf(page, "Upload a document");
    await upload.getByLabel("Customer id").fill(String(id));
    await upload.getByLabel("Dealer's dpid").last().fill("lakeside");
    await upload.getByLabel("Document name").fill("DL Front");
    await upload.getByLabel("Document type").selectOption("license");
    const buffer = Buffer.from("the bytes of a picture");
    await upload.getByLabel("Contents").setInputFiles({ name: "front.png", mimeType: "image/png", buffer });
    expect(await upload.getByLabel("File name").inputValue()).toBe("front.png");
    await upload.getByRole("button", { name: "Upload a document" }).click();
    await upload.getByText("is needed for a customer's document").waitFor();
    await upload.getByLabel("Relationship").selectOption("self");
    await upload.getByRole("button", { name: "Upload a document" }).click();
    await upload.getByText("The document is uploaded.").waitFor();
    const [document] = [...upstream.world.documents.values()];
    expect(document).toMatchObject({ fileName: "front.png", contents: buffer.toString("base64") });
    await upload.getByRole("button", { name: "Done" }).click();
    await commandsOf(page).getByRole("listitem").filter({ hasText: "Upload a document" }).waitFor();
    expect(console.troubles).toEqual([]);
    await upstream.stop();
  },
  60_000,
);
