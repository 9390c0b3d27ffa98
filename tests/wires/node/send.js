// An unmodified client of Segment's family, told to send what `test_segment_clients.py` expects.
const [client, host, writeKey] = process.argv.slice(2);

const fail = (failure) => {
  console.error(failure);
  process.exitCode = 1;
};

// Each gives the client, and how to wait until it has sent all there is.
const CLIENTS = {
  segment: async () => {
    const { Analytics } = await import("@segment/analytics-node");
    const analytics = new Analytics({ host, writeKey, flushAt: 4, maxRetries: 5 });
    analytics.on("error", fail);
    return [analytics, () => analytics.closeAndFlush()];
  },
  legacy: async () => {
    const { default: Analytics } = await import("analytics-node");
    const analytics = new Analytics(writeKey, { host, flushAt: 4, errorHandler: fail });
    return [analytics, () => analytics.flush()];
  },
  rudder: async () => {
    const { default: Analytics } = await import("@rudderstack/rudder-sdk-node");
    const analytics = new Analytics(writeKey, { dataPlaneUrl: host, flushAt: 4, errorHandler: fail });
    return [analytics, () => analytics.flush()];
  },
};

const [analytics, finish] = await CLIENTS[client]();
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
await finish();
