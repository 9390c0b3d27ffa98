// The unmodified posthog-node, told to send what `test_posthog_client.py` expects.
import { PostHog } from "posthog-node";

const [host, key, captureMode] = process.argv.slice(2);
const posthog = new PostHog(key, { host, flushAt: 4, captureMode, fetchRetryDelay: 20 });
posthog.on("error", (failure) => console.log(`error ${failure.status ?? failure}`));

const signedUp = { plan: "pro", price: 12.5, $set: { plan: "pro" }, $set_once: { source: "ad" } };
posthog.capture({ distinctId: "u1", event: "Signed Up", properties: signedUp, groups: { company: "g1" } });
posthog.capture({
  distinctId: "u1",
  event: "$pageview",
  properties: { $current_url: "https://x.test/pricing?utm_source=mail" },
  timestamp: new Date("2026-02-03T04:05:06Z"),
});
posthog.capture({ distinctId: "device-1", event: "Opened", properties: { $process_person_profile: false } });
posthog.identify({ distinctId: "u1", properties: { email: "Ann@x.test", $anon_distinct_id: "device-1" } });
posthog.groupIdentify({ groupType: "company", groupKey: "g1", properties: { seats: 5 }, distinctId: "u1" });
posthog.capture({ distinctId: "old-1", event: "Opened" });
posthog.alias({ distinctId: "u1", alias: "old-1" });
posthog.capture({ distinctId: "u2", event: "Opened" });
posthog.captureException(new TypeError("of Ann"), "u1");
// What fails is reported by the event above.
await posthog.flush().catch(() => {});
console.log((await posthog.evaluateFlags("u1")).getFlag("new-price") ?? "no flag");
await posthog.shutdown();
