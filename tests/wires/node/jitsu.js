// The unmodified @jitsu/js, told to send what `test_jitsu_client.py` expects.
import jitsu from "@jitsu/js";

const [host, writeKey, s2s] = process.argv.slice(2);
const analytics = jitsu.jitsuAnalytics({ host, writeKey, s2s: s2s === "s2s", runtime: jitsu.emptyRuntime({}) });

const calls = [
  () => analytics.setAnonymousId("a1"),
  () => analytics.track("Opened", { size: 4 }),
  () => analytics.page({ name: "Pricing", url: "https://x.test/pricing" }),
  () => analytics.identify("u1", { email: "ann@x.test", plan: "pro" }),
  () => analytics.group("g1", { seats: 5 }),
  () => analytics.track("Signed Up", { price: 12.5 }),
];
// The client does not try again by itself: it says what failed.
console.error = console.log;
for (const call of calls) await call();
