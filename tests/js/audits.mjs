// All audits of graphql-http against one endpoint. Prints one JSON line: how many passed, and what did not.
import { serverAudits } from 'graphql-http';

const audits = serverAudits({ url: process.argv[2], fetchFn: fetch });
const results = await Promise.all(audits.map((audit) => audit.fn()));
const failing = results.filter((result) => result.status !== 'ok');
console.log(
  JSON.stringify({
    total: results.length,
    passed: results.length - failing.length,
    failing: failing.map((result) => `${result.id} ${result.name}: ${result.reason}`),
  }),
);
