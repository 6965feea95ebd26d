// What a service may not fetch never leaves the box: the server that it names is not even called.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { installPlayerWith, Playing } from './playing.ts';
import { TestBox } from './test-box.ts';

/**
 * Has a player that was granted these hosts play from a server on this machine.
 *
 * Connections are counted beside requests: one that is opened and says nothing has left the box, too.
 */
async function callsBy(t: ExecutionContext, hosts: readonly string[]) {
	await using box = await TestBox.start({ minimumTimeMs: 600_000 });
	t.deepEqual(await installPlayerWith(box, { hosts }), { fault: 0, code: '' });
	const counts = { connections: 0, requests: 0 };
	const server = createServer((_, response) => {
		counts.requests++;
		response.writeHead(404).end();
	});
	server.on('connection', () => counts.connections++);
	server.listen(0, '127.0.0.1');
	t.teardown(() => server.close());
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;

	const playing = await Playing.open(box, { url: `http://127.0.0.1:${port}/film.mp3` });
	t.is((await playing.ended())?.account?.played ?? 0, 0);
	return { box, counts };
}

test.serial(
	'a host that the manifest does not name hears nothing, and the operator reads which it was',
	async (t) => {
		const { box, counts } = await callsBy(t, ['content.mullion.test']);

		t.deepEqual(counts, { connections: 0, requests: 0 });
		t.true(box.lines.some((line) => line.includes('the manifest does not grant the host 127.0.0.1')));
	},
);

test.serial('a host that it names is called', async (t) => {
	const { counts } = await callsBy(t, ['127.0.0.1']);

	t.true(counts.connections > 0);
	t.true(counts.requests > 0);
});
