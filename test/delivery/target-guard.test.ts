import { describe, expect, test } from "bun:test";
import {
  checkTargetUrl,
  resolveTarget,
  type TargetRefusal,
  targetRefusals,
} from "../../src/delivery/target-guard.ts";
import { parseNetworks } from "../../src/networks.ts";

const none = parseNetworks("");
const office = parseNetworks("10.0.0.0/8, 127.0.0.0/8, fd00::/8, 198.51.100.0/24");

/** Refused whatever ALLOW_TARGETS says. */
const alwaysRefused: [url: string, reason: TargetRefusal][] = [
  ["", "not_a_url"],
  ["hooks.example.com", "not_a_url"],
  ["//hooks.example.com/", "not_a_url"],
  ["/path", "not_a_url"],
  ["https:", "not_a_url"],
  ["https://", "not_a_url"],
  ["https:hooks.example.com", "not_a_url"],
  ["https:/hooks.example.com", "not_a_url"],
  ["https:///hooks.example.com", "not_a_url"],
  ["https:\\\\hooks.example.com", "not_a_url"],
  ["https://\\hooks.example.com", "not_a_url"],
  ["https://hooks.example.com:65536/", "not_a_url"],
  ["https://hooks.example.com:-1/", "not_a_url"],
  ["https://hooks.example.com:8a/", "not_a_url"],
  ["https://256.1.1.1/", "not_a_url"],
  ["https://1.2.3.4.5/", "not_a_url"],
  ["https://4294967296/", "not_a_url"],
  ["https://[::1/", "not_a_url"],
  ["https://[fe80::1%25eth0]/", "not_a_url"],
  ["https://[::1%eth0]/", "not_a_url"],
  ["https://127.0.0.1%2f.example.com/", "not_a_url"],
  ["https://localhost%00.example.com/", "not_a_url"],
  ["https://xn--a/", "not_a_url"],
  [" https://hooks.example.com/", "stray_characters"],
  ["https://hooks.example.com/ ", "stray_characters"],
  ["https://hooks.example.com/\n", "stray_characters"],
  ["https://hooks.example.com/a b", "stray_characters"],
  ["https://hooks.exam\tple.com/", "stray_characters"],
  ["https://hooks.example.com/\r\nX-Evil: 1", "stray_characters"],
  ["https://hooks.example.com/\u0000", "stray_characters"],
  ["https://hooks.example.com/\u007f", "stray_characters"],
  ["https://hooks.example.com/\u00a0", "stray_characters"],
  ["https://hooks.example.com/\u2028", "stray_characters"],
  [`https://hooks.example.com/${"a".repeat(2023)}`, "too_long"],
  ["ftp://hooks.example.com/", "scheme"],
  ["file:///etc/passwd", "scheme"],
  ["file://10.0.0.1/etc/passwd", "scheme"],
  ["data:text/plain,hello", "scheme"],
  ["javascript:alert(1)", "scheme"],
  ["gopher://10.0.0.1:6379/_INFO", "scheme"],
  ["s3://bucket/key", "scheme"],
  ["ws://hooks.example.com/", "scheme"],
  ["unix:///run/docker.sock", "scheme"],
  ["http+unix://%2Frun%2Fdocker.sock/", "scheme"],
  ["blob:https://hooks.example.com/1", "scheme"],
  ["localhost:8080/hook", "scheme"],
  ["https://user@hooks.example.com/", "credentials"],
  ["https://user:pass@hooks.example.com/", "credentials"],
  ["https://:pass@hooks.example.com/", "credentials"],
  ["https://@hooks.example.com/", "credentials"],
  ["https://:@hooks.example.com/", "credentials"],
  ["https://hooks.example.com@10.0.0.1/", "credentials"],
  ["https://hooks.example.com%2f@10.0.0.1/", "credentials"],
  ["https://10.0.0.1:80@hooks.example.com/", "credentials"],
  ["https://hooks.example.com:0/", "port_zero"],
  ["https://hooks.example.com:00000/", "port_zero"],
  ["http://10.0.0.1:0/", "port_zero"],
];

/** Refused, but for what ALLOW_TARGETS opens. */
const refusedByDefault: [url: string, reason: TargetRefusal][] = [
  ["https://127.0.0.1/", "private_address"],
  ["https://127.0.0.1./", "private_address"],
  ["https://127.1/", "private_address"],
  ["https://127.0.1/", "private_address"],
  ["https://0x7f.1/", "private_address"],
  ["https://0x7f000001/", "private_address"],
  ["https://2130706433/", "private_address"],
  ["https://017700000001/", "private_address"],
  ["https://0177.0.0.1/", "private_address"],
  ["https://127.0.0.0x1/", "private_address"],
  ["https://%31%32%37.0.0.1/", "private_address"],
  ["https://１２７.０.０.１/", "private_address"],
  ["https://①②⑦.0.0.1/", "private_address"],
  ["https://127。0。0。1/", "private_address"],
  ["https://127.0.0.1\\@hooks.example.com/", "private_address"],
  ["https://127.0.0.1#@hooks.example.com/", "private_address"],
  ["https://127.0.0.1?@hooks.example.com/", "private_address"],
  ["HTTPS://10.0.0.1/", "private_address"],
  ["https://10.0.0.1:8443/", "private_address"],
  ["https://012.0.0.1/", "private_address"],
  ["https://[fd00::1]/", "private_address"],
  ["https://[FD00:0::1]:8443/", "private_address"],
  ["https://[::ffff:127.0.0.1]/", "private_address"],
  ["https://[::ffff:7f00:1]/", "private_address"],
  ["https://[0:0:0:0:0:ffff:10.0.0.1]/", "private_address"],
  ["http://10.0.0.1/", "private_address"],
  ["https://localhost/", "local_name"],
  ["https://LOCALHOST/", "local_name"],
  ["https://localhost./", "local_name"],
  ["https://localhost../", "local_name"],
  ["https://lo%63alhost/", "local_name"],
  ["https://local\u00adhost/", "local_name"],
  ["https://ｌｏｃａｌｈｏｓｔ/", "local_name"],
  ["https://ⓛocalhost/", "local_name"],
  ["https://localhost:8443/hook", "local_name"],
  ["https://intranet/", "local_name"],
  ["https://intranet./", "local_name"],
  ["https://metadata/computeMetadata/v1/", "local_name"],
  ["https://hooks.localhost/", "local_name"],
  ["https://hooks.LocalHost./", "local_name"],
  ["https://printer.local/", "local_name"],
  ["https://PRINTER.LOCAL/", "local_name"],
  ["https://printer.local./", "local_name"],
  ["https://printer。local/", "local_name"],
  ["https://printer.ⓛocal/", "local_name"],
  ["https://metadata.google.internal/", "local_name"],
  ["https://metadata.google.internal./", "local_name"],
  ["https://router.home.arpa/", "local_name"],
  ["https://a.b.HOME.ARPA./", "local_name"],
  ["http://localhost/", "local_name"],
  ["http://hooks.example.com/", "plain_http"],
  ["http://hooks.example.com:8080/", "plain_http"],
  ["HTTP://hooks.example.com/", "plain_http"],
  ["http://198.51.100.7/", "private_address"],
];

/** Not opened by the networks of `office`. */
const refusedElsewhere: [url: string, reason: TargetRefusal][] = [
  ["https://0.0.0.0/", "private_address"],
  ["https://0/", "private_address"],
  ["https://169.254.169.254/latest/meta-data/", "private_address"],
  ["http://169.254.169.254/latest/meta-data/", "private_address"],
  ["https://0xa9fea9fe/", "private_address"],
  ["https://2852039166/", "private_address"],
  ["https://192.168.0.1/", "private_address"],
  ["https://172.16.0.1/", "private_address"],
  ["https://100.100.100.200/", "private_address"],
  ["https://168.63.129.16/", "private_address"],
  ["https://255.255.255.255/", "private_address"],
  ["https://0xffffffff/", "private_address"],
  ["https://[::]/", "private_address"],
  ["https://[::1]/", "private_address"],
  ["https://[0:0:0:0:0:0:0:1]/", "private_address"],
  ["https://[::127.0.0.1]/", "private_address"],
  ["https://[::8.8.8.8]/", "private_address"],
  ["https://[::ffff:169.254.169.254]/", "private_address"],
  ["https://[64:ff9b::10.0.0.1]/", "private_address"],
  ["https://[64:ff9b::7f00:1]/", "private_address"],
  ["https://[64:ff9b:1::808:808]/", "private_address"],
  ["https://[2002:7f00:1::]/", "private_address"],
  ["https://[2001:0:4136:e378::1]/", "private_address"],
  ["https://[2001:db8::1]/", "private_address"],
  ["https://[fe80::1]/", "private_address"],
  ["https://[ff02::1]/", "private_address"],
  ["http://8.8.8.8/", "plain_http"],
  ["http://[2606:4700::1111]/", "plain_http"],
  ["http://[::ffff:8.8.8.8]/", "plain_http"],
];

const accepted: [url: string, hostname: string, literal: string | null][] = [
  ["https://hooks.example.com/", "hooks.example.com", null],
  ["https://HOOKS.Example.com:8443/a?b=c#d", "hooks.example.com", null],
  ["https://hooks.example.com./", "hooks.example.com.", null],
  ["https://hooks.example.com/a/../b?url=http://127.0.0.1/&at=@", "hooks.example.com", null],
  ["https://hooks.example.com\\@10.0.0.1/", "hooks.example.com", null],
  ["https://hooks.example.com/@10.0.0.1", "hooks.example.com", null],
  ["https://bücher.example/", "xn--bcher-kva.example", null],
  ["https://localhost.example.com/", "localhost.example.com", null],
  ["https://notlocal.example/", "notlocal.example", null],
  ["https://mylocal.mylocalhost/", "mylocal.mylocalhost", null],
  ["https://127.0.0.1.nip.io/", "127.0.0.1.nip.io", null],
  ["https://8.8.8.8/", "8.8.8.8", "8.8.8.8"],
  ["https://134744072/", "8.8.8.8", "8.8.8.8"],
  ["https://[2606:4700::1111]:8443/", "2606:4700::1111", "2606:4700::1111"],
  ["https://[::ffff:8.8.8.8]/", "::ffff:808:808", "::ffff:808:808"],
  [`https://hooks.example.com/${"a".repeat(2022)}`, "hooks.example.com", null],
];

describe("checkTargetUrl", () => {
  test.each([...alwaysRefused, ...refusedElsewhere])(
    "%j is refused with and without ALLOW_TARGETS: %s",
    (url, reason) => {
      expect(checkTargetUrl(url, none)).toEqual({ ok: false, reason });
      expect(checkTargetUrl(url, office)).toEqual({ ok: false, reason });
    },
  );

  test.each(refusedByDefault)("%j passes only with ALLOW_TARGETS: %s", (url, reason) => {
    expect(checkTargetUrl(url, none)).toEqual({ ok: false, reason });
    expect(checkTargetUrl(url, office).ok).toBe(true);
  });

  test.each(accepted)("%j is accepted for %s", (url, hostname, literal) => {
    expect(checkTargetUrl(url, none)).toMatchObject({ ok: true, hostname, literal, isLocal: false });
  });

  test("each refusal has words of its own", () => {
    const words = Object.values(targetRefusals);
    expect(new Set(words).size).toBe(words.length);
    expect(targetRefusals.private_address).toBe("private address"); // fixed: "blocked: private address"
  });
});

describe("resolveTarget", () => {
  const resolveAs = (addresses: string[]) => async () => addresses;
  const decide = (url: string, addresses: string[], allow = none) =>
    resolveTarget(checkTargetUrl(url, allow), resolveAs(addresses), allow);

  test.each([
    [["127.0.0.1"]],
    [["::1"]],
    [["10.0.0.1"]],
    [["169.254.169.254"]],
    [["::ffff:127.0.0.1"]],
    [["::ffff:a9fe:a9fe"]],
    [["64:ff9b::7f00:1"]],
    [["fe80::1%eth0"]],
    [["fd00:ec2::254"]],
    [["0.0.0.0"]],
    [["::"]],
    [["172.31.255.255"]],
    [["192.168.1.1"]],
    [["100.64.0.1"]],
    [["100.100.100.200"]],
    [["168.63.129.16"]],
    [["192.0.0.192"]],
    [["192.0.2.1"]],
    [["192.88.99.1"]],
    [["198.18.0.1"]],
    [["224.0.0.1"]],
    [["239.255.255.250"]],
    [["240.0.0.1"]],
    [["255.255.255.255"]],
    [["::127.0.0.1"]],
    [["::ffff:0:7f00:1"]],
    [["100::1"]],
    [["64:ff9b::a9fe:a9fe"]],
    [["64:ff9b:1::a00:1"]],
    [["2001:0:4136:e378:8000:63bf:3fff:fdd2"]],
    [["2001:db8::1"]],
    [["2002:a00:1::"]],
    [["2002:808:808::"]],
    [["3fff::1"]],
    [["5f00::1"]],
    [["fe80::1"]],
    [["fec0::1"]],
    [["ff02::1"]],
    [["8.8.8.8", "127.0.0.1"]],
    [["127.0.0.1", "8.8.8.8"]],
    [["2606:4700::1111", "8.8.8.8", "fc00::1"]],
    [["8.8.8.8", "not an address"]],
    [[""]],
  ])("a public name that has %j is refused", async (addresses) => {
    const refusal = { ok: false, reason: "private_address" } as const;
    expect(await decide("https://hooks.example.com/", addresses)).toEqual(refusal);
  });

  test.each([
    [["8.8.8.8"], "8.8.8.8", 4],
    [["8.8.8.8", "2606:4700::1111"], "8.8.8.8", 4],
    [["2606:4700::1111", "8.8.8.8"], "2606:4700::1111", 6],
    [["::ffff:8.8.8.8"], "::ffff:8.8.8.8", 6],
  ] as const)("of %j the first is called", async (addresses, address, family) => {
    const target = { ok: true, address, family } as const;
    expect(await decide("https://hooks.example.com/", [...addresses])).toEqual(target);
  });

  test.each([
    ["https://hooks.example.com/", ["10.1.2.3"], "ok"],
    ["https://hooks.example.com/", ["10.1.2.3", "8.8.8.8"], "ok"],
    ["https://hooks.example.com/", ["10.1.2.3", "192.168.0.1"], "private_address"],
    ["https://hooks.example.com/", ["fd00::1", "10.0.0.1"], "ok"],
    ["https://hooks.example.com/", ["::ffff:10.0.0.1"], "ok"],
    ["https://hooks.example.com/", ["64:ff9b::10.0.0.1"], "private_address"],
    ["http://hooks.example.com/", ["10.1.2.3"], "ok"],
    ["http://hooks.example.com/", ["10.1.2.3", "8.8.8.8"], "plain_http"],
    ["http://hooks.example.com/", ["8.8.8.8"], "plain_http"],
    ["http://hooks.example.com/", ["169.254.169.254"], "private_address"],
    ["https://printer.local/", ["10.1.2.3"], "ok"],
    ["https://printer.local/", ["8.8.8.8"], "local_name"],
    ["https://printer.local/", ["10.1.2.3", "8.8.8.8"], "local_name"],
    ["https://metadata.google.internal/", ["169.254.169.254"], "private_address"],
    ["http://localhost:8080/", ["127.0.0.1"], "ok"],
    ["http://localhost:8080/", ["::1", "127.0.0.1"], "private_address"],
    ["https://10.0.0.1/", ["192.168.0.1"], "ok"],
  ])("with ALLOW_TARGETS, %s at %j: %s", async (url, addresses, expected) => {
    const target = await decide(url, addresses, office);
    expect(target.ok ? "ok" : target.reason).toBe(expected);
  });

  test("an address in the URL is never resolved", async () => {
    const resolve = () => Promise.reject(new Error("must not be called"));
    const target = await resolveTarget(checkTargetUrl("https://8.8.8.8/", none), resolve, none);
    expect(target).toEqual({ ok: true, address: "8.8.8.8", family: 4 });
  });

  test("a name without addresses and one that cannot be resolved are DNS failures", async () => {
    const verdict = checkTargetUrl("https://hooks.example.com/", none);
    const failing = () => Promise.reject(new Error("ENOTFOUND"));
    expect(await resolveTarget(verdict, resolveAs([]), none)).toEqual({ ok: false, reason: "dns" });
    expect(await resolveTarget(verdict, failing, none)).toEqual({ ok: false, reason: "dns" });
  });

  test("a refused URL stays refused, and nothing is resolved", async () => {
    const resolve = () => Promise.reject(new Error("must not be called"));
    const target = await resolveTarget(checkTargetUrl("https://127.1/", none), resolve, none);
    expect(target).toEqual({ ok: false, reason: "private_address" });
  });

  test("a name that turns to a private address is called at the checked one, then refused", async () => {
    const answers = [["8.8.8.8"], ["127.0.0.1"], ["8.8.4.4"]];
    const asked: string[] = [];
    const rebinding = async (hostname: string) => {
      asked.push(hostname);
      return answers.shift() ?? [];
    };
    const verdict = checkTargetUrl("https://hooks.example.com/", none);
    const attempts = [];
    for (let attempt = 1; attempt <= 3; attempt++)
      attempts.push(await resolveTarget(verdict, rebinding, none));
    expect(attempts).toEqual([
      { ok: true, address: "8.8.8.8", family: 4 },
      { ok: false, reason: "private_address" },
      { ok: true, address: "8.8.4.4", family: 4 },
    ]);
    expect(asked).toEqual(Array(3).fill("hooks.example.com")); // once an attempt: no second look-up to slip into
  });
});
