// The unmodified npm `woopra`, told to send what `test_woopra_client.py` expects. Its host is fixed,
// so the launcher leads its connections to the server.
import { createRequire } from "node:module";
import http from "node:http";
import net from "node:net";

const Woopra = createRequire(import.meta.url)("woopra");
const [host, project] = process.argv.slice(2);
const { hostname, port } = new URL(host);
http.globalAgent.createConnection = (_, done) => net.connect(Number(port), hostname, done);

const statuses = [];
const call = (make) =>
  new Promise((resolve) => {
    make((failure, answer) => {
      statuses.push(failure ? String(failure) : answer.statusCode);
      answer?.resume();
      resolve();
    });
  });

const woopra = new Woopra(project, { ssl: false });
woopra.client({ cookie: "AbCdEf123456" });
woopra.identify("ann@x.test", { plan: "pro", id: "u1" });
await call((done) => woopra.track("play", { artist: "Dave Brubeck", songs: 3 }, { timestamp: 1600000000000 }, done));
await call((done) => woopra.push(done));
await call((done) => woopra.ping({}, done));
await call((done) => new Woopra("nobody.test", { ssl: false }).identify("ann@x.test").track("play", {}, done));
console.log(JSON.stringify(statuses));
process.exit();
