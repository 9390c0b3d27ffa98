// The unmodified mixpanel for Node, told to send what `test_mixpanel_client.py` expects.
import Mixpanel from "mixpanel";

const [address, token] = process.argv.slice(2);
const { host } = new URL(address);
const mixpanel = Mixpanel.init(token, { host, protocol: "http" });
const importing = Mixpanel.init(token, { host, protocol: "http", key: "secret" });

// Each call waits for its answer, and says what was wrong with it.
const told = (call) => new Promise((done) => call((failure) => done(failure && console.log(`error ${failure.message}`))));

const joined = { $device_id: "device-1", $user_id: "u1" };
await told((done) => mixpanel.track("Opened", { distinct_id: "$device:device-1" }, done));
await told((done) => mixpanel.track("Signed Up", { ...joined, plan: "pro", price: 12.5, ip: "203.0.113.9" }, done));
const batch = [
  { event: "Opened", properties: { distinct_id: "old-1", $insert_id: "m1" } },
  { event: "Opened", properties: { distinct_id: "u2", $insert_id: "m2" } },
];
await told((done) => mixpanel.track_batch(batch, done));
await told((done) => mixpanel.alias("u1", "old-1", done));
await told((done) => mixpanel.people.set("u1", { $email: "Ann@x.test", plan: "pro" }, done));
await told((done) => mixpanel.people.set_once("u1", "source", "ad", done));
await told((done) => mixpanel.people.track_charge("u1", 5, {}, done));
await told((done) => importing.import("Imported", new Date("2026-02-03T04:05:06Z"), { distinct_id: "u1" }, done));
