// The unmodified @amplitude/analytics-node, told to send what `test_amplitude_client.py` expects.
import { createInstance, Identify, Revenue } from "@amplitude/analytics-node";

const [host, key, path] = process.argv.slice(2);
const amplitude = createInstance();
const options = { serverUrl: host + path, flushQueueSize: 4, flushIntervalMillis: 20, logLevel: 0 };
await amplitude.init(key, options).promise;

const ann = { user_id: "u1", device_id: "device-1" };
const told = [
  amplitude.track("Opened", {}, { device_id: "device-1" }),
  amplitude.track("Signed Up", { plan: "pro", price: 12.5 }, { ...ann, ip: "203.0.113.9" }),
  amplitude.track("Imported", {}, { user_id: "u1", time: Date.parse("2026-02-03T04:05:06Z") }),
  amplitude.identify(new Identify().set("email", "Ann@x.test").setOnce("source", "ad"), ann),
  amplitude.setGroup("company", "g1", ann),
  amplitude.groupIdentify("company", "g1", new Identify().set("seats", 5), ann),
  amplitude.revenue(new Revenue().setPrice(9.5).setQuantity(2).setProductId("tea"), ann),
  amplitude.track("Opened", {}, { user_id: "2" }),
];
for (const { promise } of told) {
  const { code, message } = await promise;
  if (code !== 200) console.log(`error ${code} ${message}`);
}
