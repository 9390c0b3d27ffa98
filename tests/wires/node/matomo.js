// The unmodified matomo-tracker, told to send what `test_matomo_client.py` expects.
import { createRequire } from "node:module";
import { subscribe } from "node:diagnostics_channel";

const MatomoTracker = createRequire(import.meta.url)("matomo-tracker");
const [host, site, token] = process.argv.slice(2);
const tracker = new MatomoTracker(Number(site), `${host}/matomo.php`);
tracker.on("error", (failure) => {
  console.log(`error ${failure}`);
});

const visitor = "00112233aabbccdd";
tracker.track({ url: "https://x.test/pricing?utm_source=mail", action_name: "Pricing", _id: visitor, urlref: "https://y.test/" });
tracker.track({ url: "https://x.test/", uid: "u1", _id: visitor, e_c: "Account", e_a: "Signed Up", e_n: "pro", e_v: 12.5 });
tracker.track({ url: "https://x.test/nobody" });

tracker.trackBulk(
  [
    { url: "https://x.test/a", uid: "u1", token_auth: token, cdt: "2026-02-03 04:05:06", cip: "203.0.113.7", ua: "Quokkaphone 7" },
    { url: "https://x.test/b", uid: "u2", search: "shoes", search_count: 3, token_auth: token },
    { url: "https://x.test/b", uid: "u2", ping: 1, token_auth: token },
    { url: "https://x.test/c", uid: "u2", idgoal: 0, ec_id: "o-1", revenue: 20, ec_items: JSON.stringify([["s1", "Shoe", "Shoes", 10, 2]]), token_auth: token },
  ],
  (answer) => {
    console.log(`answer ${answer}`);
  },
);

// The client reads no answer to a single call and so never lets go of its connection.
let answers = 0;
subscribe("http.client.response.finish", () => {
  answers += 1;
  if (answers === 4) setTimeout(() => process.exit(), 100);
});
