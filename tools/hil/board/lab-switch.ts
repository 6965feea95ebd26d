/** What a lab's relay is for the fake lab: `node lab-switch.ts SOCKET on|off|...`, and it waits until that is done. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';

const [socket = '', ...words] = process.argv.slice(2);
const line = createConnection(socket);
await once(line, 'connect');
line.write(`${words.join(' ')}\n`);
const answer = await text(line);
if (answer !== 'done') {
	console.error(answer);
	process.exitCode = 1;
}
