// The unmodified @snowplow/node-tracker, told to send what `test_snowplow_client.py` expects.
import { buildPageView, buildScreenView, buildSelfDescribingEvent, buildStructEvent, newTracker } from "@snowplow/node-tracker";

const [endpoint, appId] = process.argv.slice(2);
const failures = [];
let settled = 0;
const tracker = newTracker(
  { namespace: "sp", appId },
  {
    endpoint,
    bufferSize: 1,
    onRequestSuccess: (sent) => {
      settled += sent.length;
    },
    onRequestFailure: (failure) => {
      failures.push(failure.status);
      if (!failure.willRetry) settled += failure.events.length;
    },
  },
);

tracker.setDomainUserId("a1");
tracker.track(buildPageView({ pageUrl: "https://x.test/pricing", pageTitle: "Pricing", referrer: "https://y.test/" }));
tracker.setUserId("u1");
const basket = { schema: "iglu:com.acme/basket/jsonschema/1-0-0", data: { items: 2 } };
tracker.track(buildSelfDescribingEvent({ event: { schema: "iglu:com.acme/sign_up/jsonschema/1-0-0", data: { plan: "pro", price: 12.5 } } }), [basket]);
tracker.track(buildStructEvent({ category: "shop", action: "Opened", label: "l", value: 2 }), [], { type: "ttm", value: Date.parse("2026-02-03T04:05:06Z") });
tracker.track(buildScreenView({ name: "Home", id: "7" }));
while (settled < 4) {
  await tracker.flush();
  await new Promise((done) => setTimeout(done, 50));
}
console.log(JSON.stringify(failures));
