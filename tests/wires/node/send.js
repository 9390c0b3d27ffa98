// The unmodified @segment/analytics-node, told to send what `test_segment_clients.py` expects.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, flushAt: 4, maxRetries: 5 });
analytics.on("error", (failure) => {
  console.error(failure);
  process.exitCode = 1;
});

analytics.track({ anonymousId: "a1", event: "Opened" });
analytics.track({ anonymousId: "a1", event: "Opened" });
analytics.page({ anonymousId: "a1", name: "Pricing", properties: { url: "https://x.test/pricing" } });
analytics.identify({ userId: "u1", anonymousId: "a1", traits: { email: "ann@x.test", plan: "pro" } });
analytics.track({ userId: "u1", event: "Signed Up", properties: { plan: "pro", price: 12.5 } });
analytics.screen({ userId: "u1", name: "Home", properties: { tab: 2 } });
analytics.group({ userId: "u1", groupId: "g1", traits: { seats: 5 } });
analytics.track({ userId: "old-1", event: "Opened" });
analytics.alias({ previousId: "old-1", userId: "u1" });
analytics.track({ userId: "u2", event: "Opened", timestamp: new Date("2026-02-03T04:05:06Z") });
await analytics.closeAndFlush();
