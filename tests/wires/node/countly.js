// The unmodified countly-sdk-nodejs, told to send what `test_countly_client.py` expects.
import { createRequire } from "node:module";
import { subscribe } from "node:diagnostics_channel";

const Countly = createRequire(import.meta.url)("countly-sdk-nodejs");
const [url, app_key, wanted] = process.argv.slice(2);
const statuses = [];
let latest = Date.now();
subscribe("http.client.response.finish", ({ response }) => {
  statuses.push(response.statusCode);
  latest = Date.now();
});

Countly.init({
  url,
  app_key,
  storage_type: "memory",
  interval: 20,
  fail_timeout: 0.1,
  app_version: "2.1",
});

Countly.begin_session(true);
Countly.track_view("Home", { tab: 2 });
Countly.add_event({ key: "Opened", count: 1, segmentation: { plan: "pro", text: "x".repeat(200) } });
// The queue of events is sent before the next call makes the device the user's.
setTimeout(() => {
  Countly.set_id("u1");
  Countly.user_details({ name: "Ann", email: "ann@x.test", custom: { plan: "pro" } });
  Countly.add_event({ key: "Signed Up", count: 2, sum: 12.5, segmentation: { plan: "pro" } });
  Countly.end_session(5);
}, 300);

// The client never ends by itself: it waits for more to send.
setInterval(() => {
  if (Date.now() - latest > 800 && statuses.length >= Number(wanted)) {
    console.log(JSON.stringify(statuses));
    process.exit();
  }
}, 50);
