// The reference client of graphql-transport-ws: prints one JSON line per result, then {"done": true}.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token, query, variables] = process.argv.slice(2);
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  retryAttempts: 0,
  lazy: true,
  connectionParams: { authorization: `Bearer ${token}` },
});
try {
  for await (const result of client.iterate({ query, variables: JSON.parse(variables) })) {
    console.log(JSON.stringify(result));
  }
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  console.log(JSON.stringify({ closed: error.code ?? null, errors: Array.isArray(error) ? error : null }));
}
await client.dispose();
